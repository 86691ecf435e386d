/* store_stmt.c: every statement keeps the rules of stmt.h, and SQLite takes it. */
#include <sqlite3.h>

#include "store/schema_sqlite.h"
#include "store/stmt.h"
#include "store_house.h"

/* The numbers of "$N" in SQL, in order. */
static GArray *
parameters(const char *sql)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(int));

	for (const char *p = strchr(sql, '$'); p != NULL; p = strchr(p + 1, '$')) {
		int n = (int)g_ascii_strtoll(p + 1, NULL, 10);

		g_array_append_val(list, n);
	}
	return list;
}

static void
test_parameters_rise(void)
{
	for (RnStmt i = 0; i < RN_ST_N; i++) {
		GArray *list = parameters(rn_stmt_sql(i));
		int highest = 0;

		for (guint k = 0; k < list->len; k++) {
			int n = g_array_index(list, int, k);

			if (n > highest + 1 || n < 1)
				g_error("%s: $%d comes before $%d", rn_stmt_name(i), n, highest + 1);
			highest = MAX(highest, n);
		}
		g_array_free(list, TRUE);
	}
}

/* What SQLite would take and PostgreSQL would not, or would take otherwise. */
static void
test_one_text(void)
{
	static const struct {
		const char	*pattern;
		const char	*why;
	} bad[] = {
		{ "\\$[0-9]+ IS (NOT )?NULL", "a parameter beside IS NULL without CAST" },
		{ "ON CONFLICT (DO|$)", "a conflict without its target" },
		{ "(?i)\\bOR (IGNORE|REPLACE)\\b", "SQLite's own conflict clause" },
		{ "(?i)\\b(ifnull|strftime|datetime|julianday|last_insert_rowid|changes|printf|group_concat|instr|rowid|glob)\\b",
		    "a function of SQLite" },
		{ "(?i)\\b(max|min)\\([^)]*,", "a scalar max or min" },
		{ "\\?", "a parameter without a number" },
		{ "\"", "a double quote" },
		{ "(?i)AS (INTEGER|INT|BLOB)\\b", "a type that is another one in PostgreSQL" },
	};

	for (RnStmt i = 0; i < RN_ST_N; i++) {
		g_assert_nonnull(rn_stmt_name(i));
		for (gsize k = 0; k < G_N_ELEMENTS(bad); k++)
			if (g_regex_match_simple(bad[k].pattern, rn_stmt_sql(i), 0, 0))
				g_error("%s: %s", rn_stmt_name(i), bad[k].why);
		for (RnStmt k = 0; k < i; k++)
			g_assert_cmpstr(rn_stmt_name(k), !=, rn_stmt_name(i));
	}
}

static void
test_sqlite_takes_all(void)
{
	sqlite3 *h;

	g_assert_cmpint(sqlite3_open(":memory:", &h), ==, SQLITE_OK);
	for (int i = 0; i < RN_SCHEMA_SQLITE_N; i++)
		for (const char *const *text = rn_schema_sqlite[i]; *text != NULL; text++)
			if (sqlite3_exec(h, *text, NULL, NULL, NULL) != SQLITE_OK)
				g_error("schema: %s: %.60s", sqlite3_errmsg(h), *text);
	for (RnStmt i = 0; i < RN_ST_N; i++) {
		sqlite3_stmt *stmt = NULL;

		if (sqlite3_prepare_v2(h, rn_stmt_sql(i), -1, &stmt, NULL) != SQLITE_OK)
			g_error("%s: %s", rn_stmt_name(i), sqlite3_errmsg(h));
		if (!sqlite3_stmt_readonly(stmt) == !!rn_stmt_reads(i))
			g_error("%s: rn_stmt_reads() is wrong", rn_stmt_name(i));
		sqlite3_finalize(stmt);
	}
	sqlite3_close(h);
}

/* The claims, and what is looked up for each mail, must not read whole tables. */
static void
test_indexes_serve(void)
{
	static const RnStmt fast[] = {
		RN_ST_BOX_GET, RN_ST_BOX_FIND, RN_ST_BOX_OF_PERIOD, RN_ST_BOX_OF_ADDRESS, RN_ST_PERIOD_FIND,
		RN_ST_NOTICE_LAST, RN_ST_ORDER_FIND, RN_ST_ORDER_NEWEST, RN_ST_ORDER_OF_BOX,
		RN_ST_LETTER_NEXT, RN_ST_LETTER_EXISTS,
		RN_ST_LETTER_BY_MESSAGE, RN_ST_LETTER_OFFER, RN_ST_LETTER_NOTICE,
		RN_ST_LETTER_CLAIM, RN_ST_LETTER_CLAIM_STALE, RN_ST_LETTER_OF_BOX, RN_ST_OUTBOX_NEXT,
		RN_ST_CALL_CLAIM, RN_ST_CALL_CLAIM_STALE, RN_ST_CALL_PUT_OFF, RN_ST_CALL_OF_ORDER, RN_ST_CALL_BEGUN,
		RN_ST_CALL_DROP, RN_ST_INBOX_FIND, RN_ST_INBOX_SAME, RN_ST_INBOX_HELD, RN_ST_INBOX_OF_BOX,
		RN_ST_DOCUMENT_FIND, RN_ST_LEDGER_LAST, RN_ST_LEDGER_OF_BOX, RN_ST_LEDGER_CHAIN,
		RN_ST_KEEP_MAIL, RN_ST_KEEP_WORDS, RN_ST_KEEP_LETTER, RN_ST_FORGET_DETAIL,
	};
	House house;
	sqlite3 *h;

	house_begin(&house);
	g_assert_cmpint(sqlite3_open(house.path, &h), ==, SQLITE_OK);
	for (gsize i = 0; i < G_N_ELEMENTS(fast); i++) {
		char *sql = g_strconcat("EXPLAIN QUERY PLAN ", rn_stmt_sql(fast[i]), NULL);
		sqlite3_stmt *stmt = NULL;

		g_assert_cmpint(sqlite3_prepare_v2(h, sql, -1, &stmt, NULL), ==, SQLITE_OK);
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *plan = (const char *)sqlite3_column_text(stmt, 3);
			gboolean derived = strstr(plan, "SCAN t") != NULL || strstr(plan, "SCAN (") != NULL ||
			    strcmp(plan, "SCAN h") == 0;	/* legal holds are few */

			if (g_str_has_prefix(plan, "SCAN ") && strstr(plan, "USING") == NULL && !derived)
				g_error("%s: %s", rn_stmt_name(fast[i]), plan);
		}
		sqlite3_finalize(stmt);
		g_free(sql);
	}
	sqlite3_close(h);
	house_end(&house);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/stmt/parameters-rise", test_parameters_rise);
	g_test_add_func("/store/stmt/one-text", test_one_text);
	g_test_add_func("/store/stmt/sqlite-takes-all", test_sqlite_takes_all);
	g_test_add_func("/store/stmt/indexes-serve", test_indexes_serve);
	return g_test_run();
}
