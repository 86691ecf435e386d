"""The verifiers that stand before Rinnova in a real mail server: OpenDKIM and OpenDMARC, with a name server of their own on loopback, and a
signer for what members send. Needs root, as the private Postfix does."""
import os, pathlib, random, shutil, socket, subprocess

import dkim

from house import wait_for

DNS = """\
no-resolv
no-hosts
no-daemon
bind-interfaces
listen-address={ip}
port=53
user=root
pid-file=
local=/example/
{records}"""

OPENDKIM = """\
Socket local:{dir}/dkim.sock
Mode v
AuthservID {authserv}
AlwaysAddARHeader yes
InternalHosts {dir}/nobody
TestPublicKeys {dir}/keys
UserID root
UMask 000
PidFile {dir}/dkim.pid
Syslog no
"""

OPENDMARC = """\
Socket local:{dir}/dmarc.sock
AuthservID {authserv}
TrustedAuthservIDs {authserv}
IgnoreHosts {dir}/nobody
SPFSelfValidate true
SPFIgnoreResults true
RejectFailures false
PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
UserID root
UMask 000
PidFile {dir}/dmarc.pid
Syslog no
"""


def _txt(name, value):
    """A TXT record for dnsmasq; a string of one holds 255 bytes at most."""
    return "txt-record=%s,%s\n" % (name, ",".join('"%s"' % value[i:i + 200] for i in range(0, len(value), 200)))


class Verifiers:
    """DOMAINS: name -> {"dmarc": policy or None, "spf": record or None, "key": yes or no}."""

    def __init__(self, folder, authserv, domains):
        self.dir = pathlib.Path(folder) / "verifiers"
        self.dir.mkdir()
        self.authserv, self.children = authserv, {}
        self.ip = "127.%d.%d.%d" % tuple(random.randint(2, 250) for _ in range(3))
        self.key = self.dir / "signer.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.key, "2048"], check=True, stderr=subprocess.DEVNULL)
        public = subprocess.run(["openssl", "rsa", "-in", self.key, "-pubout"], check=True, capture_output=True, text=True).stdout
        self.record = "v=DKIM1; k=rsa; p=" + "".join(l for l in public.splitlines() if "-----" not in l)
        (self.dir / "nobody").write_text("192.0.2.99\n")
        (self.dir / "keys").write_text("".join("s1._domainkey.%s %s\n" % (d, self.record) for d, w in domains.items() if w.get("key")))
        (self.dir / "resolv.conf").write_text("nameserver %s\n" % self.ip)
        self._dns(domains)
        self.start()

    def _dns(self, domains):
        records = ""
        for d, w in domains.items():
            records += "host-record=%s,127.0.0.1\nmx-host=%s,%s\n" % (d, d, d)
            if w.get("dmarc"):
                records += _txt("_dmarc." + d, "v=DMARC1; p=" + w["dmarc"])
            if w.get("spf"):
                records += _txt(d, w["spf"])
        (self.dir / "dnsmasq.conf").write_text(DNS.format(ip=self.ip, records=records))
        (self.dir / "dkim.conf").write_text(OPENDKIM.format(dir=self.dir, authserv=self.authserv))
        (self.dir / "dmarc.conf").write_text(OPENDMARC.format(dir=self.dir, authserv=self.authserv))
        self._run("dns", [shutil.which("dnsmasq", path="/usr/sbin:/usr/bin"), "-C", self.dir / "dnsmasq.conf"])
        if not wait_for(self._resolves):
            raise RuntimeError("the name server does not answer: " + self.log("dns"))

    def _resolves(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(1)
            try:
                s.sendto(b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x00\x00\x01\x00\x01", (self.ip, 53))
                return s.recv(512)
            except OSError:
                return None

    def _run(self, name, args):
        log = open(self.dir / (name + ".log"), "ab")
        self.children[name] = subprocess.Popen([str(a) for a in args], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()

    def log(self, name):
        return (self.dir / (name + ".log")).read_text("utf-8", "replace")

    def start(self):
        """Both in a mount namespace whose resolv.conf names our server alone."""
        for name, program in (("dkim", "opendkim"), ("dmarc", "opendmarc")):
            self._run(name, ["unshare", "-m", "sh", "-c", 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"', "sh", self.dir / "resolv.conf",
                             "/usr/sbin/" + program, "-f", "-x" if name == "dkim" else "-c", self.dir / (name + ".conf")])
        for name in ("dkim", "dmarc"):
            if not wait_for(lambda: self._listens(name)):
                raise RuntimeError("%s does not listen: %s" % (name, self.log(name)))

    def _listens(self, name):
        with socket.socket(socket.AF_UNIX) as s:
            try:
                s.connect(str(self.dir / (name + ".sock")))
                return True
            except OSError:
                return False

    def milters(self, first=""):
        """What stands in main.cf: OpenDKIM first, OpenDMARC reads its result. FIRST: a milter before them, with its comma."""
        return "smtpd_milters = %sunix:%s/dkim.sock, unix:%s/dmarc.sock\nmilter_default_action = accept\n" % (first, self.dir, self.dir)

    def sign(self, raw, domain, **kw):
        """RAW (CRLF) with a DKIM-Signature of DOMAIN on top."""
        return dkim.sign(raw, b"s1", domain.encode(), self.key.read_bytes(), **kw) + raw

    def stop(self, *names):
        """Kills those named, or all: libmilter takes five seconds to end in peace, and nothing of theirs is worth it."""
        for name in names or list(self.children):
            p = self.children.pop(name)
            p.kill()
            p.wait()
            if name != "dns":
                os.unlink(self.dir / (name + ".sock"))
