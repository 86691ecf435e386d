"""What the fault suite plays on: a machine (shim.py), a mail server's queue, a sink for letters, a provider, relays that cut."""
import datetime, pathlib, re, shutil, socket, sqlite3, struct, threading, zlib, zoneinfo

import milterclient, post, provider, proxy, replies, shim
from house import BINARY, ROOT, Sink

ROME = zoneinfo.ZoneInfo("Europe/Rome")
DAY, HOUR = 86400, 3600
CONFIG = """\
[site]
domain=ordine.example
name=Ordine di Prova
contact=segreteria@ordine.example
phone=0471 000000
admin=admin@posta.example
templates={templates}
authserv-id=mx.ordine.example
received-by=mx.ordine.example
log-level=info
mail-queue=postfix
mail-queue-command={dir}/queue
expire-brake-percent=100
[store]
url=sqlite:{dir}/disk/rinnova.db
[keys]
file={base}/token.key
[lmtp]
socket={dir}/{door}.sock
[milter]
socket={dir}/milter.sock
mode={mode}
handover-deadline=2000
[courier]
submit=smtp
smtp=smtp://127.0.0.1:{smtp}
tls=none
per-minute=0
per-minute-domain=0
retry-first=1m
retry-max=10m
lease=1m
give-up=60d
"""
CONVENTION = """\
[convention {name}]
name=Convenzione {name}
payer=Ordine di Prova
secretary=segreteria@posta.example
term=12
price=12,20
cooling=0s
contracts={base}/contratto.txt
notify-box=no
provider={driver}
provider-url={url}
provider-timeout=5s
provider-tries=3
provider-per-minute=0
provider-user=ordine
provider-password-file={base}/password
"""
DOORS = ("door", "lmtp", "nowhere")  # through the relay, past it, and where nobody listens
CONVENTIONS = {"web": "http", "api": "aruba"}
# Each season has a change of the clock on the second day after its first.
SEASONS = {"spring": datetime.date(2028, 3, 24), "autumn": datetime.date(2028, 10, 27)}
# Box -> (days from the first day to the expiry date, convention)
BOXES = {"a": (2, "api"), "b": (1, "web"), "c": (27, "api"), "d": (27, "web"), "e": (0, "web")}


TYPED = {"renew": "RINNOVA", "accept": "ACCETTO", "no": "NON RINNOVO", "cancel": "ANNULLA", "question": "Quanto costa?"}
QUOTED = 300  # lines: some mails are longer than what is read or written at once

def box_name(n):
    return "box-%s@pec.example" % n


def address(n):
    return "m%s@posta.example" % n


def midnight(day):
    return int(datetime.datetime.combine(day, datetime.time(), ROME).timestamp())


class Base:
    """What all worlds share, made once: keys, templates, contract, and the stores that histories begin with."""

    def __init__(self, folder, binary=BINARY, library=None):
        self.dir = pathlib.Path(folder)
        self.binary, self.preload = self.dir / "rinnova", library
        shutil.copy(binary, self.binary)
        shutil.copytree(ROOT / "templates", self.dir / "templates")
        (self.dir / "contratto.txt").write_text("CONTRATTO DI PROVA\n")
        (self.dir / "password").write_text("segreto\n")
        (self.dir / "password").chmod(0o600)
        self.stores = {}  # (season, stage) -> Start
        for season, first in SEASONS.items():
            self._make(season, first)

    def _make(self, season, first):
        w = World(self, "make-" + season)
        mails, letters = [], []

        def must(*args):
            if w.run(*args)[0] != 0:
                w.broken("cannot make the store")

        def keep(stage):
            self.stores[season, stage] = Start(w.store(), list(letters), list(mails), list(w.sink.mails), len(w.sink.mails))

        def courier():
            must("courier", "--once")
            letters[:] = [post.Letter(*m) for m in w.sink.mails]

        def write(says, boxes):
            pid, _ = w.lmtpd()
            for n in boxes:
                m = reply(w, [l for l in letters if l.box == box_name(n) and l.answers == ("offer" if says == "accept" else "notice")][-1], n, says, "s%d@posta.example" % len(mails))
                if w.lmtp(m.raw, m.rcpt, m.sender) != 250:
                    w.broken("a mail was not taken")
                m.accepted = True
                mails.append(m)
            w.machine.signal(pid)
            w.machine.wait(pid)
        try:
            w.first = first
            w.machine.clock(midnight(first) + 9 * HOUR)
            must("init")
            rows = ["%s,Maria Rossi,%s,%s,%s,1234@provider.example,yes,no\n" % (box_name(n), address(n), first + datetime.timedelta(days), conv)
                    for n, (days, conv) in BOXES.items()]
            (w.dir / "boxes.csv").write_text("box,holder,reference,expiry,convention,account,document,register\n" + "".join(rows))
            must("import", w.dir / "boxes.csv")
            must("notify")
            keep("written")
            courier()
            keep("notices")
            write("renew", "acd")
            courier()
            keep("offers")
            write("accept", "acd")
            keep("accepted")
        finally:
            w.end()


