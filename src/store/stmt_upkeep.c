/* stmt_upkeep.c: the statements of moving house, of sealing anew, of the metrics, and of what is kept and
 * forgotten; the rules of stmt.h hold for them too. */
#include "store/stmt.h"

#define AT(stmt) [(stmt)-RN_ST_UPKEEP]

#define LETTER_DONE "('sent', 'failed', 'dropped')"
#define ORDER_OPEN "('requested', 'document', 'offered', 'accepted')"
/* what a mail that is only remembered has lost */
#define INBOX_GONE "raw = NULL, typed_text = NULL, matched = NULL, author = NULL"
#define INBOX_FORGOTTEN \
	"sender = NULL, client = NULL, helo = NULL, login = NULL, proof_why = NULL, " INBOX_GONE
/* another box than ME that was not forgotten */
#define OTHER(me) "o.id <> " me " AND o.reference <> ''"
/* who wrote a mail, and of one that was pruned who sent it */
#define WRITER "NULLIF(COALESCE(inbox.author, inbox.sender), '')"
/* that address is one of another box as well */
#define OTHERS_TOO                                                                                       \
	"(EXISTS (SELECT 1 FROM alias a WHERE a.box_id <> $1 AND a.address = " WRITER ")"               \
	" OR EXISTS (SELECT 1 FROM box o WHERE o.id <> $1 AND (o.name = " WRITER " OR o.reference = " WRITER \
	" OR o.reference2 = " WRITER ")))"
#define LEDGER_OF_BOX "id IN (SELECT inbox_id FROM ledger WHERE box_id = $1)"
/* mail that named no box and is about this one: letters that came back, receipts */
#define RETURNED                                                                                                      \
	"id IN (SELECT d.inbox_id FROM delivery d JOIN letter l ON l.id = d.letter_id WHERE l.box_id = $1)"          \
	" OR id IN (SELECT r.inbox_id FROM registered r JOIN letter l ON l.id = r.letter_id WHERE l.box_id = $1)"
/* what administrators answered to digests, which may quote any box */
#define DESK "COALESCE(rule, '') LIKE 'admin-answer%'"
#define HOLDS "EXISTS (SELECT 1 FROM legal_hold)"

/* of boxes under a legal hold: the mails that their ledger speaks of, wherever those stand. Such boxes are
 * few: CROSS JOIN has SQLite begin with them, and not with the whole ledger. */
#define HOLD_LEDGER "SELECT g.inbox_id FROM legal_hold h CROSS JOIN ledger g WHERE g.box_id = h.box_id"
/* what came back about their letters */
#define HOLD_RETURNED                                                                                           \
	"SELECT d.inbox_id FROM legal_hold h CROSS JOIN letter l CROSS JOIN delivery d"                        \
	" WHERE l.box_id = h.box_id AND d.letter_id = l.id AND d.inbox_id IS NOT NULL"                         \
	" UNION SELECT r.inbox_id FROM legal_hold h CROSS JOIN letter l CROSS JOIN registered r"               \
	" WHERE l.box_id = h.box_id AND r.letter_id = l.id"
/* the addresses of those who write for them */
#define HOLD_WRITERS                                                                                           \
	"SELECT b.name FROM legal_hold h CROSS JOIN box b WHERE b.id = h.box_id"                              \
	" UNION SELECT b.reference FROM legal_hold h CROSS JOIN box b WHERE b.id = h.box_id"                  \
	" UNION SELECT b.reference2 FROM legal_hold h CROSS JOIN box b WHERE b.id = h.box_id"                 \
	" AND b.reference2 IS NOT NULL"                                                                       \
	" UNION SELECT a.address FROM legal_hold h CROSS JOIN alias a WHERE a.box_id = h.box_id"
/* the boxes that a list names in its rows */
#define LISTED "SELECT 1 FROM letter_row r JOIN period p ON p.public_id = r.period_public"
#define HOLD_LISTED                                                                       \
	"EXISTS (" LISTED " JOIN legal_hold h ON h.box_id = p.box_id"                    \
	" WHERE r.letter_id = letter.id)"

