/* order.h: a renewal order, a letter, a call to the provider, a mail that came in. Plain rows of the store.
 */
#ifndef RN_MODEL_ORDER_H
#define RN_MODEL_ORDER_H

#include "base/day.h"
#include "model/words.h"

/* What happens to an order (columns of the state table). */
typedef enum {
	RN_EV_REQUEST,		/* a clear yes to a notice */
	RN_EV_DOCUMENT_IN,	/* the document that was missing is on file */
	RN_EV_ACCEPT,		/* the offer was accepted */
	RN_EV_ONE_STEP,		/* asked and accepted by one reply */
	RN_EV_DECLINE,
	RN_EV_CANCEL,
	RN_EV_LAPSE,		/* the time for it is over */
	RN_EV_RENEWED,		/* the provider said so, or the administrator */
	RN_EV_REFUSED,		/* the provider refuses for good */
	RN_EV_RETRY,		/* the administrator sends a failed one to the provider again */
	RN_EV_DOCUMENT_WANTED,	/* requested, and no document is on file */
	RN_EV_N
} RnOrderEvent;

/* What has to follow a move: bits. */
typedef enum {
	RN_DO_NOTHING		= 0,
	RN_DO_ASK_DOCUMENT	= 1 << 0,	/* or go straight to the summary where one is on file */
	RN_DO_SEND_SUMMARY	= 1 << 1,
	RN_DO_NUMBER		= 1 << 2,	/* issue the order number, freeze the price */
	RN_DO_SEND_CONFIRMATION	= 1 << 3,
	RN_DO_CALL_PROVIDER	= 1 << 4,
	RN_DO_DROP_CALL		= 1 << 5,	/* take back a call that has not been made */
	RN_DO_MOVE_EXPIRY	= 1 << 6,
	RN_DO_SEND_RENEWED	= 1 << 7,
	RN_DO_SEND_TROUBLE	= 1 << 8,
	RN_DO_TELL_ADMIN	= 1 << 9,
	RN_DO_SEND_DECLINED	= 1 << 10,
	RN_DO_SEND_CANCELLED	= 1 << 11,
	RN_DO_SEND_ALREADY	= 1 << 12
} RnEffects;

typedef struct {
	gint64		 id;
	gint64		 box_id;
	gint64		 period_id;
	char		*convention;
	RnOrderState	 state;
	char		*number;	/* "2026-000042"; NULL before acceptance */
	char		*account;	/* frozen */
	char		*payer;		/* frozen */
	gint64		 price;		/* cents, frozen */
	int		 vat;		/* percent, frozen */
	int		 term;		/* months, frozen */
	RnDay		 old_expiry;
	RnDay		 new_expiry;	/* requested; the provider's word when renewed */
	RnProof		 proof;		/* of the acceptance */
	char		*words;		/* what was read as the answer */
	char		*reference;	/* the provider's own number for it, NULL if it gave none */
	int		 offer;		/* which summary of the period stands, from 1 */
	char		*terms;		/* digest of what that one said; NULL not known */
	gint64		 requested, offered, accepted, ended;	/* times of the moves, seconds UTC; 0 = not yet */
} RnOrder;

RnOrder *rn_order_new(void);
void rn_order_free(RnOrder *order);

/* The VAT on O's price, in cents, half a cent up. */
gint64 rn_order_vat(const RnOrder *o);

/* A letter in the outbox. Unique by KEY. */
typedef struct {
	gint64		 id;
	char		*key;		/* "order/12/summary/0", "box/7/3/notice/90": written once and for ever */
	RnLetterKind	 kind;
	int		 step;		/* notice: days before expiry; else the n-th of its kind */
	gint64		 box_id, period_id, order_id;	/* 0 = none */
	char		*rcpt;
	char		*sender;	/* envelope sender */
	char		*message_id;	/* without <> */
	char		*subject;
	GBytes		*raw;		/* the finished bytes, CRLF; sent again they are identical */
	char		*quoted;	/* rn_quoted_make() of them, once it has left; NULL not known */
	RnSendState	 state;
	gint64		 due;		/* not before, seconds UTC */
	gint64		 created, sent;
	int		 attempts;
	char		*error;		/* of the last attempt */
} RnLetter;

RnLetter *rn_letter_new(void);
void rn_letter_free(RnLetter *letter);

/* A call to a provider, in the outbox beside the letters. Unique by KEY, which is the idempotency key. */
typedef struct {
	gint64		 id;
	char		*key;		/* "renew-2026-000042" */
	RnCallKind	 kind;
	gint64		 order_id, box_id;
	char		*convention;
	RnSendState	 state;
	gint64		 due, created, done;
	int		 attempts;
	char		*error;
	gboolean	 doubt;		/* an earlier try may have been carried out: nobody knows */
} RnCall;

void rn_call_free(RnCall *call);

/* A mail that came in. Unique by (rcpt, message_id, digest). */
typedef struct {
	gint64		 id;
	char		*rcpt;		/* folded; with the whole token (cut in logs only) */
	char		*sender;	/* envelope sender; "" = <> */
	char		*message_id;	/* "" if it has none */
	char		*digest;	/* SHA-256 of the body, hex */
	char		*queue_id;
	char		*client;
	gint64		 taken;		/* when our mail server took it: the fair clock (law 5) */
	gint64		 processed;
	char		*session;	/* word of the milter's record: none bad good; NULL = none */
	char		*helo, *tls, *login;	/* what a good one says; NULL unknown */
	GBytes		*raw;
	char		*class_, *intent, *typed_text, *matched;	/* words of the model */
	char		*from;
	char		*proof, *proof_why;
	char		*rule, *action;
	gboolean	 held;		/* waits for a person */
	gint64		 box_id, period_id, order_id;
} RnInbox;

RnInbox *rn_inbox_new(void);
void rn_inbox_free(RnInbox *in);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnOrder, rn_order_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLetter, rn_letter_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnCall, rn_call_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnInbox, rn_inbox_free)

#endif
