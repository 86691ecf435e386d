"""What a site's store still says: for the tests of what is kept, removed and forgotten."""
import email, email.policy, sqlite3


def rows(site, sql, *args):
    with sqlite3.connect("file:%s/rinnova.db?mode=ro" % site.dir, uri=True) as db:
        return db.execute(sql, args).fetchall()


def texts(site):
    """All that a table of the store says, letters and mails decoded: table -> text."""
    said = {}
    for name, in rows(site, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        said[name] = ""
        for row in rows(site, 'SELECT * FROM "%s"' % name):
            for cell in row:
                said[name] += "%s " % (cell.decode("utf-8", "replace") if isinstance(cell, bytes) else cell)
                if isinstance(cell, bytes) and cell:
                    m = email.message_from_bytes(cell, policy=email.policy.default)
                    said[name] += "".join("%s: %s " % (k, v) for k, v in m.items()) + "".join(part.get_content() for part in m.walk() if part.get_content_maintype() == "text")
    return said


def left(site, *words):
    """Where a word of WORDS still stands: [(table, word)]."""
    return sorted((table, word) for table, text in texts(site).items() for word in words if word.lower() in text.lower())
