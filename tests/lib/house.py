"""A Rinnova of its own in a temporary folder: configuration, store, doors, a mail sink. For tests and the demo."""
import email, email.policy, json, os, pathlib, pwd, random, shutil, signal, smtplib, socket, subprocess, sys, tempfile, threading, time

# The program's days are those of Europe/Rome, its default: around midnight a test must mean the same day.
os.environ["TZ"] = "Europe/Rome"
time.tzset()

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("RINNOVA", str(ROOT / "build" / "rinnova"))

CONFIG = """\
[site]
domain={domain}
name=Ordine dei Medici di Prova
contact=segreteria@{domain}
phone=0471 000000
admin=admin@{mail_domain}
templates={templates}
authserv-id={authserv}
results-stripped={stripped}
received-by=mx.{domain}
log-level={level}
{site}
[store]
url=sqlite:{dir}/rinnova.db
[keys]
file={dir}/token.key
[lmtp]
socket={dir}/lmtp.sock
socket-mode=666
[milter]
socket={dir}/milter.sock
socket-mode=666
{milter}
[courier]
submit=smtp
smtp=smtp://127.0.0.1:{smtp_port}
tls=none
per-minute=0
per-minute-domain=0
retry-first=1s
{courier}
[keep]
{keep}
[convention fnomceo]
name=Convenzione FNOMCEO
payer=Ordine dei Medici di Prova
secretary=segreteria@{mail_domain}
type=PEC FNOMCEO
term=12
price=12,20
vat=22
cooling=0s
contracts={contracts}
provider=exec
provider-command={provider}
guide=https://guida.example/pec
notify-box=false
{convention}
"""

PROVIDER = """#!/bin/sh
# A provider of the test's: says yes and gives the expiry that was wished; what it was asked is kept.
exec /usr/bin/python3 -c '
import json, os, sys
ask = json.load(sys.stdin)
open("{dir}/provider.log", "a").write(json.dumps(ask) + "\\n")
mode = open("{dir}/provider.mode").read().strip()
if mode == "refuse":
    sys.stderr.write("contratto bloccato\\n"); sys.exit(69)
if mode == "later":
    sys.exit(75)
if mode == "unknown":
    os.kill(os.getpid(), 9)
print(json.dumps({{"expiry": ask["wanted_expiry"], "reference": "T-%s" % (ask["order"] or "0"), "message": "ok"}}))
'
"""

