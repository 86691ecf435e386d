#!/usr/bin/python3
"""The doctor: rinnova check, line by line, as JSON, its exit codes, a probe through lmtpd; and the same by mail to selftest@."""
import datetime, json, os, pathlib, sqlite3, sys, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
ADMIN = "admin@posta.example"
PASS = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=%s; dkim=pass header.d=%s\r\n"


def check(*args):
    """(exit code, point -> list of findings)"""
    code, out, err = site.run("check", "--json", *args, check=False)
    points = {}
    for line in out.splitlines():
        f = json.loads(line)
        points.setdefault(f["point"], []).append(f)
    return code, points


def one(points, point):
    return points.get(point, [{"level": None, "text": "", "todo": None}])[0]


def meta(key, value):
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))
    db.close()


def write(sender, head=None, to="rinnovo+selftest@ordine.example", run=2):
    domain = sender.split("@")[1].encode()
    raw = b"From: %s\r\nTo: %s\r\nSubject: come va?\r\nMessage-ID: <%d@x.example>\r\n\r\nciao\r\n" % (sender.encode(), to.encode(), time.time_ns())
    took = site.lmtp((PASS % (domain, domain) if head is None else head) + raw, to, sender)
    for _ in range(run):
        site.run("courier", "--once")
    return bool(took) and took[0].startswith("250")


with Site(smtp_port=sink.port, authserv="mx.ordine.example") as site:
    site.run("init")
    code, points = check()
    keys = {tuple(f) for fs in points.values() for f in fs}
    t.eq(keys, {("level", "point", "text", "todo")}, "one JSON object a line, always with the same members")
    t.ok(all(f["todo"] for fs in points.values() for f in fs if f["level"] == "warn"), "each warning says what to do", points)
    want = {"configuration", "parser", "token keys", "letters", "look", "languages", "store", "free space", "store keys", "clock", "notify", "expire", "courier", "door", "unit", "SPF", "PEC anchor", "provider", "convention", "authserv-id"}
    t.eq(want - set(points), set(), "everything was looked at")
    t.eq((code, [one(points, p)["level"] for p in ("notify", "expire", "courier", "door", "authserv-id")]), (1, ["warn"] * 4 + ["ok"]), "what never ran is a warning: exit 1")
    site.boxes({"box": "m@pec.example", "reference": "m@posta.example", "expiry": expiry})
    site.run("notify")
    site.run("expire", check=False)
    site.run("courier", "--once")
    lmtpd = site.start("lmtpd")
    code, points = check("--probe")
    t.eq([one(points, p)["level"] for p in ("notify", "expire", "courier", "door", "probe lmtp")], ["ok"] * 5, "now they ran, the door is open, and a probe goes through it")
    bad = {p: fs for p, fs in points.items() if any(f["level"] != "ok" for f in fs)}
    t.ok(set(bad) <= {"clock"}, "nothing else is left to do", bad)
    t.eq(code, 1 if bad else 0, "exit 0, or 1 where this machine's clock is not kept")
    t.eq(site.json("held", "list"), [], "nobody has to look at the probe")
    t.ok(len(sink.mails) and all(m[1] == "m@posta.example" for m in sink.mails if b"rinnova check" in m[2]), "and nobody is written to because of it")

    # what is wrong, and only that
    def wrong(point, level, words, name):
        code, points = check()
        f = [f for f in points.get(point, []) if f["level"] == level]
        t.ok(code == {"warn": 1, "fail": 2}[level] and f and all(w in f[0]["text"] for w in words), name, "%d %s" % (code, points.get(point)))
    now = int(time.time())
    meta("run/notify", str(now + 400 * 86400))
    wrong("clock", "fail", ["went back"], "a clock that is a year behind the store")
    meta("run/notify", str(now - 2 * 86400))
    wrong("notify", "warn", ["last run"], "notify was not run for two days")
    meta("run/courier", str(now - 7 * 86400))
    wrong("courier", "fail", ["last run"], "the courier is away for a week")
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        db.execute("UPDATE letter SET state = 'queued', due = ? WHERE id = 1", (now - 3600,))
    db.close()
    wrong("outbox", "fail", ["60 minutes"], "a letter that is due for an hour")
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        db.execute("UPDATE letter SET state = 'sent' WHERE id = 1")
    db.close()
    meta("run/courier", str(now))
    os.chmod(site.dir / "rinnova.db", 0o644)
    wrong("store rights", "warn", ["every user"], "a store that everybody may read")
    os.chmod(site.dir / "rinnova.db", 0o640)
    conf = site.conf.read_text()
    site.conf.write_text(conf.replace("[milter]\n", "[milter]\nstrip-results=yes\n"))
    wrong("authserv-id", "warn", ["both set"], "results-stripped and strip-results together")
    site.conf.write_text(conf)
    site.run("notify")
    site.run("courier", "--once")
    code, out, _ = site.run("check", "--mta", "exim", check=False)
    t.eq(code, 64, "usage")
    t.eq(site.run("check", "now", check=False)[0], 64, "of this too")

    # by mail
    for name, sender, head in (("a stranger", "boss@altrove.example", None), ("a member", "m@posta.example", None), ("an administrator without proof", ADMIN, b"")):
        before = len(sink.mails)
        t.ok(write(sender, head) and len(sink.mails) == before, "selftest@: %s hears nothing" % name)
    t.eq(site.json("held", "list"), [], "and nothing of it waits")
    t.ok(write(ADMIN) and len(sink.to(ADMIN)) == 1, "an administrator whose mail is proven gets an answer")
    body = text_of(sink.to(ADMIN)[-1])
    t.ok("Da fare: 0" in body and "[ok] store: " in body and "[ok] courier: last run" in body, "with what the doctor finds", body)
    (site.dir / "contratto.txt").rename(site.dir / "away")
    t.ok(write(ADMIN, to="selftest@ordine.example") and "[fail] convention: " in text_of(sink.to(ADMIN)[-1]), "also at selftest@domain, and what is wrong comes first", text_of(sink.to(ADMIN)[-1]))
    for _ in range(10):
        write(ADMIN, run=0)
    write("m@posta.example")
    t.eq(len(sink.to(ADMIN)), 10, "ten a day at most")
    site.stop("lmtpd")
    t.eq(check("--probe")[1]["probe lmtp"][0]["level"], "fail", "a probe that nobody takes")
sink.stop()
t.done()
