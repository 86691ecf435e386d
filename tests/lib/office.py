"""The rules that concern many boxes: brakes, the Order's roll, budgets, mail without a token, several boxes in one answer. See rules.py."""
import collections, datetime

import rules

HOLD = rules.HOLD


class Office:
    """Every box, and the keys of [site]."""

    def __init__(self, conventions, brake_boxes=20, brake_percent=10, import_percent=10):
        self.conventions = {c.name: c for c in conventions}
        self.brake_boxes, self.brake_percent, self.import_percent = brake_boxes, brake_percent, import_percent
        self.boxes = {}
        self.left = self.lapsed = 0  # by the last run of expire
        self.seen = collections.Counter()

    def add(self, box):
        box.seen, box.office = self.seen, self
        self.boxes[box.name] = box

    def of(self, address):
        """The boxes of one member, by any of the registered addresses."""
        return [b for b in self.boxes.values() if address in (b.reference, b.reference2, b.name)]

    # --- the daily work ---

    def notify(self, today):
        """How many notices, and how many reminders."""
        sent = [b.notify(today) for b in self.boxes.values()]
        return sent.count("notice"), len([s for s in sent if s]) - sent.count("notice")

    def courier(self, at):
        for b in self.boxes.values():
            b.courier(at)

    def expire(self, today, force=False):
        """How many were deactivated; None: the brake stopped the run, and nothing is changed. The next day's dry run is mailed all the same."""
        going = sum(b.fate(today) == "deactivate" for b in self.boxes.values())
        active = sum(b.state == "active" for b in self.boxes.values())
        most = max(2, min(self.brake_boxes, active // 2))  # where boxes are few: half of them, and two at least
        if going > most and going * 100 > self.brake_percent * active:
            if not force:
                self.seen["brake: expire stopped"] += 1
                self._announce(today)
                return None
            self.seen["brake: expire forced"] += 1
        count = lambda: sum(q.order == "lapsed" for b in self.boxes.values() for q in b.periods)
        lapsed = count()
        fates = [b.expire(today) for b in self.boxes.values()]
        self.left = sum(f is not None and f.startswith("left") for f in fates)
        self.lapsed = count() - lapsed
        self._announce(today)
        return fates.count("deactivate")

    def _announce(self, today):
        for b in self.boxes.values():
            b.announce(today)

    # --- the budget of a convention ---

    def affords(self, convention, at):
        """What the payer spends in one calendar year at most (chosen: with what the provider refused, which a person may send again)."""
        if not convention.budget:
            return True
        spent = sum(convention.price for b in self.boxes.values() if b.convention is convention for p in b.periods
                    if p.order in ("accepted", "renewed", "failed") and p.accepted.year == at.year)
        return spent + convention.price <= convention.budget

    # --- the roll ---

    def roll(self, rows, today, conventions=None, force=False):
        """ROWS: name -> a dict with reference, expiry and (for a new one) the box. What changed, as counts; None: the brake.
        It is the whole roll of CONVENTIONS: who is not in it is closed, who is in it again is opened."""
        known = [b for b in self.boxes.values() if conventions is None or b.convention.name in conventions]
        left = [b for b in known if b.name not in rows and b.state != "closed"]
        back = [b for b in known if b.name in rows and b.state == "closed"]
        moved = [b for b in known if b.name in rows and rows[b.name]["reference"] != b.reference]
        dated = [b for b in known if b.name in rows and rows[b.name]["expiry"] != b.expiry]
        new = [r["box"] for n, r in rows.items() if n not in self.boxes]
        past = [b for b in dated if rows[b.name]["expiry"] < today]
        if not force:
            for c in {b.convention.name for b in known}:
                ours = sum(b.convention.name == c for b in known)
                for some in (left, moved, past):
                    n = sum(b.convention.name == c for b in some)
                    if n > 1 and n * 100 > self.import_percent * ours:
                        self.seen["brake: roll stopped"] += 1
                        return None
        for b in left:
            b.state = "closed"
            b.tell(today, "left the roll")
        for b in back:
            b.state, b.entitled_from, b.entitled_to = "active", None, None
            b.tell(today, "back on the roll")
        for b in moved:
            b.letters["moved"] += 1
            b.reference = rows[b.name]["reference"]
            b.tell(today, "another reference address: %s" % b.reference)
        for b in dated:
            b.put_right(rows[b.name]["expiry"], today)
            b.tell(today, "another expiry date: %s" % b.expiry)
        for b in new:
            self.add(b)
            b.tell(today, "new on the roll")
        return {"new": len(new), "left": len(left), "back": len(back), "moved": len(moved), "dated": len(dated)}

    # --- mail without a token, and lists ---

    def public(self, r, at):
        """From a registered address: commands get a letter, a yes gets a fresh notice for each box that is expiring; the rest waits for a person."""
        mine = self.of(r.sender)
        for b in mine:
            b.public.pop(r.id, None)
        good = r.proof != "failed" and r.says in (*rules.YES, "list", "status", "help")
        self.seen["public mail: %s, %s" % (r.says, "answered" if good else HOLD)] += 1
        for b in mine:
            if not good:
                b.public[r.id] = (r.when, r.sender)
            b.story.append("%s public mail %s from %s (%s)" % (at, r.says, r.sender, r.proof))
        return None if good else HOLD

    def listed(self, r, at):
        """An answer to a list: which of its boxes, by their numbers or all that can be renewed; else the list comes again, and nothing follows."""
        first = self.boxes[r.rows[0][0]]
        if r.machine:
            return None
        if r.proof == "failed":
            return HOLD
        can = [i for i, row in enumerate(r.rows) if row[2]]
        chosen = []
        if r.says == "renew" and r.picks == "all":
            chosen = can
        elif r.says == "renew" and r.picks:
            # A number that no row has, or one of a box that cannot be renewed, is a slip (chosen: one that is asked for already is none).
            good = [i for i, (name, expiry, link) in enumerate(r.rows) if link or self.boxes[name].period(expiry).order not in rules.ENDED]
            chosen = [n - 1 for n in r.picks] if all(n - 1 in good for n in r.picks) else []
        elif r.says in rules.YES and len(can) == 1:
            chosen = can
        for i in chosen:
            name, expiry, _ = r.rows[i]
            b = self.boxes[name]
            p = b.period(expiry)
            if b._request(r, at, p) == HOLD:
                p.held[r.id] = r
            b.tell(at, "asked for in a list")
        self.seen["a list answered: %s" % ("several boxes" if len(chosen) > 1 else "one box" if chosen else "unclear")] += 1
        first.story.append("%s list answered with %s %s: rows %s" % (at, r.says, r.picks, chosen))
        return None

    def take(self, r, at, box=None):
        """One mail, whatever it answers."""
        if r.answers == "public":
            return self.public(r, at)
        if r.answers == "list":
            return self.listed(r, at)
        return box.reply(r, at)
