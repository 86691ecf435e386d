#!/usr/bin/python3
"""The administrator's desk: init twice, check that names each broken part, the lists as JSON lines, keys and tokens, explain with and without a configuration, usage errors."""
import datetime, json, os, pathlib, sqlite3, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap

t = Tap()
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
COMMANDS = ("init", "check", "import", "box", "order", "outbox", "held", "key", "token", "notify", "courier", "lmtpd", "explain")


def said(site, *args, **kw):
    """(exit code, both outputs)"""
    code, out, err = site.run(*args, check=False, **kw)
    return code, out + err


def usage():
    with Site() as site:
        for args in (("--help",), ("help",), ("--version",)):
            code, text = said(site, *args)
            t.ok(code == 0 and "rinnova" in text, "%s is answered with 0" % args[0], text)
        text = said(site, "--help")[1]
        t.eq([c for c in COMMANDS + ("deliver",) if "\n  %s " % c not in text], [], "--help lists every command")
        for c in COMMANDS:
            code, text = said(site, c, "--help")
            t.ok(code == 0 and "--config" in text, "%s --help" % c, text)
            code, text = said(site, c, "--no-such-option")
            t.ok(code == 64 and "--no-such-option" in text, "%s: an unknown option is named, 64" % c, "%d %s" % (code, text))
        for args in ((), ("nosuch",), ("box",), ("box", "eat"), ("box", "show"), ("order",), ("order", "show"), ("order", "renewed"), ("order", "renewed", "1", "--expiry", "x"),
                     ("outbox",), ("outbox", "show"), ("held",), ("held", "show"), ("key",), ("key", "retire"), ("key", "retire", "16"), ("key", "retire", "x"), ("token",),
                     ("token", "show"), ("import",), ("notify", "now"), ("held", "close", "1")):
            code, text = said(site, *args)
            t.ok(code == 64 and text, "%r: 64" % " ".join(args), "%d %s" % (code, text))


def made_once():
    with Site() as site:
        code, text = said(site, "init")
        t.ok(code == 0 and text.count(": made") == 2, "init makes key and store", text)
        key, inode = (site.dir / "token.key").read_bytes(), os.stat(site.dir / "rinnova.db").st_ino
        t.eq([os.stat(site.dir / f).st_mode & 0o007 for f in ("token.key", "rinnova.db")], [0, 0], "neither is open to others")
        site.boxes({"box": BOX, "reference": ROSSI, "expiry": EXPIRY})
        code, text = said(site, "init")
        t.ok(code == 0 and text.count("left as it is") == 2, "a second init makes nothing", text)
        t.ok((site.dir / "token.key").read_bytes() == key and os.stat(site.dir / "rinnova.db").st_ino == inode and len(site.json("box", "list")) == 1, "and leaves key and store alone")
        (site.dir / "token.key").unlink()
        code, text = said(site, "init")
        t.ok(code == 0 and text.count(": made") == 1 and len(site.json("box", "list")) == 1, "what is missing alone is made", text)
        (site.dir / "rinnova.conf").write_text("[site]\ncolour=red\n")
        code, text = said(site, "init")
        t.ok(code == 78 and "rinnova.conf:2" in text and "colour" in text, "an unknown key is named with file and line: 78", "%d %s" % (code, text))


def broken():
    """check says ok for what is good, and FAIL with the place for what is not."""
    with Site() as site:
        code, text = said(site, "check")
        t.ok(code == 2 and "FAIL  token keys" in text and "FAIL  store" in text, "check before init: key and store are missing", text)
        site.run("init")
        code, text = said(site, "check")
        t.ok(code == 1 and "FAIL" not in text and text.count("ok ") >= 5, "after init nothing is wrong, and there are warnings: 1", text)
        t.ok("warn  authserv-id" in text, "but it warns that no sender can be proven", text)

        def fails(part, name, why, undo):
            code, text = said(site, "check")
            lines = [l for l in text.splitlines() if l.startswith("FAIL")]
            t.ok(code == 2 and len(lines) == 1 and part in lines[0] and name in lines[0], why + " is named, and only that", "%d %s" % (code, text))
            undo()
            code, text = said(site, "check")
            t.ok(code == 1, "mended, all is well again", text)
        key = site.dir / "token.key"
        key.chmod(0o644)
        fails("token keys", "token.key", "a key that others may read", lambda: key.chmod(0o640))
        good = key.read_bytes()
        key.write_bytes(good + b"rubbish\n")
        fails("token keys", "token.key", "a key file with rubbish", lambda: key.write_bytes(good))
        letter = sorted(p for p in (site.dir / "templates").rglob("summary*") if p.is_file())[0]
        text = letter.read_text("utf-8")
        letter.write_text(text + "{{nosuchname}}\n", "utf-8")
        fails("letters", letter.name, "a template with an unknown name", lambda: letter.write_text(text, "utf-8"))
        letter.write_text(text + "{{#registroimprese}}\n", "utf-8")
        fails("letters", letter.name, "a template with a section that is never closed", lambda: letter.write_text(text, "utf-8"))
        contract = site.dir / "contratto.txt"
        contract.rename(site.dir / "away")
        t.eq(site.run("order", "list", check=False)[0], 0, "a contract that is missing stops no other command")
        fails("convention", "contratto.txt", "a contract that is missing", lambda: (site.dir / "away").rename(contract))

        def version(n):
            db = sqlite3.connect(str(site.dir / "rinnova.db"))
            was = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("PRAGMA user_version=%d" % n)
            db.close()
            return was
        was = version(99)
        for args in (("notify",), ("box", "list")):
            code, text = said(site, *args)
            t.ok(code != 0 and "99" in text, "%s refuses a store from the future" % args[0], "%d %s" % (code, text))
        fails("store", "99", "a store from the future", lambda: version(was))
        code, text = said(site, "check", "--config", site.dir / "none.conf")
        t.ok(code == 2 and "none.conf" in text, "a configuration that is missing is named: 2", "%d %s" % (code, text))


