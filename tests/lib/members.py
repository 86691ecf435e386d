"""The members of the simulated year: who they are, and what they do around the last day of a box. Everything random comes from one generator."""
import rules

CONVENTIONS = [
    rules.Convention("fnomceo"),
    rules.Convention("unica", answer_days=10, reactivation_days=30, one_step=True, verbs=("ACCETTO", "APPROVO"), document="none"),
    rules.Convention("persona", term=24, answer_days=20, reactivation_days=90, cooling=rules.datetime.timedelta(hours=26), low_proof=False, document="person"),
    rules.Convention("breve", term=1, notice_days=(20, 10, 3, 0), answer_days=7, reactivation_days=12, cooling=rules.datetime.timedelta(0), price=1000),
]
WEIGHTS = [8, 4, 4, 3]

# What the provider will say, in turn; then yes.
WORDS = [["unknown", "refuse"]] + [[]] * 11 + [["later"], ["later"] * 3, ["refuse"], ["refuse", "refuse"], ["unknown"], ["other"], ["later", "unknown"], ["unknown", "unknown"], ["refuse", "later"]]


class Story:
    """What a member does: (day from expiry, slot, what, more), in order. MORE may name the box (of several), the letter answered (TO), the sender."""

    def __init__(self, name, *steps, **box):
        self.name, self.steps, self.box = name, list(steps), box


def step(day, slot, what, **more):
    return day, slot, what, more


