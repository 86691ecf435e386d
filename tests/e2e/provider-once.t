#!/usr/bin/python3
"""One order is asked under one key, a no is not believed where nobody knows what came of an earlier try, and whatever cannot be made is told (law 8)."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from calls import DAY, accept, answer, call, courier, order, sql, use
from house import HEADER, Sink, Site, Tap
from provider import ACCOUNTS, Provider

RENEW, INFO = ACCOUNTS + "/renew", ACCOUNTS + "/info"
YESTERDAY = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()
t, sink = Tap(), Sink()


def told(site, subject, address="admin@posta.example"):
    """The letters to ADDRESS, with what is still to be sent, whose subject has SUBJECT in it."""
    site.run("courier", "--once")
    return [m for m in sink.to(address) if subject in str(m["Subject"])]


def mode(site, word):
    (site.dir / "provider.mode").write_text(word)


def deactivated(site, convention, *boxes):
    """BOXES of CONVENTION whose deactivation waits for the provider."""
    path = site.dir / "late.csv"
    path.write_text(HEADER + "".join("%s,Maria Rossi,l@posta.example,%s,%s,1@p.example,yes,no\n" % (b, YESTERDAY, convention) for b in boxes))
    site.run("import", path)
    site.run("expire", "--date", YESTERDAY)
    site.run("expire", "--force-over-brake", "--reason", "prova")


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


def doubted(site):
    """A no after a try of which nobody knows what came of it."""
    def person(box, n, name, words):
        o, c = order(site, box), call(site, box)
        t.eq((o["state"], c[0], words in (c[3] or "")), ("accepted", "uncertain", True), "%s: a person looks, with the provider's words" % name)
        t.eq(len(told(site, "richiede", "m%d@posta.example" % n)), 0, "   the member is not told of trouble")
        t.ok([m for m in told(site, "esito incerto") if o["number"] in m.get_content()], "   the administrator reads that nobody knows", call(site, box))
        return o["number"]

    box = accept(site, sink, 10)
    for word in ("unknown", "refuse"):
        mode(site, word)
        courier(site)
    number = person(box, 10, "exec: killed, then a no", "contratto bloccato")
    mode(site, "refuse")
    site.run("order", "retry", number)
    courier(site)
    t.eq((order(site, box)["state"], len(told(site, "richiede", "m10@posta.example"))), ("failed", 1), "   who has it asked again has looked: a no is one then")
    mode(site, "yes")
    p = Provider()
    use(site, "http", p.url + "/x")
    box = accept(site, sink, 11)
    p.faults = {"/x": ["late", (409, [], b'{"message":"gia rinnovata"}')]}
    for _ in range(2):
        courier(site)
    person(box, 11, "http: renewed, its answer lost, then 409", "gia rinnovata")
    t.eq(len({a["raw"] for _, a in p.asked}), 1, "   what is asked under one key is the same to the byte")
    use(site, "aruba", p.url, provider_user="ordine", provider_password_file=site.dir / "pw")
    box = accept(site, sink, 12)
    p.accounts[box], p.faults, p.asked = {"endDate": DAY}, {RENEW: ["slow"], INFO: [None, None, 404]}, []
    for _ in range(2):
        courier(site)
    person(box, 12, "aruba: the answer lost, then an account that it does not know", "guasto di prova")
    courier(site)
    t.eq(p.count(RENEW), 1, "   and one renew")
    p.stop()


def behind(site):
    """Whose end date is no later than ours when it has moved is not renewed as the order says."""
    p = Provider()
    use(site, "aruba", p.url, provider_user="ordine", provider_password_file=site.dir / "pw")
    box = accept(site, sink, 20)
    p.accounts[box] = {"endDate": DAY.replace(year=DAY.year - 1)}
    courier(site)
    c = call(site, box)
    t.eq((order(site, box)["state"], c[0], c[2]), ("accepted", "queued", 1), "aruba: an end date that moves to ours is no renewal, but a doubt")
    t.ok(c[3].count(DAY.isoformat()) == 2, "   both dates are named", c)
    for _ in range(2):
        courier(site)
    c = call(site, box)
    t.eq((order(site, box)["state"], c[0], p.accounts[box]["renewals"], p.count(RENEW)), ("accepted", "uncertain", 1, 1), "   a person looks, nothing is renewed twice")
    t.ok(c[3].count(DAY.isoformat()) == 2, "   and reads both dates", c)
    p.stop()


def later(site):
    """Asked for as long as it takes, but not without telling anybody."""
    box = accept(site, sink, 30)
    away = lambda: len(told(site, "Il gestore non risponde"))
    mode(site, "later")
    courier(site)
    t.eq((call(site, box)[1], away()), (1, 0), "later, once: nobody need hear of it")
    courier(site)
    t.eq((call(site, box)[1], away()), (2, 1), "after provider-tries the administrator does")
    mode(site, "refuse")
    courier(site)
    site.run("order", "retry", order(site, box)["number"])
    mode(site, "later")
    courier(site)
    t.eq((call(site, box)[1], away()), (4, 2), "and again after order retry")
    for _ in range(3):
        courier(site)
    t.eq((call(site, box)[1], away()), (7, 2), "but not at every try")
    courier(site)
    t.eq((call(site, box)[1], away()), (8, 3), "only when there are twice as many")
    p = Provider()
    use(site, "aruba", p.url, provider_user="ordine", provider_password_file=site.dir / "pw")
    deactivated(site, "fnomceo", "late@pec.example")
    p.faults = {INFO: [403] * 99}
    got = []
    for _ in range(5):
        courier(site)
        got.append(len(told(site, "Una casella da disattivare")))
    c = call(site, "late@pec.example")
    t.eq((c[0], c[1], got), ("queued", 5, [0, 0, 1, 1, 1]), "a deactivation that does not come about is told as well")
    letter = told(site, "Una casella da disattivare")[-1].get_content()
    t.ok("late@pec.example" in letter and "403" in letter and "riprovare" in letter, "   with the box and the reason, and that it goes on", letter)
    p.faults = {}
    p.accounts["late@pec.example"] = {"endDate": datetime.date.today()}
    p.stop()


def by_hand(site):
    """What a person has done meanwhile is dropped unmade, and no alarm."""
    box = accept(site, sink, 40)
    mode(site, "unknown")
    courier(site)
    before = len(told(site, "esito incerto"))
    site.run("order", "renewed", order(site, box)["number"])
    courier(site)
    t.eq((call(site, box)[:2], len(told(site, "esito incerto")) - before), (("dropped", 2), 0), "renewed by hand: the last try is dropped, and nobody is told of an outcome")


def behind_another(site):
    """Of two conventions one has a provider that is away, and more to ask than fits one round."""
    p = Provider()
    use(site, "http", p.url + "/a")
    text = site.conf.read_text("utf-8")
    other = text[text.index("[convention fnomceo]"):].replace("[convention fnomceo]", "[convention altra]").replace("/a", "/b")
    site.conf.write_text(text + other, "utf-8")
    deactivated(site, "fnomceo", *("a%d@pec.example" % n for n in range(45)))
    deactivated(site, "altra", "b@pec.example")
    sql(site, "UPDATE call SET due = 1 WHERE state = 'queued'")
    sql(site, "UPDATE call SET due = 2 WHERE convention = 'altra'")
    p.faults, p.asked = {"/a": [503] * 99}, []
    site.run("courier", "--once")
    t.eq((call(site, "b@pec.example")[0], p.count("/a")), ("sent", 5), "courier --once: behind a provider that is away the other one is asked")
    t.eq(sql(site, "SELECT SUM(attempts), MIN(due) > unixepoch() FROM call WHERE state = 'queued'"), [(5, 1)], "   what is put off is not lost, and lost no try")
    p.stop()


for story in (taken_back, doubted, behind, later, by_hand, behind_another):
    with Site(smtp_port=sink.port, authserv="mx.ordine.example", convention="provider-tries=%d\n" % (10 if story is doubted else 2)) as site:
        site.run("init")
        if story is taken_back:
            site.conf.write_text(site.conf.read_text("utf-8").replace("cooling=0s", "cooling=1h"), "utf-8")
        site.start("lmtpd")
        story(site)
sink.stop()
t.done()
