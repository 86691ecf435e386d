#!/usr/bin/python3
"""Who wrote it: forged From fields and forged results of our mail server. None raises the proof; the honest twin is normal."""
import datetime, json, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap

t, sink = Tap(), Sink()
MX, ME, EVIL = "mx.ordine.example", "m.rossi@posta.example", "x@evil.example"
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
OURS = "Received: from a (a [192.0.2.1]) by %s (Postfix) with ESMTP id 1; Mon, 23 Nov 2026 10:00:00 +0100\n" % MX
THEIRS = "Received: from b (b [192.0.2.2]) by mail.evil.example (Postfix) with ESMTP id 2; Mon, 23 Nov 2026 09:59:00 +0100\n"
DKIM = "dkim=pass header.d=posta.example header.s=s1"
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=s1; h=from:to:subject; %sbh=x; b=y\n"


def result(text, by=MX):
    return "Authentication-Results: %s; %s\n" % (by, text)


with Site(smtp_port=sink.port, authserv=MX) as site:
    site.run("init")
    site.boxes({"box": "m.rossi@pec.example", "reference": ME, "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    letter = sink.to(ME)[-1]
    to = replies.token_address(letter)
    plain = replies.outlook(letter, ME, "RINNOVA").replace(b"\r\n", b"\n")
    good = SIGNED % ("posta.example", "")
    from_line = [l for l in plain.split(b"\n") if l.startswith(b"From:")][0] + b"\n"

    def explain(head, from_=None):
        raw = head.encode() + (plain if from_ is None else plain.replace(from_line, from_ if isinstance(from_, bytes) else from_.encode(), 1))
        return json.loads(site.run("explain", "--json", "--rcpt", to, input=raw)[1])

    def check(what, proof, rule, head, from_=None):
        j = explain(head, from_)
        t.eq((j["sender"]["proof"], j["decision"]["rule"]), (proof, rule), "%s: %s, %s" % (rule, proof, what))
        return j

    NORMAL, LOW, NONE = ("normal", "good-token-normal-yes"), ("low", "good-token-low-yes"), ("none", "good-token-other-yes")
    check("an aligned DKIM pass by our server", *NORMAL, OURS + result(DKIM) + good)
    check("the three fields of OpenDKIM and OpenDMARC", *NORMAL, OURS + result("dmarc=pass header.from=posta.example") +
          result("spf=pass smtp.mailfrom=posta.example") + result(DKIM) + good)

    conf = site.conf.read_text()
    site.conf.write_text(conf.replace("results-stripped=yes", "results-stripped=no"))
    j = check("a true pass, where nothing takes forged ones off", *LOW, OURS + result(DKIM) + good)
    t.ok("nothing took forged results off" in j["sender"]["why"], "and it says why", j["sender"]["why"])
    site.conf.write_text(conf)

    # results that are not ours, or not about this mail
    check("no result at all", *LOW, OURS)
    check("a forged one below the first foreign Received", *LOW, OURS + THEIRS + result(DKIM) + good)
    check("a forged one above ours", *LOW, result(DKIM) + OURS + result(DKIM) + good)
    check("two of one method in one place", *LOW, OURS + result(DKIM) + result(DKIM) + good)
    check("another authserv-id", *LOW, OURS + result(DKIM, "mx.evil.example") + good)
    check("an id that begins like ours", *LOW, OURS + result(DKIM, MX + ".evil.example") + good)
    check("two ids: theirs passes, ours fails", "failed", "good-token-failed", OURS + result("dmarc=fail header.from=posta.example") +
          result("dmarc=pass header.from=posta.example", "mx.evil.example"))
    check("a fail under our name counts wherever it stands", "failed", "good-token-failed",
          OURS + result(DKIM) + good + THEIRS + result("dmarc=fail header.from=posta.example"))
    check("a comment without end behind the id", *LOW, OURS + result(DKIM, MX + "(.evil.example") + good)
    check("a comment that is the id of somebody else is a comment", *NORMAL, OURS + result(DKIM, MX + "(mx.evil.example)") + good)
    check("our id inside a comment", *LOW, OURS + result(DKIM, "mx.evil.example(%s)" % MX) + good)
    check("a pass inside quotes", *LOW, OURS + result('dkim=fail reason="x; %s"' % DKIM) + good)
    check("a pass inside a comment", *LOW, OURS + result("dkim=fail (x; %s)" % DKIM) + good)
    check("a domain that was closed by a comment", *LOW, OURS + result("dkim=pass header.d=posta.example(.evil.example") + good)
    check("another domain's DKIM", *LOW, OURS + result("dkim=pass header.d=evil.example") + SIGNED % ("evil.example", ""))
    check("a domain that ends like the sender's", *LOW, OURS + result("dkim=pass header.d=laposta.example") + SIGNED % ("laposta.example", ""))
    check("a domain below the sender's is aligned", *NORMAL, OURS + result("dkim=pass header.d=mail.posta.example") + SIGNED % ("mail.posta.example", ""))
    check("a public suffix is nobody's domain", *LOW, OURS + result("dkim=pass header.d=example") + SIGNED % ("example", ""))
    check("a length tag: the text goes on behind it", *LOW, OURS + result(DKIM) + SIGNED % ("posta.example", "l=10; "))
    check("From is not signed", *LOW, OURS + result(DKIM) + good.replace("h=from:to", "h=date:to"))
    check("SPF alone", *LOW, OURS + result("spf=pass smtp.mailfrom=posta.example"))
    check("dmarc=pass by SPF alone", *LOW, OURS + result("dmarc=pass header.from=posta.example") + result("spf=pass smtp.mailfrom=posta.example"))
    check("a result with a NUL in it", *LOW, OURS + result(DKIM + "\0") + good)
    # what the mail server's header_checks would not see as a field of ours
    check("white space before the colon", *LOW, OURS + result(DKIM).replace("Results:", "Results :") + good)
    check("our id with a backslash in quotes", *LOW, OURS + result(DKIM, '"%s"' % MX.replace(".", "\\.")) + good)
    check("our id behind a comment that hides a NUL", *LOW, OURS + result(DKIM, "(\\\0) " + MX) + good)
    check("our id in quotes with a bare CR in it", *LOW, OURS + result(DKIM, '"%s"' % MX.replace(".", ".\r", 1)) + good)
    check("our id in plain quotes", *NORMAL, OURS + result(DKIM, '"%s"' % MX) + good)

    # From
    auth = OURS + result(DKIM) + good
    odd = ("none", "odd-from")
    for what, from_ in (
            ("two From", "From: %s\nFrom: %s\n" % (EVIL, ME)), ("two From, the other way round", "From: %s\nFrom: %s\n" % (ME, EVIL)),
            ("two mailboxes", "From: %s, %s\n" % (ME, EVIL)), ("a NUL", "From: %s\0@evil.example\n" % ME),
            ("an address in the name of a quoted local part", 'From: "x <a@junk.example>"@posta.example\n'),
            ("a quoted local part", 'From: "m.rossi"@posta.example\n'), ("a group", "From: soci: %s, %s;\n" % (ME, EVIL)),
            ("a route", "From: <@evil.example:%s>\n" % ME), ("a second address behind the first", "From: <%s> <%s>\n" % (ME, EVIL)),
            ("an address without <> before it", "From: %s <%s>\n" % (ME, EVIL)), ("an encoded word as address", "From: =?utf-8?q?m.rossi=40posta.example?=\n"),
            ("white space before the colon", "From : %s\n" % ME), ("a backslash", "From: m.rossi\\@evil.example@posta.example\n"),
            ("8-bit bytes in the address", b"From: m.ross\xed@posta.example\n"), ("an address literal", "From: m.rossi@[192.0.2.1]\n"),
            ("nothing", "From:\n"), ("none at all", "")):
        check(what, *odd, auth, from_)
    check("a name that is the member's address, encoded", *NONE, auth, "From: =?utf-8?q?m.rossi=40posta.example?= <%s>\n" % EVIL)
    check("a name that is the member's address, quoted", *NONE, auth, 'From: "%s" <%s>\n' % (ME, EVIL))
    check("the member's name", *NONE, auth, "From: Maria Rossi <%s>\n" % EVIL)
    check("capital letters are the same address", *NORMAL, auth, "From: Maria <M.Rossi@Posta.Example>\n")

t.done()
