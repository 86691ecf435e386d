"""What tests of the provider's calls do to a site: turn it over to a driver, bring an order to its acceptance, make what waits."""
import datetime, sqlite3

import replies

AR = b"Authentication-Results: mx.ordine.example; dmarc=pass header.from=posta.example; dkim=pass header.d=posta.example\r\n"
DAY = datetime.date.today() + datetime.timedelta(days=30)
YEAR = DAY.replace(year=DAY.year + 1)


def use(site, driver, url, **keys):
    """Turns the site over to DRIVER."""
    (site.dir / "pw").write_text("segreto\n")
    (site.dir / "pw").chmod(0o600)
    lines = [l.replace("retry-first=1s", "retry-first=1h") for l in site.conf.read_text("utf-8").splitlines() if not l.startswith("provider")]
    keys = {"provider": driver, "provider-url": url, "provider-timeout": "20s", "provider-tries": "3", **keys}
    site.conf.write_text("\n".join(lines + ["%s=%s" % (k.replace("_", "-"), v) for k, v in keys.items()]) + "\n", "utf-8")


def sql(site, text, *args):
    db = sqlite3.connect(site.dir / "rinnova.db")
    try:
        rows = db.execute(text, args).fetchall()
        db.commit()
        return rows
    finally:
        db.close()


def answer(site, sink, holder, words):
    """HOLDER answers the letter that came last."""
    letter = sink.to(holder)[-1]
    site.lmtp(AR + replies.gmail(letter, holder, words), replies.token_address(letter), holder)


def accept(site, sink, n):
    """A new box whose renewal has been accepted; its name."""
    box, holder = "box%d@pec.example" % n, "m%d@posta.example" % n
    site.boxes({"box": box, "reference": holder, "expiry": DAY.isoformat()})
    site.run("notify")
    for words in ("RINNOVA", "ACCETTO"):
        site.run("courier", "--once")
        answer(site, sink, holder, words)
    return box


def courier(site):
    """One pass, in which all that waits is due."""
    sql(site, "UPDATE call SET due = 0 WHERE state = 'queued'")
    site.run("courier", "--once")


def order(site, box):
    return [o for o in site.json("order", "list") if o["box"] == box][0]


def call(site, box):
    return sql(site, "SELECT call.state, attempts, doubt, error FROM call JOIN box ON box.id = box_id WHERE box.name = ? ORDER BY call.id DESC LIMIT 1", box)[0]
