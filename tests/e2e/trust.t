#!/usr/bin/python3
"""What makes a letter one that members can trust: its signature (read by openssl and gpgsm), the deadline for their calendar (read by libical),
and no attachment but contracts, calendar and signature."""
import ctypes, datetime, email, email.policy, pathlib, shutil, sqlite3, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for
from signed import Letters

t, sink = Tap(), Sink()
tmp = pathlib.Path(tempfile.mkdtemp(prefix="trust-"))
ca = Letters(tmp)
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
END = datetime.date.today() + datetime.timedelta(days=30)
AUTH = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
SMIME = "[smime]\nkey=%s\ncertificate=%s\n"

ical = ctypes.CDLL("libical.so.3")
for name, args in (("icalparser_parse_string", 1), ("icalcomponent_get_first_component", 2), ("icalcomponent_get_uid", 1), ("icalcomponent_get_summary", 1),
                   ("icalcomponent_get_first_property", 2), ("icalproperty_get_value_as_string", 1), ("icalrestriction_check", 1),
                   ("icalcomponent_count_components", 2), ("icalcomponent_get_description", 1)):
    f = getattr(ical, name)
    f.restype = ctypes.c_int if "check" in name or "count" in name else ctypes.c_char_p if name.split("_")[-1] in ("uid", "summary", "string", "description") \
        and "parse" not in name else ctypes.c_void_p
    f.argtypes = [ctypes.c_char_p] if "parse" in name else [ctypes.c_void_p] + [ctypes.c_int] * (args - 1)
ical.icalproperty_string_to_kind.argtypes = ical.icalcomponent_string_to_kind.argtypes = [ctypes.c_char_p]


def event(raw):
    """A calendar file by libical: its method, its properties, and how many alarms it has."""
    root = ical.icalparser_parse_string(raw)
    got = {"valid": ical.icalrestriction_check(root)}
    e = ical.icalcomponent_get_first_component(root, ical.icalcomponent_string_to_kind(b"VEVENT"))
    got["alarms"] = ical.icalcomponent_count_components(e, ical.icalcomponent_string_to_kind(b"VALARM"))
    for where, names in ((root, ["METHOD"]), (e, ["UID", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "SUMMARY", "DESCRIPTION", "ORGANIZER"])):
        for name in names:
            p = ical.icalcomponent_get_first_property(where, ical.icalproperty_string_to_kind(name.encode()))
            got[name] = ical.icalproperty_get_value_as_string(p).decode() if p else None
    return got


def calendar(letter):
    return [p for p in letter.walk() if p.get_content_type() == "text/calendar"]


