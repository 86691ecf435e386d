"""A machine of the tests' own: one disk, one clock, programs that are forked from a waiting one, and a power that can be cut. See tests/faults/shim.h."""
import contextlib, mmap, os, pathlib, shutil, signal, socket, struct, subprocess, time

BUILD = pathlib.Path(os.environ.get("RINNOVA_BUILD", str(pathlib.Path(__file__).resolve().parents[2] / "build")))
GROUPS = ("write", "sync", "truncate", "open", "socket", "net", "lock", "name", "step", "memory")
RULES, SLOTS = 8, 32
HEAD = 24  # clock, room, whether some sync has failed
SLOT = struct.Struct("<%dI" % (len(GROUPS) + RULES))
BLOCK = 4096


class Machine:
    def __init__(self, folder, binary, library=None):
        self.dir = pathlib.Path(folder)
        self.disk, self.shadow = self.dir / "disk", self.dir / "shadow"
        self.disk.mkdir()
        self.shadow.mkdir()
        self.log = self.dir / "log"
        control = self.dir / "control"
        control.write_bytes(bytes(HEAD + SLOT.size * SLOTS))
        with open(control, "r+b") as f:
            self.control = mmap.mmap(f.fileno(), 0)
        self.server, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.server.settimeout(60)
        env = dict(os.environ, LD_PRELOAD=str(library or BUILD / "tests" / "shim.so"), FAULTS_SERVER=str(theirs.fileno()), FAULTS_CONTROL=str(control),
                   FAULTS_ROOT=str(self.disk), FAULTS_SHADOW=str(self.shadow), LC_ALL="C.UTF-8")
        self.program = subprocess.Popen([str(binary)], env=env, cwd="/", pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()
        self.ended, self.free = {}, []
        self.room(-1)

    # --- the clock and the room on the disk ---

    def clock(self, epoch):
        struct.pack_into("<q", self.control, 0, int(epoch - time.time()))

    def now(self):
        return int(time.time()) + struct.unpack_from("<q", self.control, 0)[0]

    def room(self, n):
        struct.pack_into("<q", self.control, 8, n)

    # --- programs ---

    def start(self, args, rules="", depth=0, stdin="/dev/null", env=()):
        """Starts the program; DEPTH: how many forks below it the calls are counted. (pid, slot)"""
        slot = self.free.pop(0)
        self.free.append(slot)
        struct.pack_into("<%dI" % (len(GROUPS) + RULES), self.control, HEAD + slot * SLOT.size, *[0] * (len(GROUPS) + RULES))
        self.server.send(b"\0".join(str(f).encode() for f in (slot, depth, rules, stdin, self.log, *env, "", *args)) + b"\0")
        while True:
            kind, pid, *status = self._hear()
            if kind == "pid":
                return int(pid), slot

    def _hear(self):
        words = self.server.recv(100).decode().split()
        if not words:
            raise RuntimeError("the program that is forked is gone")
        if words[0] == "end":
            self.ended[int(words[1])] = int(words[2])
        return words if len(words) > 1 else [words[0], "0"]

    def wait(self, pid, seconds=60):
        """The exit status; negative: the signal."""
        self.server.settimeout(seconds)
        try:
            while pid not in self.ended:
                self._hear()
        finally:
            self.server.settimeout(60)
        status = self.ended.pop(pid)
        return os.waitstatus_to_exitcode(status)

    def alive(self, pid):
        self.server.setblocking(False)
        try:
            while True:
                self._hear()
        except BlockingIOError:
            pass
        finally:
            self.server.settimeout(60)
        return pid not in self.ended

    def signal(self, pid, sig=signal.SIGTERM):
        if self.alive(pid):
            with contextlib.suppress(ProcessLookupError):  # it has ended by now
                os.kill(pid, sig)

    def counted(self, slot):
        """({group: calls}, [how often each rule fired])"""
        n = SLOT.unpack_from(self.control, HEAD + slot * SLOT.size)
        return dict(zip(GROUPS, n)), n[len(GROUPS):]

    def kill_all(self):
        """Everything that runs is killed, at once."""
        self.server.send(b"cut")
        while self._hear()[0] != "clear":
            pass
        self.ended.clear()

    # --- the disk ---

    def fresh(self, files):
        """An empty machine whose disk holds FILES, a dict of name -> bytes, all synced."""
        self.kill_all()
        self.free = list(range(SLOTS))
        self.room(-1)
        self._put(files)

    def _put(self, files):
        struct.pack_into("<q", self.control, 16, 0)
        for folder in (self.disk, self.shadow):
            for f in folder.iterdir():
                f.unlink()
        names = []
        for name, data in files.items():
            (self.disk / name).write_bytes(data)
            ino = (self.disk / name).stat().st_ino
            (self.shadow / str(ino)).write_bytes(data)
            names.append("%d %s\n" % (ino, name))
        (self.shadow / "names").write_text("".join(names))

    def power_cut(self, r, torn=True):
        """What was synced is left; of the rest nothing, or (TORN) some blocks and some names by the random R."""
        self.kill_all()
        names = dict(reversed(l.split(" ", 1)) for l in (self.shadow / "names").read_text().splitlines())
        live = {f.name: f for f in self.disk.iterdir()}
        left = {}
        for name in sorted({*names, *live}):
            if name.endswith("-shm") or (name not in names and not (torn and r.random() < 0.5)):
                continue
            ino = names.get(name) or str(live[name].stat().st_ino)
            old = self._read(self.shadow / ino)
            new = live[name].read_bytes() if name in live and str(live[name].stat().st_ino) == ino else old
            left[name] = self._mix(old, new, r) if torn else old
        if torn and r.random() < 0.3:  # rubbish, as it may be found after a crash; whoever opens the store first makes it anew
            left["rinnova.db-shm"] = r.randbytes(32768)
        self._put(left)

    @staticmethod
    def _read(path):
        return path.read_bytes() if path.exists() else b""

    @staticmethod
    def _mix(old, new, r):
        if old == new:
            return old
        share, size = r.choice([0.0, 0.5, 0.9, 1.0]), r.choice([512, BLOCK])
        end = r.choice([len(old), len(new)])
        out = bytearray()
        for at in range(0, end, size):
            a, b = old[at:at + size].ljust(size, b"\0"), new[at:at + size].ljust(size, b"\0")
            out += a if a == b or r.random() >= share else b
        return bytes(out[:end])

    def end(self):
        self.server.close()
        try:
            self.program.wait(10)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        self.control.close()
        shutil.rmtree(self.dir, ignore_errors=True)
