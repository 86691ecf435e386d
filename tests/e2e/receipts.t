#!/usr/bin/python3
"""Letters that leave from a PEC box, and what its provider tells of them: per recipient, in any order, kept byte for
byte; what is not proven changes nothing."""
import datetime, email.utils, pathlib, random, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Site, Tap
from pecmail import Provider, daticert
from pecprovider import PecServer
from testca import CA

t, ca = Tap(), CA()
BOX, PUBLIC = "ordine@pec.prova.example", "rinnovo@ordine.example"
server = PecServer(ca, BOX)
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
STATES = {"delivered": "delivered", "external": "accepted-external", "no-dest": "failed", "altro": "failed", "late": "late",
          "late-then-delivered": "delivered", "lapsed": "not-delivered-in-time", "virus": "failed", "refused": "failed",
          "refused-virus": "failed"}
WHO = {"m%d@pec.example" % n: fate for n, fate in enumerate(STATES)}
server.fate = dict(WHO)
random.seed(6)
M0 = "m0@pec.example"

with Site(smtp_port=server.port, site="[pec]\nanchors=%s\n" % ca.anchors, courier="type=pec\npec-box=%s\n" % BOX) as site:
    site.run("init")
    site.boxes(*[{"box": "b" + m, "reference": m, "expiry": expiry} for m in WHO])
    site.run("notify")
    site.run("courier", "--once")
    t.eq({s for s, _, _ in server.mails}, {BOX}, "MAIL FROM is the box: no address of its own for each letter")
    letter = server.to(M0)[0]
    from_, reply = (email.utils.parseaddr(str(letter[n]))[1] for n in ("From", "Reply-To"))
    t.ok(from_ == BOX and reply.startswith("rinnovo+") and letter["X-TipoRicevuta"] == "completa",
         "From is the box, answers go to the token, and the receipt is to be complete", letter)
    site.start("lmtpd")

    def letters(who, box=None):
        found = site.json("box", "show", box or "b" + who)[0]["letters"]
        return [l for l in found if l["to"] == who and l["kind"] == "notice"]

    def give(mail):
        return site.lmtp(mail, PUBLIC, "")[0].startswith("250")

    receipts = server.work()
    t.eq(len(receipts), 19, "the provider wrote its receipts")

    # forged ones first: unsigned, signed by nobody's authority, genuine ones about other mail
    forger = Provider(ca, leaf="forger", make=False)
    ca.issue("forger", "/C=IT/ST=Bergamo/L=Ponte San Pietro/O=Prova PEC S.p.A./CN=F", "public",
             "keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\nsubjectAltName=email:%s\n" % forger.address)
    msgid = letter["Message-ID"].strip("<>")
    forged = forger.receipt("avvenuta-consegna", BOX, [M0], msgid, "x@pec.prova.example", consegna=M0)
    unsigned = ("From: %s\r\nX-Ricevuta: avvenuta-consegna\r\nX-Riferimento-Message-ID: <%s>\r\nSubject: CONSEGNA: x\r\n"
                "Message-ID: <u@x.example>\r\n\r\nconsegnato\r\n" % (forger.address, msgid)).encode()
    stranger = Provider(ca)
    others = stranger.receipt("avvenuta-consegna", "altri@pec.prova.example", [M0], "loro@altri.example", "y@pec.prova.example",
                              consegna=M0)
    borrowed = others.replace(b"X-Riferimento-Message-ID: <loro@altri.example>",
                              b"X-Riferimento-Message-ID: <%s>" % msgid.encode()).replace(b"Message-ID: <jpec", b"Message-ID: <k", 1)
    twin = stranger.receipt("avvenuta-consegna", BOX, [M0], "scritta-a-mano@x.example", "w@pec.prova.example", consegna=M0)
    twin = twin.replace(b"X-Riferimento-Message-ID: <scritta-a-mano@x.example>", b"X-Riferimento-Message-ID: <%s>" % msgid.encode())
    changed = receipts[1][2].replace(b"Ricevuta: avvenuta-consegna", b"Ricevuta: avvenuta consegna")
    t.ok(all([give(m) for m in (forged, unsigned, others, borrowed, twin, changed)]), "forged and foreign receipts are taken")
    t.eq([l["receipt"] for l in letters(M0)], [None], "and change nothing")
    rows = [(r["kind"], r["letter"], r["signature"], r["fault"]) for r in site.json("receipt", "list")]
    kind = "avvenuta-consegna"
    t.eq(rows, [(kind, None, "untrusted", "pec-untrusted"), (kind, None, "missing", "pec-not-signed"), (kind, None, "valid", None),
                (kind, None, "valid", None), (kind, None, "valid", None), (kind, None, "invalid", "pec-signature-broken")],
         "they are kept and listed, with what is wrong")

    # the genuine ones, in any order
    random.shuffle(receipts)
    t.ok(all([give(m) for _, _, m in receipts]), "the receipts are taken in any order")
    for who, fate in WHO.items():
        t.eq([l["receipt"] for l in letters(who)], [STATES[fate]], "%s: %s" % (fate, STATES[fate]))
    show = site.run("box", "show", "b" + M0)[1]
    t.ok("notified on " in show and "(delivery receipt jpec" in show, "box show says so", show)
    t.ok("letter delivered by receipt" in show, "and so does the ledger", show)
    t.ok("letter failed by receipt" in site.run("box", "show", "bm2@pec.example")[1], "the one that failed as well")
    lost = letters("m2@pec.example")[0]
    t.eq((lost["delivery"], lost["delivery_why"]),
         ("undeliverable", "5.1.1 5.1.1 - Prova PEC S.p.A. - indirizzo non valido"), "it counts as undeliverable")
    t.eq(letters("m4@pec.example")[0]["delivery"], "delayed", "a warning after 12 hours as delayed")
    site.run("courier", "--once")
    t.ok([1 for s, r, _ in server.mails if r == "bm2@pec.example"], "and the letter goes to another address of the holder")

    # byte for byte
    good = [r for r in site.json("receipt", "list") if r["kind"] == kind and r["letter"] and r["consegna"] == M0]
    want = [m for k, r, m in receipts if k == kind and r == M0][0]
    p = site._popen(["receipt", "export", str(good[0]["id"])], stdout=subprocess.PIPE)
    t.ok(p.communicate()[0] == want, "a receipt is exported as it came")
    t.ok(b"X-Trasporto: posta-certificata" in server.boxes[M0][0], "the member has the letter in an envelope")

    # joined by the provider's number where the Message-ID is not told
    site.boxes({"box": "nuova@pec.example", "reference": "n@pec.example", "expiry": expiry})
    site.run("notify")
    server.mails.clear()
    site.run("courier", "--once")
    acceptance, _ = server.one(*[(r, m) for _, r, m in server.mails if r == "n@pec.example"][0])
    give(acceptance[2])
    t.eq(letters("n@pec.example", "nuova@pec.example")[0]["receipt"], "accepted", "the acceptance is joined")
    number = [r for r in site.json("receipt", "list") if r["letter"]][-1]["identificativo"]
    xml = daticert(kind, BOX, [("n@pec.example", "certificato")], number, "", datetime.datetime.now(datetime.timezone.utc),
                   receipt="sintetica", consegna="n@pec.example").replace(b"        <msgid>&lt;&gt;</msgid>\n", b"")
    give(server.provider.receipt(kind, BOX, ["n@pec.example"], "altro@x.example", number, xml=xml, consegna="n@pec.example"))
    t.eq(letters("n@pec.example", "nuova@pec.example")[0]["receipt"], "delivered", "a delivery without msgid by the provider's number")

    # one that came while nothing that it leads to was believed
    site.boxes({"box": "tarda@pec.example", "reference": "p@pec.example", "expiry": expiry})
    site.run("notify")
    server.mails.clear()
    site.run("courier", "--once")
    acceptance, _ = server.one(*[(r, m) for _, r, m in server.mails if r == "p@pec.example"][0])
    conf = site.conf.read_text()
    empty = site.dir / "empty"
    empty.mkdir()
    site.conf.write_text(conf.replace("anchors=%s\n" % ca.anchors, "anchors=%s\n" % empty).replace("type=pec\npec-box=%s\n" % BOX, ""))
    alone = site.conf.read_text().replace("socket=%s/lmtp.sock" % site.dir, "socket=%s/nobody.sock" % site.dir)
    site.conf.write_text(alone)
    site.run("deliver", "--rcpt", PUBLIC, input=acceptance[2])
    late = site.json("receipt", "list")[-1]
    t.ok(late["fault"] and not late["letter"], "a receipt that leads to no anchor does not count", late)
    site.conf.write_text(conf)
    out = site.run("receipt", "again", str(late["id"]))[1]
    t.ok("accettazione" in out and " L" in out, "once the anchor is there it is read again, and counts", out)
    t.eq(letters("p@pec.example", "tarda@pec.example")[0]["receipt"], "accepted", "for its letter")
    t.ok(any(e["what"] == "receipt read again" and e["who"].startswith("admin:") for e in site.json("box", "show", "tarda@pec.example")[0]["ledger"]), "the ledger says who had it read")
    code, _, err = site.run("receipt", "again", str(late["id"]), check=False)
    t.ok(code != 0 and "good already" in err, "and once is enough", err)
    t.eq(site.run("receipt", "again", "9999", check=False)[0] != 0, True, "there is no such receipt")

    # what providers tell each other, and nobody should send us
    for what in ("presa-in-carico", "rilevazione-virus"):
        before = len(site.json("receipt", "list"))
        t.ok(give(server.provider.receipt(what, BOX, ["n@pec.example"], "z@x.example", "q@pec.prova.example")) and
             len(site.json("receipt", "list")) == before + 1 and not site.json("held", "list"),
             "%s is recorded, and nothing follows" % what)

server.stop()
t.done()
