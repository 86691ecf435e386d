#!/usr/bin/python3
"""`rinnova simulate`: the days to come on a copy of the store. What it says is what notify and expire then do."""
import csv, datetime, email, email.policy, hashlib, io, json, os, pathlib, shutil, signal, subprocess, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, wait_for

t, sink = Tap(), Sink()
today = datetime.date.today()
day = lambda n: (today + datetime.timedelta(days=n)).isoformat()


def table(site, *args):
    return list(csv.DictReader(io.StringIO(site.run("simulate", "--csv", "--from", day(0), "--to", day(40), *args)[1])))


def total(rows, column):
    return sum(int(r[column]) for r in rows)


def copies():
    """Of this test's store, under TMPDIR."""
    return list(tmp.glob("rinnova-*"))


tmp = pathlib.Path(tempfile.mkdtemp(prefix="simulate-"))
os.environ["TMPDIR"] = str(tmp)
tempfile.tempdir = "/tmp"
with Site(smtp_port=sink.port, site="expire-brake-boxes=3\n") as site:
    site.run("init")
    site.boxes(*[{"box": "m%d@pec.example" % n, "reference": "m%d@posta.example" % n, "expiry": day(30), "document": "no" if n == 9 else "yes"} for n in range(10)])
    before = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in site.dir.glob("rinnova.db*") if not p.name.endswith("-shm")}
    rows = table(site)
    t.eq(len(rows), 41, "a line for each day")
    t.eq([(r["day"], r["notices"]) for r in rows if r["notices"] != "0"], [(day(n), "10") for n in (0, 15, 23, 29, 30)], "each notice on its day")
    t.eq([(r["day"], r["deactivated"], r["brake"]) for r in rows if r["deactivated"] != "0"], [(day(31), "10", "yes")], "nobody answers: all are deactivated the day after, and the brake would pull")
    t.eq({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in site.dir.glob("rinnova.db*") if not p.name.endswith("-shm")}, before, "the store is as it was")

    answers = site.dir / "answers"
    answers.write_text("[answers]\n30 = 100\naccept = 100\n", "utf-8")
    rows = table(site, "--answers", answers)
    t.eq([(r["day"], r["requests"], r["concluded"]) for r in rows if r["requests"] != "0" or r["concluded"] != "0"], [(day(1), "10", "0"), (day(2), "0", "9"), (day(3), "0", "1")], "all ask on the next day and accept on the one after, and one has to send a document first")
    t.eq((total(rows, "deactivated"), total(rows, "renewed"), total(rows, "documents")), (0, 10, 1), "all are renewed, nothing is deactivated")
    answers.write_text("[answers]\n30 = 50 20\n15 = 100\naccept = 60\ndelay = 2\n", "utf-8")
    rows = table(site, "--answers", answers)
    t.ok(0 < total(rows, "concluded") < 10 and 0 < total(rows, "deactivated") < 10, "some do and some do not", rows)
    t.eq(table(site, "--answers", answers), rows, "the same ones each time")

    box = site.dir / "Maildir"
    out = site.run("simulate", "--from", day(0), "--to", day(40), "--answers", answers, "--maildir", box)[1]
    letters = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in sorted((box / "new").iterdir())]
    t.ok(len(letters) == total(rows, "letters") and all(m["Message-ID"] and m["To"] for m in letters), "every letter is in the Maildir", "%d of %d" % (len(letters), total(rows, "letters")))
    t.ok("in all" in out and "most letters on one day: 10 on %s" % day(0) in out, "the table ends with sums and the busiest day", out)
    t.eq(copies(), [], "no copy is left")

    p = site._popen(["simulate", "--from", day(0), "--to", day(3000)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(copies)
    p.send_signal(signal.SIGTERM)
    p.communicate(timeout=60)
    t.eq((p.returncode, copies()), (75, []), "ended by a signal it removes the copy")

    # what was foretold comes true
    site.run("notify")
    t.eq(len(site.json("outbox", "list")), 10, "today's notices are as many as foretold")

    letter = next(m for m in letters if "PEC-" in m["Subject"])
    reply = ("From: %s\r\nSubject: Re: %s\r\nMessage-ID: <s1@posta.example>\r\nIn-Reply-To: %s\r\n\r\nRINNOVA\r\n" % (letter["To"], letter["Subject"], letter["Message-ID"])).encode()
    site.run("deliver", "--rcpt", replies.token_address(letter), "--sender", str(letter["To"]), input=reply)
    t.eq(site.json("order", "list"), [], "whoever answers a letter of a play orders nothing")
    verdict = json.loads(site.run("explain", "--json", "--config", site.conf, "--rcpt", replies.token_address(letter), input=reply)[1])["token"]["verdict"]
    t.eq(verdict, "bad", "its codes are good in the play alone")

    # bad input
    for text, words in (("[answers]\n30 = 120\n", "30"), ("[answers]\nthirty = 5\n", "thirty"), ("[x]\n", "[answers]"), ("[answers]\n30 = 60 50\n", "30"), ("30 = 5\n", "answers")):
        answers.write_text(text, "utf-8")
        code, _, err = site.run("simulate", "--from", day(0), "--to", day(1), "--answers", answers, check=False)
        t.ok(code != 0 and words in err and str(answers) in err, "a bad file of answers is named: %r" % text, err)
    for args in (("--from", day(0)), ("--from", day(1), "--to", day(0)), ("--from", "x", "--to", day(0)), ("--from", day(0), "--to", day(9000)), ("--from", day(0), "--to", day(1), "y")):
        t.eq(site.run("simulate", *args, check=False)[0], 64, "a wrong span is a wrong command line: %s" % (args,))
sink.stop()
shutil.rmtree(tmp)
t.done()
