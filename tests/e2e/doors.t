#!/usr/bin/python3
"""contrib/postfix/README.md, block by block, on a real Postfix: each way in, who is refused, and what happens when the other side is away."""
import os, pathlib, shutil, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from doors import ROSSI, Doors, member
from house import Sink, Tap, wait_for
from postfix import Postfix

if os.geteuid() != 0:
    print("1..0 # SKIP a private Postfix can only be started by root")
    sys.exit(0)

t, sink, sites = Tap(), Sink(), []
RELAY = dict(extra_main="relay_domains = ordine.example\n", mydestination="")
SAFE = ("recipients-local", "guard")


def newcomer(**settings):
    site, notice = member(sink, **settings)
    sites.append(site)
    return site, replies.token_address(notice)


def lmtp(d, rcpt):
    mta = d.mta
    got = d.arrives(rcpt, "LMTP: taken")[0]
    t.ok(got["queue_id"] and got["queue_id"] in mta.log() and got["client"] == "127.0.0.1", "with Postfix's queue id and the client's address", dict(got, raw=0))
    got = d.arrives(rcpt.split("@")[0].upper() + "@ORDINE.EXAMPLE", "in capitals")
    d.arrives([rcpt, "rinnovo@ordine.example"], "two recipients in one mail", mails=2)
    t.ok(d.refused("nessuno@ordine.example"), "in mydestination: an unknown address is refused in the session")
    mta.reconfigure(("lmtp", "recipients-virtual", "guard"), "virtual_mailbox_domains = ordine.example\n", mydestination="")
    (mta.dir / "etc/mailboxes").write_text("segreteria@ordine.example  x\n")
    d.arrives(rcpt, "virtual_mailbox_domains: taken")
    t.ok(d.refused("nessuno@ordine.example"), "and an unknown address refused")
    mta.reconfigure(("lmtp", "recipients-relay", "guard"), **RELAY)
    d.arrives(rcpt, "relay_domains: taken")
    t.ok(d.refused("nessuno@ordine.example"), "and an unknown address refused")
    mta.reconfigure(("stop", "lmtp", "recipients-relay", "guard"), **RELAY)
    before = d.kept(rcpt, "the emergency stop keeps our mail in the queue", lambda: "(deferred transport)" in mta.log())
    mta.reconfigure(("lmtp", "recipients-relay", "guard"), **RELAY)
    d.arrived(before, "and it arrives when the line is gone")


def pipe(d, rcpt):
    mta, site = d.mta, d.site
    mta.reconfigure(("pipe", *SAFE))
    got = d.arrives(rcpt, "pipe: taken")[0]
    t.ok(got["queue_id"] and got["queue_id"] in mta.log() and got["client"] == "127.0.0.1", "with Postfix's queue id and the client's address", dict(got, raw=0))
    d.arrives([rcpt, "rinnovo@ordine.example"], "two recipients, one program each", mails=2)
    got = d.arrives(rcpt, "from the null sender", sender="")[0]
    t.eq((got["sender"], got["class"]), ("", "auto"), "which arrives as such")
    os.rename(site.binary, str(site.binary) + ".gone")
    log = len(mta.log())
    before = d.kept(rcpt, "a program that is missing: kept", lambda: "relay=rinnova," in mta.log()[log:] and "status=deferred" in mta.log()[log:])
    os.rename(str(site.binary) + ".gone", site.binary)
    d.arrived(before, "and the mail arrives when it is back")


def milter(d, rcpt):
    mta, site = d.mta, d.site
    site.start("milter")
    mta.reconfigure(("milter", "lmtp", *SAFE))
    got = d.arrives(rcpt, "the milter: taken")[0]
    t.eq((got["session"], got["client"]), ("good", "127.0.0.1"), "with its record of the session")
    site.stop("milter")
    others = len(mta.mails(ROSSI))
    mta.send(b"Subject: altro\r\n\r\nciao\r\n", ROSSI, "x@posta.example")
    t.ok(wait_for(lambda: len(mta.mails(ROSSI)) > others), "the milter away: other people's mail is delivered", mta.log()[-1500:])
    got = d.arrives(rcpt, "and ours too")[0]
    t.eq(got["session"], "none", "without a record")


