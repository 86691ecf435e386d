#!/usr/bin/python3
"""A small simulated year (contrib/year has the full one): random answers, and each box's end as an independent model of the rules says.

RINNOVA_SEED=N plays one year again; without it the seed is a new one."""
import datetime, os, pathlib, random, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import rules, year
from house import Tap

t = Tap()

# The model itself, by hand: nobody would see a model that says nothing.
D, T = datetime.date, datetime.datetime
t.eq(rules.later(D(2028, 2, 29), 12), D(2029, 2, 28), "29 February, a year later")
box = rules.Box(D(2028, 2, 29))
sent = [d for d in (D(2027, 11, 1) + datetime.timedelta(n) for n in range(130)) if box.notify(d)]
t.eq([(D(2028, 2, 29) - d).days for d in sent], list(rules.NOTICE_DAYS), "who never answers gets every notice")
box.expire(D(2028, 2, 29))
t.eq(box.state, "active", "the last day is a day of service")
box.reply(rules.Reply(T(2028, 2, 29, 23, 59, 59), "notice", "renew", period=D(2028, 2, 29), sent=D(2028, 2, 29)), T(2028, 2, 29, 23, 59, 59))
box.expire(D(2028, 3, 15))
t.eq((box.state, box.now.order), ("active", "offered"), "a request of the last second holds the box for the answer days")
box.expire(D(2028, 3, 16))
t.eq((box.state, box.now.order), ("deactivated", "lapsed"), "and not for longer")

if os.environ.get("RINNOVA_SAN"):
    t.ok(True, "the year: skipped, a sanitizer's runtime and libfaketime both want to be loaded first # SKIP")
    t.done()
seed = int(os.environ.get("RINNOVA_SEED") or random.SystemRandom().randrange(1000000))
boxes, days = 60, 20
print("# seed %d (again: contrib/year --boxes %d --days %d --seed %d)" % (seed, boxes, days, seed), flush=True)
differences, y = year.play(boxes, days, seed)
t.ok(y.sent > 50 and len(y.ends) >= 4, "the year has many replies and several ends", "%d replies, ends %s" % (y.sent, y.ends))
t.ok(not differences, "every box ends as the rules say, seed %d" % seed, "\n".join(differences))
t.done()
