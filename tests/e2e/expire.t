#!/usr/bin/python3
"""`rinnova expire`: laws 5 and 6. Who is deactivated the day after, what holds a box back, the day-before dry run, the brake, the undo."""
import datetime, email, email.policy, email.utils, json, os, pathlib, re, sqlite3, sys, zoneinfo
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for

t, sink = Tap(), Sink()
AUTH = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
ADMIN, SECRETARY = "admin@posta.example", "segreteria@posta.example"
TODAY = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Rome")).date()  # as the site counts
LAST = TODAY - datetime.timedelta(days=3)  # the last day of every box here
ROME = "Europe/Rome"


def day(n):
    return (LAST + datetime.timedelta(days=n)).isoformat()


def moment(date, clock):
    """DATE and CLOCK in Rome as a Received line tells them."""
    h, m, s = map(int, clock.split(":"))
    at = datetime.datetime(date.year, date.month, date.day, h, m, s, tzinfo=zoneinfo.ZoneInfo(ROME))
    return email.utils.format_datetime(at)


def received(date, clock):
    return b"Received: from out.posta.example by mx.ordine.example with ESMTPS id 4X; " + moment(date, clock).encode() + b"\r\n"


def name(n):
    return "m%02d@posta.example" % n, "m%02d@pec.example" % n


def member(n, **more):
    ref, box = name(n)
    return dict({"box": box, "reference": ref, "holder": "Membro %d" % n, "expiry": LAST.isoformat()}, **more)


def state(site, n):
    return site.json("box", "show", name(n)[1])[0]["state"]


def ledger(site, n):
    rows = site.json("box", "show", name(n)[1])[0]["ledger"]
    return "\n".join("%s: %s (%s)" % (r["what"], r["why"], r["who"]) for r in rows)


def letters(site, kind):
    return [l for l in site.json("outbox", "list", "--all") if l.get("kind") == kind]


def asks(site):
    path = site.dir / "provider.log"
    return [json.loads(l) for l in path.read_text().splitlines()] if path.exists() else []


def expire(site, n):
    """As a timer would have it: the run of the day before announces what that of day N does."""
    site.run("expire", "--date", day(n - 1))
    return site.run("expire", "--date", day(n))[1]


def quiet(site):
    site.run("courier", "--once")