class Start:
    """A store that histories begin with, and what has happened until then."""

    def __init__(self, store, letters, mails, sent, known):
        self.store, self.letters, self.mails, self.sent, self.known = store, letters, mails, sent, known


class Mail:
    """WRITTEN: the bytes that the member sent. RAW: those that the mail server has, which writes on top of them; a gate may add to that."""

    def __init__(self, id_, written, raw, rcpt, sender, box, says, at, in_time):
        self.id, self.written, self.raw, self.rcpt, self.sender, self.box, self.says, self.at, self.in_time = id_, written, raw, rcpt, sender, box, says, at, in_time
        self.accepted = False


def reply(w, letter, n, says, id_):
    """A mail that answers LETTER for the box N, as it comes to us now."""
    sender, rcpt, now = address(n), replies.token_address(letter), w.machine.now()
    at = datetime.datetime.fromtimestamp(now, ROME)
    quoted = ("> %s\r\n" % id_) * (QUOTED if zlib.crc32(id_.encode()) % 8 == 0 else 1)  # so no body is another's
    written = ("From: %s\r\nTo: %s\r\nSubject: Re: PEC\r\nMessage-ID: <%s>\r\nIn-Reply-To: %s\r\n\r\n%s\r\n\r\n%s" % (sender, rcpt, id_, letter["Message-ID"], TYPED[says], quoted)).encode()
    in_time = at.date() <= w.first + datetime.timedelta(BOXES[n][0])
    return Mail(id_, written, post.stamped(written, at, sender, "normal"), rcpt, sender, box_name(n), says, now, in_time)


