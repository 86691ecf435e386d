#!/usr/bin/python3
"""How long things are kept: pruning, legal hold, forgetting, the quota of what was nobody's, and encryption at rest."""
import datetime, email, email.policy, json, os, pathlib, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import post, replies
from house import Sink, Site, Tap
from kept import left, rows

t, sink = Tap(), Sink()
today = datetime.date.today()
expiry = (today + datetime.timedelta(days=30)).isoformat()
PDF = b"%PDF-1.4\n" + b"carta d'identita di prova\n" * 400
WORDS = "RINNOVA, saluti dalla montagna"
AR = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"


def deliver(site, raw, rcpt, sender):
    site.run("deliver", "--rcpt", rcpt, "--sender", sender, input=raw)


def carry(raw):
    """RAW with a document."""
    m = email.message_from_bytes(raw, policy=email.policy.SMTP)
    m.add_attachment(PDF, "application", "pdf", filename="carta.pdf")
    return m.as_bytes()


def story(site, name):
    """NAME's box: a notice, an answer with a document, the summary."""
    me, box = name + "@posta.example", name + "@pec.example"
    site.boxes({"box": box, "reference": me, "expiry": expiry, "holder": "Dott. %s Verdi" % name.capitalize()})
    site.run("notify")
    site.run("courier", "--once")
    letter = sink.to(me)[-1]
    deliver(site, carry(replies.gmail(letter, me, WORDS)), replies.token_address(letter), me)
    site.run("courier", "--once")
    return box, me


def later(years, days=1):
    return (today.replace(year=today.year + years, day=min(today.day, 28)) + datetime.timedelta(days=days + 3)).isoformat()


