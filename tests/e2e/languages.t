#!/usr/bin/python3
"""Vocabularies: built in, of one's own, wrong ones named; explain says the rule."""
import json, shutil, sys
sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/lib")
from house import ROOT, Site, Tap

MAIL = b"From: a@posta.example\nTo: rinnovo@ordine.example\nSubject: Re: x\nMessage-ID: <1@x.example>\n\n%s\n"
tap = Tap()


def explain(site, text):
    return json.loads(site.run("explain", "--json", input=MAIL % text.encode())[1])


with Site() as site:
    site.run("init")
    got = explain(site, "Rinnovate se costa meno")
    tap.eq((got["intent"], got["intent_rule"]), ("unclear", "condition"), "the rule that decided is named")
    tap.ok("condition" in got["intent_why"], "and its reason is said", got["intent_why"])
    text = site.run("explain", input=MAIL % b"RINNOVA")[1]
    tap.ok('intent     renew  (renew)' in text, "also in words", text)
    code, out, _ = site.run("check", check=False)
    tap.ok("languages      it de fr sl en, built in" in out, "check names the languages", out)

folder = 'language-folder={}\nlanguages=it\n'
with Site() as site:
    site.run("init")
    mine = site.dir / "language"
    shutil.copytree(ROOT / "conf" / "language", mine)
    conf = site.conf.read_text("utf-8").replace("[store]", folder.format(mine) + "[store]", 1)
    site.conf.write_text(conf, "utf-8")
    (mine / "it.conf").write_text((mine / "it.conf").read_text("utf-8").replace("[yes]\n", "[yes]\nhouse = evviva la pec\n"), "utf-8")
    tap.eq(explain(site, "Evviva la PEC!")["intent"], "yes", "a phrase of one's own is understood")
    tap.eq(explain(site, "Ja, gerne")["intent"], "unclear", "a language that is not wanted is not")
    lines = (mine / "it.conf").read_text("utf-8").splitlines()
    at = next(i for i, l in enumerate(lines) if l.startswith("house ="))
    lines[at] = "house = rinnova"
    (mine / "it.conf").write_text("\n".join(lines), "utf-8")
    code, out, err = site.run("check", check=False)
    tap.ok(code == 2 and "it.conf:%d: key \"house\" of [yes]: \"rinnova\" stands on line" % (at + 1) in out,
           "a phrase that stands twice is named with file, line and key", out)
    code, out, err = site.run("explain", input=MAIL % b"RINNOVA", check=False)
    tap.eq(code, 78, "and nothing is read by such a file")
tap.done()
