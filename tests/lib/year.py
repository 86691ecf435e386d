"""A simulated year: boxes whose members answer at random, the clock moved from day to day, and the end of each compared with rules.py.

One lmtpd runs all the time; it, and every command, sees the time that stands in one file (libfaketime). Days on which nothing can happen
are mostly left out. Everything random comes from one seed."""
import datetime, email, email.message, email.policy, email.utils, glob, json, os, random, re, zoneinfo

import replies, rules
from house import Sink, Site

ROME = zoneinfo.ZoneInfo("Europe/Rome")
DAY = datetime.timedelta(days=1)
SLOTS = {"00:00": datetime.time(0, 0, 0), "10": datetime.time(10), "14": datetime.time(14), "18": datetime.time(18),
         "23:59": datetime.time(23, 59, 59)}
AUTH = {"normal": b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=%s; dkim=pass header.d=%s\r\n", "low": b"",
        "failed": b"Authentication-Results: mx.ordine.example; dmarc=fail header.from=%s; dkim=fail header.d=%s\r\n"}
WORDS = {"renew": ["RINNOVA", "Rinnova", "rinnova"], "accept": ["Accetto", "ACCETTO"], "no": ["NON RINNOVO", "Non rinnovo"], "cancel": ["ANNULLA"],
         "question": ["Quanto costa?"], "empty": [""], "authorize": ["AUTORIZZO"]}
KINDS = [("La sua casella PEC scade", "notice"), ("Rinnovo della sua casella PEC, scadenza", "notice"), ("Serve il suo documento", "notice"),
         ("Riepilogo", "offer"), ("Un altro indirizzo", "authorize")]

PROVIDER = """#!/bin/sh
# Says about each box what stands in the next line of a file of its name, and yes when there is none.
unset LD_PRELOAD
ask=$(cat)
field() { printf '%%s' "$ask" | sed -n 's/.*"'$1'": *"\\([^"]*\\)".*/\\1/p'; }
box=$(field box)
word=yes
if [ "$(field action)" = renew ] && [ -s "%(dir)s/says/$box" ]; then
	read -r word <"%(dir)s/says/$box"
	sed -i 1d "%(dir)s/says/$box"
fi
case $word in
refuse)	echo "contratto bloccato" >&2; exit 69;;
later)	exit 75;;
esac
wanted=$(field wanted_expiry)
if [ -n "$wanted" ]; then wanted="\\"$wanted\\""; else wanted=null; fi
printf '{"expiry": %%s, "reference": "T-1", "message": "ok"}\\n' "$wanted"
"""


class Story:
    """What a member does: (day from expiry, slot, says, more), in order."""

    def __init__(self, name, *steps, **box):
        self.name, self.steps, self.box = name, list(steps), box


def step(day, slot, says, **more):
    return day, slot, says, more


