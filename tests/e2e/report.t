#!/usr/bin/python3
"""Accounts: what the Order owes, the provider's invoice against it, and the budget that holds further orders."""
import contextlib, csv, datetime, email, email.policy, html.parser as html_parser, io, pathlib, sqlite3, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of

t, sink = Tap(), Sink()
today = datetime.date.today()
expiry = (today + datetime.timedelta(days=30)).isoformat()


def unbalanced(html):
    """What is closed that was not open, or left open."""
    class Nest(html_parser.HTMLParser):
        open, wrong = [], []

        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "br", "img", "hr", "link"):
                self.open.append(tag)

        def handle_startendtag(self, tag, attrs):
            pass

        def handle_endtag(self, tag):
            if not self.open or self.open.pop() != tag:
                self.wrong.append((tag, self.getpos()))
    n = Nest()
    n.feed(html)
    return n.wrong + n.open


def send(site, n, words, to=""):
    who = "m%d@posta.example" % n
    letter = [m for m in sink.to(who) if to in m["Subject"]][-1]
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
    rows = list(csv.DictReader(io.StringIO(site.run("report", "--convention", "fnomceo", "--owed", "--csv")[1])))
    t.eq([(r["box"], r["price"], r["vat"], r["total"]) for r in rows], [("m%d@pec.example" % n, "12.20", "2.68", "14.88") for n in range(3)], "the report has price, VAT and total")
    t.eq((rows[0]["order"], rows[0]["date"]), ("%d-000001" % today.year, today.isoformat()), "with number and day")
    t.eq([r["reference"] for r in rows], ["T-" + r["order"] for r in rows], "and the provider's own number")
    t.eq(site.json("order", "show", rows[0]["order"])[0]["reference"], "T-" + rows[0]["order"], "which the order keeps")
    t.ok(rows[0]["holder"].startswith("'="), "and nothing that a spreadsheet would take for a formula")
    t.ok("3 orders: 36,60 + VAT 8,04 = 44,64" in site.run("report", "--convention", "fnomceo", "--owed")[1], "the sums")
    yesterday = (today - datetime.timedelta(days=1)).isoformat()
    t.ok(site.run("report", "--convention", "fnomceo", "--owed", "--to", yesterday)[1].startswith("0 orders"), "until yesterday nothing is owed")
    t.ok("3 orders" in site.run("report", "--convention", "fnomceo", "--owed", "--from", today.isoformat(), "--to", today.isoformat())[1], "today all")
    t.eq(site.run("report", "--convention", "none", check=False)[0], 66, "an unknown convention is named")
    t.eq(site.run("report", "--owed", check=False)[0], 64, "what is owed is about a convention")
    t.eq(site.run("report", "--convention", "fnomceo", "--from", today.isoformat(), "--to", yesterday, check=False)[0], 64, "days in the wrong order are no empty report")
    t.eq(site.run("report", "--convention", "fnomceo", "--csv", "--reconcile", site.conf, check=False)[0], 64, "--csv and --reconcile are two reports")

    # the invoice
    numbers = [r["order"] for r in rows]
    code, out, _ = reconcile(site, "order,amount\n" + "".join("%s,12.20\n" % n for n in numbers))
    t.eq((code, out), (0, "3 matched, 0 missing, 0 unknown, 0 price differs, 0 billed twice\n"), "an invoice that fits")
    code, out, _ = reconcile(site, "box;amount\nM0@pec.example;12,20\nm1@pec.example;12,90\nm9@pec.example;12,20\nm0@pec.example;12,20\n")
    t.eq(code, 1, "one that does not")
    t.eq([l.split()[0] for l in out.splitlines()], ["differs", "unknown", "twice", "missing", "1"], "names each difference")
    t.ok("m1@pec.example 12,90, should be 12,20" in out and "missing   %s" % numbers[2] in out, "with what it should be", out)
    code, out, _ = reconcile(site, "amount,reference\n" + "".join("12.20,T-%s\n" % n for n in numbers))
    t.eq((code, out.split(",")[0]), (0, "3 matched"), "the provider's own number finds the order as well")
    code, out, _ = reconcile(site, "reference,order,box,amount\nT-%s,,,12.20\nT-%s,?,m2@pec.example,12.20\nT-9,,m2@pec.example,12.20\n,,m2@pec.example,12.20\n" % (numbers[0], numbers[1]))
    t.eq([l.split()[0] for l in out.splitlines()], ["unknown", "3"], "a reference that is nobody's is unknown, and is not billed to the box that stands beside it")
    code, _, err = reconcile(site, "order,amount\n%s,viele\n" % numbers[0])
    t.ok(code not in (0, 1) and "line 2" in err, "a bad line is named", err)
    t.ok(reconcile(site, "a,b\n1,2\n")[0] not in (0, 1), "a file without the columns is refused")
    t.ok(reconcile(site, "\n\n")[0] == 65, "and so is an empty one")

    # the secretary's report
    site.boxes({"box": "m0@pec.example", "reference": "m0@posta.example", "expiry": expiry, "holder": "=Rossi 0"},
               {"box": "lontana@pec.example", "reference": "lontana@posta.example", "expiry": (today + datetime.timedelta(days=80)).isoformat(), "holder": "<b>Neri & C</b>"})
    code, out, _ = site.run("report")
    t.ok("Caselle con scadenza dal" in out and "3  Rinnovate (50%) ##########" in out and "2  In attesa dell'accettazione" in out and "1  Non ancora avvisate" in out, "who renewed and who did not, in words", out)
    t.ok("30 giorni prima: 5 avvisi, 5 richieste di rinnovo (100%): entro un giorno 5" in out, "how many answered each notice, and how soon", out)
    t.ok("3 ordini, 36,60 + IVA 8,04 = 44,64" in out, "what is owed", out)
    # who pays is who stood in the summary that was accepted, whatever the configuration says today
    conf = site.conf.read_text("utf-8")
    payer = next(l.split("=", 1)[1].strip() for l in conf.splitlines() if l.startswith("payer"))
    site.conf.write_text(conf.replace(payer, "Ente Nuovo"), "utf-8")
    out, page = site.run("report")[1], site.run("report", "--html")[1]
    t.ok("QUANTO DEVE %s\n" % payer in out and "Quanto deve %s<" % payer in page and "Ente Nuovo" not in out + page, "the payer is the one of the orders", out)
    with contextlib.closing(sqlite3.connect(site.dir / "rinnova.db")) as db:
        db.execute("UPDATE renewal SET payer = 'Ente Nuovo' WHERE box_id = (SELECT id FROM box WHERE name = 'm2@pec.example')")
        db.commit()
    out = site.run("report")[1]
    t.ok("QUANTO DEVE %s\n" % payer in out and "2 ordini, 24,40 + IVA 5,36 = 29,76" in out and "QUANTO DEVE Ente Nuovo\n" in out and "1 ordini, 12,20 + IVA 2,68 = 14,88" in out, "two payers: what each owes", out)
    rows = list(csv.DictReader(io.StringIO(site.run("report", "--convention", "fnomceo", "--owed", "--csv")[1])))
    t.eq([r["payer"] for r in rows], [payer, payer, "Ente Nuovo"], "and the orders one by one say so too")
    site.conf.write_text(conf, "utf-8")
    later = (today + datetime.timedelta(days=81)).isoformat()
    site.boxes({"box": "lontana@pec.example", "reference": "lontana@posta.example", "expiry": later, "holder": "<b>Neri & C</b>"})
    t.ok("al %s: 6." % (today + datetime.timedelta(days=90)).strftime("%d/%m/%Y") in site.run("report")[1], "a period that an import replaced counts no more", site.run("report")[1][:300])
    bom = site.run("report", "--convention", "fnomceo", "--csv")[1]
    t.ok(bom.startswith("\ufeff") and "\r\n" in bom, "the CSV opens in an Italian Excel")
    rows = list(csv.DictReader(io.StringIO(bom[1:]), delimiter=";"))
    t.eq([(r["Esito"], r["Imponibile"]) for r in rows], [("Rinnovate", "12,20")] * 3 + [("In attesa dell'accettazione", "")] * 2 + [("Non ancora avvisate", "")], "one line for each box")
    t.eq((rows[0]["Scadenza"], rows[0]["Data ordine"], rows[0]["Intestatario"]), (datetime.date.fromisoformat(expiry).strftime("%d/%m/%Y"), today.strftime("%d/%m/%Y"), "'=Rossi 0"), "dates as they are written here, and no formula")
    page = site.dir / "rapporto.html"
    site.run("report", "--html", "--output", page)
    html = page.read_text("utf-8")
    t.ok("<svg" in html and "&lt;b&gt;Neri &amp; C&lt;/b&gt;" in html and "<b>Neri" not in html, "the page draws its bars, and a holder's name stays a name")
    t.eq(unbalanced(html), [], "every element is closed where it should be")
    told = [site.run("report", "--mail")[1] for n in range(2)]
    t.ok("waits in the outbox, for segreteria@posta.example" in told[0] and "today already" in told[1], "and it is said to whom, or that there was one today", told)
    site.run("courier", "--once")
    mails = [m for m in sink.to("segreteria@posta.example") if "Rinnovi PEC: 3 di 6" in m["Subject"]]
    t.eq(len(mails), 1, "the secretary gets it by mail, once a day")
    parts = {p.get_content_type(): p for p in mails[0].walk()}
    t.ok({"text/plain", "text/html", "text/csv"} <= set(parts) and "<svg" not in parts["text/html"].get_content() and "width:50%" in parts["text/html"].get_content(), "as text, as HTML whose bars are plain, and as CSV", sorted(parts))
    t.eq(site.run("report", "--html", "--csv", check=False)[0], 64, "one form at a time")
    (site.dir / "templates/report.txt").write_text("{{nessuno}}\n", "utf-8")
    code, _, err = site.run("report", check=False)
    t.ok(code == 78 and "report.txt:1" in err and "nessuno" in err, "a broken template is named with its line", err)

    # the budget
    send(site, 3, "Accetto")
    send(site, 4, "Accetto")
    t.eq([state(site, 3), state(site, 4)], [["offered"]] * 2, "an acceptance beyond the budget is held")
    t.eq(len(site.json("held", "list")), 2, "and waits for a person")
    told = [m for m in sink.to("segreteria@posta.example") if "Spesa" in m["Subject"]]
    t.ok(len(told) == 1 and "36,60" in text_of(told[0]), "the secretary is told once")
    letters = [[m for m in sink.to("m%d@posta.example" % n) if "decide ora l'Ordine" in m["Subject"]] for n in (3, 4)]
    t.ok([len(l) for l in letters] == [1, 1] and "nulla è andato perduto" in text_of(letters[0][0]), "each member is told that nothing is lost", str(letters))
    send(site, 3, "Accetto", "Riepilogo")
    t.eq(len([m for m in sink.to("m3@posta.example") if "decide ora l'Ordine" in m["Subject"]]), 1, "once")
    t.eq({h["rule"] for h in site.json("held", "list")}, {"budget-exhausted"}, "held list says why")
    t.ok("budget-exhausted" in site.run("box", "show", "m3@pec.example")[1], "the ledger says why")
    out = site.run("notify", "--date", (today + datetime.timedelta(days=15)).isoformat())[1]
    t.ok("0 reminders of an open order" in out, "who was told that nothing is left to do is not reminded", out)
    held = [h["id"] for h in site.json("held", "list")]
    t.eq(site.run("held", "release", held[0], check=False)[0], 1, "released without more money it is held again")
    site.conf.write_text(site.conf.read_text("utf-8").replace("budget=40,00", "budget=50"), "utf-8")
    t.eq(site.run("held", "release", held[0])[0], 0, "with more money it goes on")
    site.run("courier", "--once")
    t.eq((state(site, 3), state(site, 4)), (["renewed"], ["offered"]), "to the end, and only that one")
    t.eq(site.run("held", "release", held[0], check=False)[0], 66, "what is not held cannot be released")

    # a person has dealt with it
    rest = [h["id"] for h in site.json("held", "list")]
    t.eq(site.run("held", "close", rest[0], check=False)[0], 64, "who closes a held mail says why")
    t.eq(site.run("held", "close", "%sx" % rest[0], "--reason", "x", check=False)[0], 66, "and which")
    for one in rest:
        site.run("held", "close", one, "--reason", "sentito al telefono")
    t.eq((site.json("held", "list"), site.run("held", "close", rest[0], "--reason", "x", check=False)[0]), ([], 66), "closed, it waits no more")
    t.ok("held reply closed" in site.run("box", "show", "m4@pec.example")[1] and "sentito al telefono" in site.run("box", "show", "m4@pec.example")[1], "the ledger keeps what was done")

