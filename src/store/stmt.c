/* stmt.c: the table of all statements; the rules they keep stand in stmt.h, and tests/unit/store_stmt.c holds
 * them to those. Column lists are in the order in which the readers in box.c, order.c ... take them. */
#include "store/stmt.h"

#define BOX                                                                                                          \
	"SELECT b.id, b.name, b.holder, b.reference, b.reference2, b.account, b.convention, b.type, b.state, b.document," \
	" b.business_register, b.entitled, b.language, b.expiry, b.entitled_from, b.entitled_to, p.id, p.public_id"
#define BOX_CURRENT BOX " FROM box b LEFT JOIN period p ON p.box_id = b.id AND p.expiry = b.expiry"

#define ORDER_VALUES                                                                                               \
	"box_id, period_id, convention, state, number, account, payer, price, vat, term, old_expiry, new_expiry, proof," \
	" words, requested, offered, accepted, ended"
#define ORDER "SELECT id, " ORDER_VALUES " FROM renewal"

#define LETTER                                                                                                  \
	"id, key, kind, step, box_id, period_id, renewal_id, rcpt, sender, message_id, subject, state, due, created," \
	" sent, attempts, error"
#define LETTER_WHOLE "SELECT " LETTER ", raw FROM letter"
/* What was claimed and never ended may have been sent: said so, until the next attempt says more (law 8). */
#define UNKNOWN "'outcome unknown: its sender ended without a word'"

#define CALL "id, key, kind, renewal_id, box_id, convention, state, due, created, done, attempts, error"

#define INBOX                                                                                             \
	"SELECT id, rcpt, sender, message_id, digest, queue_id, client, taken, processed, class, intent,"   \
	" typed_text, matched, author, proof, proof_why, rule, action, held, box_id, period_id, renewal_id"

#define DOCUMENT "SELECT id, box_id, inbox_id, at, name, kind, sha256, state, reason, size FROM document"

#define LEDGER                                                                                                  \
	"SELECT l.id, l.seq, l.at, l.box_id, l.period_id, l.renewal_id, l.inbox_id, l.letter_id, l.convention, l.who," \
	" l.what, l.why, d.detail, l.digest"
#define LEDGER_FROM " FROM ledger l LEFT JOIN ledger_detail d ON d.ledger_id = l.id"

typedef struct {
	const char	*name;
	const char	*sql;
} Statement;

