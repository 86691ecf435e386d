"""A plain authority that signs a certificate for letters, and two readers of what was signed: openssl and gpgsm."""
import os, pathlib, re, subprocess

from testca import openssl


class Letters:
    """Key and certificate for ADDRESS in FOLDER, under a CA of their own (gpgsm refuses chains with critical name constraints)."""

    def __init__(self, folder, address="rinnovo@ordine.example"):
        self.dir = pathlib.Path(folder)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.dir / "ca.key", "-out", self.dir / "ca.pem", "-days", "30",
                "-subj", "/C=IT/O=Prova/CN=Prova Mail CA", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        openssl("genrsa", "-out", self.dir / "letters.key", "2048")
        os.chmod(self.dir / "letters.key", 0o600)
        self.issue("letters.pem", address)

    def issue(self, name, address, usage="emailProtection", days="20"):
        """A certificate NAME over the key of the letters."""
        ext = self.dir / "ext"
        ext.write_text("subjectAltName=email:%s\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\nsubjectKeyIdentifier=hash\n" % (address, usage))
        csr = openssl("req", "-new", "-key", self.dir / "letters.key", "-subj", "/C=IT/O=Ordine di Prova/CN=Rinnovo PEC")
        (self.dir / name).write_bytes(openssl("x509", "-req", "-CA", self.dir / "ca.pem", "-CAkey", self.dir / "ca.key", "-CAcreateserial", "-days", days,
                                              "-extfile", ext, input=csr))
        return self.dir / name

    def _openssl(self, tool, raw):
        p = subprocess.run(["openssl", tool, "-verify", "-CAfile", str(self.dir / "ca.pem"), "-purpose", "smimesign"], input=raw,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return p.returncode == 0, p.stderr.decode()

    def cms(self, raw):
        return self._openssl("cms", raw)

    def smime(self, raw):
        return self._openssl("smime", raw)

    def gpgsm(self, raw):
        """The same by GnuPG, which is given the covered bytes and the signature as a mail program would."""
        home = self.dir / "gnupg"
        if not home.exists():
            home.mkdir(mode=0o700)
            sha1 = openssl("x509", "-in", self.dir / "ca.pem", "-noout", "-fingerprint", "-sha1").decode().split("=")[1].strip()
            (home / "trustlist.txt").write_text("%s S relax\n" % sha1)
            (home / "gpgsm.conf").write_text("disable-crl-checks\ndisable-dirmngr\nno-greeting\n")
            subprocess.run(["gpgsm", "--homedir", str(home), "--batch", "--import", str(self.dir / "ca.pem")], stderr=subprocess.DEVNULL, check=True)
        covered, signature = parts(raw)
        (self.dir / "covered").write_bytes(covered)
        (self.dir / "signature").write_bytes(signature)
        p = subprocess.run(["gpgsm", "--homedir", str(home), "--batch", "--assume-base64", "--verify", str(self.dir / "signature"), str(self.dir / "covered")],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return p.returncode == 0 and b"Good signature" in p.stdout, p.stdout.decode()

    def end(self):
        """The agent that gpgsm has started for its folder goes away with it."""
        subprocess.run(["gpgconf", "--homedir", str(self.dir / "gnupg"), "--kill", "gpg-agent"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def parts(raw):
    """(covered bytes, signature in base64) of a multipart/signed, by its outermost boundary alone (RFC 1847 2.1)."""
    head, _, body = raw.partition(b"\r\n\r\n")
    boundary = re.search(rb'multipart/signed;[^\0]*?boundary="([^"]+)"', head).group(1)
    _, covered, signature, end = body.split(b"--" + boundary)
    assert covered.startswith(b"\r\n") and covered.endswith(b"\r\n") and end == b"--\r\n"
    return covered[2:-2], signature.partition(b"\r\n\r\n")[2]
