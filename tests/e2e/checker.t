#!/usr/bin/python3
"""The history checker itself: one history that nothing disturbs holds; then one thing after another is put wrong in it, and is found."""
import copy, os, pathlib, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import checker, history, suite, world
from house import Tap

t = Tap()
if os.environ.get("RINNOVA_SAN"):
    print("1..0 # SKIP a sanitizer must come before what is loaded here; make check does it without")
    sys.exit(0)
A, B, C, D = (world.box_name(n) for n in "abcd")
NO_LEDGER_LAW = "DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete;"
LETTER = "UPDATE letter SET state = 'dropped', lease = NULL, error = 'by mistake' WHERE kind = '%s' AND box_id = (SELECT id FROM box WHERE name = '%s')"


class Quiet:
    """A history from STAGE to its end: some have answered, B and E never do."""

    def __init__(self, w, stage):
        self.h = h = history.History(w, 1, stage, faults=False)
        h.rest()
        h.audit()
        self.bad = h.bad + checker.Checker(h).bad
        self.store, self.mails, self.ended = w.store(), h.mails, set(w.provider.ended)

    def after(self, sql="", values=(), mails=(), ended=(), audit=False):
        """What the checker says (or the program's own audit) when SQL has been at the store, there are also MAILS, and the provider has ENDED more boxes."""
        disk, p = self.h.w.machine.disk, self.h.w.provider
        for f in disk.glob("rinnova.db-*"):
            f.unlink()
        (disk / "rinnova.db").write_bytes(self.store)
        db = sqlite3.connect(str(disk / "rinnova.db"), isolation_level=None)
        db.execute(sql, values) if values else db.executescript(sql)
        db.close()
        self.h.mails, p.ended, self.h.bad = self.mails + list(mails), self.ended | set(ended), []
        if not audit:
            return checker.Checker(self.h).bad
        self.h.audit()
        return self.h.bad

    def mail(self, **like):
        return next(m for m in self.mails if all(getattr(m, k) == v for k, v in like.items()))

    def found(self, law, what, name, *args, **more):
        bad = self.after(*args, **more)
        t.ok(any(b.startswith(law + ":") and what in b for b in bad), name, "\n".join(bad) or "all holds")

    def holds(self, name, *args, law="", **more):
        bad = [b for b in self.after(*args, **more) if b.startswith(law)]
        t.ok(not bad, name, "\n".join(bad))


def new(m, id_, says, accepted):
    """Another mail of the member who wrote M."""
    other = copy.copy(m)
    other.id, other.says, other.accepted, other.written = id_, says, accepted, m.written.replace(m.id.encode(), id_.encode())
    return other


def bytes_kept(q):
    m, other = q.mail(box=A, says="accept"), q.mail(box=C, says="accept")
    put, lost = "UPDATE inbox SET raw = ? WHERE message_id = '%s'" % m.id, ("lost", "other bytes than it was sent with")
    q.found(*lost, "a mail that is kept empty", put, (b"",))
    q.found(*lost, "a mail that is not kept at all", put, (None,))
    q.found(*lost, "a mail without its last line", put, (m.raw[:m.raw.rindex(b">")],))
    q.found(*lost, "a mail without its body", put, (m.raw[:m.raw.index(b"\r\n\r\n") + 4],))
    q.found(*lost, "a mail with another's body", put, (m.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + other.raw.partition(b"\r\n\r\n")[2],))
    q.found(*lost, "a mail without one of its fields", put, (m.raw.replace(b"Subject: Re: PEC\r\n", b""),))
    q.holds("what our mail server and gate write on top of it, and other ends of lines, are none of that", put,
            (b"Received: by mx\n\twith LMTP\nX-Rinnova-Session: v=1;\n\tm=0\n" + m.raw.replace(b"\r\n", b"\n"),), law="lost")


