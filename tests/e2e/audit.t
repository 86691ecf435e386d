#!/usr/bin/python3
"""`rinnova audit verify`: each kind of tampering with the ledger is found and the row named; heads are noted once a day, stamped by an
authority of the test's own, and an authority that fails in any way stops nothing."""
import datetime, json, pathlib, shutil, sqlite3, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap
from tsa import Authority
import tempfile

t, sink = Tap(), Sink()
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
AUTH = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
folder = pathlib.Path(tempfile.mkdtemp(prefix="tsa-"))
tsa = Authority(folder)
UNLOCK = "DROP TRIGGER IF EXISTS ledger_no_update; DROP TRIGGER IF EXISTS ledger_no_delete;"

with Site(smtp_port=sink.port, authserv="mx.ordine.example",
          site="timestamp-url=%s\ntimestamp-anchors=%s\n" % (tsa.url, tsa.anchor)) as site:
    db = site.dir / "rinnova.db"

    def audit(*args):
        code, out, err = site.run("audit", "verify", *args, check=False)
        return code, out + err

    def sql(text):
        c = sqlite3.connect(db)
        c.executescript(text)
        rows = c.execute("SELECT seq FROM ledger WHERE convention = 'fnomceo' ORDER BY seq").fetchall()
        c.close()
        return rows

    def days():
        c = sqlite3.connect(db)
        c.row_factory = sqlite3.Row
        rows = [dict(r) for r in c.execute("SELECT * FROM ledger_head ORDER BY id")]
        c.close()
        return rows

    site.run("init")
    t.eq(audit()[0], 0, "an empty ledger is whole")
    site.boxes(*[{"box": "b%d@pec.example" % n, "reference": "m%d@posta.example" % n, "expiry": expiry} for n in range(4)],
               {"box": BOX, "reference": ROSSI, "expiry": expiry})
    site.run("notify")

    # --- the daily head and its stamp ---
    tsa.faults = ["away"]
    code, out, err = site.run("courier", "--once")
    t.ok(code == 0 and " 5 sent" in " " + out, "an authority that is away stops no letter", out + err)
    t.ok("time-stamp" in err and "503" in err, "it is a warning in the log", err)
    t.ok("ledger-head" in err and "fnomceo:" in err, "the head stands in the log", err)
    t.eq([(d["stamped"], d["attempts"]) for d in days()], [(0, 1)], "the head is noted, and not stamped")
    n = len(tsa.asked)
    site.run("courier", "--once")
    t.eq(len(tsa.asked), n, "the authority is not asked again at once")
    code, out = audit()
    t.ok(code == 0 and "note" in out and "not stamped" in out and "503" in out, "audit says so", out)
    for fault, words in (("refuse", "refuses"), ("garbage", "no answer of a time-stamping authority"), ("nonce", "nonce"),
                         ("digest", "imprint"), ("stranger", "certificate"), ("cut", ""), ("half", "no answer of a"), ("close", "")):
        sql("UPDATE ledger_head SET due = 0;")
        tsa.faults = [fault]
        code, out, err = site.run("courier", "--once")
        t.ok(code == 0 and "time-stamp" in err and words in err, "fault %s: a warning" % fault, err)
        t.eq((days()[0]["stamped"], days()[0]["answer"], tsa.faults), (0, None, []), "fault %s: nothing is kept" % fault)
        t.ok(words in (days()[0]["error"] or ""), "fault %s: and the reason is kept" % fault, days()[0]["error"])
    sql("UPDATE ledger_head SET due = 0;")
    code, out, err = site.run("courier", "--once")
    day = days()[0]
    t.ok(day["stamped"] > 0 and day["authority"] == "CN=tsa,O=Prova", "the next try gets the stamp", (day, err))
    t.eq(tsa.asked[-1][0], "application/timestamp-query", "asked by the media type of RFC 3161")
    (folder / "record").write_text(day["record"])
    (folder / "answer.tsr").write_bytes(day["answer"])
    p = subprocess.run(["openssl", "ts", "-verify", "-data", folder / "record", "-in", folder / "answer.tsr", "-CAfile", tsa.anchor], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, encoding="utf-8")
    t.ok(p.returncode == 0, "OpenSSL agrees: the answer is kept byte for byte", p.stdout)
    query = subprocess.run(["openssl", "ts", "-query", "-in", "/dev/stdin", "-text"], input=tsa.asked[-1][1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
    t.ok("Nonce: 0x" in query and "Certificate required: yes" in query, "with nonce and certReq", query)
    n = len(tsa.asked)
    site.run("courier", "--once")
    t.eq((len(tsa.asked), len(days())), (n, 1), "one stamp a day")
    code, out = audit()
    t.ok(code == 0 and "heads stamped on" in out and "CN=tsa" in out, "audit verifies it", out)
    before = day["answer"]
    for what, change in (("another answer", "UPDATE ledger_head SET answer = x'%s'" % tsa.reply(tsa.other(b"x")).hex()),
                         ("garbage", "UPDATE ledger_head SET answer = x'00'"),
                         ("another time", "UPDATE ledger_head SET stamped = stamped - 60"),
                         ("another record", "UPDATE ledger_head SET record = replace(record, ' fnomceo', ' fnomcei')")):
        sql(change)
        code, out = audit()
        t.ok(code == 1 and "FAIL  " + day["day"] in out, "a changed stamp is found: " + what, out)
        c = sqlite3.connect(db)
        c.execute("UPDATE ledger_head SET answer = ?, stamped = ?, record = ?", (before, day["stamped"], day["record"]))
        c.commit()
        c.close()
    t.eq(audit()[0], 0, "put right, it holds again")

    # --- a story, and heads noted down ---
    head = [l.split()[1] for l in audit()[1].splitlines() if l.startswith("head  fnomceo:")][0]
    site.start("lmtpd")
    notice = sink.to(ROSSI)[0]
    site.lmtp(AUTH + replies.gmail(notice, ROSSI, "RINNOVA"), replies.token_address(notice))
    site.run("courier", "--once")

    code, out = audit()
    t.ok(code == 0 and "ok    fnomceo: " in out, "the ledger of a story is whole", out)
    rows = sql("")
    last = rows[-1][0]
    noted = folder / "noted"
    noted.write_text("# heads of today\n" + out)
    t.eq(audit("--head", head)[0], 0, "a head that was noted before still stands")
    t.eq(audit("--head", noted)[0], 0, "and so does a file of them, as audit prints it")
    t.eq(audit("--head", "fnomceo:1")[0], 64, "what is no head is refused")
    out = site.run("audit", "verify", "--json")[1]
    lines = [json.loads(l) for l in out.splitlines()]
    t.ok(all(l["ok"] for l in lines) and any(l.get("convention") == "fnomceo" and l["head_row"] == last for l in lines), "--json says the same", out)
    whole = (site.dir / "whole.db")
    c = sqlite3.connect(db)
    c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    c.execute("VACUUM INTO '%s'" % whole)
    detail, = c.execute("SELECT l.seq FROM ledger l JOIN ledger_detail d ON d.ledger_id = l.id WHERE l.convention = 'fnomceo' ORDER BY l.seq LIMIT 1").fetchone()
    c.close()

    copy = site.dir / "copy.conf"
    copy.write_text((site.dir / "rinnova.conf").read_text().replace("rinnova.db", "copy.db"))

    def tampered(change, *args):
        for f in site.dir.glob("copy.db*"):
            f.unlink()
        shutil.copy(whole, site.dir / "copy.db")
        c = sqlite3.connect(site.dir / "copy.db")
        c.executescript(UNLOCK + change)
        c.close()
        code, out, err = site.run("audit", "verify", "--config", copy, *args, check=False)
        return code, out + err

    ROW = "convention = 'fnomceo' AND seq = %d"
    mid = 8
    cases = [
        ("a changed %s" % col, "UPDATE ledger SET %s = %s WHERE %s" % (col, to, ROW % mid), "fnomceo row %d (" % mid)
        for col, to in (("who", "'admin:x'"), ("what", "'order renewed'"), ("why", "'x'"), ("at", "at - 86400"), ("box_id", "99"), ("period_id", "99"),
                        ("renewal_id", "99"), ("inbox_id", "99"), ("letter_id", "99"), ("detail_digest", "'%s'" % ("0" * 64)),
                        ("inbox_digest", "'%s'" % ("0" * 64)), ("letter_digest", "'%s'" % ("0" * 64)), ("format", "1"), ("digest", "'%s'" % ("0" * 64)))]
    cases += [
        ("a changed detail", "UPDATE ledger_detail SET detail = 'altro' WHERE ledger_id = (SELECT id FROM ledger WHERE %s)" % (ROW % detail), "row %d (" % detail),
        ("a missing row", "DELETE FROM ledger WHERE " + ROW % mid, "fnomceo row %d is missing" % mid),
        ("two missing rows", "DELETE FROM ledger WHERE convention = 'fnomceo' AND seq IN (%d, %d)" % (mid, mid + 1), "row %d is missing, and so is every row up to %d" % (mid, mid + 1)),
        ("the first row missing", "DELETE FROM ledger WHERE " + ROW % 1, "fnomceo row 1 is missing"),
        ("rows that changed places", "UPDATE ledger SET seq = 9999 WHERE %s; UPDATE ledger SET seq = %d WHERE %s; UPDATE ledger SET seq = %d WHERE seq = 9999"
         % (ROW % mid, mid, ROW % (mid + 1), mid + 1), "was written as row %d" % (mid + 1)),
        ("a row put in", "UPDATE ledger SET seq = seq + 5000 WHERE convention = 'fnomceo' AND seq > %d; UPDATE ledger SET seq = seq - 4999 WHERE seq > 5000;"
         "INSERT INTO ledger SELECT 99999, convention, seq + 1, at, 'admin:x', what, why, box_id, period_id, renewal_id, inbox_id, letter_id, '', digest, format, '', '' "
         "FROM ledger WHERE %s" % (mid, ROW % mid), "fnomceo row %d (" % (mid + 1)),
        ("a row taken to another convention", "UPDATE ledger SET convention = 'altra', seq = 1 WHERE " + ROW % mid, "altra row 1 ("),
    ]
    for name, change, words in cases:
        code, out = tampered(change)
        t.ok(code == 1 and words in out and "FAIL" in out, name + " is found and named", out)
    code, out = tampered("DELETE FROM ledger WHERE convention = 'fnomceo' AND seq > %d" % (last - 2))
    t.eq(code, 0, "rows cut off at the end are not seen by the chain alone")
    for args in (("--head", [l.split()[1] for l in noted.read_text().splitlines() if l.startswith("head  fnomceo:")][0]), ("--head", str(noted))):
        code, out = tampered("DELETE FROM ledger WHERE convention = 'fnomceo' AND seq > %d" % (last - 2), *args)
        t.ok(code == 1 and "fnomceo row %d is not there any more" % last in out, "but by a head that was noted", out)
    code, out = tampered("DELETE FROM ledger WHERE convention = 'fnomceo'")
    t.ok(code == 1 and "record of " + day["day"] in out, "or by the record of a day", out)
    code, out = tampered("DELETE FROM ledger_detail")
    t.ok(code == 0 and "details erased" in out, "details that were erased break nothing", out)
    t.eq(audit()[0], 0, "and the store itself was not touched")
sink.stop()
tsa.stop()
shutil.rmtree(folder)
t.done()
