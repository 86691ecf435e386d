#!/usr/bin/python3
"""The figures for Prometheus: what they count, that promtool takes them, and that each alert fires on what it is for."""
import datetime, os, pathlib, re, stat, subprocess, sys, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import ROOT, Sink, Site, Tap

t, sink = Tap(), Sink()
today = datetime.date.today()
expiry = (today + datetime.timedelta(days=20)).isoformat()


def promtool(*args, input=None, cwd=None):
    p = subprocess.run(["promtool", *args], input=input, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return p.returncode, p.stdout.decode()


def figures(site):
    return dict(l.rsplit(" ", 1) for l in site.run("metrics")[1].splitlines() if not l.startswith("#"))


def one(f, name):
    return int(float(f.get(name, -1)))


with Site(smtp_port=sink.port) as site:
    site.run("init")
    code, out, err = site.run("metrics")
    t.ok("rinnova_letter_oldest" not in out and 'rinnova_commit_duration_seconds_count 0' in out, "a new site has figures, and none that would be wrong", out)
    site.boxes(*({"box": "%s@pec.example" % n, "reference": "%s@posta.example" % n, "expiry": expiry} for n in "abc"))
    begin = int(time.time())
    site.run("notify")
    f = figures(site)
    t.eq(one(f, 'rinnova_letters{kind="notice",state="queued"}'), 3, "letters by kind and state")
    t.ok(begin <= one(f, "rinnova_letter_oldest_unsent_timestamp_seconds") <= time.time(), "since when the oldest waits")
    t.ok(begin <= one(f, 'rinnova_last_run_timestamp_seconds{job="notify"}') <= time.time(), "when notify ran")
    site.run("courier", "--once")
    site.start("lmtpd")
    for who, word in (("a@posta.example", "RINNOVA"), ("b@posta.example", "NON RINNOVO")):
        letter = sink.to(who)[0]
        site.lmtp(replies.gmail(letter, who, word), replies.token_address(letter), who)
    letter = sink.to("c@posta.example")[0]
    site.lmtp(replies.gmail(letter, "c@posta.example", "RINNOVA").replace(b"Message-ID:", b"From: x@altro.example\r\nMessage-ID:", 1), replies.token_address(letter), "x@altro.example")
    (site.dir / "provider.mode").write_text("later")
    site.run("courier", "--once")
    letter = sink.to("a@posta.example")[-1]
    site.lmtp(replies.iphone(letter, "a@posta.example", "ACCETTO"), replies.token_address(letter), "a@posta.example")
    site.run("courier", "--once")
    site.stop("lmtpd")
    site.start("lmtpd")  # it goes on from what was counted, once something is committed
    site.lmtp(b"From: x@spam.example\r\nMessage-ID: <1@spam.example>\r\n\r\nciao\r\n", "rinnovo@ordine.example", "x@spam.example")
    f = figures(site)
    t.eq([one(f, 'rinnova_orders{convention="fnomceo",state="%s"}' % s) for s in ("accepted", "declined")], [1, 1], "orders by state")
    held = {k: v for k, v in f.items() if k.startswith("rinnova_held{")}
    t.eq((sum(map(int, held.values())), one(f, "rinnova_held_oldest_timestamp_seconds") > 0), (1, True), "what is held, by rule, and since when: %s" % held)
    t.ok(any(k.startswith('rinnova_replies{rule="good-token') for k in f), "replies by rule", "\n".join(f))
    t.eq(one(f, 'rinnova_provider_errors_total{convention="fnomceo",kind="renew"}'), 1, "provider errors")
    t.eq((one(f, 'rinnova_provider_calls{convention="fnomceo",kind="renew",state="queued"}'), one(f, "rinnova_provider_call_oldest_unmade_timestamp_seconds") >= begin), (1, True), "calls that wait")
    # the first commit of a door writes what was counted before it
    t.ok(one(f, "rinnova_commit_duration_seconds_count") == one(f, 'rinnova_commit_duration_seconds_bucket{le="+Inf"}'), "the latencies of commits are a histogram")
    t.eq(one(f, "rinnova_store_restored"), 0, "the store waits for nothing")

    folder = site.dir / "textfile"
    folder.mkdir()
    path = folder / "rinnova.prom"
    path.write_text("old")
    site.run("metrics", "--textfile", path)
    t.eq((stat.S_IMODE(path.stat().st_mode), [p.name for p in folder.iterdir()]), (0o644, ["rinnova.prom"]), "written in one step, readable by the exporter")
    t.eq(figures(site).keys(), {l.rsplit(" ", 1)[0] for l in path.read_text().splitlines() if l[0] != "#"}, "the same figures")
    code, out, err = site.run("metrics", "--textfile", site.dir / "not-there" / "x", check=False)
    t.ok(code == 75 and "cannot write" in err, "a folder that is not there is said", err)
    t.eq(promtool("check", "metrics", input=path.read_bytes()), (0, ""), "promtool takes them without a word")

rules = ROOT / "contrib/prometheus"
code, out = promtool("check", "rules", "rinnova.rules.yml", cwd=rules)
t.ok(code == 0, "promtool takes the alerts", out)
code, out = promtool("test", "rules", "rinnova.test.yml", cwd=rules)
t.ok(code == 0, "each alert fires on what it is for, and not on a quiet site", out)
text = (rules / "rinnova.rules.yml").read_text()
names = set(re.findall(r"\b(rinnova_[a-z_]+)", text))
source = (ROOT / "src/core/metrics.c").read_text()
t.eq({n for n in names if re.sub("_bucket$", "", n) not in source}, set(), "and asks for figures that there are")
tested = (rules / "rinnova.test.yml").read_text()
t.eq([a for a in re.findall("alert: (.*)", text) if a not in tested], [], "none is untested")
sink.stop()
t.done()
