/* verdict.h: what the policy is told beside the facts, and what it answers. */
#ifndef RN_MODEL_VERDICT_H
#define RN_MODEL_VERDICT_H

#include "base/base.h"
#include "model/words.h"

/* All that the policy needs to know from the store and the settings. Where nothing is known (explain without
 * a store) the zero value stands for the ordinary case. */
typedef struct {
	gboolean	known;		/* the token's period is in the store */
	gboolean	offer;		/* the token answers an offer (purpose accept), else a notice */
	gboolean	one_step;	/* the convention concludes by one reply */
	gboolean	low_forbidden;	/* the convention does not take acceptance at proof low */
	gboolean	asked_before;	/* the member was already asked again for this box, period and step */
	gboolean	declared;	/* every declaration that the convention demands was accepted by its verb */
	gboolean	member_likely;	/* From, or the address it claims, is registered for some box */
} RnSituation;

typedef struct {
	const char	*rule;		/* name of the first row that fits; static */
	RnAction	 action;
	const char	*why;		/* one English sentence; static */
} RnVerdict;

#endif
