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
now = [c for c in cases if c.letter.page is not None]
t.ok(len(now) >= 350 and sum(b"m_-4711" in c.raw or b"MsoNormal" in c.raw for c in now) >= 100, "a good share answers the letter of today, text and HTML", "%d" % len(now))
score.check(t, BINARY, cases[::8 if os.environ.get("RINNOVA_SAN") else 1], "letter")
t.done()
