#!/usr/bin/python3
"""Laws 1, 2 and 3 where something goes wrong: what cannot be done whole is not done at all and not answered yes; a commit that fails is no yes; no letter ever goes to a stranger who writes."""
import datetime, os, pathlib, re, resource, sqlite3, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for

t = Tap()
ROSSI, EVE = "maria.rossi@posta.example", "eve@evil.example"
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
TABLES = ("inbox", "renewal", "letter", "call", "ledger", "order_number")


def ask(site, sql, *args):
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
    got = db.execute(sql, args).fetchall()
    db.close()
    return got


def trigger(site, sql):
    db = sqlite3.connect(str(site.dir / "rinnova.db"), timeout=30)
    with db:
        db.execute(sql)
    db.close()


def counts(site):
    return {table: ask(site, "SELECT count(*) FROM %s" % table)[0][0] for table in TABLES}


def begin(site, sink, *names):
    """Boxes with a notice in the sink; returns the notices."""
    site.run("init")
    site.boxes(*[{"box": n + "@pec.example", "reference": n + "@posta.example", "expiry": EXPIRY} for n in names])
    site.run("notify")
    site.run("courier", "--once")
    return [sink.to(n + "@posta.example")[0] for n in names]


def deliver(site, raw, rcpt):
    return site.run("deliver", "--rcpt", rcpt, "--sender", ROSSI, input=raw, check=False)[0]


def all_or_nothing():
    """The summary cannot be written, for a contract is gone: then there is no order, no inbox row and no yes either."""
    sink = Sink()
    with Site(smtp_port=sink.port) as site:
        notice = begin(site, sink, "maria.rossi")[0]
        raw, rcpt = replies.gmail(notice, ROSSI, "RINNOVA"), replies.token_address(notice)
        before = counts(site)
        contract = site.dir / "contratto.txt"

        def gone():
            contract.rename(site.dir / "away")
            contract.mkdir()  # there for whoever looks, and not to be read

        def back():
            contract.rmdir()
            (site.dir / "away").rename(contract)
        trigger(site, "CREATE TRIGGER no_summary BEFORE INSERT ON letter WHEN NEW.kind = 'summary' BEGIN SELECT RAISE(ABORT, 'no'); END")
        t.eq(deliver(site, raw, rcpt), 75, "deliver by itself: 75 while the summary cannot be stored")
        t.eq(counts(site), before, "and nothing is half done")
        trigger(site, "DROP TRIGGER no_summary")
        site.start("lmtpd")
        gone()
        got = site.lmtp(raw, rcpt)
        t.ok(got and got[0].startswith("451"), "lmtpd: 451", got)
        t.eq(counts(site), before, "and nothing is half done")
        other = replies.gmail(notice, ROSSI, "Cosa devo fare?")
        t.ok(site.lmtp(other, rcpt)[0].startswith("250"), "another mail, which needs no contract, goes on beside it")
        back()
        t.ok(site.lmtp(raw, rcpt)[0].startswith("250"), "once it is back, the same mail is taken")
        t.eq([o["state"] for o in site.json("order", "list")], ["offered"], "and the order is there, once")
        t.eq(ask(site, "SELECT count(*) FROM letter WHERE kind = 'summary'"), [(1,)], "with its summary")
        after = counts(site)
        t.ok(site.lmtp(raw, rcpt)[0].startswith("250") and counts(site) == after, "the same mail again changes nothing", "%s %s" % (after, counts(site)))
    sink.stop()


