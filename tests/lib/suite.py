"""Many histories, on all processors; figures; planted faults."""
import collections, contextlib, multiprocessing, os, pathlib, resource, shutil, signal, subprocess, sys, tempfile, time, traceback

import history, world
from year import in_memory

AGAIN = "contrib/faults --only %d"
EVERY = 100  # histories between two words about how far it is


@contextlib.contextmanager
def base(binary=None):
    folder = tempfile.mkdtemp(prefix="rinnova-faults-", dir=in_memory())
    try:
        yield world.Base(folder, binary or world.BINARY)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def play(w, seed, stage=None):
    """One history: (what does not hold, counts, story)."""
    h = history.History(w, seed, stage)
    try:
        bad = h.play()
    except Exception:
        bad = ["broken: the history itself: %s" % traceback.format_exc()]
    return bad, h.counts, h.story


def _work(b, name, seeds, results, until, stage):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # what it has started ends with it
    w = world.World(b, name)
    try:
        while time.monotonic() < until:
            with seeds.get_lock():
                seed, seeds[1] = seeds[0], seeds[1] - 1
                seeds[0] += 1
                if seeds[1] < 0:
                    break
            results.put((seed, *play(w, seed, stage)[:2]))
    finally:
        cpu = sum(r.ru_utime + r.ru_stime for r in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))
        w.end()
        cpu = sum(r.ru_utime + r.ru_stime for r in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))
        results.put((None, [], {"cpu": cpu}))


def run(seed, histories=None, seconds=None, jobs=2, binary=None, stop_at=20, say=print, law="", stage=None, far=lambda *_: None):
    """Plays them. (failures as (seed, what does not hold), counts); only those of LAW, if it is given.
    STAGE: where they all begin. FAR hears after each of them: the first seed that is not played yet, counts, failures."""
    counts, failures, played, first = collections.Counter(), [], set(), seed
    seeds = multiprocessing.Array("q", [seed, histories or 1 << 40])
    with base(binary) as b:
        results = multiprocessing.Queue()
        until = time.monotonic() + (seconds or 1 << 30)
        workers = [multiprocessing.Process(target=_work, args=(b, "w%d" % i, seeds, results, until, stage), daemon=True) for i in range(jobs)]
        for p in workers:
            p.start()
        left = jobs
        try:
            while left:
                s, bad, c = results.get(timeout=600)
                counts.update(c)
                if s is None:
                    left -= 1
                    continue
                counts["histories"] += 1
                if [b for b in bad if b.startswith(law)]:
                    failures.append((s, bad))
                    say("# history %d (again: %s)\n#   %s" % (s, AGAIN % s, "\n#   ".join(bad[:5])))
                    if len(failures) >= stop_at:
                        seeds[1] = 0
                played.add(s)
                while first in played:  # with several workers a later one may be done sooner
                    played.remove(first)
                    first += 1
                far(first, counts, failures)
        finally:
            for p in workers:
                if left:
                    p.terminate()
                p.join()
    return failures, counts


def figures(counts, failures):
    """Lines to print."""
    laws = collections.Counter(b.split(":")[0] for _, bad in failures for b in bad)
    gate = ("handed over", "marked", "past the gate")
    known = ("histories", "messages", "letters", "cpu", *gate)
    faults = {k: n for k, n in counts.items() if k not in known}
    yield "histories %d, messages through %d, letters %d, kills %d, power cuts %d, lost %d, doubled %d, other %d" % (
        counts["histories"], counts["messages"], counts["letters"], counts["kill"] + counts["cut"], counts["power cut"], laws["lost"], laws["doubled"],
        sum(laws.values()) - laws["lost"] - laws["doubled"])
    yield "by the gate: " + ", ".join("%s %d" % (k, counts[k]) for k in gate)
    yield "injected: " + ", ".join("%s %d" % (k, n) for k, n in sorted(faults.items(), key=lambda f: -f[1]))
    if counts["cpu"]:
        yield "%.1f CPU seconds, %.2f histories a CPU second" % (counts["cpu"], counts["histories"] / counts["cpu"])


