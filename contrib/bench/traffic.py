"""Many messages through a real Postfix before the gate and lmtpd, ours and other people's mixed, and the count of what became of each."""
import collections, datetime, email, email.policy, email.utils, pathlib, re, shutil, signal, sqlite3, subprocess

import figures, mta
import replies
from house import HEADER, free_port, wait_for


def answers(site, n, write=None):
    """N boxes, their notices, and the replies to them: (sender, [our address], bytes). WRITE(letter's bytes) makes a reply; as a rule as Gmail does."""
    expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
    with open(site.dir / "boxes.csv", "w") as out:
        out.write(HEADER)
        for i in range(n):
            out.write("m%06d@pec.example,Persona Numero %d,m%06d@%s,%s,fnomceo,,yes,no\n" % (i, i, i, site.mail_domain, expiry))
    site.run("import", site.dir / "boxes.csv")
    site.run("notify")
    return written(site, n, write)


def written(site, n, write=None):
    """The replies to the first N letters."""
    return [(write or gmail)(raw) for raw, in rows(site, "SELECT raw FROM letter ORDER BY id LIMIT %d" % n)]


def gmail(raw):
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    sender = email.utils.parseaddr(str(letter["To"]))[1]
    return sender, [replies.token_address(letter)], replies.gmail(letter, sender, "RINNOVA")


def plain(raw):
    """A reply of plain text, made twenty times as fast."""
    letter = email.message_from_bytes(raw)
    sender, ours = (email.utils.parseaddr(letter[f])[1] for f in ("To", "Reply-To"))
    part = next(p for p in letter.walk() if p.get_content_type() == "text/plain")
    quoted = b"".join(b"> " + l + b"\n" for l in part.get_payload(decode=True).splitlines())
    head = "From: %s\nTo: %s\nSubject: Re: %s\nDate: %s\nMessage-ID: <%s.%s\nIn-Reply-To: %s\nReferences: %s\nMIME-Version: 1.0\n" % (
        sender, ours, letter["Subject"], letter["Date"], letter["Message-ID"].strip("<> ").split("@")[0], sender + ">", letter["Message-ID"], letter["Message-ID"])
    return sender, [ours], head.encode() + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nRINNOVA\n\n" + quoted


def rows(site, query):
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True, timeout=60)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


class Sink:
    """smtp-sink: other people's mail arrives here; it writes down each recipient."""

    def __init__(self, folder):
        self.dir, self.port = pathlib.Path(folder), free_port()
        self.dir.mkdir()
        shutil.chown(self.dir, "nobody")
        self.p = subprocess.Popen(["smtp-sink", "-u", "nobody", "-D", "sink", "127.0.0.1:%d" % self.port, "200"], cwd=folder, stderr=subprocess.DEVNULL)

    def count(self):
        """recipient -> how often."""
        found = collections.Counter()
        path = self.dir / "sink"
        if path.exists():
            with open(path, "rb") as f:
                for l in f:
                    m = re.match(rb"X-Rcpt-Args: <([^>]*)>", l)
                    if m:
                        found[m.group(1).decode()] += 1
        return found

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        self.p.wait()


def mixture(ours, n, domain, start=0):
    """N messages, three of ten to us, one of these to somebody else as well: (sender, recipients, bytes). OURS is an iterator of replies."""
    mails = []
    for i in range(start, start + n):
        other = "f%06d@%s" % (i, domain)
        kind = i % 10
        if kind in (3, 6, 9):
            sender, rcpts, raw = next(ours)
            mails.append((sender, rcpts + [other] if kind == 9 else rcpts, raw))
        else:
            mails.append(("a@" + domain, [other], b"From: a@%s\nTo: %s\nSubject: verbale\nMessage-ID: <%d@%s>\n\n" % (
                domain.encode(), other.encode(), i, domain.encode()) + b"Il verbale della riunione.\n" * 40))
    return mails


def lost_and_twice(site, sink, sent):
    """What is missing and what is there more than once, of all the messages SENT: two lists of texts."""
    lost, twice = [], []
    want = collections.Counter(r.lower() for _, rcpts, _ in sent for r in rcpts)
    foreign = {r: n for r, n in want.items() if r.endswith("@" + site.mail_domain)}
    ours = {r: n for r, n in want.items() if r not in foreign}
    got = sink.count()
    inbox = collections.Counter(r.lower() for r, in rows(site, "SELECT rcpt FROM inbox"))
    for expected, found, where in (foreign, got, "sink"), (ours, inbox, "store"):
        lost += ["%s: %s" % (where, r) for r in expected if found[r] < expected[r]]
        twice += ["%s: %s" % (where, r) for r in found if found[r] > expected.get(r, 0)]
    orders = rows(site, "SELECT box_id, count(*) FROM renewal GROUP BY box_id")
    letters = rows(site, "SELECT box_id, count(*) FROM letter WHERE kind <> 'notice' GROUP BY box_id")
    lost += ["order"] * (len(ours) - len(orders)) + ["summary"] * (len(ours) - len(letters))
    twice += ["%s of box %d" % (what, box) for what, found in (("order", orders), ("summary", letters)) for box, n in found if n != 1]
    return lost, twice


class Traffic:
    """Postfix with our milter in MODE (MORE: lines of its section) before it, lmtpd and a sink behind it."""

    def __init__(self, site, mode, more=""):
        self.site, self.sent, self.refused = site, [], []
        self.sink = Sink(site.dir / "sink")
        self.milter = self.mta = None
        try:
            self.lmtpd = site.start("lmtpd")
            self.milter = mta.rinnova(site, mode, more)
            self.mta = mta.Mta(site, {mode: self.milter.socket}, "smtp:[127.0.0.1]:%d" % self.sink.port)
        except BaseException:
            self.stop()
            raise
        self.port = self.mta.port[mode]

    def give(self, mails, sessions=10):
        """MAILS through Postfix, and waits until its queue is empty."""
        corpus = self.site.dir / "corpus"
        figures.write_corpus(corpus, mails)
        load = figures.Load("smtp", self.port, corpus, sessions, per_connection=20).wait()
        self.refused += [r for r in load.results if r[4] != "250"]
        self.sent += [(sender, rcpts, None) for sender, rcpts, _ in mails]
        self.mta.drain(300)

    def by_queue(self):
        """How many messages of ours came by Postfix's queue."""
        return sum("status=sent" in l and "lmtp.sock" in l for l in self.mta.log().splitlines())

    def processes(self):
        lmtpd, zygote = figures.tree(self.lmtpd.pid)[:2]
        return {"milter": self.milter.p.pid, "lmtpd": lmtpd, "zygote": zygote}

    def open(self):
        """process -> connections that clients have not closed, after some waiting: Postfix keeps them for a while."""
        wait_for(lambda: not any(figures.connected(p) for p in self.processes().values()), 20)
        return {name: figures.connected(p) for name, p in self.processes().items()}

    def sizes(self):
        """process -> (MiB, descriptors), once no connection is open any more."""
        self.open()
        return {name: (figures.memory(p), figures.descriptors(p)) for name, p in self.processes().items()}

    def stop(self):
        for part in self.mta, self.milter, self.sink:
            if part:
                part.stop()
