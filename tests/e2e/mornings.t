#!/usr/bin/python3
"""Ten bad mornings, and what the desk says of each: a disk that is full, a key that is gone, a mail server that cannot reach the door, a provider that is down, a clock that is
wrong, an old store, a broken template, a flood of bounces, a courier that nobody started, an administrator on holiday when the brake pulls."""
import datetime, json, os, pathlib, resource, socket, subprocess, sys, threading, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies, setting
from house import Sink, Site, Tap, text_of, wait_for

t, sink = Tap(), Sink()
today = datetime.date.today()
DAY = 86400
CLOCKED = not os.environ.get("RINNOVA_SAN")  # libfaketime and a sanitizer's runtime both want to be loaded first
day = lambda n: (today + datetime.timedelta(days=n)).isoformat()


def doctor(site, name, at=None, *args):
    """(level, what is said) of the line NAME of `rinnova check`, asked at the moment AT."""
    env = dict(site.env, **(setting.environment(site) if at else {}))
    if at:
        (site.dir / "clock").write_text(time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at)))
    p = subprocess.run([str(site.binary), "check", "--json", "--config", str(site.conf), *args], env=env, capture_output=True, text=True, cwd="/")
    lines = [json.loads(l) for l in p.stdout.splitlines()]
    hits = [l for l in lines if l["point"] == name]
    return (hits[0]["level"], " ".join(str(v) for v in hits[0].values()), p.returncode) if hits else (None, p.stdout + p.stderr, p.returncode)


def mail(n, size=0):
    return ("From: a@posta.example\r\nSubject: x\r\nMessage-ID: <m%s@posta.example>\r\n\r\nciao %s\r\n" % (n, "x" * size)).encode()


def member(site, n=0, expiry=30):
    who, box = "m%d@posta.example" % n, "m%d@pec.example" % n
    site.boxes({"box": box, "reference": who, "expiry": day(expiry)})
    return who, box