with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="reactivation-days=40\nanswer-days=5\nheld-days=4\n") as site:
    site.run("init")
    site.boxes(*[member(n) for n in range(1, 11)], *[member(n, expiry=day(300)) for n in range(80, 90)])  # the others keep the brake off
    site.run("notify", "--date", LAST.isoformat())
    quiet(site)
    site.start("lmtpd")
    notice = {n: sink.to(name(n)[0])[0] for n in range(1, 11)}

    def answer(n, typed, date, clock, to=None, head=AUTH):
        letter = to or notice[n]
        raw = received(date, clock) + head + replies.gmail(letter, name(n)[0], typed)
        return site.lmtp(raw, replies.token_address(letter), name(n)[0])[0]

    # 1: no answer. 2: 23:59:59 of the last day. 3: 00:00:00, late. 4: accepted. 5: a question, held. 6: declined.
    # 7, 9: no answer either. 8: deactivated by mistake. 10: two answers, and the mail server was slow with the first.
    answer(2, "RINNOVA", LAST, "23:59:59")
    answer(3, "RINNOVA", LAST + datetime.timedelta(days=1), "00:00:00")
    answer(4, "RINNOVA", LAST, "10:00:00")
    answer(10, "RINNOVA", LAST + datetime.timedelta(days=1), "08:00:00")
    answer(10, "RINNOVA", LAST, "18:00:00")
    answer(6, "NON RINNOVO", LAST, "10:00:00")
    answer(5, "RINNOVA", LAST, "12:00:00", head=AUTH.replace(b"dmarc=pass", b"dmarc=fail").replace(b"dkim=pass", b"dkim=fail"))
    quiet(site)
    offer = {n: [m for m in sink.to(name(n)[0]) if "riepilogo" in m["Subject"].lower()][0] for n in (2, 3, 4)}
    (site.dir / "provider.mode").write_text("later")
    answer(4, "Accetto", LAST, "20:00:00", to=offer[4])
    quiet(site)
    t.eq([r["from"] for r in site.json("held", "list")], [name(5)[0]], "one reply is held")
    orders = {o["box"]: o["state"] for o in site.json("order", "list")}
    t.eq((orders[name(2)[1]], orders[name(3)[1]], orders[name(4)[1]]), ("offered", "offered", "accepted"), "and the others stand where they should")

    # The last day itself, and the day before: nothing, but the administrator is told what tomorrow brings.
    out = site.run("expire", "--date", day(0))[1]
    t.ok(out.startswith("0 boxes deactivated, 0 left"), "on the last day nothing is deactivated", out)
    t.ok(out == site.run("expire", "--date", day(0))[1], "nor by a second run")
    quiet(site)
    dry = [m for m in sink.to(ADMIN) if "domani" in m["Subject"]]
    t.eq(len(dry), 1, "one dry run is mailed to the administrator the day before")
    text = text_of(dry[0]) if dry else ""
    t.ok(name(1)[1] in text and name(3)[1] in text and name(2)[1] not in text and name(5)[1] not in text, "it names the boxes that would go, and no other", text)

    # --dry-run changes nothing.
    before = site.run("box", "list", "--json")[1]
    out = site.run("expire", "--dry-run", "--date", day(1))[1]
    t.ok(re.search(r"^deactivate m01@pec\.example expiry=", out, re.M) and "request-in-time m02@" in out and "deactivate m03@" in out and
         "provider-at-work m04@" in out and "reply-held m05@" in out and "deactivate m06@" in out, "--dry-run says what and why", out)
    t.eq(site.run("box", "list", "--json")[1], before, "and changes nothing")

    # The day after.
    out = site.run("expire", "--date", day(1))[1]
    t.ok(out.startswith("6 boxes deactivated, 4 left active"), "the day after, six of ten are deactivated", out)
    t.eq([state(site, n) for n in range(1, 11)], ["deactivated", "active", "deactivated", "active", "active"] + ["deactivated"] * 4 + ["active"], "those without an order in time")
    t.ok("box active->deactivated" in ledger(site, 1), "the ledger says so", ledger(site, 1))
    for n, why in ((2, "request-in-time"), (10, "request-in-time"), (4, "provider-at-work"), (5, "reply-held")):
        t.ok("box left active: " + why in ledger(site, n), "and why box %d was left: %s" % (n, why), ledger(site, n))
    count = (len(site.json("outbox", "list", "--all")), len(ledger(site, 1)), len(ledger(site, 2)))
    out = site.run("expire", "--date", day(1))[1]
    t.ok(out.startswith("0 boxes deactivated"), "the same day again deactivates nothing", out)
    t.eq((len(site.json("outbox", "list", "--all")), len(ledger(site, 1)), len(ledger(site, 2))), count, "and writes nothing")
    (site.dir / "provider.mode").write_text("yes")
    quiet(site)
    mails = sink.to(name(1)[0])
    t.ok("disattivata" in mails[-1]["Subject"] and "Registro delle Imprese" in text_of(mails[-1]), "the member is told", str([m["Subject"] for m in mails]))
    t.ok(re.search(r"fino a: \w+ \d+ \w+ \d{4}", text_of(mails[-1])), "and until when the box can still be renewed", text_of(mails[-1]))
    note = [m for m in sink.to(SECRETARY) if "disattivate" in m["Subject"]]
    t.ok(len(note) == 1 and all(name(n)[1] in text_of(note[0]) for n in (1, 3, 6, 7, 8, 9)), "the secretary gets one note with the list", str([m["Subject"] for m in sink.to(SECRETARY)]))
    off = [a for a in asks(site) if a["action"] == "deactivate"]
    t.eq(sorted(a["box"] for a in off), [name(n)[1] for n in (1, 3, 6, 7, 8, 9)], "the provider is asked, once for each")
    t.ok(all(a["order"] is None and a["expiry"] == LAST.isoformat() and a["idempotency_key"].startswith("deactivate-") for a in off), "without an order, with a key", off)
    t.ok("provider deactivate sent" in ledger(site, 1), "the provider's answer is in the ledger", ledger(site, 1))
    t.ok(wait_for(lambda: (quiet(site), state(site, 4))[1] == "active" and site.json("box", "show", name(4)[1])[0]["expiry"] > day(200)), "the accepted one is renewed")

    # A late reply, deactivated or not: the order goes on, and the box comes back.
    answer(3, "Accetto", TODAY, "00:00:01", to=offer[3])
    t.ok(wait_for(lambda: (quiet(site), state(site, 3))[1] == "active"), "the late one is deactivated, accepts, and is active again")
    answer(1, "RINNOVA", TODAY, "00:00:01")
    quiet(site)
    late = [m for m in sink.to(name(1)[0]) if "riepilogo" in m["Subject"].lower()]
    t.ok(late and answer(1, "Accetto", TODAY, "00:00:02", to=late[-1]).startswith("250"), "an answer after the deactivation gets its summary")
    t.ok(wait_for(lambda: (quiet(site), state(site, 1))[1] == "active"), "and reactivates the box by renewal")
    t.ok("reactivate" not in [a["action"] for a in asks(site)], "by a renewal, not by an undo")

    # Undo.
    t.eq(site.run("expire", "undo", name(2)[1], check=False)[0], 1, "what is not deactivated cannot be undone")
    t.eq(site.run("expire", "undo", "nobody@pec.example", check=False)[0], 66, "nor what is not there")
    t.ok("deactivated->active" in site.run("expire", "undo", name(8)[1])[1], "undo brings a box back")
    quiet(site)
    t.eq([a["box"] for a in asks(site) if a["action"] == "reactivate"], [name(8)[1]], "and the provider is asked to reactivate it")
    site.run("expire", "--date", day(2))
    t.eq(state(site, 8), "active", "the next run leaves it alone")
    t.ok("box deactivated->active" in ledger(site, 8) and "admin:" in ledger(site, 8), "the ledger names who undid it", ledger(site, 8))
    t.eq(site.run("expire", "undo", name(9)[1], "--date", day(41), check=False)[0], 1, "after the reactivation days there is no undo")

    # answer-days and held-days run out.
    site.run("expire", "--date", day(5))
    t.eq((state(site, 2), state(site, 5)), ("active", "active"), "five days later both still wait")
    quiet(site)
    t.eq(len([m for m in sink.to(ADMIN) if "attende una decisione" in m["Subject"]]), 1, "the held one is reported as the administrator's to decide")
    expire(site, 20)
    t.eq((state(site, 2), state(site, 5)), ("deactivated", "active"), "the offer's days are over; the held one still waits for a person")
    t.eq({o["box"]: o["state"] for o in site.json("order", "list")}[name(2)[1]], "lapsed", "and its order has lapsed")
    quiet(site)
    t.eq(len([m for m in sink.to(ADMIN) if "attende una decisione" in m["Subject"]]), 1, "told once, not every day")

    site.run("held", "close", site.json("held", "list")[0]["id"], "--reason", "il titolare non rinnova")
    site.run("expire", "--date", day(21))
    t.eq(state(site, 5), "active", "the day after the decision it is only announced")
    t.ok("box left active: not-announced" in ledger(site, 5), "the ledger says so", ledger(site, 5))
    site.run("expire", "--date", day(22))
    t.eq(state(site, 5), "deactivated", "a person has decided: the held mail is closed, and holds the box back no more")

    t.eq(site.run("expire", "undo", check=False)[0], 64, "undo wants a box")
    t.eq(site.run("expire", "--force-over-brake", check=False)[0], 64, "--force-over-brake wants a reason")

