#!/usr/bin/python3
"""contrib/sendmail/README.md, block by block, on a real Sendmail: each way in, and what happens when the other side is away."""
import datetime, os, pathlib, shutil, socket, sys, threading, zoneinfo
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
import sendmail
from doors import ROSSI, Doors, inbox, mail, member
from house import Sink, Site, Tap, wait_for
from sendmail import Sendmail

if sendmail.missing():
    print("1..0 # SKIP " + sendmail.missing())
    sys.exit(0)

t, sink, sites, servers = Tap(), Sink(), [], []


def newcomer(doors, **settings):
    """A site with its notice, and a private Sendmail with DOORS before it. (doors, address with the token, notice)."""
    local = settings.pop("local", "ordine.example")
    site, notice = member(sink, **settings)
    sites.append(site)
    servers.append(Sendmail(site, doors, local=local))
    servers[-1].start()
    return Doors(t, servers[-1], site), replies.token_address(notice), notice


class Later:
    """lmtpd's socket with somebody behind it who answers 451 to every message."""

    def __init__(self, path):
        self.path, self.said, self.server = path, 0, socket.socket(socket.AF_UNIX)
        self.server.bind(str(path))
        path.chmod(0o666)
        self.server.listen(5)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                c, _ = self.server.accept()
            except OSError:
                return
            with c, c.makefile("rwb", buffering=0) as f:
                f.write(b"220 later\r\n")
                for line in f:
                    verb = line.split()[0].upper()
                    f.write({b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}.get(verb, b"250 ok\r\n"))
                    if verb == b"DATA":
                        while f.readline() != b".\r\n":
                            pass
                        self.said += 1
                        f.write(b"451 4.3.0 later\r\n")

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.path.unlink()


def lmtp(d, rcpt):
    mta, site = d.mta, d.site
    t.ok("mailer rinnova" in mta.where(rcpt) and "User unknown" in mta.where("rinnovox@ordine.example"), "the rule takes our addresses and no others", mta.where(rcpt))
    d.arrives(rcpt, "LMTP: taken")
    d.arrives(rcpt.split("@")[0].upper() + "@ORDINE.EXAMPLE", "in capitals")
    before = mta.log().count("LHLO")
    d.arrives([rcpt, "rinnovo@ordine.example"], "two recipients in one mail", mails=2)
    t.eq(mta.log().count("LHLO") - before, 1, "in one LMTP session")
    raw = mail().replace(b"RINNOVA", "RINNOVA, perché sì\r\n.\r\n..punto".encode()).replace(b"7bit", b"8bit")
    got = d.arrives(rcpt, "8-bit text and dots", raw=raw[:-2] + b"\r\n.fine\r\n")[0]
    t.ok("perché sì\r\n.\r\n..punto".encode() in got["raw"] and b"\r\n.fine\r\n" in got["raw"], "arrive as they are", got["raw"][-300:])
    got = d.arrives(rcpt, "from the null sender", sender="")[0]
    t.eq((got["sender"], got["class"]), ("", "auto"), "which arrives as such")
    t.ok(d.refused("nessuno@ordine.example"), "an unknown address is refused in the session")


def away(d, rcpt):
    """lmtpd says 451, then nothing is behind the socket, then lmtpd is back."""
    site, mta = d.site, d.mta
    site.stop("lmtpd")
    later = Later(site.dir / "lmtp.sock")
    before = d.kept(rcpt, "451: kept", lambda: later.said and "451 4.3.0 later" in mta.mailq())
    later.close()
    d.kept(rcpt, "nobody listens: kept", lambda: mta.mailq().count("socket") + mta.mailq().count("No such file") >= 2)
    site.start("lmtpd")
    d.arrived(before, "both arrive when lmtpd is back", mails=2, seconds=40)
    t.ok(wait_for(mta.queue_empty), "and the queue is empty", mta.mailq())


def program(d, rcpt):
    site, mta = d.site, d.mta
    mta.reconfigure(("mailer-prog", "rule"))
    site.stop("lmtpd")
    got = d.arrives(rcpt, "a program as the mailer: taken, without lmtpd")[0]
    t.ok(got["queue_id"] and got["queue_id"] in mta.log() and got["client"] == "127.0.0.1", "with Sendmail's queue id and the client's address", dict(got, raw=0))
    t.ok(got["raw"].startswith(b"Received: "), "without a From line on top", got["raw"][:200])
    d.arrives([rcpt, "rinnovo@ordine.example"], "two recipients, one program each", mails=2)
    got = d.arrives(rcpt, "from the null sender", sender="")[0]
    t.eq((got["sender"], got["class"]), ("", "auto"), "which arrives as such")
    os.rename(site.binary, str(site.binary) + ".gone")
    before = d.kept(rcpt, "the program is missing: kept", lambda: "(Operating system error)" in mta.mailq())
    os.rename(str(site.binary) + ".gone", site.binary)
    d.arrived(before, "and the mail arrives when it is back", seconds=40)
    site.start("lmtpd")


