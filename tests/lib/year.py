"""A simulated year: boxes whose members answer at random, the clock moved from day to day, and the end of each compared with rules.py and office.py.

One lmtpd runs all the time; it, and every command, sees the time that stands in one file (libfaketime). Days on which nothing can happen
are mostly left out. Everything random comes from one seed."""
import datetime, json, os, random, re, tempfile, time, zoneinfo

import compare, desk, members, office, post, replies, rules, setting
from house import Sink, Site

ROME = zoneinfo.ZoneInfo("Europe/Rome")
DAY = datetime.timedelta(days=1)
SLOTS = {"00:00": datetime.time(0, 0, 0), "00:30": datetime.time(0, 30), "08": datetime.time(8), "09": datetime.time(9), "10": datetime.time(10), "11": datetime.time(11),
         "14": datetime.time(14), "16": datetime.time(16), "18": datetime.time(18), "23:59": datetime.time(23, 59, 59)}
NOTICES = ("notice", "fresh", "document", "refused")

class Member:
    def __init__(self, n, expiries, convention, r, **more):
        self.n, self.random, self.convention = n, r, convention
        self.reference, self.other, self.third = "m%05d@posta.example" % n, "segretaria%05d@studio.example" % n, "terzo%05d@altrove.example" % n
        self.second = "m%05d@casa.example" % n if r.random() < 0.3 else None
        self.moves = 0
        self.stories, self.boxes = [], []
        for i, expiry in enumerate(expiries):
            story = members.once(r, convention, len(expiries) > 1 and i == 0)
            self.stories.append(story if i == 0 or len(expiries) == 1 else members.Story("beside"))
            self.boxes.append(rules.Box(expiry, convention=convention, provider=r.choice(members.WORDS), name="m%05d%s@pec.example" % (n, "abcd"[i] if i else ""), reference=self.reference,
                                        reference2=self.second, **dict(story.box if i == 0 else {}, **more)))
        for b in self.boxes:
            b.member, b.says = self, list(b.provider)
        self.letters = []
        self.written = {}  # id of a reply -> its box
        self.apart = None  # the first day on which program and rules went apart

    def address(self, who, box):
        return {"reference": self.reference, "second": self.second or self.reference, "box": box.name, "other": self.other, "third": self.third}[who]

    def letter(self, box, to):
        """The newest letter to be answered, of the kind TO; the nearest to it where there is none."""
        mine = [l for l in self.letters if l.answers and (l.box == box.name or l.answers == "list" == to)]
        if to == "any":
            mine = [l for l in mine if l.answers != "list"]
            return self.random.choice(mine) if mine else None
        of = lambda kinds: next((l for l in reversed(mine) if l.kind in kinds), None)
        return of({"notice": NOTICES, "offer": ("offer", "reminder")}.get(to, (to,))) or (of(NOTICES) if to not in ("list", "authorize") else None)


