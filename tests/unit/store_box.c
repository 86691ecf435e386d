/* store_box.c: boxes, periods, notices, named values, transactions. */
#include <sqlite3.h>

#include "base/world.h"
#include "store_house.h"

static void
test_put(void)
{
	House h;
	RnTx *tx;
	RnBox *box, *old = NULL, *now = NULL, *none = NULL;
	RnPut put;
	gint64 id, again;
	RnDay expiry;

	house_begin(&h);
	tx = begin(h.store);
	box = sample_box("anna@pec.example");
	GOOD(rn_store_box_put(tx, box, &put, &id, &error));
	g_assert_cmpint(put, ==, RN_PUT_NEW);
	GOOD(rn_store_box_put(tx, box, &put, &again, &error));
	g_assert_cmpint(put, ==, RN_PUT_SAME);
	g_assert_cmpint(again, ==, id);
	GOOD(rn_store_box_find(tx, "anna@pec.example", &old, &error));
	g_assert_cmpstr(old->holder, ==, "Anna Prova");
	g_assert_cmpstr(old->account, ==, "login-1");
	g_assert_null(old->reference2);
	g_assert_true(old->document && old->entitled && !old->business_register);
	g_assert_cmpint(old->expiry, ==, EXPIRY);
	g_assert_cmpuint(old->period_public, >, 0);
	g_assert_cmpuint(old->period_public, <, G_GUINT64_CONSTANT(1) << 40);

	/* an earlier expiry is taken as well, and has a period of its own */
	box->expiry = EXPIRY - 10;
	g_free(box->reference2);
	box->reference2 = g_strdup("seconda@posta.example");
	GOOD(rn_store_box_put(tx, box, &put, &again, &error));
	g_assert_cmpint(put, ==, RN_PUT_CHANGED);
	GOOD(rn_store_box_get(tx, id, &now, &error));
	g_assert_cmpint(now->expiry, ==, EXPIRY - 10);
	g_assert_cmpint(now->period_id, !=, old->period_id);
	g_assert_cmpuint(now->period_public, !=, old->period_public);
	g_clear_pointer(&now, rn_box_free);

	/* the old period still leads to the box */
	GOOD(rn_store_box_of_period(tx, old->period_public, &now, &expiry, &error));
	g_assert_cmpint(now->id, ==, id);
	g_assert_cmpint(now->period_id, ==, old->period_id);
	g_assert_cmpint(expiry, ==, EXPIRY);
	g_assert_cmpint(now->expiry, ==, EXPIRY - 10);
	g_clear_pointer(&now, rn_box_free);

	/* and is taken up again, not opened twice */
	box->expiry = EXPIRY;
	GOOD(rn_store_box_put(tx, box, &put, &again, &error));
	GOOD(rn_store_box_get(tx, id, &now, &error));
	g_assert_cmpuint(now->period_public, ==, old->period_public);

	GOOD(rn_store_box_of_period(tx, 12345, &none, &expiry, &error));
	g_assert_null(none);
	GOOD(rn_store_box_get(tx, 999, &none, &error));
	g_assert_null(none);
	commit(tx);
	rn_box_free(box);
	rn_box_free(old);
	rn_box_free(now);
	house_end(&h);
}

