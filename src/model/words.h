/* words.h: every enum of the model and the words that the store, the JSON and the CLI use for it.
 * rn_word() and rn_word_read() are the only translation. */
#ifndef RN_MODEL_WORDS_H
#define RN_MODEL_WORDS_H

#include "base/base.h"

/* What kind of mail it is. Only RN_CLASS_HUMAN (and a human on a list) may say anything. "human" ... */
typedef enum {
	RN_CLASS_HUMAN,
	RN_CLASS_AUTO,
	RN_CLASS_BOUNCE,
	RN_CLASS_RECEIPT,
	RN_CLASS_READ_RECEIPT,
	RN_CLASS_FEEDBACK,
	RN_CLASS_CALENDAR,
	RN_CLASS_LIST,
	RN_CLASS_N
} RnClass;

/* What the typed text says. "empty" ... */
typedef enum {
	RN_INTENT_EMPTY,
	RN_INTENT_UNCLEAR,
	RN_INTENT_QUESTION,
	RN_INTENT_RENEW,
	RN_INTENT_ACCEPT,
	RN_INTENT_YES,
	RN_INTENT_NO,
	RN_INTENT_CANCEL,
	RN_INTENT_AUTHORIZE,
	RN_INTENT_STATUS,
	RN_INTENT_LIST,
	RN_INTENT_HELP,
	RN_INTENT_N
} RnIntent;

/* Token purposes; the numbers go on the wire (high 4 bits of byte 1) and never change. */
typedef enum {
	RN_PURPOSE_NONE = 0,
	RN_PURPOSE_RENEW = 1,
	RN_PURPOSE_ACCEPT = 2,
	RN_PURPOSE_DECLINE = 3,
	RN_PURPOSE_QUESTION = 4,
	RN_PURPOSE_AUTHORIZE = 5,
	RN_PURPOSE_BOUNCE = 6,
	RN_PURPOSE_ADMIN = 7,
	RN_PURPOSE_VERIFY = 8,
	RN_PURPOSE_N
} RnPurpose;

typedef enum { RN_WHERE_NONE, RN_WHERE_RECIPIENT, RN_WHERE_THREAD, RN_WHERE_BODY, RN_WHERE_N } RnWhere;

/* "unchecked": something shaped like a token was seen, but no key was at hand (explain without a key). */
typedef enum {
	RN_TOKEN_NONE,
	RN_TOKEN_GOOD,
	RN_TOKEN_EXPIRED,
	RN_TOKEN_BAD,
	RN_TOKEN_UNKNOWN_KEY,
	RN_TOKEN_UNCHECKED,
	RN_TOKEN_N
} RnTokenVerdict;

/* Proof of the sender, weakest first (design section 6): an order of strength, so compare with >=. */
typedef enum {
	RN_PROOF_NONE,
	RN_PROOF_FAILED,
	RN_PROOF_LOW,
	RN_PROOF_NORMAL,
	RN_PROOF_STRONG,
	RN_PROOF_N
} RnProof;

/* What the policy says to do with a message. "record", "hold" ... */
typedef enum {
	RN_ACT_RECORD,		/* machine mail: noted, nothing follows */
	RN_ACT_HOLD,		/* waits for a person */
	RN_ACT_HOLD_WARN,	/* held, and the registered address is warned (once a day) */
	RN_ACT_GO_ON,		/* a request: the order goes on, the summary to the registered address */
	RN_ACT_GO_ON_NAMED,	/* the same, and the summary names who wrote (not a registered address) */
	RN_ACT_CONCLUDE,	/* an acceptance: the order is concluded */
	RN_ACT_HOLD_AUTHORIZE,	/* held; the registered address is asked to authorize the writer */
	RN_ACT_DECLINE,		/* a clear no */
	RN_ACT_CANCEL,		/* takes back a request or an acceptance */
	RN_ACT_ASK,		/* asked again, once */
	RN_ACT_FRESH,		/* fresh notice (or summary) to the registered address */
	RN_ACT_COMMAND,		/* list, status, help */
	RN_ACT_AUTHORIZE,	/* a good authorize token, answered */
	RN_ACT_JUNK,		/* nobody's: digest and headers only */
	RN_ACT_DESK,		/* an administrator's answer to the digest of held mail */
	RN_ACT_SELFTEST,	/* an administrator wants to hear how the site is */
	RN_ACT_VERIFY,		/* the writer is told whether a mail is ours */
	RN_ACT_MARK,		/* the mark that the holder has chosen is kept */
	RN_ACT_N
} RnAction;

