#!/usr/bin/python3
"""The notices: each due day once, only the latest after a stop, none for those who need none, every decision in the ledger with its reason; the courier looks again before it sends."""
import datetime, email, email.policy, pathlib, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, wait_for

t = Tap()
TODAY = datetime.date.today()
EXPIRY = TODAY + datetime.timedelta(days=100)
HEAD = "box,holder,reference,reference2,expiry,convention,document,entitled\n"


def left(days):
    """The option for the day that is DAYS before the expiry date."""
    return "--date=" + (EXPIRY - datetime.timedelta(days=days)).isoformat()


def box(name):
    return name + "@pec.example"


def who(name):
    return name + "@posta.example"


def load(site, *names, expiry=EXPIRY, entitled="yes", reference2=""):
    f = site.dir / "list.csv"
    f.write_text(HEAD + "".join("%s,Persona,%s,%s,%s,fnomceo,yes,%s\n" % (box(n), who(n), reference2, expiry, entitled) for n in names), "utf-8")
    site.run("import", f)


def ask(site, sql, *args):
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
    got = db.execute(sql, args).fetchall()
    db.close()
    return got


def days(site, name):
    """The notice days of the letters that were written to NAME's reference address, in order."""
    return [r[0] for r in ask(site, "SELECT step FROM letter WHERE kind = 'notice' AND rcpt = ? ORDER BY id", who(name))]


def ledger(site, name):
    """What notify decided about NAME's box, and why."""
    return ask(site, "SELECT l.what, l.why FROM ledger l JOIN box b ON b.id = l.box_id WHERE l.who = 'notify' AND l.what LIKE 'notice %' AND b.name = ? ORDER BY l.id", box(name))


def newest(site, name, kind):
    """The newest letter of KIND to NAME, as it stands in the outbox."""
    raw = ask(site, "SELECT raw FROM letter WHERE kind = ? AND rcpt = ? ORDER BY id DESC LIMIT 1", kind, who(name))[0][0]
    return email.message_from_bytes(raw, policy=email.policy.default)


def answer(site, name, kind, typed):
    letter = newest(site, name, kind)
    got = site.lmtp(replies.gmail(letter, who(name), typed), replies.token_address(letter), who(name))
    return got and got[0].startswith("250")


def state(site, name):
    return [o["state"] for o in site.json("order", "list") if o["box"] == box(name)]


def due_days():
    with Site() as site:
        site.run("init")
        load(site, "a")
        due = (90, 60, 30, 15, 7, 1, 0)
        for day in (100, 91, 90, 89, 61, 60, 59, 30, 29, 15, 7, 6, 1, 0, -1, -30):
            want = [d for d in due if d >= max(day, 0)]
            site.run("notify", left(day))
            site.run("notify", left(day))
            t.eq(days(site, "a"), want, "%d days before expiry: %d notices so far, though notify ran twice" % (day, len(want)))
        t.eq(ledger(site, "a"), [("notice %d decided" % d, "due") for d in due], "each of them stands in the ledger, once")
        t.eq(len(ask(site, "SELECT 1 FROM ledger WHERE what = 'letter notice written'")), len(due), "and so does each letter")
        site.run("notify", left(60))
        t.eq(len(days(site, "a")), len(due), "a clock that goes back writes nothing")


def after_a_stop():
    with Site() as site:
        site.run("init")
        load(site, "a")
        site.run("notify", left(90))
        out = site.run("notify", left(10))[1]
        t.ok("1 notices written" in out and days(site, "a") == [90, 15], "after a stop from 90 to 10 days: the notice of 15 days only", "%s %s" % (out, days(site, "a")))
        site.run("notify", left(9))
        t.eq(days(site, "a"), [90, 15], "and what was left out is not sent later")
        site.run("notify", left(7))
        t.eq(days(site, "a"), [90, 15, 7], "the next one comes on its day")
        load(site, "late")
        site.run("notify", left(3))
        t.eq(days(site, "late"), [7], "a box that is imported late gets one notice, not the whole row")