class Year:
    def __init__(self, boxes, days, seed, say=print):
        """DAYS: how many days the expiry dates spread over, from 1 October 2027 (29 February and both changes of clock are among a year)."""
        self.random = random.Random(seed)
        self.say = say
        random.seed(seed)  # message ids of the replies
        self.size, self.days = boxes, days
        self.first = datetime.date(2027, 10, 1) if days > 200 else datetime.date(2028, 2, 15)
        self.last = self.first + days * DAY
        small = boxes < 200
        for c in members.CONVENTIONS:
            c.budget, c.edition = 0, 1
        members.CONVENTIONS[3].budget = boxes * 25  # not enough for everybody
        self.rules = office.Office(members.CONVENTIONS, 2 if small else 6, 3 if boxes < 600 else 1)
        self.members, self.by_name, self.by_address = [], {}, {}
        self.seconds = {}  # another address of a member -> how many letters about which box came there
        self.todo = {}  # (day, slot) -> what is written then, in order
        self.start = self.first - 91 * DAY
        self.count = 0
        self.end = self.last + 75 * DAY
        while sum(len(m.boxes) for m in self.members) < boxes:
            self.join(self.member(self.start), self.start)
        self.sink = Sink()
        self.at_home = ROME
        self.queue = []  # (day to hand over, member, raw, rcpt, sender, reply)
        self.sent = self.runs = self.rolls = 0
        self.busy = False
        self.fates = {}
        self.away = self.start  # until then nothing runs by itself
        self.differences = []

    def member(self, today):
        r, n = self.random, self.count
        self.count += 1
        convention = r.choices(members.CONVENTIONS, members.WEIGHTS)[0]
        spread = lambda: max(self.mass(), today + DAY) if r.random() < (0.2 if self.days > 200 else 0.1) else max(self.first, today) + r.randrange(max(1, (self.last - max(self.first, today)).days)) * DAY
        day = spread()
        expiries = [day] if r.random() < 0.9 else [day + r.randint(0, 3) * DAY for _ in range(3)]
        return Member(n, expiries, convention, r)

    def mass(self):
        """A day on which many boxes end."""
        return self.random.choice([datetime.date(2027, 12, 31), datetime.date(2028, 3, 31), datetime.date(2028, 6, 30)]) if self.days > 200 else self.first + 5 * DAY

    def join(self, m, today):
        self.members.append(m)
        for story, b in zip(m.stories, m.boxes):
            self.by_name[b.name] = b
            if today == self.start:
                self.rules.add(b)
            self.plan(m, b, story, today)
        self.by_address[m.reference] = m
        self.seconds.update({b.name: {} for b in m.boxes})
        if m.second:
            self.seconds[m.second] = {}

    def plan(self, m, box, story, today):
        box.story.append("%s plays: %s" % (today, story.name))
        for day, slot, what, more in story.steps:
            b = m.boxes[more["box"]] if "box" in more else box
            when = b.expiry + day * DAY
            if when > today:
                self.todo.setdefault((when, slot), []).append((m, b, what, more))

    # --- the clock ---

    def clock(self, day, time):
        self.at = datetime.datetime.combine(day, time)
        utc = self.at.replace(tzinfo=ROME).astimezone(datetime.timezone.utc)
        path = self.site.dir / "clock"
        new = path.with_suffix(".new")
        new.write_text(utc.strftime("%Y-%m-%d %H:%M:%S\n"))
        new.rename(path)

    # --- the program's part ---

    def command(self, *args, code=0):
        """Runs one command, which must end with CODE; what it printed, or None if it took more than one run."""
        for n in range(5):  # 75: worth trying again, such as when lmtpd holds the store while the machine is busy
            self.runs += 1
            got, out, err = self.site.run(*args, check=False)
            if got != 75:
                break
        if got != code:
            self.differ("%s: exit %d, by the rules %d: %s%s" % (" ".join(map(str, args)), got, code, out[-300:], err))
        return out if n == 0 else None

    def differ(self, what):
        self.differences.append("%s: %s" % (self.at, what))
        self.say("# " + self.differences[-1].splitlines()[0])

    def number(self, text, pattern, want):
        if text is None:
            return
        got = [int(n) for n in re.findall(pattern, text)]  # a roll says it for each convention
        if sum(got) != want or not got:
            self.differ("%s: %s, by the rules %d: %s" % (pattern, got, want, text[-300:]))

    def courier(self):
        if self.at.second == 0:
            self.clock(self.at.date(), (self.at + datetime.timedelta(minutes=5)).time())
        before = {n: b.expiry for n, b in self.by_name.items()}  # a letter that comes now is about that period
        summary = {n: b.now.summary for n, b in self.by_name.items()}
        self.command("courier", "--once")
        self.rules.courier(self.at)
        for sender, rcpt, raw in self.sink.mails:
            m = self.by_address.get(rcpt)
            letter = post.Letter(sender, rcpt, raw) if m or rcpt in self.seconds else None
            if rcpt in self.seconds and letter.kind not in ("list", "help"):  # those go to who asked
                self.seconds[rcpt][letter.box] = self.seconds[rcpt].get(letter.box, 0) + 1
            elif m:
                letter.period, letter.day = before.get(letter.box), self.at.date()
                of = {"authorize": lambda p: letter.other() in p.waiting, "declined": lambda p: p.order == "declined", "cancelled": lambda p: p.order == "cancelled"}.get(letter.kind)
                if of:  # such a letter may be about an order of a period that is over
                    letter.period = next((p.expiry for p in reversed(self.by_name[letter.box].periods) if of(p)), letter.period)
                letter.summary = summary.get(letter.box)
                letter.edition = m.convention.edition
                letter.rcpts = before if letter.kind == "list" else None
                m.letters.append(letter)
        self.sink.mails.clear()
        self.busy = False
        for n, b in self.by_name.items():
            if b.expiry != before[n] and b.expiry <= self.last:
                self.plan(b.member, b, members.once(self.random, b.convention, False), self.at.date())

    # --- the member's part ---

    def answer(self, m, box, says, more):
        """Writes one reply; it is handed over now, or waits in the queue."""
        to = more.get("to") or {"accept": "offer", "authorize": "authorize", "list": "public"}.get(says, "notice")
        letter = None if to == "public" else m.letter(box, to)
        if letter is None and to != "public":
            box.story.append("%s no letter to answer with %s" % (self.at, says))
            return
        sender = m.address(more.get("sender", "reference"), box)
        proof, machine, picks = more.get("proof", "normal"), more.get("machine"), more.get("picks")
        verbs = ()
        if says == "accept" or says == "renew" and box.convention.one_step and letter and letter.answers == "notice" and self.random.random() < 0.6:
            verbs = box.convention.verbs if self.random.random() < 0.9 else box.convention.verbs[:1]
        text = post.typed(says, verbs, picks, self.random)
        if to == "public":
            raw, rcpt, envelope = post.public(sender, text), "rinnovo@ordine.example", sender
        elif machine == "bounce":
            raw, rcpt, envelope = post.bounce(letter, m.reference), letter.sender, ""
        else:
            rcpt, envelope = replies.token_address(letter), sender
            raw = replies.out_of_office(letter, sender) if machine else post.write(letter, sender, text, self.random)
        document = "%s %s" % (box.name, self.at) if more.get("document") else None
        if document:
            raw = post.attach(raw, document)
        raw = post.stamped(raw, self.at.replace(tzinfo=ROME), sender, proof)
        reply = rules.Reply(self.at, "public" if to == "public" else letter.answers, says, sender, proof, machine, letter=letter and letter["Message-ID"], document=document, verbs=verbs, period=letter and letter.period,
                            sent=letter and letter.day, picks=picks, id=post.message_id(raw))
        reply.kind, reply.edition = letter and letter.kind, letter and letter.edition
        if letter and letter.answers == "offer":
            reply.summary = letter.summary
        if letter and letter.answers == "list":
            reply.rows = tuple((name, letter.rcpts[name], link) for name, link in letter.rows())
        if letter and letter.answers == "authorize":
            reply.about = letter.other()
        m.written[reply.id] = box
        if more.get("queued"):
            box.queue[reply.id] = self.at
            box.story.append("%s %s is queued" % (self.at, says))
            self.queue.append((self.at.date() + more["queued"] * DAY, m, box, raw, rcpt, envelope, reply))
        else:
            self.hand_over(m, box, raw, rcpt, envelope, reply)

    def hand_over(self, m, box, raw, rcpt, envelope, reply):
        self.sent += 1
        for n in range(10):  # 451: the machine is busy, and a mail server tries again
            got = self.site.lmtp(raw, rcpt, envelope)
            if got and not got[0].startswith("451"):
                break
            time.sleep(n)
        if not got or not got[0].startswith("250"):
            raise RuntimeError("a reply was not taken: %s" % got)
        box.queue.pop(reply.id, None)
        self.rules.take(reply, self.at, box)
        self.busy = True

    def write_queue(self):
        lines = [json.dumps({"queue_name": "deferred", "queue_id": "4Q%d" % i, "arrival_time": int(r.when.replace(tzinfo=ROME).timestamp()), "message_size": len(raw),
                             "forced_expire": False, "sender": env, "recipients": [{"address": rcpt, "delay_reason": "busy"}]})
                 for i, (_, _, _, raw, rcpt, env, r) in enumerate(self.queue)]
        (self.site.dir / "queue.json").write_text("".join(l + "\n" for l in lines))

    # --- the days ---

    def slot(self, day, name):
        work = self.todo.pop((day, name), [])
        due = [q for q in self.queue if q[0] <= day] if name == "10" else []
        roll = name == "09" and day > self.start and (day - self.start).days % 14 == 0
        at = datetime.datetime.combine(day, SLOTS[name])
        # The provider's time has come; or not yet, and the courier must see that, too.
        waits = [b.now.due <= at for b in self.by_name.values() if b.now.order == "accepted" and b.now.due]
        if not (work or due or roll or self.busy or any(waits) or waits and self.random.random() < 0.2):
            return
        self.clock(day, SLOTS[name])
        self.queue = [q for q in self.queue if q not in due]
        for _, *rest in due:
            self.hand_over(*rest)
        if roll:
            if self.random.random() < (0.2 if self.size > 200 else 0.5):
                self.desk.contract()
            self.desk.roll(day)
        for m, box, what, more in work:
            if box.name not in self.rules.boxes:
                continue
            if what in self.desk.ACTS:
                self.desk.act(box, what, more)
            else:
                self.answer(m, box, what, more)
        self.courier()

    def daily(self, day):
        chance = self.random.random() < 0.05
        boxes = self.rules.boxes.values()
        if day < self.away:
            return
        if self.random.random() < 0.01:  # a stop: the timers of some days are lost
            self.away = day + self.random.randint(1, 6) * DAY
            return
        fates = {b.name: (b.fate(day), len(b.lapsing(day))) for b in boxes if b.expiry < day or len(b.periods) > 1 or b.state != "active"}
        news = any(b.expiry <= day and not b.now.announced and b.fate(day + DAY, dry=True) == "deactivate" for b in boxes)
        if chance or news or fates != self.fates or any(f == "deactivate" or n for f, n in fates.values()):
            self.fates = fates
            self.clock(day, SLOTS["00:30"])
            self.write_queue()
            n = self.rules.expire(day)
            out = self.command("expire", code=1 if n is None else 0)
            if n is None and self.random.random() < 0.5:
                n = self.rules.expire(day, force=True)
                out = self.command("expire", "--force-over-brake", "--reason", "e' giusto cosi'")
            if n is not None:
                for words, want in (r"(?m)^(\d+) box(?:es)? deactivated", n), (r"(\d+) left active", self.rules.left), (r"(\d+) orders lapsed", self.rules.lapsed):
                    self.number(out, words, want)
            if chance or n and (self.size < 600 or self.random.random() < 0.15):  # to look takes long where there are many
                compare.look(self)
            self.busy = self.busy or bool(n)
        if chance or any((b.expiry - day).days in b.convention.notice_days for b in boxes):
            self.clock(day, SLOTS["08"])
            out = self.command("notify")
            for what, n in zip((r"(\d+) notices? written", r"(\d+) reminders"), self.rules.notify(day)):
                self.number(out, what, n)
                self.busy = self.busy or n > 0
        if self.busy:
            self.courier()

    def run(self):
        with Site(smtp_port=self.sink.port, authserv="mx.ordine.example",
                  site="mail-queue=postfix\nmail-queue-command={q}\nexpire-brake-boxes=%d\nexpire-brake-percent=%s\n" % (self.rules.brake_boxes, self.rules.brake_percent)) as self.site:
            self.desk = desk.Desk(self)
            setting.write(self.site, self.rules.conventions.values())
            self.clock(self.start, datetime.time(6))
            os.environ.update(setting.environment(self.site))
            self.site.run("init")
            self.site.run("import", self.desk.csv([b for m in self.members for b in m.boxes], whole=True))
            self.site.start("lmtpd")
            day = self.start
            while day <= self.end and len(self.differences) < 3:  # what comes after that follows from it
                self.slot(day, "00:00")
                self.daily(day)
                for name in ("09", "10", "11", "14", "16", "18", "23:59"):
                    self.slot(day, name)
                if day.day == 1 and self.size > 200:
                    self.say("# %s: %d replies, %d commands, %d differences so far" % (day, self.sent, self.runs, len(self.differences)))
                day += DAY
            return compare.compare(self)




def in_memory(path="/dev/shm"):
    """A folder in memory, where there is one with room: nothing here has to outlive a power cut, and every mail is a commit."""
    try:
        s = os.statvfs(path)
    except OSError:
        return None
    room = s.f_bavail * s.f_frsize > 2 << 30 and not s.f_flag & os.ST_NOEXEC
    return path if room and os.access(path, os.W_OK | os.X_OK) else None


def play(boxes, days, seed, say=print):
    """Runs a year; (differences, the Year)."""
    before = dict(os.environ)
    tempfile.tempdir = in_memory()
    year = Year(boxes, days, seed, say)
    try:
        return year.run(), year
    finally:
        os.environ.clear()
        os.environ.update(before)
        tempfile.tempdir = None
        year.sink.stop()
