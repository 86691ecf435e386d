#!/usr/bin/python3
"""Corners where a second order, or silence, would hurt: an old notice of a box renewed elsewhere, a hand that was quicker than the courier, a failed order, a courier that was away."""
import datetime, pathlib, sys, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for

t, sink = Tap(), Sink()
today = datetime.date.today()


def day(n):
    return (today + datetime.timedelta(days=n)).isoformat()


def who(n):
    return "m%d@posta.example" % n, "m%d@pec.example" % n


def order(site, n):
    found = [o for o in site.json("order", "list") if o["box"] == who(n)[1]]
    return found[-1] if found else None


with Site(smtp_port=sink.port, convention="provider-tries=3\n", courier="retry-max=1s\n") as site:
    site.run("init")
    site.boxes(*[{"box": who(n)[1], "reference": who(n)[0], "expiry": day(30)} for n in range(1, 5)])
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    notice = {n: sink.to(who(n)[0])[0] for n in range(1, 5)}

    def answer(n, letter, typed):
        return site.lmtp(replies.gmail(letter, who(n)[0], typed), replies.token_address(letter), who(n)[0])[0]

    def asked():
        log = site.dir / "provider.log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    # 1: renewed elsewhere, the roll says so; the old notice is answered all the same.
    site.boxes({"box": who(1)[1], "reference": who(1)[0], "expiry": day(395)})
    answer(1, notice[1], "RINNOVA")
    t.eq(order(site, 1), None, "an answer to the notice of a period that is over orders nothing")
    site.run("courier", "--once")
    t.ok(len(sink.to(who(1)[0])) == 2, "and the member hears how the box stands", [str(m["Subject"]) for m in sink.to(who(1)[0])])

    # 4: asked for here and renewed elsewhere: the summary of the old period concludes nothing, the Order would pay twice.
    answer(4, notice[4], "RINNOVA")
    site.run("courier", "--once")
    summary = sink.to(who(4)[0])[1]
    site.boxes({"box": who(4)[1], "reference": who(4)[0], "expiry": day(395)})
    answer(4, summary, "ACCETTO")
    site.run("courier", "--once")
    t.eq((order(site, 4)["state"], order(site, 4)["number"], asked()), ("lapsed", None, 0), "an acceptance for a period that is over concludes nothing")
    t.ok(len(sink.to(who(4)[0])) == 3, "and the member hears how the box stands", [str(m["Subject"]) for m in sink.to(who(4)[0])])

    # 2: the provider is away, the administrator renews by hand: nobody asks the provider again.
    (site.dir / "provider.mode").write_text("later")
    answer(2, notice[2], "RINNOVA")
    site.run("courier", "--once")
    answer(2, sink.to(who(2)[0])[1], "ACCETTO")
    site.run("courier", "--once")
    n = asked()
    t.eq((n > 0, order(site, 2)["state"]), (True, "accepted"), "the provider says later")
    site.run("order", "renewed", order(site, 2)["number"])
    (site.dir / "provider.mode").write_text("yes")
    wait_for(lambda: not site.run("courier", "--once") or not [c for c in site.json("outbox", "list") if c["what"] == "call"], 10, 0.5)
    t.eq((asked(), order(site, 2)["state"]), (n, "renewed"), "renewed by hand: the provider is not asked again")
    answer(2, notice[2], "RINNOVA")
    site.run("courier", "--once")
    t.ok("già" in str(sink.to(who(2)[0])[-1]["Subject"]), "the old notice answered once more: already done", str(sink.to(who(2)[0])[-1]["Subject"]))

    # 3: refused for good: a new yes waits for a person, it is not swallowed; a second refusal is told as well.
    (site.dir / "provider.mode").write_text("refuse")
    answer(3, notice[3], "RINNOVA")
    site.run("courier", "--once")
    answer(3, sink.to(who(3)[0])[1], "ACCETTO")
    wait_for(lambda: site.run("courier", "--once") and order(site, 3)["state"] == "failed", 10, 0.5)
    said = [(r["why"], r["detail"]) for r in site.json("box", "show", who(3)[1])[0]["ledger"] if r["what"] == "order accepted->failed"]
    t.ok(said and said[0][0] == "refused" and "contratto bloccato" in said[0][1], "the provider's words stand in the detail, not in the row itself", said)
    answer(3, notice[3], "RINNOVA")
    t.ok([h for h in site.json("held", "list") if h["from"] == who(3)[0]], "a yes to a failed order is held")
    wait_for(lambda: site.run("courier", "--once") and sink.to("admin@posta.example"), 5, 0.5)
    told = len(sink.to("admin@posta.example"))
    time.sleep(1.1)  # a provider does not refuse twice within a second
    site.run("order", "retry", order(site, 3)["number"])
    wait_for(lambda: site.run("courier", "--once") and len(sink.to("admin@posta.example")) > told, 10, 1.1)
    t.ok(len(sink.to("admin@posta.example")) > told, "the second refusal is told to the administrator too", [str(m["Subject"]) for m in sink.to("admin@posta.example")])

