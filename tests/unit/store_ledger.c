/* store_ledger.c: the ledger is only added to, and what was changed behind its back is found. */
#include <sqlite3.h>

#include "store_house.h"

static void
add(RnTx *tx, const char *convention, const char *what, const char *detail)
{
	RnLedgerRow row = {
		.convention = convention, .at = 1000, .who = "member", .what = what, .why = "good-token-normal-yes",
		.box_id = 4,
		.period_id = 5, .order_id = 6, .inbox_id = 7, .letter_id = 8, .detail = detail,
	};

	GOOD(rn_store_ledger_add(tx, &row, &error));
}

static void
raw(const House *h, const char *sql, int want)
{
	sqlite3 *db;
	int rc;

	g_assert_cmpint(sqlite3_open(h->path, &db), ==, SQLITE_OK);
	rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (rc != want)
		g_error("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void
fill(House *h)
{
	RnTx *tx;

	house_begin(h);
	tx = begin(h->store);
	for (int i = 0; i < 5; i++) {
		char *what = g_strdup_printf("notice %d decided", i);

		add(tx, "medici", what, i == 2 ? "Risposta: RINNOVA, grazie" : NULL);
		add(tx, "avvocati", what, NULL);
		g_free(what);
	}
	commit(tx);
}

static gint64
verify(const House *h, const char *convention, gint64 *rows)
{
	RnTx *tx = rn_tx_look(h->store, NULL);
	gint64 bad = -1;

	GOOD(rn_store_ledger_verify(tx, convention, rows, &bad, &error));
	rn_tx_rollback(tx);
	return bad;
}

static void
test_chain(void)
{
	House h;
	gint64 rows;
	RnTx *tx;
	GPtrArray *list = NULL;
	RnLedgerEntry *e;

	fill(&h);
	g_assert_cmpint(verify(&h, "medici", &rows), ==, 0);
	g_assert_cmpint(rows, ==, 5);
	g_assert_cmpint(verify(&h, "nobody", &rows), ==, 0);
	g_assert_cmpint(rows, ==, 0);
	tx = rn_tx_look(h.store, NULL);
	GOOD(rn_store_ledger(tx, "medici", 0, 0, 100, &list, &error));
	g_assert_cmpuint(list->len, ==, 5);
	e = g_ptr_array_index(list, 2);
	g_assert_cmpint(e->seq, ==, 3);
	g_assert_cmpstr(e->what, ==, "notice 2 decided");
	g_assert_cmpstr(e->detail, ==, "Risposta: RINNOVA, grazie");
	g_assert_cmpint(e->letter_id, ==, 8);
	g_ptr_array_unref(list);
	GOOD(rn_store_ledger(tx, NULL, 0, 3, 100, &list, &error));
	g_assert_cmpuint(list->len, ==, 7);
	g_ptr_array_unref(list);
	GOOD(rn_store_ledger(tx, NULL, 4, 0, 4, &list, &error));
	g_assert_cmpuint(list->len, ==, 4);
	g_ptr_array_unref(list);
	rn_tx_rollback(tx);
	house_end(&h);
}

/* The first digest, made by hand from the description in ledger.c: others must be able to do the same. */
static void
test_described(void)
{
	static const char text[] =
	    "6:medici,1:1,4:1000,6:member,16:notice 0 decided,21:good-token-normal-yes,1:4,1:5,1:6,1:7,1:8,0:,";
	GByteArray *bytes = g_byte_array_new();
	House h;
	RnTx *tx;
	GPtrArray *list = NULL;
	char *digest;

	fill(&h);
	g_byte_array_set_size(bytes, 32);
	memset(bytes->data, 0, 32);
	g_byte_array_append(bytes, (const guint8 *)text, sizeof(text) - 1);
	digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes->data, bytes->len);
	tx = rn_tx_look(h.store, NULL);
	GOOD(rn_store_ledger(tx, "medici", 0, 0, 1, &list, &error));
	g_assert_cmpstr(((RnLedgerEntry *)g_ptr_array_index(list, 0))->digest, ==, digest);
	g_ptr_array_unref(list);
	rn_tx_rollback(tx);
	g_free(digest);
	g_byte_array_unref(bytes);
	house_end(&h);
}

static void
test_refused(void)
{
	House h;

	fill(&h);
	raw(&h, "UPDATE ledger SET who = 'admin' WHERE id = 1", SQLITE_CONSTRAINT);
	raw(&h, "DELETE FROM ledger WHERE id = 1", SQLITE_CONSTRAINT);
	raw(&h, "DELETE FROM ledger", SQLITE_CONSTRAINT);
	house_end(&h);
}

#define UNLOCK "DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete;"

static void
test_tampered(void)
{
	/* In a ledger where rows 1, 3, 5, 7, 9 are one convention's. */
	static const struct {
		const char	*sql;
		gint64		 bad;
	} rows[] = {
		{ "UPDATE ledger SET who = 'admin' WHERE id = 3", 3 },
		{ "UPDATE ledger SET what = what || ' ' WHERE id = 5", 5 },
		{ "UPDATE ledger SET why = '' WHERE id = 1", 1 },
		{ "UPDATE ledger SET at = at + 1 WHERE id = 9", 9 },
		{ "UPDATE ledger SET box_id = 5 WHERE id = 3", 3 },
		{ "UPDATE ledger SET period_id = 0 WHERE id = 3", 3 },
		{ "UPDATE ledger SET renewal_id = 0 WHERE id = 3", 3 },
		{ "UPDATE ledger SET inbox_id = 0 WHERE id = 3", 3 },
		{ "UPDATE ledger SET letter_id = 0 WHERE id = 3", 3 },
		{ "UPDATE ledger SET digest = 'zz' WHERE id = 3", 3 },
		{ "UPDATE ledger SET detail_digest = '' WHERE id = 5", 5 },
		{ "UPDATE ledger_detail SET detail = 'NON RINNOVO' WHERE ledger_id = 5", 5 },
		{ "DELETE FROM ledger WHERE id = 3", 5 },
		{ "DELETE FROM ledger WHERE id = 1", 3 },
		{ "UPDATE ledger SET convention = 'other' WHERE id = 7", 9 },
		{ "DELETE FROM ledger_detail", 0 },	/* erased by right: the chain holds */
		{ "UPDATE ledger SET who = 'admin' WHERE id = 4", 0 },	/* somebody else's chain */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		House h;
		gint64 n, bad;

		fill(&h);
		raw(&h, UNLOCK, SQLITE_OK);
		raw(&h, rows[i].sql, SQLITE_OK);
		bad = verify(&h, "medici", &n);
		if (bad != rows[i].bad)
			g_error("%s: found %" G_GINT64_FORMAT " instead of %" G_GINT64_FORMAT, rows[i].sql,
			    bad, rows[i].bad);
		house_end(&h);
	}
}

/* Longer than a page of the verifier; texts that are no UTF-8 do not break their own digest. */
static void
test_long(void)
{
	House h;
	RnTx *tx;
	gint64 rows;

	house_begin(&h);
	tx = begin(h.store);
	for (int i = 0; i < 1200; i++)
		add(tx, "medici", "x", i % 2 ? "caff\xe8" : NULL);
	commit(tx);
	g_assert_cmpint(verify(&h, "medici", &rows), ==, 0);
	g_assert_cmpint(rows, ==, 1200);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/ledger/chain", test_chain);
	g_test_add_func("/store/ledger/described", test_described);
	g_test_add_func("/store/ledger/refused", test_refused);
	g_test_add_func("/store/ledger/tampered", test_tampered);
	g_test_add_func("/store/ledger/long", test_long);
	return g_test_run();
}
