#!/usr/bin/python3
"""What the milter recorded is evidence where its signature fits: the clock, the login that proves, what the desk shows. And a stop lets a hand-over end."""
import datetime, glob, json, os, pathlib, signal, socket, sqlite3, sys, threading
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Site, Tap, wait_for
from milterclient import Milter

t = Tap()
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
US = "rinnovo@ordine.example"
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


def head_of(n):
    return [("From", " Maria <%s>" % ROSSI), ("Message-ID", " <%d@posta.example>" % n)]


def raw_of(record, body, n):
    head = "Received: from x by mx.ordine.example; Thu, 26 Nov 2026 10:00:00 +0000\r\nFrom: Maria <%s>\r\nMessage-ID: <%d@posta.example>\r\n" % (ROSSI, n)
    return (head + ("X-Rinnova-Session: " + record.strip().replace("\n", "\r\n") + "\r\n" if record else "") + "\r\n").encode() + body


def record(site, body, login=None, n=1):
    m = Milter(site.dir / "milter.sock")
    m.helo("casa.example")
    changes = m.message("<%s>" % US, headers=head_of(n), body=body, i="4QxT1z", client_addr="192.0.2.7", auth_authen=login, tls_version="TLSv1.3")[1]
    m.quit()
    return changes[0][2]


def rows(site, columns):
    db = sqlite3.connect(site.dir / "rinnova.db")
    got = db.execute("SELECT %s FROM inbox ORDER BY id" % columns).fetchall()
    db.close()
    return got


def evidence():
    with Site(site="auth-domain=posta.example\n") as site:
        site.run("init")
        site.boxes({"box": BOX, "reference": ROSSI, "expiry": EXPIRY})
        site.start("milter")
        site.start("lmtpd")
        cases = [("login of From", ROSSI, "normal"), ("its local part alone", "maria.rossi", "normal"), ("another login", "luca.bianchi@posta.example", "low"),
                 ("a login of another domain", "maria.rossi@altra.example", "low"), ("no login", None, "low")]
        for n, (name, login, proof) in enumerate(cases):
            body = b"AIUTO %d\r\n" % n
            site.lmtp(raw_of(record(site, body, login, n), body, n), US, ROSSI)
            t.eq(rows(site, "proof, session, login")[-1], (proof, "good", login), "%s: proof %s" % (name, proof))
        last = [l for l in site.log("lmtpd").splitlines() if "outcome=" in l][-1]
        t.ok("session=good" in last and " 4QxT1z deliver " in last, "the log says that the session was good, and knows the queue id by it", last)
        t.eq(rows(site, "client, helo, tls, queue_id")[-1], ("192.0.2.7", "casa.example", "TLSv1.3", "4QxT1z"), "client, HELO, TLS and queue id are in the inbox")
        good = lambda n: record(site, b"AIUTO\r\n", ROSSI, n)
        for n, (name, text, body) in enumerate([("forged", good(20)[:-4] + "0000", b"AIUTO\r\n"), ("for another body", good(21), b"RINNOVA\r\n"),
                                                ("rubbish", "v=1", b"AIUTO\r\n"), ("of another message", good(7), b"AIUTO\r\n")]):
            site.lmtp(raw_of(text, body, 20 + n), US, ROSSI)
            t.eq(rows(site, "proof, session, login, client")[-1], ("low", "bad", None, None), "%s: nothing of it is believed" % name)
            last = [l for l in site.log("lmtpd").splitlines() if "outcome=" in l][-1]
            t.ok("session=bad" in last and "session-why=" in last, "%s: and the log says why" % name, last)
        site.lmtp(raw_of(good(40), b"AIUTO\r\n", 40), "rinnovo+other@ordine.example", ROSSI)
        t.eq(rows(site, "session")[-1], ("bad",), "for another recipient")
        site.lmtp(raw_of("", b"AIUTO\r\n", 41), US, ROSSI)
        t.eq(rows(site, "session, taken")[-1][0], "none", "none at all")
        t.ok("session=" not in [l for l in site.log("lmtpd").splitlines() if "outcome=" in l][-1], "which the log need not say")
        code = site.run("deliver", "--rcpt", US, "--sender", ROSSI, input=raw_of(good(42), b"AIUTO\r\n", 42).replace(b"\r\n", b"\n"))[0]
        t.eq((code, rows(site, "session, proof")[-1]), (0, ("good", "normal")), "by pipe(8), with bare line feeds, it is good as well")
        site.children[1].terminate()
        site.children[1].wait(30)
        site.run("deliver", "--rcpt", US, "--sender", ROSSI, input=raw_of(good(43), b"AIUTO\r\n", 43).replace(b"\r\n", b"\n"))
        t.eq(rows(site, "session, proof")[-1], ("good", "normal"), "and where deliver works by itself")

        def explain(raw, *args):
            return json.loads(site.run("explain", "--json", "--rcpt", US, *args, input=raw)[1])
        e = explain(raw_of(good(50), b"AIUTO\r\n", 50))
        t.eq([e["session"][k] for k in ("verdict", "login", "helo", "client", "why")], ["good", ROSSI, "casa.example", "192.0.2.7", None], "explain --json shows it")
        t.eq((e["sender"]["proof"], "login of From" in e["sender"]["why"]), ("normal", True), "and what it proves")
        e = explain(raw_of(good(51), b"RINNOVA\r\n", 51))
        t.eq((e["session"]["verdict"], e["session"]["login"], e["sender"]["proof"]), ("bad", None, "low"), "a bad one too")
        t.ok("or the body was changed" in e["session"]["why"], "with the reason", e["session"])
        t.eq(explain(raw_of("", b"AIUTO\r\n", 52))["session"]["verdict"], "none", "none is none")
        text = site.run("explain", "--rcpt", US, input=raw_of("x", b"AIUTO\r\n", 53))[1]
        t.ok("session    bad" in text, "explain says it in words", text)


