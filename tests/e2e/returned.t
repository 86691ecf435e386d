#!/usr/bin/python3
"""What comes back: bounces that name a letter of ours and those that do not, delays, absences, loops, too many answers."""
import datetime, email.policy, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for

t, sink = Tap(), Sink()
ROSSI, BIANCHI, VERDI, ADMIN = ("%s@posta.example" % n for n in ("maria.rossi", "luca.bianchi", "anna.verdi", "admin"))
PEC = "maria.rossi@pec.example"
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
N = [0]


def dsn(message_id, rcpt, action="failed", status="5.1.1", words="550 5.1.1 user unknown"):
    """A delivery status notification, as Postfix writes it."""
    N[0] += 1
    return ("From: MAILER-DAEMON@mx.example (Mail Delivery System)\nTo: %s\nSubject: Undelivered Mail Returned to Sender\n"
            "Message-ID: <bounce%d@mx.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\n"
            "This is the mail system at host mx.example.\n\n<%s>: %s\n\n--b\nContent-Type: message/delivery-status\n\n"
            "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; %s\nAction: %s\nStatus: %s\n"
            "Diagnostic-Code: smtp; %s\n\n--b\nContent-Type: message/rfc822\n\nFrom: rinnovo@ordine.example\n"
            "To: %s\nMessage-ID: %s\nSubject: La sua casella PEC scade\n\nRINNOVA\n\n--b--\n"
            % (rcpt, N[0], rcpt, words, rcpt, action, status, words, rcpt, message_id)).encode()


def letters(site, box, kind="notice"):
    return [l for l in site.json("box", "show", box)[0]["letters"] if l["kind"] == kind]


def sent(site, address):
    site.run("courier", "--once")
    return sink.to(address)


def verp(address):
    """The envelope sender of the newest letter to ADDRESS."""
    return [s for s, r, _ in sink.mails if r == address][-1]


