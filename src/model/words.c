/* words.c: the one translation between the enums of the model and the words of store, JSON and CLI. */
#include "model/words.h"

#include <string.h>

typedef struct {
	const char	*const *words;
	int		 n;
} WordList;

/* clang-format off */
static const char *const class_words[] = {
	[RN_CLASS_HUMAN]	= "human",
	[RN_CLASS_AUTO]		= "auto",
	[RN_CLASS_BOUNCE]	= "bounce",
	[RN_CLASS_RECEIPT]	= "receipt",
	[RN_CLASS_READ_RECEIPT]	= "read-receipt",
	[RN_CLASS_FEEDBACK]	= "feedback",
	[RN_CLASS_CALENDAR]	= "calendar",
	[RN_CLASS_LIST]		= "list",
};

static const char *const intent_words[] = {
	[RN_INTENT_EMPTY]	= "empty",
	[RN_INTENT_UNCLEAR]	= "unclear",
	[RN_INTENT_QUESTION]	= "question",
	[RN_INTENT_RENEW]	= "renew",
	[RN_INTENT_ACCEPT]	= "accept",
	[RN_INTENT_YES]		= "yes",
	[RN_INTENT_NO]		= "no",
	[RN_INTENT_CANCEL]	= "cancel",
	[RN_INTENT_AUTHORIZE]	= "authorize",
	[RN_INTENT_STATUS]	= "status",
	[RN_INTENT_LIST]	= "list",
	[RN_INTENT_HELP]	= "help",
};

static const char *const purpose_words[] = {
	[RN_PURPOSE_NONE]	= "none",
	[RN_PURPOSE_RENEW]	= "renew",
	[RN_PURPOSE_ACCEPT]	= "accept",
	[RN_PURPOSE_DECLINE]	= "decline",
	[RN_PURPOSE_QUESTION]	= "question",
	[RN_PURPOSE_AUTHORIZE]	= "authorize",
	[RN_PURPOSE_BOUNCE]	= "bounce",
	[RN_PURPOSE_ADMIN]	= "admin",
	[RN_PURPOSE_VERIFY]	= "verify",
};

static const char *const where_words[] = {
	[RN_WHERE_NONE]		= "none",
	[RN_WHERE_RECIPIENT]	= "recipient",
	[RN_WHERE_THREAD]	= "thread",
	[RN_WHERE_BODY]		= "body",
};

static const char *const token_words[] = {
	[RN_TOKEN_NONE]		= "none",
	[RN_TOKEN_GOOD]		= "good",
	[RN_TOKEN_EXPIRED]	= "expired",
	[RN_TOKEN_BAD]		= "bad",
	[RN_TOKEN_UNKNOWN_KEY]	= "unknown-key",
	[RN_TOKEN_UNCHECKED]	= "unchecked",
};

static const char *const proof_words[] = {
	[RN_PROOF_NONE]		= "none",
	[RN_PROOF_FAILED]	= "failed",
	[RN_PROOF_LOW]		= "low",
	[RN_PROOF_NORMAL]	= "normal",
	[RN_PROOF_STRONG]	= "strong",
};

static const char *const action_words[] = {
	[RN_ACT_RECORD]		= "record",
	[RN_ACT_HOLD]		= "hold",
	[RN_ACT_HOLD_WARN]	= "hold-warn",
	[RN_ACT_GO_ON]		= "go-on",
	[RN_ACT_GO_ON_NAMED]	= "go-on-named",
	[RN_ACT_CONCLUDE]	= "conclude",
	[RN_ACT_HOLD_AUTHORIZE]	= "hold-authorize",
	[RN_ACT_DECLINE]	= "decline",
	[RN_ACT_CANCEL]		= "cancel",
	[RN_ACT_ASK]		= "ask",
	[RN_ACT_FRESH]		= "fresh",
	[RN_ACT_COMMAND]	= "command",
	[RN_ACT_AUTHORIZE]	= "authorize",
	[RN_ACT_VERIFY]		= "verify",
	[RN_ACT_MARK]		= "mark",
	[RN_ACT_JUNK]		= "junk",
	[RN_ACT_DESK]		= "desk",
	[RN_ACT_SELFTEST]	= "selftest",
};

static const char *const order_words[] = {
	[RN_ORDER_NONE]		= "none",
	[RN_ORDER_REQUESTED]	= "requested",
	[RN_ORDER_DOCUMENT]	= "document",
	[RN_ORDER_OFFERED]	= "offered",
	[RN_ORDER_ACCEPTED]	= "accepted",
	[RN_ORDER_RENEWED]	= "renewed",
	[RN_ORDER_DECLINED]	= "declined",
	[RN_ORDER_CANCELLED]	= "cancelled",
	[RN_ORDER_LAPSED]	= "lapsed",
	[RN_ORDER_FAILED]	= "failed",
};

static const char *const box_words[] = {
	[RN_BOX_ACTIVE]		= "active",
	[RN_BOX_DEACTIVATED]	= "deactivated",
	[RN_BOX_CLOSED]		= "closed",
};

