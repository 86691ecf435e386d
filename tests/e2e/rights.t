#!/usr/bin/python3
"""Who changed what: every command that changes the store says in the ledger which user it was, the dangerous ones want a reason, and what touches more than one box has a dry run that changes nothing."""
import datetime, os, pathlib, pwd, re, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import HEADER, Sink, Site, Tap

t, sink = Tap(), Sink()
os.environ["SUDO_USER"] = "mario"
USER = pwd.getpwuid(os.getuid()).pw_name
WHO = "admin:%s (sudo: mario)" % USER
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
yesterday = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
BOXES = 12

# Every command of the table, once: what it changes, by hand or by itself. A new one has to be put somewhere.
READS = {"check", "token", "report", "audit", "evidence", "explain", "metrics", "template", "completion", "simulate"}  # of their verbs none changes the store
DOORS = {"lmtpd", "deliver", "milter", "courier"}  # what they change was said by somebody else
DAILY = {"notify", "digest", "expire", "prune"}  # their own name stands in the ledger; each has a dry run
MADE_ONCE = {"init"}  # there is no ledger before it
WHOLE = {"db"}  # the store as a file, not what stands in it; what a restore drops is in its own test
BY_HAND = {"import", "box", "order", "outbox", "held", "receipt", "document", "key"}


def box(n):
    return "m%d@pec.example" % n


def who(n):
    return "m%d@posta.example" % n


def dump():
    """Everything in the store, but for when things were last run."""
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        text = "\n".join(l for l in db.iterdump() if not l.startswith('INSERT INTO "meta"'))
    db.close()
    return text, (site.dir / "token.key").read_bytes()


def ledger():
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        rows = db.execute("SELECT who, what FROM ledger ORDER BY id").fetchall()
    db.close()
    return rows


def changes(*args, what=None, code=0):
    """The command changes something, and the ledger says who it was."""
    before = ledger()
    got, out, err = site.run(*args, check=False)
    new = [r for r in ledger()[len(before):]]
    t.ok(got == code and (WHO, what) in new if what else got == code and WHO in [r[0] for r in new], "%s: the ledger names the user" % " ".join(map(str, args)), "%d %s%s %s" % (got, out, err, new))


def nothing(*args, code=(0,)):
    """The command changes nothing at all."""
    before = dump()
    got, out, err = site.run(*args, check=False)
    t.ok(got in code and dump() == before, "%s: nothing is changed" % " ".join(map(str, args)), "%d %s%s" % (got, out, err))


def accept(n, words=("RINNOVA", "ACCETTO")):
    for word in words:
        letter = sink.to(who(n))[-1]
        site.lmtp(replies.gmail(letter, who(n), word), replies.token_address(letter), who(n))
        site.run("courier", "--once")