def held_mail():
    """Mail that waits for a person: one hears of it, once a day."""
    with Site() as site:
        site.run("init")
        load(site, "a")
        site.run("notify", left(90))
        notes = lambda: [r[0] for r in ask(site, "SELECT subject FROM letter WHERE kind = 'admin' ORDER BY id")]
        t.eq(notes(), [], "while nothing is held the administrator gets no note")
        site.start("lmtpd")
        letter = newest(site, "a", "notice")
        for typed in ("prima", "seconda"):  # two From fields: a person has to look
            raw = replies.gmail(letter, who("a"), typed).replace(b"From:", b"From: other@posta.example\r\nFrom:", 1)
            site.lmtp(raw, replies.token_address(letter))
        n = len(site.json("held", "list"))
        site.run("notify", left(89), "--dry-run")
        t.eq(notes(), [], "a dry run writes none either")
        site.run("notify", left(89))
        site.run("notify", left(89))
        t.ok(n > 0 and notes() == ["%d mail in attesa di una persona" % n], "of held mail there is one note a day", notes())
        t.ok("rinnova held list" in str(email.message_from_bytes(ask(site, "SELECT raw FROM letter WHERE kind = 'admin'")[0][0], policy=email.policy.default).get_content()), "which says where to look")
        site.run("notify", left(88))
        t.eq(len(notes()), 2, "and the next day another")


def whom():
    with Site(convention="notify-box=true\n") as site:
        site.conf.write_text(site.conf.read_text().replace("notify-box=false\n", ""))
        site.run("init")
        load(site, "a", reference2="seconda@posta.example")
        load(site, "b")
        out = site.run("notify", left(90))[1]
        t.ok("2 notices written" in out, "two boxes, two decisions", out)
        got = sorted(r[0] for r in ask(site, "SELECT rcpt FROM letter"))
        t.eq(got, sorted([who("a"), "seconda@posta.example", box("a"), who("b"), box("b")]), "one letter to the reference address, the second one and the box itself")


def nobody_else():
    """Ordered, declined, not entitled: nothing is written, and the ledger says why."""
    with Site() as site:
        site.run("init")
        load(site, "ordered", "declined", "plain")
        load(site, "gone", entitled="no")
        site.run("notify", left(90))
        site.start("lmtpd")
        t.ok(answer(site, "ordered", "notice", "RINNOVA") and state(site, "ordered") == ["offered"], "one orders")
        t.ok(answer(site, "declined", "notice", "NON RINNOVO") and state(site, "declined") == ["declined"], "one declines")
        out = site.run("notify", left(60))[1]
        t.ok("4 boxes looked at, 1 notices written, 2 decided not to write, 1 reminders of an open order" in out, "the tally counts each", out)
        t.eq([days(site, n) for n in ("ordered", "declined", "gone", "plain")], [[90], [90], [], [90, 60]], "only the one that said nothing gets the next notice")
        t.eq(ask(site, "SELECT step FROM letter WHERE kind = 'reminder' AND rcpt = ?", who("ordered")), [(60,)], "who did not accept the summary yet is reminded of that")
        letter = newest(site, "ordered", "reminder")
        t.ok("manca soltanto la sua accettazione" in letter.get_body(("plain",)).get_content() and [p.get_filename() for p in letter.iter_attachments()] == ["contratto.txt"], "with the summary and the contracts", str(letter))
        t.eq(ledger(site, "ordered")[1:], [], "that is no notice")
        t.eq(ask(site, "SELECT what, why FROM ledger WHERE what LIKE 'reminder %'"), [("reminder 60 decided", "remind")], "and stands in the ledger")
        t.eq(ledger(site, "declined")[1:], [("notice 60 not written", "declined")], "the ledger says: declined")
        t.eq(ledger(site, "gone"), [("notice 90 not written", "not-entitled"), ("notice 60 not written", "not-entitled")], "the ledger says: not entitled")
        before = ask(site, "SELECT count(*) FROM ledger")
        site.run("notify", left(59))
        t.eq(ask(site, "SELECT count(*) FROM ledger"), before, "a decision is taken, and noted, once a notice day")
        site.run("notify", left(1))
        t.eq((days(site, "declined"), days(site, "ordered")), ([90, 1], [90]), "the last reminder still goes to the one that declined, not to the one that ordered")
        site.run("notify", left(1))
        t.eq([r[0] for r in ask(site, "SELECT step FROM letter WHERE kind = 'reminder' ORDER BY id")], [60, 1], "which is reminded of its open order, once a notice day")
        t.ok(answer(site, "ordered", "reminder", "Accetto") and state(site, "ordered") == ["accepted"], "and may accept by answering that")
        load(site, "gone")
        site.run("notify", left(0))
        t.eq(days(site, "gone"), [0], "who is entitled again is written to again")
        t.eq(ledger(site, "ordered")[-1], ("notice 0 not written", "ordered"), "the ledger says: ordered")


