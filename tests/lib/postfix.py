"""A private Postfix: its own folders, free loopback ports, nothing of the system's is touched. Needs root."""
import email, email.policy, os, pathlib, pwd, shutil, signal, smtplib, subprocess

import page
from house import free_port, wait_for

# What makes it private: folders, loopback ports, no DNS, members' mail into one Maildir. What hands mail to Rinnova comes from the page.
MAIN = """\
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {dir}/maillog
maillog_file_prefixes = {dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
lmtp_host_lookup = native
smtpd_peername_lookup = no
myhostname = mx.{domain}
mydestination = {mydestination}
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
virtual_mailbox_domains = {mail_domain}
virtual_mailbox_base = {dir}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_authorized_xclient_hosts = 127.0.0.1
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
in_flow_delay = 0
smtputf8_enable = yes
"""

MASTER = """\
127.0.0.1:{smtp} inet n - {chroot} - - smtpd
127.0.0.1:{smtp_pipe} inet n - n - - smtpd
  -o content_filter=rinnova: -o smtpd_milters=
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

# The doors that a plain private Postfix has: LMTP, and the pipe on a port of its own.
DOORS = ("lmtp", "recipients-local", "guard", "pipe")


def last_wins(main_cf):
    """MAIN_CF with one line a setting, as an administrator keeps it; Postfix takes the last of two and warns."""
    settings, name = {}, ""
    for line in main_cf.splitlines():
        if line.startswith((" ", "\t")):
            settings[name] += "\n" + line
        else:
            name = line.split("=")[0].strip()
            settings[name] = line
    return "\n".join(settings.values()) + "\n"


class Postfix:
    """DOORS: names of the page's blocks; where two want the same file or setting, the first wins. MILTERS: for each a text for smtpd_milters;
    the smtpd behind self.milter_ports[i] asks that one."""

    def __init__(self, site, user="nobody", extra_main="", ports=None, doors=DOORS, milters=(), extra_master="", start=True, **how):
        self.site, self.user = site, user
        self.milters, self.milter_ports, self.extra_master = milters, [free_port() for _ in milters], extra_master
        self.dir = site.dir / "postfix"
        self.smtp, self.smtp_pipe = ports or (free_port(), free_port())
        p = pwd.getpwnam(user)
        for name in ("etc", "queue", "data", "mail"):
            (self.dir / name).mkdir(parents=True)
        os.chown(self.dir / "mail", p.pw_uid, p.pw_gid)
        shutil.chown(self.dir / "data", "postfix")
        self.values = dict(dir=self.dir, domain=site.domain, mail_domain=site.mail_domain, uid=p.pw_uid, gid=p.pw_gid, smtp=self.smtp,
                           smtp_pipe=self.smtp_pipe)
        self.configure(doors, extra_main, **how)
        if not start:  # a configuration to look at
            return
        self._postfix("start")
        if not wait_for(self._listens, 20):
            raise RuntimeError("the private Postfix does not listen:\n" + self.log())

    def configure(self, doors, extra_main="", mydestination=None, chroot="n"):
        """Writes main.cf, master.cf and the maps: what makes it private, then the page's blocks of DOORS."""
        values = dict(self.values, mydestination=self.site.domain if mydestination is None else mydestination, chroot=chroot)
        ports = "".join("127.0.0.1:%d inet n - n - - smtpd\n  -o { smtpd_milters = %s }\n" % x for x in zip(self.milter_ports, self.milters))
        files = {"main.cf": MAIN.format(**values), "master.cf": MASTER.format(**values) + ports + self.extra_master}
        for door in (*doors, None):
            for name, text in page.blocks("postfix").items():
                file, _, variant = name.partition(" ")
                file = file.replace("/etc/postfix/", "")
                if variant == (door or "") and (file not in files or file.endswith(".cf")):
                    files[file] = files.get(file, "") + page.fill(text, self.paths())
        for file, text in files.items():
            text += extra_main if file == "main.cf" else ""
            place = {"/etc/rinnova/aliases": self.site.dir / "aliases", ".forward": self.dir / "forward"}
            place.get(file, self.dir / "etc" / file).write_text(last_wins(text) if file == "main.cf" else text)

    def paths(self):
        """The page's names and ours."""
        return {"/run/rinnova/lmtp.sock": self.site.dir / "lmtp.sock", "/run/rinnova/milter.sock": self.site.dir / "milter.sock",
                "/etc/postfix/mailboxes": self.dir / "etc/mailboxes", "/etc/postfix/": "%s/" % (self.dir / "etc"),
                "hash:/etc/aliases ": "", "/etc/rinnova/aliases": self.site.dir / "aliases", "user=rinnova": "user=" + self.user,
                "/usr/local/bin/rinnova deliver": "%s deliver --config %s" % (self.site.binary, self.site.conf)}

    def reconfigure(self, doors, extra_main="", **how):
        """The same server with other doors, after a reload."""
        self.configure(doors, extra_main, **how)
        done, master = self.log().count(" reload -- version"), int((self.dir / "queue/pid/master.pid").read_text())
        old = [p for p in self.pids() if pathlib.Path("/proc/%d/comm" % p).read_text().strip() not in ("master", "postlogd")]
        os.kill(master, signal.SIGHUP)
        if not wait_for(lambda: self.log().count(" reload -- version") > done):
            raise RuntimeError("the private Postfix does not reload:\n" + self.log())
        # The master has told them to end; one that still lives would take a mail by the old rules.
        wait_for(lambda: not set(old) & set(self.pids()))

    def _postfix(self, what):
        p = subprocess.run(["/usr/sbin/postfix", "-c", str(self.dir / "etc"), what], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        return p.returncode, p.stdout.decode("utf-8", "replace")

    def _listens(self):
        try:
            with smtplib.SMTP("127.0.0.1", self.smtp, timeout=5):
                return True
        except OSError:
            return False

    def log(self):
        path = self.dir / "maillog"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def send(self, raw, rcpt, sender, pipe=False, milter=None, client=None):
        """As the member's provider would: one SMTP session, to one recipient or a list. MILTER: by which of the ports with a milter. CLIENT: as
        if from that address."""
        port = self.smtp_pipe if pipe else self.smtp if milter is None else self.milter_ports[milter]
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as s:
            if client:
                s.ehlo()
                s.docmd("XCLIENT", "ADDR=%s NAME=[UNAVAILABLE]" % client)
                s.ehlo()
            s.sendmail(sender, [rcpt] if isinstance(rcpt, str) else rcpt, raw, mail_options=["BODY=8BITMIME"])

    def mails(self, address):
        """Parsed mails that were delivered to ADDRESS, oldest first. All members share one Maildir; virtual(8) notes for whom each is."""
        folder = self.dir / "mail" / "all" / "new"
        files = sorted(folder.iterdir(), key=lambda f: (f.stat().st_mtime_ns, f.name)) if folder.is_dir() else []
        parsed = [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]
        return [m for m in parsed if str(m["Delivered-To"]).lower() == address]

    def queue_empty(self):
        return not any(f.is_file() for q in ("maildrop", "incoming", "active", "deferred", "hold") for f in (self.dir / "queue" / q).rglob("*"))

    def pids(self):
        """Ids of the processes of this instance that still live (zombies do not count)."""
        found = []
        for p in pathlib.Path("/proc").iterdir():
            if not p.name.isdigit():
                continue
            try:
                if os.readlink(p / "cwd").startswith(str(self.dir)) and "\nState:\tZ" not in (p / "status").read_text():
                    found.append(int(p.name))
            except OSError:
                pass
        return found

    def stop(self):
        self._postfix("stop")
        if not wait_for(lambda: not self.pids(), 15):
            for pid in self.pids():
                try:
                    os.kill(pid, 9)
                except OSError:
                    pass
            wait_for(lambda: not self.pids(), 5)