with Site(smtp_port=sink.port, authserv="mx.ordine.example", courier=SMIME % (tmp / "letters.key", tmp / "letters.pem"), convention="calendar=yes\n") as site:
    site.run("init")
    code, said, _ = site.run("check", check=False)
    t.ok("letter key" in said and "warn  letter key" in said, "check says until when the certificate is good, and warns in its last month", said)
    for name, cert, why in (("another address", ca.issue("other.pem", "altro@ordine.example"), "it is not about rinnovo@ordine.example"),
                            ("another purpose", ca.issue("server.pem", "rinnovo@ordine.example", "serverAuth"), "it is not for signing mail"),
                            ("an end that is past", ca.issue("old.pem", "rinnovo@ordine.example", days="-1"), "it has expired")):
        conf = tmp / "bad.conf"
        conf.write_text(site.conf.read_text().replace(str(tmp / "letters.pem"), str(cert)))
        code, said, err = site.run("check", "--config", conf, check=False)
        t.ok(code == 2 and "FAIL  letter key" in said and why in said, "check refuses a certificate with %s" % name, said + err)
        code, said, err = site.run("notify", "--config", conf, check=False)
        t.ok(code == 0 and "letter-unsigned" in err and why in err, "notify goes on, and its log says why letters are not signed", said + err)
        code, said, err = site.run("deliver", "--config", conf, "--rcpt", "rinnovo@ordine.example", input=b"From: a@posta.example\r\nMessage-ID: <%s@posta.example>\r\n\r\nciao\r\n" % name.replace(" ", "-").encode(), check=False)
        t.ok(code == 0, "and mail is taken as ever (law 1)", said + err)
    (tmp / "bad.conf").write_text(site.conf.read_text().replace(str(tmp / "letters.key"), str(tmp / "ca.key")).replace("o=prova", ""))
    (tmp / "ca.key").chmod(0o600)
    t.ok("does not belong to the key" in site.run("check", "--config", tmp / "bad.conf", check=False)[1], "nor with the key of another")

    site.boxes({"box": BOX, "reference": ROSSI, "expiry": END.isoformat(), "document": "no"})
    site.run("notify")
    site.start("lmtpd")
    site.start("courier")
    notice = wait_for(lambda: sink.to(ROSSI))[0]
    raw = sink.mails[0][2]
    t.eq(notice.get_content_type(), "multipart/signed", "the notice is signed")
    t.ok(notice.get_param("micalg") == "sha-256" and notice.get_param("protocol") == "application/pkcs7-signature", "with the parameters of RFC 8551")
    for reader in (ca.cms, ca.smime, ca.gpgsm):
        good, said = reader(raw)
        t.ok(good, "its signature is good for %s" % reader.__name__, said)
        good, said = reader(raw.replace(b"Gentile", b"Gentil3", 1))
        t.ok(not good, "and %s sees that one letter was changed" % reader.__name__, said)
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
    stored = db.execute("SELECT raw FROM letter ORDER BY id LIMIT 1").fetchone()[0]
    db.close()
    t.ok(stored == raw, "what the outbox keeps is what was signed and sent, byte for byte")

    ics = calendar(notice)
    t.ok(len(ics) == 1 and ics[0].get_param("method") == "PUBLISH" and ics[0].get_filename() == "scadenza-pec.ics", "the notice carries the deadline")
    first = ics[0].get_payload(decode=True)
    e = event(first)
    t.ok(e["valid"] and e["METHOD"] == "PUBLISH" and e["DTSTART"] == END.strftime("%Y%m%d") and e["STATUS"] == "CONFIRMED", "libical reads it: the last day, all of it", e)
    t.eq(e["DTEND"], (END + datetime.timedelta(days=1)).strftime("%Y%m%d"), "until the day after, which RFC 5545 does not count")
    t.ok(e["alarms"] == 1 and BOX in e["SUMMARY"] and BOX in e["DESCRIPTION"], "with an alarm, and the name of the box", e)
    t.ok(all(len(l) <= 75 for l in first.split(b"\r\n")) and first.endswith(b"\r\n") and b"\n" not in first.replace(b"\r\n", b""), "its lines are folded", first)

    # The answers: one that attaches the signed letter, and one that quotes it.
    reply = email.message_from_bytes(replies.gmail(notice, ROSSI, "RINNOVA"), policy=email.policy.SMTP)
    reply.make_mixed()
    reply.add_attachment(notice)
    reply.add_attachment(first, maintype="text", subtype="calendar", filename="scadenza-pec.ics", params={"method": "PUBLISH"})
    site.lmtp(AUTH + reply.as_bytes(policy=reply.policy.clone(max_line_length=998)), replies.token_address(notice))
    ask = wait_for(lambda: sink.to(ROSSI)[1:])[0]
    t.ok("documento" in str(ask["Subject"]), "a reply that attaches the signed letter and its calendar is a yes, and neither is the document", str(ask["Subject"]))
    photo = email.message_from_bytes(replies.gmail(ask, ROSSI, "Ecco"), policy=email.policy.SMTP)
    photo.make_mixed()
    photo.add_attachment(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 500, maintype="image", subtype="jpeg", filename="carta.jpg")
    site.lmtp(AUTH + photo.as_bytes(policy=photo.policy.clone(max_line_length=998)), replies.token_address(ask))
    summary = wait_for(lambda: sink.to(ROSSI)[2:])[0]
    t.eq([p.get_filename() for p in summary.walk() if p.get_filename()], ["contratto.txt", "smime.p7s"], "the summary carries contract and signature, and no event")
    site.lmtp(AUTH + replies.outlook(summary, ROSSI, "ACCETTO"), replies.token_address(summary))
    t.ok(wait_for(lambda: [o for o in site.json("order", "list") if o["state"] == "renewed"]), "a quoted signed summary does not stand in the way of ACCETTO", site.log("lmtpd"))
    wait_for(lambda: sink.to(ROSSI)[4:])
    gone = [event(calendar(m)[0].get_payload(decode=True)) for m in sink.to(ROSSI)[3:] if calendar(m)]
    t.ok(len(gone) == 1 and gone[0]["valid"] and gone[0]["METHOD"] == "CANCEL" and gone[0]["STATUS"] == "CANCELLED" and gone[0]["alarms"] == 0,
         "the confirmation takes the event out again", gone)
    t.ok(gone[0]["UID"] == e["UID"] and int(gone[0]["SEQUENCE"]) > int(e["SEQUENCE"]), "by the same UID and a higher SEQUENCE", gone)

    # Over every letter that was written.
    allowed = {"contratto.txt", "scadenza-pec.ics", "smime.p7s"}
    for sender, rcpt, raw in sink.mails:
        m = email.message_from_bytes(raw, policy=email.policy.default)
        extra = [p.get_filename() for p in m.walk() if p.get_filename() or p.get_content_disposition() == "attachment"]
        t.ok(set(extra) <= allowed and ca.cms(raw)[0], "%s: signed, and nothing attached but contracts, calendar and signature" % m["Subject"], extra)

