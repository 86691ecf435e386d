#!/usr/bin/python3
"""The milter before a real Postfix, in both modes: whose mail is touched, what is refused, and that a message taken twice is once."""
import base64, datetime, os, pathlib, smtplib, socket, sqlite3, ssl, subprocess, sys, threading, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Site, Tap, free_port, wait_for
from postfix import Postfix

if os.geteuid() != 0:
    print("1..0 # SKIP a private Postfix can only be started by root")
    sys.exit(0)

t = Tap()
ROSSI, BIANCHI, BOX = "maria.rossi@posta.example", "luca.bianchi@posta.example", "maria.rossi@pec.example"
US = "rinnovo@ordine.example"
BAD = "rinnovo+%s@ordine.example" % ("0" * 40)
GATE, HAND = 0, 1
EXPIRY = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()


class Proxy:
    """Stands before lmtpd's socket, for the milter alone: can be slow with the answer behind the message, or say something else."""

    def __init__(self, path, behind):
        self.path, self.behind, self.mode = str(path), str(behind), "pass"
        self.late = threading.Event()   # set: the slow answer may go
        self.s = socket.socket(socket.AF_UNIX)
        self.s.bind(self.path)
        os.chmod(self.path, 0o666)
        self.s.listen(20)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                c, _ = self.s.accept()
            except OSError:
                return
            threading.Thread(target=self._session, args=(c, self.mode), daemon=True).start()

    def _session(self, c, mode):
        try:
            if mode == "cut":
                return
            if mode == "silence":
                c.recv(1)
                return
            b = socket.socket(socket.AF_UNIX)
            b.connect(self.behind)
            f, g = c.makefile("rwb"), b.makefile("rwb")
            self._reply(f, g)
            rcpts = 0
            while True:
                line = f.readline()
                if not line:
                    return
                g.write(line)
                g.flush()
                answer = self._reply(f, g)
                rcpts += line.upper().startswith(b"RCPT") and answer.startswith(b"2")
                if line.upper().startswith(b"DATA") and answer.startswith(b"3"):
                    self._message(f, g, mode, rcpts)
        except (OSError, ValueError):
            pass
        finally:
            c.close()

    def _message(self, f, g, mode, rcpts):
        while True:
            line = f.readline()
            if not line:
                return
            g.write(line)
            if line == b".\r\n":
                break
        if mode in ("451", "552"):
            f.write(mode.encode() + b" 4.0.0 no\r\n")
            f.flush()
            return
        g.flush()
        answer = b"".join(g.readline() for _ in range(rcpts))  # it is committed
        if mode == "late":
            self.late.wait(60)
        f.write(answer)
        f.flush()

    @staticmethod
    def _reply(f, g):
        while True:
            line = g.readline()
            f.write(line)
            if line[3:4] != b"-":
                break
        f.flush()
        return line

    def stop(self):
        self.late.set()
        self.s.close()


def inbox(site, columns="id"):
    db = sqlite3.connect(site.dir / "rinnova.db")
    rows = db.execute("SELECT %s FROM inbox ORDER BY id" % columns).fetchall()
    db.close()
    return rows


def outcomes(site):
    return [l.split("outcome=")[1].split()[0] for l in site.log("lmtpd").splitlines() if "outcome=" in l]


def decisions(site):
    return [l.split("decision=")[1].split()[0] for l in (site.log("milter") + site.log("handover")).splitlines() if "decision=" in l]


def plain(subject, body="RINNOVA\r\n", more="", mid=True):
    head = "From: %s\r\nTo: x\r\nSubject: %s\r\n%s" % (ROSSI, subject, more)
    if mid:
        head += "Message-ID: <%s@posta.example>\r\n" % subject.replace(" ", ".")
    return (head + "\r\n").encode() + (body if isinstance(body, bytes) else body.encode())