with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.boxes({"box": PEC, "reference": ROSSI, "expiry": EXPIRY},
               {"box": "luca.bianchi@pec.example", "reference": BIANCHI, "expiry": EXPIRY},
               {"box": "anna.verdi@pec.example", "reference": VERDI, "expiry": EXPIRY})
    site.run("notify")
    site.start("lmtpd")
    notice = sent(site, ROSSI)[0]

    # A bounce that names no letter of ours is only a mail.
    site.lmtp(dsn("<forged@ordine.example>", ROSSI), "rinnovo@ordine.example", "")
    t.eq([l["delivery"] for l in letters(site, PEC)], [None], "a bounce that names no letter of ours changes nothing")

    # A delay is noted, and no more.
    site.lmtp(dsn(notice["Message-ID"], ROSSI, "delayed", "4.4.1", "451 4.4.1 no answer"), verp(ROSSI), "")
    got = letters(site, PEC)
    t.eq([(l["delivery"], l["delivery_why"]) for l in got], [("delayed", "4.4.1 451 4.4.1 no answer")], "a delay is noted")

    # For good: marked, the box itself gets the letter, the administrator hears of it.
    t.eq(site.lmtp(dsn(notice["Message-ID"], ROSSI), verp(ROSSI), "")[0][:3], "250", "a bounce is taken")
    got = letters(site, PEC)
    t.eq([l["delivery"] for l in got], ["undeliverable", None], "the letter is undeliverable, and there is another")
    t.eq([l["to"] for l in got], [ROSSI, PEC], "that goes to the box itself")
    out = site.run("outbox", "list")[1]
    t.ok("undeliverable " + ROSSI in " ".join(out.split()) and "user unknown" in out, "outbox list shows it", out)
    other = sent(site, PEC)
    t.ok(len(other) == 1 and text_of(other[0]) == text_of(notice) and PEC in other[0]["To"], "it is the same letter", other and other[0]["To"])
    note = sent(site, ADMIN)
    t.ok(len(note) == 1 and "L1 (notice" in text_of(note[0]) and PEC in text_of(note[0]), "the administrator is told", note and text_of(note[0]))
    ledger = [r["what"] for r in site.json("box", "show", PEC)[0]["ledger"]]
    t.ok("letter came back" in ledger and "letter sent to another address" in ledger, "both stand in the ledger", ledger)
    t.eq(site.json("box", "show", PEC)[0]["orders"], [], "and the word that the bounce quotes orders nothing")

    # The same bounce in other words: once is enough.
    site.lmtp(dsn(notice["Message-ID"], ROSSI, words="550 5.1.1 still unknown"), verp(ROSSI), "")
    t.eq((len(letters(site, PEC)), len(sent(site, ADMIN))), (2, 1), "a second bounce of the same letter adds nothing")

    # The other address is dead as well: nobody is left, and that is said.
    site.lmtp(dsn(notice["Message-ID"], PEC), verp(PEC), "")
    t.eq([l["delivery"] for l in letters(site, PEC)], ["undeliverable", "undeliverable"], "the copy came back too: it is told from the first by its address")
    note = sent(site, ADMIN)
    t.ok(len(note) == 2 and "Non c'è un altro indirizzo" in text_of(note[1]), "the administrator hears that there is no other address", len(note))

    # Sent again by hand, it waits as any other.
    t.eq(site.run("outbox", "retry", "L1")[1], "L1 sent->queued\n", "a letter that came back can be sent again")
    t.eq(letters(site, PEC)[0]["delivery"], None, "and is no longer undeliverable")
    t.ok(len(sent(site, ROSSI)) == 2, "it is sent")

    # The answer to the copy that reached the box counts.
    t.eq(site.lmtp(replies.gmail(other[0], ROSSI, "Rinnova"), replies.token_address(other[0]), ROSSI)[0][:3], "250", "the letter's token is good wherever it was read")
    t.eq([o["state"] for o in site.json("order", "list")], ["offered"], "the order goes on")

    # A bounce without fields, known by the address that it came to.
    old = ("From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\nTo: x\nSubject: failure notice\nMessage-ID: <q@mx.example>\n\n"
           "Hi. This is the qmail-send program.\n<%s>:\nRemote host said: 550 5.2.2 mailbox full\n" % BIANCHI).encode()
    site.lmtp(old, verp(BIANCHI), "")
    t.eq([(l["to"], l["delivery"]) for l in letters(site, "luca.bianchi@pec.example")],
         [(BIANCHI, "undeliverable"), ("luca.bianchi@pec.example", None)], "an old server's sentences are enough with the token of its address")

    # Out of office: kept with the letter.
    verdi = sent(site, VERDI)[0]
    away = ("From: Anna <%s>\nTo: x\nSubject: Risposta automatica: %s\nMessage-ID: <o@posta.example>\nIn-Reply-To: %s\nAuto-Submitted: auto-replied\n\n"
            "Sono in ferie fino al 24 agosto 2099. RINNOVA\n" % (VERDI, verdi["Subject"], verdi["Message-ID"])).encode()
    site.lmtp(away, verp(VERDI), "")
    got = site.json("box", "show", "anna.verdi@pec.example")[0]
    t.eq([(l["delivery"], l["away_until"]) for l in got["letters"]], [(None, "2099-08-24")], "the day of return stands beside the letter")
    t.eq(got["orders"], [], "and a machine orders nothing")
    t.ok("2099-08-24" in site.run("box", "show", "anna.verdi@pec.example")[1], "also in words")

    # Loops: our own mail, and one that has been going round.
    before = len(site.json("outbox", "list", "--all"))
    site.lmtp(bytes(verdi), replies.token_address(verdi), VERDI)
    plain = b"From: %s\nTo: x\nSubject: x\nMessage-ID: <h@posta.example>\nIn-Reply-To: %s\n\nForse\n" % (VERDI.encode(), verdi["Message-ID"].encode())
    site.lmtp(b"Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0100\n" * 61 + plain, replies.token_address(verdi), VERDI)
    own = plain.replace(VERDI.encode(), b"rinnovo@ordine.example").replace(b"<h@", b"<h2@")
    site.lmtp(own, replies.token_address(verdi), "")
    t.eq(len(site.json("outbox", "list", "--all")), before, "our own mail, and mail that goes round, is not answered")
    t.eq({m["class"] for m in site.json("box", "show", "anna.verdi@pec.example")[0]["replies"]}, {"auto"}, "it is a machine's")

with Site(smtp_port=sink.port, site="answers-per-day=3") as site:
    site.run("init")
    site.boxes({"box": PEC, "reference": ROSSI, "expiry": EXPIRY})
    site.run("notify")
    site.start("lmtpd")
    notice = sent(site, ROSSI)[-1]
    for n in range(8):
        m = replies.gmail(notice, ROSSI, ("Rinnova", "Non rinnovo")[n % 2])
        site.lmtp(m, replies.token_address(notice), ROSSI)
    t.eq(len(site.json("outbox", "list", "--all")) - 1, 3, "to one address, so many answers a day")
    t.ok(any(r["why"] == "too-many-answers-today" for r in site.json("box", "show", PEC)[0]["ledger"]), "what comes then waits for a person")
sink.stop()
t.done()
