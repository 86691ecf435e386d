#!/usr/bin/python3
"""One order is asked under one key, a no is not believed where nobody knows what came of an earlier try, and whatever cannot be made is told (law 8)."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from calls import accept, answer, call, courier, order, sql, use
from house import Sink, Site, Tap
from provider import Provider

t, sink = Tap(), Sink()


def taken_back(site):
    """Cancelled within the cooling time and accepted again: the call of the first number is dropped, and stays it."""
    p = Provider()
    use(site, "http", p.url + "/x")
    for n, faults, state, again in ((1, [422], "failed", []), (2, ["cut"] * 3, "uncertain", ["late"])):
        box, holder = accept(site, sink, n), "m%d@posta.example" % n
        first = order(site, box)["number"]
        for words in ("ANNULLA", "RINNOVA", "ACCETTO"):
            site.run("courier", "--once")
            answer(site, sink, holder, words)
        o = order(site, box)
        t.ok(o["state"] == "accepted" and o["number"] != first and not p.asked, "taken back in the cooling time, and accepted again under another number", (first, o, p.asked))
        p.faults = {"/x": list(faults)}
        for _ in faults:
            courier(site)
        t.eq(call(site, box)[0], state, "   it comes to nothing: %s" % state)
        p.faults = {"/x": list(again)}
        for _ in range(1 + len(again)):
            site.run("order", "retry", o["number"])
            courier(site)
        t.eq((order(site, box)["state"], list(p.seen)), ("renewed", ["renew-" + o["number"]]), "   order retry renews once, under the number that stands%s" % (", be the answer lost or not" if again else ""))
        t.eq(sql(site, "SELECT state FROM call WHERE key = ?", "renew-" + first), [("dropped",)], "   the first one is as it was")
        p.asked, p.seen = [], {}
    p.stop()


for story in (taken_back,):
    with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="provider-tries=2\n") as site:
        site.run("init")
        if story is taken_back:
            site.conf.write_text(site.conf.read_text("utf-8").replace("cooling=0s", "cooling=1h"), "utf-8")
        site.start("lmtpd")
        story(site)
sink.stop()
t.done()
