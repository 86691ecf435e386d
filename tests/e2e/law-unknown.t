#!/usr/bin/python3
"""Law 8, the rest: a courier that is killed in mid-sending leaves a letter that goes out once more with the same bytes; an outcome that is unknown twice is for a person, never for a third try."""
import datetime, pathlib, sqlite3, sys, threading
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Sink, Site, Tap, wait_for

t = Tap()
ROSSI = "maria.rossi@posta.example"
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


class Slow(dict):
    """Answers to the final dot only when told."""

    def __init__(self):
        super().__init__()
        self.asked, self.go = threading.Event(), threading.Event()

    def get(self, key, default=None):
        if key == ".":
            self.asked.set()
            self.go.wait(60)
        return super().get(key, default)


def written(site):
    site.run("init")
    site.boxes({"box": "maria.rossi@pec.example", "reference": ROSSI, "expiry": EXPIRY})
    site.run("notify")


def notices(sink):
    return [m for _, r, m in list(sink.mails) if r == ROSSI]


def lease_over(site):
    """The shortest lease is a minute: the clock is turned on in the store."""
    db = sqlite3.connect(str(site.dir / "rinnova.db"), timeout=30)
    with db:
        db.execute("UPDATE letter SET lease = 1 WHERE state = 'claimed'")
    db.close()


def twice():
    sink = Sink()
    with Site(smtp_port=sink.port, courier="retry-max=1s\n") as site:
        written(site)
        sink.reply["."] = "cut"
        row = wait_for(lambda: not site.run("courier", "--once") or [l for l in site.json("outbox", "list") if l["state"] == "uncertain" and l["kind"] == "notice"], 15, 0.5)
        t.ok(row and row[0]["attempts"] == 2 and "outcome unknown" in row[0]["error"], "unknown twice: the letter is marked uncertain", str(row or site.json("outbox", "list")))
        sink.reply.clear()
        told = wait_for(lambda: not site.run("courier", "--once") or sink.to("admin@posta.example"), 10, 0.5)
        t.ok(told, "the administrator is told")
        got = notices(sink)
        t.ok(len(got) == 2 and got[0] == got[1], "it went out twice, the same to the byte, and not a third time", str(len(got)))
    sink.stop()


def killed():
    sink = Sink()
    with Site(smtp_port=sink.port, courier="retry-max=1s\n") as site:
        written(site)
        sink.reply = slow = Slow()
        p = site._popen(["courier", "--once"])
        t.ok(slow.asked.wait(30), "a courier waits for the answer to its letter")
        p.kill()
        p.wait()
        sink.reply = {}
        slow.go.set()
        wait_for(lambda: notices(sink), 10)
        t.eq([l["state"] for l in site.json("outbox", "list")], ["claimed"], "it is killed: nobody knows, and nobody says it was sent")
        lease_over(site)
        wait_for(lambda: not site.run("courier", "--once") or len(notices(sink)) > 1, 15, 0.5)
        got = notices(sink)
        t.ok(len(got) == 2 and got[0] == got[1], "the next one sends the same bytes once more", str(len(got)))
        t.eq(site.json("outbox", "list"), [], "and then it is done")
    sink.stop()


def killed_and_cut():
    sink = Sink()
    with Site(smtp_port=sink.port, courier="retry-max=1s\n") as site:
        written(site)
        sink.reply = slow = Slow()
        p = site._popen(["courier", "--once"])
        slow.asked.wait(30)
        p.kill()
        p.wait()
        slow["."] = "cut"
        slow.go.set()
        wait_for(lambda: notices(sink), 10)
        lease_over(site)
        row = wait_for(lambda: not site.run("courier", "--once") or [l for l in site.json("outbox", "list") if l["state"] == "uncertain"], 15, 0.5)
        t.ok(row and row[0]["attempts"] == 2, "killed once and cut off once is unknown twice: uncertain", str(row or site.json("outbox", "list")))
        t.eq(len(notices(sink)), 2, "with no third try")
    sink.stop()


for part in (twice, killed, killed_and_cut):
    part()
t.done()