class Far:
    """How far a long run is, on standard error; what it takes to go on from there, should it be ended."""

    def __init__(self, seed, histories):
        self.begin, self.end, self.next, self.counts, self.failures = time.monotonic(), histories and seed + histories, seed, collections.Counter(), []

    def heard(self, first, counts, failures):
        self.next, self.counts, self.failures = first, counts, failures
        if counts["histories"] % EVERY == 0:
            print("# %d histories, %d failed, %d messages, %d kills, %.0f s; to go on from here: %s" % (
                counts["histories"], len(failures), counts["messages"], counts["kill"] + counts["cut"], time.monotonic() - self.begin, self.go_on()), file=sys.stderr, flush=True)

    def go_on(self):
        return "contrib/faults --seed %d --histories %s" % (self.next, self.end - self.next if self.end else "N")


def many(seed, histories, seconds, jobs):
    """Ended before its end (SIGTERM, SIGINT) it still says what it has, and how to go on. 0: all was survived."""
    print("# seed %d (again: contrib/faults --seed %d --histories %s)" % (seed, seed, histories or "N"), flush=True)
    far, ended = Far(seed, histories), True
    try:
        run(seed, histories, seconds, jobs, say=lambda s: print(s, flush=True), far=far.heard)
        ended = False
    finally:
        for line in figures(far.counts, far.failures):
            print(line)
        if ended:
            print("ended before its end; the rest: %s" % far.go_on())
        print("%d histories, %d with faults that were not survived, seed %d, %.0f s" % (far.counts["histories"], len(far.failures), seed, time.monotonic() - far.begin), flush=True)
    return 1 if far.failures else 0


def one(seed):
    with base() as b:
        w = world.World(b, "w0")
        bad, counts, story = play(w, seed)
        print("\n".join(story))
        print("--- log\n" + (w.machine.log.read_text("utf-8", "replace") if w.machine.log.exists() else ""))
        w.end()
    print("\n".join(bad) or "all holds")
    return 1 if bad else 0


# --- planted faults ---

def build(patch, work):
    """The program with PATCH in it, built in WORK from what the plain build has: its path, None with words on standard error."""
    if not work.exists():
        work.mkdir(parents=True)
        for name in ("src", "conf", "Makefile", "build/obj", "build/flags", "build/objects"):
            (work / name).parent.mkdir(exist_ok=True)
            subprocess.run(["cp", "-a", str(world.ROOT / name), str(work / name)], check=True)
    binary = work / (patch.stem + ".rinnova")
    if not applies(patch, work):
        return None

    def do(*args):
        return subprocess.run(args, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                              env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL")})
    do("patch", "-p1", "-s", "-f", "-i", str(patch))
    compiler = (work / "build" / "flags").read_text().split(" -D_GNU_SOURCE")[0]  # with another one everything would be compiled anew
    said = do("make", "-s", "CC=" + compiler, "build/rinnova")
    do("patch", "-p1", "-s", "-f", "-R", "-i", str(patch))  # what it puts back is newer than its object, and is compiled again
    if said.returncode != 0:
        print("# %s: %s" % (patch.stem, said.stdout[-1500:]))
        return None
    shutil.copy(work / "build" / "rinnova", binary)
    return binary


def patches():
    return sorted((world.ROOT / "tests" / "faults").glob("*.patch"))


def applies(patch, tree=world.ROOT):
    return subprocess.run(["patch", "-p1", "-s", "-f", "--dry-run", "-i", str(patch)], cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def planted(names, jobs, most=600, seed=1):
    """Each fault in tests/faults/*.patch must be found, by a check of the law that its first line names (and in histories
    from the stage that it names, where others would seldom come to it); what it said is printed."""
    chosen, missed = [p for p in patches() if not names or p.stem in names], 0
    with tempfile.TemporaryDirectory(prefix="rinnova-planted-", dir=in_memory()) as folder:
        for patch in chosen:
            binary = build(patch, pathlib.Path(folder) / "work")
            law, _, stage = patch.read_text().splitlines()[0].removeprefix("finds: ").partition(", from ")
            failures, counts = run(seed, most, None, jobs, binary, stop_at=1, say=lambda s: None, law=law, stage=stage or None) if binary else ([], {})
            if failures:
                s, bad = failures[0]
                print("found   %-22s after %d histories (seed %d): %s" % (patch.stem, counts["histories"], s, next(b for b in bad if b.startswith(law))), flush=True)
            else:
                missed += 1
                print("MISSED  %-22s %s" % (patch.stem, "in %d histories" % counts["histories"] if binary else "it does not apply, or does not build"), flush=True)
    print("%d planted faults, %d missed" % (len(chosen), missed))
    return 1 if missed or not chosen else 0
