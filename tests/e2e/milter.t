#!/usr/bin/python3
"""The milter against a raw client: every step, every way to break off, what it asks for and what it changes; a reload, a stop, no store."""
import os, pathlib, signal, socket, subprocess, sys, threading, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import milterclient
from house import Site, Tap, wait_for
from milterclient import Gone, Milter

t = Tap()
US, OTHER = "<rinnovo@ordine.example>", "<b@altrove.example>"
BAD = "<rinnovo+%s@ordine.example>" % ("0" * 40)
FULL = dict(i="4QxT1z", j="mx.ordine.example", client_addr="192.0.2.1", auth_authen="maria", tls_version="TLSv1.3")


def session(changes):
    """The record that was added; None if there is none."""
    added = [c[2] for c in changes if c[0] == "add" and c[1] == "X-Rinnova-Session"]
    return added[0] if len(added) == 1 else None


def explained(site, record, rcpt=US, body=b"RINNOVA\r\n"):
    """What explain finds in a message with that record."""
    raw = b"From: a@posta.example\r\nX-Rinnova-Session:" + record.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body
    code, out, _ = site.run("explain", "--json", "--rcpt", rcpt.strip("<>"), input=raw)
    return __import__("json").loads(out)["session"]


def gate(level="info", milter="", **kw):
    site = Site(level=level, milter=milter, **kw)
    site.run("init")
    # law: it opens no store
    site.conf.write_text(site.conf.read_text().replace("url=sqlite:", "url=sqlite:/nowhere"))
    return site, site.start("milter"), site.dir / "milter.sock"


def lines(site):
    return [l for l in site.log("milter").splitlines() if " milter " in l]


def steps():
    site, door, path = gate()
    with site:
        m = Milter(path)
        m.connect()
        m.helo()
        t.ok(all(m.steps & x for x in (1, 0x100, 0x80, 0x2000, 0x4000, 0x8000)), "no connect, no unknown; no answer for HELO, MAIL, RCPT, header", hex(m.steps))
        t.eq((m.symbols["eom"], m.symbols["helo"]), ("i j {client_addr} {auth_authen} {tls_version}", "{tls_version}"), "macros are asked for where foreign mail never gets")
        t.eq(m.message(OTHER), ("a", []), "no recipient of ours: accepted at DATA")
        t.eq(m.message([US, OTHER]), ("a", []), "others too: accepted at DATA")
        answer, changes = m.message(US, headers=[("X-Rinnova-Session", " one"), ("Subject", " x\n\tfolded"), ("X-RINNOVA-Foo", " a"),
                                                  ("x-rinnova-session", " two"), ("Subject", " è \xff".encode("latin-1"))], **FULL)
        t.eq(answer, "c", "ours: it goes on")
        t.eq(changes[:3], [("change", 2, "x-rinnova-session", ""), ("change", 1, "X-RINNOVA-Foo", ""), ("change", 1, "X-Rinnova-Session", "")],
             "forged fields go, from the last to the first")
        t.eq([c[0] for c in changes[3:]], ["add"], "one record comes, and nothing else is changed")
        s = explained(site, session(changes))
        t.eq([s[k] for k in ("verdict", "queue_id", "client", "helo", "tls", "login")], ["good", "4QxT1z", "192.0.2.1", "client.example", "TLSv1.3", "maria"], "and holds the session")
        t.ok(abs(s["taken_at"] - time.time()) < 60, "with its time", s)
        t.eq(explained(site, session(changes), rcpt=BAD)["verdict"], "bad", "it is good for no other recipient")
        t.eq(explained(site, session(changes), body=b"RINNOVA!\r\n")["verdict"], "bad", "and no other body")
        answer, _ = m.message(BAD, i="4QxT20")
        t.ok(answer.startswith("y550 5.7.1 Codice non valido") and "rinnovo@ordine.example" in answer and "Not a valid code" in answer, "a forged code: 550 5.7.1 and what to do", answer)
        t.eq(m.message([BAD, OTHER])[0], "a", "but not where others get it too")
        t.eq(m.message(BAD, headers=[("In-Reply-To", " <x@posta.example>")])[0][:4], "y550", "a thread without a code does not help")
        t.ok(m.quiet(), "no answer that was not asked for")
        m.quit()
        said = [dict(x.split("=", 1) for x in l.split(" milter ")[1].split()) for l in lines(site)]
        t.eq([x["decision"] for x in said], ["passed", "passed", "refused", "passed", "refused"], "one line for a message of ours, none for others'")
        t.ok(" 4QxT1z milter " in site.log("milter"), "with the queue id")
        fds = [os.readlink(f) for f in pathlib.Path("/proc/%d/fd" % door.pid).iterdir()]
        t.ok(not any("nowhere" in f or ".db" in f for f in fds), "it opens no store", fds)