def setting():
    """A site whose milters are two: one of each mode, behind two ports of one Postfix. The second hands over to a proxy before lmtpd."""
    ports = (free_port(), free_port())
    site = Site(smtp_port=ports[0], user="nobody", authserv="mx.ordine.example", site="auth-domain=posta.example\n")
    site.run("init")
    hand = site.dir / "handover.conf"
    hand.write_text(site.conf.read_text().replace("[milter]\nsocket=%s/milter.sock" % site.dir, "[milter]\nmode=handover\nhandover-deadline=400\nsocket=%s/handover.sock" % site.dir)
                    .replace("[lmtp]\nsocket=%s/lmtp.sock" % site.dir, "[lmtp]\nsocket=%s/proxy.sock" % site.dir))
    proxy = Proxy(site.dir / "proxy.sock", site.dir / "lmtp.sock")
    site.start("lmtpd")
    start_milters(site)
    milters = ["{ unix:%s/%s.sock, connect_timeout=5s, command_timeout=10s, content_timeout=30s, default_action=accept }" % (site.dir, m) for m in ("milter", "handover")]
    # a domain that is all ours, so that every form of address comes through; and nothing is added to a header by Postfix
    main = "local_header_rewrite_clients =\nrelay_domains = %s\nrelay_transport = lmtp:unix:%s/lmtp.sock\n" % (site.domain, site.dir)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", site.dir / "tls.key", "-out", site.dir / "tls.pem", "-days", "2", "-subj", "/CN=mx"],
                   check=True, stderr=subprocess.DEVNULL)
    main += "virtual_alias_maps = inline:{ { rinnovo+alias@ordine.example = rinnovo+alias@ordine.example, %s } }\n" % BIANCHI
    main += "recipient_bcc_maps = inline:{ { rinnovo+bcc@ordine.example = %s } }\n" % BIANCHI
    main += "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = %s/tls.pem\nsmtpd_tls_key_file = %s/tls.key\n" % (site.dir, site.dir)
    main += "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = inet:127.0.0.1:%d\n" % Logins().port
    mta = Postfix(site, extra_main=main, ports=ports, milters=milters, mydestination="")
    return site, proxy, mta


def start_milters(site):
    """Both; the log of the second goes to handover.log."""
    gate = site.start("milter")
    log = open(site.dir / "handover.log", "ab")
    hand = site._popen(["milter", "--config", site.dir / "handover.conf"], stdin=-3, stdout=log, stderr=log)
    log.close()
    site.children.append(hand)
    if not wait_for(lambda: "milter-start" in site.log("handover")):
        raise RuntimeError(site.log("handover"))
    return gate, hand


def settle(mta, site, n):
    """Until the queue is empty and lmtpd has said N outcomes."""
    wait_for(lambda: mta.queue_empty() and len(outcomes(site)) >= n, 40)
    return outcomes(site)


def both_ways(site, proxy, mta):
    for mode, word in ((GATE, "gate"), (HAND, "handover")):
        n = len(outcomes(site))
        mta.send(plain(word + " ours", more="X-Rinnova-Session: forged\r\nX-Rinnova-Evil: x\r\n"), US, ROSSI, milter=mode)
        t.eq(settle(mta, site, n + 1)[n:], ["done"], "%s: our mail is delivered, once" % word)
        row = inbox(site, "session, client, helo, queue_id, raw, taken")[-1]
        t.eq(row[:2], ("good", "127.0.0.1"), "%s: with the session in the inbox" % word)
        t.ok(row[2] and row[3] and row[3] in mta.log() and abs(row[5] - time.time()) < 60, "%s: HELO, queue id, time" % word, row[2:4])
        t.ok(b"forged" not in row[4] and b"Evil" not in row[4] and row[4].count(b"X-Rinnova-Session:") == 1, "%s: forged fields are gone" % word, row[4])
        t.ok(row[4].startswith(b"Received: from ") and b"by mx.ordine.example" in row[4].split(b"\r\n")[1], "%s: our own Received stands on top" % word, row[4][:200])
        mta.send(plain(word + " theirs", more="X-Rinnova-Session: theirs\r\n"), BIANCHI, ROSSI, milter=mode)
        mta.send(plain(word + " mixed", more="X-Rinnova-Session: theirs\r\n"), [BIANCHI, US, ROSSI], ROSSI, milter=mode)
        t.eq(settle(mta, site, n + 2)[n:], ["done", "done"], "%s: of a mail to several ours is delivered once" % word)
        t.eq(inbox(site, "session")[-1], ("bad",), "%s: a record that the sender wrote is not believed" % word)
        got = [m for m in mta.mails(BIANCHI) if word in m["Subject"]]
        t.eq([m["Subject"] for m in got], [word + " theirs", word + " mixed"], "%s: the others get theirs, once each" % word)
        t.ok(all(m["X-Rinnova-Session"] == "theirs" for m in got), "%s: and not a byte of it was touched" % word, [m.items() for m in got])
        try:
            mta.send(plain(word + " bad"), BAD, ROSSI, milter=mode)
            t.ok(False, "%s: a forged code is refused" % word)
        except smtplib.SMTPDataError as e:
            t.ok(e.smtp_code == 550 and b"5.7.1 Codice non valido" in e.smtp_error and b"Not a valid code" in e.smtp_error, "%s: a forged code is refused" % word, e)
        mta.send(plain(word + " bad mixed"), [BAD, BIANCHI], ROSSI, milter=mode)
        t.eq(settle(mta, site, n + 3)[n:], ["done"] * 3, "%s: but not where another gets it too" % word)
    t.eq(decisions(site), ["passed", "passed", "refused", "passed", "handed-over", "passed", "refused", "passed"], "the logs say of each of ours what was done")


