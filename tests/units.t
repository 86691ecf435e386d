#!/usr/bin/python3
"""The units of contrib/systemd: each door has no more rights than it needs, as systemd-analyze counts them."""
import glob, os, re, shutil, subprocess

os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
UNITS = sorted(glob.glob("contrib/systemd/*.service"))
MOST = 2.0
if shutil.which("systemd-analyze") is None:
    print("1..0 # SKIP there is no systemd-analyze here")
    raise SystemExit
print("1..%d" % len(UNITS), flush=True)
for number, unit in enumerate(UNITS, 1):
    said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8").stdout
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)
    good = level is not None and float(level.group(1)) < MOST
    print("%s %d - %s is exposed by less than %s" % ("ok" if good else "not ok", number, os.path.basename(unit), MOST), flush=True)
    if not good:
        os.write(2, ("# " + "\n# ".join(said.splitlines()[-5:]) + "\n").encode())
