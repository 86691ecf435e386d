#!/usr/bin/python3
"""A small simulated year (contrib/year has the full one): random answers, and each box's end as an independent model of the rules says.

The year is the same each time, so that a change is judged by what it changed; RINNOVA_SEED=N plays another, RINNOVA_SEED=new one that nobody has seen."""
import datetime, os, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import house, rules, year
from house import Tap

t = Tap()

# The model itself, by hand: nobody would see a model that says nothing.
D, T = datetime.date, datetime.datetime
t.eq(rules.later(D(2028, 2, 29), 12), D(2029, 2, 28), "29 February, a year later")
box = rules.Box(D(2028, 2, 29), reference="m@posta.example")
sent = [d for d in (D(2027, 11, 1) + datetime.timedelta(n) for n in range(130)) if box.notify(d)]
t.eq([(D(2028, 2, 29) - d).days for d in sent], list(box.convention.notice_days), "who never answers gets every notice")
box.expire(D(2028, 2, 29))
t.eq(box.state, "active", "the last day is a day of service")
box.reply(rules.Reply(T(2028, 2, 29, 23, 59, 59), "notice", "renew", "m@posta.example", period=D(2028, 2, 29), sent=D(2028, 2, 29)), T(2028, 2, 29, 23, 59, 59))
box.expire(D(2028, 3, 15))
t.eq((box.state, box.now.order), ("active", "offered"), "a request of the last second holds the box for the answer days")
box.expire(D(2028, 3, 16))
t.eq((box.state, box.now.order), ("active", "offered"), "and for the day on which its end is announced")
box.announce(D(2028, 3, 16))
box.expire(D(2028, 3, 17))
t.eq((box.state, box.now.order), ("deactivated", "lapsed"), "and not for longer")

# An expired letter of a period that was renewed, answered by somebody unregistered: a fresh notice while one is of use, then a person.
box = rules.Box(D(2027, 10, 2), convention=rules.Convention(term=1, notice_days=(20, 10, 3, 0), answer_days=7, reactivation_days=12), reference="m@posta.example")
box.renewed(box.now, D(2027, 11, 2))
old = lambda at, who: box.reply(rules.Reply(at, "offer", "accept", who, period=D(2027, 10, 2), sent=D(2027, 9, 30), verbs=("ACCETTO",), id=str(at) + who), at)
t.eq([old(T(2027, 10, 31, 11), "s@studio.example"), old(T(2027, 11, 18), "m@posta.example"), old(T(2027, 11, 18), "s@studio.example")], ["taken", "taken", rules.HOLD],
     "an expired letter of a period that was renewed")

if os.environ.get("RINNOVA_SAN"):
    t.ok(True, "the year: skipped, a sanitizer's runtime and libfaketime both want to be loaded first # SKIP")
    t.done()
seed = house.seed(20261127, 1000000)
boxes, days = 50, 15
print("# seed %d (again: contrib/year --boxes %d --days %d --seed %d)" % (seed, boxes, days, seed), flush=True)
differences, y = year.play(boxes, days, seed)
t.ok(y.sent > 50 and len(y.ends) >= 4, "the year has many replies and several ends", "%d replies, ends %s" % (y.sent, y.ends))
t.ok(not differences, "every box ends as the rules say, seed %d" % seed, "\n".join(differences))
t.done()
