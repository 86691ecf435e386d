"""A mail server's side of the milter protocol (version 6), byte by byte: what miltertest cannot do, such as breaking off anywhere."""
import select, socket, struct

# Steps that the milter may ask not to be told of, and those that it may leave without an answer.
SKIPPED = {"C": 0x1, "H": 0x2, "M": 0x4, "R": 0x8, "B": 0x10, "L": 0x20, "N": 0x40, "U": 0x100, "T": 0x200}
SILENT = {"L": 0x80, "C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "T": 0x10000, "U": 0x20000, "N": 0x40000, "B": 0x80000}
SKIP, LEADSPC = 0x400, 0x100000
POSTFIX = (0x1ff, 0x1fffff)  # actions and steps that Postfix 3.7 offers
STAGES = ["connect", "helo", "mail", "rcpt", "data", "eom", "eoh"]


def strings(*values):
    return b"".join((v if isinstance(v, bytes) else v.encode()) + b"\0" for v in values)


class Gone(Exception):
    """The milter has closed the connection."""


class Milter:
    """One connection. Every step gives the milter's answer: "c" go on, "a" accept, "r" reject, "y..." reply, "s" skip; "" if none is due."""

    def __init__(self, address, actions=POSTFIX[0], steps=POSTFIX[1], version=6, negotiate=True, timeout=60):
        if isinstance(address, tuple):
            self.s = socket.create_connection(address, timeout=timeout)
        else:
            self.s = socket.socket(socket.AF_UNIX)
            self.s.settimeout(timeout)
            self.s.connect(str(address))
        self.symbols = {}
        self.steps = 0
        if negotiate:
            self.negotiate(actions, steps, version)

    def send(self, command, data=b""):
        self.s.sendall(struct.pack("!I", len(data) + 1) + command.encode() + data)

    def _read(self, n):
        got = b""
        while len(got) < n:
            more = self.s.recv(n - len(got))
            if not more:
                raise Gone()
            got += more
        return got

    def receive(self):
        """(letter, data) of the next packet from the milter."""
        n, = struct.unpack("!I", self._read(4))
        packet = self._read(n)
        return packet[:1].decode(), packet[1:]

    def quiet(self):
        """Nothing has come that was not asked for."""
        return not select.select([self.s], [], [], 0)[0]

    def negotiate(self, actions, steps, version=6):
        self.send("O", struct.pack("!III", version, actions, steps))
        letter, data = self.receive()
        if letter != "O":
            raise Gone(letter)
        self.version, self.actions, self.steps = struct.unpack("!III", data[:12])
        rest = data[12:]
        while rest:  # the macros that it wants, stage by stage
            stage, = struct.unpack("!I", rest[:4])
            text, rest = rest[4:].split(b"\0", 1)
            self.symbols[STAGES[stage]] = text.decode()

    def macros(self, step, **names):
        """NAMES: i="QUEUEID", client_addr="..." (longer than one letter: in braces)."""
        pairs = [x for k, v in names.items() if v is not None for x in (k if len(k) == 1 else "{%s}" % k, v)]
        self.send("D", step.encode() + strings(*pairs))

    def step(self, letter, data=b""):
        if self.steps & SKIPPED.get(letter, 0):
            return ""
        self.send(letter, data)
        if self.steps & SILENT.get(letter, 0):
            return ""
        answer, text = self.receive()
        return answer + text.rstrip(b"\0").decode("utf-8", "replace")

    def connect(self, host="client.example", address="192.0.2.1"):
        return self.step("C", strings(host) + (b"6" if ":" in address else b"4") + struct.pack("!H", 25000) + strings(address))

    def helo(self, name="client.example"):
        return self.step("H", strings(name))

    def mail(self, sender="<a@posta.example>", *args):
        return self.step("M", strings(sender, *args))

    def rcpt(self, address, *args):
        return self.step("R", strings(address, *args))

    def data(self):
        return self.step("T")

    def header(self, name, value):
        if not self.steps & LEADSPC:
            value = value.lstrip(" ") if isinstance(value, str) else value.lstrip(b" ")
        return self.step("L", strings(name, value))

    def eoh(self):
        return self.step("N")

    def body(self, data):
        return self.step("B", data)

    def eom(self):
        """(answer, what is to be changed: ("add", name, value), ("change", index, name, value), ("delete", rcpt))."""
        self.send("E")
        changes = []
        while True:
            letter, data = self.receive()
            if letter == "h":
                name, value = data.split(b"\0")[:2]
                changes.append(("add", name.decode(), value.decode()))
            elif letter == "m":
                name, value = data[4:].split(b"\0")[:2]
                changes.append(("change", struct.unpack("!I", data[:4])[0], name.decode(), value.decode()))
            elif letter == "-":
                changes.append(("delete", data.rstrip(b"\0").decode()))
            elif letter == "p":
                continue
            else:
                return letter, changes

    def abort(self):
        self.send("A")

    def quit(self):
        try:
            self.send("Q")
        except OSError:
            pass
        self.s.close()

    def close(self):
        self.s.close()

    def message(self, rcpts, headers=(("From", " a@posta.example"),), body=b"RINNOVA\r\n", sender="<a@posta.example>", chunk=65535, **macros):
        """A whole message as Postfix tells it: the last answer, and the changes. Ends where the milter does."""
        self.mail(sender)
        for r in [rcpts] if isinstance(rcpts, str) else rcpts:
            self.rcpt(r)
        answer = self.data()
        if answer not in ("", "c"):
            return answer, []
        self.macros("L", i=macros.get("i"))
        for name, value in headers:
            answer = self.header(name, value)
            if answer not in ("", "c"):
                return answer, []
        answer = self.eoh()
        if answer not in ("", "c"):
            return answer, []
        for at in range(0, len(body), chunk):
            answer = self.body(body[at:at + chunk])
            if answer == "s":
                break
            if answer not in ("", "c"):
                return answer, []
        self.macros("E", **macros)
        return self.eom()
