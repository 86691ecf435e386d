"""The history checker: what must hold at the end of every history, whatever failed in it. Reads the store, the sink and the provider; believes
none of them."""
import collections, datetime, email, re, sqlite3

import chain, world


# Of each table the row that is tried a second time: laws 2 and 8 are laws of the store, and not of the program alone.
OPEN, ENDED = "state IN ('requested', 'document', 'offered')", "state IN ('accepted', 'renewed', 'failed')"
# What a mail server or our gate writes on top of a mail.
TRACE = (b"received:", b"authentication-results:", b"x-rinnova-session:")
# Letters that may be dropped, for their reason can end (rn_campaign_still_wanted); every other one is owed to somebody.
CALLED_OFF = ("notice", "reminder")
TWICE = (("inbox", "TRUE"), ("renewal", OPEN), ("renewal", ENDED), ("letter", "TRUE"), ("call", "TRUE"))


def rows(db, sql):
    db.row_factory = sqlite3.Row
    return db.execute(sql).fetchall()


def bare(raw):
    """RAW without what was written on top of it, in lines as Unix has them."""
    head, end, body = (raw or b"").replace(b"\r\n", b"\n").partition(b"\n\n")
    return b"\n".join(f for f in re.split(rb"\n(?![ \t])", head) if not f.lower().startswith(TRACE)) + end + body


