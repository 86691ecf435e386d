#!/usr/bin/python3
"""Hostile mails that are held are read again, because an administrator, a holder or a person at the machine says so: outside the lock of the writers, and nobody waits for it."""
import datetime, os, pathlib, sqlite3, subprocess, sys, threading, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import ROOT, Sink, Site, Tap, text_of, wait_for

RCPT, ADMIN, SECONDS, HOSTILE = "rinnovo@ordine.example", "admin@posta.example", 2, 4
OTHER, DEED = "segreteria@studio.example", b"X-Deed: loop\r\n"
PASS = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
FAIL = b"Authentication-Results: mx.ordine.example; dmarc=fail header.from=posta.example\r\n"

if os.environ.get("RINNOVA_SAN"):
    print("1..0 # SKIP a sanitizer must come before what is loaded here; make check does it without")
    sys.exit(0)
t, sink = Tap(), Sink()


def mail(n, deed=None):
    field = "X-Deed: %s\r\n" % deed if deed else ""
    return ("From: a%d@posta.example\r\nSubject: prova\r\nMessage-ID: <m%d@posta.example>\r\n%s\r\nRINNOVA %d\r\n" % (n, n, field, n)).encode()


def rules():
    return [h["rule"] for h in site.json("held", "list")]


def stalling(begin, *args):
    """What BEGIN starts meets what stalls its parser."""
    os.environ.update(LD_PRELOAD=str(shim), TAKEOVER_STORE=str(site.dir / "rinnova.db"))
    try:
        return begin(*args)
    finally:
        del os.environ["LD_PRELOAD"]


def writable():
    """Can another process write to the store?"""
    db = sqlite3.connect(site.dir / "rinnova.db", timeout=0, isolation_level=None)
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute("ROLLBACK")
        return True
    except sqlite3.OperationalError:
        return False
    finally:
        db.close()


