#!/usr/bin/python3
"""Back-up and restore: while the doors work, beside a living store, with a wrong digest, and nothing sent twice unasked."""
import contextlib, datetime, hashlib, json, os, pathlib, shutil, signal, sqlite3, subprocess, sys, threading, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import ROOT, Sink, Site, Tap, wait_for

t, sink = Tap(), Sink()
today = datetime.date.today()
expiry = (today + datetime.timedelta(days=20)).isoformat()
ME, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"


def ask(path, sql):
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as db:  # an open one would be a living store
        return db.execute(sql).fetchall()


def flip(path, at=-1):
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def answer(site, who, word):
    letter = sink.to(who)[-1]
    site.run("deliver", "--rcpt", replies.token_address(letter), "--sender", who, input=replies.gmail(letter, who, word))


with Site(smtp_port=sink.port, convention="low-proof=yes\n") as site:
    db, first = site.dir / "rinnova.db", site.dir / "first"
    site.run("init")
    site.boxes({"box": BOX, "reference": ME, "expiry": expiry}, {"box": "b@pec.example", "reference": "b@posta.example", "expiry": expiry})
    site.run("notify")
    site.start("lmtpd")

    # --- made while mail comes in ---
    busy = threading.Event()

    def traffic():
        while not busy.is_set():
            site.lmtp(b"From: x@spam.example\r\nTo: rinnovo@ordine.example\r\nMessage-ID: <%d@spam.example>\r\n\r\nciao\r\n" % os.urandom(1)[0], "rinnovo@ordine.example", "x@spam.example")
    thread = threading.Thread(target=traffic)
    thread.start()
    code, out, err = site.run("db", "backup", first)
    busy.set()
    thread.join()
    t.eq(code, 0, "a back-up is made while lmtpd takes mail")
    t.eq(sorted(p.name for p in first.iterdir()), ["SHA256SUMS", "manifest.json", "rinnova.db"], "it is three files, and no log of SQLite's")
    said = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=first, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    t.eq((said.returncode, said.stdout), (0, b""), "sha256sum agrees with SHA256SUMS")
    t.eq((ask(first / "rinnova.db", "PRAGMA integrity_check"), ask(first / "rinnova.db", "PRAGMA journal_mode")), ([("ok",)], [("delete",)]), "the copy is whole, and needs nothing beside it")
    manifest = json.loads((first / "manifest.json").read_text())
    key = (site.dir / "token.key").read_bytes()
    files = {f["what"]: f["sha256"] for f in manifest["files"]}
    t.eq((files["token key"], files["contract"]), (hashlib.sha256(key).hexdigest(), hashlib.sha256((site.dir / "contratto.txt").read_bytes()).hexdigest()), "the manifest names key and contract by digest")
    t.ok(not any(l in (first / "manifest.json").read_text() for l in key.decode().split() if len(l) > 20), "and holds nothing of the key")
    t.ok(out.splitlines()[1].endswith(hashlib.sha256((first / "SHA256SUMS").read_bytes()).hexdigest()), "the digest that is printed is that of SHA256SUMS")
    code, out, err = site.run("db", "backup", first / "no" / "where", check=False)
    t.eq((code, "cannot make a folder" in err), (75, True), "no folder for it: said, and to be tried again")
    out = site.run("db", "backup", first)[1]
    t.ok(out.startswith("%s-2" % first) and len(list(first.iterdir())) == 3, "the same path once more: beside the first one, and not within", out)
    near = os.path.relpath(site.dir / "near", "/")
    t.ok(site.run("db", "backup", near)[1].startswith("%s\n" % (site.dir / "near")) and site.run("db", "check", near)[0] == 0, "a path may be relative")
    t.eq(site.run("db", "backup", "", check=False)[0], 64, "an empty one is none")
    (site.dir / "kept").mkdir()
    out = site.run("db", "backup", site.dir / "kept")[1]
    t.ok(out.startswith("%s/kept/rinnova-2" % site.dir) and len(list((site.dir / "kept").iterdir())) == 1, "within a folder it gets a name of its time", out)

    code, out, err = site.run("db", "check", first)
    t.ok(code == 0 and "back-up" in out and out.count("ok  ") >= 5, "db check finds a back-up good, and the files that it needs", out)
    code, out, err = site.run("db", "check")
    t.ok(code == 0 and out.startswith("ok    store"), "and the store")
    (site.dir / "contratto.txt").write_text("ALTRO\n")
    code, out, err = site.run("db", "check", first, check=False)
    t.ok(code == 2 and "contratto.txt: is another one" in out, "a contract that has changed since is named", out)

    # --- beside a living store ---
    before = hashlib.sha256(db.read_bytes()).hexdigest()
    code, out, err = site.run("db", "restore", first, check=False)
    t.ok(code == 75 and "is in use: stop lmtpd" in err, "restore refuses beside lmtpd", err)
    site.run("db", "vacuum")
    t.ok(site.lmtp(b"From: x@spam.example\r\nMessage-ID: <late@spam.example>\r\n\r\nciao\r\n", "rinnovo@ordine.example", "x@spam.example")[0].startswith("250"), "db vacuum leaves lmtpd working")
    site.stop("lmtpd")
    site.start("courier")
    t.ok(wait_for(lambda: len(sink.mails) == 2), "the courier sends what waits")
    t.eq(site.run("db", "restore", first, check=False)[0], 75, "restore refuses beside a courier with nothing to do")
    site.stop("courier")

    # --- a digest that is wrong ---
    bad, whole = site.dir / "bad", db.read_bytes()
    for name, part in (("rinnova.db", "the digest of rinnova.db"), ("manifest.json", "the digest of manifest.json")):
        shutil.copytree(first, bad)
        flip(bad / name, 9000 if name == "rinnova.db" else 40)
        code, out, err = site.run("db", "restore", bad, check=False)
        t.ok(code == 65 and part in err, "%s changed by one bit is refused" % name, err)
        shutil.rmtree(bad)
    shutil.copytree(first, bad)
    (bad / "manifest.json").write_text((bad / "manifest.json").read_text().replace('"sha256": "', '"sha256": "0', 1))
    t.eq(site.run("db", "restore", bad, check=False)[0], 65, "and a manifest that was written anew")
    t.eq(site.run("db", "restore", site.dir / "nothing", check=False)[0], 66, "no back-up there: not found")
    t.ok(db.read_bytes() == whole and not [p for p in site.dir.iterdir() if p.name.startswith((".restore", "rinnova.db.before"))], "all that has changed nothing")

    # --- after the back-up: an order; then the old state comes back ---
    for word in ("RINNOVA", "ACCETTO"):
        answer(site, ME, word)
        site.run("courier", "--once")
    t.eq([o["number"][-7:] for o in site.json("order", "list")], ["-000001"], "after the back-up an order is concluded")
    sent, asked = len(sink.mails), (site.dir / "provider.log").read_bytes()
    notices = {m["Message-ID"] for m in sink.to("b@posta.example")}
    (site.dir / ".restore.AbCdEf").mkdir()
    (site.dir / ".restore.AbCdEf/rinnova.db").write_text("of a restore that was killed")
    code, out, err = site.run("db", "restore", first)
    t.ok(not list(site.dir.glob(".restore.*")), "what a restore left that was killed is gone")
    aside = next(p for p in site.dir.iterdir() if p.name.startswith("rinnova.db.before") and p.suffix not in (".lock",) and not p.name.endswith(("-wal", "-shm")))
    t.eq((site.json("order", "list"), len(ask(aside, "SELECT number FROM renewal"))), ([], 1), "restored: the order is not known any more, the old store is kept")
    for command in ("courier --once", "notify", "expire"):
        code, out, err = site.run(*command.split(), check=False)
        t.ok(code == 75 and "db restore --resume" in err, "%s refuses, and says what to do" % command, err)
    site.start("courier")
    site.start("lmtpd")
    letter = sink.to(ME)[0]
    time.sleep(1.1)  # what is written in the second of the restore may be older than it
    t.ok(site.lmtp(replies.gmail(letter, ME, "RINNOVA"), replies.token_address(letter), ME)[0].startswith("250"), "lmtpd takes mail meanwhile")
    t.ok(wait_for(lambda: "was restored" in site.log("courier")), "a courier that runs says why it waits")
    site.stop("courier")
    site.stop("lmtpd")
    t.eq((len(sink.mails), (site.dir / "provider.log").read_bytes()), (sent, asked), "and nothing was sent, nobody was asked")
    out = site.run("db", "restore", "--resume")[1]
    t.ok(out.count("(may have gone out)") == 2 and "summary" in out and "3 letters" in out, "--resume shows the letters that wait, and which may have gone out", out)
    t.eq(site.run("db", "restore", "--resume")[1], out, "and changes nothing")
    out = site.run("db", "restore", "--resume", "--go", "--drop-letters", "--pass-notices")[1]
    t.ok(out.startswith("resumed: 2 letters dropped"), "let go without the old ones", out)
    site.run("courier", "--once")
    t.eq([m["Subject"][:9] for m in map(lambda m: sink.to(m[1])[-1], sink.mails[sent:])], ["Riepilogo"], "then only the new one goes out")
    site.run("notify")
    site.run("courier", "--once")
    t.eq({m["Message-ID"] for m in sink.to("b@posta.example")}, notices, "the other member gets nothing twice")
    answer(site, ME, "ACCETTO")
    t.eq([o["number"][-7:] for o in site.json("order", "list")], ["-000002"], "a number that was given before is not given again")
    rows = [(r[0], r[1]) for r in ask(db, "SELECT what, who FROM ledger WHERE convention = 'site' ORDER BY id")]
    t.ok([w for w, _ in rows] == ["store restored", "restored store resumed"] and rows[0][1].startswith("admin:"), "the ledger says both, and who", str(rows))
    t.eq(site.run("audit", "verify")[0], 0, "and holds")
    t.eq(site.run("db", "restore", "--resume", "--go", check=False)[0], 1, "there is nothing to resume twice")

    # --- asked for: the same letters again, with the same bytes ---
    site.run("db", "restore", first)
    sent = len(sink.mails)
    site.run("db", "restore", "--resume", "--go")
    site.run("courier", "--once")
    t.eq(sorted(m[2] for m in sink.mails[sent:]), sorted(m[2] for m in sink.mails[:2]), "let go as they are, the letters go out once more byte for byte")

    # --- the old store is damaged ---
    db.write_bytes(b"nonsense" * 2000)
    t.eq(site.run("db", "check", check=False)[0], 70, "db check: a damaged store")
    out = site.run("db", "restore", first)[1]
    t.ok("order numbers go on behind %d-001000" % today.year in out, "a damaged store is replaced, and numbers are left out", out)
    t.eq([p for p in site.dir.iterdir() if p.name.startswith(".restore")], [], "nothing of the work is left")

    # --- the power went between the two renames ---
    away = site.dir / "rinnova.db.before-29991127T120000Z"
    db.rename(away)
    code, out, err = site.run("notify", check=False)
    t.ok(code == 66 and str(away) in err and "init" not in err, "a store that a restore set aside is named, and nobody is told to make an empty one", err)
    code, out, err = site.run("init", check=False)
    t.ok(code == 66 and str(away) in err and not (site.dir / "rinnova.db").exists(), "nor does init make one, whose order numbers would be given again", out + err)
    away.rename(db)

    # --- planned: nothing came after the back-up ---
    site.run("db", "restore", "--resume", "--go", "--drop-letters")
    site.run("db", "backup", site.dir / "move")
    db.unlink()
    site.run("db", "restore", site.dir / "move", "--moved")
    t.eq(site.run("courier", "--once")[0], 0, "--moved: nothing is held back, where there was no store as well")

    # --- of an older schema ---
    for p in list(site.dir.glob("rinnova.db*")):
        p.unlink()
    with sqlite3.connect(db) as old:
        old.executescript((ROOT / "tests/data/store-v2.sql").read_text())
    old.close()
    t.eq(site.run("db", "check", check=False)[0], 2, "db check warns of an older schema")
    site.run("db", "backup", site.dir / "old")
    t.eq((ask(site.dir / "old/rinnova.db", "PRAGMA user_version"), ask(db, "PRAGMA user_version")), ([(2,)], [(2,)]), "an older store is backed up as it is")
    notice = site.dir / "templates/it/notice.txt"
    good = notice.read_text("utf-8")
    notice.write_text(good + "{{nobody}}\n", "utf-8")
    t.eq((site.run("notify", check=False)[0], ask(db, "PRAGMA user_version")), (78, [(2,)]), "a program whose templates are wrong leaves it as it is")
    notice.write_text(good, "utf-8")
    out = site.run("db", "migrate")[1]
    t.ok(out.startswith("schema 2 -> "), "db migrate brings it up to date", out)
    out = site.run("db", "restore", site.dir / "old")[1]
    t.ok("(was 2)" in out and site.run("db", "check")[0] == 0, "and a restore does so as well", out)
    for wrong in (("db",), ("db", "backup"), ("db", "restore"), ("db", "restore", "x", "--go"), ("db", "vacuum", "x"), ("db", "restore", "--resume", "--drop-letters")):
        t.eq(site.run(*wrong, check=False)[0], 64, "%s is not understood" % " ".join(wrong))
