#!/usr/bin/python3
"""A convention of one step: a single reply asks and accepts, if its sender is proven, it holds every word, and the notice offered what a summary would today."""
import datetime, email.message, email.policy, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
PROVEN = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"


def who(n):
    return "m%d@posta.example" % n


def flat(letter):
    return " ".join(text_of(letter).split())


def begin(site, boxes, document="yes", then=None):
    """THEN: what happens after the notices have left."""
    sink.mails.clear()
    pdf = site.dir / "contratto.pdf"
    pdf.write_bytes(b"%PDF-1.4\n" + b"contratto" * 5000)
    site.conf.write_text(site.conf.read_text("utf-8").replace("contratto.txt", "contratto.pdf"), "utf-8")
    site.run("init")
    site.boxes(*[{"box": "m%d@pec.example" % n, "reference": who(n), "expiry": EXPIRY, "document": document} for n in range(boxes)])
    site.run("notify")
    site.run("courier", "--once")
    if then:
        then(site)
    site.start("lmtpd")
    return pdf


def conf(old, new):
    """What changes the configuration so."""
    return lambda site: site.conf.write_text(site.conf.read_text("utf-8").replace(old, new), "utf-8")


def say(site, n, words, head=PROVEN, attach=None, tap=False):
    """TAP: the link in the notice was tapped, which names no letter."""
    letter = sink.to(who(n))[0]
    raw = replies.mailto(letter, who(n)) if tap else replies.gmail(letter, who(n), words)
    if attach:
        m = email.message_from_bytes(raw, policy=email.policy.SMTP)
        m.add_attachment(attach.read_bytes(), "application", "pdf", filename=attach.name)
        raw = m.as_bytes(policy=email.policy.SMTP.clone(max_line_length=998))
    before = len(sink.to(who(n)))
    site.lmtp(head + raw, replies.token_address(letter), who(n))
    site.run("courier", "--once")
    return sink.to(who(n))[before:], [o["state"] for o in site.json("order", "list") if o["box"] == "m%d@pec.example" % n]


with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="steps=one\ndeclarations=ACCETTO: le condizioni generali\n") as site:
    pdf = begin(site, 4)
    notice = sink.to(who(0))[0]
    t.ok("Con quella sola risposta l'ordine di rinnovo è concluso" in flat(notice) and "le condizioni generali" in flat(notice), "the notice says what one reply does, and what it declares", flat(notice))
    t.eq([p.get_filename() for p in notice.iter_attachments()], ["contratto.pdf"], "it carries the contract")
    got, state = say(site, 0, "RINNOVA")
    t.ok(state == ["renewed"] and "Conferma" in got[0]["Subject"], "one reply of a proven sender concludes", str(state))
    got, state = say(site, 1, "RINNOVA", head=b"")
    t.ok(state == ["offered"] and "Riepilogo" in got[0]["Subject"], "of one who is not proven it asks: the summary comes first", str(state))
    pdf.write_bytes(b"%PDF-1.4\n" + b"un altro contratto" * 3000)
    got, state = say(site, 2, "RINNOVA")
    t.ok(state == ["offered"] and "non è più valido" in text_of(got[0]), "a contract that was changed since the notice is not accepted by it", str(state))
    t.eq([p.get_content()[9:27] for p in got[0].iter_attachments()], [b"un altro contratto"], "the new one comes with the summary")

with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="steps=one\ndeclarations=ACCETTO: le condizioni; APPROVO: le clausole\n") as site:
    begin(site, 2)
    notice = flat(sink.to(who(0))[0])
    t.ok("Con quella sola risposta" not in notice and "«ACCETTO» «APPROVO»" in notice, "where several declarations are needed the notice names every word", notice)
    got, state = say(site, 0, "RINNOVA")
    t.ok(state == ["offered"] and "Riepilogo" in got[0]["Subject"], "one word alone asks", str(state))
    got, state = say(site, 1, "RINNOVA, ACCETTO e APPROVO")
    t.ok(state == ["renewed"] and "Conferma" in got[0]["Subject"], "all of them conclude", str(state))

ONE = "steps=one\ndeclarations=ACCETTO: le condizioni generali\n"
for what, old, new in (("a declaration", "le condizioni generali", "le condizioni generali e quelle particolari"), ("the term", "term=12", "term=24")):
    with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention=ONE) as site:
        begin(site, 1, then=conf(old, new))
        got, state = say(site, 0, "RINNOVA")
        t.ok(state == ["offered"] and "non è più valido" in text_of(got[0]), "%s that was changed since the notice is not accepted by its answer" % what, str(state))

# Who taps the link does not say in which notice: the yes concludes only if each of them offered the same.
with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention=ONE) as site:
    pdf = begin(site, 2)
    got, state = say(site, 0, "", tap=True)
    t.eq(state, ["renewed"], "a link tapped in the only notice there is concludes")
    pdf.write_bytes(b"%PDF-1.4\n" + b"un altro contratto" * 3000)
    site.run("notify", "--date", (datetime.date.today() + datetime.timedelta(days=15)).isoformat())
    site.run("courier", "--once")
    t.eq(len(sink.to(who(1))), 2, "another notice carries the new contract")
    got, state = say(site, 1, "", tap=True)
    t.ok(state == ["offered"] and "Riepilogo" in got[0]["Subject"], "a link that may have stood in the old one does not", str(state))

with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="steps=one\n") as site:
    pdf = begin(site, 1, "no")
    got, state = say(site, 0, "RINNOVA", attach=pdf)
    t.eq((state, site.json("document", "list")), (["document"], []), "our own contract that comes back is no identity document")
    t.ok("Serve il suo documento" in got[0]["Subject"], "the document is asked for")
sink.stop()
t.done()
