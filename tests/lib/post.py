"""The post of the simulated year: letters as they came, read quickly; replies, reports and mails without a letter as they are written."""
import email, email.header, email.message, email.policy, email.utils, random, re

import replies

KINDS = [("La sua casella PEC scade", "notice"), ("Rinnovo della sua casella PEC, scadenza", "fresh"), ("Serve il suo documento", "document"), ("Riepilogo", "offer"),
         ("Un altro indirizzo", "authorize"), ("Conferma dell'ordine", "confirmation"), ("La sua casella PEC è stata rinnovata", "renewed"), ("La sua casella PEC è stata disattivata", "deactivated"),
         ("L'indirizzo di riferimento", "moved"), ("Abbiamo preso nota", "declined"), ("Il suo ordine di rinnovo è annullato", "cancelled"), ("Le sue caselle PEC", "list"),
         ("Il rinnovo della sua casella PEC richiede", "trouble"), ("Non possiamo accettare il documento", "refused"), ("Rinnovo della sua casella PEC: richiesta", "already"),
         ("Non abbiamo capito", "ask"), ("Una mail a suo nome", "warning"), ("Abbiamo ricevuto il suo documento", "checking"), ("Come rinnovare", "help"), ("Promemoria: manca", "reminder"), ("La sua accettazione è arrivata", "waits")]
# What the answer to a letter is taken for: the token in a letter says it.
ANSWERS = {"notice": "notice", "fresh": "notice", "document": "notice", "refused": "notice", "declined": "notice", "cancelled": "notice", "deactivated": "notice",
           "confirmation": "notice", "offer": "offer", "reminder": "offer", "authorize": "authorize", "list": "list"}
AUTH = {"normal": b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=%s; dkim=pass header.d=%s\r\n", "low": b"",
        "failed": b"Authentication-Results: mx.ordine.example; dmarc=fail header.from=%s; dkim=fail header.d=%s\r\n"}
WORDS = {"renew": ["RINNOVA", "Rinnova", "rinnova"], "accept": ["Accetto", "ACCETTO"], "no": ["NON RINNOVO", "Non rinnovo"], "cancel": ["ANNULLA"], "question": ["Quanto costa?"],
         "empty": [""], "authorize": ["AUTORIZZO"], "list": ["ELENCO"], "status": ["STATO"], "help": ["AIUTO"]}


class Letter:
    """One letter that we got. KIND: by its subject, None for one that is not about a renewal."""

    def __init__(self, sender, rcpt, raw):
        self.sender, self.rcpt, self.raw = sender, rcpt, raw
        head = raw.split(b"\r\n\r\n", 1)[0]
        self.head = head.decode("utf-8", "replace") + "\r\n"
        self.subject = self["Subject"]
        self.kind = next((k for s, k in KINDS if self.subject.startswith(s)), None)
        self.answers = ANSWERS.get(self.kind)
        box = re.search(rb"[\w.-]+@pec\.example", raw.split(b"\r\n\r\n", 1)[1])
        self.box = box.group().decode() if box else None
        self.period = self.day = None  # the driver knows
        self._text = None

    def __getitem__(self, field):
        """One field, as the email package would give it and much sooner."""
        text = re.search(r"(?ims)^%s: *(.*?)\r\n(?![ \t])" % field, self.head)
        return text and str(email.header.make_header(email.header.decode_header(re.sub(r"\r\n[ \t]", " ", text.group(1)))))

    def get_body(self, which):
        return self

    def get_content(self):
        if self._text is None:
            part = next(p for p in email.message_from_bytes(self.raw).walk() if p.get_content_type() == "text/plain")
            self._text = part.get_payload(decode=True).decode("utf-8").replace("\r\n", "\n")
        return self._text

    def rows(self):
        """Of a list: (name, has a link), in the order of their numbers."""
        parts = re.split(r"(?m)^Riga \d+\s*$", self.get_content())[1:]
        return [(re.search(r"Nome Casella: (\S+)", p).group(1), "<mailto:" in p) for p in parts]

    def other(self):
        """Of a letter that asks for AUTORIZZO: the address that it asks about."""
        return re.search(r"che non è fra i suoi:\s+(\S+@\S+)", self.get_content()).group(1)


def typed(says, verbs, picks, r):
    if says == "accept" or (says == "renew" and verbs):
        words = [v if r.random() < 0.5 else v.capitalize() for v in verbs]
        return "\n".join(([r.choice(WORDS["renew"])] if says == "renew" else []) + words)
    if picks:
        return "RINNOVA TUTTE" if picks == "all" else "RINNOVA " + ",".join(map(str, picks))
    return r.choice(WORDS[says])


def stamped(raw, at, sender, proof):
    """RAW with what our mail server writes on top of it."""
    domain = sender.split("@")[1].encode()
    head = AUTH[proof]
    return b"Received: from out.example by mx.ordine.example with ESMTPS id 4X; " + email.utils.format_datetime(at).encode() + b"\r\n" + (head % (domain, domain) if head else b"") + raw


def message_id(raw):
    return re.search(rb"(?im)^Message-ID: *<([^>]*)>", raw).group(1).decode()


def bounce(letter, address):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = "Mail Delivery System <MAILER-DAEMON@posta.example>", "rinnovo@ordine.example", "Undelivered Mail Returned to Sender"
    m["Message-ID"] = "<%x@posta.example>" % random.getrandbits(64)
    m["Auto-Submitted"] = "auto-replied"
    text = m.as_bytes(policy=email.policy.SMTP.clone(max_line_length=998)).rstrip() + b"\r\nMIME-Version: 1.0\r\n" \
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=xx\r\n\r\n--xx\r\nContent-Type: text/plain\r\n\r\nIl messaggio non e' stato consegnato.\r\n" \
        b"--xx\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.posta.example\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" \
        b"--xx\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\n\r\n--xx--\r\n" % (address.encode(), str(letter["Message-ID"]).encode())
    return text


def public(sender, text):
    return ("From: %s\r\nTo: rinnovo@ordine.example\r\nSubject: PEC\r\nMessage-ID: <%x@posta.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n" % (
        sender, random.getrandbits(64), text)).encode()


def attach(raw, name):
    """RAW with a document; NAME makes its bytes."""
    m = email.message_from_bytes(raw, policy=email.policy.SMTP)
    m.add_attachment(b"%PDF-1.4\n" + b"carta di identita\n" * 50 + name.encode(), "application", "pdf", filename="carta.pdf")
    return m.as_bytes(policy=email.policy.SMTP.clone(max_line_length=998))


def write(letter, sender, text, r):
    return r.choice([replies.gmail, replies.iphone, replies.outlook])(letter, sender, text)
