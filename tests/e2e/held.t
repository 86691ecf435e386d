#!/usr/bin/python3
"""The held desk, at the machine and by mail: why a mail waits, what a person decides, who may; and the story of a box (`box why`)."""
import datetime, hashlib, pathlib, re, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
ADMIN, SECOND, OTHER = "admin@posta.example", "vice@posta.example", "capo@altrove.example"
PASS = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
FAIL = PASS.replace(b"pass", b"fail")


def who(n):
    return "m%d@posta.example" % n


def box(n):
    return "m%d@pec.example" % n


def send(raw, to, sender):
    answer = site.lmtp(raw, to, sender)
    site.run("courier", "--once")
    return bool(answer) and answer[0].startswith("250")


def answer(n, typed, letter=None, head=b""):
    letter = letter or sink.to(who(n))[-1]
    return send(head + replies.gmail(letter, who(n), typed), replies.token_address(letter), who(n))


def held():
    return {h["id"]: h for h in site.json("held", "list")}


def order(n):
    return [o["state"] for o in site.json("order", "list") if o["box"] == box(n)]


def said(*args):
    code, out, err = site.run(*args, check=False)
    return code, out + err


def decide(letter, typed, sender=ADMIN, head=PASS):
    """The answer to a digest, and what its writer hears."""
    before = len(sink.to(sender))
    send(head + replies.outlook(letter, sender, typed, "Capo"), replies.token_address(letter), sender)
    return [text_of(m) for m in sink.to(sender)[before:]]


