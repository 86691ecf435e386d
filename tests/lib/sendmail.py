"""A private Sendmail: Debian's packages unpacked by contrib/deps (they conflict with Postfix), folders and ports of its own. Needs root."""
import os, pathlib, shutil, signal, smtplib, subprocess

import page
from house import ROOT, Sink, free_port, wait_for

UNPACKED = ROOT / "build" / "sendmail"
LIBEXEC = UNPACKED / "usr/libexec/sendmail"
CF = UNPACKED / "usr/share/sendmail/cf"

# What makes it private: folders, ports, no DNS, members' mail into a sink. What hands mail to Rinnova comes from the page.
MC = """\
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME',`mx.{domain}')dnl
define(`QUEUE_DIR',`{dir}/queue')dnl
define(`STATUS_FILE',`{dir}/statistics')dnl
define(`confHOST_STATUS_DIRECTORY',`')dnl
define(`confPID_FILE',`{dir}/sendmail.pid')dnl
define(`ALIAS_FILE',`{dir}/aliases')dnl
define(`HELP_FILE',`{dir}/helpfile')dnl
define(`confSERVICE_SWITCH_FILE',`{dir}/service.switch')dnl
define(`confTO_IDENT',`0s')dnl
define(`confDONT_PROBE_INTERFACES',`True')dnl
define(`confDONT_BLAME_SENDMAIL',`TrustStickyBit')dnl
define(`confREFUSE_LA',`1000')dnl
define(`confQUEUE_LA',`1000')dnl
define(`confDELAY_LA',`0')dnl
define(`SMART_HOST',`relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS',`TCP $h {sink}')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port={smtp}')dnl
LOCAL_DOMAIN(`{local}')dnl
{features}
MAILER(`local')dnl
MAILER(`smtp')dnl
{mailers}
"""


