#!/usr/bin/python3
"""`rinnova check --mta`: a mail server configured by the page is right, and every fault is named with the line to write. Real postconf, real sendmail.cf."""
import os, pathlib, socket, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import sendmail
from house import Site, Tap
from postfix import Postfix
from sendmail import Sendmail

t, sites = Tap(), []
SAFE = ("recipients-local", "guard")
RELAY = dict(extra_main="relay_domains = ordine.example\n", mydestination="")
MILTER = "smtpd_milters = %s{ unix:{milter}, connect_timeout=2s, command_timeout=5s, content_timeout=30s, default_action=accept }%s\n"


def listener(path, mode=0o666):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(str(path))
    path.chmod(mode)


def new_site(queue, **settings):
    more = settings.pop("site", "")
    s = Site(site="mail-queue=%s\n%s" % (queue, more), authserv="mx.ordine.example", **settings)
    sites.append(s)
    s.run("init")
    s.conf.write_text(s.conf.read_text().replace("[lmtp]\n", "[lmtp]\nmax-message=10240000\n"))
    listener(s.dir / "lmtp.sock")
    listener(s.dir / "milter.sock")
    return s


def look(site, name, config):
    """(exit code, the lines about the mail server)."""
    code, out, err = site.run("check", "--mta", name, "--mta-config", config, check=False)
    lines = out.splitlines()
    return code, lines[[n for n, l in enumerate(lines) if l[6:].startswith(("convention", "authserv-id", "PEC", "S/MIME"))][-1] + 1:], err


def expect(got, level, point, words, what):
    """That point and no other must be at LEVEL, with all of WORDS in a line."""
    code, lines, err = got
    hit = [l for l in lines if l.startswith("%-5s %s" % (level, point)) and all(w in l for w in words)]
    others = [l for l in lines if not l.startswith(("ok", "%-5s %s" % (level, point)))]
    t.ok(hit and not others and code == (2 if level == "FAIL" else 1), what, "exit %d\n%s%s" % (code, "\n".join(lines), err))


