#!/usr/bin/python3
"""The Order's roll: who is entitled and when, who left, who is back, who moved, and the brake on a bad import."""
import datetime, pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import Sink, Site, Tap, text_of, wait_for

t, sink = Tap(), Sink()
TODAY = datetime.date.today()
SECRETARY = "segreteria@posta.example"


def day(n):
    return (TODAY + datetime.timedelta(days=n)).isoformat()


def ref(i):
    return "m%02d@posta.example" % i


def rows(which, **other):
    """The roll of the members WHICH; OTHER replaces reference or expiry of one: m03={"reference": ...}."""
    lines = ["box,holder,reference,expiry,convention\n"]
    for i in which:
        o = other.get("m%02d" % i, {})
        lines.append("m%02d@pec.example,Membro %d,%s,%s,fnomceo\n" % (i, i, o.get("reference", ref(i)), o.get("expiry", day(30))))
    return "".join(lines)


with Site(smtp_port=sink.port) as site:
    site.run("init")
    f = site.dir / "roll.csv"

    def boxes():
        return {b["box"].split("@")[0]: b for b in site.json("box", "list")}

    def roll(text, *args, check=True):
        f.write_text(text, "utf-8")
        return site.run("import", "--roll", *args, f, check=check)

    out = roll(rows(range(20)))[1]
    t.ok("new: 20" in out and "20 boxes added" in out, "the first roll: everybody is new", out)
    t.ok("left the roll, closed: 0" in out and "as before" in roll(rows(range(20)))[1], "the same again changes nothing")

    # One leaves, one comes, one moves, one gets another expiry.
    text = rows(list(range(19)) + [20], m03={"reference": "nuovo@posta.example"}, m04={"expiry": day(60)})
    out = roll(text, "--dry-run")[1]
    t.ok("m19@pec.example" in out and "nothing was written" in out, "--dry-run reports", out)
    t.ok(boxes()["m19"]["state"] == "active" and "m20" not in boxes(), "and writes nothing")
    out = roll(text, "--convention", "fnomceo")[1]
    for words in ("new: 1\n    m20@", "closed: 1\n    m19@", "address: 1\n    m03@pec.example: m03@posta.example -> nuovo@", "other expiry: 1\n    m04@"):
        t.ok(words in out, "the report says %r" % words, out)
    b = boxes()
    t.eq((b["m19"]["state"], b["m19"]["entitled"], b["m00"]["state"]), ("closed", False, "active"), "who is not on the roll any more is closed")
    t.ok("box closed: not on the roll" in site.run("box", "show", "m19@pec.example")[1], "the ledger says so")
    site.run("courier", "--once")
    note = text_of(sink.to(SECRETARY)[-1])
    t.ok("m19@pec.example" in note and "m20@pec.example" in note, "the secretary gets the report", note)
    moved = sink.to(ref(3))
    t.ok(len(moved) == 1 and "Avvisi subito una persona" in text_of(moved[0]) and "m03@pec.example" in text_of(moved[0]), "the old address learns that it was changed")
    t.ok("nuovo@" not in moved[0].as_string() and "+" not in str(moved[0]["Reply-To"]) and "codice" not in text_of(moved[0]), "but neither the new one nor a token")
    t.eq(sink.to("nuovo@posta.example"), [], "the new one gets nothing of it")
    site.run("notify")
    site.run("courier", "--once")
    t.ok(sink.to(ref(0)) and sink.to("nuovo@posta.example") and not sink.to(ref(19)) and len(sink.to(ref(3))) == 1, "notices: none to who left, none to the old address")

    # A closed box orders nothing; back on the roll it is open again.
    notice = sink.to(ref(1))[0]
    out = roll(rows([0] + list(range(2, 19)) + [20], m03={"reference": "nuovo@posta.example"}, m04={"expiry": day(60)}))[1]
    site.start("lmtpd")
    site.lmtp(replies.gmail(notice, ref(1), "RINNOVA"), replies.token_address(notice), ref(1))
    t.eq((site.json("order", "list"), len(site.json("held", "list"))), ([], 1), "a closed box's RINNOVA is held")
    out = roll(rows(list(range(19)) + [20], m03={"reference": "nuovo@posta.example"}, m04={"expiry": day(60)}))[1]
    t.ok("back on the roll: 1\n    m01@" in out, "who comes back is reported", out)
    t.eq((boxes()["m01"]["state"], boxes()["m01"]["entitled"]), ("active", True), "and is open and entitled again")

    # The brake.
    before = boxes()
    bad = [
        ("closed", rows(range(10))),
        ("another reference address", rows(list(range(19)) + [20], **{"m%02d" % i: {"reference": "x%d@posta.example" % i} for i in range(5)})),
        ("expiry in the past", rows(list(range(19)) + [20], **{"m%02d" % i: {"expiry": day(-3)} for i in range(5)})),
    ]
    letters = len(site.json("outbox", "list", "--all"))
    for what, text in bad:
        code, out, err = roll(text, check=False)
        t.ok(code == 1 and "the brake" in err and what in err and boxes() == before, "the brake: %s, and nothing is imported" % what, err)
    for args in ((), ("--dry-run",)):
        f.write_text(bad[1][1])
        t.ok("the brake" in site.run("import", *args, f, check=False)[2] and boxes() == before, "it holds for an import that is no roll, too")
    t.eq(len(site.json("outbox", "list", "--all")), letters, "and no letter was written")
    t.eq(roll(bad[0][1], "--force", check=False)[0], 64, "--force wants its reason")
    t.eq(roll("box,holder,reference,expiry,convention\n", check=False)[0], 65, "an empty file is no roll")
    t.eq(roll(bad[0][1], "--keep-going", check=False)[0], 64, "--roll takes no --keep-going")
    roll(bad[0][1], "--force", "--reason", "fusione di due Ordini")
    t.eq(sorted(n for n, x in boxes().items() if x["state"] == "active"), ["m%02d" % i for i in range(10)], "with --force --reason it goes through")

    # Entitled from when until when.
    head = "box,holder,reference,expiry,convention,entitled\n"
    cases = [("a", day(-9) + ".." + day(9), True), ("b", ".." + day(-1), False), ("c", day(1) + "..", False), ("d", day(0) + ".." + day(0), True), ("e", "no", False)]
    f.write_text(head + "".join("%s@pec.example,X,%s@posta.example,%s,fnomceo,%s\n" % (n, n, day(30), when) for n, when, _ in cases))
    site.run("import", f)
    t.eq(boxes()["b"]["entitled_to"], day(-1), "the dates are kept")
    site.run("notify")
    site.run("courier", "--once")
    for n, when, yes in cases:
        t.eq(bool(sink.to(n + "@posta.example")), yes, "entitled %s: %s notice" % (when, "a" if yes else "no"))
    f.write_text("box,holder,reference,expiry,convention\nb@pec.example,Y,b@posta.example,%s,fnomceo\n" % day(30))
    site.run("import", f)
    t.eq((boxes()["b"]["entitled_to"], boxes()["b"]["holder"]), (day(-1), "Y"), "a file without that column leaves it as it is")
    for when in ("..", "2026-13-01..", day(5) + ".." + day(1), "domani"):
        f.write_text(head + "z@pec.example,X,z@posta.example,%s,fnomceo,%s\n" % (day(30), when))
        code, _, err = site.run("import", f, check=False)
        t.ok(code == 65 and "column entitled" in err, "entitled %r is named" % when, err)
sink.stop()
t.done()