def lists():
    sink = Sink()
    with Site(smtp_port=sink.port) as site:
        site.run("init")
        for what in ("box", "order", "outbox", "held"):
            t.eq(site.run(what, "list", "--json")[1], "", "%s list of nothing is nothing" % what)
        site.boxes({"box": BOX, "reference": ROSSI, "expiry": EXPIRY, "holder": "Maria D'Àgata"}, {"box": "b@pec.example", "reference": "b@posta.example", "expiry": EXPIRY})
        site.run("notify")
        site.run("courier", "--once")
        site.start("lmtpd")
        notice = sink.to(ROSSI)[0]
        site.lmtp(replies.gmail(notice, ROSSI, "RINNOVA"), replies.token_address(notice))
        site.lmtp(replies.gmail(notice, ROSSI, "prima riga\nseconda \"riga\" \x1b[31m").replace(b"From:", b"From: other@posta.example\r\nFrom:", 1), replies.token_address(notice))
        must = {"box": ("box", "reference", "expiry", "state", "convention"), "order": ("number", "box", "state", "proof"), "outbox": ("what", "kind", "state", "to", "attempts"),
                "held": ("id", "rule", "from", "typed_text")}
        for what, keys in must.items():
            lines = site.run(what, "list", "--json")[1].splitlines()
            rows = [json.loads(l) for l in lines]
            t.ok(rows and all(isinstance(r, dict) and all(k in r for k in keys) for r in rows), "%s list --json: one object a line, with %s" % (what, ", ".join(keys)), lines)
            text = site.run(what, "list")[1]
            t.ok(len(text.splitlines()) == len(rows) and "\x1b" not in text, "%s list for people: one line each, no control bytes" % what, text)
        t.eq([b["holder"] for b in site.json("box", "list") if b["box"] == BOX], ["Maria D'Àgata"], "names come as they were imported")
        one = site.run("box", "show", BOX, "--json")[1].splitlines()
        t.ok(len(one) == 1 and json.loads(one[0])["ledger"], "box show --json is one object with the ledger", one)
        held = site.json("held", "list")[0]
        t.eq(site.json("held", "show", held["id"])[0]["rule"], held["rule"], "held show gives the same mail")
        t.ok(all("sent" != l["state"] for l in site.json("outbox", "list")) and any(l["state"] == "sent" for l in site.json("outbox", "list", "--all")), "outbox list: what waits; --all: what was sent as well")
        for args in (("box", "show", "no@pec.example"), ("order", "show", "2026-999999"), ("held", "show", "999")):
            code, text = said(site, *args)
            t.ok(code == 66 and args[2] in text, "%s show: what is not there is named, 66" % args[0], "%d %s" % (code, text))
    sink.stop()


def long_story():
    """Of a box with more letters than box show shows, it says so."""
    with Site() as site:
        site.run("init")
        site.boxes({"box": BOX, "reference": ROSSI, "expiry": EXPIRY})
        site.run("notify")
        whole = site.json("box", "show", BOX)[0]
        t.ok("cut" not in whole and "shown" not in site.run("box", "show", BOX)[1], "a short story is whole")
        db = sqlite3.connect(site.dir / "rinnova.db")
        columns = ", ".join(r[1] for r in db.execute("PRAGMA table_info(letter)") if r[1] not in ("id", "key"))
        db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
                   "INSERT INTO letter (key, %s) SELECT 'more/' || n.i, %s FROM letter, n WHERE letter.id = 1" % (columns, columns))
        db.commit()
        db.close()
        long = site.json("box", "show", BOX)[0]
        t.eq((len(long["letters"]), long.get("cut")), (500, ["letters"]), "of 501 letters 500 are shown, and that there are more is said")
        t.ok("letters: there are more" in site.run("box", "show", BOX)[1], "in words as well")


