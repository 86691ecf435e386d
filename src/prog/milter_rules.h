/* milter_rules.h: what the milter does with a message, as one table: no socket, no library in it. */
#ifndef RN_PROG_MILTER_RULES_H
#define RN_PROG_MILTER_RULES_H

#include "base/base.h"

/* All that the decision rests on. */
typedef struct {
	guint	 ours, others;		/* accepted recipients */
	gboolean refuse;		/* key milter.refuse */
	gboolean headers;		/* the headers have been read, so the two below are known */
	gboolean token_good;		/* recipient or thread hold a token of ours, expired or not */
	gboolean token_seen;		/* they hold something that looks like one */
} RnMilterSight;

typedef enum {
	RN_MILTER_FOREIGN,	/* nobody of ours: pass, and say nothing */
	RN_MILTER_MIXED,	/* others too: pass, our copy comes by the queue */
	RN_MILTER_OURS,		/* only ours: read on */
	RN_MILTER_REFUSED	/* only ours, and every token is forged or garbled: 550 */
} RnMilterWay;

/* Pure; the first row that fits. *RULE (static) names it. */
RnMilterWay rn_milter_way(const RnMilterSight *s, const char **rule);

#endif
