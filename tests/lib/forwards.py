"""A letter forwarded as mail clients do it: within the text, or attached as it was."""
import email.message, email.policy, email.utils, html, random

from house import text_of

TO = "verifica@ordine.example"


def _head(letter, sender):
    m = email.message.EmailMessage(policy=email.policy.SMTP)
    m["From"] = email.utils.formataddr(("Maria Rossi", sender))
    m["To"] = TO
    m["Subject"] = "I: " + str(letter["Subject"])
    m["Date"] = email.utils.formatdate(localtime=True)
    m["Message-ID"] = "<%x@%s>" % (random.getrandbits(64), sender.split("@")[1])
    return m


def _bytes(m):
    return m.as_bytes(policy=m.policy.clone(max_line_length=998))


def html_of(letter):
    """The HTML that a mail client shows: the letter's, or its text with the addresses made into links."""
    part = letter.get_body(("html",))
    if part is not None:
        return part.get_content()
    out = []
    for line in text_of(letter).splitlines():
        words = []
        for w in line.split(" "):
            bare = w.strip("<>")
            link = bare if bare.startswith("mailto:") else "mailto:" + bare if "@" in bare and "." in bare else None
            e = html.escape(w)
            words.append('<a href="%s">%s</a>' % (html.escape(link), e) if link else e)
        out.append(" ".join(words))
    return "<br>\n".join(out)


def inline(letter, sender, typed="È vostra questa mail?", change=lambda s: s):
    """Gmail's: a header block above, the letter's HTML below; the plain text is made of it."""
    m = _head(letter, sender)
    block = "---------- Forwarded message ---------\nDa: %s\nDate: mar 24 nov 2026\nSubject: %s\nTo: <%s>\n\n" % (letter["From"], letter["Subject"], sender)
    m.set_content("%s\n\n%s%s" % (typed, block, change(text_of(letter))))
    m.add_alternative('<div dir="ltr">%s<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">%s</div>%s</div></div>\n' % (
        html.escape(typed), html.escape(block).replace("\n", "<br>"), change(html_of(letter))), subtype="html")
    return _bytes(m)


def plain(letter, sender, typed="", change=lambda s: s):
    """mutt's and Thunderbird's in plain text: the whole mail, wrapped anew at another width."""
    m = _head(letter, sender)
    text = "\n".join(l if len(l) < 60 else l[:l.rfind(" ", 0, 60)] + "\n" + l[l.rfind(" ", 0, 60) + 1:] if " " in l[1:60] else l
                     for l in change(text_of(letter)).splitlines())
    m.set_content("%s\n\n-------- Messaggio Inoltrato --------\nOggetto: %s\nData: Tue, 24 Nov 2026\nMittente: %s\nA: %s\n\n%s" % (
        typed, letter["Subject"], letter["From"], sender, text))
    return _bytes(m)


def attached(raw, letter, sender, typed="È vostra?"):
    """Outlook's and Thunderbird's: message/rfc822, byte for byte."""
    head = _head(letter, sender)
    head.set_content(typed)
    head.make_mixed()
    wire = _bytes(head)
    boundary = head.get_boundary().encode()
    return wire.replace(b"\r\n--%s--" % boundary, b"\r\n--%s\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"mail.eml\"\r\n\r\n%s\r\n--%s--" % (
        boundary, raw, boundary))