def odd():
    site, door, path = gate()
    with site:
        m = Milter(path)
        m.helo("[IPv6:2001:db8::1]; a=(\"")
        for rcpt, sender, client in ((US, "<>", "2001:db8::1"), ("<rinnovo+caffè@ordine.example>", "<è@posta.example>", "IPv6:2001:db8::1"),
                                     ("<RINNOVO@Ordine.EXAMPLE>", "<a@posta.example>", "::ffff:192.0.2.1"), ("rinnovo@ordine.example", "a", "unknown")):
            answer, changes = m.message(rcpt, sender=sender, i="1", client_addr=client)
            s = explained(site, session(changes), rcpt)
            want = None if client == "unknown" else client.replace("IPv6:", "")
            t.eq((answer, s["verdict"], s["client"], s["helo"], s["tls"]), ("c", "good", want, "[IPv6:2001:db8::1]; a=(\"", None), "%s from %s by %s" % (rcpt, sender, client))
        answer, changes = m.message(US, headers=[], body=b"", i="1")
        t.eq(explained(site, session(changes), body=b"")["verdict"], "good", "no header, no body")
        answer, changes = m.message(["<rinnovo+%d@ordine.example>" % n for n in range(51)], i="1")
        t.eq((answer, changes), ("c", []), "more recipients than a record holds: none is added")
        many = [("X-Rinnova-%d" % (n % 7), " x") for n in range(3000)]
        t.eq(m.message(US, headers=many, i="1"), ("c", []), "three thousand forged fields: none is taken off, no record is added")
        t.eq(m.message(US, headers=[("X", " " + "y" * 65000)] * 20, i="1")[0], "c", "a header over any limit")
        m.quit()
        # an old mail server: nothing may be left out, every step wants an answer
        m = Milter(path, actions=0x1f, steps=0, version=2)
        m.connect()
        t.eq([m.helo(), m.mail(), m.rcpt(US), m.header("X-Rinnova-Session", "forged"), m.eoh()], ["c"] * 4 + ["a"],
             "a server that does not tell of DATA: the message is let through")
        m.quit()
        m = Milter(path, actions=0x1ff, steps=0)
        answers = [m.connect(), m.helo(), m.mail(), m.rcpt(US), m.data(), m.header("X-Rinnova-Session", "forged"), m.eoh(), m.body(b"RINNOVA\r\n")]
        t.eq(answers[1:], ["c"] * 7, "one that wants every answer gets it")
        m.macros("E", i="1")
        answer, changes = m.eom()
        t.eq((answer, changes[0], explained(site, " " + session(changes))["verdict"]), ("c", ("change", 1, "X-Rinnova-Session", ""), "good"), "and all goes well")
        m.quit()
        try:
            Milter(path, actions=0x1)
            t.ok(False, "a server that lets nothing be changed is told no")
        except Gone:
            t.ok("does not let a milter change" in site.log("milter"), "a server that lets nothing be changed is told no, and the log says why")
        t.eq(door.poll(), None, "it is alive")


def offered():
    """Whatever the mail server offers to leave out or to tell, the record is the same."""
    site, door, path = gate()
    with site:
        for steps, actions, name in ((milterclient.POSTFIX[1], 0x1ff, "everything"), (milterclient.POSTFIX[1], 0xff, "no choice of macros"), (0xfffff & ~0xff080, 0x1ff, "no silence"),
                                     (0xff480, 0x1ff, "nothing left out"), (0, 0x1f, "nothing")):
            m = Milter(path, steps=steps, actions=actions)
            m.helo("casa.example")
            for n in (1, 2):
                t.eq(m.message([OTHER, US]), ("a", []), "%s offered: somebody else's too: let through" % name)
                m.abort()
                m.mail("<one@posta.example>")
                m.rcpt("<rinnovo+one@ordine.example>")
                m.abort()
                answer, changes = m.message(US, **FULL)
                s = explained(site, (" " if not m.steps & milterclient.LEADSPC else "") + session(changes))
                t.eq((answer, s["verdict"], s["helo"], s["client"], s["tls"], s["login"], s["queue_id"]), ("c", "good", "casa.example", "192.0.2.1", "TLSv1.3", "maria", "4QxT1z"), "and ours, %d" % n)
            answer, changes = m.message(US)
            s = explained(site, (" " if not m.steps & milterclient.LEADSPC else "") + session(changes))
            t.eq((answer, s["verdict"], s["helo"]), ("c", "good", "casa.example"), "no macro at all: HELO is known")
            m.quit()
        # field 41 of proc(5); but for the one that reads the configuration anew, and a sanitizer's own
        policies = [f.read_text().rsplit(")", 1)[1].split()[38] for f in pathlib.Path("/proc/%d/task" % door.pid).glob("*/stat")]
        t.ok(set(policies) == {"0", "3"} and policies.count("0") <= 2, "its threads are SCHED_BATCH", policies)


