#!/usr/bin/python3
"""What the MX found out about the sender, end to end: real OpenDKIM and OpenDMARC before the real Postfix."""
import datetime, os, pathlib, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, wait_for

if os.geteuid() != 0:
    print("1..0 # SKIP a private Postfix and its verifiers can only be started by root")
    sys.exit(0)
if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
    print("1..0 # SKIP no mount namespace can be made here: a chroot whose root is no mount point, or a container")
    sys.exit(0)
from postfix import Postfix
from verifiers import Verifiers

MX = "mx.ordine.example"
DOMAINS = {  # the members' mail comes from 192.0.2.7
    "posta.example": dict(dmarc="reject", spf="v=spf1 ip4:192.0.2.7 -all", key=True),
    "ferma.example": dict(dmarc="reject", spf="v=spf1 ip4:192.0.2.8 -all", key=True),
    "libera.example": dict(spf="v=spf1 ip4:192.0.2.7 -all"),
    "altra.example": dict(dmarc="reject", spf="v=spf1 ip4:192.0.2.7 -all", key=True),
}
UNGUARDED = ("lmtp", "recipients-local")
STRIP = "/^Authentication-Results:.*mx\\.ordine\\.example/ IGNORE\n"

t = Tap()
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
sink = Sink()
site = Site(smtp_port=sink.port, authserv=MX, user="nobody", milter="strip-results=yes\n")
verifiers = mta = None


def box(domain):
    return "rossi@%s" % domain.replace(".", ".pec.")


def answer(domain, sign=None, forged="", sender=None, others=False, **kw):
    """The holder, whose address is of DOMAIN, answers the notice; what was found out about that mail. SIGN: by which domain it is signed. OTHERS: it goes to somebody else, too."""
    holder = "maria@" + domain
    raw = replies.gmail(notices[domain], holder, "RINNOVA")
    raw = verifiers.sign(raw, sign, **kw) if sign else raw
    before = site.log("lmtpd").count("outcome=")
    mta.send(forged.encode() + raw, [replies.token_address(notices[domain])] + ["luca@posta.example"] * others, sender or holder, client="192.0.2.7")
    wait_for(lambda: site.log("lmtpd").count("outcome=") > before, 30)
    mail = site.json("box", "show", box(domain))[0]["replies"][-1]
    return "%s: %s" % (mail["proof"], mail["proof_why"])


def forged_for(domain):
    return "Authentication-Results: %s; dmarc=pass header.from=%s;\r\n dkim=pass header.d=%s\r\n" % (MX, domain, domain)


def disguised(domain):
    """Forged ones that who takes them off might not see, or not count."""
    plain = forged_for(domain)
    spaced = plain.replace("Results:", "Results :")
    other = "Authentication-Results%s: other.example; none\r\n"
    return [("white space before the colon", spaced), ("backslashes", plain.replace(MX, '"%s"' % MX.replace(".", "\\."))),
            ("one of somebody else before it", other % "" + plain), ("one before it that has white space", other % " " + plain),
            ("several names of the field", plain.replace("Auth", "AUTH") + other % " " + spaced + plain)]


try:
    verifiers = Verifiers(site.dir, MX, DOMAINS)
    (site.dir / "strip").write_text(STRIP)
    mta = Postfix(site, extra_main=verifiers.milters() + "header_checks = regexp:%s/strip\n" % site.dir)
    site.run("init")
    lmtpd = site.start("lmtpd")
    site.boxes(*[{"box": box(d), "reference": "maria@" + d, "expiry": expiry} for d in DOMAINS])
    site.run("notify")
    site.run("courier", "--once")
    notices = {d: sink.to("maria@" + d)[0] for d in DOMAINS}

    t.eq(answer("posta.example", sign="posta.example"), "normal: dmarc=pass by " + MX, "an aligned DKIM signature: proof normal")
    t.eq(answer("posta.example"), "low: dmarc=pass by %s rests on SPF alone" % MX, "no signature, and OpenDMARC passes it for SPF alone: low")
    t.eq(answer("ferma.example", sign="ferma.example"), "normal: dmarc=pass by " + MX, "signed, and sent from elsewhere than SPF allows: normal")
    t.eq(answer("ferma.example"), "failed: dmarc=fail by " + MX, "neither: dmarc=fail, proof failed")
    t.eq(answer("ferma.example", sign="altra.example"), "failed: dmarc=fail by " + MX, "signed by somebody else: failed")
    t.ok(answer("libera.example").startswith("low: "), "a domain without policy and signature: low")
    t.ok(answer("posta.example", sign="posta.example", length=True).startswith("low: dkim=pass"), "a signature over the beginning of the text (l=): low")
    t.eq(answer("ferma.example", forged=forged_for("ferma.example")), "failed: dmarc=fail by " + MX, "a forged pass on top changes nothing")
    verifiers.stop("dkim", "dmarc")
    t.ok(answer("ferma.example", forged=forged_for("ferma.example")).startswith("low: no result by"), "both verifiers away, and a forged pass: header_checks has taken it off, low")
    for how, text in disguised("ferma.example"):
        t.ok(answer("ferma.example", forged=text).startswith("low: no result by"), "nor one with " + how)
    t.ok(answer("ferma.example", sign="ferma.example").startswith("low: no result by"), "both away: a good signature alone proves nothing")
    verifiers.start()
    t.eq(answer("ferma.example", sign="ferma.example"), "normal: dmarc=pass by " + MX, "both back: normal again")

    # no header_checks: nothing takes forged results off, until the gate is put first
    site.conf.write_text(site.conf.read_text().replace("results-stripped=yes", "results-stripped=no"))
    lmtpd.terminate()
    lmtpd.wait(20)
    site.start("lmtpd")
    mta.reconfigure(UNGUARDED, verifiers.milters())
    got = answer("ferma.example", sign="ferma.example")
    t.eq(got, "low: dmarc=pass by %s, but nothing took forged results off (site.results-stripped, milter.strip-results)" % MX, "a true pass where a forged one could stand: low")
    site.start("milter")
    mta.reconfigure(UNGUARDED, verifiers.milters("unix:%s/milter.sock, " % site.dir))
    t.eq(answer("ferma.example", sign="ferma.example"), "normal: dmarc=pass by " + MX, "the gate first: a true pass is normal")
    t.eq(answer("ferma.example", forged=forged_for("ferma.example")), "failed: dmarc=fail by " + MX, "a forged pass before a true fail: failed")
    t.ok(answer("ferma.example", forged=forged_for("ferma.example"), others=True).startswith(("low: ", "failed: ")), "a forged pass in a mail that is also for others, which is not touched: not normal")
    verifiers.stop("dkim", "dmarc")
    t.ok(answer("ferma.example", forged=forged_for("ferma.example")).startswith("low: no result by"), "both verifiers away: the gate has taken the forged pass off, low")
    for how, text in disguised("ferma.example"):
        t.ok(answer("ferma.example", forged=text).startswith("low: no result by"), "nor with " + how)
    got = answer("ferma.example", forged=forged_for("ferma.example"), others=True)
    t.ok(got.startswith("low: ") and "nothing took forged results off" in got, "and where it may not, as the mail is also for others: low", got)
finally:
    if mta:
        mta.stop()
    if verifiers:
        verifiers.stop()
    site.end()
    sink.stop()
t.done()
