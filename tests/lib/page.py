"""The pages in contrib/postfix, contrib/sendmail and so on: their blocks, as an administrator would copy them. The tests run these very lines."""
import pathlib, re

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Paths that a page may name and that belong to the machine.
SYSTEM = ("/bin/", "/usr/lib", "/usr/sbin/", "/usr/libexec/", "/usr/share/")


def blocks(name):
    """The fenced blocks of contrib/NAME/README.md that say what they are: {"main.cf lmtp": text}."""
    text = (ROOT / "contrib" / name / "README.md").read_text("utf-8")
    return {m[1]: m[2] for m in re.finditer(r"^``` ?(\S[^\n]*)\n(.*?)^```$", text, re.M | re.S)}


def fill(text, values):
    """TEXT with the page's names replaced by the test's, the longest first; a path that would still be the machine's is an error."""
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(name, "\0%d\0" % list(values).index(name))
    left = [p for p in re.findall(r"(?<![\w\0./-])/[a-z]+/[^\s,;'\"]*", text) if not p.startswith(SYSTEM)]
    if left:
        raise ValueError("the page names %s, and the test has nothing to put in its place" % ", ".join(left))
    for n, value in enumerate(values.values()):
        text = text.replace("\0%d\0" % n, str(value))
    return text
