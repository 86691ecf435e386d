"""The ledger's chain computed anew, as src/model/ledger.h describes it and without the program."""
import hashlib

FIELDS = ("convention", "seq", "at", "who", "what", "why", "box_id", "period_id", "renewal_id", "inbox_id", "letter_id", "detail_digest", "inbox_digest", "letter_digest")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def digest(row, before):
    """What ROW must carry behind the digest BEFORE."""
    texts = [b"rinnova-ledger/2"] + [str(row[f]).encode() for f in FIELDS]
    content = hashlib.sha256(b"".join(b"%d:%s," % (len(t), t) for t in texts)).digest()
    return sha256(bytes.fromhex(before) + content)


def wrong(rows, details, mails, letters):
    """What does not hold, in words. ROWS of one convention in the order of their numbers; of the rest: id -> text or bytes."""
    before = "0" * 64
    for n, row in enumerate(rows, 1):
        name = "row %d (%s)" % (row["seq"], row["what"])
        if row["seq"] != n:
            yield "%s stands where row %d should" % (name, n)
            return
        if row["digest"] != digest(row, before):
            yield "%s is not what its digest was made of" % name
        if row["detail_digest"] != (sha256(details[row["id"]].encode()) if row["id"] in details else ""):
            yield "%s has another detail" % name
        for of, kept in (("inbox", mails), ("letter", letters)):
            if row[of + "_digest"] != (sha256(kept.get(row[of + "_id"]) or b"") if row[of + "_id"] else ""):
                yield "%s is about other bytes than those of %s %d" % (name, of, row[of + "_id"])
        before = row["digest"]