# Law 6: nobody is deactivated who was not named in a dry run of an earlier day, also not by the first run after a stop of some days.
with Site(smtp_port=sink.port) as site:
    sink.mails.clear()
    dry = lambda: [text_of(m) for m in sink.to(ADMIN) if "domani" in m["Subject"]]
    site.run("init")
    site.boxes(member(1), member(2, expiry=day(3)), *[member(n, expiry=day(300)) for n in range(80, 84)])
    t.ok("not-announced m01@" in site.run("expire", "--dry-run", "--date", day(5))[1], "--dry-run says who is not announced yet")
    out = site.run("expire", "--date", day(5))[1]
    t.ok(out.startswith("0 boxes deactivated, 2 left active"), "the first run after a stop deactivates nobody", out)
    quiet(site)
    t.ok(len(dry()) == 1 and name(1)[1] in dry()[0] and name(2)[1] in dry()[0], "it announces them", str(dry()))
    site.run("expire", "--date", day(5))
    t.eq(state(site, 1), "active", "a second run of that day does not take its own day for an earlier one")
    site.boxes(member(3, expiry=day(1)))
    site.run("expire", "--date", day(5))
    quiet(site)
    t.ok(len(dry()) == 2 and name(3)[1] in dry()[1], "who came later that day is announced by a letter of its own", str(dry()))
    site.boxes(member(4, expiry=day(2)))
    site.run("expire", "--date", day(6))
    t.eq([state(site, n) for n in (1, 2, 3, 4)], ["deactivated"] * 3 + ["active"], "the next day they go, but not who was imported since")
    site.boxes(member(4, expiry=day(4)))
    site.run("expire", "--date", day(7))
    t.eq(state(site, 4), "active", "another date is announced anew")
    site.run("expire", "--date", day(8))
    t.eq(state(site, 4), "deactivated", "and then acted upon")

