"""The administrator of the simulated year: documents, delegates, held mail, undo, orders by hand, and the roll every other week."""
import datetime

import compare, rules

DAY = datetime.timedelta(days=1)


class Desk:
    ACTS = ("accept document", "refuse document", "delegate", "undelegate", "release", "undo", "retry", "renewed", "strike off", "entitle until")

    def __init__(self, year):
        self.year, self.rules, self.random, self.site = year, year.rules, year.random, year.site

    def csv(self, boxes, whole=False, **change):
        """A file of BOXES for the import; CHANGE: name -> dict of columns. WHOLE: with the columns that only a first list has."""
        extra = ",account,document,register,reference2,entitled" if whole else ""
        lines = ["box,holder,reference,expiry,convention%s\n" % extra]
        for b in boxes:
            row = dict({"reference": b.reference, "expiry": b.expiry}, **change.get(b.name, {}))
            line = [b.name, "Membro %d" % b.member.n, row["reference"], str(row["expiry"]), b.convention.name]
            if whole:
                line += ["1234@provider.example", "yes" if b.document else "no", "no", b.reference2 or "", "yes" if b.entitled(self.year.start) else "no"]
            if b.says:
                (self.site.dir / "says" / b.name).write_text("".join(w + "\n" for w in b.says)) if whole or b.name not in self.rules.boxes else None
            lines.append(",".join(line) + "\n")
        path = self.site.dir / "boxes.csv"
        path.write_text("".join(lines), "utf-8")
        return path

    def act(self, b, what, more):
        """One word about one box; what cannot be done is left out."""
        getattr(self, what.replace(" ", "_"))(b, self.year.at, more)
        self.year.busy = True

    def _document(self, b, good, at):
        waits = [n for n, s in b.docs.items() if s == "received"]
        if waits:
            ids = [d["id"] for d in self.site.json("document", "list") if d["box"] == b.name and d["state"] == "received"]
            if not ids:
                return self.year.differ("%s: no document" % b.name)
            self.year.command("document", "accept" if good else "refuse", ids[-1], *(() if good else ("--reason", "E' scaduto.")))
            b.judge_document(waits[-1], good, at)

    def accept_document(self, b, at, more):
        self._document(b, True, at)

    def refuse_document(self, b, at, more):
        self._document(b, False, at)

    def delegate(self, b, at, more):
        self.year.command("box", "delegate", b.name, "add", b.member.other, code=1 if b.member.other in b.aliases else 0)
        b.aliases.add(b.member.other)
        b.tell(at, "delegate added")

    def undelegate(self, b, at, more):
        if b.member.other in b.aliases:
            self.year.command("box", "delegate", b.name, "remove", b.member.other)
            b.aliases.discard(b.member.other)
            b.tell(at, "delegate removed")

    def release(self, b, at, more):
        mine = [r for p in b.periods for r in p.held.values()]
        if not mine:
            return
        ids = {h["message_id"].strip("<>"): h["id"] for h in self.site.json("held", "list")}
        if mine[0].id not in ids:
            return self.year.differ("%s: %s is not held" % (b.name, mine[0].id))
        word = self.rules.take(mine[0], at, b)
        self.rules.seen["held mail released: %s" % (word or "taken")] += 1
        self.year.command("held", "release", ids[mine[0].id], code=1 if word == rules.HOLD else 0)

    def undo(self, b, at, more):
        if b.state == "deactivated":
            self.year.command("expire", "undo", b.name, code=0 if b.undo(at) else 1)

    def _number(self, b, states):
        return next((o["number"] for o in self.site.json("order", "list") if o["box"] == b.name and o["state"] in states), None)

    def retry(self, b, at, more):
        if b.now.order == "failed":
            self.year.command("order", "retry", self._number(b, ("failed",)))
            b.retry(at)

    def renewed(self, b, at, more):
        if b.now.order == "failed" or b.now.order == "accepted" and b.now.asked:
            self.year.command("order", "renewed", self._number(b, ("failed", "accepted")))
            b.renewed_by_hand(at)

    def _entitled(self, b, words, at):
        path = self.site.dir / "boxes.csv"
        path.write_text("box,holder,reference,expiry,convention,entitled\n%s,Membro %d,%s,%s,%s,%s\n" % (b.name, b.member.n, b.reference, b.expiry, b.convention.name, words))
        self.year.command("import", path)
        b.tell(at, "entitled %s" % ("no" if words == "no" else "until a day"))

    def strike_off(self, b, at, more):
        b.entitled_from, b.entitled_to = None, datetime.date.min
        self._entitled(b, "no", at)

    def entitle_until(self, b, at, more):
        b.entitled_from, b.entitled_to = None, b.expiry + more["until"] * DAY
        self._entitled(b, "..%s" % b.entitled_to, at)

    def contract(self):
        """Another text of the contract: what was sent before offers something else."""
        for c in self.rules.conventions.values():
            c.edition += 1
        (self.site.dir / "contratto.txt").write_text("Condizioni generali, edizione %d.\n" % self.year.rules.conventions["unica"].edition, "utf-8")

    # --- the roll ---

    def roll(self, today):
        """The whole roll, as the Order sends it: a few left, came, are back, moved; now and then one that is wrong."""
        year, r = self.year, self.random
        year.rolls += 1
        boxes = list(self.rules.boxes.values())
        wrong = r.choice([None, None, None, "left", "moved", "past"]) if year.rolls != 3 else "left"
        some = lambda n, of: set(b.name for b in r.sample(of, min(n, len(of))))
        n = max(1, len(boxes) // 400)
        here = [b for b in boxes if b.state != "closed"]
        left = some(len(here) // 2 if wrong == "left" else r.randint(0, n), here)
        back = some(r.randint(0, n + 1), [b for b in boxes if b.state == "closed"])
        stays = [b for b in here if b.name not in left]
        change, moves = {}, {}
        for name in some(len(stays) // 2 if wrong == "moved" else r.randint(0, n), [b for b in stays if len(b.member.boxes) == 1]):
            m = year.by_name[name].member
            moves[name] = m
            change[name] = {"reference": "n%d.%s" % (m.moves + 1, "m%05d@posta.example" % m.n)}
        dated = [b for b in stays if b.name not in moves]
        asked = [b for b in dated if b.now.order in rules.OPEN]
        for name in some(len(dated) // 2, dated) if wrong == "past" else some(r.randint(0, n), dated) | some(r.randint(0, n), asked):
            b = year.by_name[name]
            change[name] = {"expiry": today - 3 * DAY if wrong == "past" else r.choice([rules.later(b.expiry, b.convention.term), max(b.expiry + r.randint(-20, 20) * DAY, today + DAY)])}
        new = [year.member(today) for _ in range(r.randint(0, n))]
        for m in new:
            for b in m.boxes:
                m.second = b.reference2 = None  # a roll has no columns for these: who is on it is entitled
                b.document = False
                b.entitled_from = b.entitled_to = None
            year.join(m, today)
        rows = stays + [b for b in boxes if b.name in back] + [b for m in new for b in m.boxes]
        compare.look(year)
        for b in rows:
            if b.apart and b.name in year.stored:  # one difference is enough: the roll does not add to it
                change[b.name] = {"reference": year.stored[b.name]["reference"], "expiry": datetime.date.fromisoformat(year.stored[b.name]["expiry"])}
        path = self.csv(rows, **change)
        want = self.rules.roll({b.name: dict({"reference": b.reference, "expiry": b.expiry, "box": b}, **change.get(b.name, {})) for b in rows}, today)
        out = year.command("import", "--roll", path, code=1 if want is None else 0)
        if want is None:
            for m in new:
                for b in m.boxes:
                    del year.by_name[b.name]
            year.members = [m for m in year.members if m not in new]
            return
        for name, m in moves.items():
            m.moves += 1
            m.reference = change[name]["reference"]
            year.by_address[m.reference] = m
        for key, words in (("new", r"new: (\d+)"), ("left", r"closed: (\d+)"), ("back", r"back on the roll: (\d+)"), ("moved", r"address: (\d+)"), ("dated", r"other expiry: (\d+)")):
            year.number(out, words, want[key])
        year.busy = True
