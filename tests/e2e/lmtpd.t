#!/usr/bin/python3
"""The main door as a service: its socket, its manager, its end, many sessions at once."""
import grp, os, pathlib, signal, socket, sqlite3, stat, subprocess, sys, threading, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Site, Tap, wait_for

t = Tap()
RCPT = "rinnovo@ordine.example"


def mail(n):
    return b"From: a%d@posta.example\r\nSubject: prova\r\nMessage-ID: <%d@posta.example>\r\n\r\nRINNOVA %d\r\n" % (n, n, n)


def stored(site):
    db = sqlite3.connect(str(site.dir / "rinnova.db"))
    n = db.execute("SELECT count(*) FROM inbox").fetchone()[0]
    db.close()
    return n


class Client:
    """An LMTP client that says one thing at a time."""

    def __init__(self, path):
        self.s = socket.socket(socket.AF_UNIX)
        self.s.settimeout(60)
        self.s.connect(str(path))
        self.f = self.s.makefile("rb")

    def reply(self):
        while True:
            line = self.f.readline()
            if line[3:4] != b"-":
                return line.decode().rstrip()

    def ask(self, text):
        self.s.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")
        return self.reply()

    def begin(self):
        self.reply()
        self.ask("LHLO test")
        self.ask("MAIL FROM:<a@posta.example>")
        self.ask("RCPT TO:<%s>" % RCPT)
        return self.ask("DATA")

    def close(self):
        self.f.close()
        self.s.close()


def sockets():
    with Site() as site:
        site.run("init")
        path = site.dir / "lmtp.sock"
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(path))
        dead.close()
        group = grp.getgrgid(os.getgid()).gr_name
        site.conf.write_text(site.conf.read_text().replace("socket-mode=666", "socket-mode=620\nsocket-group=" + group))
        door = site.start("lmtpd")
        st = os.stat(path)
        t.eq((stat.S_IMODE(st.st_mode), st.st_gid), (0o620, os.getgid()), "a dead socket is replaced; mode and group are as configured")
        code, _, err = site.run("lmtpd", check=False)
        t.ok(code == 1 and "another process serves" in err, "a second lmtpd on the same socket refuses", "%d %s" % (code, err))
        t.ok(site.lmtp(mail(1), RCPT)[0].startswith("250"), "the first one still answers")
        other = site.dir / "other.sock"
        second = site._popen(["lmtpd", "--socket", other], stderr=subprocess.DEVNULL)
        t.ok(wait_for(other.exists), "--socket overrides the path")
        second.terminate()
        t.eq((second.wait(20), other.exists()), (0, False), "its socket goes with it")
        door.terminate()
        t.eq((door.wait(20), path.exists()), (0, False), "SIGTERM: exit 0")
        path.write_text("not a socket")
        code, _, err = site.run("lmtpd", check=False)
        t.ok(code == 78 and "no socket" in err and path.read_text() == "not a socket", "a file that is no socket is left alone", "%d %s" % (code, err))
        for wrong in ("socket-mode=680", "socket-mode=620\nsocket-group=no-such-group"):
            path.unlink(missing_ok=True)
            good = site.conf.read_text()
            site.conf.write_text(good.replace("socket-mode=620\nsocket-group=" + group, wrong))
            code, _, err = site.run("lmtpd", check=False)
            t.ok(code == 78 and "socket-" in err and not path.exists(), "%r is refused, and no socket stays" % wrong, "%d %s" % (code, err))
            site.conf.write_text(good)