# A late request on a deactivated box is no reason to wait, yet its offer stands for its days and lapses after them.
with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="answer-days=5\n") as site:
    site.run("init")
    site.boxes(member(45))
    site.run("notify", "--date", LAST.isoformat())
    expire(site, 1)
    quiet(site)
    site.start("lmtpd")
    first = sink.to(name(45)[0])[0]
    site.lmtp(received(TODAY, "00:00:01") + AUTH + replies.gmail(first, name(45)[0], "RINNOVA"), replies.token_address(first), name(45)[0])
    site.run("expire", "--date", (TODAY + datetime.timedelta(days=5)).isoformat())
    t.eq(site.json("order", "list")[0]["state"], "offered", "a late request's offer stands to the end of its answer days")
    site.run("expire", "--date", (TODAY + datetime.timedelta(days=6)).isoformat())
    t.eq(site.json("order", "list")[0]["state"], "lapsed", "and lapses after them")

# A repeated request is no way to keep a box without accepting: the answer days run from the first summary on.
with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="answer-days=5\n") as site:
    site.run("init")
    site.boxes(member(44))
    site.run("notify", "--date", LAST.isoformat())
    quiet(site)
    site.start("lmtpd")
    first = sink.to(name(44)[0])[0]
    ask = lambda date: site.lmtp(received(date, "12:00:00") + AUTH + replies.gmail(first, name(44)[0], "RINNOVA"), replies.token_address(first), name(44)[0])
    ask(LAST - datetime.timedelta(days=20))
    db = sqlite3.connect(site.dir / "rinnova.db")
    db.execute("UPDATE renewal SET offered = offered - 23 * 86400")
    db.commit()
    db.close()
    before = site.json("order", "list")[0]
    ask(LAST)
    site.run("courier", "--once")
    t.eq(len([m for m in sink.to(name(44)[0]) if "Riepilogo" in m["Subject"]]), 2, "a repeated request gets the summary again")
    t.eq(site.json("order", "list")[0], before, "and leaves the order as it was")
    expire(site, 1)
    t.eq(state(site, 44), "deactivated", "its answer days are over: the box goes the day after its last one")

# A document that was sent in time and waits for a person is no reason to lose the box.
with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="answer-days=5\ndocument-check=person\n") as site:
    sink.mails.clear()
    site.run("init")
    site.boxes(member(43, document="no"), member(42, document="no"))
    site.run("notify", "--date", LAST.isoformat())
    quiet(site)
    site.start("lmtpd")
    for n, when in ((43, LAST), (42, LAST)):
        first = sink.to(name(n)[0])[0]
        raw = replies.gmail(first, name(n)[0], "RINNOVA")
        if n == 43:
            m = email.message_from_bytes(raw, policy=email.policy.SMTP)
            m.add_attachment(b"%PDF-1.4\n" + b"carta" * 5000, "application", "pdf", filename="carta.pdf")
            raw = m.as_bytes(policy=email.policy.SMTP.clone(max_line_length=998))
        site.lmtp(received(when, "12:00:00") + AUTH + raw, replies.token_address(first), name(n)[0])
    expire(site, 6)
    t.eq((state(site, 43), state(site, 42)), ("active", "deactivated"), "the box whose document waits for a person stays, the other one goes")
    t.ok("box left active: document-to-check" in ledger(site, 43), "the ledger says why", ledger(site, 43))
    site.run("expire", "--date", day(7))
    quiet(site)
    t.eq(len([m for m in sink.to(ADMIN) if "documento attende una decisione" in m["Subject"]]), 1, "and the administrator is told once")
    site.run("document", "accept", "1")
    quiet(site)
    summary = [m for m in sink.to(name(43)[0]) if "Riepilogo" in m["Subject"]][-1]
    site.lmtp(received(TODAY, "00:00:01") + AUTH + replies.gmail(summary, name(43)[0], "ACCETTO"), replies.token_address(summary), name(43)[0])
    t.ok(wait_for(lambda: (quiet(site), site.json("order", "list")[0]["state"])[1] == "renewed"), "accepted by the person and the member: renewed")

# An undo before the provider was asked takes the call back.
with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.boxes(member(46))
    expire(site, 1)
    site.run("expire", "undo", name(46)[1])
    quiet(site)
    t.eq(asks(site), [], "undone before the provider was asked: it never hears of it")

