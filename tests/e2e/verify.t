#!/usr/bin/python3
"""Is this mail yours? Members forward a mail to verifica@ and are told yes or no; nobody else is told anything. And the mark that a holder chooses."""
import datetime, email, email.policy, pathlib, re, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import forwards, replies
from house import Sink, Site, Tap, text_of, wait_for

t, sink = Tap(), Sink()
NAMES = ["rossi", "bianchi", "verdi", "neri"]
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
AUTH = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"


def addr(name):
    return name + "@posta.example"


with Site(smtp_port=sink.port, authserv="mx.ordine.example", site="verify=verifica\n") as site:
    site.run("init")
    site.boxes(*({"box": n + "@pec.example", "holder": n.title(), "reference": addr(n), "expiry": expiry} for n in NAMES))
    said = site.run("check", check=False)[1]
    t.ok("verify" in said and "forward a mail to verifica@ordine.example" in said, "check says that members may ask", said)
    site.run("notify")
    site.start("lmtpd")
    site.start("courier")
    wait_for(lambda: len(sink.mails) == len(NAMES))
    raw = {n: next(m for _, r, m in sink.mails if r == addr(n)) for n in NAMES}
    notice = {n: sink.to(addr(n))[0] for n in NAMES}
    t.ok("verifica@ordine.example" in text_of(notice["rossi"]), "the letters say where to ask", text_of(notice["rossi"]))
    token = replies.token_address(notice["rossi"]).split("+")[1].split("@")[0]

    def ask(name, mail, rcpt=forwards.TO):
        """The answer to MAIL, from NAME: True (ours), False (not ours), "changed" (a code of ours in it), or None for silence."""
        before = len(sink.to(addr(name)))
        t.ok(site.lmtp(mail, rcpt, addr(name))[0].startswith("250"), "it is taken")
        db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
        written = db.execute("SELECT count(*) FROM letter WHERE kind = 'verify'").fetchone()[0]
        db.close()
        if written == sum(1 for _, _, m in sink.mails if b"Subject: Verifica" in m):
            return None
        got = wait_for(lambda: sink.to(addr(name))[before:])
        t.ok(got[0]["Subject"].startswith("Verifica"), "the answer says what it is about", got[0]["Subject"])
        words = text_of(got[0])
        t.ok(sum(x in words for x in ("È NOSTRA", "NON È una nostra", "non è uguale alla")) == 1, "and the answer is one of three", words)
        return "changed" if "non è uguale alla" in words else "È NOSTRA" in words

    phish = email.message.EmailMessage(policy=email.policy.SMTP)
    phish["From"], phish["To"], phish["Subject"] = "Ordine <rinnovo@0rdine.example>", addr("rossi"), "La sua PEC scade"
    phish["Message-ID"] = "<1@0rdine.example>"
    phish.set_content("Gentile Rossi, rinnovi qui: https://evil.example/pec\n")
    n = notice["rossi"]
    evil = lambda s: s.replace("rinnovo+" + token, "rinnovo+" + token[::-1])
    for what, name, mail, want in (
            ("a letter within the text, as Gmail does it", "rossi", forwards.inline(n, addr("rossi")), True),
            ("a letter within plain text, wrapped anew", "rossi", forwards.plain(n, addr("rossi")), True),
            ("an attached letter", "rossi", forwards.attached(raw["rossi"], n, addr("rossi")), True),
            ("an attached letter of which one word was changed", "rossi", forwards.attached(raw["rossi"].replace(b"Gentile", b"Egregia"), n, addr("rossi")), "changed"),
            ("a letter within the text whose links lead elsewhere", "rossi",
             forwards.inline(n, addr("rossi"), change=lambda s: re.sub(r'href="mailto:rinnovo\+[^"]*"', 'href="https://evil.example/"', s)), "changed"),
            ("a letter to somebody else, attached", "bianchi", forwards.attached(raw["rossi"], n, addr("bianchi")), False),
            ("a letter to somebody else, within the text", "bianchi", forwards.inline(n, addr("bianchi")), False),
            ("a letter with other words within", "bianchi", forwards.plain(notice["bianchi"], addr("bianchi"), change=lambda s: s.replace("il giorno successivo", "oggi")), "changed"),
            ("a letter beside a file of somebody else's", "bianchi",
             forwards.attached(raw["bianchi"], notice["bianchi"], addr("bianchi")).replace(b"Content-Type: message/rfc822", b"Content-Type: application/pdf\r\n\r\nx\r\n--B\r\nContent-Type: message/rfc822", 1), "changed"),
            ("a letter whose style sheet hides it in the dark", "bianchi",
             forwards.inline(notice["bianchi"], addr("bianchi"), change=lambda s: s.replace("<p style", '<p class="logo tint" style')), "changed"),
            ("a letter that is hidden within other words", "neri",
             forwards.inline(notice["neri"], addr("neri"), change=lambda s: '<p>Chiami il 899 123</p><div style="font-size: 0 !important">%s</div>' % s), "changed"),
            ("a mail of an imitator", "verdi", forwards.attached(phish.as_bytes(), phish, addr("verdi")), False),
            ("a letter of ours beside a mail of an imitator", "verdi",
             forwards.attached(raw["verdi"], notice["verdi"], addr("verdi")).replace(b"Content-Type: message/rfc822", b"Content-Type: message/rfc822\r\n\r\n" + phish.as_bytes() + b"\r\n--B\r\nContent-Type: message/rfc822", 1), False),
            ("a mail with our token and other words", "verdi", forwards.plain(phish, addr("verdi"), change=lambda s: s + "\n[codice: %s]\n" % token), False)):
        if b"\r\n--B\r\n" in mail:
            boundary = re.search(rb'boundary="([^"]+)"', mail).group(1)
            mail = mail.replace(b"\r\n--B\r\n", b"\r\n--" + boundary + b"\r\n")
        t.eq(ask(name, AUTH + mail), want, what)
    t.eq(ask("rossi", AUTH + forwards.attached(raw["rossi"], n, addr("rossi"))), None, "a sixth question on one day gets no answer")
    answer = next(m for m in sink.to(addr("rossi")) if "È NOSTRA" in text_of(m))
    t.ok(str(n["Subject"]) in text_of(answer) and addr("rossi") in text_of(answer), "the yes names the letter and the address that it went to", text_of(answer))
    no = next(m for m in sink.to(addr("bianchi")) if "NON È una nostra" in text_of(m))
    t.ok("rossi" not in text_of(no).lower(), "and a no says nothing about whose it is", text_of(no))

    before = len(sink.mails)
    t.eq(ask("eve", forwards.attached(raw["rossi"], n, "eve@posta.example")), None, "a stranger gets no answer")
    t.eq(len(sink.mails), before, "nor does anybody else hear of it")
    failed = b"Authentication-Results: mx.ordine.example; dmarc=fail header.from=posta.example\r\n"
    t.eq(ask("eve", failed + forwards.attached(raw["neri"], notice["neri"], addr("neri"))), None, "nor who only writes a member's address")
    said = site.run("explain", "--rcpt", forwards.TO, input=forwards.attached(raw["rossi"], n, "eve@posta.example"))[1]
    t.ok("verify-stranger" in said, "explain names the rule", said)
    ask("neri", AUTH + forwards.inline(notice["neri"], addr("neri"), typed="RINNOVA"))
    t.eq(site.json("order", "list"), [], "nothing of all that made an order")
    t.eq(site.json("held", "list"), [], "nor waits for a person")

    # The mark.
    def write(name, words, head=AUTH):
        m = email.message.EmailMessage(policy=email.policy.SMTP)
        m["From"], m["To"], m["Subject"], m["Message-ID"] = addr(name), "rinnovo@ordine.example", "segno", "<%s.%d@posta.example>" % (name, abs(hash(words)))
        m.set_content(words + "\n")
        before = len(sink.to(addr(name)))
        site.lmtp(head + m.as_bytes(), "rinnovo@ordine.example", addr(name))
        got = wait_for(lambda: [x for x in sink.to(addr(name))[before:] if x["In-Reply-To"] == m["Message-ID"]], 15.0)
        return text_of(got[0]) if got else ""

    t.ok("riconoscerci: girasole" in write("neri", "SEGNO girasole"), "a mark that was chosen stands in the next letter")
    t.ok("riconoscerci: tulipano" in write("neri", "Segno: tulipano"), "and is changed in the same way")
    t.eq(site.json("order", "list"), [], "a mark orders nothing")
    site.lmtp(replies.gmail(notice["verdi"], addr("verdi"), "SEGNO rosa"), replies.token_address(notice["verdi"]), addr("verdi"))
    t.eq([h["rule"] for h in site.json("held", "list")], ["mark-not-proven"], "who is not proven chooses no mark")
    site.lmtp(AUTH + replies.gmail(notice["bianchi"], addr("bianchi"), "RINNOVA"), replies.token_address(notice["bianchi"]), addr("bianchi"))
    t.ok(wait_for(lambda: "Riepilogo" in sink.to(addr("bianchi"))[-1]["Subject"]) and "riconoscerci" not in text_of(sink.to(addr("bianchi"))[-1]),
         "a member without a mark reads of none")
    # The last digits of the register number are the mark of who has chosen none.
    def numbers(text):
        (site.dir / "n.csv").write_text("box,holder,reference,expiry,convention%s\n" % (",register_number" if text is not None else "") + "".join(
            "%s@pec.example,%s,%s,%s,fnomceo%s\n" % (n, n.title(), addr(n), expiry, "," + text if text is not None else "") for n in ("bianchi", "neri")))
        return site.run("import", site.dir / "n.csv")[1]

    t.ok("2 changed" in numbers("TA-0080417") and "2 as before" in numbers("TA-0080417"), "the import takes a register number")
    said = write("bianchi", "ELENCO")
    t.ok("iscrizione all'Albo: 417" in said and "0417" not in said, "letters show its last three digits", said)
    t.ok("2 as before" in numbers(None), "a file without the column leaves it as it is")
    said = write("neri", "ELENCO")
    t.ok("riconoscerci: tulipano" in said and "417" not in said, "a mark that was chosen stands in its place", said)
    t.ok("2 changed" in numbers("417") and "417" not in write("bianchi", "ELENCO "), "a number that could not be cut is not shown")

    # What a letter quotes of a mail, whoever wrote it, is no link in the letter.
    before = len(sink.to(addr("verdi")))
    site.lmtp(replies.gmail(notice["verdi"], addr("verdi"), "Vada su https://evil.example/pec o www.evil.example, scriva a ladro@evil.example, casella verdi@pec.example?"),
              replies.token_address(notice["verdi"]), addr("verdi"))
    asked = wait_for(lambda: sink.to(addr("verdi"))[before:])[0]
    t.ok("evil.example" not in str(asked) and "://" not in text_of(asked).replace("mailto://", "") and "ladro @ evil. example" in " ".join(text_of(asked).split()),
         "words that are quoted make no link", text_of(asked))
    t.ok("verdi@pec.example?»" in " ".join(text_of(asked).split()), "but the box's own name stands as it was written")
sink.stop()
t.done()
