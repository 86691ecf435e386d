"""The words in which rules.py and office.py tell the rules: a convention, a reply, a period, and how days are counted."""
import calendar, dataclasses, datetime


@dataclasses.dataclass
class Convention:
    """What the configuration says of one."""
    name: str = "fnomceo"
    term: int = 12
    notice_days: tuple = (90, 60, 30, 15, 7, 1, 0)
    answer_days: int = 15
    reactivation_days: int = 60
    cooling: datetime.timedelta = datetime.timedelta(hours=2)
    low_proof: bool = True
    one_step: bool = False
    verbs: tuple = ("ACCETTO",)
    document: str = "receipt"  # or none, person
    edition: int = 1  # of its contract
    price: int = 0  # cents; budget: for a calendar year, 0: none
    budget: int = 0


@dataclasses.dataclass
class Reply:
    """One mail. WHEN: the wall clock at which the mail server took it. ANSWERS: notice, offer, authorize, list, or public (no token)."""
    when: datetime.datetime
    answers: str
    says: str = "empty"  # renew accept no cancel question authorize empty list
    sender: str = ""
    proof: str = "normal"  # or low, failed
    machine: str = None  # or office, bounce; then LETTER: the id of what came back
    letter: str = None
    kind: str = None
    document: str = None  # what tells one from another
    verbs: tuple = ()
    period: datetime.date = None  # expiry date of the period whose letter is answered
    sent: datetime.date = None  # the day of that letter
    about: str = None  # authorize: the other address
    summary: int = 0  # offer: which of the summaries of its period
    edition: int = 0  # of the contract that came with that letter
    rows: tuple = ()  # list: (box, period, can be renewed) in their order
    picks: object = None  # list: "all", or numbers of rows
    id: str = ""


def later(day, months):
    """DAY moved by MONTHS; the last day of a month that is shorter."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def days(n):
    return datetime.timedelta(days=n)


class Period:
    """One box until one expiry date."""

    def __init__(self, expiry):
        self.expiry = expiry
        self.order = None  # state of its order
        self.requested = self.offered = self.accepted = None  # days
        self.due = None  # when the provider may be asked
        self.asked = False  # it has been asked
        self.tries, self.doubt, self.refused = 0, False, None
        self.summary = 0  # the number of the summary that stands
        self.waits = False  # the member was told that the acceptance waits for money
        self.decided, self.decided_on = [], None  # notice days that were decided on
        self.again = set()  # kinds of letter about which the member was asked again
        self.waiting = {}  # another address -> its reply that waits for AUTORIZZO
        self.held = {}  # id -> reply
        self.without_money = set()  # ids of acceptances beyond the budget
        self.undone = self.told = False
        self.announced = None  # the day of the first dry run that named it
        self.terms = None  # what the summary that stands says: the last day, and which edition of the contract
