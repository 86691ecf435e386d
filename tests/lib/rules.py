"""The rules of a renewal, told a second time: an independent model of what the texts for members and administrators promise.

It is fed with what happens to one box (a run of notify, expire or courier; a reply, with the moment the mail server took it) and says
where order, box, expiry date and held replies end, and how many notices were sent. It shares no code with the program. Where the rules
leave something open, the line says "chosen"."""
import calendar, dataclasses, datetime

NOTICE_DAYS = (90, 60, 30, 15, 7, 1, 0)
OPEN = ("document", "offered")
ENDED = (None, "declined", "cancelled", "lapsed")
YES = ("renew", "accept")


@dataclasses.dataclass
class Rules:
    """What the convention says."""
    term: int = 12
    answer_days: int = 15
    reactivation_days: int = 60
    cooling: datetime.timedelta = datetime.timedelta(hours=2)
    low_proof: bool = True


@dataclasses.dataclass
class Reply:
    """One mail. WHEN: the wall clock at which the mail server took it. ANSWERS: notice, offer, authorize, or public (no token)."""
    when: datetime.datetime
    answers: str
    says: str = "empty"  # renew accept no cancel question authorize empty
    sender: str = "registered"  # or other
    proof: str = "normal"  # or low, failed
    machine: bool = False
    document: bool = False
    period: datetime.date = None  # expiry date of the period whose letter is answered
    sent: datetime.date = None  # the day of that letter
    id: str = ""