with Site(smtp_port=sink.port) as site:
    listed = set(re.findall(r"^  ([a-z]+) ", site.run("--help")[1], re.M))
    t.eq(listed ^ (READS | DOORS | DAILY | MADE_ONCE | WHOLE | BY_HAND), set(), "every command is looked at here, in one way or another")
    site.run("init")
    csv = site.dir / "all.csv"
    csv.write_text(HEADER + "".join("%s,Maria Rossi,%s,%s,fnomceo,1@p.example,yes,no\n" % (box(n), who(n), yesterday if n == 9 else expiry) for n in range(BOXES)))
    nothing("import", "--dry-run", csv)
    changes("import", csv, what="box added")
    nothing("notify", "--dry-run")
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")

    # boxes
    changes("box", "delegate", box(0), "add", "s@studio.example", what="delegate added")
    changes("box", "delegate", box(0), "remove", "s@studio.example", what="delegate removed")
    nothing("box", "legal-hold", box(0), code=(64,))
    changes("box", "legal-hold", box(0), "--reason", "ricorso", what="legal hold")
    nothing("box", "legal-hold", box(0), "--end", code=(64,))
    changes("box", "legal-hold", box(0), "--end", "--reason", "respinto", what="legal hold ended")
    nothing("box", "forget", box(0), code=(64,))

    # orders, letters, calls
    (site.dir / "provider.mode").write_text("refuse")
    accept(1)
    failed = [o for o in site.json("order", "list") if o["state"] == "failed"][0]["number"]
    (site.dir / "provider.mode").write_text("later")
    changes("order", "retry", failed)
    accept(2)
    waits = [o for o in site.json("order", "list") if o["state"] == "accepted" and o["number"] != failed][0]["number"]
    changes("order", "renewed", waits)
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        db.execute("UPDATE letter SET state = 'failed' WHERE id = 1")
    db.close()
    changes("outbox", "retry", "L1", what="letter queued again")

    # held mail
    ids = []
    for n in range(3, 8):
        letter = sink.to(who(n))[0]
        site.lmtp(replies.gmail(letter, who(n), "RINNOVA").replace(b"From:", b"From: o@posta.example\r\nFrom:", 1), replies.token_address(letter), who(n))
    ids = [h["id"] for h in site.json("held", "list")]
    for verb in ("accept", "discard", "close"):
        nothing("held", verb, ids[0], code=(64,))
    nothing("digest", "--dry-run")
    changes("held", "accept", ids[0], "--reason", "telefonata", what="held reply accepted")
    changes("held", "discard", ids[1], "--reason", "doppia", what="held reply discarded")
    changes("held", "ask", ids[2], what="held reply answered")
    changes("held", "close", ids[3], "--reason", "telefonata", what="held reply closed")
    changes("held", "release", ids[4], what="held reply released", code=1)

    # documents: one that waits for a person is put in by hand
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        for i, sha in enumerate(("aa" * 32, "bb" * 32)):
            db.execute("INSERT INTO document (box_id, at, name, kind, sha256, state, size, data) VALUES (?, 1, 'x.pdf', 'pdf', ?, 'received', 4, x'25504446')", (8 + i, sha))
    db.close()
    changes("document", "accept", "1", what="document accepted")
    nothing("document", "refuse", "2", code=(64,))
    changes("document", "refuse", "2", "--reason", "illeggibile", what="document refused")

    # the daily work, and what a person forces
    today = datetime.date.today().isoformat()
    nothing("expire", "--dry-run", code=(0, 1))
    nothing("expire", "--force-over-brake", code=(64,))
    site.run("expire", "--date", yesterday, check=False)
    site.run("expire", check=False)
    gone = [b["box"] for b in site.json("box", "list") if b["state"] == "deactivated"]
    t.eq(gone, [box(9)], "one box is deactivated")
    changes("expire", "undo", box(9), what="box deactivated->active")
    nothing("prune", "--dry-run")
    with open(csv, "w") as f:
        f.write(HEADER + "".join("%s,Maria Rossi,new%d@posta.example,%s,fnomceo,1@p.example,yes,no\n" % (box(n), n, expiry) for n in range(BOXES)))
    nothing("import", csv, code=(1,))
    nothing("import", "--force", csv, code=(64,))
    changes("import", "--force", "--reason", "nuovi indirizzi", csv, what="import forced")

    # keys
    changes("key", "rotate", what="token key added")
    nothing("key", "retire", "0", code=(64,))
    first = site.run("key", "list")[1].split()[0]
    nothing("key", "retire", first, "--dry-run")
    changes("key", "retire", first, "--reason", "persa", what="token key retired")
    keys = site.dir / "store.key"
    site.run("key", "store", keys)
    site.conf.write_text(site.conf.read_text().replace("[keep]\n", "[keep]\nkey-files=%s\n" % keys))
    nothing("key", "seal", "--dry-run")
    changes("key", "seal", what="store sealed")

    # what only looks
    for args in (("box", "list"), ("box", "show", box(1)), ("box", "why", box(1)), ("order", "list"), ("outbox", "list", "--all"), ("held", "list"), ("receipt", "list"), ("document", "list"), ("key", "list"),
                 ("check",), ("audit", "verify"), ("report", "--convention", "fnomceo"), ("box", "delegate", box(1), "list")):
        nothing(*args, code=(0, 1))

    # the environment may say anything
    os.environ["SUDO_USER"] = "x) member (y"
    before = len(ledger())
    site.run("box", "delegate", box(1), "add", "s@studio.example")
    t.eq([r[0] for r in ledger()[before:]], ["admin:" + USER], "a SUDO_USER that is no login name is not written down")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "the ledger holds")
sink.stop()
t.done()