with Site(smtp_port=sink.port) as site:
    site.env = dict(os.environ, LC_ALL="C.UTF-8")
    site.run("init")
    who, box = member(site)

    # 1. the disk is full
    door = site._popen(["lmtpd"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, restore_signals=False)  # SIGXFSZ stays ignored
    site.children.append(door)
    wait_for(site._answers)
    site.lmtp(mail(1), "rinnovo@ordine.example")
    room = (site.dir / "rinnova.db-wal").stat().st_size
    resource.prlimit(door.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    try:
        got = site.lmtp(mail(2, 9000), "rinnovo@ordine.example")
    except OSError:
        got = []
    t.ok(not [g for g in got if g.startswith("2")], "full disk: no mail is answered yes; the mail server keeps it", got)
    door.kill()
    door.wait()
    site.children.remove(door)
    t.eq(doctor(site, "free space")[0], "ok", "the desk has a line about room")
    got = []
    for args in (["report", "--csv"], ["box", "list"], ["check"]):
        with open("/dev/full", "w") as full:
            p = site._popen(args, stdout=full, stderr=subprocess.PIPE)
            got.append(("cannot be written" in p.communicate(timeout=60)[1].decode(), p.returncode))
    t.eq(got, [(True, 75), (True, 75), (True, 2)], "what is printed onto a full disk is no report: said, and the exit status says so")
    t.eq(subprocess.run([site.binary, "box", "list"], env=dict(os.environ, RINNOVA_CONFIG=str(site.conf)), preexec_fn=lambda: os.close(1)).returncode, 0, "who closed standard output wants to see nothing")
    site.start("lmtpd")
    t.ok(site.lmtp(mail(2, 9000), "rinnovo@ordine.example")[0].startswith("250"), "with room again the same mail is taken")

    # 2. the key file cannot be read
    key = site.dir / "token.key"
    key.rename(site.dir / "away")
    key.mkdir()
    level, said, code = doctor(site, "token keys")
    t.ok((level, code) == ("fail", 2) and str(key) in said, "key unreadable: the desk names the file", said)
    code, _, err = site.run("deliver", "--rcpt", "rinnovo@ordine.example", input=mail(3), check=False)
    t.ok(code in (0, 75), "and no mail bounces: deliver ends with 0 or 75", "%d %s" % (code, err))
    code, _, err = site.run("notify", check=False)
    t.ok(code != 0 and str(key) in err, "notify says which file", err)
    key.rmdir()
    (site.dir / "away").rename(key)

    # 4. the provider has been down for two days
    (site.dir / "provider").write_text("#!/bin/sh\nexit 75\n", "utf-8")
    site.run("notify")
    site.run("courier", "--once")
    for words in ("RINNOVA", "ACCETTO"):
        letter = sink.to(who)[-1]
        site.lmtp(replies.gmail(letter, who, words), replies.token_address(letter), who)
        site.run("courier", "--once")
    t.eq([o["state"] for o in site.json("order", "list")], ["accepted"], "provider down: the order stands")
    t.ok("provider" in site.run("box", "why", box)[1], "box why tells of the call that waits", site.run("box", "why", box)[1])
    if CLOCKED:
        level, said, _ = doctor(site, "outbox", time.time() + 2 * DAY)
        t.ok(level in ("warn", "fail") and "outbox list" in said, "after two days the desk says what waits and where to look", said)
    (site.dir / "provider").write_text("#!/bin/sh\necho T-1\n", "utf-8")

    # 5. the clock is wrong by a year
    if CLOCKED:
        level, said, code = doctor(site, "clock", time.time() - 365 * DAY)
        t.ok(level == "fail" and "went back" in said and code == 2, "a clock a year behind: the desk says so", said)
        level, said, _ = doctor(site, "clock", time.time() + 365 * DAY)
        t.ok(level == "warn" and "nothing was noted since" in said, "a clock a year ahead: the desk asks", said)

        # 9. the courier was off for a week
        level, said, code = doctor(site, "courier", time.time() + 7 * DAY)
        t.ok(level == "fail" and "rinnova-courier" in said and code == 2, "no courier for a week: the desk names the service to start", said)

    # 7. a template was broken by an editor
    notice = site.dir / "templates/it/notice.txt"
    good = notice.read_text("utf-8")
    notice.write_text(good.replace("{{> testa}}", "{{#testa", 1), "utf-8")
    level, said, code = doctor(site, "letters")
    t.ok(level == "fail" and "notice" in said and code == 2, "a broken template: the desk names it", said)
    code, out, err = site.run("template", "check", check=False)
    t.ok(code == 1 and "notice" in out + err, "template check says where", out + err)
    t.ok(site.lmtp(mail(4), "rinnovo@ordine.example")[0].startswith("250"), "the door that runs goes on")
    code, _, err = site.run("notify", check=False)
    t.ok(code == 78 and "notice" in err and len(site.json("box", "show", box)[0]["letters"]) >= 3, "notify writes nothing half", err)
    notice.write_text(good, "utf-8")
    site.run("notify")  # these are known now
    notice.write_text(good + "\nRINNOVA\n", "utf-8")
    code, _, err = site.run("notify", check=False)
    t.ok(code == 78 and "starts with a word that members answer with" in err, "what only a trial shows is found though these templates passed before", err)
    notice.write_text(good, "utf-8")
    t.ok(site.run("notify", check=False)[0] == 0, "and the good ones serve again")

    # 8. two thousand bounces at once
    letters = len(site.json("outbox", "list"))
    told = len(sink.to("admin@posta.example"))
    wrong = []

    def flood(first):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(site.dir / "lmtp.sock"))
            f = s.makefile("rwb")
            f.readline()
            for i in range(first, first + 500):
                f.write(b"%sMAIL FROM:<>\r\nRCPT TO:<rinnovo@ordine.example>\r\nDATA\r\n" % (b"LHLO t\r\n" if i == first else b""))
                f.flush()
                for _ in range(4):
                    line = f.readline()
                    while line[:3] == b"250" and line[3:4] == b"-":
                        line = f.readline()
                    if line[:3] == b"354":
                        break
                f.write(b"From: MAILER-DAEMON@mx.example\r\nMessage-ID: <b%d@mx.example>\r\nAuto-Submitted: auto-replied\r\n"
                        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nunknown\r\n--b--\r\n.\r\n" % i)
                f.flush()
                if not f.readline().startswith(b"250"):
                    wrong.append(i)
    threads = [threading.Thread(target=flood, args=(n,)) for n in (0, 500, 1000, 1500)]
    for th in threads:
        th.start()
    for th in threads:
        th.join()
    site.run("courier", "--once")
    t.eq(wrong, [], "two thousand bounces at once: all are taken")
    t.eq((len(site.json("outbox", "list")), len(sink.to("admin@posta.example")) - told), (letters, 0), "nobody is written to because of them")
    letter = sink.to(who)[-1]
    t.ok(site.lmtp(replies.gmail(letter, who, "grazie"), replies.token_address(letter), who)[0].startswith("250"), "and a member's mail goes on being taken")

    # 6. the store is an old copy
    t.eq(site.run("db", "backup", site.dir / "old")[0], 0, "a back-up is made while the door runs")
    fresh, _ = member(site, 1)
    site.run("notify")
    site.run("courier", "--once")
    site.stop("lmtpd")
    letters = len(sink.to(fresh))
    site.run("db", "restore", site.dir / "old")
    site.boxes({"box": "m1@pec.example", "reference": fresh, "expiry": day(30)})
    code, out, err = site.run("courier", "--once", check=False)
    t.ok("resume" in out + err and len(sink.to(fresh)) == letters, "an old store: the courier sends nothing until it is asked", out + err)
    level, said, code = doctor(site, "restored")
    t.ok((level, code) == ("fail", 2) and "db restore --resume" in said, "the desk says why, and how to go on", said)

# 10. the administrator is on holiday when the brake pulls
with Site(smtp_port=sink.port, site="expire-brake-boxes=2\n") as site:
    site.env = dict(os.environ, LC_ALL="C.UTF-8")
    sink.mails.clear()
    site.run("init")
    for n in range(6):
        member(site, n, -1)
    site.run("expire", "--date", day(-1), check=False)
    for n in range(5):
        code, _, err = site.run("expire", "--date", day(n), check=False)
        t.ok(code == 1 and "brake" in err, "the brake, day %d: nothing is done, and it says how to go on" % n, err)
    t.eq({b["state"] for b in site.json("box", "list")}, {"active"}, "nobody loses a box while nobody looks")
    site.run("courier", "--once")
    notes = [m for m in sink.to("admin@posta.example") if "freno" in text_of(m).lower() or "brake" in text_of(m).lower()]
    t.ok(len(notes) >= 1, "the administrator finds the note", [m["Subject"] for m in sink.to("admin@posta.example")])
    site.run("expire", "--date", day(5), "--force-over-brake", "--reason", "tornato dalle ferie")
    t.eq({b["state"] for b in site.json("box", "list")}, {"deactivated"}, "back from holiday, one word is enough")

# 3. Postfix runs its client in a chroot, and the door's socket is outside
with Site(smtp_port=sink.port, site="mail-queue=postfix\n") as site:
    site.env = dict(os.environ, LC_ALL="C.UTF-8")
    site.run("init")
    site.start("lmtpd")
    main = site.dir / "main"
    main.mkdir()
    (main / "main.cf").write_text("compatibility_level = 3.6\nqueue_directory = %s\nmydestination =\nrelay_domains = ordine.example\nrecipient_delimiter = +\ntransport_maps = inline:{rinnovo@ordine.example=rinnova-lmtp:unix:%s}\n" % (site.dir / "queue", site.dir / "lmtp.sock"))
    (main / "master.cf").write_text("rinnova-lmtp unix - - y - 20 lmtp\n")
    site.conf.write_text(site.conf.read_text("utf-8").replace("mail-queue=postfix\n", "mail-queue=postfix\nmail-queue-config=%s\n" % main), "utf-8")
    p = subprocess.run([str(site.binary), "check", "--mta", "postfix", "--mta-config", str(main), "--config", str(site.conf)], env=site.env, capture_output=True, text=True, cwd="/")
    t.ok("transport" in p.stdout and "fifth column" in p.stdout, "a chroot between mail server and door: the desk names the column of master.cf", p.stdout)
sink.stop()
t.done()