def once(r, convention, several):
    """One story about one last day."""
    window = convention.notice_days[0] - 2
    d = -r.randint(3, window)
    e = min(d + r.randint(0, 20), -1)
    slot = lambda: r.choice(["10", "11", "14", "18"])
    yes = lambda day=d, **m: step(day, "10", "renew", **m)
    acc = lambda day=e, at="14", **m: step(day, at, "accept", **m)
    other, box = {"sender": "other"}, {"sender": "box"}
    late, end = r.randint(1, 40), convention.reactivation_days
    maybe = lambda *steps: r.choice([[], list(steps)])
    admin = lambda day, what, at="09": step(day, at, what)
    stories = [
        lambda: Story("yes", yes(), acc()),
        lambda: Story("yes", yes(), acc()),
        lambda: Story("yes on the last day", yes(0), acc(0, "18")),
        lambda: Story("yes, unproven", yes(proof="low"), acc(proof="low"), *maybe(acc(min(e + 1, 0)))),
        lambda: Story("yes from the box itself", yes(**box), acc(**r.choice([{}, box]))),
        lambda: Story("yes from the second address", yes(sender="second"), acc(sender="second")),
        lambda: Story("never"),
        lambda: Story("no", step(d, slot(), "no")),
        lambda: Story("no, then yes", step(d, "10", "no"), yes(e), acc()),
        lambda: Story("no, then yes to the letter about it", step(d, "10", "no"), yes(e, to="declined"), acc()),
        lambda: Story("yes, then no", yes(), step(e, "18", "no")),
        lambda: Story("no after the deactivation", step(late, "14", "no")),
        lambda: Story("late", yes(late, to=r.choice(["notice", "deactivated"])), acc(late + r.randint(0, 14), "18")),
        lambda: Story("late, never accepted", yes(late)),
        lambda: Story("much too late", yes(r.randint(end + 1, end + 10))),
        lambda: Story("last second", step(0, "23:59", "renew"), acc(r.randint(1, 18))),
        lambda: Story("first second too late", step(1, "00:00", "renew"), acc(r.randint(1, 14))),
        lambda: Story("in the queue over midnight", step(0, slot(), "renew", queued=r.randint(1, 5)), acc(r.randint(6, 14))),
        lambda: Story("offer, acceptance in the queue", yes(-2), acc(0, "18", queued=r.randint(1, 30))),
        lambda: Story("double", yes(), yes(), acc(), acc(), acc(min(e + 1, -1))),
        lambda: Story("yes again after the renewal", yes(), acc(), step(r.randint(-1, 30), "18", "renew"), step(r.randint(-1, 30), "18", "accept")),
        lambda: Story("accepts the notice", acc(d, "10"), acc(d, to="notice"), acc()),
        lambda: Story("RINNOVA to the offer", yes(), step(e, "14", "renew", to="offer"), *r.choice([[], [acc(e, "18")], [step(e, "18", "renew", to="offer")]])),
        lambda: Story("wrong account", yes(**other), *r.choice([[], [acc()], [acc(**other)]])),
        lambda: Story("wrong account, authorized", yes(**other), acc(**other), step(min(e + 1, 0), "18", "authorize", **r.choice([{}, other])),
                      *maybe(step(min(e + 2, 0), "10", "cancel", **other))),
        lambda: Story("wrong account, authorized by a third", yes(**other), acc(**other), step(min(e + 1, 0), "18", "authorize", sender="third")),
        lambda: Story("wrong account, not authorized", yes(), acc(**other), step(e, "18", "no", to="authorize"), *maybe(acc(min(e + 1, 0)))),
        lambda: Story("wrong account says no", step(d, "10", "no", **other), step(e, "14", "cancel", **other)),
        lambda: Story("a delegate", admin(d, "delegate"), yes(**other), acc(**other), *maybe(admin(e + 1, "undelegate"), step(e + 1, "18", "no", **other))),
        lambda: Story("a delegate too late", yes(), acc(**other), admin(e + 1, "delegate"), admin(e + 1, "release", "10")),
        lambda: Story("no document", yes(), document=False),
        lambda: Story("document later", yes(), step(e, "14", "empty", document=True), *docs(r, e + 1), acc(min(e + 3, 0), "18"), document=False),
        lambda: Story("document with the yes", yes(document=True), *docs(r, d), acc(min(e + 2, 0)), document=False),
        lambda: Story("document asked on the last day", yes(0), step(r.randint(1, 20), "10", "empty", document=True), acc(r.randint(20, 30)), document=False),
        lambda: Story("document refused, and another", yes(document=True), admin(d, "refuse document", "11"), *maybe(acc(d)),
                      yes(e, document=True), admin(e, "accept document", "11"), acc(e, "18"), document=False),
        lambda: Story("out of office", step(d, "10", "empty", machine="office"), *maybe(yes(e), acc(-1))),
        lambda: Story("bounce", step(d, "10", "empty", machine="bounce"), *maybe(yes(e), acc(-1))),
        lambda: Story("question", step(d, "10", "question"), *r.choice([[], [yes(e), acc(-1)], [step(e, "14", "question"), admin(e, "release", "18")]])),
        lambda: Story("empty", step(d, "10", "empty"), *r.choice([[], [step(e, "14", "empty"), yes(-1)], [yes(e), acc(-1)]])),
        lambda: Story("question about the offer", yes(), step(e, "14", "question", to="offer"), step(e, "18", "empty", to="offer")),
        lambda: Story("ANNULLA before the provider", yes(), acc(e, "10"), step(e, "11", "cancel", to=r.choice(["offer", "confirmation"])), *maybe(step(e, "18", "renew"))),
        lambda: Story("NON RINNOVO before the provider", yes(), acc(e, "10"), step(e, "11", "no")),
        lambda: Story("ANNULLA, yes, accepted again", yes(), acc(e, "10"), step(e, "11", "cancel"), step(e, "18", "renew", to=r.choice(["notice", "cancelled"])), acc(min(e + 1, 0), "18")),
        lambda: Story("ANNULLA too late", yes(), acc(), step(min(e + 3, 0), "18", "cancel", to=r.choice(["notice", "confirmation"]))),
        lambda: Story("ANNULLA of the offer, then the old offer", yes(), step(e, "14", "cancel"), acc(e, "18")),
        lambda: Story("ANNULLA of nothing", step(d, "10", "cancel")),
        lambda: Story("disowned", yes(proof="failed"), *maybe(admin(e, "release"))),
        lambda: Story("disowned acceptance", yes(), acc(proof="failed"), *maybe(acc(e, "18"))),
        lambda: Story("from the public address", step(d, "10", "renew", to="public"), yes(d + 1), acc(min(d + 2, 0))),
        lambda: Story("question to the public address", step(d, "10", "question", to="public")),
        lambda: Story("no to the public address", step(d, "10", "no", to="public")),
        lambda: Story("asks for the list", step(d, "10", "list", to="public"), step(d, "11", "renew", to="list", picks=r.choice([None, "all"])), acc()),
        lambda: Story("left the roll", yes(), entitled=False),
        lambda: Story("struck off", yes(), admin(e, "strike off"), acc()),
        lambda: Story("entitled until a day", step(d, "09", "entitle until", until=e + r.randint(-3, 2)), yes(d), acc(), *maybe(yes(-1))),
        lambda: Story("undone", admin(late if late < end else 5, "undo"), yes(late + 1), *maybe(acc(late + 1))),
        lambda: Story("refused, and once more", yes(), acc(), admin(min(e + 2, 0), "retry"), admin(min(e + 4, 1), "retry")),
        lambda: Story("refused, and by hand", yes(), acc(), admin(min(e + 3, 1), "renewed")),
        lambda: chaos(r, convention),
    ]
    if several:
        stories = [
            lambda: Story("several: all", step(d, "10", "list", to="public"), step(d, "14", "renew", to="list", picks="all"), acc(box=0), acc(e, "18", box=1)),
            lambda: Story("several: two of them", step(d, "10", "list", to="public"), step(d, "14", "renew", to="list", picks=r.choice([(1, 3), (2, 3), (1, 2)])), acc(box=0), acc(e, box=2)),
            lambda: Story("several: a yes alone", step(d, "10", "list", to="public"), step(d, "14", "renew", to="list"), step(d, "18", "renew", to="list", picks=(9,))),
            lambda: Story("several: each by its notice", yes(box=0), yes(box=1), acc(box=1), acc(e, "18", box=0), step(e, "18", "no", box=2)),
            lambda: Story("several: RINNOVA to the public address", step(d, "10", "renew", to="public"), yes(d, box=1), acc(box=1)),
            lambda: Story("several: a question holds them all", step(r.randint(-3, 0), "10", "question", to="public")),
            lambda: Story("several: one accepted, then all", yes(box=0), acc(d, box=0), step(e, "10", "list", to="public"), step(e, "14", "renew", to="list", picks="all")),
        ]
    return chaos(r, convention) if r.random() < 0.25 else r.choice(stories)()