class World:
    def __init__(self, base, name):
        self.base, self.dir = base, base.dir / name
        self.dir.mkdir()
        self.sink, self.provider = Sink(), provider.Provider()
        self.smtp = proxy.Proxy(("127.0.0.1", 0), ("127.0.0.1", self.sink.port))
        self.http = proxy.Proxy(("127.0.0.1", 0), ("127.0.0.1", self.provider.port))
        self.door = proxy.Proxy(str(self.dir / "door.sock"), str(self.dir / "lmtp.sock"))
        queue = self.dir / "queue"
        queue.write_text("#!/bin/sh\nexec cat %s/queue.json\n" % self.dir)
        queue.chmod(0o755)
        (self.dir / "queue.json").write_text("")
        for door, mode in ((d, m) for d in DOORS for m in ("gate", "handover")):
            text = CONFIG.format(dir=self.dir, base=base.dir, templates=base.dir / "templates", smtp=self.smtp.port, door=door, mode=mode)
            for name, driver in CONVENTIONS.items():
                text += CONVENTION.format(name=name, driver=driver, base=base.dir, url="http://127.0.0.1:%d" % self.http.port)
            (self.dir / (door + (".gate" if mode == "gate" else "") + ".conf")).write_text(text)
        self.machine = shim.Machine(self.dir, base.binary, base.preload)
        self.machine.fresh({})

    def broken(self, why):
        raise RuntimeError("%s: %s" % (why, self.machine.log.read_text("utf-8", "replace")[-2000:] if self.machine.log.exists() else ""))

    def fresh(self, season, stage):
        """A machine at the first morning of SEASON; what has happened by then."""
        start = self.base.stores[season, stage]
        for p in (self.smtp, self.http, self.door):
            p.plans.clear()
        self.sink.reply.clear()
        self.provider.faults.clear()
        self.provider.slow.clear()
        self.machine.fresh({"rinnova.db": start.store})
        if self.machine.log.exists():
            self.machine.log.unlink()
        self.first = SEASONS[season]
        self.machine.clock(midnight(self.first) + 9 * HOUR + 60)
        self.sink.mails = []
        self.provider.seen, self.provider.asked, self.provider.ended = {}, [], set()
        self.provider.accounts = {box_name(n): {"endDate": self.first + datetime.timedelta(days)} for n, (days, _) in BOXES.items()}
        return start

    # --- programs ---

    def start(self, *args, rules="", depth=0, stdin="/dev/null", door="lmtp"):
        return self.machine.start(args, rules, depth, stdin, ["RINNOVA_CONFIG=%s/%s.conf" % (self.dir, door), "TZ=Europe/Rome"])

    def run(self, *args, **more):
        """(exit status, slot)"""
        pid, slot = self.start(*args, **more)
        return self.machine.wait(pid), slot

    def lmtpd(self, rules=""):
        """Starts the door and waits until it answers. Its pid, None if it ended first."""
        pid, slot = self.start("lmtpd", rules=rules)
        path = str(self.dir / "lmtp.sock")
        while self.machine.alive(pid):
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(20)
                try:
                    s.connect(path)
                    if s.recv(100).startswith(b"220"):
                        return pid, slot
                except OSError:
                    pass
            threading.Event().wait(0.002)
        return None, slot

    def milter(self, rules="", conf="lmtp"):
        """Starts the gate with the file CONF.conf and waits until it answers. Its pid, None if it ended first; and its slot."""
        pid, slot = self.start("milter", rules=rules, door=conf)
        while self.machine.alive(pid):
            try:
                milterclient.Milter(self.dir / "milter.sock", timeout=20).quit()
                return pid, slot
            except (milterclient.Gone, OSError):
                threading.Event().wait(0.002)
        return None, slot

    def gate(self, raw, rcpt, sender, stop=None):
        """One message through the gate, as the mail server tells it, which breaks off before the step number STOP. (the gate's answer, None where there was none; the message
        as it goes on by the queue; whether somebody is left to whom it is to go)"""
        received, rest = raw.split(b"\r\n", 1)  # what the mail server writes itself, no milter sees
        head, body = rest.split(b"\r\n\r\n", 1)
        fields = [f.split(b":", 1) for f in re.split(rb"\r\n(?![ \t])", head)]
        try:
            m = milterclient.Milter(self.dir / "milter.sock", timeout=20)
            steps = [m.helo, lambda: m.mail("<%s>" % sender), lambda: m.rcpt("<%s>" % rcpt), m.data, *[lambda f=f: m.header(f[0].decode(), f[1].decode().replace("\r\n", "\n")) for f in fields],
                     m.eoh, lambda: m.body(body)]
            for step in steps[:stop]:
                answer = step()
                if answer not in ("", "c"):
                    return answer, raw, True
            if stop is not None:
                m.close()
                return None, raw, True
            m.macros("E", i="4Q1", j="mx.ordine.example", client_addr="192.0.2.1")
            answer, changes = m.eom()
            m.quit()
        except (milterclient.Gone, OSError, struct.error):
            return None, raw, True
        records = b"".join(b"%s:%s\r\n" % (c[1].encode(), c[2].encode().replace(b"\n", b"\r\n")) for c in changes if c[0] == "add")
        return answer, b"%s\r\n%s\r\n%s\r\n%s" % (received, head, records, body), not any(c[0] == "delete" for c in changes)

    def lmtp(self, raw, rcpt, sender, door="lmtp"):
        """One message: the code that it got, None where the connection broke, 0 where it hung."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(40)
            try:
                s.connect(str(self.dir / (door + ".sock")))
                f = s.makefile("rwb")

                def reply():
                    line = f.readline()
                    while line[3:4] == b"-":
                        line = f.readline()
                    if len(line) < 4 or not line.endswith(b"\n"):
                        raise ConnectionError
                    return int(line[:3])
                reply()
                for line in (b"LHLO test", b"MAIL FROM:<%s>" % sender.encode(), b"RCPT TO:<%s>" % rcpt.encode(), b"DATA"):
                    f.write(line + b"\r\n")
                    f.flush()
                    code = reply()
                    if code >= 400:
                        return code
                f.write(raw + b".\r\n")
                f.flush()
                return reply()
            except socket.timeout:
                return 0
            except (OSError, ValueError):
                return None

    # --- what is in the store; only where nothing else runs ---

    def store(self):
        """The bytes of the store, its log folded in."""
        db = sqlite3.connect(str(self.machine.disk / "rinnova.db"))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        return (self.machine.disk / "rinnova.db").read_bytes()

    def end(self):
        self.machine.kill_all()
        for p in (self.smtp, self.http, self.door):
            p.stop()
        self.sink.stop()
        self.provider.stop()
        self.machine.end()
