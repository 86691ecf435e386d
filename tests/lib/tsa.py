"""A time-stamping authority of the tests' own (RFC 3161): a CA, a certificate for time-stamping, and `openssl ts -reply` behind HTTP on
loopback. It can fail in every way."""
import http.server, pathlib, threading

from testca import openssl

TSA = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"


class Authority:
    """faults: what is done with the next requests, one each: "refuse" (status: rejection), "garbage", "nonce" (answers another request over
    the same record), "digest" (a stamp over something else), "stranger" (signed by another authority), "cut" (half of the answer), "away"
    (HTTP 503), "close" (read, then closed), "mail" (signed by a certificate for mail)."""

    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.asked, self.faults = [], []
        for ca, leaf in (("ca", "tsa"), ("other-ca", "stranger")):
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "7300", "-subj", "/O=Prova/CN=" + ca, "-keyout", self.dir / (ca + ".key"),
                    "-out", self.dir / (ca + ".pem"))
            self.leaf(leaf, ca, TSA)
        self.leaf("mail", "ca", "keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n")
        (self.dir / "serial").write_text("01\n")
        self.anchor = self.dir / "ca.pem"
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_POST(self):
                query = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.headers.get("Content-Type"), query))
                outer.answer(self, query)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d/tsr" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def leaf(self, name, ca, extensions):
        d = self.dir
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=Prova/CN=" + name, "-keyout", d / (name + ".key"), "-out", d / (name + ".csr"))
        (d / (name + ".ext")).write_text(extensions)
        openssl("x509", "-req", "-in", d / (name + ".csr"), "-CA", d / (ca + ".pem"), "-CAkey", d / (ca + ".key"), "-CAcreateserial", "-days", "7300",
                "-extfile", d / (name + ".ext"), "-out", d / (name + ".pem"))

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def reply(self, query, signer="tsa", digests="sha256"):
        d = self.dir
        (d / "query.tsq").write_bytes(query)
        (d / "ts.cnf").write_text("[tsa]\ndefault_tsa=t\n[t]\nserial=%s/serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=%s\n"
                                  "ordering=no\ntsa_name=yes\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n" % (d, digests))
        openssl("ts", "-reply", "-config", d / "ts.cnf", "-queryfile", d / "query.tsq", "-signer", d / (signer + ".pem"), "-inkey", d / (signer + ".key"),
                "-out", d / "reply.tsr")
        return (d / "reply.tsr").read_bytes()

    def other(self, data, *more):
        """A request of another client's over DATA."""
        (self.dir / "data").write_bytes(data)
        openssl("ts", "-query", "-data", self.dir / "data", "-sha256", "-cert", *more, "-out", self.dir / "other.tsq")
        return (self.dir / "other.tsq").read_bytes()

    def answer(self, h, query):
        fault = self.faults.pop(0) if self.faults else None
        h.close_connection = True
        if fault == "close":
            return
        if fault == "away":
            h.send_error(503)
            return
        if fault == "garbage":
            body = b"<html>buongiorno</html>"
        elif fault == "refuse":
            body = self.reply(query, digests="sha512")
        elif fault == "nonce":
            body = self.reply(self.same_record(query))
        elif fault == "digest":
            body = self.reply(self.other(b"altro"))
        elif fault == "stranger":
            body = self.reply(query, "stranger")
        else:
            body = self.reply(query)
        h.send_response(200)
        h.send_header("Content-Type", "application/timestamp-reply")
        if fault == "cut":
            h.send_header("Content-Length", str(len(body)))
            body = body[:len(body) // 2]
        elif fault == "half":
            body = body[:len(body) // 2]
            h.send_header("Content-Length", str(len(body)))
        else:
            h.send_header("Content-Length", str(len(body)))
        h.end_headers()
        h.wfile.write(body)

    def same_record(self, query):
        """The request QUERY with another nonce: the last byte of its INTEGER is changed."""
        at = query.index(b"\x02\x10", 40) + 17
        return query[:at] + bytes([query[at] ^ 1]) + query[at + 1:]
