#!/usr/bin/python3
"""The corpus of tests/replies, the letter known: every mail is read as a reasonable person reads it.

A slow build (sanitizers) reads every eighth. "make score SCORE=--verbose" says more of what is wrong.
"""
import os, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import corpus, score
from house import BINARY, Tap

t, cases = Tap(), corpus.cases()
kinds = [c.row["kind"] for c in cases]
t.ok(len(cases) >= 450, "the corpus has its cases", "%d" % len(cases))
t.ok(kinds.count("machine") >= 70, "machines among them")
t.ok(kinds.count("person") >= 40, "and people who look like machines")
score.check(t, BINARY, cases[::8 if os.environ.get("RINNOVA_SAN") else 1], "letter")
t.done()
