"""A PEC provider on loopback: takes mail from its one box by SMTP, answers with signed receipts, and puts signed
envelopes into the boxes of the recipients. What it does to each recipient is set in FATE."""
import datetime, email, email.policy, email.utils

from house import Sink
from pecmail import Provider

FATES = ("delivered", "external", "no-dest", "altro", "late", "late-then-delivered", "lapsed", "virus", "refused", "refused-virus")


class PecServer(Sink):
    """Sink's SMTP; BOX is the only sender it takes (553 otherwise), and From must be MAIL FROM (RFC 6109 3.1.1)."""

    def __init__(self, ca, box, style="aruba2026", leaf="provider", domain="pec.prova.example"):
        self.provider = Provider(ca, leaf=leaf, domain=domain, style=style)
        self.box, self.fate, self.boxes = box, {}, {}
        super().__init__()

    def check_sender(self, sender):
        return None if sender.lower() == self.box else "553 5.7.1 <%s>: Sender address rejected: not owned by user" % sender

    def work(self):
        """Handles what was taken since the last time: (kind, recipient, bytes) of each receipt for the box."""
        new = []
        while self.mails:
            _, rcpt, raw = self.mails.pop(0)
            new += self.one(rcpt, raw)
        return new

    def one(self, rcpt, raw, now=None):
        p, out = self.provider, []
        m = email.message_from_bytes(raw, policy=email.policy.default)
        number, fate = p.number(), self.fate.get(rcpt, "delivered")
        msgid = m["Message-ID"].strip("<>")
        now = now or datetime.datetime.now(datetime.timezone.utc)
        receipt = (m["X-TipoRicevuta"] or "completa").lower()
        common = dict(msgid=msgid, number=number, subject=str(m["Subject"])[:40])
        kind = "esterno" if fate == "external" else "certificato"

        def add(what, hours=0, **kw):
            when = now + datetime.timedelta(hours=hours)
            out.append((what, rcpt, p.receipt(what, self.box, [(rcpt, kind)], when=when, **common, **kw)))
        from_ = email.utils.parseaddr(str(m["From"]))[1]
        if from_.lower() != self.box or fate == "refused":
            add("non-accettazione", errore="altro", code="5.7.1 - Prova - mittente non valido")
            return out
        if fate == "refused-virus":
            add("non-accettazione", errore="virus", code="5.5.1, Prova, presenza di un virus nel messaggio")
            return out
        add("accettazione")
        original, _ = p.inner(raw, number)
        if fate in ("no-dest", "altro"):
            add("errore-consegna", errore=fate, consegna=rcpt, code="5.1.1 - Prova PEC S.p.A. - indirizzo non valido")
        elif fate == "virus":
            add("errore-consegna", errore="virus", consegna=rcpt, code="5.5.1, Prova, presenza di un virus nel messaggio")
        if fate in ("late", "late-then-delivered", "lapsed"):
            add("preavviso-errore-consegna", 12, errore="altro", consegna=rcpt, code="4.4.1 - Prova - in attesa")
        if fate == "lapsed":
            add("preavviso-errore-consegna", 24, errore="altro", consegna=rcpt, code="4.4.7 - Prova - tempo massimo")
        if fate in ("delivered", "late-then-delivered"):
            hours = 13 if fate == "late-then-delivered" else 0
            add("avvenuta-consegna", hours, consegna=rcpt, receipt=receipt, original=original)
        if fate in ("delivered", "external", "late-then-delivered"):
            self.boxes.setdefault(rcpt, []).append(p.transport(raw, self.box, [(rcpt, kind)], when=now, number=number))
        return out