# --- Postfix: doors, more lines of main.cf, what is changed in (file, old, new), then what must be said ---
LMTP, PIPE = ("lmtp", *SAFE), ("pipe", *SAFE)
FAULTS = [
    ("another delimiter", LMTP, "recipient_delimiter = -\n", None, "FAIL", "delimiter", ["write in main.cf: recipient_delimiter = +"]),
    ("a domain that nobody has", LMTP, "mydestination = else.example\n", None, "FAIL", "domain", ["relay_domains = ordine.example"]),
    ("a recipient that is unknown", LMTP, "local_recipient_maps = inline:{segreteria=OK}\n", None, "FAIL", "recipients", ["rinnovo@ordine.example OK"]),
    ("recipients that are all accepted", LMTP, "local_recipient_maps =\n", None, "WARN", "recipients", ["bounces later"]),
    ("recipients by a map for everybody", LMTP, "local_recipient_maps = static:all\n", None, "WARN", "recipients", ["any address"]),
    ("an alias to elsewhere", LMTP, "virtual_alias_maps = inline:{rinnovo@ordine.example=info@else.example}\n", None, "FAIL", "alias", ["info@else.example"]),
    ("no transport line", LMTP, "transport_maps =\n", None, "FAIL", "transport", ["local(8)", "rinnovo@ordine.example  rinnova-lmtp:unix:{dir}/lmtp.sock"]),
    ("a transport line with the token's address only", LMTP, "transport_maps = regexp:{dir}/only\n", ("only", None, "/[+]/ rinnova-lmtp:unix:{dir}/lmtp.sock\n"),
     "FAIL", "transport", ["one line in the transport map is for both"]),
    ("a transport that is not in master.cf", LMTP, "", ("master.cf", "rinnova-lmtp unix", "other unix"), "FAIL", "transport", ["rinnova-lmtp unix - - n - 20 lmtp"]),
    ("another socket", LMTP, "", ("rinnova-transport", "lmtp.sock", "other.sock"), "FAIL", "transport", ["other.sock", "write: rinnovo@ordine.example"]),
    ("TCP", LMTP, "", ("rinnova-transport", "unix:{dir}/lmtp.sock", "inet:127.0.0.1:24"), "FAIL", "transport", ["is not a unix socket"]),
    ("a chroot", LMTP, "", ("master.cf", "rinnova-lmtp unix - - n", "rinnova-lmtp unix - - y"), "FAIL", "transport", ["postfix/queue", "fifth column"]),
    ("no xforward", LMTP, "", ("master.cf", "-o lmtp_send_xforward_command=yes", "-o lmtp_send_xforward_command=no"), "WARN", "xforward", ["-o lmtp_send_xforward_command=yes"]),
    ("the emergency stop", LMTP, "defer_transports = rinnova-lmtp\n", None, "FAIL", "stopped", ["waits in the queue"]),
    ("soft_bounce", LMTP, "soft_bounce = yes\n", None, "WARN", "soft_bounce", ["soft_bounce = no"]),
    ("mail somewhere else", LMTP, "transport_maps = inline:{rinnovo@ordine.example=smtp:[127.0.0.1]}\n", None, "FAIL", "transport", ["goes to smtp:"]),
    ("no limit of size", LMTP, "message_size_limit = 0\n", None, "FAIL", "size", ["message_size_limit = 10240000"]),
    ("a larger limit", LMTP, "message_size_limit = 20000000\n", None, "FAIL", "size", ["message_size_limit = 10240000"]),
    ("bare newlines", LMTP, "smtpd_forbid_bare_newline = no\n", None, "FAIL", "bare newline", ["smtpd_forbid_bare_newline = normalize"]),
    ("pipelining", LMTP, "smtpd_forbid_unauth_pipelining = no\n", None, "WARN", "pipelining", ["= yes"]),
    ("no header_checks", LMTP, "header_checks =\n", None, "FAIL", "forged results", ["/^Authentication-Results:.*mx\\.ordine\\.example/ IGNORE"]),
    ("header_checks for another name", LMTP, "", ("rinnova-headers", "mx", "other"), "FAIL", "forged results", ["IGNORE"]),
    ("pipe: u", PIPE, "", ("master.cf", "flags=R", "flags=Ru"), "FAIL", "transport", ["lower case", "flags=R"]),
    ("pipe: D", PIPE, "", ("master.cf", "flags=R", "flags=RD"), "FAIL", "transport", ["loop"]),
    ("pipe: no null_sender", PIPE, "", ("master.cf", "null_sender=", ""), "FAIL", "transport", ["null_sender="]),
    ("pipe: root", PIPE, "", ("master.cf", "user=nobody", "user=root"), "FAIL", "transport", ["user=rinnova"]),
    ("pipe: size", PIPE, "", ("master.cf", "flags=R", "flags=R size=1000"), "FAIL", "transport", ["size="]),
    ("pipe: another recipient", PIPE, "", ("master.cf", "${recipient}", "${original_recipient}"), "FAIL", "transport", ["--rcpt ${recipient}"]),
    ("pipe: several recipients", PIPE, "rinnova_destination_recipient_limit = 50\n", None, "FAIL", "transport", ["rinnova_destination_recipient_limit = 1"]),
    ("pipe: no program", PIPE, "", ("master.cf", "argv={dir}/rinnova", "argv={dir}/nothing"), "FAIL", "transport", ["there is no program"]),
    ("pipe: a chroot", PIPE, "", ("master.cf", "rinnova unix - n n", "rinnova unix - n y"), "FAIL", "transport", ["fifth column"]),
    ("milter: not the last", LMTP, MILTER % ("", ", unix:/run/other.sock"), None, "FAIL", "milter", ["move it to the end"]),
    ("milter: tempfail", LMTP, (MILTER % ("", "")).replace(", default_action=accept", ""), None, "FAIL", "milter", ['answered by "tempfail"', "default_action=accept }"]),
    ("milter: a long time-out", LMTP, (MILTER % ("", "")).replace("content_timeout=30s", "content_timeout=300s"), None, "WARN", "milter", ["content_timeout=300s"]),
    ("milter: another socket", LMTP, (MILTER % ("", "")).replace("{milter}", "{dir}/else/milter.sock"), None, "FAIL", "milter", ["milter.socket"]),
    ("milter: for local mail too", LMTP, MILTER % ("", "") + "non_smtpd_milters = unix:{milter}\n", None, "FAIL", "milter", ["non_smtpd_milters"]),
]
RIGHT = [
    ("LMTP", LMTP, {}), ("pipe", PIPE, {}), ("relay_domains", ("lmtp", "recipients-relay", "guard"), RELAY),
    ("virtual_mailbox_domains", ("lmtp", "recipients-virtual", "guard"), dict(extra_main="virtual_mailbox_domains = ordine.example\n", mydestination="")),
    ("milter", ("lmtp", "milter", *SAFE), {}),
]