def command(*args):
    """Runs one that meets a mail that stalls its parser: its exit code, and whether others could write meanwhile."""
    p = stalling(lambda: site._popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    free = any(b"try=first" in line for line in p.stderr) and wait_for(writable, 1)
    free = free and p.poll() is None
    p.communicate()
    return p.returncode, free


def send(raw, to, who):
    answer = site.lmtp(raw, to, who)
    site.run("courier", "--once")
    return bool(answer) and answer[0].startswith("250")


def said(letter, who, typed, before=b""):
    return send(before + replies.gmail(letter, who, typed), replies.token_address(letter), who)


def state(n):
    return [o["state"] for o in site.json("order", "list") if o["box"] == "m%d@pec.example" % n]


def offer(n):
    """Box N is offered, OTHER has accepted twice, once by a mail that is hostile, and the holder is asked: that letter."""
    who = "m%d@posta.example" % n
    said(sink.to(who)[-1], who, "RINNOVA")
    offers[n] = sink.to(who)[-1]
    said(offers[n], OTHER, "Accetto", DEED)
    said(offers[n], OTHER, "Accetto")
    return sink.to(who)[-1]


def holder_authorizes(ask):
    """AUTORIZZO by mail."""
    died, got = site.log("lmtpd").count("try=first"), []
    raw = replies.gmail(ask, "m0@posta.example", "AUTORIZZO")
    th = threading.Thread(target=lambda: got.extend(site.lmtp(raw, replies.token_address(ask), "m0@posta.example")))
    th.start()
    t.ok(wait_for(lambda: site.log("lmtpd").count("try=first") > died), "AUTORIZZO has the held mails read")
    t.ok(wait_for(writable, 1) and not got, "while one of them stalls its parser others write to the store")
    late = site.lmtp(replies.gmail(offers[0], OTHER, "Accetto"), replies.token_address(offers[0]), OTHER)
    t.ok(late[0].startswith("250") and not got, "and another mail is taken", (late, got))
    th.join()
    t.ok(got and got[0].startswith("250"), "then it is taken itself", got)


with Site(smtp_port=sink.port, authserv="mx.ordine.example") as site:
    site.conf.write_text(site.conf.read_text("utf-8").replace("[lmtp]\n", "[lmtp]\nparse-timeout=%ds\nparsers=2\n" % SECONDS), "utf-8")
    shim = site.dir / "takeover.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", shim, ROOT / "tests/lib/takeover.c", "-ldl"], check=True)
    site.run("init")
    stalling(site.start, "lmtpd")
    threads = [threading.Thread(target=site.lmtp, args=(mail(n, "loop"), RCPT)) for n in range(HOSTILE)]
    for th in threads:
        th.start()
    for th in threads:
        th.join()
    t.eq(rules(), ["unreadable"] * HOSTILE, "mails that stall their parser are held")
    site.run("digest")
    site.run("courier", "--once")
    digest = sink.to(ADMIN)[-1]
    typed = "".join("%d riprova\n" % (n + 1) for n in range(HOSTILE))
    got = []
    desk = threading.Thread(target=lambda: got.extend(site.lmtp(PASS + replies.outlook(digest, ADMIN, typed, "Capo"), replies.token_address(digest), ADMIN)))
    desk.start()
    waits = []
    n = 100
    while desk.is_alive():
        began = time.monotonic()
        good = site.lmtp(mail(n), RCPT)[0].startswith("250")
        waits.append(time.monotonic() - began if good else 999)
        n += 1
        time.sleep(0.2)
    desk.join()
    t.ok(len(waits) > 5 and max(waits) < SECONDS, "meanwhile others are answered at once", "%d, slowest %.1f s" % (len(waits), max(waits)))
    t.ok(got and got[0].startswith("250"), "the administrator's answer is taken", got)
    site.run("courier", "--once")
    text = text_of(sink.to(ADMIN)[-1])
    t.ok(text.count("riprova: resta in attesa") == HOSTILE, "and each is read, and held again", text)
    t.eq(rules()[:HOSTILE], ["unreadable"] * HOSTILE, "as it was")

    # what the holder's AUTORIZZO takes along
    site.stop("lmtpd")
    site.start("lmtpd")  # where nothing stalls yet
    expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
    site.boxes(*[{"box": "m%d@pec.example" % n, "reference": "m%d@posta.example" % n, "expiry": expiry} for n in range(2)])
    site.run("notify")
    site.run("courier", "--once")
    offers = {}
    asks = [offer(n) for n in range(2)]
    waiting = [h["id"] for h in site.json("held", "list") if h["from"] == OTHER]
    t.ok([state(n) for n in range(2)] == [["offered"]] * 2 and len(waiting) == 4, "two boxes: an address that is not theirs has accepted, twice each", waiting)
    said(asks[1], "m1@posta.example", "AUTORIZZO", FAIL)
    receipt = b"X-Ricevuta: accettazione\r\nX-Riferimento-Message-ID: <x@ordine.example>\r\n" + mail(900, "loop")
    t.ok(send(receipt, RCPT, "posta-certificata@pec.example") and len(site.json("receipt", "list")) == 1, "a receipt that is not signed came as well")
    site.stop("lmtpd")
    stalling(site.start, "lmtpd")
    holder_authorizes(asks[0])
    site.run("courier", "--once")
    site.run("courier", "--once")
    t.eq(state(0), ["renewed"], "and what could be read goes on to the end")
    now = {h["id"]: h["rule"] for h in site.json("held", "list")}
    t.eq([now.get(i) for i in waiting[:2]], ["unreadable", None], "what stalls is held as what it is")
    late = [i for i, rule in now.items() if i > max(waiting) and rule == "good-token-other-accept"]
    t.eq(len(late), 1, "what came meanwhile was not read, and waits")
    t.ok("held-not-read" in site.log("lmtpd") and "mail=%d" % late[0] in site.log("lmtpd"), "the log says so", site.log("lmtpd")[-1500:])

    # a person at the machine: the holder's AUTORIZZO was not proven, and now is
    site.conf.write_text(site.conf.read_text("utf-8").replace("authserv-id=mx.ordine.example\n", ""), "utf-8")
    word = [h["id"] for h in site.json("held", "list") if h["from"] == "m1@posta.example"]
    t.eq(len(word), 1, "one that is doubtful is held")
    code, free = command("held", "release", word[0])
    t.ok(code == 0 and free, "it is released, and what it takes along is read while others write", code)
    site.run("courier", "--once")
    site.run("courier", "--once")
    t.eq(state(1), ["renewed"], "it goes on to the end")
    code, free = command("receipt", "again", site.json("receipt", "list")[0]["id"])
    t.ok(free, "a receipt is read again while others write", code)
sink.stop()
t.done()