def dropped(q):
    q.found("lost", "(confirmation) was dropped", "a confirmation that was dropped", LETTER % ("confirmation", A))
    q.found("letters", "concluded 1 times and confirmed 0 times", "   and its order is not confirmed", LETTER % ("confirmation", A))
    q.found("lost", "(summary) was dropped", "a summary that was dropped", LETTER % ("summary", A))
    q.found("lost", "(renewed) was dropped", "a word of a renewal that was dropped", LETTER % ("renewed", A))
    q.found("lost", "(deactivated) was dropped", "a word of a deactivation that was dropped", LETTER % ("deactivated", B))
    q.holds("a notice may be dropped when the box was ordered meanwhile", LETTER % ("notice", A))
    q.holds("   or was deactivated", LETTER % ("notice", B))
    q.found("lost", "(notice) was dropped", "   or else it may not", (LETTER + "; UPDATE box SET state = 'active'") % ("notice", B))


def ended(q):
    no, m = new(q.mail(box=D, says="renew"), "no@posta.example", "no", False), q.mail(box=D, says="renew")
    q.found("deactivated", "%s had a reply in time" % D, "a box that the provider has deactivated, whatever the store says", ended=[D])
    q.found("deactivated", "%s had a reply in time" % D, "   and whatever a no says that never came", ended=[D], mails=[no])
    came = "INSERT INTO inbox (id, rcpt, message_id, digest, taken, processed, held, raw) SELECT %d, rcpt, '%s', '', taken, processed, 0, raw FROM inbox WHERE message_id = '%s';"
    said = ("INSERT INTO ledger (convention, seq, at, who, what, why, box_id, period_id, renewal_id, inbox_id, letter_id, detail_digest, digest)"
            " SELECT convention, 1000, at, who, 'order offered->declined', why, box_id, period_id, renewal_id, %d, 0, '', '' FROM ledger WHERE what LIKE '%%->accepted' AND box_id = 4;")
    q.found("deactivated", "%s had a reply in time" % D, "   and whatever a no says that came and ended no order", came % (1000, no.id, m.id), ended=[D], mails=[no])
    before = [b for b in q.after(came % (1000, no.id, m.id) + said % 1000, ended=[D], mails=[no]) if "had a reply" in b]
    t.ok(not before, "   but one that did is another matter", before)
    q.found("deactivated", "%s had a reply in time" % D, "   unless a reply came behind it", came % (-1, no.id, m.id) + said % -1, ended=[D], mails=[no])
    q.ended.discard(B)
    q.found("deactivated", "%s never answered and is active at the provider" % B, "a box that nobody has deactivated at the provider")
    q.ended.add(B)


def lost_behind_a_no(q):
    no = new(q.mail(box=A, says="renew"), "no@posta.example", "cancel", False)
    lapsed = "UPDATE renewal SET state = 'lapsed' WHERE box_id = (SELECT id FROM box WHERE name = '%s')" % A
    q.found("lost", "accept to %s was accepted, and no order came of it" % A, "an acceptance that was lost, where a no never came", lapsed, mails=[no])


def ledger(q):
    q.found("ledger", "is not what its digest was made of", "a row of the ledger that says something else", NO_LEDGER_LAW + "UPDATE ledger SET why = 'x' WHERE id = 9")
    q.found("ledger", "is not what its digest was made of", "   or whose digest does", NO_LEDGER_LAW + "UPDATE ledger SET digest = substr(digest, 33) || substr(digest, 1, 32) WHERE id = 9")
    q.found("ledger", "stands where row", "   or that is missing", NO_LEDGER_LAW + "DELETE FROM ledger WHERE what = 'notice 0 decided'")
    q.found("ledger", "another detail", "   or has another detail", "UPDATE ledger_detail SET detail = 'x'")
    q.found("ledger", "other bytes than those of inbox", "   or is about a mail that is not as it was", "UPDATE inbox SET raw = CAST(raw || 'x' AS BLOB)")
    q.found("ledger", "other bytes than those of letter", "   or about a letter that is not", "UPDATE letter SET raw = CAST(raw || 'x' AS BLOB)")
    q.found("ledger", "audit verify ends with 1", "the program's own audit is asked as well", NO_LEDGER_LAW + "UPDATE ledger SET why = 'x' WHERE id = 9", audit=True)


with suite.base() as b:
    w = world.World(b, "quiet")
    q = Quiet(w, "accepted")
    t.eq(q.bad, [], "a history that nothing disturbs holds")
    q.holds("   and does so when it is looked at again")
    for part in (bytes_kept, dropped, ended, lost_behind_a_no, ledger):
        part(q)
    w.end()
t.done()