# --- pruning ---
with Site(smtp_port=sink.port, convention="document-check=person\n", keep="mail-years=2\ndocument-years=1\n") as site:
    site.run("init")
    box, me = story(site, "anna")
    other, him = story(site, "bruno")
    deliver(site, b"From: x@spam.example\r\nTo: rinnovo@ordine.example\r\nSubject: offerta\r\nMessage-ID: <s1@spam.example>\r\n\r\ncompra ora\r\n",
                 "rinnovo@ordine.example", "x@spam.example")
    t.eq(rows(site, "SELECT count(*) FROM inbox WHERE action = 'junk'")[0][0], 1, "mail that is nobody's is there")
    t.ok(b"compra ora" not in b"".join(r[0] for r in rows(site, "SELECT raw FROM inbox WHERE action = 'junk'")), "without its text")
    t.eq(rows(site, "SELECT typed_text, matched FROM inbox WHERE action = 'junk'"), [(None, None)], "nor what was typed in it")
    before = rows(site, "SELECT count(*) FROM ledger")[0][0]
    site.run("prune")
    t.eq(rows(site, "SELECT count(*) FROM ledger")[0][0], before, "nothing is old enough: nothing happens")
    out = site.run("prune", "--dry-run", "--date", later(0, 31))[1]
    t.ok("nobody's: 1" in out and "would be" in out, "a dry run counts", out)
    t.eq(rows(site, "SELECT count(*) FROM inbox WHERE action = 'junk'")[0][0], 1, "and removes nothing")
    site.run("prune", "--date", later(0, 31))
    t.eq(rows(site, "SELECT count(*) FROM inbox WHERE action = 'junk'")[0][0], 0, "30 days later it is gone")
    t.ok(rows(site, "SELECT 1 FROM ledger WHERE convention = 'site' AND what = 'removed'"), "with a row in the ledger")
    site.run("box", "legal-hold", other, "--reason", "ricorso pendente")
    t.eq(site.json("box", "show", other)[0]["legal_hold"], "ricorso pendente", "a legal hold is shown")
    site.run("prune", "--date", later(1))
    t.eq(rows(site, "SELECT length(data) FROM document ORDER BY id"), [(0,), (len(PDF),)], "a year later the document goes, not that under the hold")
    code, _, err = site.run("document", "show", "1", "--output", str(site.dir / "x.pdf"), check=False)
    t.ok(code != 0 and "was removed" in err and "CRITICAL" not in err and not (site.dir / "x.pdf").exists(), "it cannot be shown any more", err)
    letter = sink.to(me)[-1]
    deliver(site, carry(replies.gmail(letter, me, "Ecco di nuovo il documento")), replies.token_address(letter), me)
    site.run("courier", "--once")
    t.eq(rows(site, "SELECT length(data), state FROM document ORDER BY id")[0], (len(PDF), "received"), "sent once more, it is there again")
    t.ok(rows(site, "SELECT raw FROM inbox WHERE box_id = 1")[0][0], "the mail stays for two")
    site.run("prune", "--date", later(2))
    now = rows(site, "SELECT raw, typed_text, author, digest FROM inbox WHERE box_id = 1")[0]
    t.ok(now[:3] == (None, None, None) and now[3], "then its bytes and words go, its digest stays", now)
    t.eq(rows(site, "SELECT count(*) FROM letter WHERE box_id = 1 AND (length(raw) > 0 OR quoted IS NOT NULL)")[0][0], 0, "and the letters' texts")
    t.ok(rows(site, "SELECT count(*) FROM letter WHERE box_id = 2 AND length(raw) > 0 AND quoted IS NOT NULL")[0][0] > 0, "not those of the other box")
    t.ok(b"saluti dalla montagna" not in b"".join(r[0] or b"" for r in rows(site, "SELECT raw FROM inbox WHERE box_id = 1")), "nothing of it is left")
    detail = rows(site, "SELECT d.detail FROM ledger l JOIN ledger_detail d ON d.ledger_id = l.id WHERE l.box_id = 1 AND l.what = 'removed' ORDER BY l.id")
    t.ok(len(detail) == 2, "each time with a row in the ledger", detail)
    again = rows(site, "SELECT count(*) FROM ledger")[0][0]
    site.run("prune", "--date", later(2))
    t.eq(rows(site, "SELECT count(*) FROM ledger")[0][0], again, "once more changes nothing")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "and its chain holds")
    t.eq(site.run("box", "legal-hold", other, check=False)[0], 64, "neither --reason nor --end: usage")
    site.run("box", "legal-hold", other, "--end", "--reason", "ricorso respinto")
    code, _, err = site.run("box", "legal-hold", other, "--end", "--reason", "x", check=False)
    t.ok(code != 0 and "no legal hold" in err, "it can be ended once", err)
    site.run("prune", "--date", later(2))
    t.eq(rows(site, "SELECT max(length(data)) FROM document")[0][0], 0, "then its documents go as well")
    (site.dir / "closed.csv").write_text("box,holder,reference,expiry,convention,state\n%s,Dott. Bruno Verdi,%s,%s,fnomceo,closed\n" % (other, him, expiry))
    site.run("import", site.dir / "closed.csv")
    deliver(site, replies.gmail(sink.to(him)[0], him, "RINNOVA"), replies.token_address(sink.to(him)[0]), him)
    site.run("courier", "--once")
    notes = "SELECT sum(length(raw) + coalesce(length(quoted), 0)) FROM letter WHERE box_id IS NULL"
    t.ok(rows(site, notes)[0][0], "a note to the administrator names a box")
    site.run("prune", "--date", later(2))
    t.eq(rows(site, notes)[0][0], 0, "its text goes with that of the letters")

# --- evidence of what is removed ---
with Site(smtp_port=sink.port, convention="document-check=none\n") as site:
    site.run("init")
    box, me = story(site, "fabio")
    summary = sink.to(me)[-1]
    deliver(site, replies.gmail(summary, me, "ACCETTO"), replies.token_address(summary), me)
    for n in range(2):
        site.run("courier", "--once")
    number = site.json("order", "list")[0]["number"]
    site.run("evidence", number, "--out", site.dir / "before")
    site.run("prune", "--date", later(11))
    t.eq(site.run("evidence", "verify", site.dir / "before", check=False)[0], 0, "evidence from before holds")
    site.run("evidence", number, "--out", site.dir / "after")
    code, out, _ = site.run("evidence", "verify", site.dir / "after", check=False)
    t.ok(code == 0 and "note  L1: is not here" in out and "were removed" in out, "evidence from after says what is not there any more, and holds", out)
    ledger = json.loads((site.dir / "after" / "ledger.json").read_text())
    t.ok([r for c in ledger["chains"] for r in c["rows"] if r.get("what") == "removed"], "by the row that says so")

