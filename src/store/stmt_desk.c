/* stmt_desk.c: the statements of the administrator's desk, kept as those of stmt.c are. */
#include "store/stmt.h"

#define AT(stmt) [(stmt)-RN_ST_DESK]

/* clang-format off */
const RnStatement rn_stmt_desk[RN_ST_UPKEEP - RN_ST_DESK] = {
	AT(RN_ST_LETTER_NEXT) = { "letter-next", "SELECT COALESCE(MAX(id), 0) + 1 FROM letter" },
	AT(RN_ST_BOX_COUNT_STATE) = { "box-count-state", "SELECT COUNT(*) FROM box WHERE state = $1" },
	AT(RN_ST_DIGEST_ADD) = { "digest-add",
	    "INSERT INTO digest (day, public_id, at) VALUES ($1, $2, $3)"
	    " ON CONFLICT (public_id) DO NOTHING RETURNING id" },
	AT(RN_ST_DIGEST_OF_DAY) = { "digest-of-day", "SELECT id, public_id FROM digest WHERE day = $1" },
	AT(RN_ST_DIGEST_FIND) = { "digest-find", "SELECT id FROM digest WHERE public_id = $1" },
	AT(RN_ST_CASE_ADD) = { "case-add",
	    "INSERT INTO digest_case (digest_id, n, inbox_id) VALUES ($1, $2, $3) RETURNING n" },
	AT(RN_ST_CASE_FIND) = { "case-find", "SELECT inbox_id FROM digest_case WHERE digest_id = $1 AND n = $2" },
	AT(RN_ST_CASE_N) = { "case-n", "SELECT n FROM digest_case WHERE inbox_id = $1 AND digest_id = $2" },
	AT(RN_ST_DECISION_ADD) = { "decision-add",
	    "INSERT INTO held_decision (inbox_id, at, who, what) VALUES ($1, $2, $3, $4) RETURNING id" },
	AT(RN_ST_DECISION_LAST) = { "decision-last",
	    "SELECT inbox_id, at, who, what FROM held_decision WHERE inbox_id = $1 ORDER BY id DESC LIMIT 1" },
	AT(RN_ST_DESK_COUNT_SINCE) = { "desk-count-since",
	    "SELECT COUNT(*) FROM letter WHERE rcpt = $1 AND created >= $2 AND key LIKE 'held/desk/%'" },
	AT(RN_ST_LEDGER_NEWEST) = { "ledger-newest", "SELECT at FROM ledger ORDER BY id DESC LIMIT 1" },
	AT(RN_ST_INBOX_KNOWN) = { "inbox-known", "SELECT id FROM inbox WHERE message_id = $1 LIMIT 1" },
	AT(RN_ST_CALL_OF_BOX) = { "call-of-box",
	    "SELECT " RN_STMT_CALL " FROM call WHERE box_id = $1 AND id > $2 ORDER BY id LIMIT $3" },
	AT(RN_ST_REPORT_PERIODS) = { "report-periods",
	    "SELECT p.id, p.expiry, b.id, (SELECT COUNT(*) FROM inbox i WHERE i.held = 1 AND"
	    " (i.period_id = p.id OR (i.period_id IS NULL AND i.box_id = b.id)))"
	    " FROM period p JOIN box b ON b.id = p.box_id WHERE p.id > $1 AND b.convention = $2"
	    " AND p.expiry >= $3 AND p.expiry <= $4 AND (p.expiry = b.expiry OR EXISTS (SELECT 1 FROM renewal r"
	    " WHERE r.period_id = p.id AND r.state IN ('accepted', 'renewed', 'failed'))) ORDER BY p.id LIMIT $5" },
	AT(RN_ST_NOTICE_LIST) = { "notice-list",
	    "SELECT day, decision, at FROM notice WHERE period_id = $1 ORDER BY at, day DESC" },
};
/* clang-format on */