/* A single difference in any field is seen as one. */
static void
test_changed(void)
{
	static const struct {
		const char	*row;
		gsize		 offset;
	} texts[] = {
		{ "holder", G_STRUCT_OFFSET(RnBox, holder) }, { "reference", G_STRUCT_OFFSET(RnBox, reference) },
		{ "reference2", G_STRUCT_OFFSET(RnBox, reference2) }, { "account", G_STRUCT_OFFSET(RnBox, account) },
		{ "convention", G_STRUCT_OFFSET(RnBox, convention) }, { "type", G_STRUCT_OFFSET(RnBox, type) },
		{ "language", G_STRUCT_OFFSET(RnBox, language) },
	}, flags[] = {
		{ "document", G_STRUCT_OFFSET(RnBox, document) },
		{ "register", G_STRUCT_OFFSET(RnBox, business_register) },
		{ "entitled", G_STRUCT_OFFSET(RnBox, entitled) },
	};
	House h;
	RnTx *tx;
	RnBox *box = sample_box("anna@pec.example"), *read = NULL;
	RnPut put;
	gint64 id;

	house_begin(&h);
	tx = begin(h.store);
	GOOD(rn_store_box_put(tx, box, &put, &id, &error));
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		char **text = &G_STRUCT_MEMBER(char *, box, texts[i].offset);

		g_free(*text);
		*text = g_strdup_printf("other %s", texts[i].row);
		GOOD(rn_store_box_put(tx, box, &put, &id, &error));
		if (put != RN_PUT_CHANGED)
			g_error("%s: the change was not seen", texts[i].row);
		GOOD(rn_store_box_get(tx, id, &read, &error));
		g_assert_cmpstr(G_STRUCT_MEMBER(char *, read, texts[i].offset), ==, *text);
		g_clear_pointer(&read, rn_box_free);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
		gboolean *flag = &G_STRUCT_MEMBER(gboolean, box, flags[i].offset);

		*flag = !*flag;
		GOOD(rn_store_box_put(tx, box, &put, &id, &error));
		if (put != RN_PUT_CHANGED)
			g_error("%s: the change was not seen", flags[i].row);
		GOOD(rn_store_box_get(tx, id, &read, &error));
		g_assert_cmpint(G_STRUCT_MEMBER(gboolean, read, flags[i].offset), ==, *flag);
		g_clear_pointer(&read, rn_box_free);
	}
	for (RnBoxState s = RN_BOX_ACTIVE; s < RN_BOX_N; s++) {
		GOOD(rn_store_box_set_state(tx, id, s, &error));
		GOOD(rn_store_box_get(tx, id, &read, &error));
		g_assert_cmpint(read->state, ==, s);
		g_clear_pointer(&read, rn_box_free);
	}
	GOOD(rn_store_box_set_document(tx, id, TRUE, &error));
	GOOD(rn_store_box_renewed(tx, id, EXPIRY + 365, &error));
	GOOD(rn_store_box_get(tx, id, &read, &error));
	g_assert_true(read->document);
	g_assert_cmpint(read->state, ==, RN_BOX_ACTIVE);
	g_assert_cmpint(read->expiry, ==, EXPIRY + 365);
	g_assert_cmpint(read->period_id, !=, 0);
	commit(tx);
	rn_box_free(box);
	rn_box_free(read);
	house_end(&h);
}

static void
test_addresses(void)
{
	static const struct {
		const char	*address;
		guint		 boxes;
	} rows[] = {
		{ "anna@pec.example", 1 }, { "anna.prova@posta.example", 2 }, { "due@posta.example", 1 },
		{ "alias@posta.example", 1 }, { "nobody@posta.example", 0 }, { "", 0 },
	};
	House h;
	RnTx *tx;
	RnBox *box = sample_box("anna@pec.example");
	RnPut put;
	gint64 id;
	sqlite3 *raw;

	house_begin(&h);
	tx = begin(h.store);
	GOOD(rn_store_box_put(tx, box, &put, &id, &error));
	g_free(box->name);
	box->name = g_strdup("bruno@pec.example");
	box->reference2 = g_strdup("due@posta.example");
	GOOD(rn_store_box_put(tx, box, &put, &id, &error));
	commit(tx);
	g_assert_cmpint(sqlite3_open(h.path, &raw), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(raw,
	                    "INSERT INTO alias (address, box_id, since) VALUES ('alias@posta.example', 1, 5)",
	                    NULL, NULL, NULL),
	    ==, SQLITE_OK);
	sqlite3_close(raw);
	tx = rn_tx_look(h.store, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		GPtrArray *list = NULL;

		GOOD(rn_store_boxes_of_address(tx, rows[i].address, &list, &error));
		if (list->len != rows[i].boxes)
			g_error("%s: %u boxes instead of %u", rows[i].address, list->len, rows[i].boxes);
		g_ptr_array_unref(list);
	}
	rn_tx_rollback(tx);
	rn_box_free(box);
	house_end(&h);
}

static void
test_notices(void)
{
	House h;
	RnTx *tx;
	RnBox *box;
	gboolean any, fresh;
	int day;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	GOOD(rn_store_notice_last(tx, box->period_id, &any, &day, &error));
	g_assert_false(any);
	GOOD(rn_store_notice_add(tx, box->period_id, 30, "due", 1, &fresh, &error));
	g_assert_true(fresh);
	GOOD(rn_store_notice_add(tx, box->period_id, 30, "due", 2, &fresh, &error));
	g_assert_false(fresh);
	GOOD(rn_store_notice_add(tx, box->period_id, 0, "due", 3, &fresh, &error));
	g_assert_true(fresh);
	GOOD(rn_store_notice_last(tx, box->period_id, &any, &day, &error));
	g_assert_true(any);
	g_assert_cmpint(day, ==, 0);
	commit(tx);
	rn_box_free(box);
	house_end(&h);
}

