/* store_migrate.c: stores of older schemas are brought up to date, whole or not at all, after a copy. */
#include <sqlite3.h>

#include "store/db.h"
#include "store/migrate.h"
#include "store/schema_sqlite.h"
#include "store_chain.h"

#define NOW RN_SCHEMA_SQLITE_N

static char *
sample_sql(const char *name)
{
	const char *root = g_getenv("RINNOVA_ROOT");
	char *file = g_build_filename(root != NULL ? root : ".", "tests", "data", name, NULL);
	char *text = NULL;

	if (!g_file_get_contents(file, &text, NULL, NULL))
		g_error("%s cannot be read", file);
	g_free(file);
	return text;
}

/* A store loaded from the sample NAME, not opened yet. */
static void
load(House *h, const char *name)
{
	char *sql = sample_sql(name), *wrong = NULL;
	sqlite3 *db;

	h->folder = g_dir_make_tmp("rinnova-store-XXXXXX", NULL);
	h->path = g_build_filename(h->folder, "rinnova.db", NULL);
	h->url = g_strconcat("sqlite:", h->path, NULL);
	g_assert_cmpint(sqlite3_open(h->path, &db), ==, SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &wrong) != SQLITE_OK)
		g_error("%s: %s", name, wrong);
	sqlite3_close(db);
	g_free(sql);
}

