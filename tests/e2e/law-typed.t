#!/usr/bin/python3
"""Law 4: nothing typed means nothing said. None of these answers makes an order, at the notice or at the offer."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, wait_for

NEVER = ["", "no", "No, grazie", "NON RINNOVO", "non accetto", "Non confermo il rinnovo", "quanto costa?", "Accetto?", "rinnova?", "se è gratis accetto",
         "ho già rinnovato", "confermo la ricezione", "rinnova domani la segretaria", "Conferma di lettura", "grazie", "👍", "non so se rinnovare",
         "Il cliente ha scritto: accetto", "vorrei sapere se devo rinnovare", "Cordiali saluti\nMaria Rossi"]
t, sink = Tap(), Sink()
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


def person(n):
    return "m%d@posta.example" % n, "m%d@pec.example" % n


with Site(smtp_port=sink.port) as site:
    site.run("init")
    count = len(NEVER)
    site.boxes(*[{"box": person(n)[1], "reference": person(n)[0], "expiry": expiry} for n in range(2 * count + 4)])
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    clients = (replies.gmail, replies.iphone, replies.outlook)
    for n, typed in enumerate(NEVER):
        who = person(n)[0]
        notice = sink.to(who)[0]
        answer = site.lmtp(clients[n % 3](notice, who, typed), replies.token_address(notice), who)
        orders = [o for o in site.json("order", "list") if o["box"] == person(n)[1] and o["state"] not in ("declined", "cancelled")]
        t.ok(answer and answer[0].startswith("250") and not orders, "to the notice: %r orders nothing" % typed, str(orders))
    for n in range(count, 2 * count):
        who = person(n)[0]
        notice = sink.to(who)[0]
        site.lmtp(replies.gmail(notice, who, "sì grazie"), replies.token_address(notice), who)
    site.run("courier", "--once")
    for n, typed in enumerate(NEVER):
        who = person(count + n)[0]
        mails = sink.to(who)
        if not t.ok(len(mails) == 2, "%s has a summary" % who):
            continue
        site.lmtp(clients[n % 3](mails[1], who, typed), replies.token_address(mails[1]), who)
        state = [o["state"] for o in site.json("order", "list") if o["box"] == person(count + n)[1]]
        t.ok(state[0] not in ("accepted", "renewed"), "to the offer: %r concludes nothing" % typed, str(state))
    who = person(2 * count)[0]
    notice = sink.to(who)[0]
    site.lmtp(replies.out_of_office(notice, who), replies.token_address(notice), "")
    site.lmtp(replies.out_of_office(notice, who).replace(b"Auto-Submitted: auto-replied\r\n", b""), replies.token_address(notice), who)
    t.ok(not [o for o in site.json("order", "list") if o["box"] == person(2 * count)[1]], "an out-of-office mail orders nothing, with its header or without")
    who = person(2 * count + 1)[0]
    site.lmtp(replies.mailto(sink.to(who)[0], who), replies.token_address(sink.to(who)[0]), who)
    t.eq([o["state"] for o in site.json("order", "list") if o["box"] == person(2 * count + 1)[1]], ["offered"], "the tapped link does order")
sink.stop()
t.done()
