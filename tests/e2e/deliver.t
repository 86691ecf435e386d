#!/usr/bin/python3
"""Law 1 at the simple door: `rinnova deliver` ends with 0 or 75, whatever happens; what it hands over arrives byte for byte."""
import os, pathlib, signal, socket, sqlite3, subprocess, sys, threading
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Site, Tap, wait_for

t = Tap()
RCPT = "rinnovo@ordine.example"
HEAD = b"From: m.rossi@posta.example\nTo: rinnovo@ordine.example\nSubject: prova\nMessage-ID: <%d@posta.example>\n\n"
HELLO = b"250-fake\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-XFORWARD NAME ADDR PROTO HELO IDENT\r\n250-XNOSENDER\r\n250 PIPELINING\r\n"


class Lmtp:
    """A small LMTP server. HOW: verb -> answer, or "cut" (closes), or "hang" (until the client goes); keeps the commands and the wire bytes of the last message."""

    def __init__(self, path, how=None, hello=HELLO):
        self.how, self.hello, self.commands, self.wire = how or {}, hello, [], None
        self.path = str(path)
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(self.path)
        self.server.listen(5)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                c, _ = self.server.accept()
            except OSError:
                return
            try:
                self._session(c)
            except OSError:
                pass
            c.close()

    def _answer(self, c, verb, usual):
        how = self.how.get(verb)
        if how == "cut":
            return False
        if how == "hang":
            c.recv(1)
            return False
        c.sendall(how.encode() + b"\r\n" if how else usual)
        return True

    def _session(self, c):
        f = c.makefile("rb")
        if not self._answer(c, "greeting", b"220 fake LMTP\r\n"):
            return
        for line in f:
            self.commands.append(line.rstrip(b"\r\n").decode("utf-8"))
            verb = line.split()[0].decode()
            if not self._answer(c, verb, self.hello if verb == "LHLO" else b"354 go\r\n" if verb == "DATA" else b"250 2.0.0 ok\r\n"):
                return
            if verb == "DATA" and verb not in self.how:
                wire = b""
                while not (wire.endswith(b"\r\n.\r\n") or wire == b".\r\n"):
                    piece = c.recv(65536) if self.how.get("body") != "cut" else b""
                    if piece == b"":
                        return
                    wire += piece
                self.wire = wire
                if not self._answer(c, ".", b"250 2.0.0 stored\r\n"):
                    return

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        os.unlink(self.path)


