#!/usr/bin/python3
"""explain: one mail or several, from files or standard input; what cannot be read is named and hides nothing of the others."""
import json, pathlib, subprocess, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import BINARY, Tap


def explain(*args, stdin=b""):
    p = subprocess.run([BINARY, "explain", "--rcpt", "rinnovo@ordine.example", *map(str, args)], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stdout.decode(), p.stderr.decode()


t = Tap()
with tempfile.TemporaryDirectory() as folder:
    d = pathlib.Path(folder)
    yes, no, none, gone = d / "yes", d / "no", d / "none", d / "gone"
    head = b"From: maria.rossi@posta.example\r\nSubject: Re: PEC\r\n\r\n"
    yes.write_bytes(head + b"RINNOVA\r\n")
    no.write_bytes(head + b"NON RINNOVO\r\n")
    none.write_bytes(b"no mail at all")
    code, out, err = explain("--json", yes)
    t.eq((code, json.loads(out)["intent"], err), (0, "renew", ""), "one file")
    t.eq(explain("--json", stdin=yes.read_bytes()), (0, out, ""), "the same on standard input")
    code, out, err = explain("--json", yes, no, yes)
    t.eq((code, [json.loads(line)["intent"] for line in out.splitlines()], err), (0, ["renew", "no", "renew"], ""), "several: a line each, in their order")
    code, out, err = explain("--json", yes, none, gone, no)
    t.eq([json.loads(line)["intent"] for line in out.splitlines()], ["renew", "no"], "two of four are bad: the others are read")
    t.eq((code, [line.count(str(f)) for f, line in zip((none, gone), err.splitlines())]), (65, [1, 1]), "the bad ones are named once, the first one's status counts")
    code, out, err = explain(yes, no)
    t.ok(code == 0 and [line for line in out.splitlines() if line.startswith("==>")] == ["==> %s <==" % yes, "==> %s <==" % no], "for people each has its name above it", out)
    t.ok("==>" not in explain(yes)[1], "but not one that is alone")
t.done()
