"""A private Postfix: its own folders, free loopback ports, nothing of the system's is touched. Needs root."""
import mailbox, os, pathlib, pwd, shutil, smtplib, subprocess, time, email, email.policy

from house import free_port, wait_for

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
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
relay_domains = {domain}
relay_transport = lmtp:unix:{lmtp}
recipient_delimiter = +
virtual_mailbox_domains = {mail_domain}
virtual_mailbox_base = {dir}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_forbid_bare_newline = normalize
minimal_backoff_time = 2s
maximal_backoff_time = 5s
queue_run_delay = 2s
in_flow_delay = 0
lmtp_send_xforward_command = yes
smtputf8_enable = yes
"""

MASTER = """\
127.0.0.1:{smtp} inet n - n - - smtpd
127.0.0.1:{smtp_pipe} inet n - n - - smtpd
  -o content_filter=rinnova-pipe:
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
rinnova-pipe unix - n n - 5 pipe
  user={user} null_sender= flags=R
  argv={binary} deliver --config {conf} --rcpt ${{original_recipient}} --sender ${{sender}} --queue-id ${{queue_id}} --client ${{client_address}}
"""


class Postfix:
    def __init__(self, site, user="nobody", extra_main="", ports=None):
        self.site = site
        self.dir = site.dir / "postfix"
        self.smtp, self.smtp_pipe = ports or (free_port(), free_port())
        p = pwd.getpwnam(user)
        for name in ("etc", "queue", "data", "mail"):
            (self.dir / name).mkdir(parents=True)
        os.chown(self.dir / "mail", p.pw_uid, p.pw_gid)
        shutil.chown(self.dir / "data", "postfix")
        values = dict(dir=self.dir, domain=site.domain, mail_domain=site.mail_domain, lmtp=site.dir / "lmtp.sock", uid=p.pw_uid,
                      gid=p.pw_gid, smtp=self.smtp, smtp_pipe=self.smtp_pipe, user=user, binary=site.binary, conf=site.conf)
        (self.dir / "etc/main.cf").write_text(MAIN.format(**values) + extra_main)
        (self.dir / "etc/master.cf").write_text(MASTER.format(**values))
        self._postfix("start")
        if not wait_for(self._listens, 20):
            raise RuntimeError("the private Postfix does not listen:\n" + self.log())

    def _postfix(self, what):
        p = subprocess.run(["/usr/sbin/postfix", "-c", str(self.dir / "etc"), what], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
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

    def send(self, raw, rcpt, sender, pipe=False):
        """As the member's provider would: one SMTP session."""
        with smtplib.SMTP("127.0.0.1", self.smtp_pipe if pipe else self.smtp, timeout=30) as s:
            s.sendmail(sender, [rcpt], raw, mail_options=["BODY=8BITMIME"])

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
