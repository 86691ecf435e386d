/* heldcase.h: what a person decides about a held mail; the desk at the machine and the one by mail share it.
 */
#ifndef RN_CORE_HELDCASE_H
#define RN_CORE_HELDCASE_H

#include "core/desk.h"
#include "core/heldwords.h"

typedef struct {
	gint64		 inbox_id;
	RnHeldVerb	 verb;
	const char	*text;		/* of ask: what the member shall read; NULL: the usual question */
	const char	*reason;	/* kept in the ledger; NULL: none */
	gboolean	 by_mail;
} RnHeldWish;

typedef enum {
	RN_HELD_DONE,
	RN_HELD_STILL,		/* carried out, and it has to wait again because of RULE */
	RN_HELD_GONE,		/* it does not wait any more: somebody else was first, or it went on by itself */
	RN_HELD_MISSING,	/* there is no such mail */
	RN_HELD_REFUSED		/* it cannot be done, because of WHY; nothing was changed */
} RnHeldEnd;

typedef struct {
	RnHeldEnd	 end;
	char		*rule, *action;	/* of the mail as it is then */
	const char	*why;		/* static, English */
	RnDecision	*first;		/* of one that is gone: who decided; NULL if nobody did */
} RnHeldResult;

void rn_held_result_clear(RnHeldResult *r);

/* Carries WISH out within the transaction of D, whose WHO goes to the ledger and to the decision. An accept
 * or a release needs an engine with a parser and letters, an ask keys and letters. FALSE only where nothing
 * of the transaction may stand. */
gboolean rn_held_decide(RnDesk *d, const RnHeldWish *wish, RnHeldResult *result, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnHeldResult, rn_held_result_clear)

#endif
