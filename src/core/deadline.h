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
 * confirmation its end. FALSE if none does. The caller unrefs data. */
gboolean rn_deadline(RnDesk *d, const RnLetterAsk *ask, RnDeadline *deadline);

#endif
