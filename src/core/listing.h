/* listing.h: the boxes of a member as a list in a letter. */
#ifndef RN_CORE_LISTING_H
#define RN_CORE_LISTING_H

#include "core/desk.h"

typedef struct {
	RnBox		*box;
	RnOrder		*order;		/* the newest of its period, NULL if there is none */
	gboolean	 renewable;	/* a yes would open an order now */
} RnListRow;

/* Every box that ADDRESS speaks for, closed ones left out, in the order of the store. GPtrArray of RnListRow.
 */
gboolean rn_listing(RnDesk *d, const char *address, GPtrArray **rows, GError **error);

/* What the list letter answers to: the first row that can be renewed, else the first; NULL if there is none.
 */
const RnListRow *rn_listing_first(const GPtrArray *rows);

/* Fills the list of ASK's rows into V. */
void rn_listing_view(RnDesk *d, RnView *v, const RnLetterAsk *ask, const char *language);

/* Keeps the rows beside the letter that was written. */
gboolean rn_listing_keep(RnDesk *d, const RnLetterAsk *ask, gint64 letter_id, GError **error);

#endif