def milter(d, rcpt):
    site, mta = d.site, d.mta
    site.start("milter")
    mta.reconfigure(("milter", "mailer-lmtp", "rule"))
    got = d.arrives(rcpt, "the milter, gate: taken")[0]
    t.eq((got["session"], got["client"]), ("good", "127.0.0.1"), "with its record of the session")
    t.ok(d.refused_later("rinnovo+%s@ordine.example" % ("0" * 40)), "a forged code is refused in the session")
    site.stop("milter")
    site.conf.write_text(site.conf.read_text().replace("[milter]\n", "[milter]\nmode=handover\nhandover-deadline=2000\n"))
    (site.dir / "milter.log").unlink()
    site.start("milter")
    passed = mta.log().count("RCPT To:<rinnovo")
    got = d.arrives(rcpt, "the milter, hand-over: taken")[0]
    t.eq((got["session"], mta.log().count("RCPT To:<rinnovo")), ("good", passed), "and nothing is left for the mailer")
    got = d.arrives([rcpt, ROSSI], "with somebody else's address")[0]
    t.ok(wait_for(lambda: mta.mails(ROSSI)), "who gets it from Sendmail")
    site.stop("milter")
    got = d.arrives([rcpt, ROSSI], "the milter away: ours is taken")[0]
    t.eq(got["session"], "none", "without a record")
    t.ok(wait_for(lambda: len(mta.mails(ROSSI)) == 2), "and other people's mail is delivered", mta.log()[-1500:])


def alias(d, rcpt, notice):
    mta = d.mta
    smrsh = mta.dir / "smrsh-program"  # it runs as nobody, who may not be let into the folder of this checkout
    shutil.copy(sendmail.LIBEXEC / "smrsh", smrsh)
    mta.reconfigure(("aliases",), "FEATURE(`smrsh', `%s')dnl\n" % smrsh)
    d.arrives(rcpt, "aliases and smrsh: a reply is taken", raw=replies.gmail(notice, ROSSI, "STATO"))
    os.unlink(mta.dir / "etc/mail/smrsh/rinnova")
    mta.reconfigure(("aliases",), "FEATURE(`smrsh', `%s')dnl\n" % smrsh)
    before = len(inbox(d.site))
    mta.send(replies.gmail(notice, ROSSI, "AIUTO"), rcpt, ROSSI)
    back = wait_for(lambda: [m for m in mta.mails(ROSSI) if m.get_content_type() == "multipart/report"])
    t.ok(back and "not available for sendmail programs" in back[0].as_string() and len(inbox(d.site)) == before,
         "without the link in smrsh's folder Sendmail bounces it, as the page warns", mta.log()[-1500:])


def subdomain():
    d, rcpt, _ = newcomer(("subdomain", "virtusertable", "mailer-lmtp"), domain="rinnovo.ordine.example", site="delimiter=")
    d.arrives(rcpt, "a sub-domain of our own, by mailertable: taken")
    d.arrives(rcpt.upper(), "in capitals")
    got = d.arrives([rcpt, "rinnovo@ordine.example"], "a public address by virtusertable", mails=2)
    t.eq(sorted(r["rcpt"] for r in got), sorted([rcpt, "rinnovo@rinnovo.ordine.example"]), "leads there")
    t.ok(d.refused("nessuno@ordine.example"), "other addresses of the main domain do not")


def queue():
    """A reply that waits in the real queue holds its box back; `rinnova expire` asks mailq, which cuts long addresses unless asked not to."""
    today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Rome")).date()
    site = Site(smtp_port=sink.port, site="mail-queue=sendmail\nmail-queue-command={0}\n")
    sites.append(site)
    mta = Sendmail(site)
    servers.append(mta.start())
    command = site.dir / "mailq"
    command.write_text("#!/bin/sh\nexec %s/sendmail -C %s -bp \"$@\"\n" % (sendmail.LIBEXEC, mta.cf))
    command.chmod(0o755)
    site.conf.write_text(site.conf.read_text().replace("{0}", str(command)))
    site.prefix = mta.named()
    site.run("init")
    names = ["m%d@posta.example" % n for n in range(3)]
    site.boxes(*[{"box": n.replace("posta", "pec"), "reference": n, "expiry": today.isoformat()} for n in names])
    site.run("notify")
    site.run("courier", "--once")
    letter = sink.to(names[0])[-1]
    mta.send(replies.gmail(letter, names[0], "RINNOVA"), replies.token_address(letter), "un.altro.mittente.dal.nome.lungo@posta.example")
    mta.send(mail(), "rinnovo@ordine.example", names[1])
    t.ok(wait_for(lambda: mta.mailq().count("<rinnovo") == 2), "two replies wait in the queue", mta.mailq())
    for n in (0, 1):
        site.run("expire", "--date", (today + datetime.timedelta(days=n)).isoformat())
    states = [site.json("box", "show", n.replace("posta", "pec"))[0]["state"] for n in names]
    t.eq(states, ["active", "active", "deactivated"], "one holds the box of its token back, one its sender's; a box without a reply is deactivated")


try:
    d, rcpt, notice = newcomer(("mailer-lmtp", "rule"))
    lmtp(d, rcpt)
    away(d, rcpt)
    milter(d, rcpt)
    program(d, rcpt)
    alias(d, rcpt, notice)
    subdomain()
    queue()
finally:
    for s in servers:
        s.end()
    for s in sites:
        s.end()
    sink.stop()
t.done()