def addresses(site, proxy, mta):
    site.boxes({"box": BOX, "reference": ROSSI, "expiry": EXPIRY})
    site.run("notify")
    site.run("courier", "--once")
    notice = wait_for(lambda: [m for m in mta.mails(ROSSI) if "scade" in m["Subject"]])[0]
    rcpt = replies.token_address(notice)
    local, domain = rcpt.split("@")
    forms = [local.upper() + "@" + domain.upper(), local.replace("+", "-", 1) + "@" + domain, local.split("+")[1] + "@" + domain, ("rinnovo+" + "x" * 56) + "@" + domain]
    t.eq(len(forms[3].split("@")[0]), 64, "a local part of 64")
    for mode, word in ((GATE, "gate"), (HAND, "handover")):
        for form in forms:
            n = len(outcomes(site))
            refused = False
            try:
                mta.send(plain("%s form %d" % (word, forms.index(form)), body="grazie\r\n"), form, ROSSI, milter=mode)
            except smtplib.SMTPDataError as e:
                refused = e.smtp_code == 550
            if form == forms[3]:
                t.ok(refused, "%s: 64 characters that are no code are refused as a garbled one" % word)
                continue
            t.ok(not refused and len(settle(mta, site, n + 1)) == n + 1, "%s: %s is taken" % (word, form.replace(local.split("+")[1], "TOKEN")))
            t.ok("token=" in [l for l in site.log("lmtpd").splitlines() if "outcome=" in l][-1] and inbox(site, "session")[-1] == ("good",), "%s: with its token and its session" % word, site.log("lmtpd")[-300:])
    forged = "Received: from a.example by other.example; Thu, 26 Nov 2026 10:00:00 +0000\r\nAuthentication-Results: mx.ordine.example; dkim=pass header.d=posta.example\r\n"
    for mode, word in ((GATE, "gate"), (HAND, "handover")):
        n = len(outcomes(site))
        mta.send(plain(word + " results", body="grazie\r\n", more=forged), rcpt, ROSSI, milter=mode)
        settle(mta, site, n + 1)
        t.ok("proof=low" in [l for l in site.log("lmtpd").splitlines() if "outcome=" in l][-1], "%s: results that the sender wrote below a Received count for nothing" % word, site.log("lmtpd")[-300:])


