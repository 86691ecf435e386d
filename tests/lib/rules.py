"""The rules of a renewal, told a second time: an independent model of what the texts for members and administrators promise.

It is fed with what happens to one box (a run of notify, expire or courier; a reply, with the moment the mail server took it; a word of the
administrator) and says where order, box, expiry date and held replies end, and which letters were sent. It shares no code with the program.
Where the rules leave something open, the line says "chosen". What concerns many boxes (brakes, the roll, lists, budgets) is in office.py."""
import collections, datetime

from terms import Convention, Period, Reply, days, later

OPEN = ("document", "offered")
ENDED = (None, "declined", "cancelled", "lapsed")
YES = ("renew", "accept")
CONCLUDED = ("accepted", "renewed", "failed")
HOLD = "held"


class Box:
    def __init__(self, expiry, document=True, entitled=True, convention=None, provider=None, name="box", reference="reference", reference2=None, seen=None):
        self.convention = convention or Convention()
        self.name, self.reference, self.reference2 = name, reference, reference2
        self.aliases = set()  # they may speak for the holder
        self.state = "active"
        self.apart = None  # where program and rules were first seen apart
        self.document = document
        self.docs = {}  # document -> received, accepted or refused
        self.sent = {}  # document -> the day on which it was taken
        self.entitled_from, self.entitled_to = (None, None) if entitled else (None, datetime.date.min)
        self.periods = [Period(expiry)]
        self.provider = list(provider or [])  # what it will say: yes, later, refuse, unknown, other; then always yes
        self.letters = collections.Counter()
        self.seen = collections.Counter() if seen is None else seen
        self.queue = {}  # id -> moment: taken by the mail server, not handed over
        self.public = {}  # id -> (moment, sender): held, and without a token
        self.office = None
        self.bounced = set()
        self.story = []

    @property
    def now(self):
        return self.periods[-1]

    @property
    def expiry(self):
        return self.now.expiry

    def period(self, expiry):
        return next((q for q in self.periods if q.expiry == expiry), self.now)

    def possible(self, p, day):
        """A renewal is possible from the first day of a notice (chosen) to the last of the reactivation."""
        return p.expiry - days(self.convention.notice_days[0]) <= day <= p.expiry + days(self.convention.reactivation_days)

    def put_right(self, expiry, today):
        """An import gives another expiry date: an open order goes along, and ends where the box was renewed elsewhere (no notice of the new date is due yet)."""
        old, new = self.now, next((q for q in self.periods if q.expiry == expiry), None) or Period(expiry)
        self.periods = [q for q in self.periods if q is not new] + [new]
        if old.order in OPEN and today < new.expiry - days(self.convention.notice_days[0]):
            old.order = "lapsed"
            self.seen["an open order ends: renewed elsewhere"] += 1
        elif old.order in OPEN and new.order in ENDED and self.possible(new, today) and self.entitled(today) and self.state != "closed":
            # A summary of the order that ended here is none of the one that comes.
            new.summary = max(old.summary, new.summary) + (new.order is not None)
            new.order, new.requested, new.offered, new.terms = old.order, old.requested, old.offered, old.terms
            old.order = None
            self.seen["an open order goes along with its date"] += 1

    def registered(self, address):
        return address in (self.reference, self.reference2, self.name) or address in self.aliases

    def entitled(self, day):
        return (self.entitled_from is None or self.entitled_from <= day) and (self.entitled_to is None or day <= self.entitled_to)

    def tell(self, when, what):
        self.seen[what.split(":")[0]] += 1
        self.story.append("%s %s -> order %s, box %s" % (when, what, self.now.order, self.state))

    # --- the daily work ---

    def notify(self, today):
        """The latest notice that is due, unless it was decided on before: "notice" or "reminder" if one is sent."""
        p, left = self.now, (self.expiry - today).days
        due = [d for d in self.convention.notice_days if d >= left]
        if left < 0 or not due or (p.decided and min(p.decided) <= min(due)):
            return None
        p.decided.append(min(due))
        p.decided_on = today
        if not self.entitled(today) or self.state != "active":
            return None
        # Who declined gets the last ones (chosen: of the days 1 and 0).
        if p.order in ENDED and (p.order != "declined" or min(due) <= 1):
            what = "notice"
        elif p.order in OPEN and self._reminds(p, today, min(due)):
            what = "reminder" if p.order == "offered" else "reminder of the document"
        else:
            return None
        if what == "reminder":
            self._summary(p)
        self.letters[what] += 1
        self.letters["elsewhere"] += what == "notice" and self.reference2 is not None
        self.tell(today, "%s: %d" % (what, min(due)))
        return what

    def with_a_person(self, p):
        """A document has come, and a person has yet to look at it: of several, at any one (chosen: also if a later one was refused meanwhile)."""
        return p.order == "document" and self.convention.document == "person" and "received" in self.docs.values()

    def over(self, today, p):
        """The answer days of an open order are over; a document sent in time stops them until a person has spoken."""
        if p.order not in OPEN:
            return False
        return today > self.answer_end(p) and not self.unseen(p)

    def _reminds(self, p, today, left):
        """Not at once (chosen: not who was asked today; nor yesterday, but on the days 1 and 0), and not of what a person has to do."""
        asked = p.offered if p.order == "offered" else p.requested
        if p.order == "offered" and p.without_money & set(p.held):
            return False  # the acceptance waits for the payer: the member was told to do nothing
        return not self.with_a_person(p) and (today - asked).days >= (2 if left > 1 else 1)

    def last_day(self, p):
        """The last day on which an answer counts: law 5."""
        if p.order not in OPEN or p.requested > p.expiry:
            return p.expiry
        return max(p.expiry, self.answer_end(p))

    def answer_end(self, p):
        return (p.offered if p.order == "offered" else p.requested) + days(self.convention.answer_days)

    def unseen(self, p):
        """The member has sent the document, and a person has yet to look at it: the time that takes is not the member's."""
        if p.order != "document" or self.convention.document != "person":
            return False
        last = self.answer_end(p) if p.requested > p.expiry else self.last_day(p)
        return any(state == "received" and self.sent[d] <= last for d, state in self.docs.items())

    def waiting(self):
        """The days of the mails about this box that have led to nothing yet."""
        p = self.now
        # A held mail holds its box, not its period; one that names another period or none counts if it is of these months (chosen: 180 days).
        others = [r.when.date() for q in self.periods if q is not p for r in q.held.values()] + [w.date() for w, sender in self.public.values() if self.registered(sender)]
        return [r.when.date() for r in p.held.values()] + [w.date() for w in self.queue.values()] + [w for w in others if w >= p.expiry - days(180)]

    def lapsing(self, today):
        """Open orders that no run decides on with their box, for it is not active or has another date by now: their time is over as any other's."""
        late = [q for q in self.periods if q.order in OPEN and (q is not self.now or self.state != "active")]
        return [q for q in late if today > q.expiry and self.over(today, q) and not self.unseen(q) and not self.waiting()]

    def fate(self, today, dry=False):
        """What expire makes of the box: deactivate, or why it is left alone. DRY: as the dry run of the day before sees it."""
        p = self.now
        if self.state != "active" or today <= p.expiry:
            return None
        over = self.over(today, p)
        if p.undone:
            return "left: undone"
        if p.order in ("accepted", "failed"):
            return "left: the provider, or a person, is at work"
        if p.order in OPEN and p.requested <= p.expiry and not over:
            return "left: a request in time"
        if self.unseen(p) and p.requested <= p.expiry:
            return "left: a document waits for a person"
        last = self.last_day(p)
        if any(w <= last for w in self.waiting()):
            return "left: a mail in time waits"
        # Law 6: the dry run of an earlier day has named it.
        return "deactivate" if dry or p.announced and p.announced < today else "left: not announced"

    def announce(self, today):
        if not self.now.announced and self.fate(today + days(1), dry=True) == "deactivate":
            self.now.announced = today

    def expire(self, today):
        fate, p = self.fate(today), self.now
        if fate == "deactivate":
            if p.order in OPEN and today > self.answer_end(p) and not self.unseen(p):
                p.order = "lapsed"
            self.state = "deactivated"
            self.letters["deactivated"] += not p.told  # law 2: one letter of a kind for a period
            self.letters["elsewhere"] += not p.told and self.reference2 is not None
            p.told = True
            self.tell(today, "deactivated")
        elif fate:
            self.seen[fate] += 1
        for q in self.lapsing(today):
            q.order = "lapsed"
            self.tell(today, "late order lapsed" if q is self.now else "order of another date lapsed")
        return fate

    def courier(self, at):
        """The provider is asked, if its time has come."""
        for p in self.periods[-2:]:
            if p.order == "accepted" and p.due is not None and at >= p.due:
                self._ask_provider(p, at)

    def _ask_provider(self, p, at):
        p.asked, p.tries = True, p.tries + 1
        word = self.provider.pop(0) if self.provider else "yes"
        if word == "refuse" and p.doubt:  # law 8: it says nothing about a try that may have been carried out; a person must
            p.due = None
        elif word == "refuse":
            p.order = "failed"
            self.letters["trouble"] += p.refused != at.date()  # told once a day (chosen)
            p.refused = at.date()
        elif word == "unknown" and p.tries >= 2:  # law 8: repeated with the same key, never blindly for ever; now a person must say
            p.due = None
        elif word == "unknown":
            p.doubt = True
        elif word in ("yes", "other"):
            self.renewed(p, later(p.expiry, self.convention.term) + days(3 if word == "other" else 0))
        self.tell(at, "provider says %s" % word)

    def renewed(self, p, until):
        p.order, p.due = "renewed", None
        if self.state != "closed":
            self.state = "active"
        self.letters["renewed"] += 1
        self.periods.append(Period(until))

    # --- replies with a token ---

    def reply(self, r, at):
        """R is handed over at AT (taken at R.when, maybe earlier)."""
        for q in self.periods:
            q.held.pop(r.id, None)
        p = self._about(r, at)
        word = self._reply(r, at, p) or "taken"
        if word == HOLD:
            p.held[r.id] = r
        self.tell(at, "reply to %s, %s%s%s%s: of %s from %s (%s), %s" % (
            r.answers, r.says, " by a machine" if r.machine else "", " with a document" if r.document else "",
            " from elsewhere" if not self.registered(r.sender) else "", p.expiry, r.sender, r.proof, word))
        return word

    def _renewable(self, at):
        return self.possible(self.now, at.date()) and self.entitled(at.date()) and self.state != "closed"

    def _about(self, r, at):
        """Which period. Where the date was put right answers to letters about the old one go along; who may write was asked in the old one."""
        p = self.period(r.period)
        along = p is not self.now and p.order not in CONCLUDED and r.answers != "authorize" and self._renewable(at)
        return self.now if along else p

    def _reply(self, r, at, p):
        if r.machine:
            if r.machine == "bounce" and r.letter not in self.bounced:
                self._bounced(r, at.date(), p)
            return None
        known = self.registered(r.sender)
        if r.proof == "failed" and (known or r.answers == "authorize" and r.sender == r.about):
            return HOLD
        if self._too_old(r):  # row 9: a fresh letter, whatever it says; where an order is open that is its summary
            self.seen["an old token: a fresh letter"] += 1
            if p is not self.now and p.order in OPEN:
                return self._stands(r, at)
            if p is not self.now and p.order not in ("accepted", "renewed"):
                return None if self._renewable(at) or self.registered(r.sender) else HOLD
            return None if p.order in ENDED or p.order == "failed" else self._request(r, at, p)
        if r.document and known:
            self._take_document(r)
            if p.order == "document" and r.says in ("empty", *YES):
                return None if self.with_a_person(p) else self._request(r, at, p)
        if r.answers == "authorize":
            return self._authorize(r, at, p)
        whole = r.says in YES and set(self.convention.verbs) <= set(r.verbs)
        if not known:
            return self._elsewhere(r, at, p, whole)
        if r.says in ("no", "cancel"):
            return self._no(r, at, p)
        if r.answers == "notice" and r.says in YES:
            word = self._request(r, at, p)
            # A single reply asks and accepts, where the convention has one step, the sender is proven and the letter carried the contracts.
            if word is None and self.convention.one_step and whole and r.proof == "normal" and p.order == "offered" and r.kind in ("notice", "fresh"):
                if (r.period, r.edition) != (p.expiry, self.convention.edition):  # nobody accepts what was not there to read
                    self.seen["one step, of a notice that says something else"] += 1
                    return None
                self.seen["one step"] += 1
                return self._accept(r, at, p)
            return word
        if r.answers == "offer" and r.says == "accept" and whole:
            if r.proof == "low" and not self.convention.low_proof:
                self.seen["an acceptance of low proof is held"] += 1
                return HOLD
            return self._accept(r, at, p)
        return self._ask(r, p)

    def _bounced(self, r, today, p):
        """The same letter goes to the next address of the holder that has not had it, unless what it says is no longer so."""
        self.bounced.add(r.letter)
        last = r.sent and (p.expiry - r.sent).days <= 1
        if r.kind in ("notice", "reminder") and p.decided_on and r.sent < p.decided_on:
            return  # only the latest one goes out
        wanted = {"notice": p.order in ENDED and (p.order != "declined" or last), "reminder": p.order == "offered"}.get(r.kind)
        if wanted is None or wanted and p is self.now and self.state == "active" and self.entitled(today):
            self.letters["elsewhere"] += 1
            self.seen["a letter that bounced goes to another address"] += 1

    def _elsewhere(self, r, at, p, whole):
        """A good token, another From: row 6; anything but a clear yes: row 8."""
        if r.answers == "notice" and r.says in YES:
            return self._request(r, at, p)
        if r.answers == "offer" and r.says == "accept" and whole:
            p.waiting.setdefault(r.sender, r)
            return HOLD
        return self._ask(r, p)

    def _authorize(self, r, at, p):
        """Answered from either address, the other one becomes an alias, and its held reply goes on."""
        first, holder = p.waiting.get(r.about), r.sender in (self.reference, self.reference2, self.name)
        if not (holder or r.sender == r.about) or first is None:
            return self._ask(r, p)
        if r.says in ("authorize", "accept"):  # a clear yes (chosen: to the question that the letter asks)
            del p.waiting[r.about]
            if first.document:
                self._take_document(first)
            self.aliases.add(r.about)
            p.held = {i: h for i, h in p.held.items() if h.sender != r.about}
            self.seen["another address authorized"] += 1
            p = self._about(first, at)
            if self._accept(first, at, p) == HOLD:
                p.held[first.id] = first
            return None
        if r.says == "no" and holder:  # its mail stays where it is; the order is not declined
            self.seen["another address not authorized"] += 1
            return None
        return self._ask(r, p)

    def _too_old(self, r):
        """The token carries its last day (section 4), of the date that its letter named. An offer stands for its answer days, a notice as long as the box can be renewed (chosen: both days included)."""
        answer = r.sent + days(self.convention.answer_days)
        last = answer if r.answers == "offer" else max(answer, r.period + days(self.convention.reactivation_days))
        return r.when.date() > last

    def _ask(self, r, p):
        """Asked again, once for each period (law 2: a letter is unique by period, kind and step); then held. After the conclusion there is nothing to ask: words go to a person, thanks to nobody."""
        if r.answers in p.again | self.period(r.period).again:
            return HOLD
        if p.order in ("accepted", "renewed"):
            return None if r.says == "empty" else HOLD
        p.again.add(r.answers)
        return None

    def _may(self, r, p):
        return self.state != "closed" and self.entitled(r.when.date()) and self.possible(p, r.when.date())

    def _past(self, p, at):
        """Of a period that another date has replaced nothing is ordered any more: the member is told how the box stands.
        What was concluded answers for itself ("already done") as long as its period could be renewed."""
        return p is not self.now and (p.order not in CONCLUDED or at.date() > p.expiry + days(self.convention.reactivation_days))

    def _stands(self, r, at):
        """A fresh notice to the registered address, while that is of use (row 9). Else who is registered hears how the box stands, anybody else is read by a person (row 11); so is who is not entitled."""
        if not self.entitled(r.when.date()) or self.state == "closed":
            return HOLD
        return None if self.possible(self.now, at.date()) or self.registered(r.sender) else HOLD

    def _request(self, r, at, p):
        if self._past(p, at):
            self.seen["a yes to a period that is over"] += 1
            return self._stands(r, at)
        if not self._may(r, p) or p.order == "failed":  # refused by the provider: only the administrator's word leads on
            return HOLD
        if p.order in ENDED:
            p.order, p.requested = "document", r.when.date()
            p.due, p.asked, p.tries, p.doubt = None, False, 0, False
        if p.order == "offered":
            self._summary(p)
        self._offer(p, at)
        return None

    def _summary(self, p):
        """The summary goes out once more: as another one, if it says something else by now."""
        if p.terms != (p.expiry, self.convention.edition):
            p.summary, p.terms = p.summary + 1, (p.expiry, self.convention.edition)

    def _offer(self, p, at):
        if p.order == "document" and (self.document or self.convention.document == "none"):
            p.order, p.offered, p.summary, p.terms = "offered", at.date(), p.summary + 1, (p.expiry, self.convention.edition)

    def _accept(self, r, at, p):
        if self._past(p, at):
            return self._stands(r, at)
        if not self._may(r, p) or p.order == "failed":
            return HOLD
        if p.order == "offered" and r.answers == "offer" and (r.summary, r.period, r.edition) != (p.summary, p.expiry, self.convention.edition):
            self._summary(p)
            self.seen["an acceptance of a summary that was taken back"] += 1
            self.seen["an acceptance of an older contract"] += r.edition != self.convention.edition
            return None  # the one that stands goes out instead
        if p.order == "offered":
            if self.office and not self.office.affords(self.convention, at):
                self.seen["budget exhausted"] += 1
                p.without_money.add(r.id)
                self.letters["waits"] += not p.waits
                p.waits = True
                return HOLD
            p.order, p.accepted = "accepted", at.date()
            p.due = at + (self.convention.cooling if at.date() < p.expiry else days(0))
            self.letters["confirmation"] += 1
            self.seen["accepted"] += 1
        return HOLD if p.order == "document" else None  # twice: already done; an ended order: a fresh notice

    def _no(self, r, at, p):
        if p.order == "accepted" and not p.asked:
            p.order, p.due = "cancelled", None
            self.seen["accepted, and cancelled in time"] += 1
        elif p.order in ("accepted", "renewed", "failed"):
            self.seen["a no too late"] += 1
            return HOLD  # the provider has been asked: a person must look at it
        elif r.says == "no":
            p.order = "declined"
        elif p.order in (*OPEN, "cancelled"):
            p.order = "cancelled"
        else:
            return HOLD  # nothing there to take back
        return None

    # --- documents, and the administrator's word ---

    def _take_document(self, r):
        if r.document not in self.docs:
            self.docs[r.document] = "received"
            self.sent[r.document] = r.when.date()
            self.seen["a document filed"] += 1
        if self.convention.document != "person" and self.docs[r.document] != "refused":
            self.document = True

    def judge_document(self, name, good, at):
        self.docs[name] = "accepted" if good else "refused"
        p = self.now
        # Refused: another one may still be there (chosen).
        self.document = good or any(s == "accepted" or s == "received" and self.convention.document != "person" for s in self.docs.values())
        if good:
            self._offer(p, at)
        elif p.order == "offered" and not self.document:
            p.order = "document"
        self.tell(at, "document %s" % self.docs[name])

    def undo(self, at):
        """A deactivation is taken back. False: it cannot be."""
        if self.state != "deactivated" or at.date() > self.expiry + days(self.convention.reactivation_days):
            return False
        self.state, self.now.undone = "active", True
        self.tell(at, "deactivation undone")
        return True

    def retry(self, at):
        """The administrator sends a refused order to the provider again."""
        self.now.order, self.now.due, self.now.tries, self.now.doubt = "accepted", at, 0, False
        self.tell(at, "order retry")

    def renewed_by_hand(self, at):
        self.renewed(self.now, later(self.expiry, self.convention.term))
        self.tell(at, "order renewed by hand")

    # --- the end ---

    def end(self):
        """What the store must say."""
        return {"box": self.state, "expiry": self.expiry.isoformat(), "document": self.document, "reference": self.reference,
                "orders": sorted((p.expiry.isoformat(), p.order) for p in self.periods if p.order),
                "held": sorted([i for p in self.periods for i in p.held] + list(self.public)), "letters": dict(self.letters)}
