/* store_chain.h: what a test of the store wants to know of the ledger: it is whole. */
#ifndef RN_TEST_STORE_CHAIN_H
#define RN_TEST_STORE_CHAIN_H

#include "core/audit.h"
#include "store_house.h"

static inline void
chain_trouble(const char *convention, gint64 seq, G_GNUC_UNUSED const RnLedgerEntry *row, const char *what,
    G_GNUC_UNUSED gpointer data)
{
	g_error("%s row %" G_GINT64_FORMAT " %s", convention, seq, what);
}

/* The number of rows of CONVENTION, which fit each other. */
static inline gint64
whole_chain(RnTx *tx, const char *convention)
{
	GPtrArray *none = g_ptr_array_new();
	gint64 rows;
	RnAudit a;

	GOOD(rn_audit_chain(tx, convention, none, chain_trouble, NULL, &a, &error));
	rows = a.rows;
	g_assert_cmpint(a.wrong, ==, 0);
	rn_audit_clear(&a);
	g_ptr_array_unref(none);
	return rows;
}

#endif
