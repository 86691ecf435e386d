/* stmt.c: the table of the statements (those of upkeep stand in stmt_upkeep.c); the rules they keep stand in
 * stmt.h, and tests/unit/store_stmt.c holds them to those. Column lists are in the order in which the readers
 * in box.c, order.c ... take them. */
#include "store/stmt.h"

#define BOX                                                                                                          \
	"SELECT b.id, b.name, b.holder, b.reference, b.reference2, b.account, b.convention, b.type, b.state, b.document," \
	" b.business_register, b.entitled, b.language, b.expiry, b.entitled_from, b.entitled_to,"	\
	" b.register_number, p.id, p.public_id"
#define BOX_CURRENT BOX " FROM box b LEFT JOIN period p ON p.box_id = b.id AND p.expiry = b.expiry"

#define ORDER_VALUES                                                                                               \
	"box_id, period_id, convention, state, number, account, payer, price, vat, term, old_expiry, new_expiry, proof," \
	" words, requested, offered, accepted, ended, reference, offer, terms"
#define ORDER "SELECT id, " ORDER_VALUES " FROM renewal"

#define LETTER                                                                                                  \
	"id, key, kind, step, box_id, period_id, renewal_id, rcpt, sender, message_id, subject, state, due, created," \
	" sent, attempts, error"
#define LETTER_WHOLE "SELECT " LETTER ", raw, quoted FROM letter"
/* What was claimed and never ended may have been sent: said so, until the next attempt says more (law 8). */
#define UNKNOWN "'outcome unknown: its sender ended without a word'"

#define CALL RN_STMT_CALL

#define INBOX                                                                                             \
	"SELECT id, rcpt, sender, message_id, digest, queue_id, client, taken, processed, class, intent,"   \
	" typed_text, matched, author, proof, proof_why, rule, action, held, box_id, period_id, renewal_id,"   \
	" session, helo, tls, login"

#define DOCUMENT "SELECT id, box_id, inbox_id, at, name, kind, sha256, state, reason, size FROM document"

#define LEDGER                                                                                                  \
	"SELECT l.id, l.seq, l.at, l.box_id, l.period_id, l.renewal_id, l.inbox_id, l.letter_id, l.convention, l.who," \
	" l.what, l.why, d.detail, l.digest, l.format, l.detail_digest, l.inbox_digest, l.letter_digest"
#define HEAD "SELECT id, day, at, record, due, attempts, stamped, authority, error, answer FROM ledger_head"
#define LEDGER_FROM " FROM ledger l LEFT JOIN ledger_detail d ON d.ledger_id = l.id"

