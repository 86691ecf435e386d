/* store_ledger.c: the ledger is only added to, and what was changed behind its back is found. */
#include <sqlite3.h>

#include "core/audit.h"
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

static void
tell(G_GNUC_UNUSED const char *convention, gint64 seq, G_GNUC_UNUSED const RnLedgerEntry *row,
    const char *what, gpointer data)
{
	g_string_append_printf(data, "%" G_GINT64_FORMAT " %s\n", seq, what);
}

/* What the audit says about CONVENTION, a line for each trouble; caller frees. */
static char *
verify(const House *h, const char *convention, gint64 *rows, const char *noted)
{
	RnTx *tx = rn_tx_look(h->store, NULL);
	GString *said = g_string_new(NULL);
	GPtrArray *heads = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rn_noted_head_free);
	RnAudit a;

	if (noted != NULL)
		GOOD(rn_noted_head_read(heads, noted, "note", &error));
	GOOD(rn_audit_chain(tx, convention, heads, tell, said, &a, &error));
	*rows = a.rows;
	rn_audit_clear(&a);
	g_ptr_array_unref(heads);
	rn_tx_rollback(tx);
	return g_string_free(said, FALSE);
}

/* Does a line of SAID begin with WANT? NULL: there is none. */
static gboolean
says(const char *said, const char *want)
{
	char *line = g_strconcat("\n", want, NULL), *all = g_strconcat("\n", said, NULL);
	gboolean there = want == NULL ? *said == '\0' : strstr(all, line) != NULL;

	g_free(line);
	g_free(all);
	return there;
}

static void
assert_whole(const House *h, const char *convention, gint64 want)
{
	gint64 rows;
	char *said = verify(h, convention, &rows, NULL);

	g_assert_cmpstr(said, ==, "");
	g_assert_cmpint(rows, ==, want);
	g_free(said);
}

