"""Program and rules beside each other: what each says of every box, and which kinds of event a year has seen."""
import datetime

COUNTED = ("notice", "reminder", "confirmation", "renewed", "deactivated", "moved", "trouble", "waits")
# What a full year has to have seen, by the beginnings of the model's words.
EVENTS = (
    "notice", "reminder", "reminder of the document", "deactivated", "late order lapsed", "left: a mail in time waits", "left: a request in time", "left: the provider", "left: undone", "left: not announced",
    "brake: expire stopped", "brake: expire forced", "brake: roll stopped", "left the roll", "back on the roll", "new on the roll", "another reference address", "another expiry date",
    "an open order goes along", "an open order ends: renewed elsewhere", "a yes to a period that is over", "entitled no", "entitled until", "accepted", "accepted, and cancelled in time", "a no too late", "one step", "one step, of a notice that says something else", "an acceptance of an older contract", "budget exhausted",
    "an acceptance of low proof is held", "an acceptance of a summary that was taken back", "an old token", "a document filed", "document accepted", "document refused",
    "delegate added", "delegate removed", "another address authorized", "another address not authorized", "held mail released: taken", "held mail released: held", "deactivation undone",
    "order retry", "order renewed by hand", "provider says yes", "provider says later", "provider says refuse", "provider says unknown", "provider says other",
    "a letter that bounced", "public mail: list", "public mail: renew", "public mail: question", "a list answered: several", "a list answered: one", "a list answered: unclear",
    "reply to notice, empty by a machine", "reply to notice, renew from elsewhere", "reply to offer, accept from elsewhere", "reply to notice, no", "reply to offer, cancel", "reply to offer, question")


def _last(orders):
    """Of each period the order that has not ended, else its last one: one that came along from another date may stand beside one that ended here."""
    return list(dict(sorted(orders, key=lambda o: o[1] not in ("declined", "cancelled", "lapsed"))).items())


def _orders(site):
    found = {}
    for o in site.json("order", "list"):
        found.setdefault(o["box"], []).append((o["old_expiry"], o["state"]))
    return found


def look(year):
    """After a run of expire: a day too early or too late would not be seen in the end."""
    orders, year.stored = _orders(year.site), {b["box"]: b for b in year.site.json("box", "list")}
    for b in year.stored.values():
        box = year.by_name[b["box"]]
        got, want = (b["state"], b["expiry"], sorted(_last(orders.get(box.name, [])))), (box.state, box.expiry.isoformat(), box.end()["orders"])
        if got != want and box.apart is None:
            box.apart = "at %s: program %s, rules %s" % (year.at, got, want)
            year.say("# %s %s" % (box.name, box.apart))


def compare(year):
    """Differences, as text."""
    boxes = {b["box"]: b for b in year.site.json("box", "list")}
    waiting = {h["message_id"].strip("<>"): h for h in year.site.json("held", "list")}
    orders, found, ends = _orders(year.site), [], {}
    for b in year.rules.boxes.values():
        want, got = b.end(), boxes.get(b.name)
        if got is None:
            found.append("%s: not in the store" % b.name)
            continue
        ids = [i for i in want["held"] if i in waiting] + [i for i, x in b.member.written.items() if x is b and i in waiting and i not in want["held"]]
        sent = [l.kind for l in b.member.letters if l.box == b.name]
        want["letters"] = {k: want["letters"].get(k, 0) for k in (*COUNTED, "elsewhere")}
        got = {"box": got["state"], "expiry": got["expiry"], "document": got["document"], "reference": got["reference"], "orders": sorted(_last(orders.get(b.name, []))),
               "held": sorted(ids), "letters": {k: sent.count(k) for k in COUNTED}}
        got["letters"]["elsewhere"] = sum(year.seconds[a].get(b.name, 0) for a in (b.name, b.member.second) if a)
        key = "%s, order %s" % (b.state, b.now.order or (len(b.periods) > 1 and b.periods[-2].order or "none"))
        ends[key] = ends.get(key, 0) + 1
        if got != want or b.apart:
            found.append(_difference(year, b, got, want))
    year.ends = ends
    return found + year.differences


def _difference(year, b, got, want):
    ledger = ["    %s %s: %s (%s) %s" % (datetime.datetime.fromtimestamp(e["at"], year.at_home).strftime("%Y-%m-%d %H:%M"), e["what"], e["why"], e["who"], e["detail"] or "")
              for e in year.site.json("box", "show", b.name)[0]["ledger"]]
    keys = [k for k in want if want[k] != got[k]]
    return "%s (%s, provider says %s): %s\n  rules:   %s\n  program: %s\n  by the rules:\n%s\n  by the ledger:\n%s\n" % (
        b.name, b.convention.name, b.says or "yes", b.apart or "", {k: want[k] for k in keys}, {k: got[k] for k in keys},
        "\n".join("    " + s for s in b.story), "\n".join(ledger))


def missing(year, least):
    """Of a full year: the kinds of event that did not come LEAST times at least."""
    return [w for w in EVENTS if sum(n for what, n in year.rules.seen.items() if what.startswith(w)) < least]