with Site(smtp_port=sink.port, authserv="mx.ordine.example", site="administrators=%s\n" % SECOND, convention="low-proof=no\n") as site:
    site.run("init")
    site.boxes(*[{"box": box(n), "reference": who(n), "expiry": expiry} for n in range(9)])
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    for n in range(7):
        answer(n, "RINNOVA")
    for n in range(6):
        answer(n, "Accetto")  # proof low, which this convention does not take
    answer(6, "Accetto", head=FAIL)
    send(replies.mailto(sink.to(who(7))[0], who(7)).replace(b"RINNOVA", b"Ho risposto e la casella non va"), "rinnovo@ordine.example", who(7))
    notice = sink.to(who(8))[0]
    send(replies.gmail(notice, who(8), "1 scarta\n2 scarta").replace(b"From:", b"From: other@posta.example\r\nFrom:", 1), replies.token_address(notice), who(8))

    rows = list(held().values())
    ids = [r["id"] for r in rows]
    t.eq([r["rule"] for r in rows], ["good-token-low-accept-forbidden"] * 6 + ["good-token-failed-offer", "no-token-registered", "odd-from"], "nine mails wait")
    t.ok(rows[0]["likely"][0] == "accept" and "takes no acceptance at proof low" in rows[0]["why"], "the list says why, and what will likely be done", rows[0])
    code, text = said("held", "show", ids[0])
    t.ok(code == 0 and "accept ask" in text and "Accetto" in text and box(0) in text, "held show says it in words", text)

    # at the machine
    for verb in ("accept", "discard", "close"):
        t.eq(said("held", verb, ids[0])[0], 64, "%s wants a reason" % verb)
    code, text = said("held", "accept", ids[0], "--reason", "telefonata del 27/11")
    t.ok(code == 0 and "conclude" in text and order(0) == ["accepted"], "accept: the acceptance counts", "%s %s" % (text, order(0)))
    code, text = said("held", "discard", ids[0], "--reason", "x")
    t.ok(code == 66 and "accept of admin:" in text, "who comes second is told who was first", text)
    code, text = said("held", "accept", ids[7], "--reason", "x")
    t.ok(code == 1 and "no good code" in text and ids[7] in held(), "what names no letter cannot count, and stays", text)
    code, text = said("held", "ask", ids[7])
    t.ok(code == 1 and "no box is known" in text, "nor is anybody written to", text)
    t.eq(said("held", "discard", ids[7], "--reason", "chiamato al telefono")[0], 0, "discard")
    t.eq([said("held", "discard", ids[7], "--reason", "  ")[0], said("held", "ask", ids[1], "--text", " \n ")[0]], [64, 64], "white space is no reason and no text")
    sent = len(sink.to(who(1)))
    t.eq(said("held", "ask", ids[1], "--text", "Il suo dominio non firma.\nRINNOVA dalla PEC, per favore.")[0], 0, "ask with words of one's own")
    site.run("courier", "--once")
    got = text_of(sink.to(who(1))[-1])
    t.ok(len(sink.to(who(1))) == sent + 1 and "  Il suo dominio non firma." in got and "\nRINNOVA" not in got and "«Accetto»" in got, "the member reads them, and no line begins with a command", got)
    answer(1, "Accetto", head=PASS)
    t.eq(order(1), ["renewed"], "whose answer to that letter concludes the offer")
    t.eq(said("held", "show", ids[7])[1].count("discard"), 1, "held show knows who decided")

    # the digest
    t.ok("6 mails" in site.run("digest", "--dry-run")[1] and not sink.to(ADMIN), "a dry run says how many")
    site.run("digest")
    site.run("digest")
    site.run("notify")
    site.run("courier", "--once")
    t.eq([len(sink.to(a)) for a in (ADMIN, SECOND)], [1, 1], "one list a day for each administrator")
    digest, second = sink.to(ADMIN)[0], sink.to(SECOND)[0]
    body = text_of(digest)
    cases = [int(n) for n in re.findall(r"^Caso \d+ \(mail (\d+),", body, re.M)]
    t.eq(cases, [ids[i] for i in (2, 3, 4, 5, 6, 8)], "it numbers them, oldest first")
    t.ok("«1 accetta»" in body and "    «1 scarta»" in body and not re.search(r"^\s*\d+ [a-z]", body, re.M), "with the likely answers; no line of it is one", body)

    wait = set(held())
    for name, kw in (("a stranger", dict(sender=OTHER)), ("an administrator whose mail proves nothing", dict(head=b"")), ("one whose domain disowns the mail", dict(head=FAIL))):
        t.ok(decide(digest, "1 accetta", **kw) == [] and wait <= set(held()), "%s moves nothing and hears nothing" % name, set(held()))
    t.eq([h["rule"] for i, h in held().items() if i not in wait], ["admin-answer-not-proven"] * 3, "those wait for a person themselves")
    told = decide(digest, "1 accetta\n2 scarta, doppia\n3 rispondi La sua accettazione non basta:\nci scriva dalla PEC.\n\nPer aiuto: 0471 123456\n\n5 accetta\n99 accetta\n8 boh")
    t.eq(len(told), 1, "an administrator whose mail is proven is told what came of it")
    t.ok("Caso 1, accetta: fatto; l'ordine è concluso" in told[0] and order(2) in (["accepted"], ["renewed"]), "accetta", told[0])
    t.ok("Caso 2, scarta: fatto" in told[0] and ids[3] not in held() and order(3) == ["offered"], "scarta", told[0])
    got = text_of(sink.to(who(4))[-1]).replace("\r\n", "\n")
    t.ok("Caso 3, rispondi: fatto" in told[0] and "  ci scriva dalla PEC.\n\n  Per aiuto: 0471 123456\n" in got and "Caso" not in got and "Scriva la sua risposta" not in got.split("Le risponde una persona", 1)[1], "rispondi, over two paragraphs, and nothing of the list", got)
    t.ok("il titolare legge:" in told[0] and "«Per aiuto: 0471 123456»" in told[0], "the administrator is told what the member reads", told[0])
    t.ok("Caso 5, accetta: non si può" in told[0] and "alla macchina" in told[0] and ids[6] in held() and order(6) == ["offered"], "a doubtful sender is not taken by mail", told[0])
    t.ok("Caso 99, accetta: in quell'elenco non c'è" in told[0] and "Non capita: «8 boh»" in told[0], "and what is not there, or not understood", told[0])
    told = decide(second, "1 scarta\n4 accetta\n4 scarta", SECOND)
    t.ok("Caso 1, scarta: già deciso da admin:%s" % ADMIN in told[0] and ": accetta" in told[0], "the second administrator is told who was first", told[0])
    t.ok("nominato due volte" in told[0] and ids[5] in held(), "a case that is named twice is left alone", told[0])
    t.ok(all(decide(second, x, SECOND)[0].startswith("") and ids[5] in held() for x in ("grazie", "Il caso 4 accetta", "accetta")), "what is no decision changes nothing")
    t.eq(order(6) + order(8), ["offered"], "nothing else moved")

    # the ledger and the story
    ledger = [e for e in site.json("box", "show", box(2))[0]["ledger"] if e["what"].startswith("held reply")]
    t.eq([(e["who"], e["why"]) for e in ledger], [("admin:" + ADMIN, "held accept")], "the ledger names the administrator")
    t.eq(site.json("box", "show", box(0))[0]["ledger"][-1]["who"].split(":")[0] in ("courier", "provider", "admin", "member"), True, "and the one at the machine")
    events = site.json("box", "why", box(0))
    t.eq([e["at"] for e in events[:-1]], sorted(e["at"] for e in events[:-1]), "box why --json: events in the order of time")
    mails = [e for e in events if e["event"] == "mail"]
    t.ok(len(mails) == 2 and all(m["message_id"] and m["why"] and m["rule"] for m in mails) and mails[1]["rule"] == "administrator-accepts", "mails with id, rule and why", mails)
    t.ok({"mail", "ledger", "letter", "call", "now"} == {e["event"] for e in events} and events[-1]["order"] == "renewed", "letters, calls, and how it stands", events[-1])
    code, text = said("box", "why", box(0))
    for piece in ("notice 30 decided", "typed RINNOVA read as renew", "held reply accepted because held accept", "telefonata del 27/11", "letter L", "provider asked to renew: sent", "now: active"):
        t.ok(piece in text, "box why tells: " + piece, text)
    t.ok('notice sent "server said' in text and "sent error" not in text, "what the server said of a letter that went out is no error", text)
    tokens = re.findall(r"[0-9a-z]{40}", text)
    t.eq(tokens, [], "and no code of a letter")
    story = said("box", "why", box(7))[1]
    t.ok("it named no box" in story and "no good token says which letter it answers" in story and ": active" in story and "1 held" not in story, "\"I answered and it was not renewed\": a mail that named no box is in it", story)
    t.eq(said("box", "why", "no@pec.example")[0], 66, "a box that is not there: 66")
    verify = said("audit", "verify")
    t.ok(verify[0] == 0, "the ledger holds", verify[1])