/* clang-format off */
static const RnStatement statements[RN_ST_DESK] = {
	[RN_ST_META_GET] = { "meta-get", "SELECT value FROM meta WHERE key = $1" },
	[RN_ST_META_PUT] = { "meta-put",
	    "INSERT INTO meta (key, value) VALUES ($1, $2)"
	    " ON CONFLICT (key) DO UPDATE SET value = excluded.value" },

	[RN_ST_BOX_ADD] = { "box-add",
	    "INSERT INTO box (name, holder, reference, reference2, account, convention, type, state, document,"
	    " business_register, entitled, language, expiry, entitled_from, entitled_to, register_number)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id" },
	[RN_ST_BOX_UPDATE] = { "box-update",
	    "UPDATE box SET name = $1, holder = $2, reference = $3, reference2 = $4, account = $5, convention = $6,"
	    " type = $7, state = $8, document = $9, business_register = $10, entitled = $11, language = $12,"
	    " expiry = $13, entitled_from = $14, entitled_to = $15, register_number = $16 WHERE id = $17 RETURNING id" },
	[RN_ST_BOX_GET] = { "box-get", BOX_CURRENT " WHERE b.id = $1" },
	[RN_ST_BOX_FIND] = { "box-find", BOX_CURRENT " WHERE b.name = $1" },
	[RN_ST_BOX_OF_PERIOD] = { "box-of-period",
	    BOX ", p.expiry FROM period p JOIN box b ON b.id = p.box_id WHERE p.public_id = $1" },
	[RN_ST_BOX_OF_ADDRESS] = { "box-of-address",
	    BOX_CURRENT " WHERE b.id IN (SELECT id FROM box WHERE name = $1 UNION SELECT id FROM box WHERE reference = $1"
	    " UNION SELECT id FROM box WHERE reference2 = $1 UNION SELECT box_id FROM alias WHERE address = $1)"
	    " ORDER BY b.id" },
	[RN_ST_BOX_LIST] = { "box-list",
	    BOX_CURRENT " WHERE b.id > $1 AND (CAST($2 AS TEXT) IS NULL OR b.convention = $2)"
	    " AND (CAST($3 AS TEXT) IS NULL OR b.state = $3) AND (CAST($4 AS TEXT) IS NULL OR b.expiry >= $4)"
	    " AND (CAST($5 AS TEXT) IS NULL OR b.expiry <= $5) ORDER BY b.id LIMIT $6" },
	[RN_ST_BOX_STATE] = { "box-state", "UPDATE box SET state = $1 WHERE id = $2 RETURNING id" },
	[RN_ST_BOX_DOCUMENT] = { "box-document", "UPDATE box SET document = $1 WHERE id = $2 RETURNING id" },
	[RN_ST_BOX_RENEWED] = { "box-renewed",
	    "UPDATE box SET expiry = $1, state = 'active' WHERE id = $2 RETURNING id" },
	[RN_ST_BOX_COUNT] = { "box-count", "SELECT COUNT(*) FROM box" },

	[RN_ST_BOX_KNOWN] = { "box-known",
	    "SELECT COUNT(*) FROM box WHERE convention = $1 AND state <> 'closed'" },

	[RN_ST_PERIOD_FIND] = { "period-find", "SELECT id FROM period WHERE box_id = $1 AND expiry = $2" },
	[RN_ST_PERIOD_ADD] = { "period-add",
	    "INSERT INTO period (box_id, expiry, public_id) VALUES ($1, $2, $3)"
	    " ON CONFLICT (public_id) DO NOTHING RETURNING id" },

	[RN_ST_NOTICE_LAST] = { "notice-last", "SELECT MIN(day) FROM notice WHERE period_id = $1" },
	[RN_ST_NOTICE_ADD] = { "notice-add",
	    "INSERT INTO notice (period_id, day, decision, at) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (period_id, day) DO NOTHING RETURNING day" },

	[RN_ST_ORDER_ADD] = { "order-add",
	    "INSERT INTO renewal (" ORDER_VALUES ")"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
	    " RETURNING id" },
	[RN_ST_ORDER_SAVE] = { "order-save",
	    "UPDATE renewal SET box_id = $1, period_id = $2, convention = $3, state = $4, number = $5, account = $6,"
	    " payer = $7, price = $8, vat = $9, term = $10, old_expiry = $11, new_expiry = $12, proof = $13, words = $14,"
	    " requested = $15, offered = $16, accepted = $17, ended = $18, reference = $19, offer = $20,"
	    " terms = $21 WHERE id = $22 AND state = $23 RETURNING id" },
	[RN_ST_ORDER_REFERENCE] = { "order-reference",
	    "UPDATE renewal SET reference = $1 WHERE id = $2 RETURNING id" },
	[RN_ST_ORDER_GET] = { "order-get", ORDER " WHERE id = $1" },
	[RN_ST_ORDER_FIND] = { "order-find", ORDER " WHERE number = $1" },
	/* An order that came along from another date of the box may be older than the one that ended here. */
	[RN_ST_ORDER_NEWEST] = { "order-newest", ORDER " WHERE period_id = $1"
	    " ORDER BY CASE WHEN state IN ('declined', 'cancelled', 'lapsed') THEN 1 ELSE 0 END, id DESC LIMIT 1" },
	[RN_ST_ORDER_LIST] = { "order-list",
	    ORDER " WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR convention = $2)"
	    " AND (CAST($3 AS TEXT) IS NULL OR state = $3) ORDER BY id LIMIT $4" },
	[RN_ST_ORDER_OF_BOX] = { "order-of-box", ORDER " WHERE box_id = $1 ORDER BY id" },
	[RN_ST_ORDER_NUMBER] = { "order-number",
	    "INSERT INTO order_number (year, last) VALUES ($1, 1)"
	    " ON CONFLICT (year) DO UPDATE SET last = order_number.last + 1 RETURNING last" },

	[RN_ST_LETTER_ADD] = { "letter-add",
	    "INSERT INTO letter (key, kind, step, box_id, period_id, renewal_id, rcpt, sender, message_id, subject, state,"
	    " due, created, sent, attempts, error, raw, raw_digest)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
	    " ON CONFLICT (key) DO NOTHING RETURNING id" },
	[RN_ST_LETTER_DIGEST] = { "letter-digest", "SELECT raw_digest FROM letter WHERE id = $1" },
	[RN_ST_LETTER_EXISTS] = { "letter-exists", "SELECT id FROM letter WHERE key = $1" },
	[RN_ST_LETTER_GET] = { "letter-get", LETTER_WHOLE " WHERE id = $1" },
	[RN_ST_LETTER_BY_MESSAGE] = { "letter-by-message",
	    LETTER_WHOLE " WHERE message_id = $1 ORDER BY id DESC LIMIT 1" },
	/* A letter that has not left yet cannot be the one that is answered, if there is another. */
	[RN_ST_LETTER_OFFER] = { "letter-offer",
	    LETTER_WHOLE " WHERE period_id = $1 AND kind IN ('summary', 'reminder')"
	    " ORDER BY CASE WHEN state IN ('queued', 'dropped') THEN 1 ELSE 0 END, id DESC LIMIT 1" },
	[RN_ST_LETTER_NOTICE] = { "letter-notice",
	    LETTER_WHOLE " WHERE period_id = $1 AND kind IN ('notice', 'fresh')"
	    " ORDER BY CASE WHEN state IN ('queued', 'dropped') THEN 1 ELSE 0 END, id DESC LIMIT 1" },
	/* Both claims say their condition twice: where two claim at once, the loser looks at the outer one
	 * again. */
	[RN_ST_LETTER_CLAIM_STALE] = { "letter-claim-stale",
	    "UPDATE letter SET attempts = attempts + 1, lease = $1, error = " UNKNOWN
	    " WHERE id = (SELECT id FROM letter WHERE state = 'claimed' AND lease <= $2 ORDER BY lease, id LIMIT 1)"
	    " AND state = 'claimed' AND lease <= $2 RETURNING " LETTER ", raw" },
	[RN_ST_LETTER_CLAIM] = { "letter-claim",
	    "UPDATE letter SET state = 'claimed', attempts = attempts + 1, lease = $1"
	    " WHERE id = (SELECT id FROM letter WHERE state = 'queued' AND due <= $2 ORDER BY due, id LIMIT 1)"
	    " AND state = 'queued' AND due <= $2 RETURNING " LETTER ", raw" },
	[RN_ST_LETTER_RESULT] = { "letter-result",
	    "UPDATE letter SET state = $1, due = $2, sent = $3, error = $4, lease = NULL,"
	    " quoted = COALESCE($5, quoted)"
	    " WHERE id = $6 AND attempts = $7 AND state = 'claimed' RETURNING id" },
	[RN_ST_LETTER_PUT_BACK] = { "letter-put-back",
	    "UPDATE letter SET state = 'queued', due = $1, attempts = attempts - 1, lease = NULL"
	    " WHERE id = $2 AND attempts = $3 AND state = 'claimed' RETURNING id" },
	[RN_ST_LETTER_AGAIN] = { "letter-again",
	    "UPDATE letter SET state = 'queued', due = $1, created = $1 WHERE id = $2 AND length(raw) > 0"
	    " AND (state IN ('failed', 'uncertain') OR (state = 'sent' AND EXISTS (SELECT 1 FROM delivery d"
	    " WHERE d.letter_id = letter.id AND d.state = 'undeliverable'))) RETURNING id" },
	[RN_ST_LETTER_LIST] = { "letter-list",
	    "SELECT " LETTER " FROM letter WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2)"
	    " ORDER BY id LIMIT $3" },
	[RN_ST_LETTER_OF_BOX] = { "letter-of-box",
	    "SELECT " LETTER " FROM letter WHERE box_id = $1 AND id > $2 AND (CAST($3 AS TEXT) IS NULL OR state = $3)"
	    " ORDER BY id LIMIT $4" },
	[RN_ST_OUTBOX_NEXT] = { "outbox-next",
	    "SELECT MIN(t.due) FROM (SELECT MIN(due) AS due FROM letter WHERE state = 'queued'"
	    " UNION ALL SELECT MIN(lease) FROM letter WHERE state = 'claimed'"
	    " UNION ALL SELECT MIN(due) FROM call WHERE state = 'queued'"
	    " UNION ALL SELECT MIN(lease) FROM call WHERE state = 'claimed') AS t" },

	[RN_ST_CALL_ADD] = { "call-add",
	    "INSERT INTO call (key, kind, renewal_id, box_id, convention, state, due, created, done, attempts, error)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (key) DO NOTHING RETURNING id" },
	[RN_ST_CALL_OF_ORDER] = { "call-of-order",
	    "SELECT " CALL " FROM call WHERE renewal_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 1" },
	[RN_ST_CALL_CLAIM_STALE] = { "call-claim-stale",
	    "UPDATE call SET attempts = attempts + 1, lease = $1, doubt = 1, error = " UNKNOWN
	    " WHERE id = (SELECT id FROM call WHERE state = 'claimed' AND lease <= $2 ORDER BY lease, id LIMIT 1)"
	    " AND state = 'claimed' AND lease <= $2 RETURNING " CALL },
	[RN_ST_CALL_CLAIM] = { "call-claim",
	    "UPDATE call SET state = 'claimed', attempts = attempts + 1, lease = $1"
	    " WHERE id = (SELECT id FROM call WHERE state = 'queued' AND due <= $2 ORDER BY due, id LIMIT 1)"
	    " AND state = 'queued' AND due <= $2 RETURNING " CALL },
	[RN_ST_CALL_RESULT] = { "call-result",
	    "UPDATE call SET state = $1, due = $2, done = $3, error = $4, doubt = doubt | $5, lease = NULL"
	    " WHERE id = $6 AND attempts = $7 AND state = 'claimed' RETURNING id" },
	[RN_ST_CALL_PUT_BACK] = { "call-put-back",
	    "UPDATE call SET state = 'queued', due = $1, attempts = attempts - 1, lease = NULL"
	    " WHERE id = $2 AND attempts = $3 AND state = 'claimed' RETURNING id" },
	[RN_ST_CALL_PUT_OFF] = { "call-put-off",
	    "UPDATE call SET due = $1 WHERE state = 'queued' AND due <= $2 AND convention = $3" },
	/* Begun: the provider may have heard of it. What it refused for good is over and counts no more. */
	[RN_ST_CALL_BEGUN] = { "call-begun",
	    "SELECT COUNT(*) FROM call WHERE renewal_id = $1 AND (state IN ('claimed', 'sent', 'uncertain')"
	    " OR (state = 'queued' AND attempts > 0))" },
	/* The newest only: the older ones have the numbers of acceptances that were taken back. */
	[RN_ST_CALL_AGAIN] = { "call-again",
	    "UPDATE call SET state = 'queued', due = $1, doubt = 0"
	    " WHERE id = (SELECT MAX(id) FROM call WHERE renewal_id = $2 AND kind = $3)"
	    " AND state IN ('failed', 'uncertain', 'sent', 'dropped') RETURNING id" },
	[RN_ST_CALL_DROP] = { "call-drop",
	    "UPDATE call SET state = 'dropped' WHERE renewal_id = $1 AND state = 'queued' AND attempts = 0" },
	[RN_ST_CALL_LIST] = { "call-list",
	    "SELECT " CALL " FROM call WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) ORDER BY id LIMIT $3" },

	[RN_ST_INBOX_ADD] = { "inbox-add",
	    "INSERT INTO inbox (rcpt, sender, message_id, digest, queue_id, client, taken, processed, class, intent,"
	    " typed_text, matched, author, proof, proof_why, rule, action, held, box_id, period_id, renewal_id, session,"
	    " helo, tls, login, raw, raw_digest)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,"
	    " $23, $24, $25, $26, $27)"
	    " ON CONFLICT (rcpt, message_id, digest) DO NOTHING RETURNING id" },
	[RN_ST_INBOX_DIGEST] = { "inbox-digest", "SELECT raw_digest FROM inbox WHERE id = $1" },
	[RN_ST_INBOX_FIND] = { "inbox-find",
	    "SELECT id FROM inbox WHERE rcpt = $1 AND message_id = $2 AND digest = $3" },
	[RN_ST_INBOX_SAME] = { "inbox-same",
	    INBOX " FROM inbox WHERE message_id = $1 AND digest = $2 AND id < $3 ORDER BY id LIMIT $4" },
	[RN_ST_INBOX_JUDGED] = { "inbox-judged",
	    "UPDATE inbox SET processed = $1, class = $2, intent = $3, typed_text = $4, matched = $5, author = $6,"
	    " proof = $7, proof_why = $8, rule = $9, action = $10, held = $11, box_id = $12, period_id = $13,"
	    " renewal_id = $14, raw = COALESCE($15, raw) WHERE id = $16 RETURNING id" },
	[RN_ST_INBOX_GET] = { "inbox-get", INBOX ", raw FROM inbox WHERE id = $1" },
	[RN_ST_INBOX_LIST] = { "inbox-list", INBOX " FROM inbox WHERE id > $1 ORDER BY id LIMIT $2" },
	[RN_ST_INBOX_HELD] = { "inbox-held",
	    INBOX " FROM inbox WHERE held = 1 AND id > $1 AND (CAST($2 AS BIGINT) IS NULL OR box_id = $2)"
	    " ORDER BY id LIMIT $3" },
	[RN_ST_INBOX_OF_BOX] = { "inbox-of-box",
	    INBOX " FROM inbox WHERE box_id = $1 AND id > $2 ORDER BY id LIMIT $3" },
	[RN_ST_INBOX_OF_HOLDER] = { "inbox-of-holder",
	    INBOX " FROM inbox WHERE box_id IS NULL AND author IN (" RN_STMT_WRITERS
	    ") AND id > $2 ORDER BY id LIMIT $3" },

	/* One whose bytes were removed when their time was over comes back as if it were new. */
	[RN_ST_DOCUMENT_ADD] = { "document-add",
	    "INSERT INTO document (box_id, inbox_id, at, name, kind, sha256, state, reason, size, data)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (box_id, sha256) DO UPDATE"
	    " SET inbox_id = excluded.inbox_id, at = excluded.at, name = excluded.name, state = excluded.state,"
	    " reason = excluded.reason, data = excluded.data WHERE length(document.data) = 0"
	    " AND document.state <> 'refused' RETURNING id" },
	[RN_ST_DOCUMENT_FIND] = { "document-find", "SELECT id FROM document WHERE box_id = $1 AND sha256 = $2" },
	[RN_ST_DOCUMENT_LIST] = { "document-list",
	    DOCUMENT " WHERE id > $1 AND (CAST($2 AS BIGINT) IS NULL OR box_id = $2) ORDER BY id LIMIT $3" },
	[RN_ST_DOCUMENT_GET] = { "document-get", DOCUMENT " WHERE id = $1" },
	[RN_ST_DOCUMENT_STATE] = { "document-state",
	    "UPDATE document SET state = $1, reason = $2 WHERE id = $3 RETURNING id" },
	[RN_ST_DOCUMENT_DATA] = { "document-data", "SELECT sha256, data FROM document WHERE id = $1" },

	[RN_ST_LEDGER_LAST] = { "ledger-last",
	    "SELECT convention, seq, digest FROM ledger WHERE convention = $1 ORDER BY seq DESC LIMIT 1" },
	[RN_ST_LEDGER_HEADS] = { "ledger-heads",
	    "SELECT l.convention, l.seq, l.digest FROM ledger l JOIN (SELECT convention, MAX(seq) AS last FROM ledger"
	    " GROUP BY convention) t ON l.convention = t.convention AND l.seq = t.last ORDER BY l.convention, l.id" },
	[RN_ST_LEDGER_ADD] = { "ledger-add",
	    "INSERT INTO ledger (convention, seq, at, who, what, why, box_id, period_id, renewal_id, inbox_id, letter_id,"
	    " detail_digest, digest, format, inbox_digest, letter_digest)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id" },
	[RN_ST_LEDGER_DETAIL_ADD] = { "ledger-detail-add",
	    "INSERT INTO ledger_detail (ledger_id, detail) VALUES ($1, $2)" },
	[RN_ST_LEDGER_LIST] = { "ledger-list", LEDGER LEDGER_FROM " WHERE l.id > $1 ORDER BY l.id LIMIT $2" },
	[RN_ST_LEDGER_OF_CONVENTION] = { "ledger-of-convention",
	    LEDGER LEDGER_FROM " WHERE l.convention = $1 AND l.id > $2 ORDER BY l.id LIMIT $3" },
	[RN_ST_LEDGER_OF_BOX] = { "ledger-of-box",
	    LEDGER LEDGER_FROM " WHERE l.box_id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3" },
	[RN_ST_LEDGER_CHAIN] = { "ledger-chain",
	    LEDGER LEDGER_FROM " WHERE l.convention = $1 AND (l.seq > $2 OR (l.seq = $2 AND l.id > $3))"
	    " ORDER BY l.seq, l.id LIMIT $4" },

	[RN_ST_HEAD_ADD] = { "head-add",
	    "INSERT INTO ledger_head (day, at, record, due) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (day) DO NOTHING RETURNING id" },
	[RN_ST_HEAD_NEWEST] = { "head-newest", HEAD " ORDER BY id DESC LIMIT 1" },
	[RN_ST_HEAD_LIST] = { "head-list", HEAD " WHERE id > $1 ORDER BY id LIMIT $2" },
	[RN_ST_HEAD_CLAIM] = { "head-claim",
	    "UPDATE ledger_head SET due = $1, attempts = attempts + 1 WHERE id = $2 AND attempts = $3"
	    " AND stamped = 0 RETURNING id" },
	[RN_ST_HEAD_STAMPED] = { "head-stamped",
	    "UPDATE ledger_head SET stamped = $1, authority = $2, answer = $3, error = NULL WHERE id = $4"
	    " AND stamped = 0 RETURNING id" },
	[RN_ST_HEAD_FAILED] = { "head-failed",
	    "UPDATE ledger_head SET error = $1 WHERE id = $2 AND stamped = 0 RETURNING id" },

	[RN_ST_LETTER_ROW_ADD] = { "letter-row-add",
	    "INSERT INTO letter_row (letter_id, n, period_public) VALUES ($1, $2, $3) RETURNING n" },
	[RN_ST_LETTER_ROWS] = { "letter-rows", "SELECT period_public FROM letter_row WHERE letter_id = $1 ORDER BY n" },
	[RN_ST_LETTER_LISTS] = { "letter-lists",
	    LETTER_WHOLE " WHERE period_id = $1 AND kind = 'list' ORDER BY id DESC LIMIT 2" },
	[RN_ST_LETTER_LISTING] = { "letter-listing",
	    "SELECT DISTINCT l.id FROM letter l CROSS JOIN letter_row r CROSS JOIN period p WHERE l.period_id = $1"
	    " AND l.kind = 'list' AND r.letter_id = l.id AND p.public_id = r.period_public AND p.box_id = $2"
	    " AND l.created <= $3 ORDER BY l.id" },

	[RN_ST_LETTER_TERMS_ADD] = { "letter-terms-add",
	    "INSERT INTO letter_terms (letter_id, terms) VALUES ($1, $2) RETURNING letter_id" },
	[RN_ST_LETTER_TERMS_GET] = { "letter-terms-get", "SELECT terms FROM letter_terms WHERE letter_id = $1" },
	/* Where there is no notice at all, that is one unlike the others. */
	[RN_ST_NOTICES_UNLIKE] = { "notices-unlike",
	    "SELECT CASE WHEN COUNT(*) = 0 THEN 1 ELSE COUNT(*) - COUNT(CASE WHEN t.terms = $1 THEN 1 END) END"
	    " FROM letter l LEFT JOIN letter_terms t ON t.letter_id = l.id"
	    " WHERE l.period_id = $2 AND l.kind IN ('notice', 'fresh') AND l.state <> 'dropped'" },

	[RN_ST_AUTH_ADD] = { "authorization-add",
	    "INSERT INTO authorization (period_id, step, inbox_id, address, at, state)"
	    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING step" },
	[RN_ST_AUTH_FIND] = { "authorization-find",
	    "SELECT step, inbox_id, address, at, state FROM authorization WHERE period_id = $1 AND step = $2" },
	[RN_ST_AUTH_LIST] = { "authorization-list",
	    "SELECT step, inbox_id, address, at, state FROM authorization WHERE period_id = $1 ORDER BY step" },
	[RN_ST_AUTH_STATE] = { "authorization-state",
	    "UPDATE authorization SET state = $1 WHERE period_id = $2 AND step = $3 RETURNING step" },

	[RN_ST_MARK_PUT] = { "mark-put",
	    "INSERT INTO mark (box_id, word, at, inbox_id) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (box_id) DO UPDATE SET word = excluded.word, at = excluded.at,"
	    " inbox_id = excluded.inbox_id RETURNING box_id" },
	[RN_ST_MARK_GET] = { "mark-get", "SELECT word FROM mark WHERE box_id = $1" },
	[RN_ST_FORGET_MARK] = { "forget-mark", "DELETE FROM mark WHERE box_id = $1" },

	[RN_ST_ALIAS_ADD] = { "alias-add",
	    "INSERT INTO alias (address, box_id, since, kind) VALUES ($1, $2, $3, $4)"
	    " ON CONFLICT (address, box_id) DO NOTHING RETURNING box_id" },
	[RN_ST_ALIAS_REMOVE] = { "alias-remove",
	    "DELETE FROM alias WHERE address = $1 AND box_id = $2 RETURNING box_id" },
	[RN_ST_ALIAS_LIST] = { "alias-list",
	    "SELECT address, since, kind FROM alias WHERE box_id = $1 ORDER BY address" },

	/* Concluded, and not taken back since: what the payer owes. */
	[RN_ST_ORDER_OWED] = { "order-owed",
	    ORDER " WHERE id > $1 AND convention = $2 AND state IN ('accepted', 'renewed')"
	    " AND accepted >= $3 AND accepted < $4 ORDER BY id LIMIT $5" },
	[RN_ST_ORDER_SPENT] = { "order-spent",
	    "SELECT CAST(SUM(price) AS BIGINT) FROM renewal WHERE convention = $1"
	    " AND state IN ('accepted', 'renewed', 'failed') AND accepted >= $2 AND accepted < $3" },

	[RN_ST_DELIVERY_ADD] = { "delivery-add",
	    "INSERT INTO delivery (letter_id, state, at, inbox_id, code, why, back_on)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7)"
	    " ON CONFLICT (letter_id, state) DO NOTHING RETURNING letter_id" },
	[RN_ST_DELIVERY_FORGET] = { "delivery-forget",
	    "DELETE FROM delivery WHERE letter_id = $1 AND state IN ('undeliverable', 'delayed') RETURNING letter_id" },
	[RN_ST_DELIVERY_LIST] = { "delivery-list",
	    "SELECT d.letter_id, d.state, d.at, d.inbox_id, d.code, d.why, d.back_on FROM delivery d"
	    " JOIN letter l ON l.id = d.letter_id"
	    " WHERE d.letter_id > $1 AND (CAST($2 AS BIGINT) IS NULL OR l.box_id = $2)"
	    " ORDER BY d.letter_id, d.state LIMIT $3" },
	[RN_ST_DEAD_ADD] = { "dead-add",
	    "INSERT INTO dead_address (address, letter_id, since) VALUES ($1, $2, $3)"
	    " ON CONFLICT (address) DO NOTHING RETURNING letter_id" },
	[RN_ST_DEAD_FIND] = { "dead-find", "SELECT letter_id FROM dead_address WHERE address = $1" },
	[RN_ST_DEAD_FORGET] = { "dead-forget",
	    "DELETE FROM dead_address WHERE address = $1 RETURNING letter_id" },
	[RN_ST_LETTER_COUNT_SINCE] = { "letter-count-since",
	    "SELECT COUNT(*) FROM letter WHERE rcpt = $1 AND created >= $2 AND kind NOT IN ('notice', 'admin')" },
	/* A bounce names its letter by Message-ID, and says to whom it went. */
	[RN_ST_LETTER_RETURNED] = { "letter-returned",
	    LETTER_WHOLE " WHERE message_id = $1 AND state <> 'dropped'"
	    " ORDER BY CASE WHEN rcpt = $2 THEN 0 ELSE 1 END, id DESC LIMIT 1" },
	[RN_ST_LETTER_SENT_TO] = { "letter-sent-to",
	    LETTER_WHOLE " WHERE period_id = $1 AND sent > 0 AND state IN ('sent', 'uncertain', 'claimed', 'queued')"
	    " AND (CAST($2 AS TEXT) IS NULL OR rcpt = $2) ORDER BY id DESC LIMIT 1" },

	[RN_ST_EXPIRY_DECISION_GET] = { "expiry-decision-get",
	    "SELECT CASE WHEN decision = $1 THEN 1 ELSE 0 END FROM expiry_decision WHERE period_id = $2" },
	[RN_ST_EXPIRY_DECISION_PUT] = { "expiry-decision-put",
	    "INSERT INTO expiry_decision (period_id, decision, at) VALUES ($1, $2, $3)"
	    " ON CONFLICT (period_id) DO UPDATE SET decision = excluded.decision, at = excluded.at"
	    " WHERE expiry_decision.decision <> excluded.decision RETURNING period_id" },
	[RN_ST_ANNOUNCED_GET] = { "announced-get", "SELECT day FROM announcement WHERE period_id = $1" },
	[RN_ST_ANNOUNCED_PUT] = { "announced-put",
	    "INSERT INTO announcement (period_id, day) VALUES ($1, $2)"
	    " ON CONFLICT (period_id) DO NOTHING RETURNING period_id" },
	[RN_ST_CALL_DROP_BOX] = { "call-drop-box",
	    "UPDATE call SET state = 'dropped' WHERE box_id = $1 AND kind = $2 AND state = 'queued' AND attempts = 0"
	    " RETURNING id" },

	[RN_ST_REGISTERED_PUT] = { "registered-put",
	    "INSERT INTO registered (inbox_id, letter_id, kind, signature, fault, provider, certificate, mittente,"
	    " identificativo, msgid, rcpt, consegna, code, certified, at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
	    " ON CONFLICT (inbox_id) DO UPDATE SET letter_id = excluded.letter_id, kind = excluded.kind,"
	    " signature = excluded.signature, fault = excluded.fault, provider = excluded.provider,"
	    " certificate = excluded.certificate, mittente = excluded.mittente,"
	    " identificativo = excluded.identificativo, msgid = excluded.msgid, rcpt = excluded.rcpt,"
	    " consegna = excluded.consegna, code = excluded.code, certified = excluded.certified, at = excluded.at RETURNING id" },
	[RN_ST_REGISTERED_LETTER] = { "registered-letter",
	    "SELECT letter_id FROM registered WHERE identificativo = $1 AND letter_id IS NOT NULL AND fault IS NULL"
	    " ORDER BY id LIMIT 1" },
	[RN_ST_PERIOD_NOTIFIED] = { "period-notified",
	    "SELECT MIN(r.at) FROM registered r JOIN letter l ON l.id = r.letter_id"
	    " WHERE l.period_id = $1 AND r.kind = 'avvenuta-consegna' AND r.fault IS NULL" },
	[RN_ST_RECEIPT_LIST] = { "receipt-list",
	    "SELECT r.id, r.inbox_id, r.letter_id, r.kind, r.signature, r.fault, r.provider, r.certificate, r.mittente,"
	    " r.identificativo, r.msgid, r.rcpt, r.consegna, r.code, r.certified, r.at FROM registered r"
	    " LEFT JOIN letter l ON l.id = r.letter_id WHERE r.id > $1"
	    " AND (CAST($2 AS BIGINT) IS NULL OR r.letter_id = $2) AND (CAST($3 AS BIGINT) IS NULL OR l.box_id = $3)"
	    " AND r.kind IN ('accettazione', 'non-accettazione', 'presa-in-carico', 'avvenuta-consegna',"
	    " 'errore-consegna', 'preavviso-errore-consegna', 'rilevazione-virus') ORDER BY r.id LIMIT $4" },
	[RN_ST_REGISTERED_SEEN] = { "registered-seen",
	    "SELECT id FROM registered WHERE kind = $1 AND identificativo = $2"
	    " AND (CAST($3 AS TEXT) IS NULL OR rcpt = $3) AND fault IS NULL AND inbox_id <> $4 LIMIT 1" },
};
/* clang-format on */

static const RnStatement *
statement(RnStmt stmt)
{
	if (stmt >= RN_ST_UPKEEP)
		return &rn_stmt_upkeep[stmt - RN_ST_UPKEEP];
	return stmt >= RN_ST_DESK ? &rn_stmt_desk[stmt - RN_ST_DESK] : &statements[stmt];
}

const char *
rn_stmt_name(RnStmt stmt)
{
	return statement(stmt)->name;
}

const char *
rn_stmt_sql(RnStmt stmt)
{
	return statement(stmt)->sql;
}

gboolean
rn_stmt_reads(RnStmt stmt)
{
	return g_str_has_prefix(rn_stmt_sql(stmt), "SELECT ");
}
