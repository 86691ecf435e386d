"""A random history: members write, a mail server delivers by every door, couriers run alone and in twos, clocks step, programs are killed, disks
fill up, calls fail, connections are cut, the power goes. Everything random comes from the seed. In the end all is at rest, and checker.py looks."""
import collections, datetime, random, signal, threading

import checker, post, world

HOUR, DAY = world.HOUR, world.DAY
# How many calls of each group a run makes at most, about: where faults are worth their while.
CALLS = {"lmtpd": {"w": 450, "s": 6, "n": 50, "l": 11, "o": 395, "k": 8, "t": 2, "M": 90000}, "deliver": {"w": 70, "s": 3, "n": 10, "l": 4, "o": 380, "k": 3, "t": 2, "M": 80000},
         "milter": {"n": 36, "k": 7, "o": 5, "l": 1, "M": 12000},
         "courier": {"w": 60, "s": 6, "n": 60, "l": 14, "o": 380, "k": 6, "t": 2, "M": 50000}, "notify": {"w": 60, "s": 4, "l": 10, "o": 375, "t": 2, "M": 45000},
         "expire": {"w": 60, "s": 5, "l": 10, "o": 375, "t": 2, "M": 51000}}
START = {"o": 365, "M": 41000}  # so many of them are the start, which is the same each time: it gets half of the faults
PLACES = {"w": "write", "s": "sync", "n": "network", "l": "lock", "o": "open", "k": "socket", "t": "truncate", "M": "memory"}
FAULTS = (["kill"] * 6 + ["cut"] * 4 + ["EIO write", "ENOSPC write", "short write", "EIO sync", "EIO sync", "EIO truncate", "EMFILE open", "EMFILE socket", "EPIPE network",
          "ECONNRESET network", "short network", "ENOMEM memory", "EIO read-only"])
STAGES = ["written", "notices", "notices", "notices", "offers", "offers", "accepted", "accepted"]


