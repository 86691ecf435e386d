#!/usr/bin/python3
"""Letters as text and HTML in the language of each box: the links in them, replies that quote the HTML, a look of one's own, and the commands that look at templates."""
import csv, datetime, email.message, email.policy, email.utils, html, html.parser, io, os, pathlib, re, shutil, sys, urllib.parse
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import ROOT, Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
EXPIRY = datetime.date.today() + datetime.timedelta(days=30)
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")
HOSTILE = "Rossi</p><script>x</script> {{codice}} \u202eelpmaxe.evort <a href='https://altrove.example/'>"


def who(n):
    return "m%d@posta.example" % n


def page_of(letter):
    return letter.get_body(("html",)).get_content()


def links(letter):
    """(address, subject, body or None, label) of every link in the HTML."""
    found = []
    for url, label in re.findall(r'<a href="(mailto:[^"]*)"[^>]*>([^<]*)</a>', page_of(letter)):
        url = urllib.parse.urlsplit(html.unescape(url))
        q = urllib.parse.parse_qs(url.query)
        found.append((url.path, q["subject"][0], q.get("body", [None])[0], html.unescape(label)))
    return found


def send(site, n, raw, rcpt):
    """What RAW from member N brings: the letters to that member."""
    before = len(sink.to(who(n)))
    site.lmtp(raw, rcpt, who(n))
    site.run("courier", "--once")
    return sink.to(who(n))[before:]


def tap(site, n, link, body=None):
    """The link is tapped: a new mail with our address, our subject and our body and nothing else."""
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = who(n), link[0], link[1]
    m["Message-ID"] = email.utils.make_msgid(domain="posta.example")
    m.set_content((link[2] if body is None else body) or "\n")
    return send(site, n, m.as_bytes(), link[0])


def quoting(letter, n, typed):
    """A reply of a program that quotes the HTML as it is, and makes text of it by itself."""
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"], m["To"], m["Subject"] = who(n), replies.token_address(letter), "Re: " + letter["Subject"]
    m["Message-ID"], m["In-Reply-To"] = email.utils.make_msgid(domain="posta.example"), letter["Message-ID"]
    inner = re.search(r"(?s)<body[^>]*>(.*)</body>", page_of(letter)).group(1)
    said = "Il giorno gio 26 nov 2026 alle ore 22:39 %s ha scritto:" % html.escape(str(letter["From"]))
    m.set_content('<div dir="ltr">%s</div><br><div class="gmail_quote"><div class="gmail_attr">%s<br></div><blockquote class="gmail_quote" '
                  'style="margin:0 0 0 .8ex;border-left:1px #ccc solid">%s</blockquote></div>' % (typed, said, inner), subtype="html")
    return m.as_bytes(policy=m.policy.clone(max_line_length=998))


def state(site, n):
    return [o["state"] for o in site.json("order", "list") if o["box"] == "m%d@pec.example" % n]


def boxes(site, rows):
    out = io.StringIO()
    w = csv.writer(out)
    w.writerow("box holder reference expiry convention document language".split())
    for n, language, holder in rows:
        w.writerow(["m%d@pec.example" % n, holder, who(n), EXPIRY.isoformat(), "fnomceo", "yes", language])
    (site.dir / "b.csv").write_text(out.getvalue(), "utf-8")
    site.run("import", site.dir / "b.csv")


