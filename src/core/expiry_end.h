/* expiry_end.h: the end of one box within a transaction. Only expiry*.c include it. */
#ifndef RN_CORE_EXPIRY_END_H
#define RN_CORE_EXPIRY_END_H

#include "core/desk.h"
#include "core/evidence.h"

/* The boxes of one convention that end in one transaction. */
typedef struct {
	RnDesk		 d;
	const RnConvention *c;
	GString		*names;		/* the deactivated ones, for the secretary */
	gint64		 first;		/* the first of them */
	guint		 deactivated, left, lapsed;
} RnEnding;

/* Carries out DECISION: deactivates BOX, or says in the ledger why it is left alone (when that changes).
 * LAPSES: its open order has run out of time. */
gboolean rn_ending_box(RnEnding *end, RnBox *box, RnExpiry decision, gboolean lapses, GError **error);

/* One note with all of them to the secretary, or to the administrator where there is none. */
gboolean rn_ending_tell(RnEnding *end, RnDay today, GError **error);

/* Lapses the open orders of boxes that are not active any more, or have another date by now, once their time
 * has run out. */
gboolean rn_ending_late(RnEnding *end, const RnEvidence *ev, RnDay today, GError **error);

/* The provider is asked to do KIND with BOX, which has just been switched. */
gboolean rn_ending_call(RnDesk *d, const RnBox *box, RnCallKind kind, GError **error);

#endif
