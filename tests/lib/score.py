#!/usr/bin/python3
"""score.py [--verbose] [--only TEXT] [--layer letter|no-letter] [PROGRAM]: scores "PROGRAM explain --json" over tests/replies.

Every case is read twice: with the letter that it answers, and without. Printed by group: how many readings, how many with the
typed text exact (white space apart), the intent right, the class right; false: orders or commands read that nobody typed,
which must be none; and the cost of what went wrong: 100 for a false order or the wrong polarity, 20 for a person taken for a
machine, 10 for a yes or no that was missed, 1 for anything else. Exit status 1 if any case is wrong.
"""
import argparse, collections, concurrent.futures, json, os, re, subprocess, sys, tempfile, time

import corpus

# What an intent sets in motion. An order in the place of another order does no harm that the rest would not see.
MOVES = dict.fromkeys(("renew", "accept", "yes"), "order") | dict.fromkeys(("no", "cancel"), "stop")
MOVES |= {i: i for i in ("authorize", "status", "list", "help")}

Result = collections.namedtuple("Result", "case layer typed intent klass false cost said")


def squeezed(text):
    return re.sub(r"[\s\u00a0\u200b\u200c\ufe0f\ufeff]+", "", text)


def is_exact(got, wanted, maybe):
    """Whether GOT is one of the texts WANTED; the lines MAYBE may stand in it too."""
    optional = {squeezed(m) for m in maybe}
    without = squeezed("".join(l for l in got.split("\n") if squeezed(l) not in optional))
    return any(squeezed(w) in (squeezed(got), without) for w in wanted)


def judged(case, layer, said):
    """What the reading SAID is worth."""
    klass, intent = said.get("class"), said.get("intent")
    is_person, wants_person = klass == "human", case.classes == ["human"]
    class_ok = klass in case.classes
    typed_ok = case.texts is None or is_exact(said.get("typed_text") or "", case.texts, case.maybe)
    intent_ok = not wants_person or intent in case.intents
    moves = MOVES.get(intent) if is_person else None
    wanted = [MOVES.get(i) for i in case.intents] if wants_person else []
    action = (said.get("decision") or {}).get("action") or ""
    false = moves is not None and moves not in wanted or action.startswith(("go-on", "conclude")) and "order" not in wanted
    if false:
        cost = 100
    elif wants_person and not is_person:
        cost = 20
    elif not intent_ok and MOVES.get(case.intents[0]) in ("order", "stop"):
        cost = 10
    else:
        cost = 0 if class_ok and typed_ok and intent_ok else 1
    return Result(case, layer, typed_ok, intent_ok, class_ok, false, cost, said)


def command(program, case, layer):
    """How explain is called for a case of this kind; the files with the messages go behind it."""
    args = [program, "explain", "--json", "--rcpt", case.letter.words["to"]]
    args += ["--letter", str(case.letter.path)] if layer == "letter" else ["--no-letter"]
    return args + (["--sender", case.sender.strip("<>")] if case.sender is not None else [])


def said_of(line, run):
    try:
        return json.loads(line)
    except ValueError:
        return {"class": None, "error": "exit %d: %s" % (run.returncode, run.stderr.decode("utf-8", "replace").strip()[-200:])}


def read(program, cases, layer):
    """Several cases that are called alike, by one run of explain."""
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, str(i)) for i in range(len(cases))]
        for f, c in zip(files, cases):
            with open(f, "wb") as out:
                out.write(c.raw)
        run = subprocess.run(command(program, cases[0], layer) + files, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    if len(lines) != len(cases) and len(cases) > 1:  # one could not be read: which?
        return [r for c in cases for r in read(program, [c], layer)]
    return [judged(c, layer, said_of(line, run)) for c, line in zip(cases, lines or [""])]


def results(program, cases, layers=corpus.LAYERS, jobs=2, at_once=40):
    """A Result for every one of CASES and every layer."""
    alike = collections.OrderedDict()
    for layer in layers:
        for c in (c for c in cases if layer in c.layers):
            alike.setdefault((layer, *command(program, c, layer)), []).append(c)
    batches = [(same[i:i + at_once], key[0]) for key, same in alike.items() for i in range(0, len(same), at_once)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return [r for rs in pool.map(lambda b: read(program, *b), batches) for r in rs]


def fault(r):
    """One line that says what is wrong with R, or None."""
    wrong = []
    if "error" in r.said:
        wrong.append(r.said["error"])
    if r.false:
        wrong.append("FALSE %s, %s" % (r.said["intent"], (r.said.get("decision") or {}).get("action")))
    if not r.klass:
        wrong.append("class %s, not %s" % (r.said.get("class"), "|".join(r.case.classes)))
    if not r.intent and not r.false:
        wrong.append("intent %s, not %s" % (r.said.get("intent"), "|".join(r.case.intents)))
    if not r.typed:
        wrong.append("typed %r, not %r" % ((r.said.get("typed_text") or "")[:300], r.case.texts[0]))
    return "%-9s %s: %s" % (r.layer, r.case.name, "; ".join(wrong)) if wrong else None


def check(tap, program, cases, layer):
    """A line of TAP for every group: all of it must be read as a person reads it."""
    got = results(program, cases, (layer,))
    for group in sorted({r.case.group for r in got}):
        faults = [f for f in map(fault, (r for r in got if r.case.group == group)) if f]
        tap.ok(not faults, "%s: all read as a person reads them, %s" % (group, layer), "\n".join(faults))
    tap.ok(got and not any(r.false for r in got), "no order is read that nobody typed, %s" % layer)


def table(all_results, seconds):
    print("%-12s %-9s %5s %6s %6s %6s %6s %6s" % ("group", "layer", "n", "typed", "intent", "class", "false", "cost"))
    rows = collections.OrderedDict()
    for r in all_results:
        for key in ((r.case.group, r.layer), ("ALL", r.layer)):
            rows.setdefault(key, []).append(r)
    for (group, layer), rs in sorted(rows.items(), key=lambda kv: (kv[0][0] == "ALL", kv[0])):
        print("%-12s %-9s %5d %6d %6d %6d %6d %6d" % (group, layer, len(rs), *(sum(getattr(r, k) for r in rs) for k in ("typed", "intent", "klass", "false", "cost"))))
    print("%d readings in %.1f s" % (len(all_results), seconds))


def main():
    ap = argparse.ArgumentParser(usage="%(prog)s [--verbose] [--only TEXT] [--layer letter|no-letter] [PROGRAM]")
    ap.add_argument("--verbose", action="store_true", help="say of every case that is wrong what is")
    ap.add_argument("--only", help="cases whose name has this in it")
    ap.add_argument("--layer", choices=corpus.LAYERS, action="append")
    ap.add_argument("program", nargs="?", default=os.environ.get("RINNOVA", "build/rinnova"))
    a = ap.parse_args()
    start = time.monotonic()
    got = results(a.program, corpus.cases(a.only), a.layer or corpus.LAYERS)
    table(got, time.monotonic() - start)
    faults = [f for f in map(fault, got) if f]
    if a.verbose:
        print("\n".join(faults))
    elif faults:
        print("%d readings are wrong; --verbose names them" % len(faults))
    return 1 if faults or not got else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except corpus.Wrong as e:
        sys.exit("score: the corpus itself: %s" % e)