# An order that waits for a document again is not a matter of money: nobody is told to do nothing.
with Site(smtp_port=sink.port, convention="budget=10,00\n") as site:
    sink.mails.clear()
    site.run("init")
    site.boxes({"box": "m7@pec.example", "reference": "m7@posta.example", "expiry": expiry, "document": "no"})
    site.run("notify")
    site.run("courier", "--once")
    site.start("lmtpd")
    who = "m7@posta.example"
    notice = sink.to(who)[-1]
    m = email.message_from_bytes(replies.gmail(notice, who, "RINNOVA"), policy=email.policy.SMTP)
    m.add_attachment(b"%PDF-1.4\n" + b"carta di identita\n" * 50, "application", "pdf", filename="carta.pdf")
    site.lmtp(m.as_bytes(), replies.token_address(notice), who)
    site.run("courier", "--once")
    summary = sink.to(who)[-1]
    site.run("document", "refuse", site.json("document", "list")[0]["id"], "--reason", "E' scaduto.")
    site.lmtp(replies.gmail(summary, who, "ACCETTO"), replies.token_address(summary), who)
    site.run("courier", "--once")
    t.eq((state(site, 7), [h["rule"] for h in site.json("held", "list")]), (["document"], ["not-possible-in-this-state"]), "an acceptance while the document is missing is held for that, and not for the budget")
    t.ok(not [x for x in sink.to(who) if "decide ora" in x["Subject"]], "and the member is not told to wait for the payer", [x["Subject"] for x in sink.to(who)])
sink.stop()
t.done()
