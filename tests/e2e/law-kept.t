#!/usr/bin/python3
"""Law 1: what got a 250 is in the store, even if lmtpd is killed in mid-work; what got none is not half there. Law 7: a hostile mail harms nobody else."""
import datetime, pathlib, sqlite3, sys, threading, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Sink, Site, Tap, wait_for

t, sink = Tap(), Sink()


def mail(n, body="RINNOVA"):
    return ("From: a%d@posta.example\r\nTo: rinnovo@ordine.example\r\nSubject: prova\r\nMessage-ID: <m%d@posta.example>\r\n\r\n%s %d\r\n" % (n, n, body, n)).encode()


with Site(smtp_port=sink.port) as site:
    site.run("init")
    taken, lock = set(), threading.Lock()

    def load(base, rounds):
        for n in range(base, base + rounds):
            try:
                answer = site.lmtp(mail(n), "rinnovo@ordine.example")
            except OSError:
                continue
            if answer and answer[0].startswith("250"):
                with lock:
                    taken.add("m%d@posta.example" % n)

    for round_ in range(3):
        door = site.start("lmtpd")
        threads = [threading.Thread(target=load, args=(round_ * 10000 + i * 1000, 60)) for i in range(6)]
        for th in threads:
            th.start()
        time.sleep(0.25)
        door.kill()
        door.wait()
        for th in threads:
            th.join()
    db = sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True)
    rows = [r[0] for r in db.execute("SELECT message_id FROM inbox")]
    t.ok(len(taken) > 0, "%d mails were taken over three kills" % len(taken))
    t.eq(sorted(taken - set(rows)), [], "each mail that got a 250 is in the store")
    t.eq(len(rows), len(set(rows)), "none is there twice")
    t.eq(db.execute("PRAGMA integrity_check").fetchone()[0], "ok", "the store is sound")
    db.close()

    site.start("lmtpd")
    killer = b"From: " + b"g:" * 45000 + b"\r\nMessage-ID: <killer@x>\r\n\r\nciao\r\n"
    begin = time.monotonic()
    waits = []

    def other(n):
        s = time.monotonic()
        site.lmtp(mail(n), "rinnovo@ordine.example")
        waits.append(time.monotonic() - s)
    threads = [threading.Thread(target=other, args=(90000 + i,)) for i in range(20)]
    evil = threading.Thread(target=lambda: t.ok(site.lmtp(killer, "rinnovo@ordine.example")[0].startswith("250"), "a mail that kills parsers is taken"))
    evil.start()
    for th in threads:
        th.start()
    for th in [evil, *threads]:
        th.join()
    held = [h for h in site.json("held", "list") if h["rule"] == "unreadable"]
    t.eq(len(held), 1, "and held as it is")
    t.eq(len(waits), 20, "twenty others went on beside it")
    binary = bytes(range(256)) * 40
    t.ok(site.lmtp(b"Subject: x\r\n\r\n" + binary.replace(b"\r", b"").replace(b"\n", b""), "rinnovo@ordine.example")[0].startswith("250"), "binary rubbish is taken")
    t.ok(site.lmtp(b"\r\n", "rinnovo@ordine.example")[0].startswith("250"), "an empty mail is taken")
sink.stop()
t.done()