static void
test_chain(void)
{
	House h;
	RnTx *tx;
	GPtrArray *list = NULL;
	RnLedgerEntry *e;

	fill(&h);
	assert_whole(&h, "medici", 5);
	assert_whole(&h, "nobody", 0);
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

/* The first digest, made by hand from the description in model/ledger.h: others must be able to do the same.
 */
static void
test_described(void)
{
	static const char text[] =
	    "16:rinnova-ledger/2,6:medici,1:1,4:1000,6:member,16:notice 0 decided,21:good-token-normal-yes,"
	    "1:4,1:5,1:6,1:7,1:8,0:,0:,0:,";
	GByteArray *bytes = g_byte_array_new();
	guint8 content[32];
	gsize n = sizeof(content);
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	House h;
	RnTx *tx;
	GPtrArray *list = NULL;
	char *digest;

	fill(&h);
	g_byte_array_set_size(bytes, 32);
	memset(bytes->data, 0, 32);
	g_checksum_update(sum, (const guint8 *)text, sizeof(text) - 1);
	g_checksum_get_digest(sum, content, &n);
	g_checksum_free(sum);
	g_byte_array_append(bytes, content, sizeof(content));
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

/* In a ledger where the ids 1, 3, 5, 7, 9 are rows 1 to 5 of one convention: what is done behind its back,
 * and what the audit says. */
static const struct {
	const char	*sql, *said;
} tampered[] = {
	{ "UPDATE ledger SET who = 'admin' WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET what = what || ' ' WHERE id = 5", "3 was changed" },
	{ "UPDATE ledger SET why = '' WHERE id = 1", "1 was changed" },
	{ "UPDATE ledger SET at = at + 1 WHERE id = 9", "5 was changed" },
	{ "UPDATE ledger SET box_id = 5 WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET period_id = 0 WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET renewal_id = 0 WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET inbox_id = 0 WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET letter_id = 0 WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET format = 1 WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET inbox_digest = 'ab' WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET letter_digest = 'ab' WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET digest = 'zz' WHERE id = 3", "2 was changed" },
	{ "UPDATE ledger SET detail_digest = '' WHERE id = 5", "3 its detail was changed" },
	{ "UPDATE ledger_detail SET detail = 'NON RINNOVO' WHERE ledger_id = 5", "3 its detail was changed" },
	{ "INSERT INTO ledger_detail VALUES (3, 'NON RINNOVO')", "2 its detail was changed" },
	{ "DELETE FROM ledger WHERE id = 3", "2 is missing\n" },
	{ "DELETE FROM ledger WHERE id IN (3, 5)", "2 is missing, and so is every row up to 3\n" },
	{ "DELETE FROM ledger WHERE id = 1", "1 is missing\n" },
	{ "UPDATE ledger SET convention = 'other' WHERE id = 7", "4 is missing\n" },
	{ "UPDATE ledger SET seq = 99 WHERE id = 3; UPDATE ledger SET seq = 2 WHERE id = 5;"
	  "UPDATE ledger SET seq = 3 WHERE id = 3", "2 was written as row 3: rows were moved" },
	{ "UPDATE ledger SET seq = seq + 100 WHERE convention = 'medici' AND seq > 2;"
	  "UPDATE ledger SET seq = seq - 99 WHERE convention = 'medici' AND seq > 100;"
	  "INSERT INTO ledger SELECT 99, convention, 3, at, who, what, why, box_id, period_id, renewal_id, inbox_id,"
	  " letter_id, '', digest, format, '', '' FROM ledger WHERE id = 3", "3 was changed, or never written" },
	{ "DELETE FROM ledger WHERE id = 3; UPDATE ledger SET seq = seq - 1 WHERE convention = 'medici' AND seq > 1",
	  "2 was changed" },
	{ "DELETE FROM ledger WHERE id = 9", "5 is not there any more, but was noted (note): rows were cut off" },
	{ "DELETE FROM ledger_detail", NULL },	/* erased by right: the chain holds */
	{ "UPDATE ledger SET who = 'admin' WHERE id = 4", NULL },	/* somebody else's chain */
};

static char *
head_of(const House *h)
{
	RnTx *tx = rn_tx_look(h->store, NULL);
	RnLedgerHead *head = NULL;
	char *text;

	GOOD(rn_store_ledger_head(tx, "medici", &head, &error));
	text = g_strdup_printf("medici:%" G_GINT64_FORMAT ":%s", head->seq, head->digest);
	rn_ledger_head_free(head);
	rn_tx_rollback(tx);
	return text;
}

static void
test_tampered(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(tampered); i++) {
		const char *want = tampered[i].said;
		House h;
		gint64 n;
		char *said, *noted;

		fill(&h);
		noted = head_of(&h);
		raw(&h, UNLOCK, SQLITE_OK);
		raw(&h, tampered[i].sql, SQLITE_OK);
		said = verify(&h, "medici", &n, noted);
		if (!says(said, want))
			g_error("%s: said \"%s\" and not \"%s\"", tampered[i].sql, said, want);
		g_free(said);
		g_free(noted);
		house_end(&h);
	}
}

/* Whoever writes the whole chain anew is found by a head that was noted before. */
static void
test_noted(void)
{
	House h;
	gint64 n;
	char *said, *noted;
	GError *why = NULL;
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rn_noted_head_free);
	static const char *const odd[] = { "", "medici", "medici:1", "medici:x:0", "medici:0:", ":1:ab" };

	fill(&h);
	noted = head_of(&h);
	said = verify(&h, "medici", &n, noted);
	g_assert_cmpstr(said, ==, "");
	g_free(said);
	noted[strlen(noted) - 1] = noted[strlen(noted) - 1] == 'a' ? 'b' : 'a';
	said = verify(&h, "medici", &n, noted);
	g_assert_nonnull(strstr(said, "5 had another digest when it was noted (note)"));
	g_free(said);
	g_free(noted);
	for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
		g_assert_false(rn_noted_head_read(list, odd[i], "x", &why));
		g_assert_error(why, RN_ERROR, RN_ERR_USAGE);
		g_clear_error(&why);
	}
	g_ptr_array_unref(list);
	house_end(&h);
}

/* Longer than a page of the verifier; texts that are no UTF-8 do not break their own digest. */
static void
test_long(void)
{
	House h;
	RnTx *tx;

	house_begin(&h);
	tx = begin(h.store);
	for (int i = 0; i < 1200; i++)
		add(tx, "medici", "x", i % 2 ? "caff\xe8" : NULL);
	commit(tx);
	assert_whole(&h, "medici", 1200);
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
	g_test_add_func("/store/ledger/noted", test_noted);
	g_test_add_func("/store/ledger/long", test_long);
	return g_test_run();
}