# The event goes to three calendars, is taken out of each, stands again after ANNULLA, and each change has a higher number, all on one day.
with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="calendar=yes\n") as site:
    site.conf.write_text(site.conf.read_text().replace("cooling=0s", "cooling=2h").replace("notify-box=false", "notify-box=true"))
    SECOND, PEC = "studio@posta.example", "luca.neri@pec.example"
    ADDRESSES = ["luca.neri@posta.example", SECOND, PEC]
    site.run("init")
    (site.dir / "boxes.csv").write_text("box,holder,reference,reference2,expiry,convention,document\n%s,Luca Neri,%s,%s,%s,fnomceo,yes\n" % (PEC, ADDRESSES[0], SECOND, END))
    site.run("import", site.dir / "boxes.csv")
    site.run("notify")
    site.start("lmtpd")
    site.start("courier")
    events = lambda to: [event(calendar(m)[0].get_payload(decode=True)) for m in sink.to(to) if calendar(m)]
    last = lambda to, subject: wait_for(lambda: [m for m in sink.to(to) if subject in str(m["Subject"])])[-1]
    notice = last(ADDRESSES[0], "scade")
    answer = lambda letter, words: site.lmtp(AUTH + replies.gmail(letter, ADDRESSES[0], words), replies.token_address(letter))
    answer(notice, "RINNOVA")
    answer(last(ADDRESSES[0], "Riepilogo"), "ACCETTO")
    conclusion = last(ADDRESSES[0], "Conferma")
    answer(conclusion, "ANNULLA")
    wait_for(lambda: len(events(ADDRESSES[0])) == 3 and len(events(PEC)) == 3)
    answer(last(ADDRESSES[0], "annullat"), "RINNOVA")
    wait_for(lambda: len([m for m in sink.to(ADDRESSES[0]) if "Riepilogo" in str(m["Subject"])]) == 2)
    answer(last(ADDRESSES[0], "Riepilogo"), "ACCETTO")
    for to in ADDRESSES:
        wait_for(lambda: len(events(to)) == 4)
        got = events(to)
        t.eq([e["METHOD"] for e in got], ["PUBLISH", "CANCEL", "PUBLISH", "CANCEL"], "%s: the event comes, goes, comes again after ANNULLA, and goes" % to)
        t.ok(all(e["valid"] for e in got) and len({e["UID"] for e in got}) == 1 and [e["STATUS"] for e in got] == ["CONFIRMED", "CANCELLED"] * 2, "libical reads each", got)
        numbers = [int(e["SEQUENCE"]) for e in got]
        t.ok(numbers == sorted(set(numbers)), "and each has a higher number than the one before", numbers)
        t.eq([e["alarms"] for e in got], [1, 0, 1, 0], "the alarm comes and goes with it")
    every = [int(e["SEQUENCE"]) for to in ADDRESSES for e in events(to)]
    t.eq(len(set(every)), len(every), "no two letters have the same number")
    t.ok(max(int(events(to)[0]["SEQUENCE"]) for to in ADDRESSES) < min(int(events(to)[1]["SEQUENCE"]) for to in ADDRESSES), "whichever of the copies was read first")
    t.eq(len([o for o in site.json("order", "list")]), 1, "and all of that was one order")
ca.end()
shutil.rmtree(tmp)
sink.stop()
t.done()