# --- forgetting ---
with Site(smtp_port=sink.port, convention="document-check=none\n") as site:
    site.run("init")
    box, me = story(site, "carla")
    refused = site.run("box", "forget", box, "--reason", "x", check=False)
    t.ok(refused[0] != 0 and "active" in refused[2], "an active box is not forgotten", refused)
    (site.dir / "closed.csv").write_text("box,holder,reference,expiry,convention,state\n%s,Dott. Carla Verdi,%s,%s,fnomceo,closed\n" % (box, me, expiry))
    site.run("import", site.dir / "closed.csv")
    refused = site.run("box", "forget", box, "--reason", "x", check=False)
    t.ok(refused[0] != 0 and "order is still under way" in refused[2], "nor one with an open order", refused)
    letter = sink.to(me)[-1]
    command = b"From: %s\r\nTo: rinnovo@ordine.example\r\nMessage-ID: <c%%d@posta.example>\r\n\r\n%%s\r\n" % me.encode()
    deliver(site, command % (1, b"ELENCO"), "rinnovo@ordine.example", me)
    deliver(site, replies.gmail(letter, me, "ANNULLA"), replies.token_address(letter), me)
    site.run("courier", "--once")
    deliver(site, command % (2, b"Verdi: quando scade?"), "rinnovo@ordine.example", me)
    refused = site.run("box", "forget", box, "--reason", "x", check=False)
    t.ok(refused[0] != 0 and "a mail is held" in refused[2], "nor while a mail of the holder's waits, whatever it is about", refused)
    for waits in site.json("held", "list"):
        site.run("held", "close", str(waits["id"]), "--reason", "telefonato")
    t.eq(site.run("box", "forget", box, check=False)[0], 64, "a reason is wanted")
    chain = rows(site, "SELECT digest FROM ledger ORDER BY id")
    site.run("box", "forget", box, "--reason", "cessata dall'albo")
    everything = json.dumps(rows(site, "SELECT * FROM box") + rows(site, "SELECT * FROM alias") + rows(site, "SELECT * FROM renewal"), default=repr)
    for table in ("letter", "inbox", "document", "ledger_detail", "registered", "authorization"):
        everything += json.dumps(rows(site, "SELECT * FROM %s" % table), default=repr)
    for word in (box, me, "Verdi", "montagna", "identita"):
        t.ok(word not in everything, "no %s is left in any table" % word, [e for e in everything.split("[") if word in e][:3])
    files = b"".join(p.read_bytes() for p in site.dir.glob("rinnova.db*"))
    for word in (box, me, "Verdi", "montagna", "identita"):
        t.ok(word.encode() not in files, "no %s in the store's files either" % word)
    t.eq(rows(site, "SELECT digest FROM ledger ORDER BY id")[:len(chain)], chain, "the ledger's chain is what it was")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "and holds")
    t.eq(rows(site, "SELECT count(*) FROM renewal")[0][0], 1, "the order stays, for the accounts")
    t.ok(site.json("box", "list")[0]["state"] == "closed", "and the box, closed, without a name")
    for word in ("ACCETTO", "NON RINNOVO", "come va?"):
        code = site.run("deliver", "--rcpt", replies.token_address(letter), "--sender", me, input=replies.gmail(letter, me, word), check=False)[0]
        t.eq((code, rows(site, "SELECT rule, held, box_id FROM inbox ORDER BY id DESC LIMIT 1")[0]), (0, ("good-token-unknown-period", 1, None)),
             "a late answer is taken, and waits for a person: " + word)
    t.eq(rows(site, "SELECT count(*) FROM letter WHERE state = 'queued'")[0][0], 0, "nobody is written to")
    site.boxes({"box": box, "reference": me, "expiry": expiry})
    t.eq(len(site.json("box", "list")), 2, "who comes back is somebody new")

