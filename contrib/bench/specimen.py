"""Messages to measure with: a plain one with a valid DKIM signature, and hostile ones."""
import base64, hashlib, random, re, subprocess


def _openssl(*args, data=b""):
    return subprocess.run(["openssl", *args], input=data, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def _relaxed(name, value):
    return "%s:%s" % (name.lower(), re.sub(r"[ \t\r\n]+", " ", value).strip())


def signed(folder, domain, size=4000, selector="s1"):
    """A message of about SIZE bytes from DOMAIN with a DKIM signature (RFC 6376, relaxed/simple, rsa-sha256), CRLF lines; and the text of the key's record.
    The key is left in FOLDER."""
    key = folder / "dkim.key"
    _openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(key))
    public = base64.b64encode(_openssl("pkey", "-in", str(key), "-pubout", "-outform", "DER")).decode()
    fields = [("From", "Maria Rossi <maria.rossi@%s>" % domain), ("To", "Luca Bianchi <luca.bianchi@posta.example>"), ("Subject", "Verbale della riunione"),
              ("Date", "Tue, 24 Nov 2026 10:12:00 +0100"), ("Message-ID", "<1.2@%s>" % domain), ("MIME-Version", "1.0"),
              ("Content-Type", "text/plain; charset=us-ascii")]
    words = "il verbale della riunione di ieri con le firme di tutti i presenti e le note a margine".split()
    rand, body = random.Random(1), ""
    while len(body) < size:
        body += " ".join(rand.choice(words) for _ in range(10)) + "\r\n"
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    value = "v=1; a=rsa-sha256; c=relaxed/simple; d=%s; s=%s; h=%s; bh=%s; b=" % (domain, selector, ":".join(n.lower() for n, _ in fields), digest)
    text = "".join(_relaxed(n, v) + "\r\n" for n, v in fields) + _relaxed("DKIM-Signature", value)
    b = base64.b64encode(_openssl("dgst", "-sha256", "-sign", str(key), data=text.encode())).decode()
    head = "".join("%s: %s\r\n" % f for f in fields)
    return ("DKIM-Signature: %s%s\r\n%s\r\n%s" % (value, b, head, body)).encode(), "v=DKIM1; k=rsa; p=" + public


def _nested(size):
    """Multiparts within each other until SIZE is full."""
    parts, n, i = [], 0, 0
    while n < size:
        parts.append('Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i))
        n += len(parts[-1])
        i += 1
    return "", "".join(parts) + "Content-Type: text/plain\n\nRINNOVA\n"


def _headers(size):
    """Header fields of 60 kB each."""
    return "".join("X-Long-%d: %s\n" % (i, ("a" * 70 + "\n ") * 850) for i in range(size // 61200)), "Content-Type: text/plain\n\nRINNOVA\n"


def _base64(size):
    return "", "Content-Type: text/html\nContent-Transfer-Encoding: base64\n\n" + (base64.b64encode(b"<b><i><table><tr><td>" * 3)[:76].decode() + "\n") * (size // 77)


def _parts(size):
    """Empty parts."""
    return "", 'Content-Type: multipart/mixed; boundary="b"\n\n' + "--b\n\n" * (size // 5) + "--b--\n"


def _quotes(size):
    return "", "Content-Type: text/plain\n\nRINNOVA\n\n" + "> Il giorno 24 nov 2026 alle ore 10:12 Ordine ha scritto:\n>> x\n" * (size // 63)


def _encoded(size):
    """One text part whose type has parameters without end, and encoded words."""
    many = "".join(";\n a%d*=utf-8''%%41%%42" % i for i in range(2000))
    return "X-Words: %s\n" % ("=?utf-8?q?=C3=A8?=\n " * 3000), "Content-Type: text/plain%s\n\n" % many + ("x" * 75 + "\n") * (size // 76)


def hostile(reply, size, number=0):
    """Six mails of about SIZE bytes, each made to keep a MIME reader busy in another way, under the head of REPLY (a good reply to a letter); with another
    NUMBER another message."""
    head = reply.replace(b"\r\n", b"\n").split(b"\n\n")[0].decode()
    keep = "\n".join(f for f in re.split(r"\n(?![ \t])", head) if not f.lower().startswith(("content-", "message-id:"))) 
    mails = []
    for kind, make in enumerate((_nested, _headers, _base64, _parts, _quotes, _encoded)):
        more, rest = make(size)
        mails.append(("%s\nMessage-ID: <%d@hostile.example>\n%s%s" % (keep, 6 * number + kind, more, rest)).encode())
    return mails
