#!/usr/bin/python3
"""Mail without a notice at hand: ELENCO, STATO, AIUTO, RINNOVA; several boxes renewed by one answer to a list."""
import datetime, email, email.message, email.policy, email.utils, pathlib, re, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

PUBLIC, DOMAIN = "rinnovo@ordine.example", "posta.example"
t, sink = Tap(), Sink()


def day(n):
    return (datetime.date.today() + datetime.timedelta(days=n)).isoformat()


def write(site, who, words, to=PUBLIC):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = who, to, "PEC"
    m["Date"], m["Message-ID"] = email.utils.formatdate(), email.utils.make_msgid(domain=DOMAIN)
    m.set_content(words + "\n")
    return send(site, m.as_bytes(), to, who)


def send(site, raw, to, who):
    """The letters to WHO that follow from RAW, in any order."""
    before = len(sink.to(who))
    answer = site.lmtp(raw, to, who)
    site.run("courier", "--once")
    if not (answer and answer[0].startswith("250")):
        raise RuntimeError("not taken: %r" % answer)
    return sink.to(who)[before:]


def states(site):
    return {o["box"]: o["state"] for o in site.json("order", "list")}


def links(letter):
    return re.findall(r"<mailto:(\S+?)\?subject=", text_of(letter))


with Site(smtp_port=sink.port) as site:
    who = "studio@posta.example"
    boxes = ["b%d@pec.example" % n for n in range(1, 6)]
    site.run("init")
    site.boxes(*[{"box": b, "reference": who, "expiry": day(n)} for b, n in zip(boxes, (30, 30, 300, 30, -10))],
               {"box": "solo@pec.example", "reference": "solo@posta.example", "expiry": day(20)},
               *[{"box": "p%d@pec.example" % n, "reference": "p@posta.example", "expiry": day(20)} for n in range(3)])
    site.start("lmtpd")

    got = write(site, who, "ELENCO")
    t.eq([m["Subject"].split(" [")[0] for m in got], ["Le sue caselle PEC"], "ELENCO gets one letter")
    body = text_of(got[0])
    for column in ("Nome Casella:", "Scadenza Casella:", "Tipologia:", "Stato Casella:", "Documento:"):
        t.eq(body.count(column), 5, "the list has the column %s for each box" % column)
    t.eq(re.findall(r"Riga (\d)\s+Nome Casella: (\S+)", body), [(str(n + 1), b) for n, b in enumerate(boxes)], "rows are numbered")
    t.eq(len(set(links(got[0]))), 4, "each box that can be renewed has a link of its own, the one of next year has none")
    t.ok("Ordine di rinnovo:" not in body, "ELENCO does not speak of orders")

    m = send(site, replies.mailto(got[0], who), links(got[0])[0], who)
    t.eq((states(site), len(m)), ({boxes[0]: "offered"}, 1), "a row's link asks for that box")
    status = write(site, who, "Stato")
    t.ok("Ordine di rinnovo: riepilogo inviato" in text_of(status[0]) and "Ordine di rinnovo: nessun ordine" in text_of(status[0]), "STATO tells the state of each order", text_of(status[0]))
    t.eq(len(links(status[0])), 3, "and a box with an order has no link any more")
    m = send(site, replies.gmail(got[0], who, "RINNOVA 2,4"), replies.token_address(got[0]), who)
    t.eq({b: s for b, s in states(site).items() if b != boxes[0]}, {boxes[1]: "offered", boxes[3]: "offered"}, "RINNOVA 2,4 asks for the second and the fourth")
    t.eq(len(m), 2, "each has a summary of its own")
    t.eq(len({replies.token_address(x) for x in m}), 2, "with a token of its own")
    accept = send(site, replies.gmail(m[0], who, "Accetto"), replies.token_address(m[0]), who)
    t.ok([s for s in states(site).values()].count("offered") == 2 and accept, "one summary is accepted, the others wait")

    before = states(site)
    third = send(site, replies.gmail(got[0], who, "RINNOVA 1-3"), replies.token_address(got[0]), who)
    t.ok(states(site) == before and "non abbiamo capito" in text_of(third[0]), "a range is not understood: nothing follows but the list again", str(states(site)))
    t.eq(send(site, replies.gmail(got[0], who, "RINNOVA 9"), replies.token_address(got[0]), who), [], "a fourth letter a day is not written")
    t.eq(len(site.json("held", "list")), 1, "that mail waits for a person")
    t.eq(states(site), before, "and orders nothing")

    # all at once, from a box's list alone
    got = write(site, "p@posta.example", "elenco")
    once = send(site, replies.iphone(got[0], "p@posta.example", "sì"), replies.token_address(got[0]), "p@posta.example")
    t.ok(not [b for b in states(site) if b.startswith("p")] and len(once) == 1, "a yes alone does not say which of three boxes")
    m = send(site, replies.iphone(got[0], "p@posta.example", "Rinnova tutte"), replies.token_address(got[0]), "p@posta.example")
    t.eq(([s for b, s in states(site).items() if b.startswith("p")], len(m)), (["offered"] * 3, 3), "RINNOVA TUTTE asks for all three")

    got = write(site, "solo@posta.example", "lista")
    m = send(site, replies.outlook(got[0], "solo@posta.example", "RINNOVA"), replies.token_address(got[0]), "solo@posta.example")
    t.eq((states(site).get("solo@pec.example"), len(m)), ("offered", 1), "where the list has one box, RINNOVA is enough")

    got = write(site, "solo@posta.example", "aiuto")
    t.ok(len(got) == 1 and "«ELENCO»" in text_of(got[0]) and "«AUTORIZZO»" in text_of(got[0]), "AIUTO explains the words")
    sent = len(sink.mails)
    t.ok(write(site, "nobody@else.example", "ELENCO") == [] and len(sink.mails) == sent, "a command from nobody gets nothing")

with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.boxes({"box": "x@pec.example", "reference": "x@posta.example", "expiry": day(20)}, {"box": "far@pec.example", "reference": "x@posta.example", "expiry": day(300)})
    site.start("lmtpd")
    got = write(site, "x@posta.example", "RINNOVA")
    t.eq([("x@pec.example" in text_of(m)) for m in got], [True], "RINNOVA gets a fresh notice for the box that is expiring, and only for it")
    m = send(site, replies.gmail(got[0], "x@posta.example", "RINNOVA 1"), replies.token_address(got[0]), "x@posta.example") if got else []
    t.eq(states(site), {}, "numbers mean nothing where there was no list")
sink.stop()
t.done()
