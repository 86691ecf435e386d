#!/usr/bin/python3
"""The model of order, letter and provider (renewal.pml) in every state: spin finds nothing in it, and finds each planted fault."""
import os, pathlib, re, subprocess, sys, tempfile
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from house import Tap

MODEL = pathlib.Path(__file__).with_name("renewal.pml")
PLANTED = ("REPLY_FIRST", "TWO_STEPS", "NO_CLAIM", "BLIND_RESEND", "UNKNOWN_IS_SENT")
t = Tap()


def spin(name, defines, compiler, run):
    """(errors, states, what it said); None where it did not come to an end."""
    d = pathlib.Path(folder) / name
    d.mkdir()

    def do(*args):
        return subprocess.run(args, cwd=d, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8").stdout
    said = do("spin", *["-D" + x for x in defines], "-a", str(MODEL))
    said += do("gcc", "-O0" if defines and defines[0] in PLANTED else "-O1", "-w", "-DMEMLIM=2000", *compiler, "-o", "pan", "pan.c") + do("./pan", "-m10000", "-w22", *run)
    errors, states = re.search(r"errors: (\d+)", said), re.search(r"(\d+) states, stored", said)
    whole = "Search not completed" not in said and "max search depth too small" not in said and "out of memory" not in said
    return (int(errors.group(1)), int(states.group(1)), said) if errors and states and (whole or errors.group(1) != "0") else (None, 0, said)


with tempfile.TemporaryDirectory(prefix="rinnova-model-") as folder:
    SAFETY = ["-DNOCLAIM", "-DSAFETY"]
    for name, defines, compiler, run, words in (
            ("safety", [], SAFETY, [], "one order, one renewal, nothing accepted is lost"),
            ("fickle", ["FICKLE"], SAFETY, [], "the same, and the member may cancel"),
            ("sent", [], ["-DNFAIR=3"], ["-a", "-f"], "whatever is to be sent is sent or marked in the end, if every process gets its turn")):
        errors, states, said = spin(name, defines, compiler, run)
        t.ok(errors == 0 and states > 100000, "%s: %d states" % (words, states), said[-1500:])
    for name in PLANTED:
        errors, states, said = spin(name, [name], SAFETY, [])
        broken = re.search(r"assertion violated (.*) \(at", said)
        t.ok(errors and broken, "-D%s is found after %d states: %s" % (name, states, broken and broken.group(1)), said[-1500:])
t.done()
