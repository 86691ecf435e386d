#!/usr/bin/python3
"""Evidence holds whatever way an order went: asked for without any letter at hand, for two boxes in one answer, with a list, a mark and a letter that was
verified in between, with an expiry that the provider's list put right meanwhile. Each row about the order has its mail and its letter with it."""
import datetime, json, pathlib, shutil, subprocess, sys, tempfile, zipfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import BINARY, Sink, Site, Tap

t, sink = Tap(), Sink()
ROSSI, PUBLIC = "maria.rossi@posta.example", "rinnovo@ordine.example"
AUTH = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
tmp = pathlib.Path(tempfile.mkdtemp(prefix="evidence-"))
days = lambda n: (datetime.date.today() + datetime.timedelta(days=n)).isoformat()


def plain(words, sender=ROSSI, to=PUBLIC):
    """A mail of one's own, as somebody writes who has no letter at hand."""
    plain.n += 1
    return ("From: Maria Rossi <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <own-%d@posta.example>\r\nDate: Sat, 28 Nov 2026 10:00:00 +0100\r\n\r\n%s\r\n" % (sender, to, words, plain.n, words)).encode()


plain.n = 0


class Play:
    """A site with boxes of one member, and what he writes."""

    def __init__(self, name, *boxes, **more):
        self.name = name
        self.site = Site(smtp_port=sink.port, authserv="mx.ordine.example", **more)
        self.site.run("init")
        self.site.boxes(*boxes)
        self.site.start("lmtpd")

    def courier(self):
        for _ in range(2):
            self.site.run("courier", "--once")
        return [m for m in sink.to(ROSSI)]

    def write(self, words, to=PUBLIC):
        t.ok(self.site.lmtp(AUTH + plain(words), to)[0].startswith("250"), "%s: %s is taken" % (self.name, words))
        return self.courier()

    def answer(self, letter, words):
        t.ok(self.site.lmtp(AUTH + replies.gmail(letter, ROSSI, words), replies.token_address(letter))[0].startswith("250"), "%s: the answer %s is taken" % (self.name, words))
        return self.courier()

    def orders(self):
        return {o["box"]: o for o in self.site.json("order", "list")}

    def evidence(self, order, *inside):
        """It verifies with nobody to excuse it, and has a mail with each of INSIDE; nothing of other boxes stands in its rows."""
        path = tmp / ("%d.zip" % len(list(tmp.iterdir())))
        self.site.run("evidence", order["number"], "--out", path)
        p = subprocess.run([BINARY, "evidence", "verify", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        t.ok(p.returncode == 0 and "FAIL" not in p.stdout and "no row of the ledger" not in p.stdout, "%s: the evidence of %s holds" % (self.name, order["box"]), p.stdout)
        with zipfile.ZipFile(path) as z:
            mails = [z.read(n) for n in z.namelist() if n.startswith("replies/")]
            rows = [r for c in json.loads(z.read("ledger.json"))["chains"] for r in c["rows"] if r.get("own")]
            letters = [n for n in z.namelist() if n.startswith("letters/")]
        for words in inside:
            t.ok(any(words.encode() in m for m in mails), "%s: with the mail that said %s" % (self.name, words), mails)
        own = max((r["order"], r["box"]) for r in rows)[1]
        t.eq({r["what"] for r in rows if r["box"] not in (0, own)} - {"letter list written", "removed", "forgotten"}, set(), "%s: rows of no other box, but for the list and what became of it" % self.name)
        return letters

    def end(self):
        self.site.end()


def newest(mails, n=1):
    return mails[-n]


# --- without any letter ---
p = Play("no letter", {"box": "a@pec.example", "reference": ROSSI, "expiry": days(20)})
mails = p.write("RINNOVA")
mails = p.answer(newest(mails), "RINNOVA") if not p.orders() else mails
mails = p.answer(newest(mails), "Accetto")
o = p.orders()["a@pec.example"]
t.eq(o["state"], "renewed", "no letter: the order went through")
p.evidence(o, "RINNOVA", "Accetto")
p.end()

# --- a list, a mark, a letter that is verified, in between ---
p = Play("in between", {"box": "a@pec.example", "reference": ROSSI, "expiry": days(20)})
p.site.run("notify")
notice = newest(p.courier())
p.write("ELENCO")
p.write("STATO")
p.write("SEGNO gelsomino")
shown = b"From: Maria Rossi <%s>\r\nTo: verifica@ordine.example\r\nSubject: Fwd: e' vera?\r\nMessage-ID: <v1@posta.example>\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n" % ROSSI.encode() + notice.as_bytes()
p.site.lmtp(AUTH + shown, "verifica@ordine.example")
p.courier()
summary = newest(p.answer(notice, "RINNOVA"))
p.answer(summary, "Accetto")
o = p.orders()["a@pec.example"]
t.eq(o["state"], "renewed", "in between: the order went through")
p.evidence(o, "RINNOVA", "Accetto")
p.end()

# --- two boxes in one answer ---
p = Play("two boxes", {"box": "a@pec.example", "reference": ROSSI, "expiry": days(20)}, {"box": "b@pec.example", "reference": ROSSI, "expiry": days(20)})
mails = p.write("ELENCO")
mails = p.answer(newest(mails), "RINNOVA 1,2")
orders = p.orders()
t.eq(sorted(orders), ["a@pec.example", "b@pec.example"], "two boxes: one answer orders both")
for letter in [m for m in mails if "a@pec.example" in m.as_string() or "b@pec.example" in m.as_string()][-2:]:
    p.answer(letter, "Accetto")
orders = p.orders()
t.eq({o["state"] for o in orders.values()}, {"renewed"}, "two boxes: both went through")
for o in orders.values():
    letters = p.evidence(o, "RINNOVA 1,2", "Accetto", "ELENCO")
    t.ok(any("-list" in n for n in letters), "two boxes: with the list, which says whose number is 2", letters)
p.end()

# --- the first box leaves, and what it brought along goes with it ---
def by_number(name, **more):
    """A and B; the list is asked for by an answer to A's notice, and once more before it is answered."""
    p = Play(name, *[{"box": "%s@pec.example" % b, "reference": ROSSI, "expiry": days(20)} for b in "ab"], **more)
    p.site.run("notify")
    notice = [m for m in p.courier() if "a@pec.example" in m.as_string()][-1]
    p.answer(notice, "ELENCO")
    lists = [p.answer(notice, "STATO")[-1]]
    mails = p.answer(lists[-1], "RINNOVA 1,2")
    for letter in mails[-2:]:
        p.answer(letter, "Accetto")
    orders = p.orders()
    t.eq({o["state"] for o in orders.values()}, {"renewed"}, "%s: both went through" % name)
    return p, orders["b@pec.example"]


p, o = by_number("one list")
letters = p.evidence(o, "RINNOVA 1,2", "STATO")
t.eq(sum("-list" in n for n in letters), 1, "one list: only the one that was answered")
(p.site.dir / "left.csv").write_text("box,holder,reference,expiry,convention,state\na@pec.example,Maria Rossi,%s,%s,fnomceo,closed\n" % (ROSSI, days(385)))
p.site.run("import", p.site.dir / "left.csv")
p.courier()
p.site.run("box", "forget", "a@pec.example", "--reason", "ceduta a Verdi")
p.evidence(o, "RINNOVA 1,2")
with zipfile.ZipFile(sorted(tmp.iterdir(), key=lambda f: int(f.stem) if f.stem.isdigit() else -1)[-1]) as z:
    t.ok(b"Verdi" not in z.read("ledger.json"), "one list: why the other box was forgotten is nobody's matter")
p.end()
p, o = by_number("hold", keep="mail-years=2\n")
p.site.run("box", "legal-hold", "b@pec.example", "--reason", "ricorso")
p.site.run("prune", "--date", days(365 * 5))
p.evidence(o, "RINNOVA 1,2")
p.end()

# --- the provider's list puts the expiry right while the order is open ---
p = Play("put right", {"box": "a@pec.example", "reference": ROSSI, "expiry": days(20)})
p.site.run("notify")
summary = newest(p.answer(newest(p.courier()), "RINNOVA"))
p.site.boxes({"box": "a@pec.example", "reference": ROSSI, "expiry": days(25)})
mails = p.answer(summary, "Accetto")
if p.orders()["a@pec.example"]["state"] != "renewed":
    p.answer(newest(mails), "Accetto")
o = p.orders()["a@pec.example"]
t.eq(o["state"], "renewed", "put right: the order went through")
letters = p.evidence(o, "RINNOVA", "Accetto")
t.ok(sum("-summary" in n for n in letters) >= 1, "put right: with the summary that was written before", letters)
p.end()

# --- the box goes to another convention, and what is old enough is removed ---
OTHER = """[convention altra]
name=Altra convenzione
payer=Ordine dei Medici di Prova
secretary=segreteria@posta.example
type=PEC ALTRA
term=12
price=12,20
vat=22
provider=manual
"""
p = Play("moved", {"box": "a@pec.example", "reference": ROSSI, "expiry": days(20)}, convention=OTHER, keep="mail-years=2\n")
p.site.run("notify")
p.answer(newest(p.answer(newest(p.courier()), "RINNOVA")), "Accetto")
o = p.orders()["a@pec.example"]
t.eq(o["state"], "renewed", "moved: the order went through")
(p.site.dir / "moved.csv").write_text("box,holder,reference,expiry,convention\na@pec.example,Maria Rossi,%s,%s,altra\n" % (ROSSI, days(385)))
p.site.run("import", p.site.dir / "moved.csv")
p.site.run("prune", "--date", days(365 * 5))
p.site.run("evidence", o["number"], "--out", tmp / "moved.zip")
v = subprocess.run([BINARY, "evidence", "verify", tmp / "moved.zip"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
t.ok(v.returncode == 0 and "of altra says that mails and letters of the box were removed" in v.stdout, "moved: the row of the new convention's chain tells why they are not there", v.stdout)
p.end()

sink.stop()
shutil.rmtree(tmp)
t.done()
