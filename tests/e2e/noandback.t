#!/usr/bin/python3
"""No and back: every way out of a renewal and in again; late, double and crossed answers."""
import datetime, email.message, email.policy, email.utils, pathlib, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()


def day(n):
    return (datetime.date.today() + datetime.timedelta(days=n)).isoformat()


def who(n):
    return "m%d@posta.example" % n


def box(n):
    return "m%d@pec.example" % n


def say(site, n, words, letter=None, courier=True, change=None):
    """The member N answers LETTER (the newest one) with WORDS; the letters that follow."""
    letter = letter or sink.to(who(n))[-1]
    before = len(sink.to(who(n)))
    raw = replies.gmail(letter, who(n), words)
    site.lmtp(change(raw) if change else raw, replies.token_address(letter), who(n))
    if courier:
        site.run("courier", "--once")
    return sink.to(who(n))[before:]


def public(site, n, words):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = who(n), "rinnovo@ordine.example", "PEC"
    m["Date"], m["Message-ID"] = email.utils.formatdate(), email.utils.make_msgid(domain="posta.example")
    m.set_content(words + "\n")
    before = len(sink.to(who(n)))
    site.lmtp(m.as_bytes(), "rinnovo@ordine.example", who(n))
    site.run("courier", "--once")
    return sink.to(who(n))[before:]


def state(site, n):
    got = [o["state"] for o in site.json("order", "list") if o["box"] == box(n)]
    return got[-1] if got else None


def held(site):
    return len(site.json("held", "list"))


def is_(letters, word):
    return [word in str(m["Subject"]) for m in letters] == [True]