class History:
    def __init__(self, w, seed, stage=None, faults=True):
        self.w, self.seed, self.faults = w, seed, faults
        self.r = random.Random(seed)
        self.queue = []  # what the mail server has
        self.counts = collections.Counter()
        self.incidents = 0  # couriers that were disturbed
        self.door = None  # (pid, slot, rules) of lmtpd
        self.gate = None  # the same of the milter
        self.aside = None  # (pid, slot) of the daily work
        self.story, self.bad = [], []
        season, any_stage = self.r.choice(sorted(world.SEASONS)), self.r.choice(STAGES)
        stage = stage or any_stage
        start = w.fresh(season, stage)
        self.mails, self.letters = list(start.mails), list(start.letters)  # all that was written, by both sides
        self.known_letters = start.known  # by number, so many went out before it began
        self.before = len(self.mails)
        self.taken = 0
        self.tell("%s, %s" % (season, stage))

    def tell(self, what):
        at = datetime.datetime.fromtimestamp(self.w.machine.now(), world.ROME)
        self.story.append("%s %s" % (at.strftime("%d %H:%M:%S"), what))

    # --- faults ---

    def rules(self, kind):
        """(rules for a program of KIND, its fault's name, whether the power goes with it)"""
        if not self.faults or self.r.random() < 0.45:
            return "", None, False
        fault, calls = self.r.choice(FAULTS), CALLS[kind]
        if fault in ("kill", "cut"):
            group = self.r.choice([g for g in "wwwssnlk" if g in calls and (g != "k" or kind == "milter")])
            return "%s:%d:1:%s" % (group, self.r.randint(1, calls[group]), self.r.choice(["kill", "killafter"])), fault, fault == "cut"
        if fault == "EIO read-only" and "w" in calls:  # the disk gives up for good
            return "w:%d:100000:EIO,s:1:1000:EIO,t:1:1000:EIO" % self.r.randint(1, calls["w"]), fault, False
        what, place = fault.split()
        group = next((g for g, p in PLACES.items() if p == place), None)
        if group not in calls:
            return "", None, False
        first = START.get(group, 1) if calls[group] > START.get(group, 1) and self.r.random() < 0.5 else 1
        return "%s:%d:%d:%s" % (group, self.r.randint(first, calls[group]), self.r.choice([1, 1, 2, 5, 30]), what), fault, False

    def after(self, slot, rules, name, cut):
        """Counts what has struck; the power goes where it was to go. Has anything happened?"""
        fired = sum(self.w.machine.counted(slot)[1]) if rules else 0
        if fired:
            self.counts[name] += 1
            self.tell("%s struck (%s)" % (name, rules))
        if fired and cut:
            self.power()
        return bool(fired)

    def power(self):
        torn = self.r.random() < 0.7
        self.w.machine.power_cut(self.r, torn)
        self.door = self.gate = self.aside = None
        self.counts["power cut"] += 1
        self.tell("power cut, %s" % ("some of what was not synced is left" if torn else "nothing is left that was not synced"))

    # --- members and their mail server ---

    def harvest(self):
        for m in self.w.sink.mails[self.taken:]:
            letter = post.Letter(*m)
            if not any(l["Message-ID"] == letter["Message-ID"] for l in self.letters):
                self.letters.append(letter)
        self.taken = len(self.w.sink.mails)

    def write(self):
        self.harvest()
        n = self.r.choice(sorted(world.BOXES))
        mine = [l for l in self.letters if l.box == world.box_name(n) and l.rcpt == world.address(n)]
        offers, notices = [l for l in mine if l.answers == "offer"], [l for l in mine if l.answers == "notice" and l.kind in ("notice", "fresh")]
        says = "accept" if offers and self.r.random() < 0.8 else "renew"
        if self.r.random() < 0.08:
            says = self.r.choice(["no", "cancel", "question"])
        letter = offers[-1] if says == "accept" else notices[-1] if notices else None
        if letter is None:
            return None
        m = world.reply(self.w, letter, n, says, "h%d.%d@posta.example" % (self.seed, len(self.mails)))
        self.mails.append(m)
        self.queue.append(m)
        self.tell("%s is written for %s: %s" % (m.id, m.box, says))
        return m

    # --- the gate before the queue ---

    def open_gate(self):
        rules, name, cut = self.rules("milter")
        conf = self.r.choice(["lmtp", "lmtp", "lmtp", "door", "door", "nowhere"]) + self.r.choice(["", "", ".gate"])
        pid, slot = self.w.milter(rules, conf)
        self.gate = (pid, slot, rules, name, cut) if pid else None
        self.tell("the gate opens: %s" % conf)
        if pid is None:
            self.after(slot, rules, name, cut)

    def close_gate(self):
        self.gate, gate = None, self.gate
        self.end(gate)

    def by_gate(self):
        """Some mails are written, and pass the gate all at once as the mail server takes them. What it hands over is not the mail server's any more; what it marks goes on by the
        queue; where it breaks off, the message goes on as it is, and it may have been taken all the same."""
        if self.gate is None:
            self.open_gate()
        if self.door is None and self.r.random() < 0.85:
            self.open_door()
        mails = [m for m in (self.write() for _ in range(self.r.randint(1, 3))) if m]
        stops = [self.r.randint(0, 9) if self.faults and self.r.random() < 0.1 else None for _ in mails]
        if self.faults and self.r.random() < 0.4:
            self.w.door.plans += [self.r.choice([None, ("there", self.r.randint(0, 1600)), ("back", self.r.randint(0, 420))]) for _ in mails]
        cuts, came = self.w.door.cuts, {}

        def one(m, stop):
            came[m] = self.w.gate(m.raw, m.rcpt, m.sender, stop)
        self.together(one, list(zip(mails, stops)))
        self.w.door.plans.clear()
        self.counts["cut LMTP"] += self.w.door.cuts - cuts
        for m in mails:
            answer, raw, left = came[m]
            self.tell("%s by the gate: %s%s" % (m.id, answer, "" if left else ", handed over"))
            self.counts["handed over" if not left else "marked" if raw != m.raw else "past the gate"] += 1
            if answer not in (None, "a", "c", "t"):
                self.bad.append("refused: the gate says %s to %s" % (answer, m.id))
            if not self.faults or self.r.random() > 0.05:  # else the mail server dies over it, and its client comes again
                m.raw = raw
            if not left:
                self.answered(m, True)
        if self.gate is not None and not self.w.machine.alive(self.gate[0]):
            self.close_gate()
        self.mind_the_door()

    @staticmethod
    def together(do, rows):
        threads = [threading.Thread(target=do, args=row) for row in rows]
        for t in threads:
            t.start()
        for t in threads:
            t.join()

    def open_door(self, clean=False):
        rules, name, cut = ("", None, False) if clean else self.rules("lmtpd")
        pid, slot = self.w.lmtpd(rules)
        self.door = (pid, slot, rules, name, cut) if pid else None
        if pid is None:
            self.after(slot, rules, name, cut)

    def close_door(self):
        """The door is ended, or found dead."""
        self.door, door = None, self.door
        self.end(door)

    def end(self, program):
        """PROGRAM, lmtpd or the gate, is ended, or found dead. None: there is none."""
        if program is None:
            return
        pid, slot, rules, name, cut = program
        was = self.w.machine.alive(pid)
        how = self.r.choice([signal.SIGTERM, signal.SIGKILL]) if self.faults else signal.SIGTERM
        self.w.machine.signal(pid, how)
        self.w.machine.wait(pid)
        if was and how == signal.SIGKILL:
            self.counts["kill"] += 1
        self.after(slot, rules, name, cut and not was)

    def mind_the_door(self):
        if self.door is not None and not self.w.machine.alive(self.door[0]):
            self.close_door()

    def answered(self, m, code):
        """What the mail server makes of an answer: 250, 451, None for none."""
        if code == 250 or code is True:
            m.accepted = True
            if m in self.queue and (not self.faults or self.r.random() > 0.05):  # else it forgets, and asks again
                self.queue.remove(m)
                self.show_queue()
        elif code is not None and not (code is False or 400 <= code < 500):
            self.bad.append("refused: %s got %s" % (m.id, code or "no answer, it hangs"))

    def by_lmtp(self, mails):
        """All at once."""
        door = "lmtp"
        if self.faults and self.r.random() < 0.3:
            door = "door"
            self.w.door.plans += [self.r.choice([None, ("there", self.r.randint(0, 900)), ("back", self.r.randint(0, 420))]) for _ in mails]
        cuts, codes = self.w.door.cuts, {}

        def one(m):
            codes[m] = self.w.lmtp(m.raw, m.rcpt, m.sender, door)
        self.together(one, [(m,) for m in mails])
        self.w.door.plans.clear()
        self.counts["cut LMTP"] += self.w.door.cuts - cuts
        for m in mails:
            self.tell("%s by LMTP: %s" % (m.id, codes[m]))
            self.answered(m, codes[m])
        self.mind_the_door()

    def by_program(self, m, clean=False):
        """By `deliver`, sometimes twice at once."""
        runs = []
        for _ in range(2 if not clean and self.r.random() < 0.3 else 1):
            rules, name, cut = ("", None, False) if clean else self.rules("deliver")
            path = self.w.dir / ("m%d" % len(runs))
            path.write_bytes(m.raw.replace(b"\r\n", b"\n") if self.r.random() < 0.5 else m.raw)
            door = self.r.choice(["lmtp", "nowhere"] + (["door"] if self.door else []))
            if door == "door" and self.faults:
                self.w.door.plans.append(self.r.choice([None, ("there", self.r.randint(0, 900)), ("back", self.r.randint(0, 420))]))
            pid, slot = self.w.start("deliver", "--rcpt", m.rcpt, "--sender", m.sender, rules=rules, depth=1, stdin=path, door=door)
            runs.append((pid, slot, rules, name, cut))
        cuts = self.w.door.cuts
        codes = [self.w.machine.wait(run[0]) for run in runs]
        self.w.door.plans.clear()
        self.counts["cut LMTP"] += self.w.door.cuts - cuts
        for (_, slot, rules, name, cut), code in zip(runs, codes):
            self.tell("%s by deliver: %s" % (m.id, code))
            if code not in (0, 75):
                self.bad.append("refused: deliver ended with %d" % code)
            self.answered(m, True if code == 0 else False)
        if len(runs) > 1:
            self.counts["two at one message"] += 1
        for _, slot, rules, name, cut in runs:
            self.after(slot, rules, name, cut)
        self.mind_the_door()

    def deliver(self):
        if not self.queue:
            return
        if self.door is None and self.r.random() < 0.6:
            self.open_door()
        mails = self.r.sample(self.queue, min(len(self.queue), self.r.randint(1, 4)))
        if self.door is not None and self.r.random() < 0.75:
            self.by_lmtp(mails)
        else:
            self.by_program(mails[0])

    # --- couriers ---

    def disturb(self):
        """Trouble on the far side of couriers."""
        r, w = self.r, self.w
        if not self.faults or r.random() < 0.5:
            return
        what = r.choice(["451", "cut SMTP", "cut SMTP", "cut HTTP", "cut HTTP", "provider", "provider", "cut at the dot"])
        if what == "451":
            w.sink.reply[r.choice(["MAIL", "RCPT", "DATA", "."])] = "451 4.3.0 later"
        elif what == "cut at the dot":
            w.sink.reply["."] = "cut"
        elif what == "cut SMTP":
            w.smtp.plans += [r.choice([("there", int(10 ** r.uniform(0, 4.3))), ("back", r.randint(0, 260))]) for _ in range(r.randint(1, 3))]
        elif what == "cut HTTP":
            w.http.plans += [r.choice([None, ("there", r.randint(0, 700)), ("back", r.randint(0, 300))]) for _ in range(r.randint(1, 5))]
        else:
            for path in ("/service/public/partner/pec/v3/accounts/renew", "/service/public/partner/pec/v3/accounts/info", "/"):
                if path.endswith("info") and r.random() < 0.6:
                    continue
                w.provider.faults[path] = [r.choice([500, 503, 429, "cut", "late", "late", "slow", "slow", "slow", "lie", "lazy"]) for _ in range(r.randint(1, 2))]
        self.counts["451" if what == "451" else what] += 1
        self.tell("trouble: %s" % what)
        return True

    def calm(self):
        self.w.sink.reply.clear()
        self.w.smtp.plans.clear()
        self.w.http.plans.clear()
        self.w.provider.faults.clear()

    def couriers(self, clean=False):
        """One, or two at once. What the last one printed."""
        trouble = not clean and self.disturb()
        runs = []
        for _ in range(1 if self.r.random() < 0.6 else 2):
            rules, name, cut = ("", None, False) if clean else self.rules("courier")
            runs.append(self.w.start("courier", "--once", rules=rules) + (rules, name, cut))
        if len(runs) > 1:
            self.counts["two couriers"] += 1
        codes = [self.w.machine.wait(run[0], 120) for run in runs]
        self.tell("courier: %s" % codes)
        cut = False
        for (_, slot, rules, name, cuts) in runs:
            struck = self.after(slot, rules, name, False)
            self.incidents += struck
            cut = cut or struck and cuts
        if trouble:
            self.incidents += len(runs)
        if clean and any(codes):
            self.bad.append("stuck: a courier that nothing disturbs ends with %s" % codes)
        self.calm()
        if cut:
            self.power()
        self.mind_the_door()

    # --- the daily work ---

    def show_queue(self):
        """What the mail server says of its queue."""
        lines = ['{"queue_name": "deferred", "queue_id": "4Q%d", "arrival_time": %d, "message_size": %d, "forced_expire": false, "sender": "%s", "recipients": [{"address": "%s"}]}\n'
                 % (i, m.at, len(m.raw), m.sender, m.rcpt) for i, m in enumerate(self.queue)]
        new = self.w.dir / "queue.new"
        new.write_text("".join(lines))
        new.replace(self.w.dir / "queue.json")

    def daily(self, kind, clean=False):
        """Alone, or beside a delivery or couriers."""
        self.show_queue()
        rules, name, cut = ("", None, False) if clean else self.rules(kind)
        self.aside = pid, slot = self.w.start(kind, rules=rules)
        if self.r.random() < 0.5:
            self.counts["beside the daily work"] += 1
            self.tell("%s begins, and beside it" % kind)
            self.deliver() if self.queue and self.r.random() < 0.6 else self.couriers(clean)
        if self.aside is None:  # the power went, and it with it
            return
        code, self.aside = self.w.machine.wait(pid), None
        self.tell("%s: %s" % (kind, code))
        self.after(slot, rules, name, cut)
        if clean and code:
            self.bad.append("stuck: %s that nothing disturbs ends with %s" % (kind, code))
        self.mind_the_door()

    def step_clock(self):
        r = self.r
        now = self.w.machine.now()
        end = world.midnight(self.w.first + datetime.timedelta(3))
        to = now + r.choice([70, 700, HOUR, 5 * HOUR, -70, -HOUR, DAY, 0])
        if r.random() < 0.2:  # to the hour that is not there, or is there twice
            to = world.midnight(self.w.first + datetime.timedelta(2)) + 2 * HOUR + r.randint(-1800, 5400)
        self.w.machine.clock(min(to, end))
        self.counts["clock step"] += 1
        self.tell("the clock steps")

    # --- the whole ---

    def act(self):
        what = self.r.choices(["write", "by_gate", "deliver", "couriers", "notify", "expire", "clock", "door", "gate", "power", "disk"], [6, 3, 9, 5, 1.2, 1.2, 2, 1, 0.5, 0.7, 0.5])[0]
        if what in ("notify", "expire"):
            self.daily(what)
        elif what == "clock":
            self.step_clock()
        elif what == "door":
            self.close_door() if self.door else self.open_door()
        elif what == "gate":
            self.close_gate() if self.gate else self.open_gate()
        elif what == "power":
            if self.faults:
                self.power()
        elif what == "disk":
            if self.faults:
                self.w.machine.room(self.r.choice([0, 4096, 30000, 200000]))
                self.counts["full disk"] += 1
                for _ in range(self.r.randint(1, 3)):
                    self.r.choice([self.deliver, self.couriers])()
                self.incidents += 6
                self.w.machine.room(-1)
                self.tell("the disk has room again")
        else:
            getattr(self, what)()

    def to_day(self, day):
        """Half an hour into it, or later."""
        self.w.machine.clock(max(self.w.machine.now(), world.midnight(self.w.first + datetime.timedelta(day))) + HOUR // 2)

    def rest(self):
        """Nothing fails any more; what is to come comes."""
        self.calm()
        self.close_gate()
        self.close_door()
        self.open_door(clean=True)
        if self.door is None:
            self.bad.append("stuck: lmtpd that nothing disturbs does not start")
            return
        self.faults = False
        if self.queue and self.r.random() < 0.4:  # the daily work comes before the mail server gets rid of its queue
            for day in (2, 3):  # the first announces what the second does
                self.to_day(day)
                self.daily("expire", clean=True)
        for _ in range(3):
            if self.queue and self.r.random() < 0.5:
                self.by_program(self.r.choice(self.queue), clean=True)
            if self.queue:
                self.by_lmtp(list(self.queue))
        self.close_door()
        for day in (None, 3, 4):
            if day:
                self.to_day(day)
                self.last_day = datetime.datetime.fromtimestamp(self.w.machine.now(), world.ROME).date()
                self.daily("expire", clean=True)
            if day == 3:
                continue
            quiet = 0
            for _ in range(30):
                self.w.machine.clock(self.w.machine.now() + 660)
                self.couriers(clean=True)
                quiet = quiet + 1 if self.idle() else 0
                if quiet == (1 if day else 2):
                    break

    def audit(self):
        """The program's own word on its ledger."""
        code, _ = self.w.run("audit", "verify")
        if code:
            said = self.w.machine.log.read_text("utf-8", "replace").splitlines()
            self.bad.append("ledger: audit verify ends with %d: %s" % (code, next((l for l in said if l.startswith("FAIL")), said[-1:])))

    def idle(self):
        said = self.w.machine.log.read_text("utf-8", "replace").splitlines()[-1]
        return said.startswith("0 sent, 0 later, 0 failed, 0 uncertain, ") and said.endswith(" 0 provider calls")

    def play(self):
        """What does not hold, [] if all does."""
        for _ in range(self.r.randint(6, 16)):
            self.act()
        self.rest()
        self.counts["messages"] = sum(m.accepted for m in self.mails[self.before:])
        self.counts["letters"] = len(self.w.sink.mails)
        if not self.bad:
            self.audit()
            self.bad += checker.Checker(self).bad
        return self.bad