/* what goes when its time is over; $2 and $1 say when that is */
#define OLD_MAIL "raw IS NOT NULL AND held = 0 AND processed < $2 AND id NOT IN (" HOLD_LEDGER ")"
#define OLD_LETTER "state IN " LETTER_DONE " AND length(raw) > 0 AND NOT " HOLD_LISTED
#define OLD_ORDER "words IS NOT NULL AND accepted < $2 AND state NOT IN " ORDER_OPEN
/* what row g of the ledger says of mail i in the member's words */
#define OLD_WORDS                                                                                                   \
	"i.id = g.inbox_id AND (g.what LIKE 'order %' OR g.what = 'reply held') AND i.held = 0 AND i.processed < $2" \
	" AND COALESCE(i.box_id, 0) NOT IN (SELECT box_id FROM legal_hold) AND i.id NOT IN (" HOLD_LEDGER \
	")"
#define OLD_STRANGER                                                                                                \
	"box_id IS NULL AND held = 0 AND action <> 'junk' AND processed < $1"                                      \
	" AND id NOT IN (" HOLD_LEDGER " UNION " HOLD_RETURNED ")"                                                 \
	" AND COALESCE(" WRITER ", '') NOT IN (" HOLD_WRITERS ") AND NOT (" DESK " AND " HOLDS ")"
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
	AT(RN_ST_HOLD_ANY) = { "hold-any", "SELECT box_id FROM legal_hold LIMIT 1" },

	AT(RN_ST_KEEP_BOXES) = { "keep-boxes",
	    "SELECT b.id FROM box b WHERE b.id > $1 AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.box_id = b.id)"
	    " AND (EXISTS (SELECT 1 FROM inbox WHERE inbox.box_id = b.id AND " OLD_MAIL ")"
	    " OR EXISTS (SELECT 1 FROM letter WHERE letter.box_id = b.id AND created < $2 AND " OLD_LETTER ")"
	    " OR EXISTS (SELECT 1 FROM document d WHERE d.box_id = b.id AND d.at < $3 AND length(d.data) > 0)"
	    " OR EXISTS (SELECT 1 FROM renewal WHERE renewal.box_id = b.id AND " OLD_ORDER ")"
	    " OR EXISTS (SELECT 1 FROM ledger g CROSS JOIN ledger_detail w CROSS JOIN inbox i"
	    " WHERE g.box_id = b.id AND w.ledger_id = g.id AND " OLD_WORDS ")) ORDER BY b.id LIMIT $4" },
	AT(RN_ST_KEEP_MAIL) = { "keep-mail",
	    "UPDATE inbox SET " INBOX_GONE " WHERE box_id = $1 AND " OLD_MAIL " RETURNING id" },
	/* What the ledger says of mails whose time is over in the member's words, also where such a mail
	 * stands with another box. */
	AT(RN_ST_KEEP_WORDS) = { "keep-words",
	    "DELETE FROM ledger_detail WHERE ledger_id IN (SELECT g.id FROM ledger g CROSS JOIN inbox i"
	    " WHERE g.box_id = $1 AND " OLD_WORDS ")" },
	AT(RN_ST_KEEP_ORDER) = { "keep-order",
	    "UPDATE renewal SET words = NULL WHERE box_id = $1 AND " OLD_ORDER },
	AT(RN_ST_KEEP_LETTER) = { "keep-letter",
	    "UPDATE letter SET raw = $1, quoted = NULL WHERE box_id = $2 AND created < $3 AND " OLD_LETTER
	    " RETURNING id" },
	AT(RN_ST_KEEP_DOCUMENT) = { "keep-document",
	    "UPDATE document SET data = $1, name = NULL WHERE box_id = $2 AND at < $3 AND length(data) > 0"
	    " RETURNING id" },
	AT(RN_ST_KEEP_JUNK) = { "keep-junk",
	    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE " JUNK " AND processed < $1 ORDER BY id LIMIT $2)"
	    " RETURNING id" },
	/* Of what is said about a mail that named no box, nobody could tell for sure afterwards whom it is
	 * about. */
	AT(RN_ST_KEEP_REASONS) = { "keep-reasons",
	    "DELETE FROM ledger_detail WHERE ledger_id IN (SELECT id FROM ledger WHERE box_id = 0"
	    " AND what LIKE 'held reply %' AND inbox_id IN (SELECT id FROM inbox WHERE " OLD_STRANGER "))" },
	AT(RN_ST_KEEP_STRANGERS) = { "keep-strangers",
	    "UPDATE inbox SET " INBOX_GONE " WHERE id IN (SELECT id FROM inbox WHERE " OLD_STRANGER
	    " AND raw IS NOT NULL ORDER BY id LIMIT $2) RETURNING id" },
	AT(RN_ST_KEEP_NOTES) = { "keep-notes",
	    "UPDATE letter SET raw = $1, quoted = NULL WHERE id IN (SELECT id FROM letter WHERE box_id IS NULL AND created < $2"
	    " AND state IN " LETTER_DONE " AND length(raw) > 0 AND NOT " HOLDS " ORDER BY id LIMIT $3) RETURNING id" },
	AT(RN_ST_KEEP_JUNK_NTH) = { "keep-junk-nth",
	    "SELECT id FROM inbox WHERE " JUNK " ORDER BY id DESC LIMIT 1 OFFSET $1" },
	AT(RN_ST_KEEP_QUOTA) = { "keep-quota",
	    "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE " JUNK " AND id <= (SELECT id FROM inbox"
	    " WHERE " JUNK " ORDER BY id DESC LIMIT 1 OFFSET $1)) RETURNING id" },

	AT(RN_ST_FORGET_ORDER) = { "forget-order",
	    "SELECT id FROM renewal WHERE box_id = $1 AND state IN " ORDER_OPEN " LIMIT 1" },
	AT(RN_ST_FORGET_LETTER) = { "forget-letter",
	    "SELECT id FROM letter WHERE box_id = $1 AND state IN ('queued', 'claimed', 'uncertain') LIMIT 1" },
	AT(RN_ST_FORGET_NOTE) = { "forget-note",
	    "SELECT id FROM letter WHERE box_id IS NULL AND state IN ('queued', 'claimed', 'uncertain')"
	    " AND CAST($1 AS BIGINT) > 0 LIMIT 1" },
	AT(RN_ST_FORGET_CALL) = { "forget-call",
	    "SELECT id FROM call WHERE box_id = $1 AND state IN ('queued', 'claimed', 'uncertain') LIMIT 1" },
	AT(RN_ST_FORGET_HELD) = { "forget-held",
	    "SELECT id FROM inbox WHERE held = 1 AND (box_id = $1"
	    " OR (box_id IS NULL AND (" WRITER " IN (" RN_STMT_WRITERS ") OR " DESK " OR " RETURNED "))) LIMIT 1" },
	/* Not what another box's orders rest on. What stands with a box that was forgotten goes with the last
	 * of those that its words are about. */
	AT(RN_ST_FORGET_MAILS) = { "forget-mails",
	    "SELECT id FROM inbox WHERE (box_id = $1 OR (box_id IS NOT NULL AND " LEDGER_OF_BOX ")"
	    " OR (box_id IS NULL AND (" WRITER " IN (" RN_STMT_WRITERS ") OR " LEDGER_OF_BOX ") AND NOT " OTHERS_TOO ")"
	    " OR (box_id IS NULL AND (" RETURNED " OR (" DESK " AND NOT " HOLDS "))))"
	    " AND NOT EXISTS (SELECT 1 FROM box o WHERE o.id = inbox.box_id AND " OTHER("$1") ")"
	    " AND id NOT IN (SELECT g.inbox_id FROM ledger g JOIN box o ON o.id = g.box_id WHERE " OTHER("$1")
	    ") ORDER BY id" },
	AT(RN_ST_FORGET_MAIL) = { "forget-mail",
	    "UPDATE inbox SET " INBOX_FORGOTTEN " WHERE id = $1 RETURNING id" },
	AT(RN_ST_FORGET_REGISTERED) = { "forget-registered",
	    "UPDATE registered SET mittente = NULL, msgid = NULL, consegna = NULL, code = NULL,"
	    " rcpt = CASE WHEN kind = 'posta-certificata' THEN rcpt ELSE '' END WHERE inbox_id = $1" },
	AT(RN_ST_FORGET_ASIDE) = { "forget-aside",
	    "DELETE FROM ledger_detail WHERE ledger_id IN (SELECT id FROM ledger WHERE box_id = 0 AND inbox_id = $1)" },
	AT(RN_ST_FORGET_DEAD) = { "forget-dead",
	    "DELETE FROM dead_address WHERE letter_id IN (SELECT id FROM letter WHERE box_id = $1)" },
	AT(RN_ST_FORGET_ALIAS) = { "forget-alias", "DELETE FROM alias WHERE box_id = $1" },
	AT(RN_ST_FORGET_AUTHORIZATION) = { "forget-authorization",
	    "UPDATE authorization SET address = '' WHERE period_id IN (SELECT id FROM period WHERE box_id = $1)" },
	AT(RN_ST_FORGET_DELIVERY) = { "forget-delivery",
	    "UPDATE delivery SET why = NULL WHERE letter_id IN (SELECT id FROM letter WHERE box_id = $1)" },
	AT(RN_ST_FORGET_RENEWAL) = { "forget-renewal",
	    "UPDATE renewal SET words = NULL, account = NULL WHERE box_id = $1" },
	AT(RN_ST_FORGET_ANSWER) = { "forget-answer", "UPDATE call SET error = NULL WHERE box_id = $1" },
	AT(RN_ST_FORGET_DETAIL) = { "forget-detail",
	    "DELETE FROM ledger_detail WHERE ledger_id IN (SELECT id FROM ledger WHERE box_id = $1)" },
	/* Not a list by whose numbers another box may have been ordered since, or that names one under a
	 * hold. */
	AT(RN_ST_FORGET_LETTERS) = { "forget-letters",
	    "UPDATE letter SET rcpt = '', subject = NULL, error = NULL, raw = $1, quoted = NULL,"
	    " key = CASE WHEN kind = 'moved' THEN 'forgotten/' || id ELSE key END"
	    " WHERE (box_id = $2 OR id IN (SELECT r.letter_id FROM letter_row r JOIN period p ON p.public_id = r.period_public"
	    " WHERE p.box_id = $2)) AND NOT EXISTS (SELECT 1 FROM box o WHERE o.id = letter.box_id AND " OTHER("$2") ")"
	    " AND NOT EXISTS (" LISTED " JOIN box o ON o.id = p.box_id WHERE r.letter_id = letter.id AND " OTHER("$2")
	    " AND (EXISTS (SELECT 1 FROM renewal n WHERE n.period_id = p.id AND n.requested >= letter.created)"
	    " OR o.id IN (SELECT box_id FROM legal_hold)))"
	    " RETURNING id" },
	/* Which of them name the box only their words say: digests of held mail, reports, trouble. */
	AT(RN_ST_FORGET_NOTES) = { "forget-notes",
	    "UPDATE letter SET subject = NULL, error = NULL, raw = $1, quoted = NULL WHERE box_id IS NULL AND length(raw) > 0"
	    " AND NOT " HOLDS " RETURNING id" },
	AT(RN_ST_FORGET_DOCUMENT) = { "forget-document", "DELETE FROM document WHERE box_id = $1 RETURNING id" },
	AT(RN_ST_FORGET_BOX) = { "forget-box",
	    "UPDATE box SET name = $1, holder = '', reference = '', reference2 = NULL, account = NULL, document = 0,"
	    " register_number = NULL, entitled = 0, state = 'closed' WHERE id = $2 RETURNING id" },
};
/* clang-format on */
