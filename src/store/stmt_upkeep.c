/* stmt_upkeep.c: the statements of moving house, of sealing anew and of the metrics; the rules of stmt.h hold
 * for them too. */
#include "store/stmt.h"

#define AT(stmt) [(stmt)-RN_ST_UPKEEP]

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
};
/* clang-format on */