/* "requested" ... "failed" */
typedef enum {
	RN_ORDER_NONE,		/* no order yet for this period */
	RN_ORDER_REQUESTED,
	RN_ORDER_DOCUMENT,
	RN_ORDER_OFFERED,
	RN_ORDER_ACCEPTED,
	RN_ORDER_RENEWED,
	RN_ORDER_DECLINED,
	RN_ORDER_CANCELLED,
	RN_ORDER_LAPSED,
	RN_ORDER_FAILED,
	RN_ORDER_N
} RnOrderState;

typedef enum { RN_BOX_ACTIVE, RN_BOX_DEACTIVATED, RN_BOX_CLOSED, RN_BOX_N } RnBoxState;

/* Letters that we write; also the names of the templates. "notice" ... */
typedef enum {
	RN_LETTER_NOTICE,	/* scadenza */
	RN_LETTER_FRESH,	/* fresh notice, asked for or because the token had expired */
	RN_LETTER_DOCUMENT,	/* the identity document is asked for */
	RN_LETTER_SUMMARY,	/* riepilogo with contracts */
	RN_LETTER_CONFIRMATION,	/* conferma: concluded */
	RN_LETTER_RENEWED,	/* rinnovata */
	RN_LETTER_TROUBLE,	/* problema */
	RN_LETTER_ASK,		/* asked again */
	RN_LETTER_ALREADY,	/* already done, or already asked for */
	RN_LETTER_DECLINED,
	RN_LETTER_CANCELLED,
	RN_LETTER_WARNING,	/* a mail with your token did not prove its sender */
	RN_LETTER_ADMIN,	/* to the administrator of the site */
	RN_LETTER_LIST,		/* elenco: every box of the writer, with a link each */
	RN_LETTER_HELP,		/* aiuto: the words that are understood */
	RN_LETTER_AUTHORIZE,	/* somebody else answered: the holder may authorize the address */
	RN_LETTER_REFUSED,	/* the document was refused, and why */
	RN_LETTER_DEACTIVATED,	/* disattivazione */
	RN_LETTER_MOVED,	/* to the old reference address: it was changed */
	RN_LETTER_REMINDER,	/* the summary once more: nobody has accepted it */
	RN_LETTER_WAITS,	/* the acceptance came, and the payer has to decide first */
	RN_LETTER_VERIFY,	/* whether a mail that was forwarded is ours */
	RN_LETTER_N
} RnLetterKind;

/* "queued" ... */
typedef enum {
	RN_SEND_QUEUED,
	RN_SEND_CLAIMED,
	RN_SEND_SENT,
	RN_SEND_UNCERTAIN,
	RN_SEND_FAILED,
	RN_SEND_DROPPED,
	RN_SEND_N
} RnSendState;

/* What a provider is asked to do. */
typedef enum { RN_CALL_RENEW, RN_CALL_DEACTIVATE, RN_CALL_REACTIVATE, RN_CALL_N } RnCallKind;

/* What became of the session record that our milter puts into a message. "none" ... */
typedef enum { RN_SESSION_NONE, RN_SESSION_BAD, RN_SESSION_GOOD, RN_SESSION_N } RnSessionVerdict;

typedef enum {
	RN_WORDS_CLASS,
	RN_WORDS_INTENT,
	RN_WORDS_PURPOSE,
	RN_WORDS_WHERE,
	RN_WORDS_TOKEN,
	RN_WORDS_PROOF,
	RN_WORDS_ACTION,
	RN_WORDS_ORDER,
	RN_WORDS_BOX,
	RN_WORDS_LETTER,
	RN_WORDS_SEND,
	RN_WORDS_CALL,
	RN_WORDS_SESSION
} RnWords;

/* The word for VALUE of the enum WORDS ("read-receipt", "good", "go-on"); static. "?" for a value out of
 * range. */
const char *rn_word(RnWords words, int value);

/* The value of WORD in the enum WORDS, -1 if there is none. */
int rn_word_read(RnWords words, const char *word);

#endif
