#!/usr/bin/python3
"""Real PEC messages, each judged at its own time: kind, signature and the step that fails, as the corpus's manifest says.
The anchor of 2014 is taken out of a message and given by hand, as an administrator would."""
import base64, email, json, os, pathlib, shutil, subprocess, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import BINARY, ROOT, Tap
from testca import openssl

CORPUS = ROOT.parent / "shared" / "corpus" / "pec"
if not (CORPUS / "manifest.tsv").exists():
    print("1..0 # SKIP the corpus of real PEC messages is not here")
    sys.exit(0)

t = Tap()
DIGITPA = "c0b443b729bcf3e980d36ef980b035be7534a7c464671c7f51e30ad6f7519d25"
KIND = {"acceptance": "accettazione", "transport": "posta-certificata", "delivery": "avvenuta-consegna", "NON-delivery": "errore-consegna",
        "anomaly": "anomalia"}
# Where the manifest says n: the first step that fails.
FAULT = {"biagio-accettazione.eml": "pec-not-signed", "biagio-consegna.eml": "pec-not-signed", "crottolo-synth-anomalia.eml": "pec-not-signed",
         "gopec-accettazione.eml": "pec-signature-unreadable", "gopec-consegna.eml": "pec-signature-unreadable",
         "gopec-email_2.eml": "pec-signature-unreadable", "gopec-email_3.eml": "pec-structure",
         "oca-busta-mancata-consegna-sdi.eml": "pec-signature-broken", "oca-busta-sdi-brokenxml.eml": "pec-signature-broken"}
CONF = "[site]\ndomain=ordine.example\nname=X\nadmin=a@ordine.example\n[pec]\nanchors=%s\n[convention a]\nname=A\npayer=B\n"


def certificates(name):
    """Those in the signature of NAME, as PEM."""
    m = email.message_from_bytes((CORPUS / name).read_bytes())
    der = [p.get_payload(decode=True) for p in m.walk() if "pkcs7-signature" in p.get_content_type()][0]
    out = openssl("pkcs7", "-inform", "DER", "-print_certs", input=der).decode()
    return ["-----BEGIN" + c.split("-----END")[0] + "-----END CERTIFICATE-----\n" for c in out.split("-----BEGIN")[1:]]


def explain(conf, name, at):
    p = subprocess.run([BINARY, "explain", "--json", "--config", str(conf), "--at", at, str(CORPUS / name)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if p.returncode != 0:
        return {"pec": None, "error": p.stderr.decode()}
    return json.loads(p.stdout)


with tempfile.TemporaryDirectory() as tmp:
    d = pathlib.Path(tmp)
    for name in ("agid", "digitpa"):
        (d / name).mkdir()
        (d / (name + ".conf")).write_text(CONF % (d / name))
    shutil.copy(CORPUS / "agid-ca1-2025.pem", d / "agid")
    for pem in certificates("oca7-message1.eml"):
        key = openssl("x509", "-noout", "-pubkey", input=pem.encode())
        spki = openssl("dgst", "-sha256", input=openssl("pkey", "-pubin", "-outform", "DER", input=key)).decode().split()[-1]
        if spki == DIGITPA:
            (d / "digitpa" / "digitpa.pem").write_text(pem)
    t.eq(len(os.listdir(d / "digitpa")), 1, "DigitPA CA1 is in the messages of 2014")
    rows = [l.rstrip("\n").split("\t") for l in (CORPUS / "manifest.tsv").open(encoding="utf-8")][1:]
    for file, _, _, _, _, type_, verified, note in rows:
        old = file.startswith("oca7-")
        at = "2014-12-01" if old else "2018-12-08"
        want = [k for w, k in KIND.items() if type_.startswith(w)][0]
        j = explain(d / ("digitpa.conf" if old else "agid.conf"), file, at)
        pec = j["pec"] or {}
        t.eq(pec.get("kind"), want, "%s: %s" % (file, want))
        if verified == "y":
            # the envelopes are genuine, and were sent to somebody else than us
            fault = "pec-recipient" if want == "posta-certificata" else None
            t.eq((pec.get("signature"), pec.get("fault"), pec.get("sha1")), ("valid", fault, True), "%s: the signature is valid at its time" % file)
            t.ok(pec.get("mittente") and pec.get("identificativo") and pec.get("msgid"), "and the certification is read", pec)
            other = explain(d / ("agid.conf" if old else "digitpa.conf"), file, at)["pec"]
            t.eq((other["signature"], other["fault"]), ("untrusted", "pec-untrusted"), "%s: not by the other anchor" % file)
            now = explain(d / ("digitpa.conf" if old else "agid.conf"), file, "2026-11-24")["pec"]
            t.eq((now["signature"], now["fault"]), ("untrusted", "pec-certificate-expired"), "%s: nor at today's date" % file)
        else:
            t.eq(pec.get("fault"), FAULT[file], "%s: %s" % (file, note))
            t.ok(pec.get("signature") in ("invalid", "missing"), "and its signature is not valid", pec)
        t.ok(j["sender"]["proof"] == "none" and j["decision"]["action"] in ("hold", "record"), "%s orders nothing" % file, j)

t.done()