# An import changes the date of a box while letters about the old one are under way.
with Site(smtp_port=sink.port) as site:
    sink.mails.clear()
    site.run("init")
    there = {n: {"box": who(n)[1], "reference": who(n)[0], "expiry": day(30)} for n in range(1, 11)}
    site.boxes(*there.values(), *[{"box": "x%d@pec.example" % n, "reference": "x%d@posta.example" % n, "expiry": day(300)} for n in range(30)])
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")

    def say(n, letter, typed):
        """What comes back."""
        before = len(sink.to(who(n)[0]))
        site.lmtp(replies.gmail(letter, who(n)[0], typed), replies.token_address(letter), who(n)[0])
        site.run("courier", "--once")
        return sink.to(who(n)[0])[before:]

    notice = {n: sink.to(who(n)[0])[0] for n in there}
    summary = {n: say(n, notice[n], "RINNOVA")[0] for n in (1, 3, 6, 8, 9)}
    say(7, notice[7], "NON RINNOVO")
    for n, d in ((1, 395), (2, 5), (3, 25), (4, 20), (5, 395), (6, 25), (7, 25), (8, -120), (10, 25)):
        site.boxes(dict(there[n], expiry=day(d)))

    t.eq(order(site, 1)["state"], "lapsed", "renewed elsewhere while its summary was open: the order has come to an end")
    rows = [r for r in site.json("box", "show", who(1)[1])[0]["ledger"] if r["what"] == "order offered->lapsed"]
    t.eq([(r["why"], r["who"].split(":")[0]) for r in rows], [("renewed-elsewhere", "admin")], "and the ledger says why")
    say(1, summary[1], "ACCETTO")
    t.eq((order(site, 1)["state"], (site.dir / "provider.log").exists()), ("lapsed", False), "renewed elsewhere while its summary was open: the acceptance concludes nothing")
    got = say(2, notice[2], "RINNOVA")
    t.ok(order(site, 2)["old_expiry"] == day(5) and "Riepilogo" in got[0]["Subject"], "a date that was put right: an answer to the old notice is a request until the right one", order(site, 2))
    t.eq(order(site, 3)["old_expiry"], day(25), "an open order follows its box")
    got = say(3, summary[3], "ACCETTO")
    t.ok(order(site, 3)["state"] == "offered" and len(got) == 1 and "non è più valido" in text_of(got[0]), "the old summary named another date: the right one is sent", got and text_of(got[0]))
    say(3, got[0], "ACCETTO")
    site.run("courier", "--once")
    b = site.json("box", "show", who(3)[1])[0]
    t.ok(order(site, 3)["state"] == "renewed" and b["expiry"] == order(site, 3)["new_expiry"] > day(385), "and accepted: renewed from the right date on", str(b["expiry"]))
    say(4, notice[4], "NON RINNOVO")
    t.eq((order(site, 4)["state"], order(site, 4)["old_expiry"]), ("declined", day(20)), "a no is about the right date as well")
    say(5, notice[5], "NON RINNOVO")
    t.ok(order(site, 5) is None or order(site, 5)["old_expiry"] == day(30), "but not about the next period of a box that was renewed elsewhere", order(site, 5))
    say(6, summary[6], "ANNULLA")
    t.eq(order(site, 6)["state"], "cancelled", "ANNULLA finds the order that followed")
    got = [say(10, notice[10], "Quanto costa?") for _ in range(2)]
    t.eq([len(g) for g in got], [1, 0], "a question about a letter with the old date is asked back, once")
    t.eq([(h["from"], h["rule"]) for h in site.json("held", "list") if h["from"] == who(10)[0]], [(who(10)[0], "good-token-asked-before")], "the second one is held, and not lost")
    # Asked for while another date stood, and put back to the one for which a no is on file.
    summary[7] = say(7, notice[7], "RINNOVA")[0]
    site.boxes(there[7])
    states = lambda n: sorted((o["old_expiry"], o["state"]) for o in site.json("order", "list") if o["box"] == who(n)[1])
    t.eq(states(7), [(day(30), "declined"), (day(30), "offered")], "an open order goes along, also to a date whose own order has ended")
    got = say(7, summary[7], "ACCETTO")
    t.ok(len(got) == 1 and "non è più valido" in text_of(got[0]), "its summary named another date", got and text_of(got[0]))
    say(7, got[0], "ACCETTO")
    t.eq(states(7), [(day(30), "declined"), (day(30), "renewed")], "and the right one is accepted")
    out = site.run("expire", "--dry-run", "--date", day(6))[1]
    t.ok("deactivate " + who(2)[1] not in out and "request-in-time " + who(2)[1] in out, "what was requested in time is not deactivated", out)
    # Neither is left open for ever: one whose date a bad import has moved far into the past, and one that left the roll.
    gone = site.dir / "gone.csv"
    gone.write_text("box,holder,reference,expiry,convention,state\n%s,Maria Rossi,%s,%s,fnomceo,closed\n" % (who(9)[1], who(9)[0], day(30)))
    site.run("import", gone)
    site.run("expire", "--date", day(29))
    t.eq((order(site, 8)["state"], order(site, 9)["state"]), ("offered", "offered"), "while its period and its answer days last an order stays open")
    site.run("expire", "--date", day(31))
    t.eq((order(site, 8)["state"], order(site, 9)["state"]), ("lapsed", "lapsed"), "and lapses after them, whatever has become of its box")

with Site(smtp_port=sink.port) as site:
    sink.mails.clear()
    site.run("init")
    site.boxes({"box": who(9)[1], "reference": who(9)[0], "expiry": day(30)})
    for ahead in (0, 15, 23, 29):
        site.run("notify", "--date", day(ahead))
    site.run("courier", "--once")
    t.eq(len(sink.to(who(9)[0])), 1, "a courier that was away sends the latest notice only")
sink.stop()
t.done()
