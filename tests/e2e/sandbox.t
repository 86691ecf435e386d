#!/usr/bin/python3
"""The parser's filter of system calls where the kernel refuses it, and under the filters of our own units; charsets that are not at hand behind it."""
import json, os, pathlib, shutil, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import ROOT, Site, Tap

t = Tap()
RCPT = "rinnovo@ordine.example"
FILTER = [sys.executable, str(ROOT / "tests/lib/filter.py")]
MAIL = b"From: a@posta.example\r\nSubject: prova\r\nMessage-ID: <1@posta.example>\r\n\r\nRINNOVA\r\n"

if os.environ.get("RINNOVA_SAN"):
    print("1..0 # SKIP a sanitizer's children have no filter; make check does it without")
    sys.exit(0)


def refused():
    with Site() as site:
        site.run("init")
        site.prefix = [*FILTER, "refuse"]
        for command, code in ("lmtpd", 78), ("explain", 78), ("deliver", 75):
            args = ["--rcpt", RCPT] if command == "deliver" else []
            got, _, err = site.run(command, *args, input=MAIL, check=False)
            t.ok(got == code and "parser-filter = no" in err, "%s does not start where filters are refused, and says what to do" % command, "%d %s" % (got, err))
        code, out, _ = site.run("check", check=False)
        t.ok(code == 2 and "FAIL  parser" in out and "parser-filter = no" in out, "check says so", out)
        site.conf.write_text(site.conf.read_text("utf-8").replace("[lmtp]\n", "[lmtp]\nparser-filter=no\n"), "utf-8")
        site.start("lmtpd")
        t.ok(site.lmtp(MAIL, RCPT)[0].startswith("250"), "with parser-filter = no it works")
        code, out, _ = site.run("check", check=False)
        t.ok(code == 1 and "warn  parser-filter" in out, "and check warns", "%d %s" % (code, out))


def units():
    for unit in sorted((ROOT / "contrib/systemd").glob("rinnova-lmtpd.service")):
        with Site() as site:
            site.run("init")
            site.prefix = [*FILTER, "unit", str(unit)]
            site.start("lmtpd")
            t.ok(site.lmtp(MAIL, RCPT)[0].startswith("250") and "unreadable" not in site.log("lmtpd") and "charsets" not in site.log("lmtpd"),
                 "%s leaves lmtpd and its parser what they need" % unit.name, site.log("lmtpd"))


def charsets():
    with Site() as site:
        def said(label, body=b"RINNOVA", subject="prova"):
            head = "From: a@posta.example\r\nSubject: %s\r\nContent-Type: text/plain; charset=%s\r\n\r\n" % (subject, label)
            return json.loads(site.run("explain", "--json", input=head.encode() + body + b"\r\n")[1])
        got = said("windows-1252")
        t.eq((got["intent"], got["charset"]), ("renew", {"clean": True, "missing": None}), "a charset of everyday")
        got = said("iso-2022-kr")
        t.eq((got["intent"], got["intent_rule"], got["charset"]), ("unclear", "charset-missing", {"clean": False, "missing": "iso-2022-kr"}), "a rare one gives no yes")
        got = said("ibm1047", b"\xd9\xc9\xd5\xd5\xd6\xe5\xc1")
        t.eq((got["intent"], got["charset"]["missing"]), ("unclear", "ibm1047"), "nor do letters that look like others in it")
        got = said("utf-8", b"", "=?iso-2022-kr?Q?RINNOVA?=")
        t.eq((got["intent"] in ("empty", "unclear"), got["charset"]["missing"]), (True, "iso-2022-kr"), "nor a subject in it")
        got = said("utf-8", b"RINNOVA", "=?iso-2022-kr?Q?prova?=")
        t.eq((got["intent"], got["charset"]["missing"]), ("renew", "iso-2022-kr"), "beside such a subject the text counts")
        out = site.run("explain", input=b"From: a@posta.example\r\nContent-Type: text/plain; charset=iso-2022-kr\r\n\r\nRINNOVA\r\n")[1]
        t.ok("charset    iso-2022-kr  (\"not at hand here" in out, "a person is told", out)


refused()
if shutil.which("systemd-analyze"):
    units()
charsets()
t.done()