# --- forgetting, with everything that a story may leave behind ---
with Site(smtp_port=sink.port, convention="document-check=none\n", authserv="mx.ordine.example") as site:
    site.run("init")
    old, box, me = "gina.vecchia@posta.example", "gina@pec.example", "gina@posta.example"
    other, him = story(site, "ivo")  # somebody else, of whom nothing is lost
    site.boxes({"box": box, "reference": old, "expiry": expiry, "holder": "Dott. Gina Azzurri"})
    site.boxes({"box": box, "reference": me, "expiry": expiry, "holder": "Dott. Gina Azzurri"})
    site.run("notify")
    site.run("courier", "--once")
    t.ok(sink.to(old), "the old address is told that it is one no more")
    notice = sink.to(me)[-1]
    answer = lambda letter, words: deliver(site, carry(replies.gmail(letter, me, words)), replies.token_address(letter), me)
    answer(notice, "SEGNO girasole")
    answer(notice, "Quanto costa davvero, caro ufficio turchese?")
    answer(notice, "E il prezzo turchese?")
    answer(notice, "RINNOVA")
    site.run("courier", "--once")
    (site.dir / "provider.mode").write_text("refuse")
    summary = next(l for l in reversed(sink.to(me)) if l["Subject"].startswith("Riepilogo"))
    answer(summary, "ACCETTO")
    for _ in range(2):
        site.run("courier", "--once")
    number, = [o["number"] for o in site.json("order", "list") if o["box"] == box]
    t.eq(site.json("order", "show", number)[0]["state"], "failed", "the provider refuses: the order waits for a person")
    site.run("digest")
    site.run("courier", "--once")
    digest = sink.to("admin@posta.example")[-1]
    site.run("deliver", "--rcpt", replies.token_address(digest), "--sender", "admin@posta.example", input=AR + replies.gmail(digest, "admin@posta.example", "1 scarta"))
    site.run("deliver", "--rcpt", "rinnovo@ordine.example", "--sender", "", input=post.bounce(notice, me))
    site.run("courier", "--once")
    t.eq((rows(site, "SELECT action, held FROM inbox ORDER BY id DESC LIMIT 2")[1], len(rows(site, "SELECT 1 FROM delivery"))), (("desk", 0), 1), "an administrator answers it, and a letter comes back")
    t.ok(any(table == "letter" for table, _ in left(site, "turchese")), "the digest of held mail speaks of it", left(site, "turchese", box))
    for waits in site.json("held", "list"):
        site.run("held", "close", str(waits["id"]), "--reason", "telefonato a Gina Azzurri")
    (site.dir / "closed.csv").write_text("box,holder,reference,expiry,convention,state\n%s,Dott. Gina Azzurri,%s,%s,fnomceo,closed\n" % (box, me, expiry))
    site.run("import", site.dir / "closed.csv")
    site.run("courier", "--once")
    before = {n: rows(site, "SELECT count(*) FROM %s" % n)[0][0] for n in ("renewal", "letter", "inbox")}
    code, _, err = site.run("box", "forget", box, "--reason", "cessata dall'albo", check=False)
    t.eq((code, err), (0, ""), "who left is forgotten, an order that failed does not keep the text")
    t.eq(left(site, box, me, old, "Azzurri", "girasole", "turchese"), [], "nothing of it is left in any table")
    t.eq({n: rows(site, "SELECT count(*) FROM %s" % n)[0][0] for n in before}, before, "but the rows")
    t.ok({"box", "letter", "inbox"} <= {table for table, _ in left(site, other, "Verdi")}, "what is somebody else's is there", left(site, other, "Verdi"))
    for words in (("retry", number), ("renewed", number)):
        code, _, err = site.run("order", *words, check=False)
        t.ok(code != 0 and "forgotten" in err, "order %s: its holder is forgotten, the provider is not asked" % words[0], (code, err))
    t.eq((site.json("order", "show", number)[0]["state"], rows(site, "SELECT count(*) FROM call WHERE state IN ('queued', 'claimed')")[0][0]), ("failed", 0), "nothing is under way")
    t.eq(site.run("audit", "verify", check=False)[0], 0, "and the ledger holds")

# --- the quota ---
with Site(smtp_port=sink.port, keep="junk-mails=100\n") as site:
    site.run("init")
    site.start("lmtpd")
    for n in range(125):
        site.lmtp(b"From: x@spam.example\r\nSubject: offerta\r\nMessage-ID: <s%d@spam.example>\r\n\r\n%d\r\n" % (n, n), "rinnovo@ordine.example", "x@spam.example")
    ids = [r[0] for r in rows(site, "SELECT id FROM inbox WHERE action = 'junk' ORDER BY id")]
    t.ok(100 <= len(ids) <= 110 and ids[-1] == 125, "a flood of mail that is nobody's stays under the quota, and the newest stay", ids)
    t.ok(1 <= len(rows(site, "SELECT 1 FROM ledger WHERE why = 'junk-mails'")) <= 3, "with few rows in the ledger")