def invent(r):
    """One member's story."""
    d = -r.randint(3, 88)
    e = min(d + r.randint(0, 20), -1)
    slot = lambda: r.choice(["10", "14", "18"])
    yes = lambda day=d, **m: step(day, "10", "renew", **m)
    acc = lambda day=e, **m: step(day, "14", "accept", **m)
    other = {"sender": "other"}
    late = r.randint(1, 40)
    return r.choice([
        lambda: Story("yes", yes(), acc()),
        lambda: Story("yes", yes(), acc()),
        lambda: Story("yes on the last day", yes(0), step(0, "18", "accept")),
        lambda: Story("yes, unproven", yes(proof="low"), acc(proof="low")),
        lambda: Story("never", ),
        lambda: Story("no", step(d, slot(), "no")),
        lambda: Story("no, then yes", step(d, "10", "no"), yes(e), step(e, "14", "accept")),
        lambda: Story("yes, then no", yes(), step(e, "18", "no")),
        lambda: Story("no after the deactivation", step(late, "14", "no")),
        lambda: Story("late", yes(late), step(late + r.randint(0, 14), "18", "accept")),
        lambda: Story("late, never accepted", yes(late)),
        lambda: Story("much too late", yes(r.randint(61, 70))),
        lambda: Story("last second", step(0, "23:59", "renew"), step(r.randint(1, 18), "14", "accept")),
        lambda: Story("first second too late", step(1, "00:00", "renew"), step(r.randint(1, 14), "14", "accept")),
        lambda: Story("in the queue over midnight", step(0, slot(), "renew", queued=r.randint(1, 5)), step(r.randint(6, 14), "14", "accept")),
        lambda: Story("offer, acceptance in the queue", yes(-2), step(0, "18", "accept", queued=r.randint(1, 30))),
        lambda: Story("double", yes(), yes(), acc(), acc(), acc(min(e + 1, -1))),
        lambda: Story("yes again after the renewal", yes(), acc(), step(r.randint(-1, 30), "18", "renew"), step(r.randint(-1, 30), "18", "accept")),
        lambda: Story("accepts the notice", step(d, "10", "accept"), step(d, "14", "accept", to="notice"), acc()),
        lambda: Story("RINNOVA to the offer", yes(), step(e, "14", "renew", to="offer"), *r.choice([[], [step(e, "18", "accept")], [step(e, "18", "renew", to="offer")]])),
        lambda: Story("wrong account", yes(**other), *r.choice([[], [acc()], [acc(**other)]])),
        lambda: Story("wrong account, authorized", yes(**other), acc(**other), step(min(e + 1, 0), "18", "authorize")),
        lambda: Story("wrong account says no", step(d, "10", "no", **other), step(e, "14", "cancel", **other)),
        lambda: Story("no document", yes(), document=False),
        lambda: Story("document later", yes(), step(e, "14", "empty", document=True), step(min(e + 1, 0), "18", "accept"), document=False),
        lambda: Story("document with the yes", yes(document=True), acc(), document=False),
        lambda: Story("document asked on the last day", yes(0), step(r.randint(1, 20), "10", "empty", document=True), step(r.randint(20, 30), "14", "accept"), document=False),
        lambda: Story("out of office", step(d, "10", "empty", machine="office"), *r.choice([[], [yes(e), acc(-1)]])),
        lambda: Story("bounce", step(d, "10", "empty", machine="bounce")),
        lambda: Story("question", step(d, "10", "question"), *r.choice([[], [yes(e), acc(-1)], [step(e, "14", "question")]])),
        lambda: Story("empty", step(d, "10", "empty"), *r.choice([[], [step(e, "14", "empty"), yes(-1)], [yes(e), acc(-1)]])),
        lambda: Story("question about the offer", yes(), step(e, "14", "question", to="offer"), step(e, "18", "empty", to="offer")),
        lambda: Story("ANNULLA before the provider", yes(), acc(), step(e, "14", "cancel", to="offer"), *r.choice([[], [step(e, "18", "renew")]])),
        lambda: Story("ANNULLA, yes, accepted again", yes(), acc(), step(e, "14", "cancel"), step(e, "18", "renew"), step(min(e + 1, 0), "18", "accept")),
        lambda: Story("ANNULLA too late", yes(), acc(), step(min(e + 2, 0), "18", "cancel")),
        lambda: Story("ANNULLA of the offer, then the old offer", yes(), step(e, "14", "cancel"), step(e, "18", "accept")),
        lambda: Story("ANNULLA of nothing", step(d, "10", "cancel")),
        lambda: Story("disowned", yes(proof="failed")),
        lambda: Story("disowned acceptance", yes(), acc(proof="failed"), *r.choice([[], [step(e, "18", "accept")]])),
        lambda: Story("from the public address", step(d, "10", "renew", to="public"), step(d, "14", "renew"), step(min(d + 1, 0), "14", "accept")),
        lambda: Story("question to the public address", step(d, "10", "question", to="public")),
        lambda: Story("left the roll", yes(), entitled=False),
    ])()


class Member:
    def __init__(self, n, expiry, r):
        self.n, self.name = n, "m%05d@pec.example" % n
        self.reference, self.other = "m%05d@posta.example" % n, "segretaria%05d@studio.example" % n
        self.story = invent(r)
        self.says = r.choice([[]] * 7 + [["later"], ["later", "later", "later"], ["refuse"]])
        self.box = rules.Box(expiry, provider=self.says, **self.story.box)
        self.letters = []  # (kind, message, expiry of its period, day)
        self.sender = {}  # envelope sender of the letters
        self.apart = None  # the first day on which program and rules went apart
        self.noticed, self.written = 0, set()  # notices that came; ids of the replies

    def newest(self, kind):
        return next((l for l in reversed(self.letters) if l[0] == kind), None)


