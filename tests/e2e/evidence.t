#!/usr/bin/python3
"""`rinnova evidence`: an order of the whole story as a folder, an archive and a mail; every file byte for byte, and whatever is changed, taken
away or put in is found, also by who has neither store nor configuration. Hostile archives are refused."""
import datetime, email, email.policy, hashlib, html.parser, io, json, os, pathlib, shutil, sqlite3, stat, subprocess, sys, tempfile, zipfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import BINARY, Sink, Site, Tap, wait_for
from testca import openssl
from tsa import Authority

t, sink = Tap(), Sink()
ROSSI, BOX = "maria.rossi@posta.example", "maria.rossi@pec.example"
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
AUTH = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
tmp = pathlib.Path(tempfile.mkdtemp(prefix="evidence-"))
tsa = Authority(tmp / "tsa")
openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "7300", "-subj", "/O=Ordine di Prova/CN=Fascicoli", "-keyout", tmp / "sign.key", "-out", tmp / "sign.pem")
os.chmod(tmp / "sign.key", 0o600)
anchors = tmp / "anchors"
anchors.mkdir()
for name, data in (("tsa.pem", tsa.anchor.read_bytes()), ("sign.pem", (tmp / "sign.pem").read_bytes())):
    (anchors / name).write_bytes(data)
SITE = "timestamp-url=%s\ntimestamp-anchors=%s\n" % (tsa.url, tsa.anchor)
SIGN = "evidence-key=%s\nevidence-certificate=%s\n" % (tmp / "sign.key", tmp / "sign.pem")


