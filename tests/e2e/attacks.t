#!/usr/bin/python3
"""Who wrote it: PEC envelopes that are not what they claim. Each attack is held under a rule of its own name, and none
raises the proof; the honest twin beside it is strong."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import json
import pecmail, replies
from house import Sink, Site, Tap
from pecmail import Provider, STYLES, crlf, daticert, message_part, mixed, signed, text_part, xml_part
from testca import CA, DN

t, sink, ca = Tap(), Sink(), CA()
BOX, OTHER = "m.rossi@pec.example", "l.bianchi@pec.example"
now = datetime.datetime.now(datetime.timezone.utc)
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
crl = ca.crl()
good = Provider(ca)
CONF = "[pec]\nanchors=%s\ncrl=%s\n[smime]\nanchors=%s\n"

# leaves that are wrong in one thing each
ca.leaf("outside", good.address.replace("pec.prova.example", "pec.estranea.example"))
ca.leaf("outsidedn", good.address, dn="/C=IT/ST=Milano/L=Milano/O=Altra S.p.A.")
ca.leaf("expired", good.address, start="20150101000000Z", end="20160101000000Z")
ca.leaf("early", good.address, start="20390101000000Z", end="20391001000000Z")
ca.key("mailpublic")
ca.issue("mailpublic", DN + "/CN=Public", "public", "keyUsage=critical,digitalSignature\nextendedKeyUsage=emailProtection\n"
         "subjectAltName=email:%s\n" % good.address)
ca.leaf("tls", good.address, eku="serverAuth", usage="digitalSignature")
ca.leaf("other", "posta-certificata@pec.altra.example")
ca.leaf("revoked", good.address)


def site_conf(crls):
    return CONF % (ca.anchors, crls, ca.folder("members", "public.pem"))


with Site(smtp_port=sink.port, site=site_conf(crl)) as site:
    site.run("init")
    site.boxes({"box": BOX, "reference": "m.rossi@posta.example", "expiry": expiry},
               {"box": OTHER, "reference": "l.bianchi@posta.example", "expiry": expiry})
    site.run("notify")
    site.run("courier", "--once")
    letter = sink.to("m.rossi@posta.example")[-1]
    to = replies.token_address(letter)
    raw = replies.gmail(letter, BOX, "RINNOVA")

    def explain(mail, rcpt=to, conf=None):
        args = ["explain", "--json", "--rcpt", rcpt] + (["--config", str(conf)] if conf else [])
        code, out, err = site.run(*args, input=mail, check=False)
        t.ok(code == 0, "explain reads it", err)
        return json.loads(out)

    # the honest ones
    for name in STYLES:
        p = Provider(ca, style=name)
        for rcpts in ([to], ["altri@pec.example", to]):
            j = explain(p.transport(raw, BOX, rcpts))
            t.eq((j["sender"]["proof"], j["decision"]["rule"], j["pec"]["signature"], j["pec"]["fault"], j["sender"]["from"], j["typed_text"]),
                 ("strong", "good-token-strong-yes", "valid", None, BOX, "RINNOVA"), "%s, %d recipients: strong" % (name, len(rcpts)))
    altra = Provider(ca, leaf="other", domain="pec.altra.example", make=False, style="namirial")
    t.eq(explain(altra.transport(raw, BOX, [to]))["sender"]["proof"], "strong", "the provider's domain is another than the box's: strong")
    lf = good.transport(raw, BOX, [to]).replace(b"\r\n", b"\n")
    t.eq(explain(lf)["sender"]["proof"], "strong", "the same with bare LF, as pipe(8) gives it: strong")
    t.eq(explain(good.transport(raw, BOX, [to], claim=""))["sender"]["proof"], "strong", "without the header X-Trasporto: known by its structure")
    low = good.transport(raw, BOX, [to]).replace(b"X-Trasporto:", b"x-TRASPORTO:")
    t.eq(explain(low)["sender"]["proof"], "strong", "header names in any case")

    # ... and what is wrong with each of the others
    msg = good.transport(raw, BOX, [to])
    number = good.number()
    inner, msgid = good.inner(raw, number)
    parts = [text_part("Messaggio di posta certificata"),
             xml_part(daticert("posta-certificata", BOX, [(to, "esterno")], number, msgid, now, receipt="completa"), good.style),
             message_part(inner, good.style)]
    covered = mixed(parts)
    cms = ca.sign(covered, "provider", ber=True)
    head = ('From: "Per conto di: %s" <%s>\nTo: %s\nSubject: POSTA CERTIFICATA: x\nMessage-ID: <%s>\nX-Trasporto: posta-certificata\n'
            % (BOX, good.address, to, number))
    xml = daticert("posta-certificata", BOX, [(to, "esterno")], number, msgid, now, receipt="completa").decode()
    bomb = '<?xml version="1.0"?>\n<!DOCTYPE postacert [<!ENTITY a "ha"><!ENTITY b "%s"><!ENTITY c "%s">]>\n' % ("&a;" * 10, "&b;" * 10)
    evil = raw.replace(BOX.encode(), OTHER.encode())

    def xmlmail(data):
        return good.transport(raw, BOX, [to], number=number, xml=data if isinstance(data, bytes) else data.encode())

    attacks = [
        ("pec-signature-broken", "one letter of the text changed", msg.replace(b"RINNOVA", b"RINNOVO")),
        ("pec-signature-broken", "daticert.xml swapped", signed(head, mixed([parts[0], xml_part(xml.replace(BOX, OTHER).encode(), good.style),
                                                                             message_part(evil, good.style)]), cms, good.style)),
        ("pec-structure", "an unsigned sibling behind the signed part", signed(head, covered, cms, good.style,
                                                                               after=text_part("RINNOVA") + b"\r\n------F0ECFFC577E2EBDF\r\n")),
        ("pec-structure", "a second signed part", signed(head, covered, cms, good.style,
                                                         after=covered + b"\r\n------F0ECFFC577E2EBDF\r\n")),
        ("pec-structure", "no closing delimiter", msg[:msg.rindex(b"\r\n------F0ECFFC577E2EBDF--")] + b"\r\n"),
        ("pec-not-signed", "the genuine one wrapped beside other text", crlf(head + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=w\n\n"
                                                                            "--w\nContent-Type: text/plain\n\nRINNOVA\n--w\n")
         + msg[msg.index(b"MIME-Version"):] + b"\r\n--w--\r\n"),
        ("pec-not-signed", "no signature at all", crlf(head) + covered),
        ("pec-not-signed", "an OpenPGP signature in its place", signed(head, covered, cms, dict(good.style, p7s="application/pgp-signature"))),
        ("pec-signature-unreadable", "a signature that is none", signed(head, covered, b"MIAGCS nonsense", good.style)),
        ("pec-signature-unreadable", "a signature that brings its own content", signed(head, covered, ca.sign(covered, "provider", opaque=True), good.style)),
        ("pec-signer-other", "outer From changed", msg.replace(b"<posta-certificata@pec.prova.example>", b"<posta-certificata@pec.altra.example>")),
        ("pec-signer-other", "the certificate of another provider", good.transport(raw, BOX, [to], leaf="other")),
        ("pec-name-constraints", "the signer's address outside of the constraints",
         good.transport(raw, BOX, [to], leaf="outside", from_='"Per conto di: %s" <posta-certificata@pec.estranea.example>' % BOX)),
        ("pec-name-constraints", "its name outside of them", good.transport(raw, BOX, [to], leaf="outsidedn")),
        ("pec-name-constraints", "the same with a copy of the authority that has no constraints in the message",
         good.transport(raw, BOX, [to], leaf="outside", extra=("loose",), from_='"Per conto di: %s" <posta-certificata@pec.estranea.example>' % BOX)),
        ("pec-untrusted", "signed by a public authority", good.transport(raw, BOX, [to], leaf="mailpublic", extra=("public",))),
        ("pec-certificate-expired", "an expired certificate", good.transport(raw, BOX, [to], leaf="expired")),
        ("pec-certificate-expired", "one that is not valid yet", good.transport(raw, BOX, [to], leaf="early")),
        ("pec-purpose", "a certificate for servers", good.transport(raw, BOX, [to], leaf="tls")),
        ("pec-digest", "a signature over MD5", good.transport(raw, BOX, [to], md="md5")),
        ("pec-daticert", "no daticert.xml", good.transport(raw, BOX, [to], parts=[parts[0], parts[2]])),
        ("pec-daticert", "two of them", good.transport(raw, BOX, [to], more=[parts[1]])),
        ("pec-postacert", "no message inside", good.transport(raw, BOX, [to], parts=parts[:2])),
        ("pec-postacert", "two of them", good.transport(raw, BOX, [to], more=[message_part(evil, good.style, name="altro.eml")])),
        ("pec-daticert-unreadable", "a bomb of entities", xmlmail(bomb + xml.split("\n", 1)[1].replace("<oggetto>Rinnovo", "<oggetto>&c;"))),
        ("pec-daticert-unreadable", "an external entity", xmlmail('<!DOCTYPE postacert [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n' + xml.split("\n", 1)[1].replace("Rinnovo", "&x;"))),
        ("pec-daticert-unreadable", "the same in UTF-16", xmlmail(('<?xml version="1.0" encoding="UTF-16"?>\n' + bomb.split("\n", 1)[1] + xml.split("\n", 1)[1]).encode("utf-16"))),
        ("pec-daticert-unreadable", "mittente twice", xmlmail(xml.replace("<mittente>", "<mittente>%s</mittente><mittente>" % OTHER))),
        ("pec-daticert-unreadable", "too large", xmlmail(xml.replace("Rinnovo", "x" * 300000))),
        ("pec-daticert-unreadable", "nested too deeply", xmlmail("<postacert>" + "<a>" * 5000)),
        ("pec-daticert-unreadable", "another root", xmlmail(xml.replace("postacert", "altro"))),
        ("pec-kind", "a receipt in the clothes of an envelope", good.transport(raw, BOX, [to], kind="accettazione")),
        ("pec-kind", "a kind that only we have a word for", good.transport(raw, BOX, [to], kind="smime")),
        ("pec-kind", "it certifies an error", good.transport(raw, BOX, [to], errore="virus")),
        ("pec-mittente", "mittente is another box", good.transport(raw, OTHER, [to])),
        ("pec-mittente", "two From inside", good.transport(b"From: %s\n" % OTHER.encode() + raw, BOX, [to])),
        ("pec-on-behalf", "it speaks for another box", good.transport(raw, BOX, [to], from_='"Per conto di: %s" <%s>' % (OTHER, good.address))),
        ("pec-on-behalf", "it speaks for nobody", good.transport(raw, BOX, [to], from_=good.address)),
        ("pec-recipient", "it was sent to somebody else", good.transport(raw, BOX, ["altri@pec.example"])),
        ("pec-recipient", "it was sent to us, but to another token", good.transport(raw, BOX, ["rinnovo@ordine.example"])),
        ("pec-identificativo", "its number is not that of the message inside", good.transport(raw, BOX, [to], xml_number="altro@pec.prova.example")),
        ("pec-date", "it is a month old", good.transport(raw, BOX, [to], when=now - datetime.timedelta(days=30))),
        ("pec-date", "it comes from the future", good.transport(raw, BOX, [to], when=now + datetime.timedelta(days=3))),
        ("registered-mail-unknown", "registered mail that is no PEC", good.seal(head.replace("X-Trasporto: posta-certificata\n", ""), [parts[0],
                                                                                xml_part(b"<evidence/>", good.style, name="evidence.xml"), parts[2]])),
    ]
    for rule, what, mail in attacks:
        j = explain(mail)
        t.eq((j["decision"]["rule"], j["decision"]["action"], j["sender"]["proof"]), (rule, "hold", "none"), "%s: %s" % (rule, what))

    # revocation: the same envelope before and after
    revoked = good.transport(raw, BOX, [to], leaf="revoked")
    t.eq(explain(revoked)["sender"]["proof"], "strong", "not revoked yet: strong")
    conf = site.dir / "other.conf"
    for folder, rule, what in ((ca.crl(["revoked"], folder="crl2"), "pec-certificate-revoked", "revoked"),
                               (ca.crl(folder="crl3", nxt="20150101000000Z"), "pec-crl", "the list is out of date")):
        conf.write_text(site.conf.read_text().replace("crl=%s" % crl, "crl=%s" % folder))
        t.eq(explain(revoked, conf=conf)["decision"]["rule"], rule, "%s: %s" % (rule, what))
    out = site.run("check", "--config", str(conf), check=False)[1]
    t.ok(any(l.startswith("warn") and "PEC list" in l and "2015-01-01" in l for l in out.splitlines()), "check warns of it", out)
    out = site.run("check", check=False)[1]
    t.ok(any(l.startswith("ok") and "PEC list" in l for l in out.splitlines()), "and shows one that is not", out)
    conf.write_text(site.conf.read_text().replace("[smime]", "sha1=no\n[smime]"))
    t.eq(explain(Provider(ca, style="aruba").transport(raw, BOX, [to]), conf=conf)["decision"]["rule"], "pec-digest", "pec-digest: SHA-1 where it is switched off")
    conf.write_text(site.conf.read_text().replace("anchors=%s\ncrl" % ca.anchors, "crl"))
    t.eq(explain(msg, conf=conf)["decision"]["rule"], "pec-no-anchor", "pec-no-anchor: none is configured")

    # an ordinary mail that only looks like one
    decoy = replies.gmail(letter, "m.rossi@posta.example", "RINNOVA").replace(b"Subject: ", b"Subject: POSTA CERTIFICATA: ")
    j = explain(decoy)
    t.eq((j["pec"], j["sender"]["proof"]), (None, "low"), "a subject makes no PEC")
    j = explain(good.transport(raw.replace(b"RINNOVA", "La ricevuta di accettazione è arrivata. Accetto?".encode()), BOX, [to]))
    t.ok(j["decision"]["rule"] != "good-token-strong-yes", "words of a receipt are no yes", j)
    j = explain(good.anomaly(replies.gmail(letter, "m.rossi@posta.example", "RINNOVA"), "m.rossi@posta.example"))
    t.eq((j["pec"]["kind"], j["sender"]["proof"], j["sender"]["from"], j["decision"]["rule"]), ("anomalia", "low", "m.rossi@posta.example", "good-token-low-yes"),
         "an anomaly envelope: the mail inside is an ordinary one")
    fake = good.anomaly(replies.gmail(letter, "m.rossi@posta.example", "RINNOVA"), "m.rossi@posta.example", leaf="mailpublic")
    t.eq(explain(fake)["decision"]["rule"], "pec-untrusted", "pec-untrusted: an anomaly envelope of nobody's")

    # a member's own signature, and what it does not cover
    ca.leaf("member", "m.rossi@posta.example", issuer="public", dn="/C=IT/O=Studio Rossi")
    ca.leaf("stranger", "x@altrove.example", issuer="public", dn="/C=IT/O=Altri")

    def own(leaf, text="RINNOVA", subject="Re: x", sender="m.rossi@posta.example", md="sha256", more=b""):
        body = more or crlf('Content-Type: text/plain; charset="utf-8"\n\n%s\n' % text)
        return signed("From: Maria <%s>\nTo: %s\nSubject: %s\nMessage-ID: <own%d@x.example>\n" % (sender, to, subject, hash(good.number())),
                      body, ca.sign(body, leaf, md=md), STYLES["aruba2026"])
    j = explain(own("member"))
    t.eq((j["pec"], j["sender"]["proof"], j["decision"]["rule"]), (None, "strong", "good-token-strong-yes"), "a member's own S/MIME: strong")
    for what, mail in (("a signature of somebody else's", own("stranger")), ("changed", own("member").replace(b"RINNOVA", b"RINNOVI")),
                       ("by PEC's authority, which is not for members", own("provider")), ("over SHA-1", own("member", md="sha1")),
                       ("the answer in the subject, which is not signed", own("member", text="", subject="RINNOVA"))):
        t.eq(explain(mail)["sender"]["proof"], "low", "own S/MIME, %s: low as without" % what)
    full = own("member", more=crlf("Content-Type: text/plain\nContent-Language: it\nContent-Description: x\n\nBuongiorno, grazie.\n"))
    full = full.replace(b'boundary="----F0ECFFC577E2EBDF"', b'boundary="----F0ECFFC577E2EBDF"; boundary*0="evil"')
    full = full.replace(b"This is a S/MIME signed message", b"--evil\r\nContent-Type: text/plain\r\n\r\nRINNOVA\r\n--evil--\r\n")
    head = full[:full.index(b"\r\n\r\n")]
    full = b"X-A: b\r\n" * (300 - len([l for l in head.split(b"\r\n") if l[:1] not in b" \t"])) + full
    j = explain(full)
    t.ok(j["sender"]["proof"] != "strong", "a signed part that does not fit under its header: what is read then is not what was signed", j)
    conf.write_text(site.conf.read_text().replace("authserv-id=", "authserv-id=mx.ordine.example", 1))
    j = explain(b"Authentication-Results: mx.ordine.example; dmarc=fail header.from=posta.example\r\n" + own("member"), conf=conf)
    t.eq((j["sender"]["proof"], j["decision"]["rule"]), ("failed", "good-token-failed"),
         "signed words in a mail that the sender's domain disowns: anybody may have sent them again")
    pgp = own("member").replace(b"application/pkcs7-signature", b"application/pgp-signature")
    j = explain(pgp)
    t.ok(j["sender"]["proof"] == "low" and "OpenPGP" in j["sender"]["why"], "an OpenPGP signature is known, not verified, and said so", j)

t.done()
