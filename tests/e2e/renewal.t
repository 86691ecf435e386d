#!/usr/bin/python3
"""The main job by LMTP and a mail sink: notice, reply, summary, acceptance, provider, renewed; laws 2, 3, 5 and 9 on the way."""
import datetime, email.utils, pathlib, re, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for

t, sink = Tap(), Sink()
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
AUTH = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"

with Site(smtp_port=sink.port, authserv="mx.ordine.example") as site:
    site.run("init")
    t.ok("1 boxes added" in site.boxes({"box": BOX, "reference": ROSSI, "expiry": expiry})[1], "a box is imported")
    t.ok("1 notices written" in site.run("notify")[1], "the notice that is due is written")
    t.ok("0 notices written" in site.run("notify")[1], "and only once")
    site.start("lmtpd")
    site.start("courier")
    notice = wait_for(lambda: sink.to(ROSSI))[0]
    body = text_of(notice)
    t.ok(BOX in body and "Registro delle Imprese" in body, "the notice names the box and warns of the business register", body)
    t.ok(re.search(r"mailto:rinnovo\+[0-9a-hjkmnp-tv-z]{40}@ordine\.example\?subject=\S+&body=RINNOVA", body), "its link is a mailto with a token", body)
    t.eq(notice["Auto-Submitted"], "auto-generated", "it says that a machine wrote it")
    t.ok("http" not in body.replace("https://guida", ""), "it has no web link")
    rcpt = replies.token_address(notice)

    reply = AUTH + replies.gmail(notice, ROSSI, "RINNOVA")
    t.ok(site.lmtp(reply, rcpt)[0].startswith("250"), "the reply is taken")
    summary = wait_for(lambda: sink.to(ROSSI)[1:])[0]
    t.ok("0,00" in text_of(summary) and "1234@provider.example" in text_of(summary), "the summary names amount and account", text_of(summary))
    t.ok("contratto.txt" in [p.get_filename() for p in summary.iter_attachments()], "and carries the contract")
    accept = replies.token_address(summary)
    t.ok(accept != rcpt, "it carries a new token")

    # A notice's token can never accept a contract.
    site.lmtp(replies.gmail(notice, ROSSI, "Accetto"), rcpt)
    t.eq(site.json("order", "list")[0]["state"], "offered", "ACCETTO to the notice's token concludes nothing")
    t.ok(site.lmtp(AUTH + replies.iphone(summary, ROSSI, "Accetto"), accept)[0].startswith("250"), "the acceptance is taken")
    t.ok(wait_for(lambda: [o for o in site.json("order", "list") if o["state"] == "renewed"]), "the order ends renewed", site.log("courier"))
    order = site.json("order", "list")[0]
    t.eq(order["proof"], "normal", "an aligned DKIM pass is proof normal")
    t.eq(site.json("box", "show", BOX)[0]["expiry"], order["new_expiry"], "the box has the new expiry")
    t.ok(wait_for(lambda: any(order["number"] in text_of(m) and "https://guida.example/pec" in text_of(m) for m in sink.to(ROSSI))), "the confirmation names number and guide")

    # Law 2: the same again changes nothing.
    before = (site.json("order", "list"), len(site.json("outbox", "list", "--all")))
    for raw, to in ((reply, rcpt), (AUTH + replies.iphone(summary, ROSSI, "Accetto"), accept)):
        t.ok(site.lmtp(raw, to)[0].startswith("250"), "an answer that comes again is taken")
    after = (site.json("order", "list"), len(site.json("outbox", "list", "--all")))
    t.eq(after[0], before[0], "and the order stays as it is")
    t.ok(after[1] - before[1] <= 1, "one letter \"already done\" at most", str(after))
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
    t.eq(db.execute("SELECT count(*) FROM inbox WHERE digest IN (SELECT digest FROM inbox GROUP BY rcpt, message_id, digest HAVING count(*) > 1)").fetchone()[0], 0, "no mail stands twice in the inbox")
    db.close()

    # Law 3: only registered addresses are written to.
    evil = replies.gmail(notice, "eve@evil.example", "RINNOVA").replace(b"From:", b"Reply-To: eve2@evil.example\r\nFrom:", 1)
    site.lmtp(evil, rcpt, "eve@evil.example")
    site.lmtp(b"From: someone@else.example\r\nTo: rinnovo@ordine.example\r\nSubject: ciao\r\n\r\nRINNOVA\r\n", "rinnovo@ordine.example", "someone@else.example")
    wait_for(lambda: not [l for l in site.json("outbox", "list") if l["state"] in ("queued", "claimed")], 10)
    t.eq(sorted({r for _, r, _ in sink.mails} - {ROSSI, "admin@posta.example", "segreteria@posta.example"}), [], "letters go to registered addresses only")

    # Law 9: no token, address or text of a member in the log.
    log = site.log("lmtpd") + site.log("courier")
    tokens = set(re.findall(r"[0-9a-hjkmnp-tv-z]{40}", rcpt + accept))
    t.ok(not any(tok[:8] in log for tok in tokens), "no token in the log")
    t.ok(ROSSI not in log and "RINNOVA" not in log, "no address and no text of a member in the log", log)
    t.ok("rule=" in log and "outcome=done" in log, "but what was done and by which rule", log)

    code, out, _ = site.run("box", "show", BOX)
    t.ok("order accepted->renewed" in out, "`box show` tells the story", out)
    t.ok(not any(tok in out for tok in tokens), "and shows no token", out)
sink.stop()
t.done()
