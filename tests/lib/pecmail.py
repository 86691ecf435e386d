"""The bytes of PEC: envelopes and receipts as providers build them (DM 2-11-2005, RFC 6109 and what is on the wire)."""
import base64, datetime, email.utils, html, textwrap

ZONE = datetime.timezone(datetime.timedelta(hours=1))

SUBJECT = {
    "accettazione": "ACCETTAZIONE: ", "non-accettazione": "AVVISO DI NON ACCETTAZIONE: ",
    "posta-certificata": "POSTA CERTIFICATA: ", "presa-in-carico": "PRESA IN CARICO: ", "avvenuta-consegna": "CONSEGNA: ",
    "errore-consegna": "AVVISO DI MANCATA CONSEGNA: ", "preavviso-errore-consegna": "AVVISO DI MANCATA CONSEGNA PER SUP. TEMPO MASSIMO: ",
    "rilevazione-virus": "PROBLEMA DI SICUREZZA: ", "anomalia": "ANOMALIA MESSAGGIO: ",
}

# How providers write the same thing: media type of the signature, micalg, quoted parameters, preamble, base64 width.
STYLES = {
    "aruba": {"p7s": "application/x-pkcs7-signature", "micalg": '"sha1"', "md": "sha1", "quoted": True, "width": 60, "ber": False,
              "preamble": "This is an S/MIME signed message", "receipt_header": "X-Tiporicevuta", "prefix": "opec"},
    "aruba2026": {"p7s": "application/pkcs7-signature", "micalg": "sha-256", "md": "sha256", "quoted": False, "width": 76, "ber": True,
                  "preamble": "This is a S/MIME signed message", "receipt_header": "X-TipoRicevuta", "prefix": "jpec"},
    "namirial": {"p7s": "application/pkcs7-signature", "micalg": '"sha1"', "md": "sha1", "quoted": True, "width": 60, "ber": False,
                 "preamble": "", "receipt_header": "X-TipoRicevuta", "prefix": "nam"},
}


def crlf(text):
    if isinstance(text, str):
        text = text.encode("utf-8")
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def daticert(kind, mittente, recipients, number, msgid, when, provider="Prova PEC S.p.A.", subject="Rinnovo", errore="nessuno",
             receipt=None, consegna=None, code=None, replies=None):
    """daticert.xml; RECIPIENTS: list of (address, "certificato" or "esterno")."""
    e = html.escape
    t = when.astimezone(ZONE)
    rows = "".join('        <destinatari tipo="%s">%s</destinatari>\n' % (k, e(a)) for a, k in recipients)
    data = ""
    if receipt:
        data += '        <ricevuta tipo="%s" />\n' % receipt
    if consegna:
        data += "        <consegna>%s</consegna>\n" % e(consegna)
    if code:
        data += "        <errore-esteso>%s</errore-esteso>\n" % e(code)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<postacert tipo="%s" errore="%s">\n    <intestazione>\n'
            '        <mittente>%s</mittente>\n%s        <risposte>%s</risposte>\n        <oggetto>%s</oggetto>\n    </intestazione>\n'
            '    <dati>\n        <gestore-emittente>%s</gestore-emittente>\n        <data zona="+0100">\n'
            '            <giorno>%s</giorno>\n            <ora>%s</ora>\n        </data>\n'
            '        <identificativo>%s</identificativo>\n        <msgid>%s</msgid>\n%s    </dati>\n</postacert>\n' % (
                kind, errore, e(mittente), rows, e(replies or mittente), e(subject), e(provider), t.strftime("%d/%m/%Y"),
                t.strftime("%H:%M:%S"), e(number), e("<%s>" % msgid), data)).encode()


def text_part(words):
    return crlf("Content-Type: text/plain; charset=\"iso-8859-1\"\nContent-Disposition: inline\n"
                "Content-Transfer-Encoding: quoted-printable\n\n%s\n" % words)


def xml_part(xml, style, name="daticert.xml"):
    q = '"' if style["quoted"] else ""
    body = "\n".join(textwrap.wrap(base64.b64encode(xml).decode(), style["width"]))
    return crlf("Content-Type: application/xml; name=%s%s%s\nContent-Disposition: inline; filename=%s%s%s\n"
                "Content-Transfer-Encoding: base64\n\n%s\n" % (q, name, q, q, name, q, body))


def message_part(raw, style, name="postacert.eml", encoding="7bit"):
    q = '"' if style["quoted"] else ""
    return crlf("Content-Type: message/rfc822; name=%s%s%s\nContent-Disposition: inline; filename=%s%s%s\n"
                "Content-Transfer-Encoding: %s\n\n" % (q, name, q, q, name, q, encoding)) + crlf(raw)


def mixed(parts, boundary="----=_Part_interno_1"):
    """multipart/mixed with its header, as it is signed."""
    out = crlf('Content-Type: multipart/mixed; boundary="%s"\nMIME-Version: 1.0\n\n' % boundary)
    for p in parts:
        out += b"--" + boundary.encode() + b"\r\n" + p + (b"" if p.endswith(b"\r\n") else b"\r\n")
    return out + b"--" + boundary.encode() + b"--\r\n"


def signed(head, covered, cms, style, boundary="----F0ECFFC577E2EBDF", after=b""):
    """The whole message: HEAD (text without Content-Type), COVERED and its signature CMS; AFTER: more parts (an attack)."""
    b = boundary.encode()
    out = crlf(head + 'MIME-Version: 1.0\nContent-Type: multipart/signed; protocol="%s"; micalg=%s; boundary="%s"\n\n' % (
        style["p7s"], style["micalg"], boundary))
    out += crlf(style["preamble"] + "\n\n") if style["preamble"] else b""
    p7s = "\n".join(textwrap.wrap(base64.b64encode(cms).decode(), 64))
    out += b"--" + b + b"\r\n" + covered + b"\r\n--" + b + b"\r\n" + after
    out += crlf('Content-Type: %s; name="smime.p7s"\nContent-Transfer-Encoding: base64\n'
                'Content-Disposition: attachment; filename="smime.p7s"\n\n%s\n' % (style["p7s"], p7s))
    return out + b"\r\n--" + b + b"--\r\n"


