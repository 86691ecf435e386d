#!/usr/bin/python3
"""A thousand messages, ours and other people's, through a real Postfix and both modes of the gate: each arrives, each once. `make bench BENCH=soak` sends more."""
import os, pathlib, sys
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "contrib" / "bench")]
from house import Site, Tap
import traffic

if os.geteuid() != 0:
    print("1..0 # SKIP a private Postfix can only be started by root")
    sys.exit(0)

t = Tap()
for mode in "gate", "handover":
    with Site(level="warn") as site:
        site.run("init")
        ours = iter(traffic.answers(site, 150))
        play = traffic.Traffic(site, mode, "handover-deadline=2000\n")
        try:
            for half in 0, 250:
                play.give(traffic.mixture(ours, 250, site.mail_domain, half))
            lost, twice = traffic.lost_and_twice(site, play.sink, play.sent)
            t.eq(play.refused[:5], [], "%s: nothing was refused" % mode)
            t.eq(lost[:5], [], "%s: nothing was lost" % mode)
            t.eq(twice[:5], [], "%s: nothing came twice" % mode)
            queue, all_ours = play.by_queue(), sum(play.site.domain in r for _, rcpts, _ in play.sent for r in rcpts)
            if mode == "gate":
                t.eq(queue, all_ours, "gate: ours came by the queue")
            else:
                t.ok(queue < all_ours, "handover: some of ours never saw the queue", "%d of %d" % (queue, all_ours))
            t.ok(all(n == 0 for n in play.open().values()), "%s: no connection is left open" % mode, play.open())
        finally:
            play.stop()
t.done()
