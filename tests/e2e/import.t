#!/usr/bin/python3
"""The import: what Excel in Italy writes, bad lines named, nothing half done, and 100,000 lines in bounded memory."""
import os, pathlib, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Site, Tap

t = Tap()
HEAD = "box,holder,reference,expiry,convention\n"
GOOD = "a@pec.example,Anna Verdi,anna@posta.example,2027-01-31,fnomceo\n"

BAD = [
    ("a@pec.example,Anna,anna@posta.example,31/02/2027,fnomceo\n", "2: column expiry"),
    ("a@pec.example,Anna,anna,2027-01-31,fnomceo\n", "2: column reference"),
    ("a@pec.example,Anna,an na@posta.example,2027-01-31,fnomceo\n", "2: column reference"),
    ("a@pec.example,,anna@posta.example,2027-01-31,fnomceo\n", "2: column holder"),
    ("a@pec.example,Anna,anna@posta.example,2027-01-31,altra\n", "2: column convention"),
    ("a@pec.example,Anna,anna@posta.example,2027-01-31,fnomceo,x\n", "2: it has more fields"),
    ("a@pec.example,Anna,anna@posta.example,2027-01-31\n", "2: it has fewer fields"),
    ("b@pec.example,\"Anna\nVerdi\",b@posta.example,2027-01-31,fnomceo\na@pec.example,A,bad,2027-01-31,fnomceo\n", "4: column reference"),
]

with Site() as site:
    site.run("init")
    f = site.dir / "f.csv"

    def boxes():
        return site.json("box", "list")

    for text, place in BAD:
        f.write_text(HEAD + text + "c@pec.example,C,c@posta.example,2027-01-31,fnomceo\n", "utf-8")
        code, _, err = site.run("import", f, check=False)
        t.ok(code == 65 and "f.csv:" + place in err, "%r is named" % place, err)
    t.eq(boxes(), [], "and nothing was imported with a bad line in the file")
    code, out, _ = site.run("import", "--keep-going", f, check=False)
    t.ok(code == 2 and len(boxes()) == 2, "--keep-going imports the others", out)

    f.write_bytes(b"\xef\xbb\xbfBox;Holder;Reference;Expiry;Convention;Document;Register;Entitled\r\n"
                  b"x@PEC.example;\"Rossi; Maria\r\ndi Carlo\";X@Posta.Example;1/2/2027;fnomceo;SI;no;s\xc3\xac\r\n")
    out = site.run("import", f)[1]
    x = [b for b in boxes() if b["box"] == "x@pec.example"][0]
    t.eq((x["holder"], x["reference"], x["expiry"], x["document"], x["entitled"]), ("Rossi; Maria di Carlo", "x@posta.example", "2027-02-01", True, True), "BOM, ';', CRLF, quoted line break, DD/MM/YYYY")
    t.ok("1 as before" in site.run("import", f)[1], "the same file again changes nothing")
    for text, place in (("box,holder\n", "no column"), ("box,holder,reference,expiry,convention,colour\n", "unknown column"), (HEAD + "\"a", "never closed"),
                        ("", "is empty"), ("\n\n", "is empty"), ("box," + HEAD, "\"box\" twice")):
        f.write_text(text)
        code, _, err = site.run("import", f, check=False)
        t.ok(code == 65 and place in err and "f.csv" in err, "%r is an error that says so" % text, err)
    for text in (HEAD.encode().replace(b"\n", b",\xc2\xc2\x1b[2J\n"), HEAD.encode() + GOOD.encode().replace(b"fnomceo", b"a" * 59 + b"\xc3\xac")):
        f.write_bytes(text)
        p = site._popen(["import", f], stderr=subprocess.PIPE)
        err = p.communicate()[1]
        t.ok(err.decode("utf-8", "replace").encode() == err and b"\x1b" not in err, "what is said of bad bytes can be shown", err)
    for end in ("\n", "\r\n", "\r"):
        f.write_bytes((HEAD + GOOD + "\n \n" + BAD[0][0]).replace("\n", end).encode())
        code, _, err = site.run("import", f, check=False)
        t.ok(code == 65 and "f.csv:5: column expiry" in err, "lines that end in %r are counted" % end, err)
    for column in ("document", "state"):
        f.write_bytes(HEAD.replace("\n", ",%s\n" % column).encode() + GOOD.encode().replace(b"\n", b",s\xec\xf0\n"))
        code, _, err = site.run("import", f, check=False)
        t.ok(code == 65 and "2: column %s" % column in err and "is not UTF-8" in err, "Latin-1 in the column %s is named" % column, err)
    f.write_text(HEAD + "twice@pec.example,A,a@posta.example,2027-01-01,fnomceo\nother@pec.example,B,b@posta.example,2027-01-01,fnomceo\n"
                 "TWICE@pec.example,A,z@posta.example,2027-02-01,fnomceo\n")
    code, _, err = site.run("import", f, check=False)
    t.ok(code == 65 and "f.csv:4: column box: twice@pec.example stands on line 2 already" in err, "a box that stands in the file twice is named: which line is right nobody knows", err)
    t.ok(not [b for b in boxes() if b["box"] == "other@pec.example"], "and nothing is imported")
    folder = site.dir / "folder.csv"
    folder.mkdir()
    code, out, err = site.run("import", folder, check=False)
    t.ok(code == 65 and "folder.csv: it cannot be read" in err, "a folder is no file of no lines", "%d %s %s" % (code, out, err))
    code, _, err = site.run("import", site.dir / "none.csv", check=False)
    t.ok(code == 66 and "none.csv" in err, "a missing file is named", err)

    with open(f, "w") as out:
        out.write(HEAD)
        for i in range(100000):
            out.write("m%06d@pec.example,Persona Numero %d,m%06d@posta.example,2027-03-%02d,fnomceo\n" % (i, i, i, 1 + i % 28))
    p = subprocess.Popen([site.binary, "import", "--config", site.conf, f], stdout=subprocess.PIPE)
    out = p.stdout.read().decode()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = status
    t.ok("100000 boxes added" in out, "100,000 lines are imported", out)
    t.ok(usage.ru_maxrss < (1200 if os.environ.get("RINNOVA_SAN") else 120) * 1024,  # a sanitizer keeps what was freed
         "in %d MiB at most" % (usage.ru_maxrss // 1024))
t.done()