class Provider:
    """A PEC provider: signs with LEAF of CA as posta-certificata@DOMAIN."""

    def __init__(self, ca, leaf="provider", domain="pec.prova.example", style="aruba2026", make=True, name="Prova PEC S.p.A."):
        self.ca, self.leaf, self.domain, self.style, self.name = ca, leaf, domain, STYLES[style], name
        self.address = "posta-certificata@" + domain
        self.count = 0
        if make and not (ca.dir / (leaf + ".pem")).exists():
            ca.leaf(leaf, self.address)

    def number(self):
        self.count += 1
        return "%s%d.%s@%s" % (self.style["prefix"], self.count, datetime.datetime.now().strftime("%Y%m%d%H%M%S%f"), self.domain)

    def seal(self, head, parts, **kw):
        covered = kw.pop("covered", None) or mixed(parts)
        cms = self.ca.sign(covered, kw.pop("leaf", self.leaf), md=kw.pop("md", self.style["md"]), ber=self.style["ber"],
                           extra=kw.pop("extra", ()), opaque=kw.pop("opaque", False))
        return signed(head, covered, cms, self.style, **kw)

    def inner(self, raw, number):
        """The sender's message as the access point leaves it: its Message-ID is the provider's now."""
        head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        lines = [l for l in head.split(b"\n") if not l.lower().startswith(b"message-id:")]
        old = [l.split(b":", 1)[1].strip() for l in head.split(b"\n") if l.lower().startswith(b"message-id:")]
        ref = old[0] if old else b"<%s>" % number.encode()
        lines += [b"Message-ID: <%s>" % number.encode(), b"X-Riferimento-Message-ID: " + ref]
        return b"\n".join(lines) + b"\n\n" + body, ref.decode().strip("<>")

    def transport(self, raw, mittente, recipients, when=None, subject="Rinnovo", **kw):
        """Busta di trasporto around the message RAW. Keywords change one thing, for the negative twins."""
        when = when or datetime.datetime.now(datetime.timezone.utc)
        number = kw.pop("number", None) or self.number()
        inner, msgid = self.inner(raw, number)
        inner = kw.pop("inner", inner)
        to = [(r, "esterno") if isinstance(r, str) else r for r in recipients]
        xml = kw.pop("xml", None) or daticert(kw.pop("kind", "posta-certificata"), mittente, to, kw.pop("xml_number", number),
                                              msgid, when, self.name, subject, kw.pop("errore", "nessuno"), "completa")
        parts = kw.pop("parts", None)
        if parts is None:
            parts = [text_part("Messaggio di posta certificata"), xml_part(xml, self.style), message_part(inner, self.style)]
        parts = parts + kw.pop("more", [])
        head = ('Return-Path: <%s>\nFrom: %s\nTo: %s\nSubject: POSTA CERTIFICATA: %s\nDate: %s\nMessage-ID: <%s>\n'
                'X-Riferimento-Message-ID: <%s>\nReply-To: %s\n%s: completa\n' % (
                    mittente, kw.pop("from_", '"Per conto di: %s" <%s>' % (mittente, self.address)), to[0][0], subject,
                    email.utils.format_datetime(when), kw.pop("message_id", number), msgid, mittente, self.style["receipt_header"]))
        head += kw.pop("claim", "X-Trasporto: posta-certificata\n")
        return self.seal(head, parts, **kw)

    def anomaly(self, raw, claimed, when=None, **kw):
        """Busta di anomalia: an ordinary mail that came into a PEC box."""
        when = when or datetime.datetime.now(datetime.timezone.utc)
        number = self.number()
        parts = [text_part("Anomalia nel messaggio"), message_part(raw, self.style)]
        head = ('From: "Per conto di: %s" <%s>\nSubject: ANOMALIA MESSAGGIO: Rinnovo\nDate: %s\nMessage-ID: <%s>\n'
                'X-Trasporto: errore\n' % (claimed, self.address, email.utils.format_datetime(when), number))
        return self.seal(head, parts, **kw)

    def receipt(self, kind, mittente, recipients, msgid, number, when=None, subject="Rinnovo", original=None, errore="nessuno",
                receipt="completa", consegna=None, code=None, **kw):
        """A receipt or notice of KIND about the message MSGID, which the provider calls NUMBER."""
        when = when or datetime.datetime.now(datetime.timezone.utc)
        to = [(r, "certificato") if isinstance(r, str) else r for r in recipients]
        xml = kw.pop("xml", None) or daticert(kind, mittente, to, number, msgid, when, self.name, subject, errore,
                                              receipt if kind == "avvenuta-consegna" else None, consegna, code)
        parts = [text_part("Ricevuta: " + kind), xml_part(xml, self.style)]
        if original is not None and receipt != "sintetica":
            parts.append(message_part(original, self.style))
        head = ("From: %s\nTo: %s\nSubject: %s%s\nDate: %s\nMessage-ID: <%s>\nX-Riferimento-Message-ID: <%s>\n" % (
            kw.pop("from_", self.address), mittente, SUBJECT[kind], subject, email.utils.format_datetime(when), self.number(), msgid))
        head += kw.pop("claim", "X-Ricevuta: %s\n" % kind)
        if errore == "virus":
            head += "X-VerificaSicurezza: errore\n"
        return self.seal(head, parts, **kw)