def dry_run():
    with Site() as site:
        site.run("init")
        load(site, "a")
        load(site, "gone", entitled="no")

        def whole():
            return [ask(site, "SELECT * FROM %s" % table) for table in ("notice", "letter", "ledger", "period", "box")]
        before = whole()
        out = site.run("notify", "--dry-run", left(90))[1]
        t.ok("due %s expiry=%s day=90" % (box("a"), EXPIRY) in out and "not-entitled %s" % box("gone") in out, "--dry-run lists box, expiry, day and decision", out)
        t.ok("1 notices would be written, 1 decided not to write" in out, "and counts them", out)
        t.eq(whole(), before, "it writes nothing at all")
        t.ok("1 notices written" in site.run("notify", left(90))[1], "the real run writes what was listed")
        code, _, err = site.run("notify", "--date=30/11/2026x", check=False)
        t.ok(code == 64 and "2026-11-30" in err, "a wrong --date is an error that shows a right one", err)


def looked_at_again():
    """Between notify and the courier the world may have changed."""
    sink = Sink()
    names = ("same", "declined", "accepted", "gone", "renewed", "open")
    with Site(smtp_port=sink.port) as site:
        site.run("init")
        load(site, *names)
        site.run("notify", left(90))
        site.run("courier", "--once")
        t.eq([len(sink.to(who(n))) for n in names], [1] * 6, "the first notices go out")
        site.start("lmtpd")
        answer(site, "open", "notice", "RINNOVA")
        site.run("notify", left(60))
        answer(site, "open", "summary", "ACCETTO")
        answer(site, "declined", "notice", "NON RINNOVO")
        answer(site, "accepted", "notice", "RINNOVA")
        answer(site, "accepted", "summary", "ACCETTO")
        t.eq((state(site, "declined"), state(site, "accepted")), (["declined"], ["accepted"]), "answers come before the second ones leave")
        load(site, "gone", entitled="no")
        load(site, "renewed", expiry=EXPIRY + datetime.timedelta(days=365))
        site.run("courier", "--once")
        second = {n: ask(site, "SELECT state, CASE state WHEN 'dropped' THEN error END FROM letter WHERE kind IN ('notice', 'reminder') AND step = 60 AND rcpt = ?", who(n))[0] for n in names}
        t.eq(second, {"same": ("sent", None), "declined": ("dropped", "declined-meanwhile"), "accepted": ("dropped", "ordered-meanwhile"),
                      "gone": ("dropped", "not-entitled"), "renewed": ("dropped", "renewed-meanwhile"), "open": ("dropped", "answered-meanwhile")}, "the courier drops those that are not wanted any more, and says why")
        notices = [len([m for m in sink.to(who(n)) if m["Message-ID"].startswith("<notice")]) for n in names]
        t.eq(notices, [2, 1, 1, 1, 1, 1], "and did not send them")

        # The courier was away over the last day: nobody hears of a last day that is over.
        site.run("notify", left(0))
        for n in (0, 1):
            site.run("expire", "--date", (EXPIRY + datetime.timedelta(days=n)).isoformat())
        site.run("courier", "--once")
        t.eq(ask(site, "SELECT state, error FROM letter WHERE kind = 'notice' AND step = 0 AND rcpt = ?", who("same")), [("dropped", "deactivated-meanwhile")], "a notice that did not leave before the deactivation is dropped")
        t.ok("disattivata" in sink.to(who("same"))[-1]["Subject"], "and the letter about that goes out", sink.to(who("same"))[-1]["Subject"])
    sink.stop()


for part in (due_days, after_a_stop, held_mail, whom, nobody_else, dry_run, looked_at_again):
    part()
t.done()
