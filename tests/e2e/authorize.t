#!/usr/bin/python3
"""Row 6: somebody else accepts for the holder; AUTORIZZO from either address; NO; delegates."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
OTHER = "segreteria@studio.example"


def send(site, raw, to, who):
    answer = site.lmtp(raw, to, who)
    site.run("courier", "--once")
    return bool(answer) and answer[0].startswith("250")


def state(site, n):
    return [o["state"] for o in site.json("order", "list") if o["box"] == "m%d@pec.example" % n]


def last(who):
    return sink.to(who)[-1]


with Site(smtp_port=sink.port, convention="cooling=1h\n".replace("cooling=1h\n", "")) as site:
    site.run("init")
    site.boxes(*[{"box": "m%d@pec.example" % n, "reference": "m%d@posta.example" % n, "expiry": expiry} for n in range(5)])
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    for n in range(5):
        who = "m%d@posta.example" % n
        send(site, replies.gmail(last(who), who, "RINNOVA"), replies.token_address(last(who)), who)
    summaries = [last("m%d@posta.example" % n) for n in range(5)]
    t.eq([state(site, n) for n in range(5)], [["offered"]] * 5, "five summaries are out")

    for n in range(4):
        send(site, replies.gmail(summaries[n], OTHER, "Accetto"), replies.token_address(summaries[n]), OTHER)
    t.eq([state(site, n) for n in range(4)], [["offered"]] * 4, "an acceptance from elsewhere concludes nothing")
    t.eq(len(site.json("held", "list")), 4, "it is held")
    asks = [last("m%d@posta.example" % n) for n in range(4)]
    t.ok(all(OTHER in text_of(m) and "«Accetto»" in text_of(m) and "AUTORIZZO" in text_of(m) for m in asks), "the holder is asked, with address and words", text_of(asks[0]))
    t.eq(sink.to(OTHER), [], "and the other address gets nothing")
    sent = len(sink.to("m0@posta.example"))
    send(site, replies.iphone(summaries[0], OTHER, "Accetto il contratto"), replies.token_address(summaries[0]), OTHER)
    t.eq(len(sink.to("m0@posta.example")), sent, "the same address is asked about once")

    # from the holder
    send(site, replies.gmail(asks[0], "m0@posta.example", "AUTORIZZO"), replies.token_address(asks[0]), "m0@posta.example")
    site.run("courier", "--once")
    t.eq(state(site, 0), ["renewed"], "AUTORIZZO from the holder: the held acceptance goes on to the end")
    t.ok(any("le confermiamo l'ordine" in text_of(m) for m in sink.to("m0@posta.example")), "the confirmation goes to the holder")
    t.eq([h["from"] for h in site.json("held", "list")], [OTHER] * 3, "and its mails are held no more")
    t.ok("address authorized" in site.run("box", "show", "m0@pec.example")[1], "the ledger has it")

    # from the other address itself, which has been shown the letter
    send(site, replies.gmail(asks[1], OTHER, "sì"), replies.token_address(asks[1]), OTHER)
    site.run("courier", "--once")
    t.eq(state(site, 1), ["renewed"], "AUTORIZZO from the other address counts: only the registered mailbox saw its token")
    # from a third one
    send(site, replies.gmail(asks[2], "eve@evil.example", "AUTORIZZO"), replies.token_address(asks[2]), "eve@evil.example")
    t.eq(state(site, 2), ["offered"], "from a third address it does not")
    # no
    send(site, replies.gmail(asks[3], "m3@posta.example", "NO"), replies.token_address(asks[3]), "m3@posta.example")
    t.eq(state(site, 3), ["offered"], "NO: the order stays as it was, it is not declined")
    t.ok("address not authorized" in site.run("box", "show", "m3@pec.example")[1], "and the ledger has it")
    t.ok([h for h in site.json("held", "list") if h["from"] == OTHER and h["intent"] == "accept"], "the mail stays held")

    # authorized for one box is not authorized for another
    send(site, replies.gmail(summaries[4], OTHER, "Accetto"), replies.token_address(summaries[4]), OTHER)
    t.eq(state(site, 4), ["offered"], "an alias of one box is nobody for another")

    # no clear word about it: asked again, once, whatever was asked before about the renewal itself
    send(site, replies.gmail(sink.to("m3@posta.example")[0], "m3@posta.example", "Quanto costa?"), replies.token_address(sink.to("m3@posta.example")[0]), "m3@posta.example")
    t.ok("Non abbiamo capito" in last("m3@posta.example")["Subject"] and not [h for h in site.json("held", "list") if h["from"] == "m3@posta.example"], "a question about the notice is asked back")
    send(site, replies.gmail(asks[3], "m3@posta.example", "Chi è?"), replies.token_address(asks[3]), "m3@posta.example")
    again = last("m3@posta.example")
    t.ok(again["Subject"] == asks[3]["Subject"] and OTHER in text_of(again) and "«Accetto»" in text_of(again), "and one about the other address gets that letter once more", again["Subject"])
    t.ok(not [h for h in site.json("held", "list") if h["from"] == "m3@posta.example"], "it is not held")
    send(site, replies.gmail(again, "m3@posta.example", "Chi è?"), replies.token_address(again), "m3@posta.example")
    t.ok(last("m3@posta.example")["Message-ID"] == again["Message-ID"] and [h for h in site.json("held", "list") if h["from"] == "m3@posta.example"], "a second one is held")
    send(site, replies.gmail(again, "m3@posta.example", "AUTORIZZO"), replies.token_address(again), "m3@posta.example")
    site.run("courier", "--once")
    t.eq(state(site, 3), ["renewed"], "AUTORIZZO to that letter counts")

    # rights: who answers for the holder does not authorize others
    site.run("box", "delegate", "m2@pec.example", "add", "delegata@studio.example")
    send(site, replies.gmail(asks[2], "delegata@studio.example", "AUTORIZZO"), replies.token_address(asks[2]), "delegata@studio.example")
    t.eq(state(site, 2), ["offered"], "a delegate does not authorize another address")
    send(site, replies.gmail(asks[2], "m2@posta.example", "AUTORIZZO"), replies.token_address(asks[2]), "m2@posta.example")
    site.run("courier", "--once")
    t.eq(state(site, 2), ["renewed"], "the holder still does")

    # delegates
    code, out, _ = site.run("box", "delegate", "m4@pec.example", "add", "Delegata@Studio.example")
    t.eq(site.run("box", "delegate", "m4@pec.example", "list")[1].split()[0], "delegata@studio.example", "a delegate is added and listed")
    t.eq([(d["box"], d["address"], d["kind"]) for d in site.json("box", "delegate", "m4@pec.example", "list")], [("m4@pec.example", "delegata@studio.example", "delegate")], "as JSON, too")
    send(site, replies.gmail(summaries[4], "delegata@studio.example", "Accetto"), replies.token_address(summaries[4]), "delegata@studio.example")
    site.run("courier", "--once")
    t.eq(state(site, 4), ["renewed"], "a delegate accepts")
    t.ok(any("le confermiamo l'ordine" in text_of(m) for m in sink.to("m4@posta.example")) and not sink.to("delegata@studio.example"), "the confirmation goes to the holder")
    site.run("box", "delegate", "m4@pec.example", "remove", "delegata@studio.example")
    t.eq(site.run("box", "delegate", "m4@pec.example", "list")[1], "", "and is removed")
    t.eq(site.run("box", "delegate", "none@pec.example", "list", check=False)[0], 66, "an unknown box is named")
    t.eq(site.run("box", "delegate", "m4@pec.example", "add", "nobody", check=False)[0], 64, "what is no address is refused")
sink.stop()
t.done()
