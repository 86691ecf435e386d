"""A provider of the tests' on loopback: it speaks the shape of Aruba's partner API and that of the JSON webhook, over HTTP or TLS, and can
fail at each step."""
import datetime, hashlib, hmac, http.server, json, pathlib, ssl, subprocess, threading, time, zoneinfo

ROME = zoneinfo.ZoneInfo("Europe/Rome")
AUTH = "/service/public/auth/v2/"
ACCOUNTS = "/service/public/partner/pec/v3/accounts"


def certificates(folder):
    """A CA and a certificate for localhost, made by openssl; paths of (ca, cert, key)."""
    d = pathlib.Path(folder)

    def openssl(*args):
        subprocess.run(["openssl", *map(str, args)], check=True, cwd=d, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=CA di prova", "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "tls.key", "-out", "tls.csr")
    (d / "tls.ext").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "tls.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", "tls.ext", "-out", "tls.pem")
    return d / "ca.pem", d / "tls.pem", d / "tls.key"


class Provider:
    """accounts: box -> dict with endDate (a date) and suspensionDate. ended: boxes that were ever deactivated here. faults: path -> list of faults, one taken at each request; a fault is a
    status, (status, headers, body), "cut" (read, then closed), "late" (done, then closed without an answer), "lie" (200 and no JSON),
    "lazy" (200, nothing done), "hang" (never answers), "slow" (closed without an answer, and done only when the third request after it about the same box comes)."""

    def __init__(self, user="ordine", password="segreto", tls=None, port=0):
        self.user, self.password = user, password
        self.accounts, self.faults, self.asked, self.seen, self.ended = {}, {}, [], {}, set()
        self.logins, self.tokens, self.lives = 0, set(), 3600
        self.secret = None
        self.slow = []  # [requests about the box to come, path, body, headers]
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def do_POST(self):
                n = int(self.headers.get("Content-Length", -1))
                raw = self.rfile.read(max(n, 0))
                if len(raw) < n or n < 0:  # cut off in the middle of the question
                    self.close_connection = True
                    return
                try:
                    outer._take(self, raw)
                except ConnectionError:  # who asked is gone
                    self.close_connection = True
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = "http://127.0.0.1:%d" % self.port
        if tls:
            ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            ctx.load_cert_chain(*tls)
            self.server.socket = ctx.wrap_socket(self.server.socket, server_side=True)
            self.url = "https://localhost:%d" % self.port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def count(self, path):
        return sum(1 for p, _ in self.asked if p == path)

    def _answer(self, h, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        h.send_response(status)
        h.send_header("Content-Length", str(len(data)))
        for k, v in headers:
            h.send_header(k, v)
        h.end_headers()
        h.wfile.write(data)

    def _take(self, h, raw):
        path = h.path.split("?")[0]
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        self.asked.append((path, dict(body=body, raw=raw, headers={k.lower(): v for k, v in h.headers.items()}, path=h.path)))
        fault = self.faults.get(path, []).pop(0) if self.faults.get(path) else None
        h.close_connection = True
        for late in self.slow:
            late[0] -= bool(body) and bool(late[2]) and [body.get(k) for k in ("name", "box")] == [late[2].get(k) for k in ("name", "box")]
        for late in [l for l in self.slow if l[0] <= 0]:
            self.slow.remove(late)
            self._do(*late[1:])
        if fault == "slow":
            self.slow.append([3, path, body, h.headers])
            return None
        if isinstance(fault, int):
            return self._answer(h, fault, {"code": "E%d" % fault, "description": "guasto di prova"})
        if isinstance(fault, tuple):
            return self._answer(h, fault[0], fault[2], fault[1])
        if fault == "cut":
            return None
        if fault == "hang":
            time.sleep(20)
            return None
        if fault == "lie":
            return self._answer(h, 200, b"<html>benvenuti</html>")
        if fault == "lazy":
            if not path.startswith((AUTH, ACCOUNTS)) and body.get("action") == "deactivate":
                self.ended.add(body.get("box"))  # {} is a yes there, and nobody can know better
            return self._answer(h, 200, {})
        status, answer = self._do(path, body, h.headers)
        return None if fault == "late" else self._answer(h, status, answer)

    def _do(self, path, body, headers):
        if path.startswith(AUTH):
            return self._login(path[len(AUTH):], body)
        if path.startswith(ACCOUNTS):
            if headers.get("Authorization", "")[7:] not in self.tokens:
                return 401, {"code": "401", "description": "token scaduto"}
            return self._account(path[len(ACCOUNTS):], body)
        return self._hook(body, headers)

    def _login(self, what, body):
        if what == "token" and (body.get("username"), body.get("password")) != (self.user, self.password):
            return 401, {"code": "401", "description": "credenziali errate"}
        if what == "refresh" and body.get("refreshToken") not in self.tokens:
            return 401, {"code": "401", "description": "refresh scaduto"}
        self.logins += what == "token"
        access, refresh = "a%d.x" % len(self.asked), "r%d.x" % len(self.asked)
        self.tokens |= {access, refresh}
        return 200, {"accessToken": access, "expiresIn": self.lives, "refreshToken": refresh, "refreshExpiresIn": 7200, "tokenType": "Bearer"}

    def _account(self, what, body):
        a = self.accounts.get(body.get("name"))
        if a is None:
            return 404, {"code": "ACCOUNT_NOT_FOUND", "description": "casella sconosciuta"}
        if what == "/renew":
            end = a["endDate"]
            a["endDate"] = end.replace(year=end.year + body["renewalData"]["duration"])
            a["renewals"] = a.get("renewals", 0) + 1
        elif what == "/suspend":
            a["suspensionDate"] = "2026-11-26T00:00:00+01:00"
            self.ended.add(body["name"])
        elif what == "/suspend-undo":
            a["suspensionDate"] = None
        return 200, {"name": body["name"], "status": "ATTIVO", "endDate": datetime.datetime.combine(a["endDate"], datetime.time(23, 59, 59), ROME).isoformat(),
                     "suspensionDate": a.get("suspensionDate"), "renewalData": {"type": "T", "duration": 1}}

    def _hook(self, body, headers):
        """The webhook does one thing once for one key, and says the same again."""
        if self.secret:
            sign = "sha256=" + hmac.new(self.secret.encode(), headers["X-Rinnova-Time"].encode() + b"." + self.asked[-1][1]["raw"], hashlib.sha256).hexdigest()
            if sign != headers.get("X-Rinnova-Signature"):
                return 403, {"message": "firma errata"}
        key = headers["Idempotency-Key"]
        if key not in self.seen:
            self.seen[key] = {"expiry": body.get("wanted_expiry") or body.get("fino"), "reference": "W-%d" % (len(self.seen) + 1), "message": "fatto"}
            if body.get("action") == "deactivate":
                self.ended.add(body.get("box"))
        return 200, self.seen[key]


def iso(days):
    return (datetime.date.today() + datetime.timedelta(days=days)).isoformat()
