#!/usr/bin/python3
"""Keys that are rotated while lmtpd runs: it knows the new one before the first answer to it comes, and forgets a retired one."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, wait_for

t, sink = Tap(), Sink()
expiry = (datetime.date.today() + datetime.timedelta(days=30)).isoformat()
with Site(smtp_port=sink.port) as site:
    site.run("init")
    site.start("lmtpd")

    def renew(name, before=None):
        """A new box, its notice, and the answer; what was made of it."""
        me, box = name + "@posta.example", name + "@pec.example"
        site.boxes({"box": box, "reference": me, "expiry": expiry})
        site.run("notify")
        site.run("courier", "--once")
        letter = sink.to(me)[-1]
        if before:
            before()
        seen = site.log("lmtpd").count("outcome=")
        site.lmtp(replies.gmail(letter, me, "RINNOVA"), replies.token_address(letter), me)
        wait_for(lambda: site.log("lmtpd").count("outcome=") > seen)
        return [l for l in site.log("lmtpd").splitlines() if "outcome=" in l][-1]

    t.ok("rule=good-token-low-yes" in renew("uno"), "the key that lmtpd began with")
    site.run("key", "rotate")
    line = renew("due")
    t.ok("rule=good-token-low-yes" in line, "a letter signed with a key that was made since", line)
    line = renew("tre", lambda: (site.run("key", "rotate"), site.run("key", "retire", "1", "--reason", "prova")))
    t.ok("rule=good-token" not in line, "a letter whose key was retired since", line)
    key = site.dir / "token.key"
    good = key.read_text()
    line = renew("quattro", lambda: key.write_text("rubbish\n"))
    t.ok("rule=good-token-low-yes" in line, "a file that cannot be read: those in use stay in use", line)
    key.write_text(good)
    line = renew("cinque", lambda: site.run("key", "rotate"))
    t.ok("rule=good-token-low-yes" in line, "and it is read again when it has changed again", line)
    said = [l for l in site.log("lmtpd").splitlines() if " keys " in l]
    t.ok(len(said) == 4 and sum("error=" in l for l in said) == 1, "each change is said once, and the one that failed with its reason", said)
t.done()