def missing():
    """Why no private Sendmail can be started here; None if it can."""
    if os.geteuid() != 0:
        return "a private Sendmail can only be started by root"
    if subprocess.run(["unshare", "-u", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return "no namespaces can be made here: a chroot whose root is no mount point, or a container"
    return None if (LIBEXEC / "sendmail").exists() else "no build/sendmail: run contrib/deps sendmail"


class Sendmail:
    """DOORS: names of the page's blocks. Letters to members end in self.sink. EXTRA: more lines before the MAILER lines."""

    def __init__(self, site, doors=("mailer-lmtp", "rule"), port=None, user="nobody", local="ordine.example", extra="", aliases=""):
        self.site, self.dir, self.smtp, self.user, self.local = site, site.dir / "sendmail", port or free_port(), user, local
        self.sink, self.daemon, self.session, self.cf = Sink(), None, 0, self.dir / "sendmail.cf"
        for name in ("queue", "etc/mail/smrsh"):
            (self.dir / name).mkdir(parents=True)
        (self.dir / "service.switch").write_text("hosts files\naliases files\n")
        (self.dir / "etc/mail/smrsh/rinnova").symlink_to(site.binary)
        # any user may have programs run
        (self.dir / "etc/shells").write_text("/bin/sh\n/SENDMAIL/ANY/SHELL/\n")
        for name in ("statistics", "helpfile"):
            (self.dir / name).touch()
        self.configure(doors, extra, aliases)

    def configure(self, doors, extra="", aliases=""):
        """Makes sendmail.cf and the maps: what makes it private, then the page's blocks of DOORS."""
        blocks = {n: page.fill(t, self.paths()) for n, t in page.blocks("sendmail").items()}
        mc = {n.split()[1]: t for n, t in blocks.items() if n.startswith("site.mc ")}
        after = [d for d in doors if d.startswith(("mailer-", "rule"))]
        text = MC.format(dir=self.dir, domain=self.site.domain, local=self.local, sink=self.sink.port, smtp=self.smtp,
                         features=extra + "".join(mc[d] for d in doors if d not in after and d in mc), mailers="".join(mc[d] for d in after))
        (self.dir / "site.mc").write_text(text)
        self.cf.write_bytes(self._run("m4", "-D_CF_DIR_=%s/" % CF, CF / "m4/cf.m4", self.dir / "site.mc").encode())
        for name in ("mailertable", "virtusertable"):
            if name in text:
                self._run(LIBEXEC / "makemap", "-C", self.cf, "hash", self.dir / name, input=blocks["/etc/mail/" + name])
        (self.dir / "aliases").write_text("postmaster: /dev/null\n" + aliases + (blocks["/etc/mail/aliases"] if "aliases" in doors else ""))
        (self.dir / "door").write_text(blocks["/etc/rinnova/door"])
        shutil.chown(self.dir / "door", self.user)
        self._run(LIBEXEC / "sendmail", "-C", self.cf, "-bi")

    def paths(self):
        """The page's names and ours."""
        return {"/run/rinnova/lmtp.sock": self.site.dir / "lmtp.sock", "/run/rinnova/milter.sock": self.site.dir / "milter.sock",
                "/etc/mail/": "%s/" % self.dir, "/etc/rinnova/door": self.dir / "door", "U=rinnova:rinnova": "U=%s:nogroup" % self.user,
                "/usr/local/bin/rinnova deliver": "%s deliver --config %s" % (self.site.binary, self.site.conf),
                "/usr/local/bin/rinnova,": "%s," % self.site.binary, "A=rinnova deliver": "A=rinnova deliver --config %s" % self.site.conf}

    def named(self):
        """The beginning of a command in namespaces of its own: with a full host name (without one every Sendmail sleeps for a minute), and
        with smrsh's folder and our /etc/shells laid over /etc."""
        script = "mount -t overlay overlay -o lowerdir=%s/etc:/etc /etc && hostname mx.%s && exec \"$@\"" % (self.dir, self.site.domain)
        return ["unshare", "-u", "-m", "sh", "-c", script, "sh"]

    def _run(self, *args, input=""):
        p = subprocess.run([*self.named(), *map(str, args)], input=input.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if p.returncode:
            raise RuntimeError("%s: exit %d: %s" % (args[0], p.returncode, p.stdout.decode("utf-8", "replace")))
        return p.stdout.decode("utf-8", "replace")

    def start(self, *options):
        """The daemon, in the foreground."""
        log = open(self.dir / "log", "ab")
        words = ["-C", self.cf, "-bD", "-L", "rinnova-test", "-X", self.dir / "traffic", "-q1s", *options]
        self.daemon = subprocess.Popen([*self.named(), *map(str, [LIBEXEC / "sendmail", *words])], stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, cwd="/", start_new_session=True)
        self.session = self.daemon.pid
        log.close()
        if not wait_for(self._listens, 20):
            raise RuntimeError("the private Sendmail does not listen:\n" + self.log())
        return self

    def _listens(self):
        try:
            with smtplib.SMTP("127.0.0.1", self.smtp, timeout=5):
                return True
        except OSError:
            return False

    def log(self):
        """What was said on every connection, and the daemon's complaints. (Its syslog goes to the machine's, if there is one.)"""
        return "".join((self.dir / f).read_text("utf-8", "replace") for f in ("log", "traffic") if (self.dir / f).exists())

    def send(self, raw, rcpt, sender, pipe=False):
        """As the member's provider would: one SMTP session."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as s:
            s.sendmail(sender, [rcpt] if isinstance(rcpt, str) else rcpt, raw, mail_options=["BODY=8BITMIME"])

    def mails(self, address):
        return self.sink.to(address)

    def mailq(self):
        return self._run(LIBEXEC / "sendmail", "-C", self.cf, "-bp")

    def where(self, address):
        """How Sendmail resolves ADDRESS: the line of -bv."""
        p = subprocess.run([*self.named(), LIBEXEC / "sendmail", "-C", self.cf, "-bv", address], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return p.stdout.decode("utf-8", "replace").strip()

    def queue_empty(self):
        return not list((self.dir / "queue").glob("qf*"))

    def pids(self):
        """Ids of the processes of this instance that still live: all are of the daemon's session."""
        found = []
        for p in pathlib.Path("/proc").iterdir():
            try:
                fields = (p / "stat").read_text().rsplit(")", 1)[1].split() if p.name.isdigit() else None
            except OSError:
                continue
            if fields and int(fields[3]) == self.session and fields[0] != "Z":
                found.append(int(p.name))
        return found

    def stop(self):
        if self.daemon is None:
            return
        self.daemon.terminate()
        self.daemon.wait(20)
        # A client that keeps its connection keeps a process; what is under way gets a second.
        for sig, seconds in ((0, 1), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            for pid in self.pids():
                os.kill(pid, sig)
            if wait_for(lambda: not self.pids(), seconds):
                break
        self.daemon = None

    def reconfigure(self, doors, extra="", aliases=""):
        """The same server with other doors, after a restart."""
        self.stop()
        self.configure(doors, extra, aliases)
        self.start()

    def end(self):
        self.stop()
        self.sink.stop()
