"""A relay on loopback that breaks connections off after so many bytes, in either direction; for SMTP, LMTP and HTTP."""
import os, socket, threading


def _family(at):
    return socket.AF_INET if isinstance(at, tuple) else socket.AF_UNIX


class Proxy:
    """Listens at AT (an address or the path of a socket), goes on to TO. plans: taken one by one, one a connection: None, or ("there" or
    "back", bytes that still pass)."""

    def __init__(self, at, to):
        self.at, self.to, self.plans, self.cuts = at, to, [], 0
        self.half = set()  # pairs of which one way is over
        self.lock = threading.Lock()
        self.server = socket.socket(_family(at))
        if not isinstance(at, tuple) and os.path.exists(at):
            os.unlink(at)
        self.server.bind(at)
        self.server.listen(50)
        self.port = self.server.getsockname()[1] if isinstance(at, tuple) else None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            with self.lock:
                plan = self.plans.pop(0) if self.plans else None
            far = socket.socket(_family(self.to))
            try:
                far.connect(self.to)
            except OSError:
                far.close()
                client.close()
                continue
            for way, a, b in (("there", client, far), ("back", far, client)):
                threading.Thread(target=self._pump, args=(a, b, plan[1] if plan and plan[0] == way else None), daemon=True).start()

    def _pump(self, a, b, left):
        try:
            while True:
                data = a.recv(65536) if left != 0 else b""
                if left is not None:
                    data = data[:left]
                    left -= len(data)
                if data:
                    b.sendall(data)
                if left == 0:
                    self.cuts += 1
                    for s in (a, b):
                        s.shutdown(socket.SHUT_RDWR)
                    return
                if not data:
                    b.shutdown(socket.SHUT_WR)
                    return
        except OSError:
            for s in (a, b):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        finally:
            with self.lock:  # the last of the two closes both
                pair = frozenset((a.fileno(), b.fileno()))
                if pair in self.half:
                    self.half.discard(pair)
                    a.close()
                    b.close()
                else:
                    self.half.add(pair)

    def stop(self):
        try:
            self.server.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.server.close()
        if not isinstance(self.at, tuple):
            os.unlink(self.at)