def write(site, mta, doors, main="", edit=None, **how):
    """A configuration of DOORS with MAIN's lines and one file edited."""
    def own(text):
        return text.replace("{dir}", str(site.dir)).replace("{milter}", "%s/milter.sock" % site.dir)
    mta.configure(doors, own(how.pop("extra_main", "") + main), **how)
    (mta.dir / "etc/mailboxes").write_text("segreteria@ordine.example x\n")
    if edit:
        path = mta.dir / "etc" / edit[0] if edit[1] else site.dir / edit[0]
        old = path.read_text() if edit[1] else ""
        if edit[1] and own(edit[1]) not in old:
            raise RuntimeError("%s is not in %s" % (edit[1], path))
        path.write_text(old.replace(own(edit[1]), own(edit[2])) if edit[1] else own(edit[2]))


def postfix():
    site = new_site("postfix")
    mta = Postfix(site, doors=LMTP, start=False)
    for what, doors, how in RIGHT:
        write(site, mta, doors, **how)
        expect(look(site, "postfix", mta.dir / "etc"), "ok", "transport", [], "Postfix by the page is right: " + what)
    for what, doors, main, edit, level, point, words in FAULTS:
        write(site, mta, doors, main, edit)
        expect(look(site, "postfix", mta.dir / "etc"), level.replace("WARN", "warn"), point, [w.replace("{dir}", str(site.dir)) for w in words], what)
    copy = "virtual_alias_maps = inline:{ { rinnovo@ordine.example = rinnovo@ordine.example, info@else.example } }\n"
    write(site, mta, LMTP, copy)
    expect(look(site, "postfix", mta.dir / "etc"), "ok", "transport", [], "an alias that gives somebody a copy")
    site.conf.write_text(site.conf.read_text().replace("[milter]\n", "[milter]\nmode=handover\n"))
    expect(look(site, "postfix", mta.dir / "etc"), "FAIL", "alias", ["info@else.example", "mode = gate"], "who gets none of what is handed over")
    site.conf.write_text(site.conf.read_text().replace("mode=handover\n", ""))
    write(site, mta, LMTP)
    for path, mode, words, what in ((site.dir / "lmtp.sock", 0o600, ["socket-group = postfix"], "a socket that postfix may not use"),
                                    (site.dir, 0o700, ["cannot walk through", "install -d"], "a folder that postfix may not enter")):
        before = path.stat().st_mode & 0o777
        path.chmod(mode)
        expect(look(site, "postfix", mta.dir / "etc"), "FAIL", "transport", words, what)
        path.chmod(before)
    (site.dir / "lmtp.sock").unlink()
    expect(look(site, "postfix", mta.dir / "etc"), "warn", "transport", ["nobody listens"], "lmtpd away")
    listener(site.dir / "lmtp.sock")
    code, lines, _ = look(site, "postfix", site.dir / "nowhere")
    t.ok(code == 2 and lines[0].startswith("FAIL  postfix"), "a configuration that cannot be read", lines)
    before = site.conf.read_text()
    site.conf.write_text(before.replace("[milter]\n", "[milter]\nstrip-results=yes\n").replace("results-stripped=yes", "results-stripped=no"))
    for what, main, level, words in (("the first", MILTER % ("", ", unix:/run/other.sock"), "ok", ["milter"]),
                                     ("not the first", MILTER % ("unix:/run/other.sock, ", ""), "FAIL", ["move it to the front"])):
        write(site, mta, LMTP, main + "header_checks =\n")
        expect(look(site, "postfix", mta.dir / "etc"), level, "milter" if level == "FAIL" else "forged results", words, "strip-results: " + what)
    write(site, mta, LMTP)
    site.conf.write_text(before)
    site.conf.write_text(site.conf.read_text().replace("mail-queue=postfix\n", ""))
    expect(look(site, "postfix", mta.dir / "etc"), "warn", "queue", ["mail-queue = postfix"], "rinnova.conf does not name the queue")


