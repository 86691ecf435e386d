"""Replies as real mail clients write them, to a letter that was received. Written for these tests."""
import email.message, email.policy, email.utils, html, random

from house import text_of


def _head(letter, sender, name):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"] = email.utils.formataddr((name, sender))
    m["To"] = letter["Reply-To"] or letter["From"]
    subject = letter["Subject"]
    m["Subject"] = subject if subject.lower().startswith("re:") else "Re: " + subject
    m["Date"] = email.utils.formatdate(localtime=True)
    m["Message-ID"] = "<%x.%x@%s>" % (random.getrandbits(64), random.getrandbits(32), sender.split("@")[1])
    m["In-Reply-To"] = letter["Message-ID"]
    m["References"] = letter["Message-ID"]
    return m


def _bytes(m):
    """On the wire. Python would fold a long message id into encoded words, which no mail client does."""
    return m.as_bytes(policy=m.policy.clone(max_line_length=998))


def token_address(letter):
    return email.utils.parseaddr(str(letter["Reply-To"]))[1]


def gmail(letter, sender, typed, name="Maria Rossi"):
    """Gmail on the web: multipart/alternative, the header line wrapped, the quote behind '> ' and in div.gmail_quote."""
    m = _head(letter, sender, name)
    addr = email.utils.parseaddr(str(letter["From"]))[1]
    who = email.utils.parseaddr(str(letter["From"]))[0]
    head = "Il giorno mar 24 nov 2026 alle ore 10:12 %s <" % who
    quoted = text_of(letter)
    text = "%s\n\n%s\n%s> ha scritto:\n\n%s" % (typed, head, addr, "".join("> %s\n" % l for l in quoted.splitlines()))
    m.set_content(text)
    h = '<div dir="ltr">%s</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">%s&lt;<a href="mailto:%s">%s</a>&gt; ha scritto:<br></div>' \
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">%s</blockquote></div>\n' % (
            html.escape(typed).replace("\n", "<br>"), html.escape(head[:-1]), addr, addr, "<br>\n".join(html.escape(l) for l in quoted.splitlines()))
    m.add_alternative(h, subtype="html")
    return _bytes(m)


def iphone(letter, sender, typed, name="Maria Rossi"):
    """iPhone Mail: the footer above the quote, the header itself behind '> '."""
    m = _head(letter, sender, name)
    addr = email.utils.parseaddr(str(letter["From"]))[1]
    who = email.utils.parseaddr(str(letter["From"]))[0]
    m["X-Mailer"] = "iPhone Mail (21E236)"
    m.set_content("%s\n\nInviato da iPhone\n\n> Il giorno 24 nov 2026, alle ore 10:40, %s <%s> ha scritto:\n> \n> \ufeff%s" % (
        typed, who, addr, "\n> ".join(text_of(letter).splitlines()) + "\n"))
    return _bytes(m)


def outlook(letter, sender, typed, name="Maria Rossi"):
    """Outlook on Windows: the quote unmarked below a header block."""
    m = _head(letter, sender, name)
    m.set_content("%s\n\n-----Messaggio originale-----\nDa: %s\nInviato: martedì 24 novembre 2026 10:12\nA: %s\nOggetto: %s\n\n%s" % (
        typed, letter["From"], sender, letter["Subject"], text_of(letter)))
    return _bytes(m)


def out_of_office(letter, sender, name="Maria Rossi"):
    m = _head(letter, sender, name)
    del m["Subject"]
    m["Subject"] = "Risposta automatica: " + letter["Subject"]
    m["Auto-Submitted"] = "auto-replied"
    m.set_content("Sono fuori ufficio fino al 7 dicembre. Per urgenze rinnova l'appuntamento con la segreteria.\n")
    return _bytes(m)


def mailto(letter, sender, name="Maria Rossi"):
    """The link in the letter, tapped: a new mail with our subject and body and nothing else."""
    m = _head(letter, sender, name)
    for h in ("In-Reply-To", "References", "Subject"):
        del m[h]
    m["Subject"] = "Rinnovo PEC"
    m.set_content("RINNOVA\n")
    return _bytes(m)
