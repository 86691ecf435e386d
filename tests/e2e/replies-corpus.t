#!/usr/bin/python3
"""Replies that other projects keep as samples, where a folder with them stands beside the project: what is read of them may not get worse."""
import pathlib, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import BINARY, ROOT, Tap

SCORE = ROOT.parent / "shared" / "tools" / "reply-score"
CORPUS = ROOT.parent / "shared" / "corpus"
# Of each collection, how many are read exactly as they should be, at least.
FLOORS = {
    "replies": {"it-probe-text": 96, "it-probe-html": 44, "discourse-trimmer": 33, "talon-text": 47, "talon-html": 9,
                "talon-html-inline": 14, "talon-standard": 10, "crisp-erp": 45, "github-erp": 10},
    "auto": {"auto-dsn": 96},
}
if not SCORE.exists():
    print("1..0 # SKIP no samples of other projects here")
    sys.exit(0)
t = Tap()
for name, floors in FLOORS.items():
    p = subprocess.run([str(SCORE), str(CORPUS / name / "manifest.tsv"), str(BINARY), "explain", "--json"], stdout=subprocess.PIPE, encoding="utf-8")
    rows = {r[0]: r for r in (line.split() for line in p.stdout.splitlines()) if len(r) == 8}
    for corpus, floor in floors.items():
        exact, command, crash = (int(rows.get(corpus, ["", 0, 0, 0, 0, 1, 1])[i]) for i in (2, 5, 6))
        t.ok(exact >= floor, "%s: %d or more exact (%d)" % (corpus, floor, exact))
        t.ok(command == 0 and crash == 0, "%s: no command out of what was quoted, no crash" % corpus)
t.done()