/* clang-format off */
static const Statement statements[RN_ST_N] = {
	[RN_ST_META_GET] = { "meta-get", "SELECT value FROM meta WHERE key = $1" },
	[RN_ST_META_PUT] = { "meta-put",
	    "INSERT INTO meta (key, value) VALUES ($1, $2)"
	    " ON CONFLICT (key) DO UPDATE SET value = excluded.value" },

	[RN_ST_BOX_ADD] = { "box-add",
	    "INSERT INTO box (name, holder, reference, reference2, account, convention, type, state, document,"
	    " business_register, entitled, language, expiry, entitled_from, entitled_to)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id" },
	[RN_ST_BOX_UPDATE] = { "box-update",
	    "UPDATE box SET name = $1, holder = $2, reference = $3, reference2 = $4, account = $5, convention = $6,"
	    " type = $7, state = $8, document = $9, business_register = $10, entitled = $11, language = $12,"
	    " expiry = $13, entitled_from = $14, entitled_to = $15 WHERE id = $16 RETURNING id" },
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
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id" },
	[RN_ST_ORDER_SAVE] = { "order-save",
	    "UPDATE renewal SET box_id = $1, period_id = $2, convention = $3, state = $4, number = $5, account = $6,"
	    " payer = $7, price = $8, vat = $9, term = $10, old_expiry = $11, new_expiry = $12, proof = $13, words = $14,"
	    " requested = $15, offered = $16, accepted = $17, ended = $18 WHERE id = $19 AND state = $20 RETURNING id" },
	[RN_ST_ORDER_GET] = { "order-get", ORDER " WHERE id = $1" },
	[RN_ST_ORDER_FIND] = { "order-find", ORDER " WHERE number = $1" },
	[RN_ST_ORDER_NEWEST] = { "order-newest", ORDER " WHERE period_id = $1 ORDER BY id DESC LIMIT 1" },
	[RN_ST_ORDER_LIST] = { "order-list",
	    ORDER " WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR convention = $2)"
	    " AND (CAST($3 AS TEXT) IS NULL OR state = $3) ORDER BY id LIMIT $4" },
	[RN_ST_ORDER_OF_BOX] = { "order-of-box", ORDER " WHERE box_id = $1 ORDER BY id" },
	[RN_ST_ORDER_NUMBER] = { "order-number",
	    "INSERT INTO order_number (year, last) VALUES ($1, 1)"
	    " ON CONFLICT (year) DO UPDATE SET last = order_number.last + 1 RETURNING last" },

	[RN_ST_LETTER_ADD] = { "letter-add",
	    "INSERT INTO letter (key, kind, step, box_id, period_id, renewal_id, rcpt, sender, message_id, subject, state,"
	    " due, created, sent, attempts, error, raw)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
	    " ON CONFLICT (key) DO NOTHING RETURNING id" },
	[RN_ST_LETTER_EXISTS] = { "letter-exists", "SELECT id FROM letter WHERE key = $1" },
	[RN_ST_LETTER_GET] = { "letter-get", LETTER_WHOLE " WHERE id = $1" },
	[RN_ST_LETTER_BY_MESSAGE] = { "letter-by-message",
	    LETTER_WHOLE " WHERE message_id = $1 ORDER BY id DESC LIMIT 1" },
	/* A letter that has not left yet cannot be the one that is answered, if there is another. */
	[RN_ST_LETTER_OFFER] = { "letter-offer",
	    LETTER_WHOLE " WHERE period_id = $1 AND kind = 'summary'"
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
	    "UPDATE letter SET state = $1, due = $2, sent = $3, error = $4, lease = NULL"
	    " WHERE id = $5 AND attempts = $6 AND state = 'claimed' RETURNING id" },
	[RN_ST_LETTER_PUT_BACK] = { "letter-put-back",
	    "UPDATE letter SET state = 'queued', due = $1, attempts = attempts - 1, lease = NULL"
	    " WHERE id = $2 AND attempts = $3 AND state = 'claimed' RETURNING id" },
	[RN_ST_LETTER_AGAIN] = { "letter-again",
	    "UPDATE letter SET state = 'queued', due = $1, created = $1 WHERE id = $2"
	    " AND state IN ('failed', 'uncertain') RETURNING id" },
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
	    "UPDATE call SET attempts = attempts + 1, lease = $1, error = " UNKNOWN
	    " WHERE id = (SELECT id FROM call WHERE state = 'claimed' AND lease <= $2 ORDER BY lease, id LIMIT 1)"
	    " AND state = 'claimed' AND lease <= $2 RETURNING " CALL },
	[RN_ST_CALL_CLAIM] = { "call-claim",
	    "UPDATE call SET state = 'claimed', attempts = attempts + 1, lease = $1"
	    " WHERE id = (SELECT id FROM call WHERE state = 'queued' AND due <= $2 ORDER BY due, id LIMIT 1)"
	    " AND state = 'queued' AND due <= $2 RETURNING " CALL },
	[RN_ST_CALL_RESULT] = { "call-result",
	    "UPDATE call SET state = $1, due = $2, done = $3, error = $4, lease = NULL"
	    " WHERE id = $5 AND attempts = $6 AND state = 'claimed' RETURNING id" },
	/* Begun: the provider may have heard of it. What it refused for good is over and counts no more. */
	[RN_ST_CALL_BEGUN] = { "call-begun",
	    "SELECT COUNT(*) FROM call WHERE renewal_id = $1 AND (state IN ('claimed', 'sent', 'uncertain')"
	    " OR (state = 'queued' AND attempts > 0))" },
	[RN_ST_CALL_AGAIN] = { "call-again",
	    "UPDATE call SET state = 'queued', due = $1 WHERE renewal_id = $2 AND kind = $3"
	    " AND state IN ('failed', 'uncertain', 'sent', 'dropped') RETURNING id" },
	[RN_ST_CALL_DROP] = { "call-drop",
	    "UPDATE call SET state = 'dropped' WHERE renewal_id = $1 AND state = 'queued' AND attempts = 0" },
	[RN_ST_CALL_LIST] = { "call-list",
	    "SELECT " CALL " FROM call WHERE id > $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) ORDER BY id LIMIT $3" },

	[RN_ST_INBOX_ADD] = { "inbox-add",
	    "INSERT INTO inbox (rcpt, sender, message_id, digest, queue_id, client, taken, processed, class, intent,"
	    " typed_text, matched, author, proof, proof_why, rule, action, held, box_id, period_id, renewal_id, raw)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)"
	    " ON CONFLICT (rcpt, message_id, digest) DO NOTHING RETURNING id" },
	[RN_ST_INBOX_FIND] = { "inbox-find",
	    "SELECT id FROM inbox WHERE rcpt = $1 AND message_id = $2 AND digest = $3" },
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

	[RN_ST_DOCUMENT_ADD] = { "document-add",
	    "INSERT INTO document (box_id, inbox_id, at, name, kind, sha256, state, reason, size, data)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (box_id, sha256) DO NOTHING RETURNING id" },
	[RN_ST_DOCUMENT_FIND] = { "document-find", "SELECT id FROM document WHERE box_id = $1 AND sha256 = $2" },
	[RN_ST_DOCUMENT_LIST] = { "document-list",
	    DOCUMENT " WHERE id > $1 AND (CAST($2 AS BIGINT) IS NULL OR box_id = $2) ORDER BY id LIMIT $3" },
	[RN_ST_DOCUMENT_GET] = { "document-get", DOCUMENT " WHERE id = $1" },
	[RN_ST_DOCUMENT_STATE] = { "document-state",
	    "UPDATE document SET state = $1, reason = $2 WHERE id = $3 RETURNING id" },
	[RN_ST_DOCUMENT_DATA] = { "document-data", "SELECT data FROM document WHERE id = $1" },

	[RN_ST_LEDGER_LAST] = { "ledger-last",
	    "SELECT seq, digest FROM ledger WHERE convention = $1 ORDER BY seq DESC LIMIT 1" },
	[RN_ST_LEDGER_ADD] = { "ledger-add",
	    "INSERT INTO ledger (convention, seq, at, who, what, why, box_id, period_id, renewal_id, inbox_id, letter_id,"
	    " detail_digest, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id" },
	[RN_ST_LEDGER_DETAIL_ADD] = { "ledger-detail-add",
	    "INSERT INTO ledger_detail (ledger_id, detail) VALUES ($1, $2)" },
	[RN_ST_LEDGER_LIST] = { "ledger-list", LEDGER LEDGER_FROM " WHERE l.id > $1 ORDER BY l.id LIMIT $2" },
	[RN_ST_LEDGER_OF_CONVENTION] = { "ledger-of-convention",
	    LEDGER LEDGER_FROM " WHERE l.convention = $1 AND l.id > $2 ORDER BY l.id LIMIT $3" },
	[RN_ST_LEDGER_OF_BOX] = { "ledger-of-box",
	    LEDGER LEDGER_FROM " WHERE l.box_id = $1 AND l.id > $2 ORDER BY l.id LIMIT $3" },
	[RN_ST_LEDGER_CHAIN] = { "ledger-chain",
	    LEDGER ", l.detail_digest" LEDGER_FROM " WHERE l.convention = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3" },

	[RN_ST_LETTER_ROW_ADD] = { "letter-row-add",
	    "INSERT INTO letter_row (letter_id, n, period_public) VALUES ($1, $2, $3) RETURNING n" },
	[RN_ST_LETTER_ROWS] = { "letter-rows", "SELECT period_public FROM letter_row WHERE letter_id = $1 ORDER BY n" },
	[RN_ST_LETTER_LISTS] = { "letter-lists",
	    LETTER_WHOLE " WHERE period_id = $1 AND kind = 'list' ORDER BY id DESC LIMIT 2" },

	[RN_ST_AUTH_ADD] = { "authorization-add",
	    "INSERT INTO authorization (period_id, step, inbox_id, address, at, state)"
	    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING step" },
	[RN_ST_AUTH_FIND] = { "authorization-find",
	    "SELECT step, inbox_id, address, at, state FROM authorization WHERE period_id = $1 AND step = $2" },
	[RN_ST_AUTH_LIST] = { "authorization-list",
	    "SELECT step, inbox_id, address, at, state FROM authorization WHERE period_id = $1 ORDER BY step" },
	[RN_ST_AUTH_STATE] = { "authorization-state",
	    "UPDATE authorization SET state = $1 WHERE period_id = $2 AND step = $3 RETURNING step" },

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

	[RN_ST_BOX_COUNT_STATE] = { "box-count-state", "SELECT COUNT(*) FROM box WHERE state = $1" },
	[RN_ST_EXPIRY_DECISION_GET] = { "expiry-decision-get",
	    "SELECT CASE WHEN decision = $1 THEN 1 ELSE 0 END FROM expiry_decision WHERE period_id = $2" },
	[RN_ST_EXPIRY_DECISION_PUT] = { "expiry-decision-put",
	    "INSERT INTO expiry_decision (period_id, decision, at) VALUES ($1, $2, $3)"
	    " ON CONFLICT (period_id) DO UPDATE SET decision = excluded.decision, at = excluded.at"
	    " WHERE expiry_decision.decision <> excluded.decision RETURNING period_id" },
	[RN_ST_CALL_DROP_BOX] = { "call-drop-box",
	    "UPDATE call SET state = 'dropped' WHERE box_id = $1 AND kind = $2 AND state = 'queued' AND attempts = 0"
	    " RETURNING id" },
};
/* clang-format on */

const char *
rn_stmt_name(RnStmt stmt)
{
	return statements[stmt].name;
}

const char *
rn_stmt_sql(RnStmt stmt)
{
	return statements[stmt].sql;
}

gboolean
rn_stmt_reads(RnStmt stmt)
{
	return g_str_has_prefix(statements[stmt].sql, "SELECT ");
}