/* Tables, columns and indexes of the store at PATH, a line each. */
static char *
shape(const char *path)
{
	static const char sql[] =
	    "SELECT s.type || ' ' || s.name || ' ' || COALESCE((SELECT group_concat(c.name || ' ' || c.type || ' ' || c.\"notnull\""
	    " || ' ' || c.pk) FROM pragma_table_info(s.name) c), '') FROM sqlite_schema s ORDER BY s.type, s.name";
	GString *text = g_string_new(NULL);
	sqlite3_stmt *stmt;
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		g_error("%s", sqlite3_errmsg(db));
	while (sqlite3_step(stmt) == SQLITE_ROW)
		g_string_append_printf(text, "%s\n", (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return g_string_free(text, FALSE);
}

/* Rows of both formats hang together. */
static void
assert_chain(RnTx *tx)
{
	RnLedgerRow row = { .convention = "medici", .who = "test", .what = "x", .why = "", .letter_id = 1 };

	GOOD(rn_store_ledger_add(tx, &row, &error));
	g_assert_cmpint(whole_chain(tx, "medici"), ==, 5);
}

/* A sample of an older schema, or of this one, as it was written by a program of its time. */
static void
test_sample(gconstpointer name)
{
	House h, fresh;
	RnTx *tx;
	RnBox *box = NULL;
	RnOrder *o = NULL;
	GPtrArray *list = NULL;
	RnLetter *l = NULL;
	RnCall *call = NULL;
	gboolean stale;
	RnDay expiry;
	char *number = NULL, *was, *is;

	load(&h, name);
	house_open(&h);
	house_begin(&fresh);
	was = shape(fresh.path);
	is = shape(h.path);
	g_assert_cmpstr(is, ==, was);
	g_free(was);
	g_free(is);
	house_end(&fresh);
	g_assert_true(rn_store_check(h.store, NULL));
	tx = begin(h.store);
	GOOD(rn_store_box_of_period(tx, 428804315258, &box, &expiry, &error));
	g_assert_cmpstr(box->name, ==, "m.verdi@pec.medici.example");
	g_assert_cmpint(expiry, ==, rn_day_from_ymd(2026, 3, 31));
	GOOD(rn_store_boxes_of_address(tx, "marta.vecchia@posta.example", &list, &error));
	g_assert_cmpuint(list->len, ==, 1);
	g_ptr_array_unref(list);
	GOOD(rn_store_order_find(tx, "2026-000001", &o, &error));
	g_assert_cmpint(o->state, ==, RN_ORDER_ACCEPTED);
	GOOD(rn_store_order_number(tx, 2026, &number, &error));
	g_assert_cmpstr(number, ==, "2026-000002");
	GOOD(rn_store_letter_claim(tx, 1800000000, 60, &l, &stale, &error));
	g_assert_cmpstr(l->key, ==, "order/1/confirmation/0");
	GOOD(rn_store_call_claim(tx, 1800000000, 60, &call, &stale, &error));
	g_assert_cmpstr(call->key, ==, "renew-2026-000001");
	assert_chain(tx);
	GOOD(rn_store_inbox(tx, FALSE, box->id, 0, 10, &list, &error));
	g_assert_cmpuint(list->len, ==, 1);
	g_ptr_array_unref(list);
	commit(tx);
	rn_box_free(box);
	rn_order_free(o);
	rn_letter_free(l);
	rn_call_free(call);
	g_free(number);
	house_end(&h);
}

/* The driver's own connection, brought to NEWEST by SCHEMA. */
static gboolean
climb(const House *h, const RnDbStep *schema, int newest, int *version, GError **error)
{
	RnDb *db = rn_db_sqlite.open(h->path, RN_DB_WRITE, NULL);
	gboolean ok;

	g_assert_nonnull(db);
	ok = rn_migrate(&rn_db_sqlite, db, schema, newest, 1000, error);
	g_assert_true(rn_db_sqlite.version(db, version, NULL));
	rn_db_sqlite.close(db);
	return ok;
}

static void
test_steps(void)
{
	static const char *const add[] = { "CREATE TABLE later (x TEXT) STRICT",
		"INSERT INTO later VALUES ('two')", NULL };
	static const char *const more[] = { "UPDATE later SET x = 'three'", NULL };
	static const char *const broken[] = { "INSERT INTO later VALUES ('four')",
		"INSERT INTO nowhere VALUES (1)", NULL };
	RnDbStep good[RN_SCHEMA_SQLITE_N + 2] = { NULL }, bad[RN_SCHEMA_SQLITE_N + 3] = { NULL };
	House h;
	RnStore *old;
	RnTx *tx;
	GError *why = NULL;
	char *value = NULL, *copy, *keep, *said;
	int version;

	good[NOW] = bad[NOW] = add;
	good[NOW + 1] = bad[NOW + 1] = more;
	bad[NOW + 2] = broken;
	house_begin(&h);
	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "a", "1", &error));
	commit(tx);

	/* while somebody else writes nothing happens */
	tx = begin(h.store);
	g_assert_false(climb(&h, good, NOW + 2, &version, &why));
	assert_said(why, RN_ERR_BUSY, "holds the lock");
	g_clear_error(&why);
	rn_tx_rollback(tx);
	g_clear_pointer(&h.store, rn_store_close);

	/* a step that fails takes all of them back */
	g_assert_false(climb(&h, bad, NOW + 3, &version, &why));
	g_assert_nonnull(why);
	g_clear_error(&why);
	g_assert_cmpint(version, ==, NOW);
	house_open(&h);
	g_clear_pointer(&h.store, rn_store_close);

	g_assert_true(climb(&h, good, NOW + 2, &version, NULL));
	g_assert_cmpint(version, ==, NOW + 2);
	g_assert_true(climb(&h, good, NOW + 2, &version, NULL));	/* again: nothing to do */
	g_assert_null(rn_store_open(h.url, FALSE, &why));
	said = g_strdup_printf("the store is of schema %d", NOW + 2);
	assert_said(why, RN_ERR_STORE, said);
	g_free(said);
	g_clear_error(&why);

	/* the copy is a store of the schema before, with what was in it */
	copy = g_strdup_printf("%s.v%d.bak", h.path, NOW);
	keep = g_strconcat("sqlite:", copy, NULL);
	old = rn_store_open(keep, TRUE, &why);
	g_assert_no_error(why);
	tx = rn_tx_look(old, NULL);
	GOOD(rn_store_meta_get(tx, "a", &value, &error));
	g_assert_cmpstr(value, ==, "1");
	rn_tx_rollback(tx);
	g_assert_true(rn_store_check(old, NULL));
	rn_store_close(old);
	g_free(value);
	g_free(keep);
	g_free(copy);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/store/migrate/sample-1", "store-v1.sql", test_sample);
	g_test_add_data_func("/store/migrate/sample-2", "store-v2.sql", test_sample);
	g_test_add_data_func("/store/migrate/sample-3", "store-v3.sql", test_sample);
	g_test_add_data_func("/store/migrate/sample-4", "store-v4.sql", test_sample);
	g_test_add_data_func("/store/migrate/sample-5", "store-v5.sql", test_sample);
	g_test_add_func("/store/migrate/steps", test_steps);
	return g_test_run();
}
