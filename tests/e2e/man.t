#!/usr/bin/python3
"""The man pages say what the program does: commands, options, keys; their examples run; shells complete what there is."""
import datetime, email, email.policy, os, pathlib, re, shutil, subprocess, sys
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import replies
from house import BINARY, ROOT, Sink, Site, Tap

t, sink = Tap(), Sink()
pages = {p.name: p.read_text("utf-8") for p in (*ROOT.glob("src/prog/*.[1-8]"), *pathlib.Path(os.environ["RINNOVA_BUILD"]).glob("man/*.[1-8]"))}


def run(*args, input=None):
    p = subprocess.run(args, input=input, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    return p.returncode, p.stdout


commands, words, flags = {}, {}, {}
for line in run(BINARY, "completion", "list")[1].splitlines():
    command, what, argument, text = line.split("\t")
    if what == "":
        commands[command] = text
    (flags if what.startswith("--") else words).setdefault(command, set()).add(what.removeprefix("--"))

# --- each command has its page, and each page its command; a new one needs src/prog/rinnova-COMMAND.1, and a line in rinnova.1 ---
of_commands = {n[len("rinnova-"):-2]: text for n, text in pages.items() if n.startswith("rinnova-") and n.endswith(".1")}
t.eq(sorted(set(commands) - set(of_commands)), [], "each command has its page src/prog/rinnova-COMMAND.1")
t.eq(sorted(set(of_commands) - set(commands)), [], "each page has its command")
t.eq(sorted(c for c in commands if ".It Xr rinnova-%s 1\n%s\n" % (c, commands[c]) not in pages["rinnova.1"]), [], "rinnova.1 lists each with its summary")
t.eq(sorted(c for c, p in of_commands.items() if ".Nm rinnova-%s\n.Nd %s\n" % (c, commands.get(c)) not in p), [], "each page begins with name and summary of the table")
said = {c: set(re.findall(r"\bFl -([a-z][a-z0-9-]*)", p)) for c, p in of_commands.items()}
t.eq(sorted("%s --%s" % (c, f) for c in said for f in flags.get(c, set()) - said[c]), [], "each option stands in the page of its command")
others = {c: set(re.findall(r"\.Cm ([a-z]+) [a-z]+ Fl -", p)) for c, p in of_commands.items()}
t.eq(sorted("%s --%s" % (c, f) for c in said for f in said[c] - flags.get(c, set()) if not any(f in flags[o] for o in others[c] if o in flags)), [], "no page tells of an option that there is not")
t.eq(sorted("%s %s" % (c, w) for c in words for w in words[c] - {""} if not re.search(r"(Cm|\|) %s\b" % re.escape(w), of_commands.get(c, ""))), [], "each word stands in the page of its command")

# --- form ---
code, out = run("mandoc", "-Tlint", "-Wwarning", *[str(p) for p in (*ROOT.glob("src/prog/*.[1-8]"), *pathlib.Path(os.environ["RINNOVA_BUILD"]).glob("man/*.[1-8]"))])
t.ok(code == 0 and out == "", "mandoc finds nothing to say", out)
refs = {(n, "%s.%s" % m) for n, text in pages.items() for m in re.findall(r"\.Xr (rinnova\S*) (\d)", text)}
t.eq(sorted((a, b) for a, b in refs if b not in pages), [], "references among the pages lead somewhere")
keys = re.findall(r"^#?([a-z0-9-]+) =", (ROOT / "conf/rinnova.conf").read_text("utf-8"), re.M)
t.eq(sorted(k for k in keys if "Cm %s = " % k not in pages["rinnova.conf.5"]), [], "rinnova.conf.5 has every key")
t.eq([p for p in ("rinnova-backup.5", "rinnova-import.5", "rinnova-templates.5", "rinnova-language.5", "rinnova-provider.5", "rinnova-evidence.5") if p not in pages], [], "every format has a page")
header = re.search(r"columns\[RN_COL_N\] = \{(.*?)\}", (ROOT / "src/core/import_row.c").read_text(), re.S).group(1)
t.eq([c for c in re.findall(r'"(\w+)"', header) if ".It Cm %s\n" % c not in pages["rinnova-import.5"]], [], "rinnova-import.5 has every column")

# --- help ---
helps = {c: run(BINARY, "help", c) for c in commands}
t.eq([c for c in commands if helps[c][0] != 0 or "man rinnova-%s" % c not in helps[c][1]], [], "rinnova help COMMAND tells of each")
code, out = run(BINARY, "help")
t.ok(code == 0 and all(re.search(r"^  %s +%s$" % (c, re.escape(s)), out, re.M) for c, s in commands.items()), "rinnova help lists them", out)
t.eq((run(BINARY, "help", "nothing")[0], run(BINARY, "nothing")[0], run(BINARY)[0]), (64, 64, 64), "an unknown command is a wrong command line")

# --- completion ---
lines = [("rinnova", "bo"), ("rinnova", ""), ("rinnova", "held", "close", "7", "--reason", ""), *(("rinnova", c, w) for c in commands for w in ("", "--"))]
script = run(BINARY, "completion", "bash")[1] + "".join(
    "\nCOMP_WORDS=(%s); COMP_CWORD=%d; _rinnova; echo \"${COMPREPLY[@]}\"" % (" ".join("'%s'" % w for w in l), len(l) - 1) for l in lines)
offers = dict(zip(lines, (set(l.split()) for l in run("bash", "-s", input=script)[1].split("\n"))))
t.eq(offers["rinnova", "bo"], {"box"}, "bash completes commands")
t.eq(offers["rinnova", ""], set(commands) | {"help"}, "all of them")
t.eq([c for c in commands if offers["rinnova", c, "--"] != {"--" + f for f in flags[c]}], [], "the options of each")
t.eq([c for c in commands if offers["rinnova", c, ""] != words[c] - {""}], [], "and its words")
t.eq(offers["rinnova", "held", "close", "7", "--reason", ""], set(), "but not in the place of a value")
if shutil.which("zsh"):
    t.eq(run("zsh", "-n", "/dev/stdin", input=run(BINARY, "completion", "zsh")[1]), (0, ""), "zsh takes its own")

# --- examples, all in one house; what stands for a number of its own here is put in ---
with Site(smtp_port=sink.port, convention="document-check=person\n") as site:
    today = datetime.date.today()
    expiry = (today + datetime.timedelta(days=20)).isoformat()
    site.run("init")
    box = "maria.rossi@pec.example,Maria Rossi,maria.rossi@posta.example,%s,fnomceo,1@provider.example,yes,no\n"
    rows = [box % expiry] + [box.replace("maria", n) % expiry for n in ("anna", "carla")] + [box.replace("maria", "dora").replace("yes", "no") % expiry]
    (site.dir / "caselle.csv").write_text("box,holder,reference,expiry,convention,account,document,register\n" + "".join(rows))
    site.run("import", site.dir / "caselle.csv")
    site.run("notify")
    site.run("courier", "--once")

    def say(who, words, sender=None, raw=None):
        letter = sink.to(who)[-1]
        site.run("deliver", "--rcpt", replies.token_address(letter), "--sender", sender or who, input=raw or replies.gmail(letter, sender or who, words))
        site.run("courier", "--once")
    mail = replies.gmail(sink.to("maria.rossi@posta.example")[-1], "maria.rossi@posta.example", "RINNOVA")
    (site.dir / "mail.eml").write_bytes(mail)
    token = replies.token_address(sink.to("anna.rossi@posta.example")[-1]).split("+")[1].split("@")[0]
    for word in ("RINNOVA", "ACCETTO"):
        say("maria.rossi@posta.example", word)
    letter = email.message_from_bytes(replies.gmail(sink.to("dora.rossi@posta.example")[-1], "dora.rossi@posta.example", "RINNOVA"), policy=email.policy.SMTP)
    letter.add_attachment(b"%PDF-1.4\n" + b"carta d'identita di prova\n" * 400, "application", "pdf", filename="carta.pdf")
    say("dora.rossi@posta.example", None, raw=letter.as_bytes())
    (site.dir / "provider.mode").write_text("refuse")
    for word in ("RINNOVA", "ACCETTO"):
        say("anna.rossi@posta.example", word)
    # a letter that failed, a held mail, a document that waits
    sink.reply["RCPT"] = "550 5.1.1 no"
    say("carla.rossi@posta.example", "RINNOVA", None)
    sink.reply.clear()
    site.run("deliver", "--rcpt", replies.token_address(sink.to("carla.rossi@posta.example")[-1]), "--sender", "x@altro.example",
             input=b"From: x@altro.example\r\nFrom: carla.rossi@posta.example\r\nTo: rinnovo@ordine.example\r\nMessage-ID: <h@altro.example>\r\n\r\nRINNOVA\r\n")
    held = site.json("held", "list")
    documents = site.json("document", "list")
    failed = [l for l in site.json("outbox", "list") if l.get("state") == "failed"]
    numbers = [o["number"] for o in site.json("order", "list") if o.get("number")]
    own = {"2026-000042": numbers[0], "2026-000043": numbers[-1], "208eqs1897vg97ad63x2awmt102js3tdr0rwbwm0": token,
           "L12": "L%d" % failed[0]["id"] if failed else "L0", "2026-01-01": "%d-01-01" % today.year, "2026-12-31": "%d-12-31" % today.year,
           "/var/backups/rinnova": str(site.dir)}
    ran, bad = 0, []
    order = sorted(of_commands, key=lambda c: (c == "db", c))  # the store is put back last
    for command in order:
        if command == "db":
            site.run("db", "backup", site.dir / "first")
        for line in re.findall(r"^\.Dl (rinnova .*)$", of_commands[command], re.M):
            real = line
            for a, b in own.items():
                real = real.replace(a, b)
            if command == "held" and held:
                real = re.sub(r"\b7\b", str(held[0]["id"]), real)
            if command == "document":
                real = re.sub(r"\b4\b", str(documents[0]["id"]), real)
            real = re.sub(r"^rinnova", str(site.binary), real)
            p = subprocess.run(["sh", "-c", real], cwd=site.dir, env=dict(os.environ, RINNOVA_CONFIG=str(site.conf)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
            ran += 1
            if p.returncode > (1 if " check" in line else 0):  # a warning of the doctor is no failure
                bad.append("%s: exit %d: %s" % (line, p.returncode, p.stdout))
    t.eq(bad, [], "the examples of the pages run")
    t.ok(ran > 35, "and there are some", str(ran))
    t.eq([c for c in commands if ".Sh EXAMPLES" not in of_commands[c] and c not in ("lmtpd", "milter")], [], "and each command that ends by itself has some")

    # --- exit codes that rinnova.1 promises ---
    for code, args in ((0, ("box", "list")), (64, ("box",)), (64, ("box", "list", "--nothing")), (65, ("import", site.dir / "mail.eml")), (66, ("box", "show", "no@pec.example")),
                       (66, ("order", "show", "1999-000001")), (78, ("box", "list", "--config", site.dir / "mail.eml"))):
        t.eq(site.run(*args, check=False)[0], code, "rinnova %s exits %d" % (" ".join(map(str, args[:2])), code))
    status = pages["rinnova.1"].split(".Sh EXIT STATUS")[1].split(".Sh")[0]
    t.eq([n for n in re.findall(r"RN_EXIT_\w+ = (\d+)", (ROOT / "src/prog/prog.h").read_text()) if not re.search(r"\b%s\b" % n, status)], [], "and it names every one of the program")
sink.stop()
t.done()