static const char *const letter_words[] = {
	[RN_LETTER_NOTICE]	= "notice",
	[RN_LETTER_FRESH]	= "fresh",
	[RN_LETTER_DOCUMENT]	= "document",
	[RN_LETTER_SUMMARY]	= "summary",
	[RN_LETTER_CONFIRMATION] = "confirmation",
	[RN_LETTER_RENEWED]	= "renewed",
	[RN_LETTER_TROUBLE]	= "trouble",
	[RN_LETTER_ASK]		= "ask",
	[RN_LETTER_ALREADY]	= "already",
	[RN_LETTER_DECLINED]	= "declined",
	[RN_LETTER_CANCELLED]	= "cancelled",
	[RN_LETTER_WARNING]	= "warning",
	[RN_LETTER_ADMIN]	= "admin",
	[RN_LETTER_LIST]	= "list",
	[RN_LETTER_HELP]	= "help",
	[RN_LETTER_AUTHORIZE]	= "authorize",
	[RN_LETTER_REFUSED]	= "refused",
	[RN_LETTER_DEACTIVATED]	= "deactivated",
	[RN_LETTER_MOVED]	= "moved",
	[RN_LETTER_REMINDER]	= "reminder",
	[RN_LETTER_VERIFY]	= "verify",
	[RN_LETTER_WAITS]	= "waits",
};

static const char *const send_words[] = {
	[RN_SEND_QUEUED]	= "queued",
	[RN_SEND_CLAIMED]	= "claimed",
	[RN_SEND_SENT]		= "sent",
	[RN_SEND_UNCERTAIN]	= "uncertain",
	[RN_SEND_FAILED]	= "failed",
	[RN_SEND_DROPPED]	= "dropped",
};

static const char *const call_words[] = {
	[RN_CALL_RENEW]		= "renew",
	[RN_CALL_DEACTIVATE]	= "deactivate",
	[RN_CALL_REACTIVATE]	= "reactivate",
};

static const char *const session_words[] = {
	[RN_SESSION_NONE]	= "none",
	[RN_SESSION_BAD]	= "bad",
	[RN_SESSION_GOOD]	= "good",
};

static const WordList lists[] = {
	[RN_WORDS_CLASS]	= { class_words,	RN_CLASS_N },
	[RN_WORDS_INTENT]	= { intent_words,	RN_INTENT_N },
	[RN_WORDS_PURPOSE]	= { purpose_words,	RN_PURPOSE_N },
	[RN_WORDS_WHERE]	= { where_words,	RN_WHERE_N },
	[RN_WORDS_TOKEN]	= { token_words,	RN_TOKEN_N },
	[RN_WORDS_PROOF]	= { proof_words,	RN_PROOF_N },
	[RN_WORDS_ACTION]	= { action_words,	RN_ACT_N },
	[RN_WORDS_ORDER]	= { order_words,	RN_ORDER_N },
	[RN_WORDS_BOX]		= { box_words,		RN_BOX_N },
	[RN_WORDS_LETTER]	= { letter_words,	RN_LETTER_N },
	[RN_WORDS_SEND]		= { send_words,		RN_SEND_N },
	[RN_WORDS_CALL]		= { call_words,		RN_CALL_N },
	[RN_WORDS_SESSION]	= { session_words,	RN_SESSION_N },
};
/* clang-format on */

/* An enum that grows and a list that does not would put a NULL into the store. */
#define SAME_LENGTH(list, n) G_STATIC_ASSERT(G_N_ELEMENTS(list) == (n))
SAME_LENGTH(class_words, RN_CLASS_N);
SAME_LENGTH(intent_words, RN_INTENT_N);
SAME_LENGTH(purpose_words, RN_PURPOSE_N);
SAME_LENGTH(where_words, RN_WHERE_N);
SAME_LENGTH(token_words, RN_TOKEN_N);
SAME_LENGTH(proof_words, RN_PROOF_N);
SAME_LENGTH(action_words, RN_ACT_N);
SAME_LENGTH(order_words, RN_ORDER_N);
SAME_LENGTH(box_words, RN_BOX_N);
SAME_LENGTH(letter_words, RN_LETTER_N);
SAME_LENGTH(send_words, RN_SEND_N);
SAME_LENGTH(call_words, RN_CALL_N);
SAME_LENGTH(session_words, RN_SESSION_N);

const char *
rn_word(RnWords words, int value)
{
	if ((gsize)words >= G_N_ELEMENTS(lists) || value < 0 || value >= lists[words].n)
		return "?";
	return lists[words].words[value];
}

int
rn_word_read(RnWords words, const char *word)
{
	if ((gsize)words >= G_N_ELEMENTS(lists) || word == NULL)
		return -1;
	for (int i = 0; i < lists[words].n; i++)
		if (strcmp(lists[words].words[i], word) == 0)
			return i;
	return -1;
}
