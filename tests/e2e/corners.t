#!/usr/bin/python3
"""Corners where a second order, or silence, would hurt: an old notice of a box renewed elsewhere, a hand that was quicker than the courier, a failed order, a courier that was away."""
import datetime, pathlib, sys, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, wait_for

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
    site.boxes(*[{"box": who(n)[1], "reference": who(n)[0], "expiry": day(30)} for n in range(1, 4)])
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    notice = {n: sink.to(who(n)[0])[0] for n in range(1, 4)}

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
    answer(3, notice[3], "RINNOVA")
    t.ok([h for h in site.json("held", "list") if h["from"] == who(3)[0]], "a yes to a failed order is held")
    wait_for(lambda: site.run("courier", "--once") and sink.to("admin@posta.example"), 5, 0.5)
    told = len(sink.to("admin@posta.example"))
    time.sleep(1.1)  # a provider does not refuse twice within a second
    site.run("order", "retry", order(site, 3)["number"])
    wait_for(lambda: site.run("courier", "--once") and len(sink.to("admin@posta.example")) > told, 10, 1.1)
    t.ok(len(sink.to("admin@posta.example")) > told, "the second refusal is told to the administrator too", [str(m["Subject"]) for m in sink.to("admin@posta.example")])

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