LANGUAGES = ["it", "de", "en", "it", "it", "fr", "it"]
with Site(smtp_port=sink.port) as site:
    (site.dir / "logo.png").write_bytes(PNG)
    site.conf.write_text("[look]\nlogo=%s\nfooter=Via Roma 1, Bolzano\ncolour=#7a1f2b\n" % (site.dir / "logo.png") + site.conf.read_text("utf-8"), "utf-8")
    site.run("init")
    boxes(site, [(n, l, HOSTILE if n == 6 else "Maria Rossi") for n, l in enumerate(LANGUAGES)])
    site.run("notify")
    site.run("courier", "--once")
    notices = [sink.to(who(n))[0] for n in range(len(LANGUAGES))]

    # what a letter is
    for n, language in enumerate(["it", "de", "en"]):
        l = notices[n]
        t.eq([p.get_content_type() for p in l.walk()], ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"], "%s: text, then HTML with its picture" % language)
        t.ok(l["Content-Language"] == language and '<html lang="%s">' % language in page_of(l), "it says its language", l["Content-Language"])
        t.ok("cid:logo@rinnova.invalid" in page_of(l) and 'alt="Ordine dei Medici di Prova"' in page_of(l) and "#7a1f2b" in page_of(l) and "Via Roma 1" in page_of(l) and "Via Roma 1" in text_of(l),
             "and has the house's look")
        t.ok("http://" not in page_of(l) and "https://" not in page_of(l) and "<script" not in page_of(l), "no web link")
    day = (EXPIRY.day, EXPIRY.year)
    t.ok(re.search(r"scadrà in data: \w+ì? %d \w+ %d" % day, text_of(notices[0])) and re.search(r"läuft ab am: \w+, %d\. \w+ %d" % day, text_of(notices[1])) and
         re.search(r"expire on: \w+day %d \w+ %d" % day, text_of(notices[2])), "dates are written out in each language", text_of(notices[1]))
    t.ok(notices[5]["Content-Language"] == "it" and "Gentile" in text_of(notices[5]), "a language without a set gets Italian, and is told so")

    # the links
    for n in range(3):
        yes, no, ask = links(notices[n])
        t.eq([yes[2], no[2], ask[2]], ["RINNOVA", "NON RINNOVO", None], "%s: the button, the no and the question" % LANGUAGES[n])
        t.ok(yes[0] == replies.token_address(notices[n]) and len({yes[0], no[0], ask[0]}) == 3, "each with a token of its own")
        t.ok(max(len(u) for u in re.findall(r'href="([^"]*)"', page_of(notices[n]))) < 200, "under 200 characters")
    verdicts = [site.run("token", "show", l[0])[1] for l in links(notices[0])]
    t.ok([re.search(r"purpose: +(\w+)", v).group(1) for v in verdicts] == ["renew", "decline", "question"] and all("verdict:  good" in v for v in verdicts), "their purposes", verdicts)

    site.start("lmtpd")
    got = tap(site, 0, links(notices[0])[0])
    t.ok(len(got) == 1 and "Riepilogo" in got[0]["Subject"] and state(site, 0) == ["offered"], "the button tapped: the summary comes", [m["Subject"] for m in got])
    t.eq([p.get_content_type() for p in got[0].walk()][:3], ["multipart/mixed", "multipart/alternative", "text/plain"], "with the contract beside it")
    got = send(site, 0, quoting(got[0], 0, "ACCETTO"), replies.token_address(got[0]))
    t.ok("Conferma" in got[0]["Subject"] and "«ACCETTO»" in text_of(got[0]) and "«ACCETTO»" in page_of(got[0]), "an acceptance above the quoted HTML concludes, and the confirmation says what was read", [m["Subject"] for m in got])
    t.ok('href="https://guida.example/pec"' in page_of(got[0]), "the confirmation has the one web link")
    got = send(site, 1, quoting(notices[1], 1, ""), replies.token_address(notices[1]))
    t.ok(len(got) == 1 and "nicht verstanden" in got[0]["Subject"] and state(site, 1) == [], "the German letter sent back as it is says nothing", [m["Subject"] for m in got])
    got = send(site, 1, quoting(notices[1], 1, "RINNOVA"), replies.token_address(notices[1]))
    t.ok("Zusammenfassung" in got[0]["Subject"] and got[0]["Content-Language"] == "de", "with a word above it is answered in German", [m["Subject"] for m in got])
    got = tap(site, 2, links(notices[2])[0])
    t.ok("Summary" in got[0]["Subject"] and "0.00 euro" in text_of(got[0]), "and the English one in English", [m["Subject"] for m in got])

    got = tap(site, 3, links(notices[3])[1], body="RINNOVA")
    t.ok(len(got) == 1 and "Non abbiamo capito" in got[0]["Subject"] and state(site, 3) == [], "a yes by the link that says no: the member is asked", [m["Subject"] for m in got])
    got = tap(site, 3, links(got[0])[1])
    t.ok(len(got) == 1 and "non desidera" in got[0]["Subject"] and state(site, 3) == ["declined"] and "«NON RINNOVO»" in text_of(got[0]), "the no: declined, and what was read is said", [m["Subject"] for m in got])
    got = tap(site, 3, links(got[0])[0])
    t.ok("Riepilogo" in got[0]["Subject"] and state(site, 3) == ["offered"], "and the way back is a button as well", [m["Subject"] for m in got])

    for body in ("Quando posso passare in segreteria? RINNOVA", ""):
        got = tap(site, 4, links(notices[4])[2], body=body)
        t.ok(got == [] and state(site, 4) == [], "the question orders nothing: %r" % body, [m["Subject"] for m in got])
    held = [h for h in site.json("held", "list") if h.get("from") == who(4) or who(4) in str(h)]
    t.ok(len(held) == 2 and all("good-token-for-question" in str(h) for h in held), "a person has to read it", held)

    # names that try to get out
    l = notices[6]
    t.ok("&lt;script&gt;" in page_of(l) and "<script" not in page_of(l) and len(links(l)) == 3 and "\u202e" not in page_of(l) + text_of(l) and "https://" not in page_of(l) + text_of(l) and "{{codice}}" in text_of(l),
         "a hostile holder stays in his place")
    t.eq(email.utils.parseaddr(str(l["To"]))[1], who(6), "also in To")

    # the desk
    code, out, err = site.run("template", "check", check=False)
    t.ok(code == 0 and out.startswith("ok"), "what is shipped has nothing to find", out + err)
    code, out, _ = site.run("template", "preview", "notice", "--box", "m1@pec.example", "--html")
    t.ok('<html lang="de">' in out and "m1@pec.example" in out.replace("<wbr>", "") and "#7a1f2b" in out, "a preview of a box, in its language and the house's look")
    one, _ = site.run("template", "preview", "confirmation", "--eml", "--lang", "en")[1:], None
    m = email.message_from_string(one[0], policy=email.policy.default)
    t.ok(m["Content-Language"] == "en" and m.get_body(("html",)) and "not good" not in one[0] and "verdict:  good" not in site.run("token", "show", replies.token_address(m), check=False)[1],
         "a whole message; its token opens nothing")
    t.eq([site.run("template", "preview", *a, check=False)[0] for a in (["nothing"], ["notice", "--box", "x@pec.example"], ["admin", "--html"])], [64, 66, 65], "what there is not, is said")

    # what is wrong, each with its place
    bad = site.dir / "bad"
    CASES = [
        ("it/notice.txt", lambda s: s + "{{nessuno}}\n", r"it/notice\.txt:\d+: the name \"nessuno\" is not known"),
        ("it/notice.txt", lambda s: s.replace("{{> piede}}", "{{> piedi}}"), r"it/notice\.txt:\d+: partial \"piedi\""),
        ("de/ask.txt", lambda s: s + "{{#lette}}\n", r"de/ask\.txt:\d+: section \"lette\""),
        ("en/help.txt", lambda s: s.replace("With «ANNULLA»", "ANNULLA:"), r"en/help\.txt: the line \"ANNULLA: .*put it in «»"),
        ("it/renewed.txt", lambda s: s.replace("La sua casella", "La sua " + "bella " * 20 + "casella"), r"it/renewed\.txt:1: the subject has \d+ characters"),
        ("it/confirmation.txt", lambda s: s.replace("{{IDORDINE}}", "").replace("{{idordine}}", ""), r"it/confirmation\.txt: \{\{idordine\}\} is missing"),
        ("it/testa.partial", lambda s: s.split("\n", 2)[2], r"it/notice\.txt:3: the first line must be"),
        ("page.html", lambda s: s.replace("</p>\n{{{corpo}}}", "</b>\n{{{corpo}}}"), r"page\.html:\d+: "),
        ("page.html", lambda s: s.replace("{{{corpo}}}", "{{corpo}}"), r"page\.html: \{\{\{corpo\}\}\} is missing"),
        ("page.html", lambda s: s.replace("<body", '<img src="https://x.example/1.png"><body'), r"page\.html: scripts and web addresses"),
        ("de/words.conf", lambda s: s.replace("Montag; ", ""), r"de/words\.conf:\d+: \[dates\] weekdays: give seven"),
        ("de/words.conf", lambda s: s.replace("today = heute\n", ""), r"de/words\.conf.*today"),
        ("de/words.conf", lambda s: s.replace("Erneuerung PEC", "Erneuerung " * 9 + "PEC"), r"de/words\.conf: \[subjects\] .* not under 200"),
        ("de/renewed.txt", None, r"de/renewed\.txt: "),
    ]
    for name, change, want in CASES:
        shutil.rmtree(bad, ignore_errors=True)
        shutil.copytree(ROOT / "templates", bad)
        f = bad / name
        old = f.read_text("utf-8")
        f.unlink() if change is None else f.write_text(change(old), "utf-8")
        t.ok(change is None or f.read_text("utf-8") != old, "%s is changed" % name)
        code, out, err = site.run("template", "check", "--templates", bad, "--config", site.conf, check=False)
        t.ok(code == 1 and re.search(want, out), "found: %s" % want, out + err)
    # as an editor may save them, and what is no file at all
    for name, change, want in (
            ("it/notice.txt", lambda b: b + b"perch\xe8\n", r"it/notice\.txt:\d\d: not UTF-8"),
            ("it/notice.txt", lambda b: b + b"a\0b\n", r"it/notice\.txt:\d\d: a control character \(code 0\)"),
            ("it/piede.partial", lambda b: b + b"a\x01b\n", r"it/piede\.partial:\d\d: a control character \(code 1\)"),
            ("it/notice.txt", lambda b: b + b"x" * 300000, r"it/notice\.txt: has \d+ bytes"),
            ("it/notice.txt", "fifo", r"it/notice\.txt: is no file"), ("page.html", "fifo", r"page\.html: is no file"),
            ("it/testa.partial", "fifo", r"testa\.partial: is no file"),
            ("it/notice.txt", lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n"), None),
            ("it/piede.partial", lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n"), None)):
        shutil.rmtree(bad, ignore_errors=True)
        shutil.copytree(ROOT / "templates", bad)
        f = bad / name
        old = f.read_bytes()
        if change == "fifo":
            f.unlink()
            os.mkfifo(f)
        else:
            f.write_bytes(change(old))
        code, out, err = site.run("template", "check", "--templates", bad, "--config", site.conf, check=False)
        t.ok((code == 1 and re.search(want, out)) if want else code == 0, "%s: %s" % (name, want or "saved by Windows, it is read as ever"), out + err)
        if not want:
            same = [site.run("template", "preview", "notice", "--html", "--templates", d)[1] for d in (bad, ROOT / "templates")]
            t.ok(same[0] == same[1], "and gives the same letter")
    shutil.rmtree(bad)
    shutil.copytree(ROOT / "templates", bad)
    (bad / "de/renewed.txt").unlink()
    words = bad / "de/words.conf"
    words.write_text("[language]\nfallback = it\n" + words.read_text("utf-8"), "utf-8")
    code, out, _ = site.run("template", "check", "--templates", bad, check=False)
    t.eq((code, out[:2]), (0, "ok"), "a set that names Italian as its fallback may lack a letter")
    t.ok("La sua casella PEC" in site.run("template", "preview", "renewed", "--lang", "de", "--templates", bad)[1], "which then goes out in Italian")

    conf = site.conf.read_text("utf-8")
    (site.dir / "logo.png").write_bytes(PNG + b"x" * 70000)
    site.conf.write_text(conf.replace("colour=#7a1f2b", "colour=#8aa0b0\ncolour-dark=#22303c"), "utf-8")
    code, out, _ = site.run("template", "check", check=False)
    t.ok(code == 1 and re.search(r"\[look\] colour: #8aa0b0 has a contrast of 2\.\d with #ffffff, under 4\.5: take a darker one", out) and "colour-dark: #22303c" in out and "take a lighter one" in out and
         re.search(r"logo\.png has 7\d{4} bytes", out), "the look: contrast computed, the picture's size", out)
    code, out, _ = site.run("check", check=False)
    t.ok(code == 2 and re.search(r"warn  look +.*\[look\] colour: #8aa0b0 has a contrast of 2\.\d", out) and "take a darker one" in out and "take a lighter one" in out and
         re.search(r"FAIL  look +.*logo\.png has 7\d{4} bytes", out), "rinnova check finds the same, with the one thing to do", out)
    site.conf.write_text(re.sub(r"(?m)^(contact|phone)=.*\n", "", conf), "utf-8")
    out = site.run("check", check=False)[1]
    t.ok(re.search(r"warn  look +letters tell members to call a person", out) and "contact or phone" in out, "and that letters name nobody to call", out)
    site.conf.write_text(conf.replace("colour=#7a1f2b", "colour=#8aa0b0\ncolour-dark=#22303c"), "utf-8")
    got = tap(site, 5, links(notices[5])[0])
    t.ok(len(got) == 1 and "cid:" not in page_of(got[0]) and "image/png" not in [p.get_content_type() for p in got[0].walk()], "a picture that cannot be used keeps no letter from going out")
    site.conf.write_text(conf.replace("colour=#7a1f2b", "colour=red"), "utf-8")
    code, _, err = site.run("template", "check", check=False)
    t.ok(code == 78 and "[look] colour: \"red\" is no colour" in err, "what is no colour is refused", err)
t.done()
