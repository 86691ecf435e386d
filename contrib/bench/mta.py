"""A private Postfix with one SMTP port for each filter that is compared, and the filters."""
import os, pathlib, re, signal, smtplib, socket, subprocess

from figures import BARE
from house import free_port, wait_for
from postfix import Postfix

# Ours by LMTP as the page says; other people's mail goes where the test wants it, and the probe's into a Maildir.
MAIN = """\
transport_maps = inline:{{ {{ probe@{0} = virtual: }}, {{ {0} = {1} }} }}, texthash:{2}/rinnova-transport
max_use = 1000000
max_idle = 1000s
"""
PORT = "127.0.0.1:%d inet n - n - - smtpd\n  -o smtpd_milters=%s\n"
OPENDKIM = """\
Socket local:{dir}/opendkim.sock
Mode v
UserID root
UMask 000
Background no
Syslog no
AuthservID dkim.example
InternalHosts {dir}/nobody
AlwaysAddARHeader yes
TestPublicKeys {dir}/dkim.keys
"""
OPENDMARC = """\
Socket local:{dir}/opendmarc.sock
UserID root
UMask 000
Background false
Syslog false
AuthservID dmarc.example
TrustedAuthservIDs trusted.example
IgnoreHosts {dir}/nobody
TestDNSData {dir}/dmarc.policy
"""


class Filter:
    """A milter process that listens on a unix socket."""

    def __init__(self, name, socket_path, command, log, **kw):
        self.name, self.socket = name, pathlib.Path(socket_path)
        self.p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **kw)
        if not wait_for(lambda: self._listens() or self.p.poll() is not None, 20) or self.p.poll() is not None:
            raise RuntimeError("%s does not listen on %s; its output is in %s" % (name, socket_path, log.name))
        os.chmod(self.socket, 0o777)

    def _listens(self):
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(str(self.socket)) == 0

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        try:
            self.p.wait(20)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()


def bare(folder, name="bare"):
    """The filter of bare.c."""
    return Filter(name, folder / (name + ".sock"), [BARE, "unix:%s/%s.sock" % (folder, name)], open(folder / (name + ".log"), "wb"))


def rinnova(site, mode, more=""):
    """Our own milter in MODE, gate or handover; MORE: lines of its section."""
    conf = site.dir / (mode + ".conf")
    path = site.dir / (mode + ".sock")
    text = re.sub(r"(?m)^\[milter\]\n(?:[^\[\n].*\n|\n)*", "", site.conf.read_text("utf-8"))
    conf.write_text("%s[milter]\nsocket=%s\nsocket-mode=666\nmode=%s\n%s" % (text, path, mode, more), "utf-8")
    return Filter(mode, path, [str(site.binary), "milter", "--config", str(conf)], open(site.dir / (mode + ".log"), "wb"))


def _others(folder, name, text, command):
    (folder / "nobody").write_text("192.0.2.99\n")
    conf = folder / (name + ".conf")
    conf.write_text(text.format(dir=folder))
    return Filter(name, folder / (name + ".sock"), [arg.replace("CONF", str(conf)) for arg in command], open(folder / (name + ".log"), "wb"))


def opendkim(folder, domain, record):
    """Verifies by the key RECORD of DOMAIN, which it has from a file."""
    (folder / "dkim.keys").write_text("s1._domainkey.%s %s\n" % (domain, record))
    return _others(folder, "opendkim", OPENDKIM, ["/usr/sbin/opendkim", "-f", "-x", "CONF"])


def opendmarc(folder, domain):
    """Judges by a policy of DOMAIN that it has from a file."""
    (folder / "dmarc.policy").write_text("_dmarc.%s v=DMARC1; p=none\n" % domain)
    return _others(folder, "opendmarc", OPENDMARC, ["/usr/sbin/opendmarc", "-f", "-c", "CONF"])


class Mta(Postfix):
    """Postfix with a port for each of FILTERS (name -> unix socket or None), in .port; other people's mail leaves by TRANSPORT."""

    def __init__(self, site, filters, transport="discard:"):
        self.port = {name: free_port() for name in filters}
        lines = "".join(PORT % (self.port[name], "unix:%s" % path if path else "") for name, path in filters.items())
        super().__init__(site, extra_main=MAIN.format(site.mail_domain, transport, site.dir / "postfix/etc"), extra_master=lines)

    @property
    def master(self):
        return int((self.dir / "queue/pid/master.pid").read_text())

    def drain(self, seconds=120):
        if not wait_for(self.queue_empty, seconds):
            raise RuntimeError("the queue does not get empty:\n" + self.log()[-2000:])

    def probe(self, name, raw):
        """RAW as it came out behind the filter NAME."""
        before = len(self.mails("probe@" + self.site.mail_domain))
        with smtplib.SMTP("127.0.0.1", self.port[name], timeout=30) as s:
            s.sendmail("maria.rossi@" + self.site.mail_domain, ["probe@" + self.site.mail_domain], raw)
        return wait_for(lambda: self.mails("probe@" + self.site.mail_domain)[before:], 20)[0]
