#!/usr/bin/python3
"""Identity documents: asked for, taken from attachments, accepted and refused by a person, handed to the provider."""
import base64, datetime, email, email.policy, hashlib, json, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for

t = Tap()
ME = "maria.rossi@posta.example"
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
PDF = b"%PDF-1.4\n" + b"carta di identita\n" * 50
JPEG = b"\xff\xd8\xff\xe0" + b"fotografia" * 5000
LOGO = b"\x89PNG\r\n\x1a\n" + b"logo" * 300


def carry(raw, data, name, subtype, inline=False):
    """The mail RAW with one attachment more."""
    m = email.message_from_bytes(raw, policy=email.policy.SMTP)
    main = "application" if subtype == "pdf" else "image"
    m.add_attachment(data, main, subtype, filename=name, disposition="inline" if inline else "attachment")
    return m.as_bytes()


def mails(sink, n):
    wait_for(lambda: len(sink.to(ME)) >= n)
    return sink.to(ME)


def orders(site):
    return [o["state"] for o in site.json("order", "list")]


def begin(site, sink):
    """Notice, RINNOVA, and the letter that asks for the document."""
    site.run("init")
    site.boxes({"box": "maria@pec.example", "reference": ME, "expiry": EXPIRY, "document": "no"})
    site.run("notify")
    site.start("lmtpd")
    site.start("courier")
    notice = mails(sink, 1)[0]
    site.lmtp(replies.gmail(notice, ME, "RINNOVA"), replies.token_address(notice))
    return notice, mails(sink, 2)[1]


sink = Sink()
with Site(smtp_port=sink.port, convention="provider-document=yes\ndocument-max=1M") as site:
    notice, ask = begin(site, sink)
    to = replies.token_address(ask)
    t.ok("documento di identità" in ask["Subject"] and orders(site) == ["document"], "without a document on file it is asked for", ask["Subject"])
    site.lmtp(carry(carry(replies.gmail(ask, ME, "Ecco"), LOGO, "logo.png", "png", True), LOGO, "firma.png", "png"), to)
    t.eq((site.json("document", "list"), orders(site)), ([], ["document"]), "a logo and a signature's picture are no documents")
    wait_for(lambda: len(sink.to(ME)) >= 3)
    n = len(sink.to(ME))
    site.lmtp(carry(replies.gmail(ask, ME, ""), PDF + b"x" * (1 << 20), "grande.pdf", "pdf"), to)
    big = mails(sink, n + 1)[-1]
    t.ok("troppo grande" in text_of(big) and site.json("document", "list") == [], "one that is too large is answered by a letter", text_of(big))
    site.lmtp(carry(replies.gmail(ask, "eva@altrove.example", "RINNOVA"), JPEG, "x.jpg", "jpeg"), to, "eva@altrove.example")
    t.eq(site.json("document", "list"), [], "what a stranger attaches is not filed")
    held = len(site.json("held", "list"))
    site.lmtp(carry(replies.iphone(ask, ME, ""), PDF, "carta.doc", "pdf"), to)
    t.eq(orders(site), ["offered"], "a mail with nothing but the document is the answer")
    t.eq(len(site.json("held", "list")), held, "and is not held")
    docs = site.json("document", "list")
    t.eq([(d["kind"], d["sha256"], d["state"], d["box"]) for d in docs], [("pdf", hashlib.sha256(PDF).hexdigest(), "received", "maria@pec.example")], "it is filed with its digest, by content and not by name")
    t.ok(docs[0]["mail"] > 0, "and with the mail that it came in")
    site.run("document", "show", docs[0]["id"], "--output", site.dir / "out.pdf")
    t.eq((site.dir / "out.pdf").read_bytes(), PDF, "`document show --output` writes its bytes")
    t.ok(site.run("document", "show", docs[0]["id"], "--output", site.dir / "out.pdf", check=False)[0] != 0, "but not over a file that is there")
    site.lmtp(carry(replies.iphone(ask, ME, "ecco il documento"), PDF, "carta.pdf", "pdf"), to)
    t.eq(len(site.json("document", "list")), 1, "the same document again is one")
    summary = wait_for(lambda: [m for m in sink.to(ME) if "contratto.txt" in [p.get_filename() for p in m.iter_attachments()]])[0]

    # Refused after the summary: the order waits again, the member is told why.
    n = len(sink.to(ME))
    t.eq(site.run("document", "refuse", docs[0]["id"], check=False)[0], 64, "a refusal needs its reason")
    site.run("document", "refuse", docs[0]["id"], "--reason", "Il documento è scaduto.")
    why = mails(sink, n + 1)[-1]
    t.ok("Il documento è scaduto." in text_of(why) and orders(site) == ["document"], "refused: the member is told why, the order waits", text_of(why))
    t.eq(site.run("document", "refuse", docs[0]["id"], "--reason", "x", check=False)[0], 1, "it cannot be refused twice")
    site.lmtp(replies.gmail(summary, ME, "ACCETTO"), replies.token_address(summary))
    t.eq(orders(site), ["document"], "the old summary cannot be accepted any more")
    site.lmtp(carry(replies.gmail(why, ME, "RINNOVA"), JPEG, "nuovo.jpg", "jpeg"), replies.token_address(why))
    t.eq(orders(site), ["offered"], "RINNOVA with a new one goes on")
    again = wait_for(lambda: [m for m in sink.to(ME) if "contratto.txt" in [p.get_filename() for p in m.iter_attachments()]][1:])[0]
    site.lmtp(replies.gmail(again, ME, "ACCETTO"), replies.token_address(again))
    t.ok(wait_for(lambda: orders(site) == ["renewed"]), "the order ends renewed", site.log("courier"))
    asked = json.loads((site.dir / "provider.log").read_text().splitlines()[-1])
    t.eq((asked["document"]["kind"], asked["document"]["sha256"], base64.b64decode(asked["document"]["data"])), ("jpeg", hashlib.sha256(JPEG).hexdigest(), JPEG), "the provider gets it where the convention says so")
    what = site.run("box", "show", "maria@pec.example")[1]
    t.ok("document received" in what and "document refused" in what, "the ledger tells of it", what)
