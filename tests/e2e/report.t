#!/usr/bin/python3
"""Accounts: what the Order owes, the provider's invoice against it, and the budget that holds further orders."""
import csv, datetime, io, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
today = datetime.date.today()
expiry = (today + datetime.timedelta(days=30)).isoformat()


def send(site, n, words):
    who = "m%d@posta.example" % n
    letter = sink.to(who)[-1]
    site.lmtp(replies.gmail(letter, who, words), replies.token_address(letter), who)
    site.run("courier", "--once")


def state(site, n):
    return [o["state"] for o in site.json("order", "list") if o["box"] == "m%d@pec.example" % n]


def reconcile(site, text):
    path = site.dir / "invoice.csv"
    path.write_text(text, "utf-8")
    return site.run("report", "--convention", "fnomceo", "--reconcile", path, check=False)


with Site(smtp_port=sink.port, convention="budget=40,00\n") as site:
    site.run("init")
    site.boxes(*[{"box": "m%d@pec.example" % n, "reference": "m%d@posta.example" % n, "expiry": expiry, "holder": "=Rossi %d" % n} for n in range(5)])
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    for n in range(5):
        send(site, n, "RINNOVA")
    for n in range(3):
        send(site, n, "Accetto")
    t.eq([state(site, n) for n in range(5)], [["renewed"]] * 3 + [["offered"]] * 2, "three orders of 12,20 fit into a budget of 40,00")
    rows = list(csv.DictReader(io.StringIO(site.run("report", "--convention", "fnomceo", "--csv")[1])))
    t.eq([(r["box"], r["price"], r["vat"], r["total"]) for r in rows], [("m%d@pec.example" % n, "12.20", "2.68", "14.88") for n in range(3)], "the report has price, VAT and total")
    t.eq((rows[0]["order"], rows[0]["date"]), ("%d-000001" % today.year, today.isoformat()), "with number and day")
    t.ok(rows[0]["holder"].startswith("'="), "and nothing that a spreadsheet would take for a formula")
    t.ok("3 orders: 36,60 + VAT 8,04 = 44,64" in site.run("report", "--convention", "fnomceo")[1], "the sums", site.run("report", "--convention", "fnomceo")[1])
    yesterday = (today - datetime.timedelta(days=1)).isoformat()
    t.ok(site.run("report", "--convention", "fnomceo", "--to", yesterday)[1].startswith("0 orders"), "until yesterday nothing is owed")
    t.ok("3 orders" in site.run("report", "--convention", "fnomceo", "--from", today.isoformat(), "--to", today.isoformat())[1], "today all")
    t.eq(site.run("report", "--convention", "none", check=False)[0], 66, "an unknown convention is named")
    t.eq(site.run("report", check=False)[0], 64, "a report is about a convention")

    # the invoice
    numbers = [r["order"] for r in rows]
    code, out, _ = reconcile(site, "order,amount\n" + "".join("%s,12.20\n" % n for n in numbers))
    t.eq((code, out), (0, "3 matched, 0 missing, 0 unknown, 0 price differs, 0 billed twice\n"), "an invoice that fits")
    code, out, _ = reconcile(site, "box;amount\nM0@pec.example;12,20\nm1@pec.example;12,90\nm9@pec.example;12,20\nm0@pec.example;12,20\n")
    t.eq(code, 1, "one that does not")
    t.eq([l.split()[0] for l in out.splitlines()], ["differs", "unknown", "twice", "missing", "1"], "names each difference")
    t.ok("m1@pec.example 12,90, should be 12,20" in out and "missing   %s" % numbers[2] in out, "with what it should be", out)
    code, _, err = reconcile(site, "order,amount\n%s,viele\n" % numbers[0])
    t.ok(code not in (0, 1) and "line 2" in err, "a bad line is named", err)
    t.ok(reconcile(site, "a,b\n1,2\n")[0] not in (0, 1), "a file without the columns is refused")

    # the budget
    send(site, 3, "Accetto")
    send(site, 4, "Accetto")
    t.eq([state(site, 3), state(site, 4)], [["offered"]] * 2, "an acceptance beyond the budget is held")
    t.eq(len(site.json("held", "list")), 2, "and waits for a person")
    told = [m for m in sink.to("segreteria@posta.example") if "Spesa" in m["Subject"]]
    t.ok(len(told) == 1 and "36,60" in text_of(told[0]), "the secretary is told once")
    t.ok("budget-exhausted" in site.run("box", "show", "m3@pec.example")[1], "the ledger says why")
    held = [h["id"] for h in site.json("held", "list")]
    t.eq(site.run("held", "release", held[0], check=False)[0], 1, "released without more money it is held again")
    site.conf.write_text(site.conf.read_text("utf-8").replace("budget=40,00", "budget=50"), "utf-8")
    t.eq(site.run("held", "release", held[0])[0], 0, "with more money it goes on")
    site.run("courier", "--once")
    t.eq((state(site, 3), state(site, 4)), (["renewed"], ["offered"]), "to the end, and only that one")
    t.eq(site.run("held", "release", held[0], check=False)[0], 66, "what is not held cannot be released")
sink.stop()
t.done()