def large():
    site, _, path = gate()
    with site:
        conf = site.conf.read_text()
        site.conf.write_text(conf.replace("[lmtp]", "[lmtp]\nmax-message=64k"))
        os.kill(site.children[0].pid, signal.SIGUSR1)
        t.ok(wait_for(lambda: "milter-reload" in site.log("milter")), "SIGUSR1: the configuration is read again", site.log("milter"))
        m = Milter(path)
        m.helo()
        answer, changes = m.message(US, headers=[("X-Rinnova-Session", " forged")], body=b"x" * 300000, i="1")
        t.eq((answer, changes), ("c", [("change", 1, "X-Rinnova-Session", "")]), "a body that is too large: no more of it is read, no record, the forged one goes")
        t.ok("larger than lmtp.max-message" in lines(site)[-1], "the log says why", lines(site))
        body = b"y" * 40000 + b"\r\n" + b"z" * 20000 + b"\r\n"
        answer, changes = m.message(US, body=body, chunk=777, i="1")
        t.eq(explained(site, session(changes), body=body)["verdict"], "good", "one that is not, in small pieces")
        m.quit()


STEPS = [("connect", lambda m: m.connect()), ("helo", lambda m: m.helo()), ("mail", lambda m: m.mail()), ("rcpt", lambda m: m.rcpt(US)),
         ("data", lambda m: m.data()), ("header", lambda m: m.header("X-Rinnova-Session", " forged")), ("eoh", lambda m: m.eoh()),
         ("body", lambda m: m.body(b"RIN"))]


def broken():
    site, door, path = gate()
    with site:
        for n, (name, _) in enumerate(STEPS):
            m = Milter(path)
            for _, step in STEPS[:n + 1]:
                step(m)
            m.abort()
            answer, changes = m.message(US, i="1")
            t.eq((answer, len(changes), explained(site, session(changes))["verdict"]), ("c", 1, "good"), "abort after %s; the next message is as if nothing had been" % name)
            m.abort()
            m.abort()
            t.eq(m.message(OTHER), ("a", []), "abort twice")
            m.mail()
            m.rcpt(OTHER)
            m.abort()
            t.eq(m.message(US, i="1")[0], "c", "a foreign recipient is forgotten")
            m.close()
            m = Milter(path)
            for _, step in STEPS[:n + 1]:
                step(m)
            m.close()
        socket_only = Milter(path, negotiate=False)
        socket_only.close()
        for rubbish in (b"\0\0\0\0", b"\xff" * 8, b"\0\0\0\1Z", b"\0\0\0\3O\0\0", b"GET / HTTP/1.0\r\n\r\n"):
            m = Milter(path, negotiate=False)
            m.s.sendall(rubbish)
            m.s.shutdown(socket.SHUT_WR)
            try:
                m._read(100)
            except (Gone, OSError):
                pass
            m.close()
        m = Milter(path)
        for _ in range(200):
            m.message(US, i="1")
            m.message(OTHER)
        answer, changes = m.message(US, i="1")
        t.eq((answer, len(changes)), ("c", 1), "four hundred messages on one connection")
        m.quit()
        before = len(os.listdir("/proc/%d/fd" % door.pid))
        t.ok(wait_for(lambda: len(os.listdir("/proc/%d/fd" % door.pid)) <= 12), "no descriptor is left behind", before)
        t.eq(door.poll(), None, "it is alive")


def many():
    site, door, path = gate()
    with site:
        wrong = []
        barrier = threading.Barrier(60)

        def one(n):
            try:
                m = Milter(path)
                barrier.wait()
                for k in range(5):
                    m.helo("host%d" % n)
                    if (n + k) % 3 == 0:
                        if m.message(OTHER) != ("a", []):
                            wrong.append((n, k, "foreign"))
                        continue
                    answer, changes = m.message("<rinnovo+x%d@ordine.example>" % n, body=b"%d %d\r\n" % (n, k), i="Q%dx%d" % (n, k))
                    if answer != "c" or "q=Q%dx%d;" % (n, k) not in session(changes) or "h=host%d;" % n not in session(changes):
                        wrong.append((n, k, answer, changes))
                m.quit()
            except Exception as e:
                wrong.append((n, repr(e)))
        threads = [threading.Thread(target=one, args=(n,)) for n in range(60)]
        for th in threads:
            th.start()
        for th in threads:
            th.join()
        t.eq(wrong, [], "sixty connections at once, each with its own session")


