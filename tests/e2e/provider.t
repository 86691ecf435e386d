#!/usr/bin/python3
"""The drivers aruba and http against a server that speaks their shape and fails at each step: no renewal twice, none forgotten (law 8)."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import calls, replies
from calls import DAY, YEAR, call, courier, order, sql, use
from house import Sink, Site, Tap
from provider import ACCOUNTS, AUTH, Provider, certificates

RENEW, INFO, SUSPEND, UNDO = (ACCOUNTS + p for p in ("/renew", "/info", "/suspend", "/suspend-undo"))
t, sink = Tap(), Sink()


def accept(site, n):
    return calls.accept(site, sink, n)


def aruba(site):
    p = Provider()
    use(site, "aruba", p.url, provider_user="ordine", provider_password_file=site.dir / "pw")
    n = 0
    checks = lambda: [l for l in site.run("check", check=False)[1].splitlines() if " provider " in l]
    t.ok(checks()[0].startswith("ok ") and "aruba lets ordine in" in checks()[0], "check logs in at the provider", checks())
    p.password = "altra"
    t.ok(checks()[0].startswith("FAIL") and "credenziali errate" in checks()[0] and "segreto" not in checks()[0], "and says when it is not let in, without the password", checks())
    p.password, p.asked, p.logins = "segreto", [], 0

    def case(faults, name, state="renewed", renewals=1, passes=1, end=YEAR, know=True):
        nonlocal n
        n += 1
        box = accept(site, n)
        if know:
            p.accounts[box] = {"endDate": DAY}
        p.faults, p.asked = faults, []
        for _ in range(passes):
            courier(site)
        o = order(site, box)
        t.ok(o["state"] == state, "aruba: %s: %s" % (name, state), (o, call(site, box), p.asked))
        if know:
            t.eq(p.accounts[box].get("renewals", 0), renewals, "   renewed %d times" % renewals)
        if state == "renewed":
            t.eq(o["new_expiry"], end.isoformat(), "   the box has the provider's end date")
        return box

    case({}, "all goes well")
    t.eq([a["body"]["renewalData"] for q, a in p.asked if q == RENEW], [{"type": "T", "duration": 1}], "   for whole years, by the account's own kind of renewal")
    t.eq(p.logins, 1, "   one login")
    case({}, "the next one")
    case({RENEW: ["late"]}, "it renews, and its answer is lost: found by the end date")
    case({RENEW: ["cut"]}, "it read the request and did nothing: uncertain, and never asked again", "accepted", 0, passes=5)
    t.eq(call(site, "box%d@pec.example" % n)[0], "uncertain", "   it goes to a person after three tries")
    t.ok(p.count(RENEW) == 1 and p.count(INFO) >= 4, "   one renew, and looks", p.asked)
    box = "box%d@pec.example" % n
    site.run("order", "retry", order(site, box)["number"])
    courier(site)
    t.ok(order(site, box)["state"] == "renewed" and p.accounts[box]["renewals"] == 1, "   a person says that it was not: order retry asks once more", call(site, box))
    case({RENEW: [500]}, "HTTP 500 may mean anything", "accepted", 0, passes=2)
    t.eq(call(site, "box%d@pec.example" % n)[2], 1, "   it is in doubt")
    case({RENEW: ["lazy"]}, "says yes and does nothing: the end date is believed", "accepted", 0)
    case({RENEW: ["lie"]}, "answers with a web page and does nothing", "accepted", 0)
    case({RENEW: [(302, [("Location", "http://127.0.0.1:1/")], b"")]}, "a redirect is not followed", "accepted", 0)
    case({}, "   and it was not in doubt: the next pass renews")
    courier(site)
    case({RENEW: [429]}, "429: later", "accepted", 0)
    courier(site)
    t.eq(order(site, "box%d@pec.example" % n)["state"], "renewed", "   and then renewed")
    case({RENEW: ["late"], INFO: [None, 500]}, "answer lost, and no look afterwards: in doubt", "accepted", 1)
    courier(site)
    t.ok(order(site, "box%d@pec.example" % n)["state"] == "renewed" and p.count(RENEW) == 1, "   the next look finds it, no second renew")
    case({RENEW: [422]}, "it refuses", "failed", 0)
    case({}, "an account that it does not know", "failed", know=False)
    case({INFO: ["lie"]}, "a look that is no JSON: nothing has happened, later", "accepted", 0)
    courier(site)
    t.eq(order(site, "box%d@pec.example" % n)["state"], "renewed", "   and then renewed")
    p.tokens.clear()
    before = p.logins
    case({}, "the token is turned away: a new login, and on")
    t.eq(p.logins, before + 1, "   one login more")
    box = accept(site, 90)
    p.accounts[box] = {"endDate": YEAR}
    p.asked = []
    courier(site)
    t.ok(order(site, box)["state"] == "renewed" and p.count(RENEW) == 0, "a box that the provider has renewed already is not renewed again", call(site, box))
    box = accept(site, 92)
    p.accounts[box], p.asked = {"endDate": DAY + datetime.timedelta(1)}, []
    courier(site)
    t.eq((order(site, box)["state"], p.accounts[box].get("renewals", 0), p.count(RENEW)), ("renewed", 1, 1), "one whose end the provider has a day later than the roll is not renewed by that: it is asked")
    p.password = "altro"
    p.tokens.clear()
    case({}, "a wrong password: later, and the reason says so", "accepted", 0)
    t.ok("login as ordine" in call(site, "box%d@pec.example" % n)[3], "   the reason names the login", call(site, "box%d@pec.example" % n))
    t.ok("segreto" not in site.log("courier") + str(site.json("outbox", "list", "--all")), "no password in log or list")
    p.password = "segreto"
    courier(site)
    p.stop()
    box = accept(site, 91)
    courier(site)
    t.eq((order(site, box)["state"], call(site, box)[2]), ("accepted", 0), "nobody listens there: later, no doubt")


def suspended(site):
    p = Provider()
    use(site, "aruba", p.url, provider_user="ordine", provider_password_file=site.dir / "pw")
    yesterday = datetime.date.today() - datetime.timedelta(days=1)
    for name, end in (("late@pec.example", yesterday), ("kept@pec.example", YEAR)):
        site.boxes({"box": name, "reference": "l@posta.example", "expiry": yesterday.isoformat()})
        p.accounts[name] = {"endDate": end}
    site.run("expire", "--date", yesterday.isoformat())
    site.run("expire")
    courier(site)
    t.ok(p.accounts["late@pec.example"].get("suspensionDate"), "aruba: a deactivation suspends the account", p.asked)
    t.ok(not p.accounts["kept@pec.example"].get("suspensionDate"), "   not one that the provider has as renewed")
    t.ok("renewed until" in call(site, "kept@pec.example")[3], "   and the administrator reads why", call(site, "kept@pec.example"))
    p.faults, p.asked = {UNDO: ["late"]}, []
    site.run("expire", "undo", "late@pec.example")
    courier(site)
    courier(site)
    t.ok(p.accounts["late@pec.example"]["suspensionDate"] is None and call(site, "late@pec.example")[0] == "sent", "   undo takes it back, also when its answer is lost", call(site, "late@pec.example"))
    # Who renews late had been suspended: renewed is what can be used.
    # Where its date was a year behind ours nothing but our own memory tells that it was renewed: a person looks, it is not renewed again.
    for n, faults in ((95, {}), (96, {UNDO: ["late"]}), (97, {UNDO: [500]}), (98, {UNDO: [503]}), (99, {UNDO: [503]})):
        box = "box%d@pec.example" % n
        site.boxes({"box": box, "reference": "m%d@posta.example" % n, "expiry": yesterday.isoformat()})
        p.accounts[box] = {"endDate": yesterday - datetime.timedelta(366 if n == 99 else 0)}
        site.run("expire", "--date", yesterday.isoformat())
        site.run("expire")
        courier(site)
        site.run("courier", "--once")
        letter = sink.to("m%d@posta.example" % n)[-1]
        was = p.accounts[box].get("suspensionDate")
        for words in ("RINNOVA", "ACCETTO"):
            site.run("deliver", "--rcpt", replies.token_address(letter), "--sender", letter["To"].addresses[0].addr_spec, input=replies.gmail(letter, "m%d@posta.example" % n, words))
            p.faults = dict(faults)
            courier(site)
            letter = sink.to("m%d@posta.example" % n)[-1]
        courier(site)
        if n == 99:
            t.ok(was and p.accounts[box]["renewals"] == 1 and call(site, box)[2] == 1, "   nor one twice whose date was far behind ours", (was, p.accounts[box], call(site, box)))
            continue
        t.ok(was and order(site, box)["state"] == "renewed" and p.accounts[box]["renewals"] == 1 and p.accounts[box]["suspensionDate"] is None,
             "   one that renews late is renewed once and not suspended any more (%s)" % (faults or "all goes well"), (was, order(site, box), p.accounts[box], call(site, box)))
    p.faults = {}
    # A date that was wrong, and put right; then that one is over, too. Each time the provider has to hear of it.
    today = datetime.date.today()
    name, days = "twice@pec.example", [today + datetime.timedelta(n) for n in (1, 2, 3)]
    site.boxes({"box": name, "reference": "t@posta.example", "expiry": yesterday.isoformat()})
    p.accounts[name] = {"endDate": yesterday}
    site.run("expire", "--date", yesterday.isoformat())
    site.run("expire")
    courier(site)
    site.boxes({"box": name, "reference": "t@posta.example", "expiry": today.isoformat()})
    p.accounts[name]["endDate"] = today
    for n in (1, 2):
        t.ok(p.accounts[name].get("suspensionDate"), "   suspended, time %d" % n, p.accounts[name])
        site.run("expire", "undo", name)
        courier(site)
        t.ok(p.accounts[name]["suspensionDate"] is None, "   and taken back, time %d" % n, (p.accounts[name], call(site, name)))
        if n == 1:
            for day in days:
                site.run("expire", "--date", day.isoformat())
            courier(site)
    p.stop()


def webhook(site):
    cert = certificates(site.dir)
    p = Provider(tls=cert[1:])
    p.secret = "segreto"
    use(site, "http", p.url + "/rinnova/{box}?ordine={order}", provider_secret_file=site.dir / "pw", provider_ca_file=cert[0])
    n = 200

    def case(fault, name, state="renewed", passes=1):
        nonlocal n
        n += 1
        box = accept(site, n)
        path = "/rinnova/box%d%%40pec.example" % n
        p.faults, p.asked = {path: fault}, []
        for _ in range(passes):
            courier(site)
        t.ok(order(site, box)["state"] == state, "http: %s: %s" % (name, state), (order(site, box), call(site, box), [a["headers"] for _, a in p.asked]))
        return box

    case([], "over TLS, signed, the box percent-encoded")
    ask = p.asked[0][1]
    t.ok(ask["body"]["wanted_expiry"] == YEAR.isoformat() and ask["path"].endswith("?ordine=" + ask["body"]["order"]), "   the question is the JSON of driver exec", ask)
    done = len(p.seen)
    case(["late"], "its answer is lost: asked again with the same key", passes=2)
    t.ok(len(p.seen) == done + 1 and len({a["headers"]["idempotency-key"] for _, a in p.asked}) == 1, "   one renewal, one key")
    case(["lie"], "a 200 that is no JSON is no yes", "accepted")
    case([202], "202: not yet", "accepted")
    case([(503, [("Retry-After", "3600")], b"")], "503 with Retry-After", "accepted")
    wait = sql(site, "SELECT due - unixepoch() FROM call ORDER BY id DESC LIMIT 1")[0][0]
    t.ok(3500 < wait <= 3600, "   it waits as long as it was asked to", wait)
    case([(422, [], b'{"message":"contratto chiuso"}')], "422: refused", "failed")
    t.ok("contratto chiuso" in call(site, "box%d@pec.example" % n)[3], "   with the provider's words")
    case([(200, [], b'{"expiry":"%s"}' % DAY.isoformat().encode())], "a yes whose date does not move is a lie", "accepted")
    case([(200, [], b"x" * 100000)], "an answer without end", "accepted")
    (site.dir / "body.json").write_text('{"casella": "{box}", "fino": "{wanted_expiry}", "mesi": "{term_months}", "nota": "ordine {order}", "fisso": [1, true]}')
    use(site, "http", p.url + "/rinnova/{box}", provider_secret_file=site.dir / "pw", provider_ca_file=cert[0], provider_body=site.dir / "body.json")
    box = case([], "a body of one's own")
    t.eq({k: v for k, v in p.asked[-1][1]["body"].items() if k in ("casella", "mesi", "fisso")}, {"casella": box, "mesi": 12, "fisso": [1, True]}, "   numbers stay numbers")
    (site.dir / "body.json").write_text('{"casella": "{scatola}"}')
    case([], "a body that asks for what there is not", "accepted")
    t.ok("{scatola}" in call(site, "box%d@pec.example" % n)[3] and not p.asked, "   nothing goes out, and the reason names it", call(site, "box%d@pec.example" % n))
    use(site, "http", p.url + "/rinnova/{box}", provider_secret_file=site.dir / "pw")
    case([], "a certificate of nobody's", "accepted")
    t.ok(not p.asked and call(site, "box%d@pec.example" % n)[2] == 0, "   nothing went out", call(site, "box%d@pec.example" % n))
    p.stop()


def breaker(site):
    """Eight orders that wait, and a provider that is away: it is asked five times, then left alone."""
    p = Provider()
    use(site, "http", p.url + "/x")
    boxes = [accept(site, 300 + i) for i in range(8)]
    p.faults, p.asked = {"/x": [503] * 50}, []
    courier(site)
    t.eq(len(p.asked), 5, "after five times away it is left alone")
    t.eq(sorted(call(site, b)[1] for b in boxes), [0, 0, 0, 1, 1, 1, 1, 1], "and those that were put off lost no try")
    p.faults = {}
    courier(site)
    t.eq({order(site, b)["state"] for b in boxes}, {"renewed"}, "when it is back all are renewed")
    p.stop()


for story in (aruba, suspended, webhook, breaker):
    with Site(smtp_port=sink.port, authserv="mx.ordine.example") as site:
        site.run("init")
        if story is breaker:
            site.conf.write_text(site.conf.read_text("utf-8").replace("cooling=0s", "cooling=1h"), "utf-8")
        site.start("lmtpd")
        story(site)
sink.stop()
t.done()