def verifies():
    """The address that verifies, where there is one: taken, and led to us."""
    site = new_site("postfix", site="verify=verifica\n")
    mta = Postfix(site, doors=("verify", *LMTP), start=False)
    expect(look(site, "postfix", mta.dir / "etc"), "ok", "verify", ["verifica@ordine.example goes where"], "Postfix by the page leads verifica@ to us")
    for what, edit, main, words in (
            ("no transport line", ("rinnova-transport", "verifica@ordine.example  rinnova-lmtp:unix:{dir}/lmtp.sock\n", ""), "",
             ["write in the transport map: verifica@ordine.example  rinnova-lmtp:unix:{dir}/lmtp.sock"]),
            ("no recipient", ("rinnova-recipients", "verifica@ordine.example  OK\n", ""), "", ["verifica@ordine.example OK"]),
            ("an alias to elsewhere", None, "virtual_alias_maps = inline:{verifica@ordine.example=info@else.example}\n", ["info@else.example"])):
        write(site, mta, ("verify", *LMTP), main, edit)
        expect(look(site, "postfix", mta.dir / "etc"), "FAIL", "verify", [w.replace("{dir}", str(site.dir)) for w in words], "verifica@: " + what)
    t.ok(not any("verify" in l for l in look(sites[0], "postfix", mta.dir / "etc")[1]), "where there is none nothing is said of it")


def subdomain():
    site = new_site("postfix", domain="rinnovo.ordine.example", site="delimiter=\n")
    mta = Postfix(site, doors=("subdomain", "lmtp", "guard"), start=False, mydestination="ordine.example")
    expect(look(site, "postfix", mta.dir / "etc"), "ok", "transport", [], "Postfix by the page is right: sub-domain")


# --- Sendmail: doors, what is changed in sendmail.cf (old, new) or a map, then what must be said ---
CF_LMTP, CF_PROG = ("mailer-lmtp", "rule"), ("mailer-prog", "rule")
CF_FAULTS = [
    ("no rule", ("mailer-lmtp",), None, "FAIL", "address", ["LOCAL_RULE_0", "Rrinnovo + $*"]),
    ("a rule without the token's part", CF_LMTP, ("$: rinnovo + $1 <", "$: rinnovo <"), "FAIL", "address", ["token is lost"]),
    ("a rule to another mailer", CF_LMTP, ("$#rinnova $@", "$#relay $@"), "FAIL", "mailer", ["Mrelay does not lead"]),
    ("TCP", CF_LMTP, ("A=FILE {dir}/lmtp.sock", "A=TCP $h 24"), "FAIL", "mailer", ["does not lead to us"]),
    ("another socket", CF_LMTP, ("lmtp.sock", "other.sock"), "FAIL", "mailer", ["write: A=FILE {dir}/lmtp.sock"]),
    ("SMTP instead of LMTP", CF_LMTP, ("F=lsquXmz8", "F=lsquXm8"), "FAIL", "flags", ["has no z"]),
    ("dots that are not doubled", CF_LMTP, ("F=lsquXmz8", "F=lsqumz8"), "FAIL", "flags", ["has no X", "ends a mail"]),
    ("bare line feeds", CF_LMTP, ("E=\\r\\n, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP/HdrFromSMTP,\n\t\tT=DNS/RFC822/SMTP, A=FILE", "S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP/HdrFromSMTP,\n\t\tT=DNS/RFC822/SMTP, A=FILE"),
     "FAIL", "line ends", ["E=\\r\\n"]),
    ("A", CF_LMTP, ("F=lsquXmz8", "F=AlsquXmz8"), "FAIL", "flags", ["A or 5"]),
    ("no u", CF_LMTP, ("F=lsquXmz8", "F=lsqXmz8"), "FAIL", "flags", ["lower case"]),
    ("fields that the member did not write", CF_LMTP, ("F=lsquXmz8", "F=lsDFMquXmz8"), "warn", "flags", ["D, F or M"]),
    ("no limit of size", CF_LMTP, ("O MaxMessageSize=10240000", ""), "FAIL", "size", ["confMAX_MESSAGE_SIZE", "10240000"]),
    ("program: root", CF_PROG, ("U=nobody:nogroup", "U=root"), "FAIL", "user", ["U=rinnova:rinnova"]),
    ("program: several recipients", CF_PROG, ("F=lsqun8", "F=lsqumn8"), "FAIL", "flags", ["has m"]),
    ("program: no recipient", CF_PROG, ("--rcpt $u", ""), "FAIL", "mailer", ["--rcpt $u"]),
    ("program: not there", CF_PROG, ("P={dir}/rinnova", "P={dir}/nothing"), "FAIL", "mailer", ["there is no program"]),
    ("an alias", ("aliases",), None, "warn", "address", ["by alias"]),
    ("milter: refuses while it is away", ("milter", *CF_LMTP), ("S=local:{dir}/milter.sock,", "S=local:{dir}/milter.sock, F=T,"), "FAIL", "milter", ["take F= out"]),
    ("milter: not the last", ("milter", *CF_LMTP), ("O InputMailFilters=rinnova", "O InputMailFilters=rinnova,other"), "FAIL", "milter", ["behind the others"]),
    ("milter: no time-outs", ("milter", *CF_LMTP), (", T=C:2s;S:5s;R:5s;E:30s", ""), "warn", "milter", ["T=C:2s"]),
    ("milter: long time-outs", ("milter", *CF_LMTP), ("S:5s;R:5s", "S:5s;R:5m"), "warn", "milter", ["T=C:2s"]),
    ("milter: a time-out is missing", ("milter", *CF_LMTP), (";E:30s", ""), "warn", "milter", ["T=C:2s"]),
    ("milter: another socket", ("milter", *CF_LMTP), ("S=local:{dir}/milter", "S=local:{dir}/else/milter"), "FAIL", "milter", ["S=local:{dir}/milter.sock"]),
]