def later(day, months):
    """DAY moved by MONTHS; the last day of a month that is shorter."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Period:
    """One box until one expiry date."""

    def __init__(self, expiry):
        self.expiry = expiry
        self.order = None  # state of its order
        self.requested = self.offered = None  # days
        self.number = False
        self.due = None  # when the provider may be asked
        self.asked = False  # it has been asked
        self.decided = []  # notice days that were decided on
        self.again = set()  # kinds of letter about which the member was asked again
        self.waiting = None  # the reply from elsewhere that waits for AUTORIZZO
        self.held = {}  # id -> moment

    def last_day(self, rules):
        """The last day on which an answer counts: law 5."""
        if self.order not in OPEN or self.requested > self.expiry:
            return self.expiry
        return max(self.expiry, self.answer_end(rules))

    def answer_end(self, rules):
        return (self.offered if self.order == "offered" else self.requested) + datetime.timedelta(days=rules.answer_days)


class Box:
    def __init__(self, expiry, document=True, entitled=True, rules=None, provider=None):
        self.rules = rules or Rules()
        self.state = "active"
        self.document, self.entitled = document, entitled
        self.periods = [Period(expiry)]
        self.provider = list(provider or [])  # what it will say: yes, later, refuse; then always yes
        self.notices = 0
        self.alias = False  # the other address may speak for the member
        self.queue = {}  # id -> moment: taken by the mail server, not handed over
        self.story = []

    @property
    def now(self):
        return self.periods[-1]

    @property
    def expiry(self):
        return self.now.expiry

    def tell(self, when, what):
        self.story.append("%s %s -> order %s, box %s" % (when, what, self.now.order, self.state))

    # --- the daily work ---

    def notify(self, today):
        """The latest notice that is due, unless it was decided on before. True if it is sent."""
        p, left = self.now, (self.expiry - today).days
        due = [d for d in NOTICE_DAYS if d >= left]
        if left < 0 or not due or (p.decided and min(p.decided) <= min(due)):
            return False
        p.decided.append(min(due))
        if not self.entitled or self.state != "active":
            return False
        # Who asked needs no more reminders (chosen: an open order is not reminded of). Who declined gets the last two.
        if p.order not in ENDED or (p.order == "declined" and min(due) > 1):
            return False
        self.notices += 1
        self.tell(today, "notice %d" % min(due))
        return True

    def expire(self, today):
        p = self.now
        over = p.order in OPEN and today > p.expiry and today > p.answer_end(self.rules)
        if self.state == "active" and today > p.expiry:
            if p.order in ("accepted", "failed"):  # the provider, or a person, is at work
                return
            in_time = p.order in OPEN and p.requested <= p.expiry
            if in_time and not over:
                return
            last = p.last_day(self.rules)
            if any(when.date() <= last for when in [*p.held.values(), *self.queue.values()]):
                return
            if over:
                p.order = "lapsed"
            self.state = "deactivated"
            self.tell(today, "deactivated")
        elif self.state == "deactivated" and over and not p.held and not self.queue:
            p.order = "lapsed"
            self.tell(today, "late order lapsed")

    def courier(self, at):
        """The provider is asked, if its time has come."""
        p = self.now
        if p.order != "accepted" or p.due is None or at < p.due:
            return
        p.asked = True
        word = self.provider.pop(0) if self.provider else "yes"
        if word == "refuse":
            p.order = "failed"
        elif word == "yes":
            p.order = "renewed"
            self.state = "active"
            self.periods.append(Period(later(p.expiry, self.rules.term)))
        self.tell(at, "provider says %s" % word)

    # --- replies ---

    def reply(self, r, at):
        """R is handed over at AT (taken at R.when, maybe earlier)."""
        p = next((q for q in self.periods if q.expiry == r.period), self.now)
        registered = r.sender == "registered" or self.alias
        word = "held" if self._reply(r, at, p, registered) == "hold" else "taken"
        if word == "held":
            p.held[r.id] = r.when
        self.tell(at, "reply to %s of %s from %s (%s): %s%s%s %s" % (
            r.answers, p.expiry, r.sender, r.proof, r.says, " machine" if r.machine else "", " +document" if r.document else "", word))

    def _reply(self, r, at, p, registered):
        if r.machine:
            return None
        if registered and r.proof == "failed":
            return "hold"
        if r.answers == "public":
            return None if registered and r.says in YES else "hold"
        if self._too_old(r, p):  # row 9: a fresh letter, whatever it says; where an order is open that is its summary
            return None if p.order in ENDED or p.order == "failed" else self._request(r, at, p)
        if r.document and registered:
            self.document = True
            if p.order == "document" and r.says in ("empty", *YES):
                return self._request(r, at, p)
        if r.answers == "authorize":
            if registered and r.says == "authorize" and p.waiting:
                first, p.waiting, self.alias = p.waiting, None, True
                p.held.pop(first.id)
                return self._accept(first, at, p)
            return self._ask(r, p)
        if not registered:
            return self._elsewhere(r, at, p)
        if r.says in ("no", "cancel"):
            return self._no(r, at, p)
        if r.answers == "notice" and r.says in YES:
            return self._request(r, at, p)
        if r.answers == "offer" and r.says == "accept":
            return "hold" if r.proof == "low" and not self.rules.low_proof else self._accept(r, at, p)
        return self._ask(r, p)

    def _elsewhere(self, r, at, p):
        """A good token, another From: row 6; anything but a clear yes: row 8."""
        if r.answers == "notice" and r.says in YES:
            return self._request(r, at, p)
        if r.answers == "offer" and r.says == "accept":
            p.waiting = p.waiting or r
            return "hold"
        return self._ask(r, p)

    def _too_old(self, r, p):
        """An offer stands for its answer days, a notice as long as the box can be renewed (chosen: both days included)."""
        answer = r.sent + datetime.timedelta(days=self.rules.answer_days)
        last = answer if r.answers == "offer" else max(answer, p.expiry + datetime.timedelta(days=self.rules.reactivation_days))
        return r.when.date() > last

    def _ask(self, r, p):
        """Asked again, once; then held. After the conclusion there is nothing to ask: words go to a person, thanks to nobody."""
        if r.answers in p.again:
            return "hold"
        if p.order in ("accepted", "renewed"):
            return None if r.says == "empty" else "hold"
        p.again.add(r.answers)
        return None

    def _may(self, r, p):
        return self.entitled and r.when.date() <= p.expiry + datetime.timedelta(days=self.rules.reactivation_days)

    def _request(self, r, at, p):
        if not self._may(r, p) or p.order == "failed":  # refused by the provider: only the administrator's word leads on
            return "hold"
        if p.order in ENDED:
            p.order, p.requested, p.number = "document", r.when.date(), False
            p.due, p.asked = None, False
        if p.order == "document" and self.document:
            p.order, p.offered = "offered", at.date()
        return None

    def _accept(self, r, at, p):
        if not self._may(r, p) or p.order == "failed":  # refused by the provider: only the administrator's word leads on
            return "hold"
        if p.order == "offered":
            p.order, p.number = "accepted", True
            p.due = at + (self.rules.cooling if at.date() < p.expiry else datetime.timedelta(0))
        return None  # twice: already done; an ended order: a fresh notice

    def _no(self, r, at, p):
        if p.order == "accepted" and not p.asked:
            p.order, p.due = "cancelled", None
        elif p.order in ("accepted", "renewed", "failed"):
            return "hold"  # the provider has been asked: a person must look at it
        elif r.says == "no":
            p.order = "declined"
        elif p.order in (*OPEN, "cancelled"):
            p.order = "cancelled"
        else:
            return "hold"  # nothing there to take back
        return None

    # --- the end ---

    def end(self):
        """What the store must say."""
        orders = [p for p in self.periods if p.order]
        return {"box": self.state, "expiry": self.expiry.isoformat(), "document": self.document,
                "orders": sorted((p.expiry.isoformat(), p.order) for p in orders),
                "held": sorted(i for p in self.periods for i in p.held), "notices": self.notices}
