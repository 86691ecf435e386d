#!/usr/bin/python3
"""corpus.py [--list] [--only TEXT] [--out DIR]: writes the cases of tests/replies as raw mails, to look at or to score with other programs.

How the corpus is written stands on top of tests/replies/manifest.tsv. Without --out one mail goes to stdout.
"""
import argparse, atexit, base64, csv, email, email.header, email.policy, email.utils, html, html.entities, os, pathlib, quopri, re, shutil, subprocess, sys
import tempfile, zlib

HOME = pathlib.Path(__file__).resolve().parents[1] / "replies"
COLUMNS = ("corpus case input expected language kind licence origin intent letter layers as change typed").split()
LAYERS = ("letter", "no-letter")
INTENTS = "renew accept yes no cancel authorize status list help question unclear empty".split()
CLASSES = "human auto bounce receipt read-receipt feedback calendar list".split()


class Wrong(Exception):
    """A fault in the corpus itself, with the place where it is."""


class Letter:
    """A letter of ours that the replies quote."""

    def __init__(self, path):
        self.path = path
        m = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        self.lines = m.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip("\n").split("\n")
        page = m.get_body(("html",))
        self.page = re.search(r"<body[^>]*>\n?(.*?)\n?</body>", page.get_content().replace("\r\n", "\n"), re.S)[1] if page is not None else None
        name, address = email.utils.parseaddr(str(m["From"]))
        self.words = {"subject": str(m["Subject"]), "msgid": str(m["Message-ID"]), "from": address, "name": name,
                      "to": email.utils.parseaddr(str(m["Reply-To"] or m["From"]))[1], "member": email.utils.parseaddr(str(m["To"]))[1]}


class Frame:
    """One mail of a bundle: what a client sends around the answer."""

    def __init__(self, where, head, body):
        self.where, self.body, self.meta = where, body, {}
        for line in head:
            key, colon, value = line.partition(":")
            if line.startswith("#") or not line.strip():
                continue
            if not colon or key not in ("letter", "sender", "maybe"):
                raise Wrong("%s: %r is neither a comment nor letter:, sender: or maybe:" % (where, line))
            self.meta.setdefault(key, []).append(value.strip())


def frames():
    """Every frame by "bundle/name"."""
    found = {}
    for path in sorted(HOME.glob("*.mails")):
        for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.M)[1:]:
            name, _, rest = block.partition("\n")
            head, cut, body = rest.partition("\n---\n") if not rest.startswith("---\n") else ("", "---", rest[4:])
            where = "%s/%s" % (path.stem, name.strip())
            if not cut or where in found:
                raise Wrong("%s: %s" % (where, "stands twice" if where in found else "no line --- before the mail"))
            found[where] = Frame(where, head.split("\n"), body.rstrip("\n").split("\n"))
    return found


def letters():
    return {p.stem: Letter(p) for p in sorted((HOME / "letters").glob("*.eml"))}


# What the samples of "rinnova template preview" are called in the mails of the corpus.
NAMES = {"maria.rossi@pec.esempio.example": "maria.rossi@pec.example", "m.rossi@posta.example": "maria.rossi@posta.example",
         "Ordine dei Medici di Esempio": "Ordine dei Medici di Prova", "rossi-104@gestore.example": "1234@provider.example"}


def renamed(text):
    for old, new in NAMES.items():
        text = text.replace(old, new).replace(old.replace("@", "@<wbr>").replace(".", "<wbr>."), new)
    return text