def commit_fails():
    """The disk takes no more bytes at the very commit: the answer is not yes."""
    def plain(n):
        return ("From: a@posta.example\r\nSubject: x\r\nMessage-ID: <w%d@posta.example>\r\n\r\nciao %s\r\n" % (n, "x" * 9000)).encode()
    with Site() as site:
        site.run("init")
        # A write over the limit has to fail, not to kill: Python ignores SIGXFSZ and so does what it starts.
        door = site._popen(["lmtpd"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, restore_signals=False)
        site.children.append(door)
        wait_for(site._answers)
        t.ok(site.lmtp(plain(1), "rinnovo@ordine.example")[0].startswith("250"), "a mail is taken")
        wal = os.path.getsize(str(site.dir / "rinnova.db-wal"))
        resource.prlimit(door.pid, resource.RLIMIT_FSIZE, (wal, resource.RLIM_INFINITY))
        try:
            got = site.lmtp(plain(2), "rinnovo@ordine.example")[0]
        except OSError:
            got = ""
        t.ok(not got.startswith("250"), "a commit that fails is not answered yes", got)
        t.eq(ask(site, "SELECT message_id FROM inbox"), [("w1@posta.example",)], "and only the first mail is in the store")
        wait_for(lambda: door.poll() is not None, 5) or resource.prlimit(door.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if door.poll() is not None:
            site.start("lmtpd")
        t.ok(site.lmtp(plain(2), "rinnovo@ordine.example")[0].startswith("250"), "with room again it is taken")
        t.eq(len(ask(site, "SELECT 1 FROM inbox")), 2, "once")


def strangers():
    """Whoever has the letter may answer it; what follows goes to the registered address, whatever the mail says of itself."""
    sink = Sink()
    words = {"m1": "RINNOVA", "m2": "quanto costa?", "m3": "NON RINNOVO", "m4": ""}
    auth = b"Authentication-Results: mx.ordine.example; dmarc=fail header.from=posta.example\r\n"
    with Site(smtp_port=sink.port, authserv="mx.ordine.example") as site:
        notices = dict(zip((*words, "m5", "m6"), begin(site, sink, *words, "m5", "m6")))
        site.start("lmtpd")

        def evil(letter, typed):
            raw = replies.gmail(letter, EVE, typed, "Maria Rossi")
            return raw.replace(b"From:", b"Reply-To: eve2@evil.example\r\nSender: eve3@evil.example\r\nReturn-Path: <eve4@evil.example>\r\n"
                                         b"Disposition-Notification-To: eve5@evil.example\r\nErrors-To: eve6@evil.example\r\nCc: eve7@evil.example\r\nFrom:", 1)
        for n, typed in words.items():
            t.ok(site.lmtp(evil(notices[n], typed), replies.token_address(notices[n]), EVE)[0].startswith("250"), "%r from a stranger is taken" % typed)
        site.lmtp(evil(notices["m1"], "").replace(b"To: ", b"X-To: ", 1), "rinnovo@ordine.example", EVE)
        forged = auth + replies.gmail(notices["m5"], "m5@posta.example", "RINNOVA")
        site.lmtp(forged.replace(b"From:", b"Reply-To: eve2@evil.example\r\nFrom:", 1), replies.token_address(notices["m5"]), EVE)
        own = replies.gmail(notices["m6"], "m6@posta.example", "RINNOVA").replace(b"From:", b"Reply-To: eve2@evil.example\r\nFrom:", 1)
        site.lmtp(own, replies.token_address(notices["m6"]), EVE)
        site.run("courier", "--once")
        known = {n + "@posta.example" for n in notices} | {"admin@posta.example", "segreteria@posta.example"}
        t.eq(sorted({r for _, r, _ in sink.mails} - known), [], "every letter goes to a registered address")
        t.eq(sorted(set(re.findall(rb"(?im)^(?:to|cc|bcc|reply-to|from|sender):.*evil.*$", b"\n".join(m for _, _, m in sink.mails)))), [], "and no header of ours names another")
        summary = sink.to("m1@posta.example")[1:]
        t.ok(summary and EVE in text_of(summary[0]), "the summary that a stranger asked for goes to the registered address and names who wrote", summary and text_of(summary[0]))
        t.ok(sink.to("m2@posta.example")[1:] and sink.to("m4@posta.example")[1:], "so does the question what is meant")
        t.ok(sink.to("m5@posta.example")[1:], "and the warning of a forged mail")
        t.eq({o["box"]: o["state"] for o in site.json("order", "list")}, {"m1@pec.example": "offered", "m6@pec.example": "offered"}, "the forged mail orders nothing, the stranger's no declines nothing")
        offer = summary[0]
        site.lmtp(evil(offer, "ACCETTO"), replies.token_address(offer), EVE)
        site.run("courier", "--once")
        t.eq(site.json("order", "list")[0]["state"], "offered", "a stranger's ACCETTO concludes nothing")
        held = ask(site, "SELECT b.name, l.why FROM ledger l JOIN box b ON b.id = l.box_id WHERE l.what = 'reply held' ORDER BY l.id")
        t.eq(held, [("m5@pec.example", "good-token-failed"), ("m1@pec.example", "good-token-other-accept")], "each reply that is held stands in the ledger with its rule")
        t.eq(sorted({r for _, r, _ in sink.mails} - known), [], "and is answered to the registered address only")
    sink.stop()


for part in (all_or_nothing, commit_fails, strangers):
    part()
t.done()
