/* desk.h: writing within one transaction: letters, moves of orders, ledger rows. Doors, campaign and outbox
 * share it. */
#ifndef RN_CORE_DESK_H
#define RN_CORE_DESK_H

#include "core/engine.h"

#define RN_RULE_BUDGET "budget-exhausted"	/* why such an acceptance is held; also in the store */

/* One piece of work in one transaction. Plain struct on the stack; owns nothing. */
typedef struct {
	RnEngine	*e;
	RnTx		*tx;
	gint64		 now;
	const char	*who;		/* for the ledger: "member", "notify", "provider", "admin:root" */
	const char	*why;		/* rule or reason */
	gint64		 inbox_id;	/* the mail that it is about, 0 = none */
	GHashTable	*readings;	/* of held mails (heldread.h), read before; NULL: none was */
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
	const char	*html, *csv;	/* the same as HTML, and its figures as a file beside it */
	gboolean	 outdated;	/* of a summary: an earlier one was accepted */
	gboolean	 document_waits;	/* for a person, who has to look at it */
	int		 days;		/* days before expiry; for notices */
	const GPtrArray	*rows;		/* of a list (listing.h) */
	const RnLetter	*about;		/* of a verification: the letter that was shown, NULL if none of ours */
	gboolean	 attached;	/* and it was shown as it is, not within a text */
	gboolean	 changed;	/* of a verification: it bears a code of ours, and is not what we sent */
	gboolean	 status;	/* of a list: with the state of each order */
	guint64		 digest;	/* of a list of held mail: what its token names instead of a period */
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
	gboolean	 outdated;	/* an offer was accepted that does not stand any more */
} RnMove;

/* A digest of what a summary for BOX and the period until EXPIRY offers today: term, payer, account,
 * declarations, contracts. NULL where a contract cannot be read. Caller frees. */
char *rn_desk_terms(const RnConvention *c, const RnBox *box, RnDay expiry);

/* The step of the token that accepts OFFER, the number of a summary. */
#define RN_OFFER_STEP(offer) ((offer)&15)
#define RN_OFFERS 15	/* of one period: then a person looks at it, for a step would come twice */

typedef enum { RN_MOVED, RN_MOVE_ILLEGAL, RN_MOVE_TOO_LATE } RnMoved;

/* Feeds EVENT to the newest order of the box's period (or a new one): state, ledger, and all that the table
 * says has to follow. *ORDER (may be NULL) gets the order as it is then. RN_MOVE_ILLEGAL: a hole in the
 * table, nothing changed. RN_MOVE_TOO_LATE: the provider has been asked, nothing changed. */
gboolean rn_desk_move(
    RnDesk *d, RnOrderEvent event, const RnMove *move, RnMoved *moved, RnOrder **order, GError **error);

/* Reminds the member of the offer of ORDER, which waits: the summary once more, as the reminder of DAY (days
 * before expiry), once. Where what it offers has changed since it is another offer from then on. */
gboolean rn_desk_remind(RnDesk *d, const RnBox *box, RnOrder *order, int day, GError **error);

/* The picture of LOOK with its media type; NULL where there is none, or where it cannot be read: a letter
 * goes without it, and the log says why. */
GBytes *rn_desk_logo(const RnHouseLook *look, const char **type);

/* A Message-ID of ours without its token: enough to find the letter, here and in the log of the mail server,
 * and no secret. Caller frees. */
char *rn_desk_public_id(const char *message_id);

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

/* The link (mailto:) that asks for what ASK's purpose is: a renewal, a no, a question; in LANGUAGE, with a
 * token of its own. Caller frees. */
char *rn_desk_link(RnDesk *d, const RnLetterAsk *ask, const char *language);

#endif