# --- encryption at rest ---
with Site(smtp_port=sink.port, convention="document-check=person\n") as site:
    site.run("init")
    box, me = story(site, "dario")
    raw = rows(site, "SELECT raw FROM inbox WHERE box_id = 1")[0][0]
    t.ok(b"montagna" in raw, "without a key mails stand in the clear")
    one, two = site.dir / "one.key", site.dir / "two.key"
    plain = site.conf.read_text()
    t.eq(site.run("key", "seal", check=False)[0] != 0, True, "seal wants a key")
    site.run("key", "store", str(one))
    t.eq(site.run("key", "store", str(one), check=False)[0] != 0, True, "a key file is not written over")
    site.conf.write_text(plain.replace("[keep]\n", "[keep]\nkey-files=%s\n" % one))
    box2, me2 = story(site, "elena")
    raw = rows(site, "SELECT raw FROM inbox WHERE box_id = 2")[0][0]
    t.ok(raw.startswith(b"\0RNV1") and b"montagna" not in raw, "with one a new mail is encrypted", raw[:40])
    t.ok(rows(site, "SELECT data FROM document WHERE box_id = 2")[0][0].startswith(b"\0RNV1"), "and a document")
    out = site.dir / "back.pdf"
    site.run("document", "show", "2", "--output", str(out))
    t.eq(out.read_bytes(), PDF, "it comes back as it was")
    site.run("document", "accept", "2")
    site.run("courier", "--once")
    summary = sink.to(me2)[-1]
    deliver(site, replies.gmail(summary, me2, "ACCETTO"), replies.token_address(summary), me2)
    number = [o["number"] for o in site.json("order", "list") if o["number"]][0]
    site.run("evidence", number, "--out", site.dir / "fascicolo")
    t.eq(site.run("evidence", "verify", site.dir / "fascicolo", check=False)[0], 0, "evidence of an order is given in the clear, and holds")
    t.ok(any(b"montagna" in p.read_bytes() for p in (site.dir / "fascicolo").rglob("*.eml")), "with the reply as it came")
    t.ok("2 mails and documents" in site.run("key", "seal")[1], "seal encrypts what was there")
    site.run("key", "store", str(two))
    site.conf.write_text(plain.replace("[keep]\n", "[keep]\nkey-files=%s;%s\n" % (two, one)))
    t.ok("5 mails and documents" in site.run("key", "seal")[1], "and again with a newer key")
    t.ok("0 mails and documents" in site.run("key", "seal")[1], "and once")
    site.conf.write_text(plain.replace("[keep]\n", "[keep]\nkey-files=%s\n" % two))
    for n in ("1", "2"):
        os.path.exists(out) and out.unlink()
        site.run("document", "show", n, "--output", str(out))
        t.eq(out.read_bytes(), PDF, "then the old key is not needed: document " + n)
    site.conf.write_text(plain)
    out.unlink()
    code, _, err = site.run("document", "show", "1", "--output", str(out), check=False)
    t.ok(code != 0 and "key-files" in err and not out.exists(), "without the key: an error that names the setting", err)
    site.conf.write_text(plain.replace("[keep]\n", "[keep]\nkey-files=%s\n" % (site.dir / "none.key")))
    code, _, err = site.run("check", check=False)
    t.ok(code != 0 and "none.key" in err + _, "check names a key file that is missing", err)
    site.conf.write_text(plain.replace("[keep]\n", "[keep]\nkey-files=%s\n" % two))
    with sqlite3.connect(site.dir / "rinnova.db") as db:
        db.execute("UPDATE document SET data = (SELECT raw FROM inbox WHERE id = 1) WHERE id = 1")
        db.execute("UPDATE inbox SET raw = (SELECT raw FROM inbox WHERE id = 2), held = 1 WHERE id = 1")
    db.close()
    code, _, err = site.run("held", "release", "1", check=False)
    t.ok(code != 0 and "another row" in err, "bytes of another mail are not taken for this one", err)
    code, _, err = site.run("document", "show", "1", "--output", str(out), check=False)
    t.ok(code != 0 and "another row" in err, "bytes of another row are not taken for a document", err)
t.done()