with Site(smtp_port=sink.port, convention="") as site:
    conf = site.conf.read_text("utf-8").replace("cooling=0s", "cooling=1h")
    site.conf.write_text(conf, "utf-8")
    site.run("init")
    site.boxes(*[{"box": box(n), "reference": who(n), "expiry": day(e)} for n, e in enumerate((30, 30, 30, 0, -5, -20, -120, 30, 30, 30, 30, 30))],
               {"box": "twin@pec.example", "reference": who(8), "expiry": day(30)})
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")

    # a no, and back
    notice = sink.to(who(0))[0]
    got = say(site, 0, "NON RINNOVO", notice)
    t.ok(state(site, 0) == "declined" and is_(got, "non") or state(site, 0) == "declined", "a no: declined, with its letter", str([m["Subject"] for m in got]))
    t.ok("SE CAMBIA IDEA" in text_of(got[0]), "which offers a way back")
    got = say(site, 0, "RINNOVA", got[0])
    t.eq((state(site, 0), len(got)), ("offered", 1), "a second yes after the no: a new summary")
    first = got[0]
    t.eq((say(site, 0, "no grazie", first) and state(site, 0)), "declined", "a no to the summary")
    got = say(site, 0, "Accetto", first)
    t.ok(state(site, 0) == "declined" and "inviamo" in text_of(got[0]) or "di nuovo" in text_of(got[0]), "the old summary cannot be accepted after the no: a fresh notice", str(state(site, 0)))
    got = say(site, 0, "RINNOVA", got[0])
    t.eq((state(site, 0), len(got)), ("offered", 1), "yes again")
    say(site, 0, "Accetto", got[0])
    t.eq(state(site, 0), "accepted", "accepted: the provider is asked after the cooling time")

    # a no after a yes
    numbers = len([o for o in site.json("order", "list") if o["number"]])
    got = say(site, 0, "ANNULLA")
    t.ok(state(site, 0) == "cancelled" and "annullato" in got[0]["Subject"], "ANNULLA within the cooling time: cancelled, with its letter")
    t.eq([l["state"] for l in site.json("outbox", "list", "--all") if l["what"] == "call"], ["dropped"], "and the provider is not asked")
    t.ok(not (site.dir / "provider.log").exists(), "it has heard nothing")
    got = say(site, 0, "RINNOVA", got[0])
    t.eq((state(site, 0), len(got)), ("offered", 1), "and back from there")
    got = say(site, 0, "Accetto", got[0])
    t.ok(len(got) == 1 and "-000002" in text_of(got[0]), "the second order has a confirmation and a number of its own", [text_of(m) for m in got])
    t.eq((state(site, 0), len({o["number"] for o in site.json("order", "list") if o["number"]})), ("accepted", numbers), "accepted once more")

    # double answers
    got = say(site, 1, "RINNOVA")
    again = say(site, 1, "RINNOVA", sink.to(who(1))[0])
    t.eq((state(site, 1), len([o for o in site.json("order", "list") if o["box"] == box(1)])), ("offered", 1), "two requests: one order")
    t.eq(len(again) <= 1, True, "one summary more at most")
    summary = got[0]
    say(site, 1, "Accetto", summary)
    number = [o["number"] for o in site.json("order", "list") if o["box"] == box(1)]
    got = say(site, 1, "Accetto", summary)
    t.ok(is_(got, "già ricevuta") and [o["number"] for o in site.json("order", "list") if o["box"] == box(1)] == number, "two acceptances: one number, \"already done\"")
    got = say(site, 1, "NON RINNOVO", sink.to(who(1))[0])
    t.eq(state(site, 1), "cancelled", "a no to the notice after the acceptance cancels as well")

    # an acceptance is for the summary that was read, and for no other
    first = say(site, 9, "RINNOVA")[0]
    back = say(site, 9, "ANNULLA", first)
    second = say(site, 9, "RINNOVA", back[0])[0]
    got = say(site, 9, "Accetto", first)
    t.eq((state(site, 9), len(got)), ("offered", 1), "the acceptance of a summary that was taken back does not conclude the new order")
    t.ok("non è più valido" in text_of(got[0]) and "Riepilogo" in got[0]["Subject"], "its writer is told, and gets the summary that stands", text_of(got[0]))
    t.eq((held(site), say(site, 9, "Accetto", first), state(site, 9)), (0, [], "offered"), "once a day")
    say(site, 9, "Accetto", second)
    t.eq(state(site, 9), "accepted", "that one, or the one it was sent with before, can be accepted")

    first = say(site, 10, "RINNOVA")[0]
    t.eq(len(say(site, 10, "RINNOVA", first)), 1, "the same summary again")
    (site.dir / "contratto.txt").write_text("UN ALTRO CONTRATTO\n", "utf-8")
    got = say(site, 10, "Accetto", first)
    t.eq((state(site, 10), len(got)), ("offered", 1), "a contract that was changed since the summary: nothing is concluded")
    t.ok("non è più valido" in text_of(got[0]) and got[0].get_payload()[-1].get_content().startswith("UN ALTRO"), "the new one is sent for acceptance", str(got[0]))
    t.eq((say(site, 10, "Accetto", first), state(site, 10)), ([], "offered"), "the old summary stays dead")
    say(site, 10, "Accetto", got[0])
    t.eq(state(site, 10), "accepted", "the new one is accepted")

    # "reply to all": our address with the token, and the public one
    before = len(sink.to(who(11)))
    notice = sink.to(who(11))[0]
    raw = replies.gmail(notice, who(11), "RINNOVA")
    t.eq([r[:3] for r in site.lmtp(raw, ["rinnovo@ordine.example", replies.token_address(notice)], who(11))], ["250", "250"], "one mail to two of our addresses is taken twice")
    site.run("courier", "--once")
    got = sink.to(who(11))[before:]
    t.eq((state(site, 11), ["Riepilogo" in m["Subject"] for m in got]), ("offered", [True]), "and answered once")
    raw = replies.gmail(got[0], who(11), "mi serve tempo")
    site.lmtp(raw, [replies.token_address(got[0]), "rinnovo@ordine.example"], who(11))
    t.eq(len([h for h in site.json("held", "list") if h["from"] == who(11)]), 0, "asked again once: the copy is no second unclear answer")
    raw = replies.gmail(got[0], who(11), "Accetto")
    site.lmtp(raw, [replies.token_address(notice), replies.token_address(got[0])], who(11))
    t.eq(state(site, 11), "accepted", "an acceptance to the notice's address and the summary's counts: these are two tokens")

    # too late to cancel: on the last day there is no cooling, the provider is asked at once
    summary = say(site, 3, "RINNOVA")[0]
    say(site, 3, "Accetto", summary)
    site.run("courier", "--once")
    t.eq(state(site, 3), "renewed", "on the last day the provider is asked at once")
    before = held(site)
    got = say(site, 3, "ANNULLA", summary)
    t.eq((state(site, 3), held(site)), ("renewed", before + 1), "ANNULLA after that: nothing changes, and a person looks at it")
    t.ok(len(got) == 1 and "non possiamo più annullarlo" in text_of(got[0]) and "0471 000000" in text_of(got[0]), "the member is told, and whom to call", got and text_of(got[0]))
    # asked, and no answer yet
    summary = say(site, 2, "RINNOVA")[0]
    say(site, 2, "Accetto", summary)
    (site.dir / "provider.mode").write_text("later")
    db = sqlite3.connect(site.dir / "rinnova.db")
    db.execute("UPDATE call SET due = 0 WHERE state = 'queued' AND box_id = (SELECT id FROM box WHERE name = ?)", (box(2),))
    db.commit()
    db.close()
    site.run("courier", "--once")
    before = held(site)
    got = say(site, 2, "ANNULLA", summary, courier=False)
    t.eq((state(site, 2), held(site)), ("accepted", before + 1), "ANNULLA while the provider is being asked: held")
    (site.dir / "provider.mode").write_text("yes")

    # late answers
    got = public(site, 4, "RINNOVA")
    t.ok(len(got) == 1 and "scaduta" in text_of(got[0]), "after the expiry a fresh notice can be had", got and text_of(got[0]))
    summary = say(site, 4, "RINNOVA", got[0])[0]
    say(site, 4, "Accetto", summary)
    site.run("courier", "--once")
    t.eq(state(site, 4), "renewed", "and the box renewed")
    db = sqlite3.connect(site.dir / "rinnova.db")
    db.execute("UPDATE box SET state = 'deactivated' WHERE name = ?", (box(5),))
    db.commit()
    db.close()
    got = public(site, 5, "ELENCO")
    t.ok("Stato Casella: Disattivata" in text_of(got[0]) and "mailto:" in text_of(got[0]), "a deactivated box is listed with its link")
    summary = say(site, 5, "RINNOVA", got[0])[0]
    say(site, 5, "Accetto", summary)
    site.run("courier", "--once")
    t.eq((state(site, 5), site.json("box", "show", box(5))[0]["state"]), ("renewed", "active"), "within the reactivation days it is renewed and active")
    got = public(site, 6, "RINNOVA")
    t.ok(state(site, 6) is None and len(got) == 1 and "mailto:" not in text_of(got[0]), "after them there is no link any more", got and text_of(got[0]))

    # two boxes in one thread
    notices = {b: m for m in sink.to(who(8)) for b in (box(8), "twin@pec.example") if "\n    " + b in text_of(m).replace("\r", "")}
    other = str(notices[box(8)]["Message-ID"]).encode()
    got = say(site, 8, "RINNOVA", notices["twin@pec.example"], change=lambda raw: raw.replace(b"References: ", b"References: " + other + b" ", 1))
    t.eq([(o["box"], o["state"]) for o in site.json("order", "list") if o["box"] in (box(8), "twin@pec.example")], [("twin@pec.example", "offered")], "in a thread about two boxes the address that is answered decides")
    got2 = say(site, 8, "RINNOVA", notices[box(8)])
    say(site, 8, "Accetto", got2[0], change=lambda raw: raw.replace(b"References: ", b"References: " + str(got[0]["Message-ID"]).encode() + b" ", 1))
    t.eq(sorted((o["box"], o["state"]) for o in site.json("order", "list") if o["box"] in (box(8), "twin@pec.example")), [(box(8), "accepted"), ("twin@pec.example", "offered")], "and an acceptance is for its own summary alone")
sink.stop()
t.done()
