/* stmt_upkeep.c: the statements of moving house, of sealing anew, of the metrics, and of what is kept and
 * forgotten; the rules of stmt.h hold for them too. */
#include "store/stmt.h"

#define AT(stmt) [(stmt)-RN_ST_UPKEEP]

#define LETTER_DONE "('sent', 'failed', 'dropped')"
/* what a mail that is only remembered has lost */
#define INBOX_GONE "raw = NULL, typed_text = NULL, matched = NULL, author = NULL"
#define INBOX_FORGOTTEN \
	"sender = NULL, client = NULL, helo = NULL, login = NULL, proof_why = NULL, " INBOX_GONE
/* mail that named no box, from an address that only this one has */
#define AUTHOR                                                                                               \
	"box_id IS NULL AND author IN (" RN_STMT_ADDRESSES \
	") AND NOT EXISTS (SELECT 1 FROM box o WHERE o.id <> $1" \
	" AND (o.name = inbox.author OR o.reference = inbox.author OR o.reference2 = inbox.author))"
/* mail that named no box and is about this one: letters that came back, receipts; and what administrators
 * answered to digests, which may quote any */
#define DESK "rule LIKE 'admin-answer%'"
#define ABOUT                                                                                                         \
	"box_id IS NULL AND (" DESK \
	" OR id IN (SELECT d.inbox_id FROM delivery d JOIN letter l ON l.id = d.letter_id" \
	" WHERE l.box_id = $1) OR id IN (SELECT r.inbox_id FROM registered r JOIN letter l ON l.id = r.letter_id"      \
	" WHERE l.box_id = $1))"
#define JUNK \
	"action = 'junk' AND held = 0 AND box_id IS NULL AND NOT EXISTS (SELECT 1 FROM registered r WHERE r.inbox_id = inbox.id)"

