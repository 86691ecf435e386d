#!/usr/bin/python3
"""Letters through a real Postfix, read by neomutt, mblaze, Dovecot's IMAP server and Python's email, and answered by the first two."""
import datetime, email, email.policy, os, pathlib, shutil, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Site, Tap, free_port, text_of, wait_for
from postfix import Postfix
from readers import Desk

try:
    for end in os.openpty():
        os.close(end)
except OSError:
    print("1..0 # SKIP no terminal can be had here: /dev/pts is not mounted")
    sys.exit(0)
missing = [p for p in ("neomutt", "mrep", "/usr/lib/dovecot/imap") if not shutil.which(p)]
if os.geteuid() != 0 or missing:
    print("1..0 # SKIP %s" % ("missing: " + " ".join(missing) if missing else "a private Postfix can only be started by root"))
    sys.exit(0)

t = Tap()
PEOPLE = {"neomutt": "anna.verdi@posta.example", "mblaze": "carlo.neri@posta.example"}
ports = (free_port(), free_port())
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
site = Site(smtp_port=ports[0], user="nobody", authserv="mx.ordine.example", convention="calendar=yes\n")
mta, desks = None, []
try:
    site.run("init")
    mta = Postfix(site, ports=ports)
    site.boxes(*({"box": a.replace("posta", "pec"), "holder": "Nicolò " + n, "reference": a, "expiry": expiry} for n, a in PEOPLE.items()))
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    for program, address in PEOPLE.items():
        notice = wait_for(lambda: mta.mails(address))[0]
        raw = next(p for p in (mta.dir / "mail").rglob("*") if p.is_file() and address.encode() in p.read_bytes()).read_bytes()
        desk = Desk(raw, address, "RINNOVA")
        desks.append(desk)
        if program == "neomutt":
            plain, rich = notice.get_body(("plain",)), notice.get_body(("html",))
            t.eq([p.get_content_type() for p in notice.walk()], ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar"], "python reads the alternatives, the poorer first")
            t.ok("Nicolò" in plain.get_content() and "Nicolò" in rich.get_content() and "à" in plain.get_content(), "each in the right charset")
            seen = desk.bodystructure()
            t.ok('(("text" "plain" ("charset" "utf-8")' in seen and '("text" "html" ("charset" "utf-8")' in seen and '"alternative" ("boundary"' in seen,
                 "Dovecot names the same parts and charsets in its BODYSTRUCTURE", seen)
            t.ok('("text" "calendar" ("charset" "utf-8" "method" "PUBLISH"' in seen, "and the calendar with its method", seen)
            desk.mail = next((desk.dir / "Mail").glob("*/1.x.host*"))
        shown = desk.mshow()
        t.ok("Nicolò" in shown and "«RINNOVA»" in shown, "mblaze shows its text", shown[:600])
        reply = getattr(desk, program)()
        m = email.message_from_bytes(reply, policy=email.policy.default)
        to = [a.addr_spec for a in m["To"].addresses] if m["To"] else []
        t.eq(to, [replies.token_address(notice)], "%s answers to the address with the token" % program)
        t.ok("> " in text_of(m) and "Nicolò" in text_of(m), "and quotes the letter", reply[:1500].decode("utf-8", "replace"))
        said = site.run("explain", "--json", "--rcpt", to[0], input=reply)[1]
        t.ok('"typed_text":"RINNOVA"' in said.replace('": "', '":"'), "of all that, one word was typed", said)
        mta.send(reply, to[0], address)
        t.ok(wait_for(lambda: [o for o in site.json("order", "list") if o["box"] == address.replace("posta", "pec")], 30), "and it is read as the yes that it is", site.log("lmtpd"))
finally:
    if mta:
        mta.stop()
    site.end()
    for d in desks:
        shutil.rmtree(d.dir, ignore_errors=True)
t.done()