class Year:
    def __init__(self, boxes, days, seed, say=print):
        """DAYS: how many days the expiry dates spread over, from 1 October 2027 (29 February and both changes of clock are among a year)."""
        self.random = random.Random(seed)
        self.say = say
        random.seed(seed)  # message ids of the replies
        first = datetime.date(2027, 10, 1) if days > 200 else datetime.date(2028, 2, 15)
        self.members = []
        for n in range(boxes):
            self.members.append(Member(n, first + self.random.randrange(days) * DAY, self.random))
        self.start = first - 91 * DAY
        self.end = first + (days + 75) * DAY
        self.sink = Sink()
        self.by_name = {m.name: m for m in self.members}
        self.by_address = {m.reference: m for m in self.members}
        self.queue = []  # (day to hand over, member, raw, rcpt, sender, reply)
        self.sent = self.runs = 0

    # --- the clock ---

    def clock(self, day, time):
        self.at = datetime.datetime.combine(day, time)
        utc = self.at.replace(tzinfo=ROME).astimezone(datetime.timezone.utc)
        path = self.site.dir / "clock"
        new = path.with_suffix(".new")
        new.write_text(utc.strftime("%Y-%m-%d %H:%M:%S\n"))
        new.rename(path)

    def environment(self):
        lib = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
        if lib is None:
            raise RuntimeError("libfaketime is missing: contrib/deps test")
        return {"LD_PRELOAD": lib, "FAKETIME_TIMESTAMP_FILE": str(self.site.dir / "clock"),
                "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}

    # --- the program's part ---

    def command(self, *args):
        self.runs += 1
        return self.site.run(*args)[1]

    def courier(self, minutes=5):
        if self.at.second == 0:
            self.clock(self.at.date(), (self.at + datetime.timedelta(minutes=minutes)).time())
        before = {m.n: m.box.expiry for m in self.members}  # a letter that comes now is about that period
        self.command("courier", "--once")
        for m in self.members:
            m.box.courier(self.at)
        for sender, rcpt, raw in self.sink.mails:
            m = self.by_address.get(rcpt)
            msg = email.message_from_bytes(raw, policy=email.policy.default)
            kind = next((k for s, k in KINDS if m and str(msg["Subject"]).startswith(s)), None)
            if kind:
                m.letters.append((kind, msg, before[m.n], self.at.date()))
                m.sender[kind] = sender
                m.noticed += str(msg["Subject"]).startswith(KINDS[0][0])
        self.sink.mails.clear()

    # --- the member's part ---

    def answer(self, m, says, more):
        """Writes one reply; it is handed over now, or waits in the queue."""
        to = more.get("to") or {"accept": "offer", "authorize": "authorize"}.get(says, "notice")
        letter = m.newest(to if to != "public" else "notice") or (m.newest("notice") if says == "accept" and to == "offer" else None)
        if letter is None:
            m.box.story.append("%s no letter to answer with %s" % (self.at, says))
            return
        kind, msg, period, sent = letter
        sender = m.other if more.get("sender") == "other" else m.reference
        proof, machine = more.get("proof", "normal"), more.get("machine")
        rcpt, envelope = replies.token_address(msg), sender
        client = self.random.choice([replies.gmail, replies.iphone, replies.outlook])
        text = self.random.choice(WORDS[says])
        if machine == "bounce":
            raw, rcpt, envelope = bounce(msg, m.reference), m.sender[kind], ""
        elif machine:
            raw = replies.out_of_office(msg, sender)
        elif to == "public":
            raw, rcpt = public(sender, text), "rinnovo@ordine.example"
        else:
            raw = client(msg, sender, text)
        if more.get("document"):
            raw = attach(raw)
        stamp = email.utils.format_datetime(self.at.replace(tzinfo=ROME)).encode()
        domain = sender.split("@")[1].encode()
        head = AUTH[proof]
        raw = b"Received: from out.example by mx.ordine.example with ESMTPS id 4X; " + stamp + b"\r\n" + (head % (domain, domain) if head else b"") + raw
        reply = rules.Reply(self.at, "public" if to == "public" else kind, says, more.get("sender", "registered"), proof, bool(machine),
                            bool(more.get("document")), period, sent, re.search(rb"(?im)^Message-ID: *<([^>]*)>", raw).group(1).decode())
        m.written.add(reply.id)
        if more.get("queued"):
            m.box.queue[reply.id] = self.at
            m.box.story.append("%s %s is queued" % (self.at, says))
            self.queue.append((self.at.date() + more["queued"] * DAY, m, raw, rcpt, envelope, reply))
        else:
            self.hand_over(m, raw, rcpt, envelope, reply)

    def hand_over(self, m, raw, rcpt, envelope, reply):
        self.sent += 1
        got = self.site.lmtp(raw, rcpt, envelope)
        if not got or not got[0].startswith("250"):
            raise RuntimeError("a reply was not taken: %s" % got)
        m.box.queue.pop(reply.id, None)
        m.box.reply(reply, self.at)

    def write_queue(self):
        lines = [json.dumps({"queue_name": "deferred", "queue_id": "4Q%d" % i, "arrival_time": int(r.when.replace(tzinfo=ROME).timestamp()), "message_size": len(raw),
                             "forced_expire": False, "sender": env, "recipients": [{"address": rcpt, "delay_reason": "busy"}]})
                 for i, (_, _, raw, rcpt, env, r) in enumerate(self.queue)]
        (self.site.dir / "queue.json").write_text("".join(l + "\n" for l in lines))

    # --- the days ---

    def plan(self):
        """(day, slot) -> what is written then, in the order of the stories."""
        todo = {}
        for m in self.members:
            for day, slot, says, more in m.story.steps:
                todo.setdefault((m.box.expiry + day * DAY, slot), []).append((m, says, more))
        return todo

    def notices_may_be_due(self, day):
        return any((m.box.expiry - day).days in rules.NOTICE_DAYS for m in self.members)

    def end_may_come(self, day):
        return any(m.box.expiry < day and (m.box.state == "active" or m.box.now.order in rules.OPEN) or m.box.expiry == day for m in self.members)

    def slot(self, day, name, todo):
        self.clock(day, SLOTS[name])
        busy = False
        if name == "10":
            due = [q for q in self.queue if q[0] <= day]
            self.queue = [q for q in self.queue if q[0] > day]
            for _, *rest in due:
                self.hand_over(*rest)
                busy = True
        for m, says, more in todo.get((day, name), []):
            self.answer(m, says, more)
            busy = True
        if busy or any(m.box.now.order == "accepted" for m in self.members):
            self.courier()

    def daily(self, day):
        self.clock(day, datetime.time(0, 30))
        chance = self.random.random() < 0.1
        if chance or self.end_may_come(day):
            self.write_queue()
            self.command("expire")
            for m in self.members:
                m.box.expire(day)
            self.look(day)
            self.courier()
        self.clock(day, datetime.time(8))
        if chance or self.notices_may_be_due(day):
            self.command("notify")
            for m in self.members:
                m.box.notify(day)
            self.courier()

    def run(self):
        with Site(smtp_port=self.sink.port, authserv="mx.ordine.example",
                  site="mail-queue=postfix\nmail-queue-command={q}\n".format(q="/nonexistent"),
                  convention="reactivation-days=60\nanswer-days=15\n") as self.site:
            self.prepare()
            todo, day = self.plan(), self.start
            while day <= self.end:
                self.slot(day, "00:00", todo)
                self.daily(day)
                for name in ("10", "14", "18", "23:59"):
                    self.slot(day, name, todo)
                if day.day == 1 and len(self.members) > 200:
                    self.say("# %s: %d replies, %d commands so far" % (day, self.sent, self.runs))
                day += DAY
            return self.compare()

    def prepare(self):
        d = self.site.dir
        (d / "says").mkdir()
        (d / "provider").write_text(PROVIDER % {"dir": d})
        queue = d / "queue"
        queue.write_text("#!/bin/sh\nexec cat %s/queue.json\n" % d)
        queue.chmod(0o755)
        self.site.conf.write_text(self.site.conf.read_text("utf-8").replace("/nonexistent", str(queue)).replace("cooling=0s", "cooling=2h"), "utf-8")
        self.clock(self.start, datetime.time(6))
        os.environ.update(self.environment())
        rows = ["box,holder,reference,expiry,convention,account,document,register,entitled\n"]
        for m in self.members:
            rows.append("%s,Membro %d,%s,%s,fnomceo,1234@provider.example,%s,no,%s\n" % (
                m.name, m.n, m.reference, m.box.expiry, "yes" if m.box.document else "no", "yes" if m.box.entitled else "no"))
            if m.says:
                (d / "says" / m.name).write_text("".join(w + "\n" for w in m.says))
        (d / "boxes.csv").write_text("".join(rows))
        self.site.run("init")
        self.site.run("import", d / "boxes.csv")
        self.site.start("lmtpd")

    # --- the comparison ---

    def orders(self):
        found = {}
        for o in self.site.json("order", "list"):
            found.setdefault(o["box"], []).append((o["old_expiry"], o["state"]))
        return found

    def look(self, day):
        """After each run of expire: a day too early or too late would not be seen in the end."""
        orders = self.orders()
        for b in self.site.json("box", "list"):
            m = self.by_name[b["box"]]
            got, want = (b["state"], b["expiry"], sorted(orders.get(m.name, []))), (m.box.state, m.box.expiry.isoformat(), m.box.end()["orders"])
            if got != want and m.apart is None:
                m.apart = "after expire of %s: program %s, rules %s" % (day, got, want)

    def compare(self):
        """Differences, as text."""
        boxes = {b["box"]: b for b in self.site.json("box", "list")}
        waiting = {h["message_id"].strip("<>"): h for h in self.site.json("held", "list")}
        orders, found = self.orders(), []
        self.ends = {}
        for m in self.members:
            want, b = m.box.end(), boxes[m.name]
            got = {"box": b["state"], "expiry": b["expiry"], "document": b["document"], "orders": sorted(orders.get(m.name, [])),
                   "held": sorted(i for i in m.written if waiting.pop(i, None)), "notices": m.noticed}
            key = "%s, order %s" % (b["state"], m.box.now.order or (len(m.box.periods) > 1 and "renewed" or "none"))
            self.ends[key] = self.ends.get(key, 0) + 1
            if got != want or m.apart:
                found.append(self.difference(m, got, want))
        return found + ["held, and nobody's: %s" % h for h in waiting.values()]

    def difference(self, m, got, want):
        ledger = ["    %s %s: %s (%s) %s" % (datetime.datetime.fromtimestamp(e["at"], ROME).strftime("%Y-%m-%d %H:%M"), e["what"], e["why"], e["who"], e["detail"] or "")
                  for e in self.site.json("box", "show", m.name)[0]["ledger"]]
        return "%s (%s, provider says %s): %s\n  rules:   %s\n  program: %s\n  by the rules:\n%s\n  by the ledger:\n%s\n" % (
            m.name, m.story.name, m.says or "yes", m.apart or "", want, got, "\n".join("    " + s for s in m.box.story), "\n".join(ledger))


def bounce(letter, address):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = "Mail Delivery System <MAILER-DAEMON@posta.example>", "rinnovo@ordine.example", "Undelivered Mail Returned to Sender"
    m["Message-ID"] = "<%x@posta.example>" % random.getrandbits(64)
    m["Auto-Submitted"] = "auto-replied"
    text = m.as_bytes(policy=email.policy.SMTP.clone(max_line_length=998)).rstrip() + b"\r\nMIME-Version: 1.0\r\n" \
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=xx\r\n\r\n--xx\r\nContent-Type: text/plain\r\n\r\nIl messaggio non e' stato consegnato.\r\n" \
        b"--xx\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.posta.example\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" \
        b"--xx\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: %s\r\n\r\n--xx--\r\n" % (address.encode(), str(letter["Message-ID"]).encode())
    return text


def public(sender, text):
    m = email.message.EmailMessage()
    m["From"], m["To"], m["Subject"] = sender, "rinnovo@ordine.example", "PEC"
    m["Message-ID"] = "<%x@posta.example>" % random.getrandbits(64)
    m.set_content(text + "\n")
    return m.as_bytes(policy=email.policy.SMTP)


def attach(raw):
    m = email.message_from_bytes(raw, policy=email.policy.SMTP)
    m.add_attachment(b"%PDF-1.4\n" + b"carta di identita\n" * 50, "application", "pdf", filename="carta.pdf")
    return m.as_bytes(policy=email.policy.SMTP.clone(max_line_length=998))


def play(boxes, days, seed, say=print):
    """Runs a year; (differences, the Year)."""
    before = dict(os.environ)
    year = Year(boxes, days, seed, say)
    try:
        return year.run(), year
    finally:
        os.environ.clear()
        os.environ.update(before)
        year.sink.stop()