/* clang-format off */
const RnStatement rn_stmt_upkeep[RN_ST_N - RN_ST_UPKEEP] = {
	AT(RN_ST_NUMBER_LAST) = { "number-last", "SELECT last FROM order_number WHERE year = $1" },
	AT(RN_ST_NUMBER_PAST) = { "number-past",
	    "INSERT INTO order_number (year, last) VALUES ($1, $2) ON CONFLICT (year) DO UPDATE SET last ="
	    " CASE WHEN order_number.last < excluded.last THEN excluded.last ELSE order_number.last END" },
	AT(RN_ST_LETTER_DROP_OLD) = { "letter-drop-old",
	    "UPDATE letter SET state = 'dropped', lease = NULL, error = $1 WHERE state IN ('queued', 'claimed')"
	    " AND created <= $2 RETURNING id" },
	AT(RN_ST_CALL_DOUBT_ALL) = { "call-doubt-all",
	    "UPDATE call SET doubt = 1 WHERE state IN ('queued', 'claimed')" },

	AT(RN_ST_COUNT_BOXES) = { "count-boxes",
	    "SELECT convention, state, '', COUNT(*) FROM box GROUP BY convention, state ORDER BY convention, state" },
	AT(RN_ST_COUNT_ORDERS) = { "count-orders",
	    "SELECT convention, state, '', COUNT(*) FROM renewal GROUP BY convention, state ORDER BY convention, state" },
	AT(RN_ST_COUNT_LETTERS) = { "count-letters",
	    "SELECT kind, state, '', COUNT(*) FROM letter GROUP BY kind, state ORDER BY kind, state" },
	AT(RN_ST_COUNT_CALLS) = { "count-calls",
	    "SELECT convention, kind, state, COUNT(*) FROM call GROUP BY convention, kind, state"
	    " ORDER BY convention, kind, state" },
	AT(RN_ST_COUNT_REPLIES) = { "count-replies",
	    "SELECT COALESCE(rule, ''), COALESCE(action, ''), '', COUNT(*) FROM inbox GROUP BY rule, action"
	    " ORDER BY rule, action" },
	AT(RN_ST_COUNT_HELD) = { "count-held",
	    "SELECT COALESCE(rule, ''), '', '', COUNT(*) FROM inbox WHERE held = 1 GROUP BY rule ORDER BY rule" },
	AT(RN_ST_COUNT_RETURNED) = { "count-returned",
	    "SELECT state, '', '', COUNT(*) FROM delivery GROUP BY state ORDER BY state" },
	/* Tries that did not end well: one that is under way is none yet. */
	AT(RN_ST_COUNT_ERRORS) = { "count-errors",
	    "SELECT convention, kind, '', SUM(attempts - CASE WHEN state IN ('sent', 'claimed') AND attempts > 0 THEN 1"
	    " ELSE 0 END) FROM call GROUP BY convention, kind ORDER BY convention, kind" },
	AT(RN_ST_OLDEST_LETTER) = { "oldest-letter",
	    "SELECT MIN(created) FROM letter WHERE state IN ('queued', 'claimed')" },
	AT(RN_ST_OLDEST_CALL) = { "oldest-call",
	    "SELECT MIN(created) FROM call WHERE state IN ('queued', 'claimed')" },
	AT(RN_ST_OLDEST_HELD) = { "oldest-held", "SELECT MIN(taken) FROM inbox WHERE held = 1" },
	AT(RN_ST_RESEAL_MAIL) = { "reseal-mail",
	    "SELECT id, rcpt || ' ' || message_id || ' ' || digest, raw FROM inbox WHERE id > $1 AND raw IS NOT NULL ORDER BY id LIMIT $2" },
	AT(RN_ST_RESEAL_MAIL_PUT) = { "reseal-mail-put", "UPDATE inbox SET raw = $1 WHERE id = $2 RETURNING id" },
	AT(RN_ST_RESEAL_DOCUMENT) = { "reseal-document",
	    "SELECT id, sha256, data FROM document WHERE id > $1 AND length(data) > 0 ORDER BY id LIMIT $2" },
	AT(RN_ST_RESEAL_DOCUMENT_PUT) = { "reseal-document-put",
	    "UPDATE document SET data = $1 WHERE id = $2 RETURNING id" },
	AT(RN_ST_HOLD_GET) = { "hold-get", "SELECT reason, since FROM legal_hold WHERE box_id = $1" },
	AT(RN_ST_HOLD_PUT) = { "hold-put",
	    "INSERT INTO legal_hold (box_id, reason, since) VALUES ($1, $2, $3)"
	    " ON CONFLICT (box_id) DO UPDATE SET reason = excluded.reason" },
	AT(RN_ST_HOLD_END) = { "hold-end", "DELETE FROM legal_hold WHERE box_id = $1 RETURNING box_id" },

	AT(RN_ST_KEEP_BOXES) = { "keep-boxes",
	    "SELECT b.id FROM box b WHERE b.id > $1 AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.box_id = b.id)"
	    " AND (EXISTS (SELECT 1 FROM inbox i WHERE i.box_id = b.id AND i.raw IS NOT NULL AND i.held = 0"
	    " AND i.processed < $2) OR EXISTS (SELECT 1 FROM letter l WHERE l.box_id = b.id AND l.created < $2"
	    " AND l.state IN " LETTER_DONE " AND length(l.raw) > 0) OR EXISTS (SELECT 1 FROM document d"
	    " WHERE d.box_id = b.id AND d.at < $3 AND length(d.data) > 0)) ORDER BY b.id LIMIT $4" },
	AT(RN_ST_KEEP_MAIL) = { "keep-mail",
	    "UPDATE inbox SET " INBOX_GONE " WHERE box_id = $1 AND raw IS NOT NULL AND held = 0 AND processed < $2"
	    " RETURNING id" },
	AT(RN_ST_KEEP_LETTER) = { "keep-letter",
	    "UPDATE letter SET raw = $1, quoted = NULL WHERE box_id = $2 AND created < $3 AND state IN " LETTER_DONE
	    " AND length(raw) > 0 RETURNING id" },
	AT(RN_ST_KEEP_DOCUMENT) = { "keep-document",
	    "UPDATE document SET data = $1, name = NULL WHERE box_id = $2 AND at < $3 AND length(data) > 0"
	    " RETURNING id" },
	AT(RN_ST_KEEP_JUNK) = { "keep-junk",
	    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE " JUNK " AND processed < $1 ORDER BY id LIMIT $2)"
	    " RETURNING id" },
	AT(RN_ST_KEEP_STRANGERS) = { "keep-strangers",
	    "UPDATE inbox SET " INBOX_GONE " WHERE id IN (SELECT id FROM inbox WHERE box_id IS NULL AND held = 0"
	    " AND action <> 'junk' AND raw IS NOT NULL AND processed < $1 ORDER BY id LIMIT $2) RETURNING id" },
	AT(RN_ST_KEEP_NOTES) = { "keep-notes",
	    "UPDATE letter SET raw = $1, quoted = NULL WHERE id IN (SELECT id FROM letter WHERE box_id IS NULL AND created < $2"
	    " AND state IN " LETTER_DONE " AND length(raw) > 0 ORDER BY id LIMIT $3) RETURNING id" },
	AT(RN_ST_KEEP_JUNK_NTH) = { "keep-junk-nth",
	    "SELECT id FROM inbox WHERE " JUNK " ORDER BY id DESC LIMIT 1 OFFSET $1" },
	AT(RN_ST_KEEP_QUOTA) = { "keep-quota",
	    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE " JUNK " AND id <= (SELECT id FROM inbox"
	    " WHERE " JUNK " ORDER BY id DESC LIMIT 1 OFFSET $1)) RETURNING id" },

	AT(RN_ST_FORGET_ORDER) = { "forget-order",
	    "SELECT id FROM renewal WHERE box_id = $1 AND state IN ('requested', 'document', 'offered', 'accepted')"
	    " LIMIT 1" },
	AT(RN_ST_FORGET_LETTER) = { "forget-letter",
	    "SELECT id FROM letter WHERE box_id = $1 AND state IN ('queued', 'claimed', 'uncertain') LIMIT 1" },
	AT(RN_ST_FORGET_NOTE) = { "forget-note",
	    "SELECT id FROM letter WHERE box_id IS NULL AND state IN ('queued', 'claimed', 'uncertain')"
	    " AND CAST($1 AS BIGINT) > 0 LIMIT 1" },
	AT(RN_ST_FORGET_CALL) = { "forget-call",
	    "SELECT id FROM call WHERE box_id = $1 AND state IN ('queued', 'claimed', 'uncertain') LIMIT 1" },
	AT(RN_ST_FORGET_HELD) = { "forget-held",
	    "SELECT id FROM inbox WHERE held = 1 AND (box_id = $1 OR (" ABOUT ")"
	    " OR (box_id IS NULL AND author IN (" RN_STMT_ADDRESSES ")))"
	    " LIMIT 1" },
	AT(RN_ST_FORGET_DEAD) = { "forget-dead",
	    "DELETE FROM dead_address WHERE letter_id IN (SELECT id FROM letter WHERE box_id = $1)" },
	AT(RN_ST_FORGET_ALIAS) = { "forget-alias", "DELETE FROM alias WHERE box_id = $1" },
	AT(RN_ST_FORGET_AUTHORIZATION) = { "forget-authorization",
	    "UPDATE authorization SET address = '' WHERE period_id IN (SELECT id FROM period WHERE box_id = $1)" },
	AT(RN_ST_FORGET_DELIVERY) = { "forget-delivery",
	    "UPDATE delivery SET why = NULL WHERE letter_id IN (SELECT id FROM letter WHERE box_id = $1)" },
	AT(RN_ST_FORGET_REGISTERED) = { "forget-registered",
	    "UPDATE registered SET mittente = NULL, msgid = NULL, consegna = NULL, code = NULL,"
	    " rcpt = CASE WHEN kind = 'posta-certificata' THEN rcpt ELSE '' END"
	    " WHERE inbox_id IN (SELECT id FROM inbox WHERE box_id = $1) OR letter_id IN (SELECT id FROM letter WHERE box_id = $1)" },
	AT(RN_ST_FORGET_RENEWAL) = { "forget-renewal",
	    "UPDATE renewal SET words = NULL, account = NULL WHERE box_id = $1" },
	AT(RN_ST_FORGET_ANSWER) = { "forget-answer", "UPDATE call SET error = NULL WHERE box_id = $1" },
	AT(RN_ST_FORGET_DETAIL) = { "forget-detail",
	    "DELETE FROM ledger_detail WHERE ledger_id IN (SELECT id FROM ledger WHERE box_id = $1 OR (box_id = 0"
	    " AND (inbox_id IN (SELECT id FROM inbox WHERE " AUTHOR ")"
	    " OR inbox_id IN (SELECT id FROM inbox WHERE " ABOUT "))))" },
	AT(RN_ST_FORGET_LETTERS) = { "forget-letters",
	    "UPDATE letter SET rcpt = '', subject = NULL, error = NULL, raw = $1, quoted = NULL,"
	    " key = CASE WHEN kind = 'moved' THEN 'forgotten/' || id ELSE key END WHERE box_id = $2 RETURNING id" },
	/* Which of them name the box only their words say: digests of held mail, reports, trouble. */
	AT(RN_ST_FORGET_NOTES) = { "forget-notes",
	    "UPDATE letter SET subject = NULL, error = NULL, raw = $1, quoted = NULL WHERE box_id IS NULL AND length(raw) > 0"
	    " RETURNING id" },
	AT(RN_ST_FORGET_DOCUMENT) = { "forget-document", "DELETE FROM document WHERE box_id = $1 RETURNING id" },
	AT(RN_ST_FORGET_INBOX) = { "forget-inbox",
	    "UPDATE inbox SET " INBOX_FORGOTTEN " WHERE box_id = $1 RETURNING id" },
	AT(RN_ST_FORGET_AUTHOR) = { "forget-author",
	    "UPDATE inbox SET " INBOX_FORGOTTEN " WHERE " AUTHOR " RETURNING id" },
	AT(RN_ST_FORGET_ABOUT) = { "forget-about",
	    "UPDATE inbox SET " INBOX_FORGOTTEN " WHERE raw IS NOT NULL AND " ABOUT " RETURNING id" },
	AT(RN_ST_FORGET_BOX) = { "forget-box",
	    "UPDATE box SET name = $1, holder = '', reference = '', reference2 = NULL, account = NULL, document = 0,"
	    " register_number = NULL, entitled = 0, state = 'closed' WHERE id = $2 RETURNING id" },
};
/* clang-format on */
