#!/usr/bin/python3
"""The milter as another program's mail server sees it: miltertest, of OpenDKIM."""
import pathlib, shutil, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import ROOT, Site, Tap

if shutil.which("miltertest") is None:
    print("1..0 # SKIP there is no miltertest: contrib/deps test")
    sys.exit(0)
t = Tap()
with Site() as site:
    site.run("init")
    site.start("milter")
    p = subprocess.run(["miltertest", "-D", "socket=unix:%s/milter.sock" % site.dir, "-s", str(ROOT / "tests/data/milter.lua")],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=120)
    t.ok(p.returncode == 0, "miltertest agrees with every step", "%d %s" % (p.returncode, p.stdout))
t.done()