HEADER = "box,holder,reference,expiry,convention,account,document,register\n"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, seconds=15.0, step=0.02):
    """Calls WHAT until it gives something true, and returns that; None when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(step)
    return None


class Sink:
    """A small SMTP server that keeps what it is given: list of (sender, recipient, bytes)."""

    def __init__(self, port=0):
        self.mails = []
        self.reply = {}  # verb -> answer, to misbehave: {"DATA": "451 later", ".": "cut"}
        self.server = socket.socket()
        self.server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.server.bind(("127.0.0.1", port))
        self.server.listen(50)
        self.port = self.server.getsockname()[1]
        self.stopped = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while not self.stopped:
            try:
                c, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._session, args=(c,), daemon=True).start()

    def _session(self, c):
        f = c.makefile("rwb")

        def say(line):
            f.write(line.encode() + b"\r\n")
            f.flush()
        try:
            say("220 sink ESMTP")
            sender, rcpt = None, None
            for raw in f:
                line = raw.decode("latin-1").rstrip("\r\n")
                verb = line.split(" ")[0].split(":")[0].upper()
                if self.reply.get(verb) == "cut":
                    return
                if verb in self.reply and verb != "DATA":
                    say(self.reply[verb])
                    continue
                if verb in ("EHLO", "HELO"):
                    f.write(b"250-sink\r\n250-8BITMIME\r\n250 SIZE\r\n")
                    f.flush()
                elif verb == "MAIL":
                    sender = line[line.index("<") + 1:line.index(">")]
                    say(self.check_sender(sender) or "250 ok")
                elif verb == "RCPT":
                    rcpt = line[line.index("<") + 1:line.index(">")]
                    say("250 ok")
                elif verb == "DATA":
                    if "DATA" in self.reply:
                        say(self.reply["DATA"])
                        continue
                    say("354 go")
                    body = []
                    while True:
                        l = f.readline()
                        if l == b"":  # cut off: nothing was given
                            return
                        if l == b".\r\n":
                            break
                        body.append(l[1:] if l.startswith(b".") else l)
                    if self.reply.get(".") == "cut":
                        self.mails.append((sender, rcpt, b"".join(body)))
                        return
                    if "." in self.reply:
                        say(self.reply["."])
                        continue
                    self.mails.append((sender, rcpt, b"".join(body)))
                    say("250 2.0.0 taken")
                elif verb == "QUIT":
                    say("221 bye")
                    return
                else:
                    say("250 ok")
        except (OSError, ValueError):
            pass
        finally:
            f.close() if not c._closed else None
            c.close()

    def check_sender(self, sender):
        """The answer that refuses MAIL FROM, None to take it."""
        return None

    def to(self, address):
        """Parsed mails to ADDRESS, oldest first."""
        return [email.message_from_bytes(m, policy=email.policy.default) for _, r, m in list(self.mails) if r == address]

    def stop(self):
        self.stopped = True
        self.server.close()


class Site:
    """Configuration, store and doors in a folder of their own."""

    def __init__(self, smtp_port=2525, domain="ordine.example", mail_domain="posta.example", user=None, site="", courier="",
                 convention="", authserv="", stripped="yes", level="info", milter="", keep=""):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="rinnova-"))
        os.chmod(self.dir, 0o755)
        self.domain, self.mail_domain, self.user = domain, mail_domain, user
        self.children, self.prefix = [], []
        self.conf = self.dir / "rinnova.conf"
        self.binary = self.dir / "rinnova"
        shutil.copy(BINARY, self.binary)
        shutil.copytree(ROOT / "templates", self.dir / "templates")
        (self.dir / "contratto.txt").write_text("CONTRATTO DI PROVA\n", "utf-8")
        provider = self.dir / "provider"
        provider.write_text(PROVIDER.format(dir=self.dir))
        provider.chmod(0o755)
        (self.dir / "provider.mode").write_text("yes")
        self.conf.write_text(CONFIG.format(dir=self.dir, domain=domain, mail_domain=mail_domain, smtp_port=smtp_port, templates=self.dir / "templates",
                                           contracts=self.dir / "contratto.txt", provider=provider, site=site, courier=courier, level=level, milter=milter, keep=keep,
                                           convention=convention, authserv=authserv, stripped=stripped), "utf-8")
        if user:
            p = pwd.getpwnam(user)
            for path in [self.dir, *self.dir.rglob("*")]:
                os.chown(path, p.pw_uid, p.pw_gid)

    def _popen(self, args, **kw):
        env = dict(os.environ, RINNOVA_CONFIG=str(self.conf), LC_ALL="C.UTF-8")
        if self.user:
            p = pwd.getpwnam(self.user)
            kw.update(user=p.pw_uid, group=p.pw_gid, extra_groups=[])
        return subprocess.Popen([*self.prefix, str(self.binary), *map(str, args)], env=env, cwd="/", **kw)

    def run(self, *args, input=None, check=True):
        """Runs one command to its end: (exit code, stdout, stderr)."""
        p = self._popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = p.communicate(input, timeout=300)
        if check and p.returncode != 0:
            raise RuntimeError("rinnova %s: exit %d: %s%s" % (" ".join(map(str, args)), p.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")))
        return p.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def json(self, *args):
        return [json.loads(l) for l in self.run(*args, "--json")[1].splitlines()]

    def start(self, *args):
        """Starts a door; its log goes to DIR/COMMAND.log."""
        log = open(self.dir / (args[0] + ".log"), "ab")
        p = self._popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.children.append(p)
        if args[0] == "milter" and not wait_for(lambda: "milter-start" in self.log("milter") or p.poll() is not None):
            raise RuntimeError("milter does not start: " + self.log("milter"))
        if args[0] == "lmtpd" and not wait_for(lambda: self._answers() or p.poll() is not None):
            raise RuntimeError("lmtpd does not listen: " + self.log("lmtpd"))
        if p.poll() is not None:
            raise RuntimeError("%s ended at once: %s" % (args[0], self.log(args[0])))
        return p

    def stop(self, door):
        """Ends the door that was started last under this name, and waits for its end."""
        p = [p for p in self.children if p.args[1] == door][-1]
        p.terminate()
        p.wait(20)
        self.children.remove(p)

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as s:
            try:
                s.connect(str(self.dir / "lmtp.sock"))
                return s.recv(100).startswith(b"220")
            except OSError:
                return False

    def log(self, door):
        path = self.dir / (door + ".log")
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def boxes(self, *rows):
        """Imports boxes; each row a dict with at least box and reference."""
        path = self.dir / "boxes.csv"
        lines = [HEADER]
        for r in rows:
            lines.append(",".join([r["box"], r.get("holder", "Maria Rossi"), r["reference"], r["expiry"], "fnomceo",
                                   r.get("account", "1234@provider.example"), r.get("document", "yes"), r.get("register", "no")]) + "\n")
        path.write_text("".join(lines), "utf-8")
        return self.run("import", path)

    def lmtp(self, raw, rcpt, sender="maria.rossi@posta.example"):
        """Gives RAW to lmtpd for RCPT (one or a list); the replies after the dot, in order."""
        rcpts = [rcpt] if isinstance(rcpt, str) else rcpt
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(60)
            s.connect(str(self.dir / "lmtp.sock"))
            f = s.makefile("rwb")

            def reply():
                while True:
                    line = f.readline().decode()
                    if line[3:4] != "-":
                        return line.rstrip()

            def ask(text):
                f.write(text.encode() + b"\r\n")
                f.flush()
                return reply()
            reply()
            ask("LHLO test")
            ask("MAIL FROM:<%s>" % sender)
            good = [r for r in rcpts if ask("RCPT TO:<%s>" % r).startswith("250")]
            if not good:
                return []
            ask("DATA")
            body = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            body = b"\r\n".join(b"." + l if l.startswith(b".") else l for l in body.split(b"\r\n"))
            f.write(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            f.flush()
            answers = [reply() for _ in good]
            ask("QUIT")
            return answers

    def end(self):
        """Ends every door by its id, and the folder."""
        for p in self.children:
            if p.poll() is None:
                p.send_signal(signal.SIGTERM)
        for p in self.children:
            try:
                p.wait(20)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        self.children = []
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def text_of(msg):
    """The text/plain part of a letter."""
    part = msg.get_body(("plain",))
    return part.get_content()


def seed(usual, below):
    """What a random test begins with: USUAL, so that a change is judged by what it changed; RINNOVA_SEED=N another, RINNOVA_SEED=new one that nobody has seen."""
    asked = os.environ.get("RINNOVA_SEED") or usual
    return random.SystemRandom().randrange(below) if asked == "new" else int(asked)


class Tap:
    """Test Anything Protocol, with a reason for each failure."""

    def __init__(self):
        self.n = self.failed = 0

    def ok(self, cond, name, why=""):
        self.n += 1
        if not cond:
            self.failed += 1
        print("%s %d - %s" % ("ok" if cond else "not ok", self.n, name), flush=True)
        if not cond and why != "":
            for line in str(why).splitlines()[:60]:
                print("#   " + line, file=sys.stderr, flush=True)  # there prove shows it, whatever it was called with
        return bool(cond)

    def eq(self, got, want, name):
        return self.ok(got == want, name, "got %r\nwant %r" % (got, want))

    def done(self):
        print("1..%d" % self.n, flush=True)
        sys.exit(1 if self.failed else 0)
