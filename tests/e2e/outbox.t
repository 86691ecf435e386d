#!/usr/bin/python3
"""Letters that the mail server does not take: when they are given up, what the log may say of it, and how a person sends them again."""
import datetime, os, pathlib, socket, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
ROSSI = "maria.rossi@posta.example"
ADMIN = "admin@posta.example"
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


def change(site, sql):
    db = sqlite3.connect(str(site.dir / "rinnova.db"))
    db.execute(sql)
    db.commit()
    db.close()


def letter(site):
    return [(l["state"], l["attempts"]) for l in site.json("outbox", "list", "--all") if l["what"] == "letter" and l["kind"] == "notice"]


with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.boxes({"box": "maria.rossi@pec.example", "reference": ROSSI, "expiry": EXPIRY})
    site.run("notify")

    # The courier was off for longer than give-up: that alone gives no letter up.
    sink.reply["RCPT"] = "451 4.7.1 <%s> greylisted" % ROSSI
    change(site, "UPDATE letter SET created = created - 864000")
    err = site.run("courier", "--once")[2]
    t.eq(letter(site), [("queued", 1)], "an old letter is not given up at its first attempt")
    t.ok("why=\"451 4.7.1\"" in err, "the log has the reply code", err)
    t.ok(ROSSI not in err and "greylisted" not in err, "and not the server's words, which name the member", err)
    code, _, err = site.run("outbox", "retry", "L1", check=False)
    t.ok(code != 0 and "queued" in err, "a letter that is still queued is not queued again", err)
    for n in (2, 3, 4):
        change(site, "UPDATE letter SET due = 0")
        site.run("courier", "--once")
        t.eq(letter(site), [("queued", n)], "nor at attempt %d" % n)
    change(site, "UPDATE letter SET due = 0")
    site.run("courier", "--once")
    t.eq(letter(site), [("failed", 5)], "but at the fifth")

    # A person sends it again; a soft refusal is then no reason to give it up at once.
    sink.reply.clear()
    change(site, "UPDATE letter SET due = 0 WHERE kind = 'admin'")
    site.run("courier", "--once")
    note = sink.to(ADMIN)
    t.ok(len(note) == 1 and "rinnova outbox retry L1" in text_of(note[0]), "the administrator is told how to send it again", note and text_of(note[0]))
    sink.reply["RCPT"] = "451 4.7.1 later"
    out = site.run("outbox", "retry", "L1")[1]
    t.eq(out, "L1 failed->queued\n", "outbox retry says what it did")
    site.run("courier", "--once")
    t.eq(letter(site), [("queued", 6)], "it is tried again, and its time begins anew")
    sink.reply["RCPT"] = "550 5.1.1 <%s> unknown" % ROSSI
    change(site, "UPDATE letter SET due = 0")
    err = site.run("courier", "--once")[2]
    t.eq(letter(site), [("failed", 7)], "a refusal for good is one")
    t.ok("550 5.1.1" in err and ROSSI not in err, "logged by its code", err)
    sink.reply.clear()
    change(site, "UPDATE letter SET state = 'queued', due = 0 WHERE kind = 'admin' AND state = 'failed'")
    site.run("courier", "--once")
    t.eq(len(sink.to(ADMIN)), 2, "and the administrator hears of the second failure, too")
    change(site, "UPDATE letter SET state = 'uncertain' WHERE kind = 'notice'")
    site.run("outbox", "retry", "1")
    site.run("courier", "--once")
    t.eq((letter(site), len(sink.to(ROSSI))), ([("sent", 8)], 1), "in the end it goes out, once")
    for which in ("L1", "L99", "C1", "x", "", "L", "-1", "1x", "99999999999999999999"):
        code, _, err = site.run("outbox", "retry", "--", which, check=False)
        t.ok(code not in (0, 70) and "outbox" in err, "outbox retry %r is refused" % which, "%d %s" % (code, err))
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
    t.eq(db.execute("SELECT count(*) FROM ledger WHERE what = 'letter queued again' AND why = 'outbox retry'").fetchone()[0], 2, "both times stand in the ledger")
    db.close()

    # under a service manager
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(site.dir / "notify"))
        heard.settimeout(20)
        os.environ["NOTIFY_SOCKET"] = str(site.dir / "notify")
        change(site, "UPDATE letter SET state = 'queued', due = 0 WHERE kind = 'notice'")
        p = site.start("courier")
        del os.environ["NOTIFY_SOCKET"]
        said = [heard.recv(100) for _ in range(4)]
        p.terminate()
        while said[-1] == b"WATCHDOG=1":
            said.append(heard.recv(100))
        t.ok(said[0] == b"READY=1" and said[1:-1] == [b"WATCHDOG=1"] * (len(said) - 2) and said[-1] == b"STOPPING=1", "the courier tells that it is ready, alive, and ends", str(said))
sink.stop()
t.done()
