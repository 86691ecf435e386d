#!/usr/bin/python3
"""A member answers from the PEC box: strong proof, an order, and nothing by the same envelope twice."""
import datetime, os, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of
from pecmail import Provider, STYLES, crlf, signed
from testca import CA

t, sink, ca = Tap(), Sink(), CA()
provider = Provider(ca)
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
BOX, REF = "m.rossi@pec.example", "m.rossi@posta.example"
ca.leaf("member", "l.bianchi@posta.example", issuer="public", dn="/C=IT/O=Studio Bianchi")


def children(pid):
    return [int(c) for task in os.listdir("/proc/%d/task" % pid) for c in pathlib.Path("/proc/%d/task/%s/children" % (pid, task)).read_text().split()]


with Site(smtp_port=sink.port, site="[pec]\nanchors=%s\n[smime]\nanchors=%s\n" % (ca.anchors, ca.folder("members", "public.pem")),
          convention="low-proof=no\n") as site:
    site.run("init")
    code, out, _ = site.run("check", check=False)
    t.ok("PEC anchor" in out and "Prova CA1" in out and "unknown key" in out, "check says which certificates are believed, and that it does not know this one", out)
    site.boxes({"box": BOX, "reference": REF, "expiry": expiry}, {"box": "l.bianchi@pec.example", "reference": "l.bianchi@posta.example", "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    door = site.start("lmtpd")

    def state(box=BOX):
        return [(o["state"], o["proof"]) for o in site.json("order", "list") if o["box"] == box]

    def send(mail, to, sender=BOX):
        answer = site.lmtp(mail, to, sender)
        site.run("courier", "--once")
        return answer

    notice = sink.to(REF)[-1]
    to = replies.token_address(notice)
    yes = replies.outlook(notice, BOX, "RINNOVA")
    envelope = provider.transport(yes, BOX, [to])
    t.ok(send(envelope, to)[0].startswith("250"), "the envelope is taken")
    t.eq(state(), [("offered", "none")], "the order goes on")
    t.ok("proof=strong rule=good-token-strong-yes" in site.log("lmtpd"), "with strong proof", site.log("lmtpd"))
    summary = sink.to(REF)[-1]
    t.ok("riepilogo" in text_of(summary).lower(), "the summary goes to the reference address", text_of(summary))

    # law 7: what it rests on was read by children that had read nothing before
    def readers():
        return {c for z in children(door.pid) for c in children(z)}
    junk = b"From: x@altrove.example\r\nMessage-ID: <j%d@altrove.example>\r\n\r\nciao\r\n"
    send(junk % 1, "rinnovo@ordine.example", "x@altrove.example")
    was = readers()
    send(junk % 2, "rinnovo@ordine.example", "x@altrove.example")
    t.eq(readers(), was, "an ordinary mail is read by a child that is there already")
    send(provider.transport(yes, BOX, ["altri@pec.example"]), "rinnovo@ordine.example")
    t.ok(len(readers() - was) >= 2, "an envelope by two fresh ones: one for the signature, one for the text", (was, readers()))

    # the same message, and the same envelope in another one
    before = len(sink.mails)
    t.ok(send(envelope, to)[0].startswith("250"), "the same message again is answered yes")
    t.eq((len(sink.mails), len(site.json("held", "list"))), (before, 1), "and nothing follows")
    again = envelope.replace(b"Message-ID: <jpec", b"Message-ID: <zpec", 1)
    send(again, to)
    t.eq([h["rule"] for h in site.json("held", "list")][1:], ["pec-replayed"], "the same envelope under a new header is held as replayed")
    t.eq(state(), [("offered", "none")], "and moves nothing")
    for n, rcpt in enumerate(("rinnovo@ordine.example", "rinnovo+x@ordine.example", "rinnovo+y@ordine.example")):
        send(envelope.replace(b"Message-ID: <jpec", b"Message-ID: <a%dpec" % n, 1), rcpt)
        t.eq([h["rule"] for h in site.json("held", "list")][2 + n:], ["pec-replayed"], "nor does it at %s, to which its sender did not write" % rcpt)

    # acceptance, from the box, by the summary's own token
    to2 = replies.token_address(summary)
    send(provider.transport(yes, BOX, [to], number="x1@pec.prova.example"), to2)
    t.eq([h["rule"] for h in site.json("held", "list")][-1], "pec-recipient", "an envelope to one token does not answer for another")
    broken = provider.transport(replies.gmail(summary, BOX, "Accetto"), BOX, [to2]).replace(b"Accetto", b"ACCETTO")
    send(broken, to2)
    t.eq(([h["rule"] for h in site.json("held", "list")][-1], state()), ("pec-signature-broken", [("offered", "none")]), "a broken one is held, not lost")
    send(provider.transport(replies.gmail(summary, BOX, "Accetto"), BOX, [to2]), to2)
    site.run("courier", "--once")
    t.eq(state(), [("renewed", "strong")], "the acceptance concludes, strongly proven, where low proof is forbidden")

    # a member who signs
    who = "l.bianchi@posta.example"
    notice = sink.to(who)[-1]
    to = replies.token_address(notice)
    body = crlf('Content-Type: text/plain; charset="utf-8"\n\nRINNOVA\n')
    cms = ca.sign(body, "member")

    def own(n, rcpt):
        return signed("From: Luca <%s>\nTo: %s\nSubject: Re: x\nMessage-ID: <own%d@x.example>\n" % (who, rcpt, n), body, cms, STYLES["aruba2026"])
    send(own(1, to), to, who)
    t.eq(state("l.bianchi@pec.example"), [("offered", "none")], "a member's own S/MIME: the order goes on")
    t.eq(site.log("lmtpd").count("proof=strong rule=good-token-strong-yes"), 2, "strong as well")
    summary = sink.to(who)[-1]
    j = site.run("explain", "--json", "--rcpt", replies.token_address(summary), input=own(2, replies.token_address(summary)))[1]
    t.ok('"proof":"low"' in j and "has been here before" in j, "what was signed once proves nothing a second time", j)
    j = site.run("explain", "--json", "--rcpt", replies.token_address(summary),
                 input=own(3, replies.token_address(summary)).replace(b"\r\n", b"\n"))[1]
    t.ok('"proof":"low"' in j and "has been here before" in j, "nor with other line ends, which no signature sees", j)

# certificates that cannot be read are a fault of the configuration: nothing starts, and deliver keeps the mail out
bad = ca.folder("bad", "ca.pem")
(bad / "zz.pem").write_text("no certificate")
with Site(smtp_port=sink.port, site="[pec]\nanchors=%s\n" % bad) as site:
    site.run("init")
    code, out, _ = site.run("check", check=False)
    t.ok(code != 0 and "zz.pem" in out, "check names the file", out)
    code, _, err = site.run("deliver", "--rcpt", "rinnovo@ordine.example", input=b"From: a@b.example\n\nx\n", check=False)
    t.eq(code, 75, "deliver exits 75")

# A reference address where nothing arrives: the summary of a strong request goes to the box as well.
with Site(smtp_port=sink.port, site="[pec]\nanchors=%s\n" % ca.anchors) as site:
    site.run("init")
    site.boxes({"box": BOX, "reference": REF, "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    notice, bounces = sink.to(REF)[-1], [s for s, r, _ in sink.mails if r == REF][-1]
    dead = ("From: MAILER-DAEMON@mx.example\nTo: x\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <b@mx.example>\n\n"
            "<%s>: 550 5.1.1 unknown\n\nMessage-ID: %s\n" % (REF, notice["Message-ID"])).encode()
    site.lmtp(dead, bounces, "")
    to = replies.token_address(notice)
    before = len(sink.to(REF)), len(sink.to(BOX))
    site.lmtp(provider.transport(replies.outlook(notice, BOX, "RINNOVA"), BOX, [to]), to, BOX)
    site.run("courier", "--once")
    kinds = sorted((l["kind"], l["to"]) for l in site.json("box", "show", BOX)[0]["letters"])
    t.eq(kinds, sorted([("notice", REF), ("notice", BOX), ("summary", REF), ("summary", BOX)]), "a dead reference address: the summary goes to the box that proved itself too")
    own = [m for m in sink.to(BOX) if "riepilogo" in text_of(m).lower()]
    site.lmtp(provider.transport(replies.outlook(own[-1], BOX, "ACCETTO"), BOX, [replies.token_address(own[-1])]), replies.token_address(own[-1]), BOX)
    t.eq([(o["state"], o["proof"]) for o in site.json("order", "list")], [("accepted", "strong")], "and is accepted there")

t.done()