sink.stop()

sink = Sink()
with Site(smtp_port=sink.port, convention="document-check=person") as site:
    notice, ask = begin(site, sink)
    site.lmtp(carry(replies.gmail(ask, ME, "Buongiorno, allego il documento. Cordiali saluti"), JPEG, "foto.jpg", "jpeg"), replies.token_address(ask))
    waits = mails(sink, 3)[-1]
    t.ok("verific" in text_of(waits) and orders(site) == ["document"], "with document-check = person the order waits, and the member knows", text_of(waits))
    note = wait_for(lambda: sink.to("admin@posta.example"))
    t.ok(note and "rinnova document accept 1" in text_of(note[0]), "the administrator is told")
    site.run("document", "accept", 1)
    t.ok(orders(site) == ["offered"] and wait_for(lambda: len(sink.to(ME)) == 4), "accepted: the summary goes out")
    t.eq(site.run("document", "accept", 1, check=False)[0], 1, "once")
    t.eq(site.run("document", "accept", 99, check=False)[0], 66, "a document that is not there is named")
sink.stop()

sink = Sink()
with Site(smtp_port=sink.port, convention="document-check=none") as site:
    site.run("init")
    site.boxes({"box": "maria@pec.example", "reference": ME, "expiry": EXPIRY, "document": "no"})
    site.run("notify")
    site.start("lmtpd")
    site.start("courier")
    notice = mails(sink, 1)[0]
    t.ok("Ci manca ancora" not in text_of(notice), "with document-check = none the notice asks for none")
    site.lmtp(carry(replies.gmail(notice, ME, "RINNOVA"), PDF, "c.pdf", "pdf"), replies.token_address(notice))
    t.eq((orders(site), len(site.json("document", "list"))), (["offered"], 1), "the order goes on; an unasked document is filed")
sink.stop()
t.done()