def deliver(site, *args, message=HEAD % 1 + b"RINNOVA\n"):
    """(exit code, standard error)"""
    p = site._popen(["deliver", *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        _, err = p.communicate(message, timeout=60)
    except BrokenPipeError:
        err = p.stderr.read()
        p.wait()
    return p.returncode, err.decode("utf-8", "replace")


def is_75(got, name):
    t.ok(got[0] == 75, name, "exit %s: %s" % got)


def rows(site):
    db = sqlite3.connect(str(site.dir / "rinnova.db"))
    got = db.execute("SELECT rcpt, sender, queue_id, client, raw FROM inbox ORDER BY id").fetchall()
    db.close()
    return got


def nothing_stored():
    """Everything that keeps deliver from storing: 75."""
    with Site() as site:
        ok = ["--rcpt", RCPT, "--sender", "m.rossi@posta.example"]
        is_75(deliver(site, *ok), "75: no store and no lmtpd")
        is_75(deliver(site), "75: no recipient")
        is_75(deliver(site, "--wrong"), "75: an option that does not exist")
        is_75(deliver(site, "--rcpt"), "75: an option without its value")
        is_75(deliver(site, "--help"), "75: --help stores nothing either")
        is_75(deliver(site, *ok, "more"), "75: an argument too many")
        is_75(deliver(site, "--config", "/nonexistent/rinnova.conf", *ok), "75: no configuration")
        is_75(deliver(site, "--config", str(site.dir), *ok), "75: the configuration is a folder")
        bad = site.dir / "bad.conf"
        bad.write_text("[site]\ndomian=x\n")
        is_75(deliver(site, "--config", str(bad), *ok), "75: a configuration with errors")
        bad.chmod(0)
        if os.getuid() != 0:
            is_75(deliver(site, "--config", str(bad), *ok), "75: a configuration that may not be read")
        site.run("init")
        for rcpt in ("x@altrove.example", "a b@ordine.example", "a\r\nRCPT TO:<b>@ordine.example", "", "rinnovo", "<rinnovo@ordine.example"):
            is_75(deliver(site, "--rcpt", rcpt), "75: recipient %r" % rcpt)
        is_75(deliver(site, *ok, message=b""), "75: nothing on standard input")
        p = site._popen(["deliver", *ok], close_fds=True, stderr=subprocess.DEVNULL, preexec_fn=lambda: os.close(0))
        t.eq(p.wait(60), 75, "75: standard input is closed")
        conf = site.conf.read_text().replace("[lmtp]", "[lmtp]\nmax-message=64k")
        site.conf.write_text(conf)
        is_75(deliver(site, *ok, message=HEAD % 1 + b"x" * 140000 + b"\n"), "75: larger than max-message")
        t.eq(rows(site), [], "nothing of all that is in the store")


def badly_answered():
    """lmtpd is there, and does not say 250."""
    with Site() as site:
        path = site.dir / "lmtp.sock"
        site.run("init")
        for verb in ("greeting", "LHLO", "MAIL", "RCPT", "DATA", "."):
            for answer in ("451 4.3.0 later", "550 5.1.1 no", "cut", "garbage"):
                fake = Lmtp(path, {verb: answer})
                got = deliver(site, "--rcpt", RCPT, "--sender", "m.rossi@posta.example")
                is_75(got, "75: %s is answered with %s" % (verb, answer))
                fake.close()
        fake = Lmtp(path, {"body": "cut"})
        is_75(deliver(site, "--rcpt", RCPT, message=HEAD % 1 + b"x\n" * 400000), "75: cut within the message")
        fake.close()
        fake = Lmtp(path, {"RCPT": "550 5.1.1 no such address"})
        t.ok("5.1.1" in deliver(site, "--rcpt", RCPT)[1], "a refusal for good is named in the log")
        fake.close()
        fake = Lmtp(path, {"greeting": "220-" + "x" * 100000})
        is_75(deliver(site, "--rcpt", RCPT), "75: a greeting without end")
        fake.close()
        t.eq(rows(site), [], "the store was left alone: lmtpd may have it by now")


def signalled():
    """Whoever is killed, the end is 75; nobody is left behind."""
    with Site() as site:
        fake = Lmtp(site.dir / "lmtp.sock", {"LHLO": "hang"})
        deferred = os.environ.get("RINNOVA_SAN") == "thread"  # that runtime keeps a signal back until a call that it knows
        for sig, whom in () if deferred else ((signal.SIGTERM, "guard"), (signal.SIGKILL, "worker"), (signal.SIGSEGV, "worker"), (signal.SIGINT, "guard")):
            p = site._popen(["deliver", "--rcpt", RCPT], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
            p.stdin.write(HEAD % 1 + b"RINNOVA\n")
            p.stdin.close()
            children = pathlib.Path("/proc/%d/task/%d/children" % (p.pid, p.pid))
            wait_for(lambda: "LHLO localhost" in fake.commands)
            worker = int(children.read_text().split()[0])
            os.kill(p.pid if whom == "guard" else worker, sig)
            t.eq(p.wait(30), 75, "75: %s for the %s" % (sig.name, whom))
            p.stderr.close()
            t.ok(wait_for(lambda: not os.path.exists("/proc/%d" % worker)), "the worker is gone")
            fake.commands.clear()
        p = site._popen(["deliver", "--rcpt", RCPT], stdin=subprocess.PIPE)
        worker = int(wait_for(lambda: pathlib.Path("/proc/%d/task/%d/children" % (p.pid, p.pid)).read_text()).split()[0])
        p.kill()
        p.wait()
        p.stdin.close()
        t.ok(wait_for(lambda: not os.path.exists("/proc/%d" % worker)), "the worker goes with a guard that was killed")
        fake.close()


def over_the_wire():
    """What reaches lmtpd."""
    with Site() as site:
        fake = Lmtp(site.dir / "lmtp.sock")
        body = HEAD % 1 + b".\n..\n.x\n\xe8\xff\x00\x80\na\rb\r\nfine"
        got = deliver(site, "--rcpt", RCPT, "--sender", "m.rossi@posta.example", "--queue-id", "4QxT1z", "--client", "2001:db8::7", message=body)
        t.eq(got[0], 0, "0: lmtpd says 250")
        wire = HEAD.replace(b"\n", b"\r\n") % 1 + b"..\r\n...\r\n..x\r\n\xe8\xff\x00\x80\r\na\rb\r\nfine\r\n.\r\n"
        t.eq(fake.wire, wire, "dots, NUL, 8-bit bytes, bare CR and CRLF survive, LF becomes CRLF")
        t.ok("XFORWARD IDENT=4QxT1z ADDR=IPV6:2001:db8::7" in fake.commands, "queue id and client go along", fake.commands)
        t.ok("MAIL FROM:<m.rossi@posta.example>" in fake.commands and "RCPT TO:<%s>" % RCPT in fake.commands, "and the envelope", fake.commands)
        deliver(site, "--rcpt", RCPT, "--sender", "", message=b"From m.rossi@posta.example Mon Nov 23 10:00:00 2026\n" + body)
        t.eq(fake.wire, wire, "a leading From line goes")
        for sender in ("", "<>", "MAILER-DAEMON"):
            fake.commands.clear()
            t.eq(deliver(site, "--rcpt", RCPT, "--sender", sender)[0], 0, "0: null sender as %r" % sender)
            t.ok("MAIL FROM:<>" in fake.commands, "it is the null sender", fake.commands)
        deliver(site, "--rcpt", RCPT)
        t.ok("MAIL FROM:<> XNOSENDER" in fake.commands, "an unknown sender is not the null sender", fake.commands)
        for sender in ('"a b"@posta.example', "a\r\nDATA@posta.example", "a b@posta.example", "a>b@posta.example", "x" * 600 + "@posta.example"):
            fake.commands.clear()
            t.eq(deliver(site, "--rcpt", RCPT, "--sender", sender)[0], 0, "0: sender %r" % sender[:30])
            t.ok("MAIL FROM:<> XNOSENDER" in fake.commands, "is left out as unknown", fake.commands)
        deliver(site, "--rcpt", "<%s>" % RCPT, "--sender", "dòtt@pòsta.example", "--queue-id", "a b", "--client", "$&{client_addr}")
        t.ok("MAIL FROM:<dòtt@pòsta.example> SMTPUTF8" in fake.commands, "a UTF-8 sender", fake.commands)
        t.eq(deliver(site, "--rcpt", RCPT, "--sender", os.fsdecode(b"d\xf2tt@posta.example"), "--client", os.fsdecode(b"\xf2\xff"), "--queue-id", os.fsdecode(b"\xff"))[0], 0,
             "0: bytes that are no UTF-8 are no reason to refuse")
        t.ok(not any("a b" in c or "client_addr" in c for c in fake.commands), "what is no queue id or address is left out", fake.commands)
        fake.close()
        fake = Lmtp(site.dir / "lmtp.sock", {"XFORWARD": "500 no"})
        t.eq(deliver(site, "--rcpt", RCPT, "--queue-id", "x")[0], 0, "0: XFORWARD is refused, the mail is not")
        fake.close()


def by_itself():
    """No lmtpd: the store is opened here. A socket that nobody answers is the same."""
    with Site() as site:
        site.run("init")
        site.boxes({"box": "rossi@pec.example", "reference": "m.rossi@posta.example", "expiry": "2031-01-31"})  # a stranger's mail is not kept whole
        t.eq(deliver(site, "--rcpt", RCPT, "--sender", "a@posta.example", "--queue-id", "Q1", "--client", "192.0.2.1")[0], 0, "0: stored without lmtpd")
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(site.dir / "lmtp.sock"))
        dead.close()
        t.eq(deliver(site, "--rcpt", RCPT, "--sender", "", message=HEAD % 2 + b"RINNOVA\n")[0], 0, "0: stored behind a dead socket")
        t.eq(deliver(site, "--rcpt", RCPT, "--sender", "", message=b"\x01 this is no message\n")[0], 0, "0: what is no message is kept as well")
        got = rows(site)
        t.eq([r[:4] for r in got[:2]], [(RCPT, "a@posta.example", "Q1", "192.0.2.1"), (RCPT, "", None, None)], "with its envelope")
        t.eq(bytes(got[0][4]), (HEAD % 1 + b"RINNOVA\n").replace(b"\n", b"\r\n"), "and its bytes")
        os.unlink(site.dir / "lmtp.sock")
        site.start("lmtpd")
        t.eq(deliver(site, "--rcpt", RCPT, "--sender", "b@posta.example", "--queue-id", "Q2", "--client", "192.0.2.2",
                     message=HEAD % 3 + b"..\n.\nRINNOVA\n")[0], 0, "0: handed to lmtpd")
        last = rows(site)[-1]
        t.eq((last[:4], bytes(last[4])), ((RCPT, "b@posta.example", "Q2", "192.0.2.2"), (HEAD % 3 + b"..\n.\nRINNOVA\n").replace(b"\n", b"\r\n")),
             "the same through lmtpd, queue id and client included")


def of_nobody():
    """Mail that is nobody's leaves its header block and no more; what may be somebody's stays whole."""
    with Site() as site:
        site.run("init")
        site.boxes({"box": "anna@pec.example", "reference": "anna@posta.example", "expiry": "2031-01-31"})
        for n, sender in ((1, "m.rossi@posta.example"), (2, "anna@posta.example")):
            raw = (HEAD % n).replace(b"m.rossi@posta.example\nTo", sender.encode() + b"\nTo") + b"Testo privato\n"
            t.eq(deliver(site, "--rcpt", RCPT, "--sender", sender, message=raw)[0], 0, "0: from %s" % sender)
            kept = bytes(rows(site)[-1][4])
            whole = raw.replace(b"\n", b"\r\n")
            t.eq(kept, whole if n == 2 else whole.replace(b"Testo privato\r\n", b""), "%s is kept" % ("the whole mail" if n == 2 else "its header block"))
            t.eq(deliver(site, "--rcpt", RCPT, "--sender", sender, message=raw)[0], 0, "0: the same again")
            t.eq(len(rows(site)), n, "is known all the same")


def unnamed():
    """Mail without a Message-ID: the same text from another, or written another day, is another mail; the same mail is one."""
    def mail(sender, day, more=b""):
        return b"Received: from x by y; " + day + b"\n" + more + b"From: " + sender + b"\nDate: " + day + b"\nSubject: prova\n\nELENCO\n"
    with Site() as site:
        site.run("init")
        one, two = b"Thu, 26 Nov 2026 10:00:00 +0100", b"Fri, 27 Nov 2026 10:00:00 +0100"
        for n, (raw, what) in enumerate(((mail(b"anna@posta.example", one), "the first"), (mail(b"bruno@posta.example", one), "one of another member"),
                                         (mail(b"anna@posta.example", two), "one of another day"))):
            t.eq(deliver(site, "--rcpt", RCPT, "--sender", "", message=raw)[0], 0, "no Message-ID: %s is taken" % what)
            t.eq(len(rows(site)), n + 1, "and is there")
        again = mail(b"anna@posta.example", one, b"Received: from y by z; " + two + b"\nX-Spam: no\n")
        t.eq((deliver(site, "--rcpt", RCPT, "--sender", "", message=again)[0], len(rows(site))), (0, 3), "the first once more, by another way, is the first")


for part in (nothing_stored, badly_answered, signalled, over_the_wire, by_itself, of_nobody, unnamed):
    part()
t.done()