def verify(path, *args):
    """By a program that knows nothing of the site: no configuration, an empty folder as home."""
    p = subprocess.run([BINARY, "evidence", "verify", str(path), *map(str, args)], cwd="/", env={"PATH": os.environ["PATH"], "RINNOVA_CONFIG": "/nowhere"},
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    return p.returncode, p.stdout + p.stderr


class Reader(html.parser.HTMLParser):
    """Links and words of a page; every tag that is opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.links, self.words, self.open, self.bad = [], "", [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "img", "link", "iframe"):
            self.bad.append(tag)
        if tag not in ("meta",):
            self.open.append(tag)
        self.links += [v for k, v in attrs if k == "href"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append("/" + tag)

    def handle_data(self, data):
        self.words += data


with Site(smtp_port=sink.port, authserv="mx.ordine.example", site=SITE + SIGN) as site:
    site.run("init")
    site.boxes({"box": BOX, "reference": ROSSI, "expiry": expiry, "holder": "Maria <b>Rossi</b>"},
               *[{"box": "b%d@pec.example" % n, "reference": "m%d@posta.example" % n, "expiry": expiry} for n in range(5)])
    site.run("notify")
    site.start("lmtpd")
    site.run("courier", "--once")
    notice = sink.to(ROSSI)[0]
    sent = {1: AUTH + replies.gmail(notice, ROSSI, "RINNOVA")}
    site.lmtp(sent[1], replies.token_address(notice))
    other = sink.to("m1@posta.example")[0]
    site.lmtp(AUTH + replies.gmail(other, "m1@posta.example", "RINNOVA"), replies.token_address(other), "m1@posta.example")
    site.run("courier", "--once")
    summary = sink.to(ROSSI)[1]
    sent[3] = AUTH + replies.iphone(summary, ROSSI, "Accetto")
    site.lmtp(sent[3], replies.token_address(summary))
    site.run("courier", "--once")
    site.run("courier", "--once")
    order = site.json("order", "list")[0]
    number = order["number"]
    t.eq(order["state"], "renewed", "an order went through")
    db = sqlite3.connect(site.dir / "rinnova.db")
    db.execute("UPDATE ledger_head SET due = 0, day = '2026-01-01' WHERE 1")  # yesterday's, so that today's is written
    db.commit()
    site.run("courier", "--once")
    t.ok(db.execute("SELECT count(*) FROM ledger_head WHERE stamped > 0").fetchone()[0] >= 2, "and the ledger is stamped")

    # --- as a folder ---
    out = tmp / "fascicolo"
    said = site.run("evidence", number, "--out", out, "--format", "dir")[1]
    t.ok(", signed, " in said and "%s: " % out in said, "evidence says what it wrote", said)
    files = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    names = sorted(files)
    t.ok(all(n in names for n in ("index.html", "index.txt", "manifest.json", "manifest.json.p7s", "order.json", "ledger.json")), "the parts are there", names)
    letters = {n: f for n, f in files.items() if n.startswith("letters/")}
    stored = dict(db.execute("SELECT id, raw FROM letter WHERE box_id = (SELECT id FROM box WHERE name = ?)", (BOX,)))
    t.eq(sorted(letters.values()), sorted(stored.values()), "every letter of the order, byte for byte, and of no other")
    wire = [m for _, r, m in sink.mails if r == ROSSI]
    t.ok(all(any(w.replace(b"\r\n", b"\n").strip() == f.replace(b"\r\n", b"\n").strip() for w in wire) for f in letters.values()), "as they went over the wire")
    crlf = lambda b: b.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    t.eq(sorted(f for n, f in files.items() if n.startswith("replies/")), sorted(crlf(r) for r in sent.values()), "every reply, byte for byte as it came")
    contract = (site.dir / "contratto.txt").read_bytes()
    t.eq([f for n, f in files.items() if n.startswith("contracts/")], [contract], "the contract as it was enclosed")
    t.ok(all(stat.S_IMODE(p.stat().st_mode) & 0o077 == 0 for p in [out, *out.rglob("*")]), "readable by its owner only")
    manifest = json.loads(files["manifest.json"])
    t.eq({f["path"]: (f["size"], f["sha256"]) for f in manifest["files"]},
         {n: (len(f), hashlib.sha256(f).hexdigest()) for n, f in files.items() if not n.startswith("manifest.")}, "the manifest names every file with its SHA-256")
    facts = json.loads(files["order.json"])
    mail = facts["mails"][-1]
    t.eq((mail["decision"]["rule"], mail["decision"]["action"], mail["authentication"]["proof"]), ("good-token-normal-accept", "conclude", "normal"), "the decision and its rule")
    t.ok(["Authentication-Results", AUTH.decode().split(": ", 1)[1].strip()] in mail["authentication"]["header"], "the verdicts with their inputs", mail["authentication"])
    t.eq(facts["contracts"][0]["sha256"], hashlib.sha256(contract).hexdigest(), "the contract's SHA-256")
    t.ok("m1@posta.example" not in b"".join(f for n, f in files.items() if not n.startswith("letters/")).decode("utf-8", "replace"), "nothing of another member")
    page = Reader(files["index.html"].decode())
    t.eq((page.bad, page.open), ([], []), "the page is well made, and nothing in it is run or fetched")
    t.ok("Maria <b>Rossi</b>" in page.words, "what members wrote is text in it")
    t.eq([l for l in page.links if l not in files], [], "every link leads to a file")
    text = files["index.txt"].decode()
    t.ok(text.startswith("Fascicolo dell'ordine di rinnovo " + number) and "File on the renewal order" in text, "Italian first, then English", text[:300])
    t.ok(max(len(l) for l in text.splitlines()) <= 200 and number in text and "good-token-normal-yes" in text, "the text index says the same")

    # --- it holds, for who has nothing but the files ---
    code, said = verify(out, "--anchors", anchors)
    t.ok(code == 0 and "This evidence holds." in said, "it verifies", said)
    for words in ("ok    manifest: order " + number, "ok    signature: of the manifest by CN=Fascicoli", "ok    ledger fnomceo: ", "ok    time-stamp ", "says CN=tsa", "ok    mails: ", "ok    contracts: 1, each enclosed"):
        t.ok(words in said, "it says: " + words.strip(), said)
    rows = json.loads(files["ledger.json"])["chains"][0]["rows"]
    t.ok(any("content" in r for r in rows) and any(r.get("own") for r in rows), "of other rows it holds the digests only")
    code, bare = verify(out)
    t.ok(code == 0 and "who vouches for it was not verified" in bare and "note  signature" in bare, "without anchors it says what it does not know", bare)
    code, said = verify(out, "--anchors", tmp / "tsa" / "other-ca.pem")
    t.ok(code == 1 and "is not trusted" in said, "with somebody else's anchors it does not hold", said)
    p = subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", out / "manifest.json.p7s", "-content", out / "manifest.json", "-purpose", "any",
                        "-CAfile", tmp / "sign.pem", "-out", "/dev/null"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    t.eq(p.returncode, 0, "OpenSSL agrees about the signature")

    # --- an existing target is refused; other formats; the same bytes again ---
    code, _, err = site.run("evidence", number, "--out", out, "--format", "dir", check=False)
    t.ok(code != 0 and "is there already" in err, "what is there is not written over", err)
    archive, mailfile = tmp / "f.zip", tmp / "f.eml"
    site.run("evidence", number, "--out", archive)
    site.run("evidence", number, "--out", mailfile)
    t.ok(verify(archive, "--anchors", anchors)[0] == 0 and verify(mailfile, "--anchors", anchors)[0] == 0, "archive and mail verify as well", verify(mailfile)[1])
    m = email.message_from_bytes(mailfile.read_bytes(), policy=email.policy.default)
    t.ok("Fascicolo dell'ordine" in m.get_body(("plain",)).get_content() and [a.get_filename() for a in m.iter_attachments()] == ["rinnova-%s.zip" % number], "the mail has the index and the archive")
    with zipfile.ZipFile(archive) as z:
        t.eq((z.testzip(), z.namelist() == sorted(z.namelist())), (None, True), "Python reads the archive, in the order of names")
        t.eq({n: z.read(n) for n in z.namelist() if not n.startswith("manifest.json.p7s")}, {n: f for n, f in files.items() if n != "manifest.json.p7s"}, "it holds the same files")
    code, _, err = site.run("evidence", number, "--out", archive, check=False)
    t.ok(code != 0 and "is there already" in err, "nor is an archive written over", err)
    conf = tmp / "unsigned.conf"
    conf.write_text(site.conf.read_text().replace(SIGN, ""))
    site.run("evidence", number, "--out", tmp / "u1.zip", "--config", conf)
    site.run("evidence", number, "--out", tmp / "u2.zip", "--config", conf)
    t.ok((tmp / "u1.zip").read_bytes() == (tmp / "u2.zip").read_bytes(), "the same order gives the same archive")
    code, said = verify(tmp / "u1.zip", "--anchors", anchors)
    t.ok(code == 0 and "note  signature: there is none" in said and "that it is everything, nobody vouches" in said, "unsigned, the time-stamp vouches for what is there, and for no more", said)
    t.eq([p.name for p in tmp.iterdir() if p.name.startswith(".")], [], "nothing half done is left")
    code, _, err = site.run("evidence", number, "--out", tmp / "no" / "where.zip", check=False)
    t.ok(code == 65, "a folder that is not there is named", err)
    code, _, err = site.run("evidence", "2026-999999", "--out", tmp / "x.zip", check=False)
    t.ok(code == 66 and "there is no order" in err and not (tmp / "x.zip").exists(), "an order that is not there", err)
    os.chmod(tmp / "sign.key", 0o644)
    code, _, err = site.run("evidence", number, "--out", tmp / "x.zip", check=False)
    t.ok(code == 78 and "others may read this key" in err and not (tmp / "x.zip").exists(), "a key that others may read is refused", err)
    os.chmod(tmp / "sign.key", 0o600)
    cred = tmp / "cred.conf"
    cred.write_text(site.conf.read_text().replace(str(tmp / "sign.key"), "credential:sign.key").replace(str(tmp / "sign.pem"), "credential:sign.pem"))
    os.environ["CREDENTIALS_DIRECTORY"] = str(tmp)
    site.run("evidence", number, "--out", tmp / "c.zip", "--config", cred)
    del os.environ["CREDENTIALS_DIRECTORY"]
    t.eq(verify(tmp / "c.zip", "--anchors", anchors)[0], 0, "the key may be a credential of the service manager")

    # --- each file changed by one byte, taken away, put in ---
    def changed(how):
        work = tmp / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(out, work)
        how(work)
        return verify(work, "--anchors", anchors)

    def flip(path):
        b = bytearray(path.read_bytes())
        b[len(b) // 2] ^= 1
        path.write_bytes(bytes(b))

    missed = [n for n in names if changed(lambda w: flip(w / n))[0] != 1]
    t.eq(missed, [], "one byte changed in any of %d files is found" % len(names))
    missed = [n for n in names if changed(lambda w: (w / n).unlink())[0] != 1]
    t.eq(missed, [], "any of them taken away is found")
    code, said = changed(lambda w: (w / "replies" / "R9999.eml").write_bytes(b"From: x\r\n\r\nNON RINNOVO\r\n"))
    t.ok(code == 1 and "replies/R9999.eml: was put in" in said, "one that was put in is found and named", said)
    code, said = changed(lambda w: flip(w / names[-1]))
    t.ok(names[-1] in said, "and the one that was changed is named", said)

    # --- whoever writes the manifest anew (unsigned) is still found by ledger and stamp ---
    def forge(how):
        def act(work):
            how(work)
            m = json.loads((work / "manifest.json").read_text())
            m["signed"] = False
            m["files"] = [{"path": str(p.relative_to(work)), "size": p.stat().st_size, "sha256": hashlib.sha256(p.read_bytes()).hexdigest()}
                          for p in sorted(work.rglob("*")) if p.is_file() and not p.name.startswith("manifest.json")]
            (work / "manifest.json").write_text(json.dumps(m))
            (work / "manifest.json.p7s").unlink()
        return changed(act)

    def in_ledger(change):
        def act(work):
            ledger = json.loads((work / "ledger.json").read_text())
            change(ledger["chains"][0]["rows"])
            (work / "ledger.json").write_text(json.dumps(ledger))
        return act

    def netstrings(*fields):
        return b"".join(b"%d:%s," % (len(str(f).encode()), str(f).encode()) for f in fields)

    def chain(rows, before, convention="fnomceo"):
        """The digests anew, as src/model/ledger.h describes them."""
        for r in rows:
            if "content" in r:
                content = bytes.fromhex(r["content"])
            else:
                content = hashlib.sha256(netstrings("rinnova-ledger/2", convention, *(r[k] for k in (
                    "seq", "at", "who", "what", "why", "box", "period", "order", "mail", "letter", "detail_sha256", "mail_sha256", "letter_sha256")))).digest()
            before = r["digest"] = hashlib.sha256(bytes.fromhex(before or "0" * 64) + content).hexdigest()
        return rows
    ledger = json.loads(files["ledger.json"])["chains"][0]
    t.eq(chain(json.loads(json.dumps(rows)), ledger["before"]), rows, "another program comes to the same digests")

    def rewrite(rows):
        rows[own[2]]["why"] = "altro"
        chain(rows, ledger["before"])
    def in_chain(change):
        def act(work):
            ledger = json.loads((work / "ledger.json").read_text())
            change(ledger["chains"][0])
            (work / "ledger.json").write_text(json.dumps(ledger))
        return act

    def renamed(c):
        chain(c["rows"], c["before"], "altra")
        c["convention"] = "altra"

    def from_later(c):
        """Rows of one's own behind the head, which is their `before`."""
        head, n = c["rows"][-1]["digest"], len(c["rows"])
        for r in c["rows"]:
            r["seq"] += n
        chain(c["rows"], head)
        c["before"] = head

    def one_more(what):
        def act(c):
            last = dict(next(r for r in c["rows"] if r.get("own")), seq=c["rows"][-1]["seq"] + 1, what=what, mail=0, letter=0, mail_sha256="", letter_sha256="", detail_sha256="")
            last.pop("detail", None)
            c["rows"].append(last)
            chain(c["rows"], c["before"])
        return in_chain(act)

    def both(*acts):
        return lambda w: [act(w) for act in acts]

    def hide(work):
        """The row of a reply as if it were about others, and the reply taken away."""
        def act(rows):
            for r in rows:
                if r.get("mail") == int(reply.split("R")[1].split(".")[0]):
                    content = hashlib.sha256(netstrings("rinnova-ledger/2", "fnomceo", *(r[k] for k in (
                        "seq", "at", "who", "what", "why", "box", "period", "order", "mail", "letter", "detail_sha256", "mail_sha256", "letter_sha256")))).hexdigest()
                    seq, digest = r["seq"], r["digest"]
                    r.clear()
                    r.update(seq=seq, content=content, digest=digest)
        in_ledger(act)(work)
        (work / reply).unlink()

    def own_letter(work):
        """A letter that no row holds, with another contract, and that contract."""
        m = email.message_from_bytes((work / next(n for n in names if n.endswith("-summary.eml"))).read_bytes(), policy=email.policy.default)
        m.add_attachment(b"CONTRATTO FALSO\n", maintype="text", subtype="plain", filename="contratto.txt")
        (work / "letters" / "L999999-summary.eml").write_bytes(m.as_bytes())
        (work / "contracts" / ("%.8s-contratto.txt" % hashlib.sha256(b"CONTRATTO FALSO\n").hexdigest())).write_bytes(b"CONTRATTO FALSO\n")

    reply = [n for n in names if n.startswith("replies/")][-1]
    contract_file = next(n for n in names if n.startswith("contracts/"))
    letter = [n for n in names if n.startswith("letters/")][0]
    own = [i for i, r in enumerate(rows) if r.get("own")]
    hidden = [i for i, r in enumerate(rows) if "content" in r]
    t.eq(forge(lambda w: None)[0], 0, "a manifest written anew without any change is no forgery")
    for name, how, words in (
            ("a reply", lambda w: flip(w / reply), "is not the mail that row"),
            ("a letter", lambda w: flip(w / letter), "is not the letter that row"),
            ("a reply taken away", lambda w: (w / reply).unlink(), "is not here: row"),
            ("a row's reason", in_ledger(lambda r: r[own[2]].update(why="x")), "its digest does not fit"),
            ("a row's time", in_ledger(lambda r: r[own[-1]].update(at=1)), "its digest does not fit"),
            ("a row between", in_ledger(lambda r: r[hidden[0]].update(content="0" * 64)), "its digest does not fit"),
            ("a row taken out", in_ledger(lambda r: r.pop(own[3])), "gap"),
            ("rows that changed places", in_ledger(lambda r: r.insert(own[3], r.pop(own[4]))), "gap"),
            ("the whole chain written anew", in_ledger(rewrite), "had another digest then: the ledger was written anew"),
            ("a detail", in_ledger(lambda r: next(x for x in r if "detail" in x).update(detail="x")), "its detail is not"),
            ("the chain of another convention", in_chain(renamed), "neither a signature nor a time-stamp of its rows"),
            ("a chain that begins behind the stamp", in_chain(from_later), "nobody"),
            ("a stamp over nothing", in_chain(renamed), "is over none of the rows that are here"),
            ("a row behind the stamp", one_more("order renewed"), "are vouched for by nobody"),
            ("a removal that nobody vouches for", both(one_more("removed"), lambda w: (w / reply).unlink()), "is not here: row"),
            ("another mail under the number of a reply", lambda w: (w / reply.replace(".eml", "-a.eml")).write_bytes(b"From: x\r\n\r\nANNULLO\r\n"), "is no file of such evidence"),
            ("a number written otherwise", lambda w: (w / reply.replace("R", "R0")).write_bytes(b"From: x\r\n\r\nANNULLO\r\n"), "is no file of such evidence"),
            ("a file of no kind", lambda w: (w / "sentenza.txt").write_text("x"), "sentenza.txt: is no file of such evidence"),
            ("a contract", lambda w: flip(w / contract_file), "is no file of such evidence"),
            ("a contract under its right name", lambda w: (w / ("contracts/%.8s-contratto.txt" % hashlib.sha256(b"altro").hexdigest())).write_bytes(b"altro"), "is enclosed in none of the letters"),
            ("a contract in a letter of one's own", own_letter, "is enclosed in none of the letters"),
            ("a record of heads", lambda w: flip(next((w / "stamps").glob("*.txt"))), "time-stamp"),
            ("no stamp", lambda w: next((w / "stamps").glob("*.tsr")).unlink(), "is missing"),
            ("no stamps at all", lambda w: shutil.rmtree(w / "stamps"), "neither a signature nor a time-stamp")):
        code, said = forge(how)
        t.ok(code == 1 and words in said, "a forged manifest does not hide: " + name, said)

    code, said = forge(hide)
    t.ok("This evidence holds." not in said and "that it is everything, nobody vouches" in said, "what was left out without a trace is not called whole: only the signature says that", said)

    # --- the mail around the archive ---
    def in_mail(change):
        m = email.message_from_bytes(mailfile.read_bytes(), policy=email.policy.default)
        change(m)
        (tmp / "changed.eml").write_bytes(m.as_bytes())
        return verify(tmp / "changed.eml", "--anchors", anchors)
    code, said = verify(mailfile, "--anchors", anchors)
    t.ok(code == 0 and "its text is the index of the archive" in said and "are not part of the evidence" in said, "what of the mail is evidence, and what is not", said)
    t.eq(in_mail(lambda m: m.replace_header("Subject", "Fwd: fascicolo"))[0], 0, "a mail program that wrote the mail anew changes nothing")
    body = m.get_body(("plain",)).get_content()
    code, said = in_mail(lambda m: m.get_body(("plain",)).set_content(body.replace("RINNOVA", "ANNULLA")))
    t.ok(body.count("RINNOVA") and code == 1 and "its text is not the index.txt of the archive" in said, "its text changed is found", said)
    code, said = in_mail(lambda m: m.add_attachment(b"%PDF-1.4 altro", maintype="application", subtype="pdf", filename="perizia.pdf"))
    t.ok(code == 1 and "has 1 parts beside text and archive" in said, "something enclosed beside it is found", said)
    note = email.message_from_bytes(b"From: x@posta.example\r\nSubject: annullo\r\n\r\nANNULLO\r\n", policy=email.policy.default)
    code, said = in_mail(lambda m: m.add_attachment(note))
    t.ok(code == 1 and "has 1 parts beside text and archive" in said, "a mail enclosed beside it as well", said)

    def behind(m):
        for _ in range(8):
            m.add_attachment(note)
        m.add_attachment(b"%PDF-1.4 altro", maintype="application", subtype="pdf", filename="perizia.pdf")
    code, said = in_mail(behind)
    t.ok(code == 1 and "has 9 parts beside text and archive" in said, "and one behind others", said)

    # --- what was removed when its time was over ---
    raw, = db.execute("SELECT raw FROM inbox WHERE id = 1").fetchone()
    db.execute("UPDATE inbox SET raw = NULL WHERE id = 1")
    db.commit()
    site.run("evidence", number, "--out", tmp / "g.zip")
    code, said = verify(tmp / "g.zip", "--anchors", anchors)
    t.ok(code == 0 and "note  R1: is not kept any more" in said, "a reply that is not kept any more is told, and the signature vouches for that", said)
    t.ok("non più conservato" in zipfile.ZipFile(tmp / "g.zip").read("index.txt").decode(), "the index says so")
    site.run("evidence", number, "--out", tmp / "gu.zip", "--config", conf)
    code, said = verify(tmp / "gu.zip", "--anchors", anchors)
    t.ok(code == 1 and "no signature that you trust says so" in said, "unsigned, anybody could say that", said)
    db.execute("UPDATE inbox SET raw = ? WHERE id = 1", (raw,))
    db.commit()

    # --- the ledger of the store was changed: what is exported then does not hold ---
    db.executescript("DROP TRIGGER ledger_no_update; UPDATE ledger SET why = 'x' WHERE what = 'order offered->accepted'")
    site.run("evidence", number, "--out", tmp / "t.zip")
    code, said = verify(tmp / "t.zip", "--anchors", anchors)
    t.ok(code == 1 and "its digest does not fit" in said, "evidence from a ledger that was changed does not hold", said)
    db.close()

# --- hostile things ---
def archive_of(*entries, **kw):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data, *attr in entries:
            i = zipfile.ZipInfo(name)
            i.compress_type = zipfile.ZIP_DEFLATED
            i.create_system = 3
            i.external_attr = (attr[0] if attr else 0o100644) << 16
            z.writestr(i, data)
    path = tmp / ("hostile-%d.zip" % len(list(tmp.iterdir())))
    path.write_bytes(b.getvalue())
    return path


import warnings
warnings.simplefilter("ignore")
good = ("manifest.json", b"{}")
for name, path, words in (
        ("a path that leads out", archive_of(good, ("../evil", b"x")), "no place here"),
        ("an absolute path", archive_of(good, ("/etc/evil", b"x")), "no place here"),
        ("a hidden file", archive_of(good, ("letters/.evil", b"x")), "no place here"),
        ("a path with a control character", archive_of(good, ("a\x1b[31mb", b"x")), "no place here"),
        ("a backslash", archive_of(good, ("a\\..\\b", b"x")), "no place here"),
        ("a link", archive_of(good, ("letters/L1", b"/etc/passwd", 0o120777)), "a link is not taken"),
        ("a device", archive_of(good, ("letters/L1", b"", 0o020666)), "no plain file"),
        ("a folder", archive_of(good, ("letters/", b"")), "no place here"),
        ("a name that comes twice", archive_of(good, ("a", b"1"), ("a", b"2")), "")):
    code, said = verify(path)
    t.ok(code == 65 and words in said and "\x1b" not in said, "refused: " + name, said)
bomb = archive_of(good, ("letters/L1.eml", b"\0" * (600 << 20)))
p = subprocess.run(["sh", "-c", 'ulimit -v 2000000; exec "$@"', "sh", BINARY, "evidence", "verify", str(bomb)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") \
    if not os.environ.get("RINNOVA_SAN") else subprocess.run([BINARY, "evidence", "verify", str(bomb)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
t.ok(p.returncode == 65 and "more than is taken" in p.stdout, "refused: an archive of %d kB that unpacks to 600 MB" % (bomb.stat().st_size >> 10), p.stdout)
lie = bytearray(bomb.read_bytes())
for sig, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
    i = lie.rindex(sig)
    lie[i + at:i + at + 4] = (10).to_bytes(4, "little")
(tmp / "lie.zip").write_bytes(bytes(lie))
code, said = verify(tmp / "lie.zip")
t.ok(code == 65, "refused: one that lies about it", said)
many = tmp / "many.zip"
with zipfile.ZipFile(many, "w") as z:
    for i in range(20100):
        z.writestr("f%d" % i, b"")
code, said = verify(many)
t.ok(code == 65 and "more files than are taken" in said, "refused: too many files", said)
for name, data in (("nothing", b""), ("half an archive", archive.read_bytes()[:5000]), ("a mail without one", b"From: a@b.example\r\nSubject: x\r\n\r\nciao\r\n"), ("noise", os.urandom(3000))):
    (tmp / "odd").write_bytes(data)
    code, said = verify(tmp / "odd")
    t.ok(code == 65, "refused: " + name, said)
code, said = verify(tmp / "nowhere")
t.ok(code == 66, "what is not there is named", said)
for name, text in (("no JSON", "x"), ("another format", '{"format":"x","order":"1","signed":false,"files":[]}'), ("a member too many", '{"format":"rinnova-evidence/1","order":"1","signed":false,"files":[],"x":1}'),
                   ("a path that leads out", '{"format":"rinnova-evidence/1","order":"1","signed":false,"files":[{"path":"../x","size":0,"sha256":"%s"}]}' % ("0" * 64)),
                   ("a key twice", '{"format":"rinnova-evidence/1","format":"rinnova-evidence/1","order":"1","signed":false,"files":[]}')):
    code, said = verify(archive_of(("manifest.json", text.encode())))
    t.ok(code == 1 and "FAIL  manifest" in said, "a manifest with " + name, said)
for name, how in (("a link", lambda d: os.symlink("/etc/passwd", d / "letters" / "L1.eml")), ("a linked folder", lambda d: os.symlink("/etc", d / "stamps2")),
                  ("a fifo", lambda d: os.mkfifo(d / "letters" / "x")), ("a socket's place", lambda d: os.mknod(d / "letters" / "y", stat.S_IFSOCK | 0o600)),
                  ("folders too deep", lambda d: (d / "a" / "b" / "c" / "d").mkdir(parents=True))):
    d = tmp / "dir"
    shutil.rmtree(d, ignore_errors=True)
    (d / "letters").mkdir(parents=True)
    (d / "manifest.json").write_text("{}")
    how(d)
    code, said = verify(d)
    t.ok(code == 65, "a folder with %s is refused" % name, said)
sink.stop()
tsa.stop()
shutil.rmtree(tmp)
t.done()