def server(site, doors, **how):
    mta = Sendmail(site, (), **how)
    mta.configure(doors, "define(`confMAX_MESSAGE_SIZE', `10240000')dnl\n")
    site.prefix = mta.named()
    site.conf.write_text(site.conf.read_text().replace("[courier]\n", "[courier]\nsendmail=%s/sendmail\n" % sendmail.LIBEXEC))
    return mta


def with_sendmail():
    site = new_site("sendmail")
    mta = server(site, CF_LMTP)
    for doors in (CF_LMTP, CF_PROG, ("milter", *CF_LMTP)):
        mta.configure(doors, "define(`confMAX_MESSAGE_SIZE', `10240000')dnl\n")
        expect(look(site, "sendmail", mta.cf), "ok", "address", [], "Sendmail by the page is right: %s" % doors[0])
    for what, doors, edit, level, point, words in CF_FAULTS:
        mta.configure(doors, "define(`confMAX_MESSAGE_SIZE', `10240000')dnl\n")
        if edit:
            old, new = [e.replace("{dir}", str(site.dir)) for e in edit]
            text = mta.cf.read_text()
            if old not in text:
                raise RuntimeError("%s is not in sendmail.cf" % old)
            mta.cf.write_text(text.replace(old, new))
        expect(look(site, "sendmail", mta.cf), level, point, [w.replace("{dir}", str(site.dir)) for w in words], "Sendmail: " + what)
    code, lines, _ = look(site, "sendmail", site.dir / "nowhere.cf")
    t.ok(code == 2 and lines[0].startswith("FAIL  sendmail"), "a sendmail.cf that cannot be read", lines)
    before = site.conf.read_text()
    site.conf.write_text(before.replace("[milter]\n", "[milter]\nstrip-results=yes\n"))
    for order, level, words in (("rinnova,other", "ok", []), ("other,rinnova", "FAIL", ["before the others"])):
        mta.configure(("milter", *CF_LMTP), "define(`confMAX_MESSAGE_SIZE', `10240000')dnl\n")
        mta.cf.write_text(mta.cf.read_text().replace("O InputMailFilters=rinnova", "O InputMailFilters=" + order))
        expect(look(site, "sendmail", mta.cf), level, "milter" if words else "address", words, "Sendmail, strip-results: " + order)
    site.conf.write_text(before)
    own = new_site("sendmail", domain="rinnovo.ordine.example", site="delimiter=\n")
    mta2 = server(own, ("subdomain", "virtusertable", "mailer-lmtp"))
    expect(look(own, "sendmail", mta2.cf), "ok", "address", [], "Sendmail by the page is right: sub-domain")
    third = new_site("sendmail", site="verify=verifica\n")
    mta3 = server(third, ("rule-verify", *CF_LMTP))
    expect(look(third, "sendmail", mta3.cf), "ok", "verify", ["verifica@ordine.example: mailer rinnova"], "Sendmail by the page leads verifica@ to us")
    mta3.configure(CF_LMTP, "define(`confMAX_MESSAGE_SIZE', `10240000')dnl\n")
    expect(look(third, "sendmail", mta3.cf), "FAIL", "verify", ["Rverifica < @ ordine.example . >"], "Sendmail: no rule for verifica@")
    mta.end()
    mta2.end()
    mta3.end()


t.eq(Site.run(new_site("postfix"), "check", "--mta", "exim", check=False)[0], 64, "another mail server: usage")
postfix()
verifies()
subdomain()
if sendmail.missing():
    t.ok(True, "Sendmail: skipped # SKIP " + sendmail.missing())
else:
    with_sendmail()
for s in sites:
    s.end()
t.done()
