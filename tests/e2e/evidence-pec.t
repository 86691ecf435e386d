#!/usr/bin/python3
"""Evidence about an order that went by PEC: envelopes and receipts as they came, what was certified, and each of them in the chain."""
import datetime, json, pathlib, shutil, subprocess, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import BINARY, Site, Tap
from pecmail import Provider
from pecprovider import PecServer
from testca import CA

t, ca = Tap(), CA()
ORDER, BOX = "ordine@pec.prova.example", "m.rossi@pec.altra.example"
server, provider = PecServer(ca, ORDER), Provider(ca)
server.fate = {BOX: "late-then-delivered"}
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
tmp = pathlib.Path(tempfile.mkdtemp(prefix="evidence-"))


def story(put_right):
    """PUT_RIGHT: the provider's list moves the expiry while the order is open, and with it the period."""
    with Site(smtp_port=server.port, site="[pec]\nanchors=%s\n" % ca.anchors, courier="type=pec\npec-box=%s\n" % ORDER) as site:
        site.run("init")
        site.boxes({"box": BOX, "reference": BOX, "expiry": expiry})
        site.run("notify")
        site.start("lmtpd")
        given, seen = [], []

        def give(mail, to, sender=""):
            t.ok(site.lmtp(mail, to, sender)[0].startswith("250"), "taken")
            given.append(mail)

        def courier():
            site.run("courier", "--once")
            seen.extend(server.to(BOX))
            for _, _, mail in reversed(server.work()):  # the latest news first: what comes after it moves nothing
                give(mail, "rinnovo@ordine.example")
        courier()
        for n, word in enumerate(("RINNOVA", "ACCETTO", "ACCETTO") if put_right else ("RINNOVA", "ACCETTO")):
            if put_right and n == 1:
                site.boxes({"box": BOX, "reference": BOX, "expiry": (datetime.date.today() + datetime.timedelta(days=35)).isoformat()})
            letter = seen[-1]
            to = replies.token_address(letter)
            give(provider.transport(replies.outlook(letter, BOX, word), BOX, [to]), to, BOX)
            courier()
            courier()
        orders = site.json("order", "list")
        t.eq([(o["state"], o["proof"]) for o in orders], [("renewed", "strong")], "an order went through, with strong proof")
        number = orders[0]["number"]
        out = tmp / ("f%d" % put_right)
        site.run("evidence", number, "--out", out)
        files = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        crlf = lambda b: b.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        came = sorted(f for n, f in files.items() if n.startswith(("replies/", "receipts/")))
        about = [m for m in given if not (put_right and b"\nX-Ricevuta: " in m and b"-Message-ID: <notice." in m)]  # the notice was of the date that was wrong
        t.eq([c.split(b"\r\n\r\n")[0] for c in came], [crlf(m).split(b"\r\n\r\n")[0] for m in sorted(map(crlf, about))], "every envelope and every receipt")
        t.ok(came == sorted(crlf(m) for m in about), "byte for byte")
        kinds = sorted(n.split("-", 1)[1] for n in files if n.startswith("receipts/"))
        n = len([f for f in files if f.startswith("letters/")])
        t.eq((kinds.count("accettazione.eml"), kinds.count("avvenuta-consegna.eml"), kinds.count("preavviso-errore-consegna.eml")), (n, n, n), "receipts of each letter")
        facts = json.loads(files["order.json"])
        certified = [m["registered"] for m in facts["mails"] if m["registered"]]
        t.ok(all(c["signature"] == "valid" and c["provider"] == "Prova PEC S.p.A." and c["identificativo"] for c in certified), "what the provider certified", certified)
        p = subprocess.run([BINARY, "evidence", "verify", out], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        t.ok(p.returncode == 0 and "no row of the ledger" not in p.stdout, "each of them stands in the chain", p.stdout)
        t.ok("%d letters and mails, byte for byte" % (n + len(about)) in p.stdout, "all of them", p.stdout)
        t.ok("ricevuta di avvenuta consegna" in files["index.txt"].decode() and "forte: busta PEC" in files["index.txt"].decode(), "and the index says so")


for put_right in (False, True):
    story(put_right)
server.stop()
shutil.rmtree(tmp)
t.done()
