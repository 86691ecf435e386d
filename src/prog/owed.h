/* owed.h: the orders that the payer owes, one by one, and the provider's invoice against them. */
#ifndef RN_PROG_OWED_H
#define RN_PROG_OWED_H

#include "core/engine.h"

/* Prints the orders of CONVENTION that were concluded from FROM up to, not including, TO (seconds), as text
 * or CSV, or compares them with the file INVOICE (NULL: none). The exit code. */
int rn_report_owed(
    RnEngine *e, const char *convention, gint64 from, gint64 to, const char *invoice, gboolean csv);

#endif
