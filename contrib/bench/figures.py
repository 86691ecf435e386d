"""What the benchmarks share: processor time, ratios with their interval, the load generator, lines of output."""
import math, os, pathlib, statistics, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("RINNOVA_BUILD", ROOT / "build"))
LOAD, BARE = str(BUILD / "bench" / "load"), str(BUILD / "bench" / "bare")
sys.path.insert(0, str(ROOT / "tests" / "lib"))


def line(name, text):
    print("%-38s %s" % (name, text), flush=True)


# --- processes ---

def tree(pid):
    """PID and all that descend from it."""
    found = [pid]
    for p in found:
        for task in _tasks(p):
            try:
                found += [int(x) for x in (task / "children").read_text().split()]
            except OSError:
                pass
    return found


def _tasks(pid):
    try:
        return list(pathlib.Path("/proc/%d/task" % pid).iterdir())
    except OSError:
        return []


def cpu(pid):
    """Seconds of processor time that PID and all that descend from it have used, the dead ones that were waited for included.
    The kernel counts in nanoseconds; its stat files round each process down to a tick, so the living are asked by schedstat, thread by thread."""
    used = 0.0
    for p in tree(pid):
        try:
            f = open("/proc/%d/stat" % p).read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        whole = (int(f[11]) + int(f[12])) / os.sysconf("SC_CLK_TCK")
        exact = 0
        for task in _tasks(p):
            try:
                exact += int((task / "schedstat").read_text().split()[0])
            except OSError:
                pass
        used += max(whole, exact / 1e9) + (int(f[13]) + int(f[14])) / os.sysconf("SC_CLK_TCK")
    return used


def busiest(pid):
    """Seconds of processor time that the busiest thread of PID has used."""
    return max((int((task / "schedstat").read_text().split()[0]) / 1e9 for task in _tasks(pid)), default=0.0)


def memory(pid, key="VmRSS"):
    """A line of /proc/PID/status in MiB (VmRSS: now, VmHWM: at most)."""
    for l in open("/proc/%d/status" % pid):
        if l.startswith(key + ":"):
            return int(l.split()[1]) / 1024
    return 0.0


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def connected(pid):
    """How many sockets PID has a client on."""
    inodes = set()
    for f in os.listdir("/proc/%d/fd" % pid):
        try:
            what = os.readlink("/proc/%d/fd/%s" % (pid, f))
        except OSError:
            continue
        if what.startswith("socket:"):
            inodes.add(what[8:-1])
    with open("/proc/net/unix") as table:	# an accepted socket is connected (03) and has the name of the one that listens
        return sum(x[6] in inodes and x[5] == "03" and len(x) > 7 for x in map(str.split, table))


def threads(pid):
    return len(_tasks(pid))


# --- statistics ---

def interval(values):
    """(median, low, high): the interval of the sign test, at least 95 % sure for 6 values and more, whatever their distribution; below 6 the extremes."""
    v = sorted(values)
    n, k, tail = len(v), 0, 0.0
    while k < n // 2:
        tail += math.comb(n, k) / 2 ** n
        if 2 * tail > 0.05:
            break
        k += 1
    k = max(k, 1)
    return statistics.median(v), v[k - 1], v[n - k]


def quantile(values, q):
    v = sorted(values)
    return v[min(len(v) - 1, int(len(v) * q))]


# --- the load ---

def write_corpus(path, mails):
    """MAILS: (sender, recipients, bytes); lines become CRLF."""
    with open(path, "wb") as f:
        for sender, rcpts, raw in mails:
            raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            f.write(("%s %s %d\n" % (sender, ",".join(rcpts), len(raw))).encode() + raw)


class Load:
    """A run of the load generator; see load.c. Results: (index, start, total, longest, verdict), times in seconds."""

    def __init__(self, protocol, address, corpus, sessions, per_connection=0, seconds=0, pause=0):
        self.out = open(str(corpus) + ".out-%d" % id(self), "w+b")
        with open(corpus, "rb") as f:
            self.p = subprocess.Popen([LOAD, protocol, str(address), str(sessions), str(per_connection), str(seconds), str(pause)], stdin=f, stdout=self.out,
                                      stderr=subprocess.PIPE)

    def wait(self):
        err = self.p.stderr.read().decode()
        if self.p.wait() != 0:
            raise RuntimeError("the load generator failed: " + err)
        self.seconds = float(err.split()[-1])
        self.out.seek(0)
        self.results = []
        for l in self.out:
            i, start, total, longest, verdict = l.decode().split(" ", 4)
            self.results.append((int(i), int(start) / 1e6, int(total) / 1e6, int(longest) / 1e6, verdict.strip()))
        self.out.close()
        os.unlink(self.out.name)
        return self
