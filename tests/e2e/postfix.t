#!/usr/bin/python3
"""A real Postfix before both doors: queue id in the log, a lmtpd that is away, a binary that is gone, a forged Authentication-Results stripped."""
import datetime, os, pathlib, shutil, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Site, Tap, free_port, text_of, wait_for
from postfix import Postfix

if os.geteuid() != 0:
    print("1..0 # SKIP a private Postfix can only be started by root")
    sys.exit(0)

t = Tap()
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
ports = (free_port(), free_port())
FORGED = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example;\r\n dkim=pass header.d=posta.example\r\n"
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
site = Site(smtp_port=ports[0], user="nobody", authserv="mx.ordine.example")
mta = None
try:
    site.run("init")
    mta = Postfix(site, ports=ports)
    site.boxes({"box": BOX, "reference": ROSSI, "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    notice = wait_for(lambda: mta.mails(ROSSI))[0]
    rcpt = replies.token_address(notice)

    mta.send(replies.gmail(notice, ROSSI, ""), rcpt, ROSSI)
    t.ok(wait_for(lambda: "status=deferred" in mta.log()), "lmtpd away: Postfix keeps the mail", mta.log()[-1500:])
    site.start("lmtpd")
    t.ok(wait_for(lambda: "outcome=done" in site.log("lmtpd"), 30), "and delivers it when lmtpd is back", mta.log()[-1500:])

    mta.send(FORGED + replies.gmail(notice, ROSSI, "RINNOVA"), rcpt, ROSSI)
    t.ok(wait_for(lambda: "rule=good-token-low-yes" in site.log("lmtpd")), "a forged Authentication-Results of ours is stripped by the header_checks of the page: proof stays low", site.log("lmtpd"))
    queue_ids = [l.split()[1] for l in site.log("lmtpd").splitlines() if " deliver " in l]
    t.ok(all(q != "-" and q in mta.log() for q in queue_ids), "the log names Postfix's queue id", site.log("lmtpd"))
    site.run("courier", "--once")
    summary = wait_for(lambda: [m for m in mta.mails(ROSSI) if m["Subject"].startswith("Riepilogo")])[0]

    os.rename(site.binary, str(site.binary) + ".gone")
    before = mta.log().count("status=bounced")
    mta.send(replies.iphone(summary, ROSSI, "ACCETTO"), replies.token_address(summary), ROSSI, pipe=True)
    t.ok(wait_for(lambda: "relay=rinnova," in mta.log().split("status=")[-2] + mta.log().split("status=")[-1]), "the pipe is tried")
    bounced = mta.log().count("status=bounced") > before
    os.rename(str(site.binary) + ".gone", site.binary)
    t.ok(not bounced, "a binary that is missing bounces nothing", mta.log()[-1500:])
    t.ok(wait_for(lambda: [o for o in site.json("order", "list") if o["state"] == "accepted"], 40), "and the mail is delivered when it is back", mta.log()[-2000:])
    code, out, _ = site.run("check", "--send", check=False)
    t.ok("ok    probe lmtp" in out and "ok    probe mta      to rinnovo+selftest@ordine.example and back" in out, "check --send: a probe by LMTP, and one through Postfix and back", out)
    upper = rcpt.split("@")[0].upper() + "@ORDINE.EXAMPLE"
    n = site.log("lmtpd").count("outcome=")
    mta.send(replies.gmail(notice, ROSSI, "grazie"), upper, ROSSI)
    t.ok(wait_for(lambda: site.log("lmtpd").count("outcome=") > n) and "token=" in site.log("lmtpd").splitlines()[-1], "an upper-cased recipient keeps its token", site.log("lmtpd"))
finally:
    if mta:
        mta.stop()
    site.end()
t.done()