def chroot(mta):
    """smtpd in its chroot, the sockets in there, relative paths."""
    folder = mta.dir / "queue/rinnova"
    folder.mkdir()
    shutil.chown(folder, "nobody")
    site, rcpt = newcomer(level="debug")
    mta.site = site
    for door in ("lmtp", "milter"):
        if door == "lmtp":
            site.stop("lmtpd")
        site.conf.write_text(site.conf.read_text().replace("socket=%s/%s.sock" % (site.dir, door), "socket=%s/%s.sock" % (folder, door)))
        (site.dir / (door + ".sock")).symlink_to(folder / (door + ".sock"))
        site.start(door + "d" if door == "lmtp" else door)
    mta.reconfigure(("chroot", "lmtp", *SAFE), chroot="y")
    got = Doors(t, mta, site).arrives(rcpt, "chroot: taken")[0]
    t.eq(got["session"], "good", "and the milter was asked inside it")


def local(d, rcpt):
    """The configuration is its owner's only, so the program must run as that user."""
    mta, aliases = d.mta, d.site.dir / "aliases"
    os.chmod(d.site.conf, 0o600)
    mta.reconfigure(("aliases", *SAFE), "default_privs = daemon\n")
    shutil.chown(aliases, "nobody")
    subprocess.run(["/usr/sbin/postalias", "-c", mta.dir / "etc", "hash:%s" % aliases], check=True)
    d.arrives(rcpt, "aliases: taken, by the owner of the file")
    d.arrives(rcpt, "from the null sender", sender="")
    shutil.chown(d.site.dir / "aliases.db", "root")
    mta.reconfigure(("aliases", *SAFE), "default_privs = daemon\n")
    log = len(mta.log())
    before = d.kept(rcpt, "a file of root's runs it as somebody who may not: kept", lambda: "status=deferred" in mta.log()[log:])
    shutil.chown(d.site.dir / "aliases.db", "nobody")
    mta.reconfigure(("aliases", *SAFE), "default_privs = daemon\n")
    d.arrived(before, "and the mail arrives when the owner is right")


def forward(mta):
    mta.site, rcpt = newcomer(site="localpart=nobody")
    mta.reconfigure(("forward", "guard"), "recipient_delimiter = +\nforward_path = %s/forward\n" % mta.dir)
    shutil.chown(mta.dir / "forward", "nobody")
    Doors(t, mta, mta.site).arrives(rcpt, ".forward: taken")


def subdomain(mta):
    mta.site, rcpt = newcomer(domain="rinnovo.ordine.example", site="delimiter=")
    mta.reconfigure(("subdomain", "lmtp", "guard"), mydestination="ordine.example")
    d = Doors(t, mta, mta.site)
    t.eq((len(rcpt.split("@")[0]), rcpt.split("@")[1]), (40, "rinnovo.ordine.example"), "a sub-domain of our own: the token is the whole local part")
    d.arrives(rcpt, "taken")
    d.arrives(rcpt.upper(), "in capitals")
    t.ok(d.refused("info@rinnovo.ordine.example") and d.refused("nessuno@ordine.example"), "short names and other domains are not")


mta = None
try:
    site, rcpt = newcomer()
    mta = Postfix(site, doors=("lmtp", *SAFE))
    d = Doors(t, mta, site)
    lmtp(d, rcpt)
    milter(d, rcpt)
    pipe(d, rcpt)
    local(d, rcpt)
    forward(mta)
    subdomain(mta)
    chroot(mta)
    t.ok(wait_for(mta.queue_empty), "nothing is left in the queue")
    bad = [l for l in mta.log().splitlines() if ("fatal:" in l or "status=bounced" in l) and "execvp" not in l]
    t.eq(bad, [], "nothing bounced, no daemon complained")
finally:
    if mta:
        mta.stop()
    for s in sites:
        s.end()
    sink.stop()
t.done()
