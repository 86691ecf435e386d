"""The stage of the simulated year: configuration of four conventions, a provider that says what it is told to, a mail queue, a clock."""
import glob

CONVENTION = """\
[convention {name}]
name=Convenzione {name}
payer=Ordine dei Medici di Prova
secretary=segreteria@posta.example
term={term}
price={price}
budget={budget}
notice-days={notices}
notify-box=no
steps={steps}
contracts={contract}
declarations={declarations}
low-proof={low}
answer-days={answer}
cooling={cooling}s
reactivation-days={reactivation}
provider=exec
provider-command={provider}
provider-tries=2
document-check={document}
"""

PROVIDER = """#!/bin/sh
# Says about each box what stands in the next line of a file of its name, and yes when there is none.
unset LD_PRELOAD
ask=$(cat)
field() { printf '%%s' "$ask" | sed -n 's/.*"'$1'": *"\\([^"]*\\)".*/\\1/p'; }
box=$(field box)
word=yes
if [ "$(field action)" = renew ] && [ -s "%(dir)s/says/$box" ]; then
	read -r word <"%(dir)s/says/$box"
	sed -i 1d "%(dir)s/says/$box"
fi
wanted=$(field wanted_expiry)
case $word in
refuse)	echo "contratto bloccato" >&2; exit 69;;
later)	exit 75;;
unknown) kill -9 $$;;
other)	wanted=$(date -u -d "$wanted + 3 days" +%%F);;
esac
if [ -n "$wanted" ]; then wanted="\\"$wanted\\""; else wanted=null; fi
printf '{"expiry": %%s, "reference": "T-1", "message": "ok"}\\n' "$wanted"
"""


def euros(cents):
    return "%d.%02d" % divmod(cents, 100)


def write(site, conventions):
    """Configuration, provider and mail queue in the folder of SITE."""
    d = site.dir
    (d / "says").mkdir()
    (d / "provider").write_text(PROVIDER % {"dir": d})
    queue = d / "queue"
    queue.write_text("#!/bin/sh\nexec cat %s/queue.json\n" % d)
    queue.chmod(0o755)
    conf = site.conf.read_text("utf-8").split("[convention ")[0].replace("{q}", str(queue))
    conf = conf.replace("[lmtp]\n", "[lmtp]\nparse-timeout=2m\n")  # a busy machine is no hostile mail
    for c in conventions:
        conf += CONVENTION.format(name=c.name, term=c.term, price=euros(c.price), budget=euros(c.budget), notices=",".join(map(str, c.notice_days)), steps="one" if c.one_step else "two",
                                  contract=d / "contratto.txt", declarations=";".join("%s: le condizioni %d" % (v, i) for i, v in enumerate(c.verbs)), low="yes" if c.low_proof else "no",
                                  answer=c.answer_days, cooling=int(c.cooling.total_seconds()), reactivation=c.reactivation_days, provider=d / "provider", document=c.document)
    site.conf.write_text(conf, "utf-8")


def environment(site):
    """What lets a program see the time that stands in the file "clock" of SITE."""
    lib = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
    if lib is None:
        raise RuntimeError("libfaketime is missing: contrib/deps test")
    return {"LD_PRELOAD": lib, "FAKETIME_TIMESTAMP_FILE": str(site.dir / "clock"), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC"}