def docs(r, day):
    """Where a person looks at documents: a day later, mostly good."""
    return [step(day, "16", "accept document" if r.random() < 0.7 else "refuse document")]


def chaos(r, convention):
    """Anything to anything."""
    steps = []
    for _ in range(r.randint(2, 9)):
        day, slot = r.randint(-min(convention.notice_days[0], 30), 25), r.choice(["00:00", "10", "11", "14", "18", "23:59"])
        more = {"sender": r.choice(["reference"] * 7 + ["other", "other", "box"]), "proof": r.choice(["normal"] * 7 + ["low", "low", "failed"]), "to": r.choice(["notice", "notice", "offer", "any"])}
        if r.random() < 0.1:
            more["queued"] = r.randint(1, 6)
        if r.random() < 0.1:
            more["document"] = True
        if r.random() < 0.05:
            more["machine"] = r.choice(["office", "bounce"])
        says = r.choice(["renew", "renew", "renew", "accept", "accept", "accept", "accept", "no", "cancel", "question", "empty", "authorize"])
        steps.append(step(day, slot, says, **more))
    for _ in range(r.randint(0, 2)):
        steps.append(step(r.randint(-25, 20), r.choice(["09", "16"]), r.choice(["delegate", "undelegate", "release", "undo", "retry", "renewed", "strike off", "accept document", "refuse document"])))
    steps.sort(key=lambda s: s[0])
    return Story("chaos", *steps, document=r.random() < 0.7)