def protocol():
    with Site() as site:
        site.run("init")
        site.start("lmtpd")
        c = Client(site.dir / "lmtp.sock")
        c.reply()
        t.ok(c.ask("EHLO x").startswith("500"), "EHLO is refused")
        c.ask("LHLO x")
        t.ok(c.ask("MAIL FROM:<> SIZE=999999999999").startswith("552 5.3.4"), "too large as announced")
        c.ask("MAIL FROM:<>")
        answers = [c.ask("RCPT TO:<%s>" % r)[:9] for r in (RCPT, "x@altrove.example", "rinnovo+zzzz@ordine.example", RCPT)]
        t.eq(answers, ["250 2.1.5", "550 5.1.1", "250 2.1.5", "250 2.1.5"], "the domain decides, a garbled token is no reason to refuse")
        c.ask("DATA")
        answers = [c.ask(mail(2) + b".\r\n")[:3], c.reply()[:3], c.reply()[:3]]
        t.eq(answers, ["250"] * 3, "a reply for each accepted recipient, the same one twice included")
        # the mail server took it at its limit, max-message, and put its own fields on top since
        limit = 25 << 20
        big = (b"Received: from a by b; Thu, 26 Nov 2026 10:00:00 +0100\r\n" + mail(9))
        big += b"x" * 76 + b"\r\n"
        big += (b"y" * 76 + b"\r\n") * ((limit + 200 - len(big)) // 78)
        t.ok(c.ask("MAIL FROM:<> SIZE=%d" % len(big)).startswith("250") and len(big) > limit, "the largest mail that the mail server takes, with its own fields")
        c.ask("RCPT TO:<%s>" % RCPT)
        c.ask("DATA")
        t.ok(c.ask(big + b".\r\n").startswith("250"), "is taken")
        t.ok(c.ask("QUIT").startswith("221"), "bye")
        c.close()
        t.eq(stored(site), 3, "stored once for each address")
        c = Client(site.dir / "lmtp.sock")
        c.begin()
        c.s.sendall(mail(3)[:40])
        c.close()
        time.sleep(0.2)
        t.eq(stored(site), 3, "a message that broke off is not stored")


def many():
    with Site() as site:
        site.run("init")
        site.conf.write_text(site.conf.read_text().replace("[lmtp]", "[lmtp]\nmax-sessions=100"))
        site.start("lmtpd")
        clients = []

        def greeted():
            c = Client(site.dir / "lmtp.sock")
            good = c.reply().startswith("220")
            clients.append(c) if good else c.close()
            return good
        # whoever looked whether the door is open may still have a place
        t.ok(all(wait_for(greeted) for _ in range(100)), "a hundred sessions are greeted", len(clients))
        extra = Client(site.dir / "lmtp.sock")
        t.ok(extra.reply().startswith("421 4.3.2"), "the next one is asked to come back")
        extra.close()
        answers = []

        def session(n):
            c = clients[n]
            c.ask("LHLO test")
            c.ask("MAIL FROM:<a@posta.example>")
            c.ask("RCPT TO:<%s>" % RCPT)
            c.ask("DATA")
            answers.append(c.ask(mail(n) + b".\r\n")[:3])
            c.ask("QUIT")
            c.close()
        threads = [threading.Thread(target=session, args=(n,)) for n in range(100)]
        for th in threads:
            th.start()
        for th in threads:
            th.join()
        t.eq(answers, ["250"] * 100, "each of them delivers")
        t.eq(stored(site), 100, "and all is stored")
        c = None

        def again():
            nonlocal c
            c = Client(site.dir / "lmtp.sock")
            return c.reply().startswith("220") or c.close()
        t.ok(wait_for(again), "places are free again")
        c.close()


def drained():
    with Site() as site:
        site.run("init")
        door = site.start("lmtpd")
        busy, idle = Client(site.dir / "lmtp.sock"), Client(site.dir / "lmtp.sock")
        busy.begin()
        busy.s.sendall(mail(7)[:50])
        idle.reply()
        idle.ask("LHLO x")
        door.send_signal(signal.SIGHUP)
        t.ok(wait_for(lambda: "sighup" in site.log("lmtpd")), "SIGHUP says that a restart is wanted")
        t.ok(door.poll() is None, "and ends nothing")
        door.terminate()
        t.ok(idle.reply().startswith("421 4.3.2"), "SIGTERM: an idle session is sent away")
        t.ok(wait_for(lambda: not (site.dir / "lmtp.sock").exists()) is True and door.poll() is None, "no new ones, while one is in its message")
        t.ok(busy.ask(mail(7)[50:] + b".\r\n").startswith("250"), "which it may end")
        t.ok(busy.reply().startswith("421"), "before it is sent away")
        t.eq(door.wait(20), 0, "exit 0")
        t.eq(stored(site), 1, "and its message is stored")
        busy.close()
        idle.close()


def managed():
    """Socket activation, readiness and watchdog, as the service manager does them."""
    with Site() as site:
        site.run("init")
        for notify in (str(site.dir / "notify"), "@rinnova-test-%d" % os.getpid()):
            heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            heard.bind(notify.replace("@", "\0"))
            heard.settimeout(20)
            listening = socket.socket(socket.AF_UNIX)
            path = str(site.dir / "given.sock")
            listening.bind(path)
            listening.listen(5)

            # A shell's exec keeps the process id, so LISTEN_PID is right.
            env = dict(os.environ, RINNOVA_CONFIG=str(site.conf), NOTIFY_SOCKET=notify, WATCHDOG_USEC="400000", LISTEN_FDS="1")
            p = subprocess.Popen(["/bin/sh", "-c", 'exec 3<&%d; LISTEN_PID=$$ exec "$0" lmtpd' % listening.fileno(), str(site.binary)],
                                 env=env, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL)
            site.children.append(p)
            t.eq(heard.recv(100), b"READY=1", "ready, as told to %s" % ("a name" if notify[0] == "@" else "a path"))
            t.ok(all(heard.recv(100) == b"WATCHDOG=1" for _ in range(3)), "the watchdog is fed")
            c = Client(path)
            c.begin()
            t.ok(c.ask(mail(8) + b".\r\n").startswith("250"), "the socket that was handed over is served")
            c.close()
            t.ok(not (site.dir / "lmtp.sock").exists(), "and no other")
            p.terminate()
            said = heard.recv(100)
            while said == b"WATCHDOG=1":
                said = heard.recv(100)
            t.eq((said, p.wait(20), os.path.exists(path)), (b"STOPPING=1", 0, True), "stopping; the manager's socket stays")
            heard.close()
            listening.close()
            os.unlink(path)
        env = dict(os.environ, RINNOVA_CONFIG=str(site.conf), LISTEN_FDS="1", LISTEN_PID="1")
        p = subprocess.Popen([str(site.binary), "lmtpd"], env=env, stderr=subprocess.DEVNULL)
        site.children.append(p)
        t.ok(wait_for(lambda: (site.dir / "lmtp.sock").exists()), "LISTEN_PID of somebody else means nothing")


def parser_lost():
    """Without its zygote lmtpd could only say 451 for ever: it ends, so that it is started anew. Nothing is left behind."""
    with Site() as site:
        site.run("init")
        door = site.start("lmtpd")
        site.lmtp(mail(1), RCPT)

        def below(pid):
            got = []
            for task in pathlib.Path("/proc/%d/task" % pid).glob("*/children"):
                for child in map(int, task.read_text().split()):
                    got += [child, *below(child)]
            return got
        family = below(door.pid)
        t.ok(len(family) >= 2, "zygote and child", family)
        os.kill(family[0], signal.SIGTERM)
        t.ok(site.lmtp(mail(2), RCPT)[0].startswith("250"), "a SIGTERM for the whole group leaves the parser to running sessions")
        os.kill(family[0], signal.SIGKILL)
        t.eq(door.wait(30), 70, "without zygote: exit 70")
        t.ok(wait_for(lambda: not any(os.path.exists("/proc/%d" % p) for p in family)), "its children are gone")
        door = site.start("lmtpd")
        site.lmtp(mail(3), RCPT)
        family = below(door.pid)
        door.kill()
        door.wait()
        t.ok(wait_for(lambda: not any(os.path.exists("/proc/%d" % p) for p in family)), "a killed lmtpd takes its parsers along", family)


for part in (sockets, protocol, many, drained, managed, parser_lost):
    part()
t.done()