def killed():
    site, door, path = gate()
    with site:
        m = Milter(path)
        m.mail()
        m.rcpt(US)
        door.kill()
        door.wait()
        try:
            m.data()
            t.ok(False, "killed in mid-session")
        except (Gone, OSError):
            t.ok(path.exists(), "killed in mid-session: the connection ends, the socket file stays")
        (site.dir / "milter.log").unlink()
        door = site.start("milter")
        m = Milter(path)
        m.helo()
        t.eq(m.message(US, i="1")[0], "c", "the next one takes its place")
        code, _, err = site.run("milter", check=False)
        t.ok(code == 1 and "another process serves" in err, "a second one on the same socket refuses", "%d %s" % (code, err))
        began = time.monotonic()
        door.terminate()
        t.eq(door.wait(30), 0, "SIGTERM: exit 0")
        t.ok(not path.exists() and "milter-stop" in site.log("milter"), "its socket is gone", "%.1f s" % (time.monotonic() - began))
        m.close()
        for args, code in ((["--sokcet", "x"], 64), (["x"], 64)):
            t.eq(site.run("milter", *args, check=False)[0], code, "milter %s: exit %d" % (" ".join(args), code))
        key = site.dir / "token.key"
        os.chmod(key, 0o644)
        code, _, err = site.run("milter", check=False)
        t.ok(code == 78 and "lets others at the keys" in err and not path.exists(), "keys that others can read: exit 78", "%d %s" % (code, err))


def reloaded():
    site, door, path = gate()
    with site:
        good = site.conf.read_text()
        m = Milter(path)
        m.helo()
        t.eq(m.message(BAD)[0][:4], "y550", "refused")
        m.mail()
        m.rcpt(BAD)
        t.eq(m.data(), "c", "another one begins")
        site.conf.write_text(good.replace("[milter]", "[milter]\nrefuse=no"))
        door.send_signal(signal.SIGUSR1)
        wait_for(lambda: site.log("milter").count("milter-reload") == 1)
        t.eq(m.eoh()[:4], "y550", "a message under way keeps the configuration with which it began")
        t.eq(m.message(BAD, i="1")[0], "c", "refuse=no: it is taken")
        t.ok("rule=bad-token-taken" in lines(site)[-1], "and the log says so")
        site.conf.write_text("[site]\n")
        door.send_signal(signal.SIGUSR1)
        wait_for(lambda: site.log("milter").count("milter-reload") == 2)
        t.ok("the old configuration stays" in site.log("milter") and m.message(BAD, i="1")[0] == "c", "a broken configuration changes nothing", site.log("milter"))
        site.conf.write_text(good)
        door.send_signal(signal.SIGUSR1)
        wait_for(lambda: site.log("milter").count("milter-reload") == 3)
        t.eq(m.message(BAD, i="1")[0][:4], "y550", "refused once more")
        site.conf.write_text("[site]\n")
        os.utime(site.dir / "token.key", (1, 1))
        t.eq(m.message(BAD, i="1")[0], "c", "keys that are newer than ours and cannot be read: nothing is refused")
        site.conf.write_text(good)
        before = session(m.message(US, i="1")[1])
        desk = site.dir / "desk.conf"  # the one of the milter names no store that there is
        desk.write_text(good.replace("url=sqlite:/nowhere", "url=sqlite:"))
        site.run("key", "rotate", "--config", desk)
        after = session(m.message(US, i="1")[1])
        t.eq(("k=0;" in before, "k=1;" in after, explained(site, before)["verdict"], explained(site, after)["verdict"]), (True, True, "good", "good"),
             "a new key is found by itself, and signs; the old one still counts")
        m.quit()


def managed():
    site, door, path = gate()
    with site:
        door.terminate()
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        heard.bind(str(site.dir / "notify"))
        heard.settimeout(60)
        listening = socket.socket(socket.AF_UNIX)
        given = str(site.dir / "given.sock")
        listening.bind(given)
        listening.listen(5)
        env = dict(os.environ, RINNOVA_CONFIG=str(site.conf), NOTIFY_SOCKET=str(site.dir / "notify"), LISTEN_FDS="1")
        p = subprocess.Popen(["/bin/sh", "-c", 'exec 3<&%d; LISTEN_PID=$$ exec "$0" milter' % listening.fileno(), str(site.binary)],
                             env=env, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL)
        site.children.append(p)
        t.eq(heard.recv(100), b"READY=1", "ready")
        m = Milter(given)
        m.helo()
        t.eq(m.message(US, i="1")[0], "c", "the socket that was handed over is served")
        m.quit()
        p.terminate()
        t.eq((heard.recv(100), p.wait(30), os.path.exists(given)), (b"STOPPING=1", 0, True), "stopping; the manager's socket stays")
        heard.close()
        listening.close()


for part in (steps, odd, offered, large, broken, many, killed, reloaded, managed):
    part()
t.done()