# Undone while the provider puts us off: the old call is never made again.
with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.boxes(member(47))
    expire(site, 1)
    (site.dir / "provider.mode").write_text("later")
    quiet(site)
    site.run("expire", "undo", name(47)[1])
    (site.dir / "provider.mode").write_text("yes")
    t.ok(wait_for(lambda: (quiet(site), not [c for c in site.json("outbox", "list") if c["what"] == "call"])[1], 15, 0.3), "both calls come to an end")
    t.eq([a["action"] for a in asks(site)], ["deactivate", "reactivate"], "what is undone is not asked for again")

# A wrong date, put right by an import, then undone: the right period ends as any other.
with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.boxes(member(48))
    expire(site, 1)
    site.boxes(member(48, expiry=day(10)))
    site.run("expire", "undo", name(48)[1], "--date", day(2))
    site.run("expire", "--date", day(10))
    t.eq(state(site, 48), "active", "undone after its date was put right: active to its last day")
    site.run("expire", "--date", day(11))
    t.eq(state(site, 48), "deactivated", "and deactivated the day after")

# The brake: an import with every date in the past.
with Site(smtp_port=sink.port) as site:
    site.run("init")
    rows = [member(n) for n in range(10, 40)]
    site.boxes(*[dict(r, expiry=day(300)) for r in rows])
    sink.mails.clear()
    path = site.dir / "boxes.csv"
    path.write_text(path.read_text().replace(day(300), day(-1)))
    code, out, err = site.run("import", path, check=False)
    if code != 0:  # the import has a brake of its own
        code, out, err = site.run("import", "--force", "--reason", "prova", path, check=False)
    t.eq(code, 0, "a bad import moves every date into the past")
    out = site.run("expire", "--date", day(0))[1]
    t.ok(out.startswith("0 boxes deactivated, 30 left"), "nobody was told of it: the first run only announces", out)
    quiet(site)
    told = [m for m in sink.to(ADMIN) if "Caselle da disattivare domani: 30" in m["Subject"]]
    t.ok(told and "il freno interverrà" in text_of(told[0]), "and says that the brake will be pulled", str([m["Subject"] for m in sink.to(ADMIN)]))
    sink.mails.clear()
    code, out, err = site.run("expire", "--dry-run", "--date", day(1), check=False)
    t.ok(code == 1 and "brake" in err, "the dry run says that the brake would be pulled", out + err)
    code, out, err = site.run("expire", "--date", day(1), check=False)
    t.ok(code == 1 and "15 of 30" in err, "the brake stops the run before the first box, exit 1", out + err)
    t.eq({b["state"] for b in site.json("box", "list")}, {"active"}, "every box is still active")
    site.run("expire", "--date", day(1), check=False)
    quiet(site)
    t.eq([m["Subject"].split(":")[0] for m in sink.to(ADMIN)], ["Troppe caselle da disattivare", "Caselle da disattivare domani"],
         "the administrator is told, once, and what tomorrow brings; nobody else is")
    t.eq(len(sink.mails), 2, "no member gets a letter")
    out = site.run("expire", "--date", day(1), "--force-over-brake", "--reason", "e' giusto cosi'")[1]
    t.ok(out.startswith("30 boxes deactivated"), "with a reason it goes on", out)
    quiet(site)
    t.ok(len([m for m in sink.to(SECRETARY) if "disattivate: 30" in m["Subject"]]) == 1, "one note for all of them")

# Few boxes: two may go, three of five are more than half, and that is asked first.
with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.boxes(*[member(n) for n in range(90, 93)], *[member(n, expiry=day(300)) for n in range(93, 95)])
    site.run("expire", "--date", day(0))
    code, out, err = site.run("expire", "--date", day(1), check=False)
    t.ok(code == 1 and "2 of 5" in err, "the brake stops a run that would end more than half of a few boxes", out + err)
    site.boxes(member(92, expiry=day(300)))
    t.ok(site.run("expire", "--date", day(1))[1].startswith("2 boxes deactivated"), "two of five may go")

# A queue that cannot be read stops everything.
for command in ("/bin/false", "/nonexistent"):
    with Site(smtp_port=sink.port, site="mail-queue=postfix\nmail-queue-command=%s\n" % command) as site:
        site.run("init")
        site.boxes(member(50))
        sink.mails.clear()
        code, out, err = site.run("expire", "--date", day(1), check=False)
        t.ok(code == 75 and "queue" in err, "%s: a queue that cannot be read stops the run" % command, err)
        t.eq(state(site, 50), "active", "and nothing is deactivated")
        quiet(site)
        t.ok("coda" in sink.to(ADMIN)[0]["Subject"], "the administrator is told")

