/* deadline.h: the last day of a box, for the member's calendar. */
#ifndef RN_CORE_DEADLINE_H
#define RN_CORE_DEADLINE_H

#include "core/desk.h"

/* What goes with a letter: a file and its type. */
typedef struct {
	GBytes		*data;
	const char	*name, *type;	/* static */
} RnDeadline;

/* The event that goes with ASK where its convention wants one: with a notice the deadline, with the
 * confirmation its end, with the letter that an order is cancelled the deadline again. deadline->data is NULL
 * if none does; the caller unrefs it. */
gboolean rn_deadline(RnDesk *d, const RnLetterAsk *ask, RnDeadline *deadline, GError **error);

/* The other addresses of BOX whose calendars have the event: a notice of this period went there. They are
 * told what becomes of it. Static strings of BOX; the caller unrefs *TO. */
gboolean rn_deadline_others(
    RnDesk *d, const RnBox *box, const RnConvention *c, GPtrArray **to, GError **error);

#endif