class Checker:
    """H: the history (history.py), ended and at rest. bad: what does not hold, each "law: words"."""

    def __init__(self, h):
        self.h, self.bad = h, []
        db = sqlite3.connect(str(h.w.machine.disk / "rinnova.db"))
        try:
            sound = [r[0] for r in db.execute("PRAGMA integrity_check(3)")] + [str(tuple(r)) for r in db.execute("PRAGMA foreign_key_check")]
            if sound != ["ok"]:
                self.say("store", "it is damaged: %s" % "; ".join(sound))
                return
            self.boxes = {r["name"]: r for r in rows(db, "SELECT * FROM box")}
            self.inbox = rows(db, "SELECT * FROM inbox ORDER BY id")
            self.orders = rows(db, "SELECT r.*, b.name AS box FROM renewal r JOIN box b ON b.id = r.box_id ORDER BY r.id")
            self.letters = rows(db, "SELECT * FROM letter ORDER BY id")
            self.calls = rows(db, "SELECT c.*, b.name AS box FROM call c JOIN box b ON b.id = c.box_id ORDER BY c.id")
            self.ledger = rows(db, "SELECT l.*, b.name AS box FROM ledger l LEFT JOIN box b ON b.id = l.box_id ORDER BY l.id")
            self.details = {r["ledger_id"]: r["detail"] for r in rows(db, "SELECT * FROM ledger_detail")}
            self.notices = rows(db, "SELECT * FROM notice")
            self.refused(db)
        finally:
            db.close()
        for check in (self.accepted, self.concluded, self.sent, self.copies, self.provider, self.deactivated, self.chain):
            check()

    def say(self, law, what):
        self.bad.append("%s: %s" % (law, what))

    def refused(self, db):
        """The store itself takes nothing twice, should the program ever ask it to: a message, an open or a concluded order of a period, a letter, a call."""
        for table, which in TWICE:
            there = rows(db, "SELECT * FROM %s WHERE %s ORDER BY id LIMIT 1" % (table, which))
            if not there:
                continue
            new = dict(there[0], id=None, **({"number": there[0]["number"] and there[0]["number"] + "-2"} if table == "renewal" else {}))
            try:
                db.execute("INSERT INTO %s (%s) VALUES (%s)" % (table, ", ".join(new), ", ".join("?" * len(new))), list(new.values()))
                self.say("unique", "the store takes a second %s of the same name (%s)" % (table, which))
            except sqlite3.IntegrityError as e:
                if not str(e).startswith("UNIQUE"):
                    self.say("store", "a second %s is refused for another reason: %s" % (table, e))
            db.rollback()

    def accepted(self):
        """Every message that got its 250 or exit 0 is in the inbox once, as it was sent, and nothing is that nobody sent. No history is so long that it may be emptied."""
        there = collections.defaultdict(list)
        for r in self.inbox:
            there[r["message_id"], r["rcpt"]].append(r["raw"])
        for m in self.h.mails:
            kept = there.pop((m.id, m.rcpt.lower()), [])
            n = len(kept)
            if any(bare(raw) != bare(m.written) for raw in kept):
                self.say("lost", "message %s (%s) is in the inbox with other bytes than it was sent with" % (m.id, m.says))
            if n > 1:
                self.say("doubled", "message %s is in the inbox %d times" % (m.id, n))
            elif n == 0 and m.accepted:
                self.say("lost", "message %s (%s) was accepted and is not in the inbox" % (m.id, m.says))
            elif n == 0:
                self.say("stuck", "message %s (%s) was never taken" % (m.id, m.says))
        if there:
            self.say("invented", "the inbox holds what nobody sent: %s" % sorted(there)[:3])

    def concluded(self):
        """One concluded order for a period at most, numbers without a second or a gap, and an acceptance that was taken concludes."""
        ended = [o for o in self.orders if o["state"] in ("accepted", "renewed", "failed")]
        for (box, period), n in collections.Counter((o["box"], o["period_id"]) for o in ended).items():
            if n > 1:
                self.say("doubled", "%s has %d concluded orders" % (box, n))
        numbers = sorted(o["number"] for o in self.orders if o["number"])
        if len(set(numbers)) != len(numbers):
            self.say("doubled", "an order number stands twice: %s" % numbers)
        for o in self.orders:
            said = [l for l in self.ledger if l["renewal_id"] == o["id"] and "->accepted" in l["what"]]
            if len(said) > 1 and not self.noes(o["box"]):
                self.say("doubled", "order %s of %s was concluded %d times" % (o["number"], o["box"], len(said)))
            letters = [l for l in self.letters if l["renewal_id"] == o["id"] and l["kind"] == "confirmation" and l["rcpt"] == self.boxes[o["box"]]["reference"]
                       and l["state"] != "dropped"]
            if len(letters) != len(said):
                self.say("letters", "order of %s was concluded %d times and confirmed %d times" % (o["box"], len(said), len(letters)))
        concluded, asked = {o["box"] for o in ended}, {o["box"] for o in self.orders}
        for m in self.h.mails:
            if m.accepted and not self.noes(m.box) and (m.says == "accept" and m.box not in concluded or m.says == "renew" and m.box not in asked):
                self.say("lost", "%s to %s was accepted, and no order came of it" % (m.says, m.box))

    def noes(self, box):
        """The rows of the ledger that say how a no of BOX ended an order: only a mail that members wrote, that came and that did so counts as one."""
        mails = {(m.id, m.rcpt.lower()) for m in self.h.mails if m.box == box and m.says in ("no", "cancel")}
        came = {r["id"] for r in self.inbox if (r["message_id"], r["rcpt"]) in mails}
        return [l for l in self.ledger if l["box"] == box and l["inbox_id"] in came and l["what"].endswith(("->declined", "->cancelled"))]

    def called_off(self, letter):
        """Has the reason of LETTER, a notice or reminder, ended? Reads the store, not what the courier has noted."""
        moves = [l["what"] for l in self.ledger if l["period_id"] == letter["period_id"] and l["what"].startswith("order ")]
        if any(n["period_id"] == letter["period_id"] and n["day"] < letter["step"] for n in self.notices):
            return True
        if any(b["id"] == letter["box_id"] and b["state"] != "active" for b in self.boxes.values()):
            return True
        if letter["kind"] == "reminder":
            return any(m.startswith("order offered->") for m in moves)
        return any(not m.endswith("->declined") or letter["step"] > 1 for m in moves)

    def sent(self):
        """Every letter has gone out at least once, or is marked; always the same bytes and Message-ID."""
        bytes_of = {}
        for sender, rcpt, raw in self.h.w.sink.mails:
            head = email.message_from_bytes(raw.split(b"\r\n\r\n")[0])
            id_ = str(head["Message-ID"]).strip("<> ")
            if bytes_of.setdefault((id_, rcpt), raw) != raw:
                self.say("letters", "%s to %s went out with other bytes" % (id_, rcpt))
        known = {(l["message_id"], l["rcpt"]): l for l in self.letters}
        if len(known) != len(self.letters):
            self.say("letters", "two letters have one Message-ID")
        for k, l in known.items():
            if l["state"] in ("queued", "claimed", "failed"):
                self.say("stuck", "letter %s (%s) is %s: %s" % (l["id"], l["kind"], l["state"], l["error"]))
            elif l["state"] == "sent" and k not in bytes_of and l["id"] > self.h.known_letters:
                self.say("lost", "letter %s (%s) is marked as sent and never came" % (l["id"], l["kind"]))
            elif l["state"] == "dropped" and not (l["kind"] in CALLED_OFF and self.called_off(l)):
                self.say("lost", "letter %s (%s) was dropped: %s" % (l["id"], l["kind"], l["error"]))
            elif l["state"] == "uncertain" and not self.h.incidents:
                self.say("letters", "letter %s (%s) is uncertain, and nothing failed" % (l["id"], l["kind"]))
            if k in bytes_of and bytes_of[k] != l["raw"]:
                self.say("letters", "letter %s (%s) went out with other bytes than those stored" % (l["id"], l["kind"]))
        for k in sorted(set(bytes_of) - set(known)):
            self.say("lost", "a letter to %s went out that the store does not know" % k[1])
        keys = collections.Counter(l["key"] for l in self.letters)
        for k, n in keys.items():
            if n > 1:
                self.say("doubled", "letter %s stands %d times" % (k, n))

    def copies(self):
        """No letter comes oftener than couriers were disturbed."""
        copies = collections.Counter((str(email.message_from_bytes(raw.split(b"\r\n\r\n")[0])["Message-ID"]), rcpt) for _, rcpt, raw in self.h.w.sink.mails)
        for (id_, rcpt), n in copies.items():
            if n > 1 + self.h.incidents:
                self.say("doubled", "a letter to %s came %d times, and couriers were disturbed %d times" % (rcpt, n, self.h.incidents))

    def provider(self):
        """A renewal is carried out once for an order, and where it was, the order or a person knows."""
        p = self.h.w.provider
        keys = collections.Counter()
        for key in p.seen:
            keys[next((c["box"] for c in self.calls if c["key"] == key), "?")] += key.startswith("renew")
        for box, n in keys.items():
            if box == "?" or n > sum(o["box"] == box and bool(o["number"]) for o in self.orders):
                self.say("doubled", "the provider was asked under %d keys for %s" % (n, box))
        for name, a in p.accounts.items():
            n, orders = a.get("renewals", 0), [o for o in self.orders if o["box"] == name and o["number"]]
            if n > 1:
                self.say("doubled", "the provider has renewed %s %d times" % (name, n))
            if n > len(orders):
                self.say("doubled", "the provider has renewed %s, and there is no order" % name)
            if n and not any(o["state"] == "renewed" for o in orders) and not self.person(name):
                self.say("lost", "the provider has renewed %s, and neither the order nor a person knows" % name)
        for o in self.orders:
            box, conv = self.boxes[o["box"]], o["convention"]
            if o["state"] == "renewed" and (box["expiry"] != o["new_expiry"] or conv == "api" and str(p.accounts[o["box"]]["endDate"]) != box["expiry"]):
                self.say("letters", "%s is renewed until %s, the provider says %s" % (o["box"], box["expiry"], p.accounts[o["box"]]["endDate"]))
            if o["state"] == "accepted" and not self.person(o["box"]):
                self.say("stuck", "order %s of %s was never renewed: %s" % (o["number"], o["box"], [tuple(c) for c in self.calls if c["box"] == o["box"]]))
            if o["state"] == "renewed" and box["state"] == "active" and p.accounts[o["box"]].get("suspensionDate") and not self.person(o["box"]):
                self.say("lost", "%s is renewed, and the provider has it suspended" % o["box"])
            if o["state"] == "failed":
                self.say("lost", "the provider refused %s" % o["box"])

    def person(self, box):
        """Is the call of BOX marked, and has the administrator been told?"""
        return any(c["box"] == box and c["state"] == "uncertain" and any(l["kind"] == "admin" and l["key"] == "call/%d/uncertain/%d" % (c["id"], c["attempts"]) for l in self.letters)
                   for c in self.calls)

    def deactivated(self):
        """Nobody is deactivated who answered in time; who never answered is, at the provider too."""
        there = {(r["message_id"], r["rcpt"]): r["id"] for r in self.inbox}
        for n, (days, _) in world.BOXES.items():
            name, expiry = world.box_name(n), self.h.w.first + datetime.timedelta(days)
            told = next((l["id"] for l in self.ledger if l["box"] == name and "deactivat" in l["what"]), None)
            done = name in self.h.w.provider.ended
            ended = self.boxes[name]["state"] != "active" or done or told is not None
            mails = [m for m in self.h.mails if m.box == name]
            taken_back = max((l["inbox_id"] for l in self.noes(name) if told is None or l["id"] < told), default=0)  # by the last no before it
            if ended and any(m.says == "renew" and m.in_time and there.get((m.id, m.rcpt.lower()), taken_back + 1) > taken_back for m in mails):
                self.say("deactivated", "%s had a reply in time" % name)
            if expiry >= self.h.last_day and ended:
                self.say("deactivated", "%s before its day" % name)
            if not mails and expiry < self.h.last_day and not (ended and (done or self.person(name))):
                self.say("deactivated", "%s never answered and is active%s" % (name, " at the provider" if ended else ""))

    def chain(self):
        """The rows of the ledger are numbered without a gap, and each is what its digest says, behind the one before."""
        mails, letters = {r["id"]: r["raw"] for r in self.inbox}, {l["id"]: l["raw"] for l in self.letters}
        for c in sorted({l["convention"] for l in self.ledger}):
            for what in chain.wrong([l for l in self.ledger if l["convention"] == c], self.details, mails, letters):
                self.say("ledger", "convention %s: %s" % (c, what))