# sendmail's mailq: a mail of a member that waits.
with Site(smtp_port=sink.port, site="mail-queue=sendmail\nmail-queue-command={0}\n") as site:
    mailq = site.dir / "mailq"
    mailq.write_text("#!/bin/sh\nprintf '\\t\\t/var/spool/mqueue (1 request)\\n5B0  900 Mon Nov 30 23:59 <%s>\\n\\t\\t <rinnovo@ordine.example>\\n'\n" % name(60)[0])
    mailq.chmod(0o755)
    site.conf.write_text(site.conf.read_text().replace("{0}", str(mailq)))
    site.run("init")
    site.boxes(member(60), member(61))
    expire(site, 1)
    t.eq((state(site, 60), state(site, 61)), ("active", "deactivated"), "sendmail: a mail to the public address holds its sender's boxes back")
    t.ok("mail-in-queue" in ledger(site, 60), "and the ledger says so", ledger(site, 60))

# A held mail without a token names no period; it waits for a person for as long as it takes.
with Site(smtp_port=sink.port, authserv="mx.ordine.example") as site:
    site.run("init")
    site.boxes(member(62), member(63))
    site.start("lmtpd")
    for n, day_taken in ((62, LAST), (63, LAST - datetime.timedelta(days=200))):
        site.lmtp(received(day_taken, "12:00:00") + AUTH + b"From: %s\r\nTo: rinnovo@ordine.example\r\nSubject: PEC\r\nMessage-ID: <q%d@posta.example>\r\n\r\nQuanto costa?\r\n" % (
            name(n)[0].encode(), n), "rinnovo@ordine.example", name(n)[0])
    t.eq(len(site.json("held", "list")), 2, "two questions without a token are held")
    expire(site, 1)
    t.eq((state(site, 62), state(site, 63)), ("active", "deactivated"), "one of these days holds its box back, one of long before does not")
    site.run("expire", "--date", day(300))
    t.eq(state(site, 62), "active", "and goes on to, until a person decides")

# A real Postfix with mail that it could not hand over.
if os.geteuid() != 0 or not os.path.exists("/usr/sbin/postqueue"):
    t.ok(True, "postfix: skipped, it needs root and Postfix # SKIP")
else:
    import postfix
    mx = None
    with Site(smtp_port=sink.port, site="mail-queue=postfix\nmail-queue-config={0}\n") as site:
        site.conf.write_text(site.conf.read_text().replace("{0}", str(site.dir / "postfix/etc")))
        site.run("init")
        try:
            mx = postfix.Postfix(site)
            future = (TODAY + datetime.timedelta(days=1))
            rows = [dict(member(n), expiry=TODAY.isoformat()) for n in (70, 71, 72)]
            site.boxes(*rows)
            sink.mails.clear()
            site.run("notify")
            quiet(site)
            letter = sink.to(name(70)[0])[0]
            # no lmtpd listens: the mail is deferred
            mx.send(replies.gmail(letter, name(70)[0], "RINNOVA"), replies.token_address(letter), "altro@posta.example")
            mx.send(b"From: %s\r\nTo: rinnovo@ordine.example\r\n\r\nRINNOVA\r\n" % name(71)[0].encode(), "rinnovo@ordine.example", name(71)[0])
            site.run("expire", "--date", TODAY.isoformat())
            site.run("expire", "--date", (TODAY + datetime.timedelta(days=1)).isoformat())
            t.eq([state(site, n) for n in (70, 71, 72)], ["active", "active", "deactivated"], "postfix: queued mail holds back the box of its token, and those of its sender")
            site.start("lmtpd")
            mx._postfix("flush")
            wait_for(mx.queue_empty, 30)
            t.ok(wait_for(lambda: [o for o in site.json("order", "list") if o["box"] == name(70)[1] and o["state"] == "offered"], 20), "when it arrives it goes on as if it had come in time")
            for n in (2, 3):
                site.run("expire", "--date", (TODAY + datetime.timedelta(days=n)).isoformat())
            t.eq([state(site, n) for n in (70, 71, 72)], ["active", "deactivated", "deactivated"], "and the next run sees the order; the other was no request")
        finally:
            if mx:
                mx.stop()
    # with the mail server stopped its queue is unknown
sink.stop()
t.done()
