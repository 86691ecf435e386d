"""A certificate authority of the test's own, shaped like the one of PEC: an anchor with name constraints that is no
root, leaves that sign mail, revocation lists. All by openssl(1)."""
import os, pathlib, subprocess, tempfile

DN = "/C=IT/ST=Bergamo/L=Ponte San Pietro/O=Prova PEC S.p.A."
PERMITTED = ["pec.prova.example", "pec.altra.example"]


def openssl(*args, input=None, cwd=None):
    p = subprocess.run(["openssl", *map(str, args)], input=input, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode != 0:
        raise RuntimeError("openssl %s: %s" % (" ".join(map(str, args)), p.stderr.decode()))
    return p.stdout


def header(der, at):
    """(bytes of tag and length, length) of the DER element at AT."""
    n = der[at + 1]
    if n < 128:
        return 2, n
    k = n & 127
    return 2 + k, int.from_bytes(der[at + 2:at + 2 + k], "big")


def indefinite(der):
    """A CMS in DER with its outer three elements in indefinite length, as streaming signers write it."""
    at = header(der, 0)[0]
    h, n = header(der, at)
    oid = der[at:at + h + n]
    at += h + n
    at += header(der, at)[0]
    h, n = header(der, at)
    return b"\x30\x80" + oid + b"\xa0\x80\x30\x80" + der[at + h:at + h + n] + b"\0" * 6


class CA:
    """ROOT signs the anchor, which signs leaves. constrained=False makes the negative twin: the same key and name, and
    no name constraints."""

    def __init__(self, folder=None):
        self.dir = pathlib.Path(folder or tempfile.mkdtemp(prefix="testca-"))
        self.dir.mkdir(parents=True, exist_ok=True)
        for name in ("root", "ca", "public"):
            self.key(name)
        self.self_signed("root", "/CN=Prova Root")
        self.self_signed("public", "/C=IT/O=Pubblica/CN=Public Mail CA")
        constraints = "".join("permitted;email.%d=%s\n" % (i, d) for i, d in enumerate(PERMITTED))
        constraints += "permitted;dirName.0=sect\n"
        self.subject = "/C=IT/L=Roma/O=Agenzia di Prova/CN=Prova CA1"
        self.issue("ca", self.subject, "root", "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n"
                   "subjectKeyIdentifier=hash\nnameConstraints=critical,@nc\n[nc]\n" + constraints +
                   "[sect]\nC=IT\nST=Bergamo\nL=Ponte San Pietro\nO=Prova PEC S.p.A.\n")
        # the twin: same key, same name, no constraints
        os.link(self.dir / "ca.key", self.dir / "loose.key")
        self.issue("loose", self.subject, "root", "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\n"
                   "subjectKeyIdentifier=hash\n")
        self.anchors = self.folder("anchors", "ca.pem")
        self.serial = 1000
        (self.dir / "index.txt").write_text("")
        (self.dir / "crlnumber").write_text("01\n")

    def folder(self, name, *certs):
        f = self.dir / name
        f.mkdir(exist_ok=True)
        for c in certs:
            (f / c).write_bytes((self.dir / c).read_bytes())
        return f

    def key(self, name):
        openssl("genrsa", "-out", self.dir / (name + ".key"), "2048")

    def self_signed(self, name, subject):
        openssl("req", "-x509", "-new", "-key", self.dir / (name + ".key"), "-subj", subject, "-days", "7300",
                "-out", self.dir / (name + ".pem"))

    def issue(self, name, subject, issuer, extensions, start=None, end=None):
        """NAME.pem over NAME.key by ISSUER; START and END as YYYYMMDDHHMMSSZ."""
        d = self.dir
        if not (d / (name + ".key")).exists():
            self.key(name)
        openssl("req", "-new", "-key", d / (name + ".key"), "-subj", subject, "-out", d / (name + ".csr"))
        (d / (name + ".ext")).write_text("[ext]\n" + extensions)
        (d / (name + ".cnf")).write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=%s/%s.db\nnew_certs_dir=%s\ndefault_md=sha256\n"
                                         "policy=p\nunique_subject=no\nrand_serial=yes\nemail_in_dn=yes\npreserve=yes\n[p]\n"
                                         "countryName=optional\nstateOrProvinceName=optional\nlocalityName=optional\n"
                                         "organizationName=optional\ncommonName=optional\n" % (d, name, d))
        (d / (name + ".db")).write_text("")
        openssl("ca", "-batch", "-notext", "-config", d / (name + ".cnf"), "-extfile", d / (name + ".ext"), "-extensions", "ext",
                "-keyfile", d / (issuer + ".key"), "-cert", d / (issuer + ".pem"), "-in", d / (name + ".csr"),
                "-startdate", start or "20140101000000Z", "-enddate", end or "20391231000000Z", "-out", d / (name + ".pem"))

    def leaf(self, name, address, issuer="ca", dn=DN, usage="digitalSignature", eku="emailProtection", start=None, end=None):
        """A leaf that signs mail of ADDRESS."""
        self.issue(name, dn + "/CN=" + name, issuer, "keyUsage=critical,%s\nextendedKeyUsage=%s\nsubjectAltName=email:%s\n"
                   "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n" % (usage, eku, address), start, end)
        return name

    def crl(self, revoked=(), folder="crl", days="3650", last=None, nxt=None):
        """A revocation list of the anchor in FOLDER that names the leaves REVOKED."""
        d = self.dir
        (d / "crl.db").write_text("")
        (d / "crl.cnf").write_text("[ca]\ndefault_ca=d\n[d]\ndatabase=%s/crl.db\ncrlnumber=%s/crlnumber\ndefault_md=sha256\n"
                                   "default_crl_days=%s\n" % (d, d, days))
        common = ["ca", "-config", d / "crl.cnf", "-keyfile", d / "ca.key", "-cert", d / "ca.pem"]
        for name in revoked:
            openssl(*common, "-revoke", d / (name + ".pem"))
        when = ["-crl_lastupdate", last or "20140102000000Z", "-crl_nextupdate", nxt or "20390101000000Z"]
        (d / folder).mkdir(exist_ok=True)
        openssl(*common, "-gencrl", *when, "-out", d / folder / "ca.crl")
        return d / folder

    def sign(self, content, leaf, md="sha256", ber=False, extra=(), opaque=False):
        """The DER (or BER, indefinite length) of a CMS signature over the bytes CONTENT."""
        args = ["cms", "-sign", "-binary", "-signer", self.dir / (leaf + ".pem"), "-inkey", self.dir / (leaf + ".key"),
                "-md", md, "-outform", "DER", "-nosmimecap"]
        args += ["-nodetach"] if opaque else []
        for name in extra:
            args += ["-certfile", self.dir / (name + ".pem")]
        der = openssl(*args, input=content)
        return indefinite(der) if ber else der