def keys():
    sink = Sink()
    with Site(smtp_port=sink.port) as site:
        site.run("init")
        site.boxes({"box": BOX, "reference": ROSSI, "expiry": EXPIRY})
        site.run("notify")
        site.run("courier", "--once")
        notice = sink.to(ROSSI)[0]
        address = replies.token_address(notice)
        token = address.split("+")[1].split("@")[0]
        first = site.run("key", "list")[1]
        t.ok(len(first.splitlines()) == 1 and "signs and verifies" in first, "one key at first", first)
        number = first.split()[0]
        for given in (token, address, token.upper().replace("0", "O")):
            code, text = said(site, "token", "show", given)
            t.ok(code == 0 and "verdict:  good" in text and "purpose:  renew" in text and BOX in text, "token show %s..." % given[:8], "%d %s" % (code, text))
        code, text = said(site, "token", "show", token[:-1] + ("a" if token[-1] != "a" else "b"))
        t.ok(code == 1 and "bad" in text and BOX not in text, "a forged one is bad and names no box", "%d %s" % (code, text))
        code, text = said(site, "token", "show", "hello")
        t.ok(code == 65, "what is no token: 65", "%d %s" % (code, text))
        code, text = said(site, "key", "retire", number, "--reason", "prova")
        t.ok(code != 0 and site.run("key", "list")[1] == first, "the only key cannot be retired", "%d %s" % (code, text))
        site.run("key", "rotate")
        both = site.run("key", "list")[1].splitlines()
        t.ok(len(both) == 2 and [("signs" in l) for l in both] == [False, True], "after rotate the new one signs, the old one verifies", both)
        t.ok(said(site, "token", "show", token)[0] == 0, "tokens under way stay good")
        t.eq(os.stat(site.dir / "token.key").st_mode & 0o007, 0, "the new file is not open to others either")
        site.run("key", "retire", number, "--reason", "prova")
        code, text = said(site, "token", "show", token)
        t.ok(code == 1 and "good" not in text, "the retired key's tokens are good no more", "%d %s" % (code, text))
        code, text = said(site, "key", "retire", number, "--reason", "prova")
        t.ok(code not in (0, 64) and len(site.run("key", "list")[1].splitlines()) == 1, "what is gone cannot be retired again", "%d %s" % (code, text))
    sink.stop()


def explain():
    raw = b"From: m.rossi@posta.example\r\nTo: rinnovo@ordine.example\r\nSubject: Re: rinnovo\r\nMessage-ID: <1@posta.example>\r\n\r\nRINNOVA\r\n"

    def bare(*args, input=raw):
        env = {k: v for k, v in os.environ.items() if k != "RINNOVA_CONFIG"}
        p = subprocess.run([str(site.binary), "explain", *map(str, args)], input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=60)
        return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")
    with Site() as site:
        code, out, err = bare("--json")
        t.ok(code == 0 and len(out.splitlines()) == 1, "explain without configuration, key and store: 0, one line of JSON", err)
        got = json.loads(out or "{}")
        t.eq((got.get("class"), got.get("typed_text"), got.get("intent"), (got.get("token") or {}).get("verdict")), ("human", "RINNOVA", "renew", "none"), "it reads class, text, intent and token")
        t.eq([k for k in ("class", "typed_text", "intent", "matched", "token", "sender", "pec", "decision") if k not in got], [], "every key of the contract is there")
        f = site.dir / "mail.eml"
        f.write_bytes(raw)
        t.eq(bare("--json", f, input=b"")[1], out, "a file gives the same as standard input")
        t.ok(bare()[0] == 0 and "RINNOVA" in bare()[1], "text for people")
        for name, bad in (("nothing", b""), ("bytes that are no message", b"\x01\x02 this is no message\n")):
            code, out, err = bare("--json", input=bad)
            t.ok(code == 65 and out == "" and err, "%s: 65 and a reason" % name, "%d %s %s" % (code, out, err))
        code, _, err = bare(site.dir / "none.eml")
        t.ok(code == 66 and "none.eml" in err, "a missing file is named: 66", "%d %s" % (code, err))
        t.eq(bare("--at", "tomorrow")[0], 64, "a wrong --at: 64")
        code, _, err = bare("--config", site.dir / "none.conf")
        t.ok(code == 78 and "none.conf" in err, "a configuration that was named must be there: 78", "%d %s" % (code, err))
        bad = site.dir / "bad.conf"
        bad.write_text("[site]\ncolour=red\n")
        code, _, err = bare("--config", bad)
        t.ok(code == 78 and "bad.conf:2" in err, "and good", "%d %s" % (code, err))
        site.run("init")
        files = {p: p.read_bytes() for p in site.dir.iterdir() if p.is_file() and p.name.startswith(("rinnova.db", "token"))}
        code, out, err = bare("--json", "--config", site.conf, "--rcpt", "rinnovo@ordine.example")
        t.ok(code == 0 and json.loads(out)["decision"]["rule"], "with configuration and store it names the rule", err)
        t.eq({p: p.read_bytes() for p in files}, files, "and changes nothing")


for part in (usage, made_once, broken, lists, long_story, keys, explain):
    part()
t.done()
