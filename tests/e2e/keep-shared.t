#!/usr/bin/python3
"""Whose a mail is: forgetting takes what the holder wrote from any address of theirs, and leaves what another box's order rests on; nothing of a box under a
legal hold goes with another one."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import post, replies
from house import Sink, Site, Tap
from kept import left, rows
from pecmail import Provider
from testca import CA

t, sink, ca = Tap(), Sink(), CA()
provider = Provider(ca)
today = datetime.date.today()
expiry = (today + datetime.timedelta(days=30)).isoformat()
PUBLIC = "rinnovo@ordine.example"
AR = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
COUNT = [0]


def deliver(site, raw, rcpt, sender):
    site.run("deliver", "--rcpt", rcpt, "--sender", sender, input=raw)
    site.run("courier", "--once")
    return rows(site, "SELECT max(id) FROM inbox")[0][0]


def plain(words, sender):
    COUNT[0] += 1
    return ("From: %s\r\nTo: %s\r\nSubject: richiesta\r\nMessage-ID: <k%d@%s>\r\n\r\n%s\r\n" % (sender, PUBLIC, COUNT[0], sender.split("@")[1], words)).encode()


def write(site, words, sender):
    """A mail without a token; its id."""
    return deliver(site, plain(words, sender), PUBLIC, sender)


def answer(site, letter, words, sender):
    return deliver(site, replies.gmail(letter, sender, words), replies.token_address(letter), sender)


def close(site, *boxes):
    """Those leave the roll; each (box, reference)."""
    path = site.dir / "closed.csv"
    path.write_text("box,holder,reference,expiry,convention,state\n" + "".join("%s,Dott. Verdi,%s,%s,fnomceo,closed\n" % (b, r, expiry) for b, r in boxes))
    site.run("import", path)
    site.run("courier", "--once")


def whole(site, mail):
    """Is MAIL as it came?"""
    raw, author, typed = rows(site, "SELECT raw, author, typed_text FROM inbox WHERE id = ?", mail)[0]
    return bool(raw and author and typed)


def gone(site, mail):
    return rows(site, "SELECT raw, author, typed_text FROM inbox WHERE id = ?", mail) == [(None, None, None)]


def end_held(site):
    for waits in site.json("held", "list"):
        site.run("held", "close", str(waits["id"]), "--reason", "visto")


LATER = (today.replace(year=today.year + 3, day=1)).isoformat()

# --- every address of a holder ---
BOX, REF, STUDIO, BOTH = "anna@pec.example", "anna@posta.example", "studio@altrove.example", "due@altrove.example"
with Site(smtp_port=sink.port, site="[pec]\nanchors=%s\n" % ca.anchors, convention="document-check=none\n") as site:
    site.run("init")
    site.boxes({"box": BOX, "reference": REF, "expiry": expiry, "holder": "Dott. Anna Azzurri"}, {"box": "bice@pec.example", "reference": "bice@posta.example", "expiry": expiry})
    for address, boxes in ((STUDIO, [BOX]), (BOTH, [BOX, "bice@pec.example"])):
        for box in boxes:
            site.run("box", "delegate", box, "add", address)
    pec = deliver(site, provider.transport(plain("ELENCO", BOX), BOX, [PUBLIC], number="numero1@pec.prova.example"), PUBLIC, BOX)
    t.eq(rows(site, "SELECT i.box_id, i.author, r.mittente FROM inbox i JOIN registered r ON r.inbox_id = i.id"), [(None, BOX, BOX)], "registered mail of the box's that named none")
    alone, shared = write(site, "ELENCO", STUDIO), write(site, "ELENCO", BOTH)
    site.boxes({"box": "cleo@pec.example", "reference": "cleo@posta.example", "expiry": expiry})
    site.run("box", "delegate", "bice@pec.example", "add", "cleo@posta.example")
    cleo = write(site, "ELENCO", "cleo@posta.example")
    t.eq(rows(site, "SELECT DISTINCT box_id FROM inbox"), [(None,)], "nor did the mails of those who may answer for it")
    close(site, (BOX, REF))
    waits = write(site, "Azzurri: quando scade?", STUDIO)
    code, _, err = site.run("box", "forget", BOX, "--reason", "x", check=False)
    t.ok(code != 0 and "a mail is held" in err, "one of them that waits stands in the way", (code, err))
    site.run("held", "close", str(waits), "--reason", "telefonato ad Anna Azzurri")
    site.run("box", "forget", BOX, "--reason", "cessata dall'albo")
    t.eq(left(site, BOX, REF, STUDIO, "Azzurri"), [], "nothing of any of its addresses is left")
    t.eq(rows(site, "SELECT mittente, msgid, rcpt FROM registered"), [(None, None, PUBLIC)], "nor beside the mail that came registered")
    t.ok(all(gone(site, m) for m in (pec, alone, waits)), "those mails are empty")
    t.ok(whole(site, shared), "the mail of somebody who writes for another box as well is not", rows(site, "SELECT id, author, raw FROM inbox"))
    close(site, ("cleo@pec.example", "cleo@posta.example"))
    site.run("box", "forget", "cleo@pec.example", "--reason", "cessata dall'albo")
    t.ok(whole(site, cleo), "nor that of a holder who writes for another box as well", rows(site, "SELECT * FROM inbox WHERE id = ?", cleo))
    close(site, ("bice@pec.example", "bice@posta.example"))
    site.run("box", "forget", "bice@pec.example", "--reason", "cessata dall'albo")
    t.eq((gone(site, shared), gone(site, cleo), left(site, BOTH, "cleo")), (True, True, []), "until that box is forgotten too")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "the chain holds")

# --- one mail for two boxes ---
ONE, TWO, ME = "carlo@pec.example", "dario@pec.example", "carlo@posta.example"
with Site(smtp_port=sink.port, convention="document-check=none\n", keep="mail-years=2\n", authserv="mx.ordine.example") as site:
    def removals():
        return rows(site, "SELECT count(*) FROM ledger WHERE what = 'removed'")[0][0]

    def details(box):
        return [d for d, in rows(site, "SELECT d.detail FROM ledger_detail d JOIN ledger l ON l.id = d.ledger_id JOIN box b ON b.id = l.box_id"
                                       " WHERE b.name = ? AND (l.what LIKE 'order %' OR l.what = 'reply held')", box)]
    site.run("init")
    site.boxes(*[{"box": b, "reference": ME, "expiry": expiry, "holder": "Dott. Carlo Verdi"} for b in (ONE, TWO)],
               {"box": "zeno@pec.example", "reference": "zeno@posta.example", "expiry": expiry})
    write(site, "ELENCO", ME)
    listed = sink.to(ME)[-1]
    both = answer(site, listed, "RINNOVA 1,2", ME)
    t.eq((rows(site, "SELECT b.name FROM inbox i JOIN box b ON b.id = i.box_id WHERE i.id = ?", both), sorted(o["box"] for o in site.json("order", "list"))), ([(ONE,)], [ONE, TWO]),
         "one answer to a list asks for two boxes, and stands with the first")
    mine = write(site, "ELENCO", "zeno@posta.example")
    zeno = sink.to("zeno@posta.example")[-1]
    answer(site, zeno, "RINNOVA genziana", "zeno@posta.example")
    end_held(site)
    summary = [m for m in sink.to(ME) if m["Subject"].startswith("Riepilogo")][0]
    t.ok(whole(site, answer(site, summary, "ANNULLA", ME)), "the first order ends")
    list_id, = rows(site, "SELECT DISTINCT letter_id FROM letter_row")[0]
    site.run("box", "legal-hold", TWO, "--reason", "ricorso")
    site.run("prune", "--date", LATER)
    t.ok(gone(site, mine), "what is old enough goes", rows(site, "SELECT * FROM inbox WHERE id = ?", mine))
    t.ok(whole(site, both), "not the mail that ordered for a box under a legal hold too")
    t.ok(rows(site, "SELECT length(raw) FROM letter WHERE id = ?", list_id)[0][0] > 0, "nor the list that it answered")
    t.ok(any("RINNOVA 1,2" in d for d in details(TWO)), "nor what the ledger says of it", details(TWO))
    before = removals()
    site.run("prune", "--date", LATER)
    t.eq(removals(), before, "pruned again there is nothing to say")
    close(site, (ONE, ME))
    site.run("box", "forget", ONE, "--reason", "cessato")
    t.ok(whole(site, both), "forgetting the first box leaves it")
    t.ok(rows(site, "SELECT length(raw) FROM letter WHERE id = ?", list_id)[0][0] > 0, "and the list")
    t.eq(details("forgotten-1@forgotten.invalid"), [], "but not what the ledger said of the first")
    site.run("box", "legal-hold", TWO, "--end", "--reason", "deciso")
    site.run("prune", "--date", LATER)
    t.ok(gone(site, both), "after the hold its time is over too", rows(site, "SELECT * FROM inbox WHERE id = ?", both))
    t.eq(details(TWO), [], "and that of its words, though it stood with another box")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "the chain holds")

with Site(smtp_port=sink.port, convention="document-check=none\n") as site:
    site.run("init")
    site.boxes(*[{"box": b, "reference": ME, "expiry": expiry, "holder": "Dott. Carlo Verdi"} for b in (ONE, TWO)])
    write(site, "ELENCO", ME)
    both = answer(site, sink.to(ME)[-1], "RINNOVA 1,2", ME)
    for summary in [m for m in sink.to(ME) if m["Subject"].startswith("Riepilogo")][-2:]:
        answer(site, summary, "ANNULLA", ME)
    end_held(site)
    close(site, (ONE, ME))
    site.run("box", "forget", ONE, "--reason", "cessato")
    t.ok(whole(site, both), "what ordered for a second box stays while that one is there")
    close(site, (TWO, ME))
    site.run("box", "forget", TWO, "--reason", "cessato")
    t.eq((gone(site, both), left(site, ONE, TWO, ME, "Verdi", "RINNOVA 1,2")), (True, []), "and goes with the last of them, wherever it stands")

with Site(smtp_port=sink.port, convention="document-check=none\n", keep="mail-years=2\n") as site:
    site.run("init")
    site.boxes(*[{"box": b, "reference": ME, "expiry": expiry, "holder": "Dott. Carlo Verdi"} for b in (ONE, TWO)])
    write(site, "ELENCO", ME)
    both = answer(site, sink.to(ME)[-1], "RINNOVA 1,2", ME)
    for summary in [m for m in sink.to(ME) if m["Subject"].startswith("Riepilogo")][-2:]:
        answer(site, summary, "ANNULLA", ME)
    end_held(site)
    site.run("box", "legal-hold", ONE, "--reason", "ricorso")
    site.run("prune", "--date", LATER)
    t.ok(whole(site, both) and any("RINNOVA 1,2" in d for d in details(TWO)), "where the first box is under the hold the words stay with the second as well", details(TWO))
    site.run("box", "legal-hold", ONE, "--end", "--reason", "deciso")
    site.run("prune", "--date", LATER)
    t.eq((gone(site, both), details(TWO)), (True, []), "and go after it, though nothing else of the second is old")

# --- what named no box, and notes ---
with Site(smtp_port=sink.port, convention="document-check=none\n", keep="mail-years=2\n", authserv="mx.ordine.example") as site:
    site.run("init")
    site.boxes(*[{"box": "%s@pec.example" % n, "reference": "%s@posta.example" % n, "expiry": expiry} for n in ("elsa", "fede")])
    site.run("box", "delegate", "fede@pec.example", "add", STUDIO)
    mails = {n: write(site, "ELENCO", n + "@posta.example") for n in ("elsa", "fede")}
    mails["studio"] = write(site, "ELENCO", STUDIO)
    site.run("notify")
    site.run("courier", "--once")
    for n in ("elsa", "fede"):
        mails["bounce " + n] = deliver(site, post.bounce(sink.to(n + "@posta.example")[-1], n + "@posta.example"), PUBLIC, "")
    write(site, "quanto costa davvero?", "elsa@posta.example")
    site.run("digest")
    site.run("courier", "--once")
    digest = sink.to("admin@posta.example")[-1]
    desk = deliver(site, AR + replies.gmail(digest, "admin@posta.example", "1 scarta"), replies.token_address(digest), "admin@posta.example")
    t.eq(rows(site, "SELECT action, box_id FROM inbox WHERE id = ?", desk), [("desk", None)], "an administrator answers")
    end_held(site)
    site.run("courier", "--once")
    site.run("box", "legal-hold", "fede@pec.example", "--reason", "ricorso")
    notes = "SELECT count(*) FROM letter WHERE box_id IS NULL AND length(raw) > 0"
    were = rows(site, notes)
    has = lambda name: rows(site, "SELECT raw IS NOT NULL FROM inbox WHERE id = ?", mails[name])[0][0] == 1
    site.run("prune", "--date", LATER)
    t.eq({n: has(n) for n in mails}, {n: n not in ("elsa", "bounce elsa") for n in mails}, "of mails that named no box those stay that are of a box under a legal hold")
    t.eq((whole(site, desk), rows(site, notes)), (True, were), "and so do the notes to administrators and what they answered, which may be about it")
    close(site, ("elsa@pec.example", "elsa@posta.example"))
    were = rows(site, notes)
    out = site.run("box", "forget", "elsa@pec.example", "--reason", "cessata")[1]
    t.eq((whole(site, desk), rows(site, notes)), (True, were), "also where another box is forgotten")
    t.ok("legal hold" in out, "which says so", out)
    site.run("box", "legal-hold", "fede@pec.example", "--end", "--reason", "deciso")
    out = site.run("box", "forget", rows(site, "SELECT name FROM box WHERE id = 1")[0][0], "--reason", "cessata")[1]
    t.eq((gone(site, desk), rows(site, notes), "legal hold" in out, left(site, "elsa")), (True, [(0,)], False, []), "asked once more after the hold it takes them")
    site.run("prune", "--date", LATER)
    t.eq({n: has(n) for n in mails}, {n: False for n in mails}, "and the rest is pruned")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "the chain holds")

# --- words ---
with Site(smtp_port=sink.port, convention="document-check=none\n", keep="mail-years=2\n") as site:
    site.run("init")
    me = "gino@posta.example"
    site.boxes({"box": "gino@pec.example", "reference": me, "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    answer(site, sink.to(me)[-1], "RINNOVA, saluti dalla genziana", me)
    answer(site, [m for m in sink.to(me) if m["Subject"].startswith("Riepilogo")][-1], "ACCETTO", me)
    answer(site, sink.to(me)[0], "Quanto costa la genziana?", me)
    end_held(site)
    write(site, "gino: dove fiorisce la genziana?", me)
    for waits in site.json("held", "list"):
        site.run("held", "close", str(waits["id"]), "--reason", "spiegata la genziana")
    site.run("courier", "--once")
    for _ in range(2):
        site.run("courier", "--once")
    t.ok({"inbox", "ledger_detail", "letter"} <= {where for where, _ in left(site, "genziana")}, "what a member wrote stands in many places", left(site, "genziana"))
    t.eq(rows(site, "SELECT state, words FROM renewal"), [("renewed", "ACCETTO")], "and what was read as a yes beside the order")
    chain = rows(site, "SELECT digest FROM ledger ORDER BY id")
    site.run("prune", "--date", LATER)
    t.eq(left(site, "genziana"), [], "when its time is over it goes from all of them")
    t.eq(rows(site, "SELECT state, words FROM renewal"), [("renewed", None)], "and from the order, which stays")
    t.eq(rows(site, "SELECT digest FROM ledger ORDER BY id")[:len(chain)], chain, "the ledger's chain is what it was")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "and holds")
t.done()