def letters_now():
    """The same letters as the program writes them today, text and HTML, from its templates. None if it is not built."""
    program = pathlib.Path(os.environ.get("RINNOVA", HOME.parents[1] / "build/rinnova"))
    if not program.exists():
        return None
    out = pathlib.Path(tempfile.mkdtemp(prefix="letters-"))
    atexit.register(shutil.rmtree, out)
    for kind in letters():
        raw = subprocess.run([program, "template", "preview", kind, "--eml", "--templates", HOME.parents[1] / "templates"], stdout=subprocess.PIPE, check=True).stdout
        m, now = email.message_from_bytes(raw, policy=email.policy.default), email.message.EmailMessage(policy=email.policy.SMTP)
        now["To"] = "Maria Rossi <maria.rossi@posta.example>"
        for field in ("From", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"):
            if m[field]:
                now[field] = renamed(str(m[field]))
        now.set_content(renamed(m.get_body(("plain",)).get_content()))
        now.add_alternative(renamed(m.get_body(("html",)).get_content()), subtype="html")
        (out / (kind + ".eml")).write_bytes(now.as_bytes())
    return {p.stem: Letter(p) for p in out.glob("*.eml")}


def is_for_now(name, frame):
    """Half of the mails answer the letter of today; not those that quote single lines of the old one."""
    text = "\n".join(frame.body)
    return "{letter" in text and not re.search(r"\{letter[^}]* lines=", text) and zlib.crc32(name.encode()) % 2 == 0


# --- the letter, as clients quote it -------------------------------------------------------------------------------------

def options(words):
    """{letter mark="> " wrap=72 html=br}: the words behind the name, as a dictionary."""
    return {k: (a or b if eq else True) for k, eq, a, b in re.findall(r'([a-z-]+)(=)?(?:"([^"]*)"|([^\s"]+))?', words)}


def paragraphs(lines):
    """Lines that belong together become one, as HTML readers do."""
    out = []
    for line in lines:
        if out and out[-1] and line.strip() and not line.startswith(" "):
            out[-1] += " " + line.strip()
        else:
            out.append(line.strip())
    return out


def broken(line, width):
    """LINE at blanks into pieces of at most WIDTH characters, as a sending client breaks it."""
    out = []
    while len(line) > width and " " in line[1:width + 1]:
        at = line.rindex(" ", 1, width + 1)
        out.append(line[:at])
        line = line[at + 1:]
    return out + [line]


def entities(text):
    return "".join("&%s;" % html.entities.codepoint2name[ord(c)] if ord(c) > 127 and ord(c) in html.entities.codepoint2name else c for c in text)


LINK = re.compile(r"&lt;(mailto:[^&\s]+(?:&amp;[^&\s]+)*)&gt;|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def linked(line):
    """Addresses as links, as nearly every client shows them."""
    return LINK.sub(lambda m: '&lt;<a href="%s">%s</a>&gt;' % (m[1], m[1]) if m[1] else '<a href="mailto:%s">%s</a>' % (m[2], m[2]), line)


def quoted_page(letter, o):
    """The letter's HTML as clients quote it: Outlook's Word makes paragraphs of its own of it, webmail puts its sign before each class."""
    page = letter.page
    if o["html"] == "p":
        page = re.sub(r"<p (?:class=\"[^\"]*\" )?", '<p class="MsoNormal" ', re.sub(r"<(/?)h[23][^>]*>", r"<\1p>", page))
    else:
        page = re.sub(r'class="([^"]*)"', r'class="m_-4711\1"', page)
    return (entities(page) if "entities" in o else page).split("\n")


def quoted(letter, o):
    """The letter's text as the frame wants it quoted: a list of lines."""
    lines = letter.lines
    if letter.page is not None and o.get("html") in ("br", "div", "p", "span", "dir"):
        return quoted_page(letter, o)
    if "lines" in o:
        first, last = o["lines"].split("-")
        lines = lines[int(first) - 1:int(last or len(lines))]
    if "flow" in o:
        lines = paragraphs(lines)
    if "html" in o:
        text = [html.escape(l, quote=False) for l in lines]
        text = text if "nolink" in o else [linked(l) for l in text]
        if "nbsp" in o:
            text = [re.sub("^ +", lambda m: "&nbsp;" * len(m[0]), l) for l in text]
        if "entities" in o:
            text = [entities(l) for l in text]
        shape = {"br": "%s<br>", "pre": "%s", "div": "<div>%s</div>", "p": '<p class="MsoNormal">%s</p>', "plain": '<p class="MsoPlainText">%s</p>',
                 "span": '<span style="font-size:11pt">%s</span><br>', "dir": '<div dir="ltr">%s</div>'}[o["html"]]
        empty = {"pre": "", "p": "&nbsp;", "plain": "&nbsp;"}.get(o["html"], "" if o["html"] in ("br", "span") else "<br>")
        return [shape % (l or empty) for l in text]
    if "links" in o:  # Outlook's text part
        lines = [re.sub(r"(?<![:\w.+-])([\w.+-]+@[\w-]+(?:\.[\w-]+)+)", r"\1<mailto:\1>", l) for l in lines]
    mark, out = o.get("mark", ""), []
    if "bare" in o:  # an empty line has the bare mark
        mark, bare = mark, mark.rstrip()
    else:
        bare = mark
    for line in lines:
        pieces = broken(line, int(o["wrap"])) if "wrap" in o else [line]
        if "loose" in o:  # what was broken off loses its mark
            out += [mark + pieces[0]] + pieces[1:]
        else:
            out += [(mark + p) if p else bare for p in pieces]
    return out


# --- a frame and an answer into a mail -----------------------------------------------------------------------------------

def typed(line, answer, is_html, flowed):
    """The frame's line once for every line of the answer."""
    m = re.search(r"\{typed([^}]*)\}", line)
    o, out = options(m[1]), []
    for text in answer.split("\n"):
        if is_html:
            pieces = [html.escape(text, quote=False) or "<br>"]
            pieces = [entities(p) for p in pieces] if "entities" in o else pieces
        elif "wrap" in o:
            pieces = broken(text, int(o["wrap"]))
        elif flowed:
            pieces = broken(text, 66)
            pieces = [p + flowed for p in pieces[:-1]] + pieces[-1:]
        else:
            pieces = [text]
        out += [line.replace(m[0], p) for p in pieces]
    return out


def filled(lines, words, answer, letter, header):
    """LINES of a part with every {word} written out."""
    kind = re.search(r"^content-type:\s*([^;\s]+)(.*)", header, re.I | re.M)
    is_html = kind is not None and kind[1].lower() == "text/html"
    flowed = "" if kind is None or "flowed" not in kind[2] else "  " if "delsp" in kind[2].lower() else " "
    out = []
    for line in lines:
        m = re.fullmatch(r"(.*?)\{letter( [^}]*)?\}(.*)", line)
        if m:
            o = options(m[2] or "")
            text = quoted(letter, o)
            first = text[0].removeprefix(o.get("mark", "")) if m[1] else text[0]  # the frame has the first mark itself
            text[0], text[-1] = m[1] + first, text[-1] + m[3]
            out += text
        elif "{typed" in line:
            out += typed(line, answer, is_html, flowed)
        else:
            out.append(line)
    escape = (lambda s: html.escape(s, quote=False)) if is_html else str
    return [re.sub(r"\{(\w+)\}", lambda m: escape(words[m[1]]) if m[1] in words else m[0], l) if "{" in l else l for l in out]


def changed(lines, change):
    """Header lines after the case's changes: "-Name" takes a field away, "Name: value" sets it, "+Name: value" adds one on top."""
    for what in filter(None, (c.strip() for c in change.split(" | "))):
        name = what.lstrip("+-").split(":")[0].lower()
        if what[0] != "+":
            kept, drop = [], False
            for l in lines:
                drop = l.split(":")[0].lower() == name if l[:1] not in " \t" else drop
                kept += [] if drop else [l]
            lines = kept
        if what[0] != "-":
            lines = [what.lstrip("+")] + lines
    return lines


def header_bytes(lines, raw):
    """Header lines on the wire: encoded words where they are needed."""
    out = []
    for line in lines:
        name, _, value = line.partition(": ")
        if not line.isascii() and not raw:
            address = re.fullmatch(r'"?([^"<]*?)"? (<[^>]*>)', value)
            if address:
                line = "%s: %s %s" % (name, email.header.Header(address[1], "utf-8").encode(), address[2])
            else:
                line = "%s: %s" % (name, email.header.Header(value, "utf-8", header_name=name).encode())
        out += line.split("\n")
    return [l.encode("utf-8") for l in out]


def coded(header, lines, how):
    """(header, body bytes) of a part, encoded as its header or the case's "as" column says."""
    text = "\n".join(header)
    kind = re.search(r"^content-type:\s*text/", text, re.I | re.M)
    body = "\n".join(lines) + "\n"
    if not kind:
        return header, body.encode("utf-8")
    charset = re.search(r'charset="?([\w.-]+)', text, re.I)
    cte = re.search(r"^content-transfer-encoding:\s*(\S+)", text, re.I | re.M)
    label, charset, cte = charset[1] if charset else None, charset[1] if charset else "utf-8", cte[1].lower() if cte else "8bit"
    try:
        body.encode({"us-ascii": "utf-8"}.get(charset, charset))
    except UnicodeError:  # as every client does with an emoji
        label = charset = "utf-8"
    for word in how:
        if word in ("base64", "quoted-printable", "8bit", "7bit"):
            cte = word
            header = [re.sub(r"(?i)^(content-transfer-encoding:).*", r"\1 " + cte, l) for l in header]
        elif word.startswith("label="):
            label = word[6:]
        elif word not in ("lf", "raw-headers", "bom"):
            label = charset = word
    if label:
        header = [re.sub(r'(?i)(charset=)("?)[\w.-]+', lambda m: m[1] + m[2] + label, l) for l in header]
    is_html = re.search(r"text/html", text, re.I)
    data = (("\ufeff" if "bom" in how else "") + body).encode({"us-ascii": "utf-8"}.get(charset, charset), "xmlcharrefreplace" if is_html else "strict")
    if cte == "base64":
        data = base64.encodebytes(data)
    elif cte == "quoted-printable":
        data = quopri.encodestring(data)
    return header, data


def built(frame, letter, answer, change="", how=""):
    """The raw mail of FRAME around ANSWER."""
    how = how.split()
    boundaries = set(re.findall(r'boundary="?([^";\s]+)', "\n".join(frame.body), re.I))
    out, segment = [], []

    def close(top):
        if not segment:
            return
        at = segment.index("") if "" in segment else len(segment)
        header, body = segment[:at], segment[at + 1:]
        header = filled(changed(header, change) if top else header, letter.words, answer, letter, "")
        if at == len(segment) and not top:
            out.extend(l.encode() for l in segment)
            return
        body = filled(body, letter.words, answer, letter, "\n".join(header))
        if not top and not header:
            header, data = [], ("\n".join(body) + "\n").encode()
        else:
            header, data = coded(header, body, how)
        out.extend(header_bytes(header, "raw-headers" in how) + [b""])
        out.extend(data.removesuffix(b"\n").split(b"\n") if data.strip() else [b""])
    top = True
    for line in frame.body:
        if line[:2] == "--" and (line[2:] in boundaries or line[-2:] == "--" and line[2:-2] in boundaries):
            close(top)
            out.append(line.encode())
            segment, top = [], False
            continue
        segment.append(line)
    close(top)
    return (b"\n" if "lf" in how else b"\r\n").join(out) + (b"\n" if "lf" in how else b"\r\n")


# --- the cases -----------------------------------------------------------------------------------------------------------

class Case:
    """A row of the manifest, with its mail."""

    def __init__(self, row, all_frames, all_letters, now, line):
        where = "manifest.tsv:%d: %s/%s" % (line, row["corpus"], row["case"])
        self.name, self.group, self.row = "%s/%s" % (row["corpus"], row["case"]), row["corpus"], row
        frame = all_frames.get(row["input"])
        if frame is None:
            raise Wrong("%s: there is no mail %s" % (where, row["input"]))
        kind = row["letter"] or frame.meta.get("letter", ["notice"])[0]
        self.letter = (now if now is not None and is_for_now(self.name, frame) else all_letters).get(kind)
        if self.letter is None:
            raise Wrong("%s: there is no letter %r" % (where, row["letter"]))
        label = row["expected"].startswith("label:")
        self.classes = row["expected"][6:].split("|") if label else ["human"]
        self.texts = None if label or row["expected"] == "-" else [t.replace("\\n", "\n") for t in row["expected"].split(" || ")]
        self.intents = [i for i in row["intent"].split("|") if i]
        self.layers = [row["layers"]] if row["layers"] else list(LAYERS)
        self.maybe = frame.meta.get("maybe", [])
        for known, given, what in ((CLASSES, self.classes, "class"), (INTENTS, self.intents, "intent"), (LAYERS, self.layers, "layer")):
            if set(given) - set(known):
                raise Wrong("%s: %s is no %s" % (where, "|".join(given), what))
        if not label and not self.intents:
            raise Wrong("%s: a person's mail needs an intent" % where)
        answer = row["typed"] or ("" if label or self.texts is None else self.texts[0])
        try:
            self.raw = built(frame, self.letter, answer.replace("\\n", "\n"), row["change"], row["as"])
        except (UnicodeError, LookupError, KeyError) as e:
            raise Wrong("%s: %s" % (where, e)) from e
        self.sender = frame.meta.get("sender", [None])[0]


def cases(only=None):
    """Every case, in the manifest's order; raises Wrong where the corpus is at fault."""
    all_frames, all_letters, now, found, seen = frames(), letters(), letters_now(), [], set()
    with open(HOME / "manifest.tsv", encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            if line.startswith("#") or not line.strip():
                continue
            cells = line.rstrip("\n").split("\t")
            if cells[0] == "corpus":
                if cells != list(COLUMNS):
                    raise Wrong("manifest.tsv:%d: the columns are %s" % (n, " ".join(COLUMNS)))
                continue
            if len(cells) > len(COLUMNS) or len(cells) < 8:
                raise Wrong("manifest.tsv:%d: %d cells, from 8 to %d are wanted" % (n, len(cells), len(COLUMNS)))
            row = dict(zip(COLUMNS, cells + [""] * (len(COLUMNS) - len(cells))))
            case = Case(row, all_frames, all_letters, now, n)
            if case.name in seen:
                raise Wrong("manifest.tsv:%d: %s stands twice" % (n, case.name))
            seen.add(case.name)
            if not only or only in case.name:
                found.append(case)
    return found


def write(all_cases, out):
    """Every case as NAME.eml, what is expected as NAME.txt, and a manifest whose paths lead to them."""
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "manifest.tsv", "w", encoding="utf-8", newline="") as f:
        table = csv.writer(f, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, escapechar="\\", lineterminator="\n")
        table.writerow(COLUMNS[:9])
        for c in all_cases:
            name = c.name.replace("/", ".")
            (out / (name + ".eml")).write_bytes(c.raw)
            expected = c.row["expected"]
            if c.texts is not None:
                (out / (name + ".txt")).write_text(c.texts[0] + "\n", "utf-8")
                expected = name + ".txt"
            table.writerow([c.group, c.row["case"], name + ".eml", expected, *(c.row[k] for k in COLUMNS[4:9])])


def main():
    ap = argparse.ArgumentParser(usage="%(prog)s [--list] [--only TEXT] [--out DIR]")
    ap.add_argument("--list", action="store_true", help="names only")
    ap.add_argument("--only", help="cases whose name has this in it")
    ap.add_argument("--out", type=pathlib.Path)
    a = ap.parse_args()
    found = cases(a.only)
    if a.out:
        write(found, a.out)
    elif a.list:
        print("\n".join(c.name for c in found))
    else:
        for c in found[:1]:
            sys.stdout.buffer.write(c.raw)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Wrong as e:
        sys.exit("corpus: %s" % e)