def shown():
    with Site() as site:
        site.run("init")
        site.boxes({"box": BOX, "reference": ROSSI, "expiry": EXPIRY})
        site.run("notify")
        token = sqlite3.connect(site.dir / "rinnova.db").execute("SELECT message_id FROM letter").fetchone()[0].split("@")[0].split(".")[-1]
        rcpt = "rinnovo+%s@ordine.example" % token
        site.start("milter")
        site.start("lmtpd")
        m = Milter(site.dir / "milter.sock")
        m.helo("casa.example")
        body = b"RINNOVA\r\n"
        added = m.message("<%s>" % rcpt, headers=head_of(1), body=body, i="4QxT1z", client_addr="192.0.2.7")[1][0][2]
        m.quit()
        two = raw_of(added, body, 1).replace(b"From: Maria", b"From: Altra <x@altra.example>\r\nFrom: Maria")
        site.lmtp(two, rcpt, ROSSI)
        held = site.json("held", "list")
        t.eq([(h["session"], h["client"], h["helo"], h["tls"], h["login"]) for h in held], [("good", "192.0.2.7", "casa.example", None, None)], "a held mail shows its session")
        text = site.run("held", "show", held[0]["id"])[1]
        t.ok("session       good" in text and "casa.example" in text, "in words too", text)
        box = json.loads(site.run("box", "show", BOX, "--json")[1])
        t.eq([(r["session"], r["helo"]) for r in box["replies"]], [("good", "casa.example")], "and so does the box")
        site.run("held", "release", held[0]["id"], check=False)
        t.eq(rows(site, "session, helo"), [("good", "casa.example")], "judged once more, it keeps it")


def clock():
    """Law 5: the time at which our mail server took the mail counts, as the milter saw it."""
    lib = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
    if os.environ.get("RINNOVA_SAN") or lib is None:
        t.ok(True, "the clock: skipped, a sanitizer's runtime and libfaketime both want to be loaded first # SKIP")
        return
    with Site() as site:
        site.run("init")
        os.environ.update(LD_PRELOAD=lib, FAKETIME="-3d", FAKETIME_DONT_FAKE_MONOTONIC="1")
        try:
            site.start("milter")
        finally:
            for name in ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC"):
                del os.environ[name]
        site.start("lmtpd")
        early = record(site, b"AIUTO\r\n")
        said = int(early.split("t=")[1].split(";")[0])
        site.lmtp(raw_of(early, b"AIUTO\r\n", 1), US, ROSSI)
        moved = record(site, b"AIUTO\r\n", n=2)
        then = int(moved.split("t=")[1].split(";")[0])
        site.lmtp(raw_of(moved.replace("t=%d" % then, "t=%d" % (then - 86400)), b"AIUTO\r\n", 2), US, ROSSI)
        # its sender sees the record in the DSN that it asked for: the time is not good for a second letter
        again = raw_of(early, b"AIUTO\r\n", 1)
        site.lmtp(again.replace(b"<1@", b"<3@"), US, ROSSI)
        site.lmtp(again.replace(b"Message-ID:", b"In-Reply-To: <notice.0@ordine.example>\r\nMessage-ID:").replace(b"<1@", b"<4@"), US, ROSSI)
        taken, processed = rows(site, "taken, processed")[0]
        t.ok(taken == said and processed - taken > 2 * 86400, "a mail that waited three days counts from the session's time", (taken, processed))
        t.ok(rows(site, "session")[1] == ("bad",) and rows(site, "taken")[1] != (then - 86400,), "a time that somebody moved does not count", rows(site, "session, taken"))
        t.ok([r[0] for r in rows(site, "session")[2:]] == ["bad", "bad"] and all(r[0] > said for r in rows(site, "taken")[2:]),
             "nor does the record of an old letter in a new one", rows(site, "session, taken"))


def stopped():
    """SIGTERM while a hand-over is under way: it ends, and the mail server hears of it."""
    with Site(milter="mode=handover\nhandover-deadline=2000\n") as site:
        site.run("init")
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(site.dir / "lmtp.sock"))
        server.listen(5)
        door = site.start("milter")
        got = []

        def send():
            m = Milter(site.dir / "milter.sock")
            m.helo()
            got.append(m.message(["<%s>" % US, "<RINNOVO@Ordine.Example>"], i="1", j="mx.ordine.example"))
        th = threading.Thread(target=send)
        th.start()
        c, _ = server.accept()
        f = c.makefile("rwb")

        def say(text):
            f.write(text.encode() + b"\r\n")
            f.flush()
        say("220 us")
        f.readline()
        say("250 us")
        verbs = [f.readline().split(b" ")[0].strip() for _ in range(4)]
        say("250 ok\r\n250 ok\r\n250 ok\r\n354 go")
        while f.readline() != b".\r\n":
            pass
        door.send_signal(signal.SIGTERM)
        say("250 ok\r\n250 ok")
        th.join()
        t.eq(verbs, [b"MAIL", b"RCPT", b"RCPT", b"DATA"], "one transaction for both recipients")
        t.eq([g for g in got[0][1] if g[0] == "delete"], [("delete", "<%s>" % US), ("delete", "<RINNOVO@Ordine.Example>")], "both go, by the very words of the mail server")
        t.eq((got[0][0], door.wait(30)), ("c", 0), "the stop waited for it: exit 0")
        c.close()
        server.close()


for part in (evidence, shown, clock, stopped):
    part()
t.done()
