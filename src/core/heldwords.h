/* heldwords.h: why a mail waits for a person, in words, and what that person will likely want to do. */
#ifndef RN_CORE_HELDWORDS_H
#define RN_CORE_HELDWORDS_H

#include "model/order.h"

/* What a person can do with a held mail. */
typedef enum {
	RN_HELD_ACCEPT,		/* it counts: its yes, no or cancel is carried out */
	RN_HELD_DISCARD,	/* it counts for nothing, and nobody is written to */
	RN_HELD_ASK,		/* the member is asked again, or answered, at the registered address */
	RN_HELD_RELEASE,	/* judged once more, with the same bytes */
	RN_HELD_CLOSE,		/* dealt with elsewhere */
	RN_HELD_N
} RnHeldVerb;

/* "accept" ... as the desk and the ledger call it; "accetta" ... as it is answered by mail. Static. */
const char *rn_held_word(RnHeldVerb verb);
const char *rn_held_parola(RnHeldVerb verb);

/* The verb that WORD is, in either language and whatever its case; RN_HELD_N if none. */
RnHeldVerb rn_held_verb(const char *word);

/* Why a mail with RULE was treated as it was: an English sentence, also for rows of the policy that hold
 * nothing; NULL if RULE is unknown (or NULL). Static. */
const char *rn_held_reason(const char *rule);

/* The same in Italian for a mail that is held; a sentence for any other rule as well. Static. */
const char *rn_held_motivo(const char *rule);

/* WHY, a reason that rn_held_decide() gives, in Italian; itself where it is none. Static or WHY. */
const char *rn_held_perche(const char *why);

/* The verbs that make sense for IN (BY_MAIL: or at the machine), likeliest first, into OUT; their number.
 */
guint rn_held_likely(const RnInbox *in, gboolean by_mail, RnHeldVerb out[RN_HELD_N]);

#endif
