/* desk.h: writing within one transaction: letters, moves of orders, ledger rows. Doors, campaign and outbox
 * share it. */
#ifndef RN_CORE_DESK_H
#define RN_CORE_DESK_H

#include "core/engine.h"

/* One piece of work in one transaction. Plain struct on the stack; owns nothing. */
typedef struct {
	RnEngine	*e;
	RnTx		*tx;
	gint64		 now;
	const char	*who;		/* for the ledger: "member", "notify", "provider", "admin:root" */
	const char	*why;		/* rule or reason */
	gint64		 inbox_id;	/* the mail that it is about, 0 = none */
} RnDesk;

/* What a letter is about. Members may be NULL or 0 where they do not apply. */
typedef struct {
	RnLetterKind	 kind;
	const char	*key;		/* unique key in the outbox */
	int		 step;
	RnPurpose	 purpose;	/* of the token in Reply-To */
	int		 token_step;	/* of that token, 0..15 */
	const RnBox	*box;
	const RnConvention *convention;
	const RnOrder	*order;
	RnDay		 expiry;	/* of the period; RN_DAY_NONE: the box's */
	const char	*to;		/* NULL: the box's reference address */
	gboolean	 to_box;	/* the letter goes to the box itself */
	const char	*answers;	/* Message-ID of the mail being answered, without <> */
	const char	*read;		/* the words that we read */
	gint64		 read_at;	/* when our mail server took them */
	const char	*other;		/* address that wrote and is not registered */
	const char	*reason;	/* {{motivo}} */
	const char	*subject, *text;	/* of an admin letter */
	gboolean	 document_waits;	/* for a person, who has to look at it */
	int		 days;		/* days before expiry; for notices */
	const GPtrArray	*rows;		/* of a list (listing.h) */
	gboolean	 status;	/* of a list: with the state of each order */
} RnLetterAsk;

/* Renders, composes and queues a letter; one with the same key that is there already is left alone and *FRESH
 * (may be NULL) is FALSE. */
gboolean rn_desk_letter(RnDesk *d, const RnLetterAsk *ask, gboolean *fresh, GError **error);

/* A note to the administrator of the site. */
gboolean rn_desk_admin(RnDesk *d, const char *key, const char *subject, const char *text, GError **error);

/* A row in the ledger about BOX and ORDER (may be NULL). */
gboolean rn_desk_ledger(
    RnDesk *d, const char *what, const RnBox *box, const RnOrder *order, const char *detail, GError **error);

/* What a move of an order may carry along. */
typedef struct {
	const RnBox	*box;
	RnDay		 period_expiry;
	const char	*answers;	/* Message-ID of the reply */
	const char	*words;		/* read as the answer */
	gint64		 taken;		/* when our mail server took the reply */
	const char	*other;		/* address of a writer who is not registered */
	RnProof		 proof;
	RnDay		 new_expiry;	/* of RN_EV_RENEWED, RN_DAY_NONE = as requested */
	const char	*reason;	/* the provider's words */
} RnMove;

typedef enum { RN_MOVED, RN_MOVE_ILLEGAL, RN_MOVE_TOO_LATE } RnMoved;

/* Feeds EVENT to the newest order of the box's period (or a new one): state, ledger, and all that the table
 * says has to follow. *ORDER (may be NULL) gets the order as it is then. RN_MOVE_ILLEGAL: a hole in the
 * table, nothing changed. RN_MOVE_TOO_LATE: the provider has been asked, nothing changed. */
gboolean rn_desk_move(
    RnDesk *d, RnOrderEvent event, const RnMove *move, RnMoved *moved, RnOrder **order, GError **error);

/* The values of a letter's template: the sample's names, filled for ASK. Caller frees. */
RnView *rn_desk_view(RnDesk *d, const RnLetterAsk *ask, const char *token);

/* The token that ASK's purpose, step, box and convention make; NULL where there is none. Caller frees. */
char *rn_desk_mint(RnDesk *d, const RnLetterAsk *ask);

/* Do the contracts go with this letter? With the one whose answer concludes: the summary, or the notice where
 * one reply is enough. */
gboolean rn_desk_encloses(const RnLetterAsk *ask);

/* The conventions' contract files as enclosures of a letter, with their SHA-256 (hex). */
typedef struct {
	char	*name;
	char	*type;
	char	*sha256;
	GBytes	*data;
} RnContract;

/* Reads the contract files of C: GPtrArray of RnContract. NULL with RN_ERR_CONFIG naming the file. */
GPtrArray *rn_desk_contracts(const RnConvention *c, GError **error);

/* DAY in words of LANGUAGE: "lunedì 30 novembre 2026". Caller frees. */
char *rn_desk_day_words(RnDay day);

#endif
