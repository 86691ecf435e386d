"""What the tests of both mail servers share: a member with a notice, a mail that carries its token in the recipient only, and whether it arrived."""
import datetime, email.message, smtplib, sqlite3

import replies
from house import Site, Sink, Tap, wait_for

ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"


def member(sink, **settings):
    """A site with one box and its notice, which went to SINK; lmtpd runs. (site, the notice)."""
    s = Site(smtp_port=sink.port, user="nobody", **settings)
    s.run("init")
    s.boxes({"box": BOX, "reference": ROSSI, "expiry": (datetime.date.today() + datetime.timedelta(days=30)).isoformat()})
    s.run("notify")
    s.run("courier", "--once")
    s.start("lmtpd")
    return s, sink.to(ROSSI)[-1]


def mail():
    """A new mail, as the link in the letter makes it: the token is in the recipient and nowhere else."""
    letter = email.message.EmailMessage()
    letter["From"] = letter["Reply-To"] = "rinnovo@ordine.example"
    letter["Subject"], letter["Message-ID"] = "La sua casella", "<none@ordine.example>"
    return replies.mailto(letter, ROSSI)


def inbox(site):
    """The rows of the store's inbox, oldest first."""
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
    db.row_factory = sqlite3.Row
    try:
        return [dict(r) for r in db.execute("SELECT * FROM inbox ORDER BY id")]
    finally:
        db.close()


class Doors:
    """One server under test: sends through it and looks at what the store then has."""

    def __init__(self, t, mta, site):
        self.t, self.mta, self.site = t, mta, site

    def arrives(self, rcpt, what, mails=1, sender=ROSSI, raw=None, seconds=20):
        """Sends a fresh mail (or RAW) to RCPT, one or a list: MAILS rows must come, and one knows the token. The rows."""
        before = len(inbox(self.site))
        self.mta.send(raw or mail(), rcpt, sender)
        return self.arrived(before, what, mails, seconds)

    def arrived(self, before, what, mails=1, seconds=30):
        wait_for(lambda: len(inbox(self.site)) >= before + mails, seconds)
        got = inbox(self.site)[before:]
        known = any(r["period_id"] for r in got)
        self.t.ok(len(got) == mails and known, what, "%d mails, token known: %s\n" % (len(got), known) + self.mta.log()[-1500:])
        return got or [{"client": None, "queue_id": None, "class": None, "rcpt": None, "raw": b"", "sender": None}]

    def kept(self, rcpt, what, deferred, seconds=20):
        """Sends a fresh mail to RCPT; DEFERRED() must come true, and nothing is in the store. How many rows there were before."""
        before = len(inbox(self.site))
        self.mta.send(mail(), rcpt, ROSSI)
        self.t.ok(wait_for(deferred, seconds) and len(inbox(self.site)) == before, what, self.mta.log()[-1500:])
        return before

    def refused(self, rcpt):
        try:
            self.mta.send(mail(), rcpt, ROSSI)
        except smtplib.SMTPRecipientsRefused as e:
            return list(e.recipients.values())[0][0] == 550
        return False

    def refused_later(self, rcpt):
        """Refused after the message was seen."""
        try:
            self.mta.send(mail(), rcpt, ROSSI)
        except smtplib.SMTPDataError as e:
            return e.smtp_code == 550
        return False