def odd_bodies(site, proxy, mta):
    """The digest must be the same by each way, whatever Postfix does to the bytes."""
    bodies = {"NUL": b"RIN\0NOVA\r\n", "8 bit": "città è \xff\r\n".encode("latin-1"), "a dot": b".\r\n..\r\n.x\r\n", "no end of line": b"RINNOVA",
              "a long line": b"x" * 5000 + b"\r\n", "998": b"y" * 998 + b"\r\n z\r\n", "999": b"y" * 999 + b"\r\n", "1995": b"y" * 1995 + b"\r\n  z\r\n",
              "a very long line": b"x" * 70000 + b"\r\nz\r\n", "bare CR": b"a\rb\r\n", "bare LF": b"a\nb\n", "empty lines": b"\r\n\r\n \r\n\r\n", "nothing": b"", "blanks": b"a \t \r\n\t\r\n"}
    proxy.mode = "late"
    n = len(outcomes(site))
    for k, (name, body) in enumerate(bodies.items()):
        with smtplib.SMTP("127.0.0.1", mta.milter_ports[HAND], timeout=60) as s:
            s.ehlo("odd")
            s.docmd("MAIL FROM:<%s> BODY=8BITMIME" % ROSSI)
            s.docmd("RCPT TO:<rinnovo+b%d@ordine.example>" % k)
            s.docmd("DATA")
            raw = plain("body %d" % k, body, more="Subject2: a\r\n b\r\n\tc\r\n")
            raw = b"\r\n".join(b"." + l if l.startswith(b".") else l for l in raw.split(b"\r\n"))
            s.send(raw + (b"" if raw.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, text = s.getreply()
            t.ok(code == 250, "%s: taken" % name, text)
    got = settle(mta, site, n + 2 * len(bodies))[n:]
    t.eq((len(got), got.count("duplicate")), (2 * len(bodies), len(bodies)), "each was committed by a hand-over whose answer came too late, came again by the queue, and is once")
    t.eq([r[0] for r in inbox(site, "session, rcpt") if "+b" in r[1]], ["good"] * len(bodies), "and the record fits each of them")
    proxy.late.set()
    proxy.mode = "pass"


def twice(site, proxy, mta):
    proxy.late.clear()
    proxy.mode = "late"
    for name, mid in (("with a Message-ID", True), ("without one", False)):
        n, rows = len(outcomes(site)), len(inbox(site))
        mta.send(plain("late %d" % mid, mid=mid), "rinnovo+late@ordine.example", ROSSI, milter=HAND)
        t.eq(settle(mta, site, n + 2)[n:], ["done", "duplicate"], "%s: committed by the hand-over, known again from the queue" % name)
        t.eq(len(inbox(site)), rows + 1, "%s: it is there once" % name)
    proxy.late.set()
    t.ok("no answer in time" in site.log("handover"), "the milter's log says that the answer was late", site.log("handover")[-400:])
    for mode in ("cut", "silence", "451", "552"):
        proxy.mode = mode
        n = len(outcomes(site))
        mta.send(plain("proxy " + mode), US, ROSSI, milter=HAND)
        t.eq(settle(mta, site, n + 1)[n:], ["done"], "hand-over ends in %s: it goes by the queue" % mode)
        t.ok("decision=passed" in site.log("handover").splitlines()[-1] and "why=" in site.log("handover").splitlines()[-1], "and the log says why", site.log("handover")[-300:])
    proxy.mode = "pass"
    n = len(outcomes(site))
    mta.send(plain("proxy pass"), [US, "rinnovo+second@ordine.example"], ROSSI, milter=HAND)
    t.eq((settle(mta, site, n + 2)[n:], site.log("handover").splitlines()[-1].split("decision=")[1].split()[0]), (["done", "done"], "handed-over"), "two recipients of ours are both handed over")


def sessions(site, proxy, mta):
    """Several mails, RSET and STARTTLS-less HELOs on one connection."""
    for mode, word in ((GATE, "gate"), (HAND, "handover")):
        n = len(outcomes(site))
        with smtplib.SMTP("127.0.0.1", mta.milter_ports[mode], timeout=60) as s:
            s.ehlo("first.example")
            s.sendmail(ROSSI, [US], plain(word + " one"))
            s.sendmail(ROSSI, [BIANCHI], plain(word + " between"))
            s.mail(ROSSI)
            s.rcpt(BIANCHI)
            s.rset()
            s.ehlo("second.example")
            s.sendmail("", [US], plain(word + " two"))
            s.mail(ROSSI)
            s.rcpt(US)
            s.rset()
            s.sendmail(ROSSI, [US], plain(word + " three"))
        # a queue brings its mails in any order
        t.eq(sorted(settle(mta, site, n + 3)[n:]), ["done", "done", "recorded"], "%s: three of ours and one of others on one connection, RSET between" % word)
        t.eq(sorted(inbox(site, "helo, sender, session")[-3:]), [("first.example", ROSSI, "good"), ("second.example", "", "good"), ("second.example", ROSSI, "good")],
             "%s: each with its own HELO and sender" % word)
        t.ok(wait_for(lambda: [m for m in mta.mails(BIANCHI) if m["Subject"] == word + " between"]), "%s: the other's arrived" % word)


class Logins:
    """Dovecot's side of SASL, as far as Postfix asks (the password is not looked at)."""

    def __init__(self):
        self.s = socket.create_server(("127.0.0.1", 0))
        self.port = self.s.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                c, _ = self.s.accept()
            except OSError:
                return
            threading.Thread(target=self._session, args=(c,), daemon=True).start()

    @staticmethod
    def _session(c):
        with c, c.makefile("rwb") as f:
            f.write(b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t0\nDONE\n")
            f.flush()
            for line in f:
                words = line.decode().rstrip("\n").split("\t")
                if words[0] != "AUTH":
                    continue
                who = base64.b64decode(words[-1].split("=", 1)[1]).split(b"\0")[1].decode()
                f.write(("OK\t%s\tuser=%s\n" % (words[1], who)).encode())
                f.flush()


def encrypted(site, proxy, mta):
    """STARTTLS and a login, as a member does who writes by this very server."""
    for mode, word in ((GATE, "gate"), (HAND, "handover")):
        n = len(outcomes(site))
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with smtplib.SMTP("127.0.0.1", mta.milter_ports[mode], timeout=60) as s:
            s.starttls(context=context)
            s.ehlo("casa.example")
            s.login("maria.rossi", "x")
            s.sendmail(ROSSI, [US], plain(word + " login", body="AIUTO\r\n"))
        settle(mta, site, n + 1)
        t.eq(inbox(site, "session, helo, tls, login, proof")[-1], ("good", "casa.example", "TLSv1.3", "maria.rossi", "normal"),
             "%s: HELO, TLS and login are recorded, and the login proves its own From" % word)


def copied(site, proxy, mta):
    """What Postfix does with copies of a mail that is handed over: the page and check warn of the first."""
    n = len(outcomes(site))
    for name in ("alias", "bcc"):
        mta.send(plain("copy by " + name), "rinnovo+%s@ordine.example" % name, ROSSI, milter=HAND)
    t.eq(settle(mta, site, n + 2)[n:], ["done"] * 2, "with copies: ours is taken once")
    t.ok(wait_for(lambda: [m for m in mta.mails(BIANCHI) if m["Subject"] == "copy by bcc"]), "a copy by recipient_bcc_maps arrives")
    t.eq([m for m in mta.mails(BIANCHI) if m["Subject"] == "copy by alias"], [], "one by virtual_alias_maps goes with ours")


def away(site, proxy, mta):
    """lmtpd away in both modes; then the milters, killed in mid-session."""
    lmtpd, gate, hand = site.children[0], site.children[1], site.children[2]
    lmtpd.terminate()
    lmtpd.wait(30)
    for mode, word in ((GATE, "gate"), (HAND, "handover")):
        mta.send(plain(word + " lmtpd away"), US, ROSSI, milter=mode)
        mta.send(plain(word + " lmtpd away, theirs"), BIANCHI, ROSSI, milter=mode)
        t.ok(wait_for(lambda: [m for m in mta.mails(BIANCHI) if m["Subject"] == word + " lmtpd away, theirs"]), "%s, lmtpd away: others' mail goes on" % word)
    t.ok(wait_for(lambda: mta.log().count("status=deferred") >= 2), "ours waits in the queue")
    n = len(outcomes(site))
    site.start("lmtpd")
    t.eq(settle(mta, site, n + 2)[n:], ["done", "done"], "and comes when lmtpd is back")
    n = len(outcomes(site))
    open_sessions = []
    for mode in (GATE, HAND):
        s = smtplib.SMTP("127.0.0.1", mta.milter_ports[mode], timeout=60)
        s.ehlo("killed.example")
        s.mail(ROSSI)
        s.rcpt(US)
        open_sessions.append(s)
    for p in (gate, hand):
        p.kill()
        p.wait()
    for mode, s in zip((GATE, HAND), open_sessions):
        t.eq(s.data(plain("killed %d" % mode))[0], 250, "milter killed in mid-session: the mail is taken all the same")
        s.quit()
        mta.send(plain("gone %d" % mode), US, ROSSI, milter=mode)
        mta.send(plain("gone %d theirs" % mode), BIANCHI, ROSSI, milter=mode)
    t.eq(settle(mta, site, n + 4)[n:], ["done"] * 4, "ours is still processed, by LMTP")
    t.eq(inbox(site, "session")[-1], ("none",), "without a record")
    t.ok(wait_for(lambda: len([m for m in mta.mails(BIANCHI) if "gone" in m["Subject"]]) == 2), "and nobody else's mail is hurt")


site, proxy, mta = setting()
try:
    both_ways(site, proxy, mta)
    addresses(site, proxy, mta)
    odd_bodies(site, proxy, mta)
    twice(site, proxy, mta)
    sessions(site, proxy, mta)
    encrypted(site, proxy, mta)
    copied(site, proxy, mta)
    away(site, proxy, mta)
finally:
    proxy.stop()
    mta.stop()
    site.end()
t.done()