# A long restore, and a pipe that takes mail meanwhile: what it is told is stored is in the new store.
with Site(smtp_port=sink.port, convention="low-proof=yes\n") as site:
    site.run("init")
    site.boxes({"box": BOX, "reference": ME, "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    with contextlib.closing(sqlite3.connect(site.dir / "rinnova.db")) as db:
        db.execute("INSERT INTO meta VALUES ('large', ?)", ("x" * 90_000_000,))
        db.commit()
    site.run("db", "backup", site.dir / "large")
    letter = sink.to(ME)[-1]
    restore = site._popen(("db", "restore", site.dir / "large"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    t.ok(wait_for(lambda: list(site.dir.glob(".restore.*/rinnova.db")), step=0.002) and restore.poll() is None, "a restore is at work")
    os.kill(restore.pid, signal.SIGSTOP)
    deliver = site._popen(("deliver", "--rcpt", replies.token_address(letter), "--sender", ME), stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    deliver.stdin.write(replies.gmail(letter, ME, "RINNOVA"))
    deliver.stdin.close()
    time.sleep(1)
    t.eq(deliver.poll(), None, "deliver waits for it")
    t.eq(site.run("db", "restore", site.dir / "large", check=False)[0], 75, "and a second restore refuses")
    code, out, err = site.run("box", "list", check=False)
    t.ok((code, BOX in out) == (0, True), "who only looks sees the old store", out + err)
    os.kill(restore.pid, signal.SIGCONT)
    out = restore.communicate(timeout=60)[0].decode()
    t.ok(restore.returncode == 0, "the restore comes to its end", out)
    t.ok((deliver.wait(60), len(ask(site.dir / "rinnova.db", "SELECT id FROM inbox"))) == (0, 1), "then deliver takes the mail, into the new store", deliver.stderr.read().decode())
    restore = site._popen(("db", "restore", site.dir / "large", "--moved"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_for(lambda: list(site.dir.glob(".restore.*/rinnova.db")), step=0.002)
    os.kill(restore.pid, signal.SIGSTOP)
    code, out, err = site.run("deliver", "--rcpt", replies.token_address(letter), "--sender", ME, input=replies.gmail(letter, ME, "RINNOVA!"), check=False)
    t.ok(code == 75 and "db restore" in err, "one that goes on too long: deliver says 75, and why", err)
    os.kill(restore.pid, signal.SIGCONT)
    t.eq((restore.wait(60), len(ask(site.dir / "rinnova.db", "SELECT id FROM inbox"))), (0, 0), "and nothing of it is anywhere")
# There is nothing to resume in a living store, and nothing is passed on the way.
with Site() as site:
    site.run("init")
    site.boxes({"box": "m1@pec.example", "reference": "m1@posta.example", "expiry": (datetime.date.today() + datetime.timedelta(days=30)).isoformat()})
    t.eq(site.run("db", "restore", "--resume", "--go", "--pass-notices", check=False)[0], 1, "a living store waits for nothing")
    t.ok("1 notices written" in site.run("notify")[1], "and its notices are still due")
sink.stop()
t.done()