# An administrator works on: what is written to them as a member does not count, and a hundred answers a day are none too many; but two
# machines that answer each other come to an end.
with Site(smtp_port=sink.port, authserv="mx.ordine.example", site="answers-per-day=1\n") as site:
    site.run("init")
    site.boxes({"box": "capo@pec.example", "reference": ADMIN, "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    notice = sink.to(ADMIN)[-1]
    send(replies.gmail(notice, ADMIN, "RINNOVA"), replies.token_address(notice), ADMIN)
    send(replies.mailto(notice, "x@posta.example").replace(b"RINNOVA", b"La casella non va"), replies.token_address(notice), "x@posta.example")
    site.run("digest")
    site.run("courier", "--once")
    digest = [m for m in sink.to(ADMIN) if "in attesa di una persona" in m["Subject"]][-1]
    told = [len(decide(digest, "%d scarta" % (n + 2))) for n in range(12)]
    t.eq(told, [1] * 10 + [0] * 2, "ten times as many answers as a member gets, and then no more")
    t.ok([h["from"] for h in held().values() if h["rule"] == "too-many-answers-today"].count(ADMIN) == 2, "what comes then waits at the machine", held())
# What is no message at all, and what ended the program twice, waits as it came: to read it again ends in the same words, not in an answer
# that the mail server brings for ever, nor in the end of the door.
POISON = b"From: m0@posta.example\r\nMessage-ID: <end@posta.example>\r\n\r\nChi legge muore\r\n"
with Site(smtp_port=sink.port, authserv="mx.ordine.example") as site:
    site.run("init")
    site.boxes({"box": box(0), "reference": who(0), "expiry": expiry})
    (site.dir / "rinnova.db.poison").write_text((hashlib.sha256(POISON).hexdigest() + "\n") * 2)
    site.start("lmtpd")
    for raw in (b"no field at all\r\n", POISON):
        t.ok(send(raw, "rinnovo@ordine.example", who(0)), "it is taken")
    t.eq([h["rule"] for h in held().values()], ["unreadable"] * 2, "and held as it is")
    for n in held():
        code, text = said("held", "release", n)
        t.ok(code == 1 and "held again, unreadable" in text, "read again at the machine it waits as before", text)
        t.ok("could not be read" in said("held", "accept", n, "--reason", "x")[1], "and cannot count")
    site.run("digest")
    site.run("courier", "--once")
    told = decide([m for m in sink.to(ADMIN) if "in attesa di una persona" in m["Subject"]][-1], "1 riprova\n2 accetta")
    t.ok(len(told) == 1 and "Caso 1, riprova: resta in attesa" in told[0] and "Caso 2, accetta: non si può" in told[0], "by mail as well, and the administrator hears of it", told)
sink.stop()
t.done()