/* Marks undo one message of a group; a rollback undoes all; a look sees what was committed and cannot write.
 */
static void
test_transactions(void)
{
	House h;
	RnTx *tx, *look;
	GError *why = NULL;
	char *value = NULL;

	house_begin(&h);
	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "a", "1", &error));
	GOOD(rn_tx_mark(tx, &error));
	GOOD(rn_store_meta_put(tx, "a", "2", &error));
	GOOD(rn_tx_back(tx, &error));
	GOOD(rn_tx_mark(tx, &error));
	GOOD(rn_store_meta_put(tx, "b", "3", &error));
	GOOD(rn_tx_release(tx, &error));
	look = rn_tx_look(h.store, NULL);	/* in the middle of the write */
	g_assert_nonnull(look);
	GOOD(rn_store_meta_get(look, "a", &value, &error));
	g_assert_null(value);
	g_assert_false(rn_store_meta_put(look, "a", "9", &why));
	g_assert_error(why, RN_ERROR, RN_ERR_INTERNAL);
	g_clear_error(&why);
	commit(tx);
	GOOD(rn_store_meta_get(look, "a", &value, &error));	/* one picture */
	g_assert_null(value);
	rn_tx_rollback(look);

	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "a", "lost", &error));
	rn_tx_rollback(tx);
	look = rn_tx_look(h.store, NULL);
	GOOD(rn_store_meta_get(look, "a", &value, &error));
	g_assert_cmpstr(value, ==, "1");
	g_clear_pointer(&value, g_free);
	GOOD(rn_store_meta_get(look, "b", &value, &error));
	g_assert_cmpstr(value, ==, "3");
	g_free(value);
	rn_tx_rollback(look);

	/* what is no UTF-8 is stored all the same, with its bad bytes marked */
	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "c", "x\xff", &error));
	GOOD(rn_store_meta_get(tx, "c", &value, &error));
	g_assert_cmpstr(value, ==, "x\xef\xbf\xbd");
	g_free(value);
	commit(tx);
	house_end(&h);
}

static void
test_hundred_thousand(void)
{
	const gint64 n = 100000;
	RnBoxFilter filter = { .state = RN_BOX_ACTIVE, .from = EXPIRY, .to = EXPIRY };
	gint64 start = rn_monotonic(), after = 0, seen = 0, count = 0;
	House h;
	RnTx *tx;
	RnBox *box = sample_box("x");
	guint got = 1;

	house_begin(&h);
	tx = begin(h.store);
	for (gint64 i = 0; i < n; i++) {
		RnPut put;
		gint64 id;

		g_free(box->name);
		box->name = g_strdup_printf("box%" G_GINT64_FORMAT "@pec.example", i);
		box->expiry = EXPIRY + (RnDay)(i % 2);
		GOOD(rn_store_box_put(tx, box, &put, &id, &error));
	}
	commit(tx);
	tx = rn_tx_look(h.store, NULL);
	GOOD(rn_store_box_counts(tx, &count, &error));
	g_assert_cmpint(count, ==, n);
	while (got > 0) {
		GPtrArray *page = NULL;

		GOOD(rn_store_boxes(tx, &filter, after, 500, &page, &error));
		got = page->len;
		g_assert_cmpuint(got, <=, 500);
		for (guint i = 0; i < got; i++) {
			const RnBox *b = g_ptr_array_index(page, i);

			g_assert_cmpint(b->id, >, after);
			after = b->id;
		}
		seen += got;
		g_ptr_array_unref(page);
	}
	rn_tx_rollback(tx);
	g_assert_cmpint(seen, ==, n / 2);
	g_test_message("%d ms", (int)((rn_monotonic() - start) / 1000));
	g_assert_cmpint(rn_monotonic() - start, <, 90 * G_USEC_PER_SEC);
	rn_box_free(box);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/box/put", test_put);
	g_test_add_func("/store/box/changed", test_changed);
	g_test_add_func("/store/box/addresses", test_addresses);
	g_test_add_func("/store/box/notices", test_notices);
	g_test_add_func("/store/box/transactions", test_transactions);
	g_test_add_func("/store/box/hundred-thousand", test_hundred_thousand);
	return g_test_run();
}
