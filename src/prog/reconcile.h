/* reconcile.h: the provider's invoice against the orders that the payer owes. */
#ifndef RN_PROG_RECONCILE_H
#define RN_PROG_RECONCILE_H

#include "core/engine.h"

/* One order as it is owed. */
typedef struct {
	char	*number, *reference, *box, *holder;	/* reference: the provider's own number, "" = none */
	char	*payer;		/* as the order's summary named it */
	gint64	 at;		/* of the acceptance */
	gint64	 notified;	/* when a letter about it was delivered, as a receipt proves; 0 = not proven */
	gint64	 price, vat, total;	/* cents */
	gboolean billed;	/* set by rn_reconcile() */
} RnOwed;

/* Reads the CSV FILE (columns order, reference or box, and amount: without VAT) and prints one line for every
 * row of it and for every one of OWED (RnOwed) that it leaves out. *DIFFERENT counts what is not matched.
 * RN_ERR_INPUT names the line. */
gboolean rn_reconcile(const char *file, GPtrArray *owed, guint *different, GError **error);

#endif
