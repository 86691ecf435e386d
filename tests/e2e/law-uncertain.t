#!/usr/bin/python3
"""Law 8: an outcome that nobody knows is marked, and what is sent again is the same to the byte; a provider is asked again with the same key only."""
import datetime, json, pathlib, sys, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, wait_for

t, sink = Tap(), Sink()
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()

with Site(smtp_port=sink.port, convention="provider-tries=2\nprovider-timeout=5s\n", courier="retry-max=1s\n") as site:
    site.run("init")
    site.boxes({"box": BOX, "reference": ROSSI, "expiry": expiry})
    site.run("notify")
    sink.reply["."] = "cut"
    site.run("courier", "--once")
    t.eq(len(sink.mails), 1, "the server took the letter and broke off")
    row = site.json("outbox", "list")[0]
    t.ok("outcome unknown" in (row["error"] or ""), "the letter is marked", str(row))
    sink.reply.clear()
    wait_for(lambda: not site.run("courier", "--once") or len(sink.mails) > 1, 10, 0.5)
    t.ok(len(sink.mails) == 2 and sink.mails[0] == sink.mails[1], "it is sent again with the same bytes and Message-ID")
    t.eq(site.json("outbox", "list"), [], "and then it is done")

    sink.reply["."] = "451 4.3.0 later"
    site.start("lmtpd")
    notice = sink.to(ROSSI)[0]
    site.lmtp(replies.gmail(notice, ROSSI, "RINNOVA"), replies.token_address(notice))
    site.run("courier", "--once")
    t.eq([l["state"] for l in site.json("outbox", "list")], ["queued"], "a 451 leaves it in the outbox")
    sink.reply.clear()
    summary = wait_for(lambda: site.run("courier", "--once") and sink.to(ROSSI)[2:], 10, 0.5)[0]

    (site.dir / "provider.mode").write_text("unknown")
    site.lmtp(replies.gmail(summary, ROSSI, "ACCETTO"), replies.token_address(summary))
    calls = wait_for(lambda: site.run("courier", "--once") and [c for c in site.json("outbox", "list") if c["what"] == "call" and c["state"] == "uncertain"], 15, 0.5)
    t.ok(calls, "a provider that dies in mid-call leaves the call uncertain", str(site.json("outbox", "list")))
    asked = [json.loads(l) for l in (site.dir / "provider.log").read_text().splitlines()]
    t.ok(len(asked) == 2 and len({a["idempotency_key"] for a in asked}) == 1, "it was asked twice, with one key", str(asked))
    t.eq([a["attempt"] for a in asked], [1, 2], "and each attempt has its number")
    order = site.json("order", "list")[0]
    t.eq(order["state"], "accepted", "the order is not moved by a guess")
    t.ok(wait_for(lambda: site.run("courier", "--once") and sink.to("admin@posta.example"), 5, 0.5), "the administrator is told")
    code, _, err = site.run("order", "renewed", order["number"], "--expiry", order["old_expiry"], check=False)
    t.ok(code == 64 and "--expiry must be after " + order["old_expiry"] in err, "an expiry that is not later is a slip", "%d %s" % (code, err))
    code, _, err = site.run("order", "renewed", order["number"], "--reference", "a\nb", check=False)
    t.ok(code == 64, "a reference is one line", err)
    told = len(sink.to("admin@posta.example"))
    site.run("order", "retry", order["number"])
    wait_for(lambda: site.run("courier", "--once") and [c for c in site.json("outbox", "list") if c["what"] == "call" and c["state"] == "uncertain"], 15, 0.5)
    t.ok(wait_for(lambda: site.run("courier", "--once") and len(sink.to("admin@posta.example")) > told, 5, 0.5), "asked again by a person, and unknown again: the administrator hears of it again")
    site.run("order", "renewed", order["number"], "--reference", "PROV-77")
    t.eq(site.json("order", "list")[0]["state"], "renewed", "and ends it by `order renewed`")
    t.eq(site.json("order", "show", order["number"])[0]["reference"], "PROV-77", "with the number that the provider gave it")
    code, _, err = site.run("order", "renewed", order["number"], check=False)
    t.ok(code != 0 and "renewed" in err, "which cannot be said twice", err)

# Nobody knows of the first attempt whether it arrived, and a plain no in between does not change that.
with Site(smtp_port=sink.port, courier="retry-max=1s\n") as site:
    site.run("init")
    site.boxes({"box": BOX, "reference": "luca@posta.example", "expiry": expiry})
    site.run("notify")
    for words in ("cut", "451 4.3.0 later", "cut"):
        sink.reply["."] = words
        site.run("courier", "--once")
        time.sleep(1.1)
    sink.reply.clear()
    t.eq([l["state"] for l in site.json("outbox", "list") if l["kind"] == "notice"], ["uncertain"], "unknown, later, unknown: it may have come twice, and a person decides")
    site.run("courier", "--once")
    t.eq(len(sink.to("luca@posta.example")), len([m for m in sink.mails if m[1] == "luca@posta.example"]), "nothing more goes out by itself")
sink.stop()
t.done()
