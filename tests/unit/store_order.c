/* store_order.c: one open and one concluded order for each period, compare and set, numbers without holes. */
#include "store_house.h"

static void
test_round_trip(void)
{
	House h;
	RnTx *tx;
	RnBox *box;
	RnOrder *o, *read = NULL;
	GPtrArray *list = NULL;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	GOOD(rn_store_order_newest(tx, box->period_id, &read, &error));
	g_assert_null(read);
	o = sample_order(box, RN_ORDER_ACCEPTED);
	o->number = g_strdup("2026-000007");
	o->account = g_strdup("login-1");
	o->words = g_strdup("ACCETTO");
	o->new_expiry = EXPIRY + 1096;
	o->offered = 1001;
	o->accepted = 1002;
	o->ended = 1003;
	GOOD(rn_store_order_add(tx, o, &error));
	g_assert_cmpint(o->id, >, 0);
	GOOD(rn_store_order_find(tx, "2026-000007", &read, &error));
	g_assert_cmpint(read->id, ==, o->id);
	g_assert_cmpint(read->box_id, ==, box->id);
	g_assert_cmpint(read->period_id, ==, box->period_id);
	g_assert_cmpint(read->state, ==, RN_ORDER_ACCEPTED);
	g_assert_cmpstr(read->account, ==, "login-1");
	g_assert_cmpstr(read->payer, ==, "Ordine di Prova");
	g_assert_cmpint(read->price, ==, 1220);
	g_assert_cmpint(read->vat, ==, 22);
	g_assert_cmpint(read->term, ==, 36);
	g_assert_cmpint(read->old_expiry, ==, EXPIRY);
	g_assert_cmpint(read->new_expiry, ==, EXPIRY + 1096);
	g_assert_cmpint(read->proof, ==, RN_PROOF_NORMAL);
	g_assert_cmpstr(read->words, ==, "ACCETTO");
	g_assert_cmpint(read->requested, ==, 1000);
	g_assert_cmpint(read->offered, ==, 1001);
	g_assert_cmpint(read->accepted, ==, 1002);
	g_assert_cmpint(read->ended, ==, 1003);
	rn_order_free(read);
	GOOD(rn_store_orders(tx, "medici", RN_ORDER_ACCEPTED, 0, 10, &list, &error));
	g_assert_cmpuint(list->len, ==, 1);
	g_ptr_array_unref(list);
	GOOD(rn_store_orders(tx, "others", -1, 0, 10, &list, &error));
	g_assert_cmpuint(list->len, ==, 0);
	g_ptr_array_unref(list);
	GOOD(rn_store_orders_of_box(tx, box->id, &list, &error));
	g_assert_cmpuint(list->len, ==, 1);
	g_ptr_array_unref(list);
	commit(tx);
	rn_order_free(o);
	rn_box_free(box);
	house_end(&h);
}

/* Every pair of states: two orders of one period stand together unless both are open or both are concluded.
 */
static void
test_pairs(void)
{
	static const char kinds[RN_ORDER_N] = {
		[RN_ORDER_REQUESTED] = 'o', [RN_ORDER_DOCUMENT] = 'o', [RN_ORDER_OFFERED] = 'o',
		[RN_ORDER_ACCEPTED] = 'c', [RN_ORDER_RENEWED] = 'c', [RN_ORDER_FAILED] = 'c',
		[RN_ORDER_DECLINED] = '-', [RN_ORDER_CANCELLED] = '-', [RN_ORDER_LAPSED] = '-',
	};
	House h;
	RnTx *tx;
	RnBox *box;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	for (RnOrderState a = RN_ORDER_REQUESTED; a < RN_ORDER_N; a++) {
		for (RnOrderState b = RN_ORDER_REQUESTED; b < RN_ORDER_N; b++) {
			RnOrder *one = sample_order(box, a), *two = sample_order(box, b);
			gboolean want = kinds[a] == '-' || kinds[a] != kinds[b], is;
			GError *why = NULL;

			one->number = g_strdup("2026-000001");
			two->number = g_strdup("2026-000002");
			GOOD(rn_tx_mark(tx, &error));
			GOOD(rn_store_order_add(tx, one, &error));
			is = rn_store_order_add(tx, two, &why);
			if (is != want || (!is && !g_error_matches(why, RN_ERROR, RN_ERR_STATE)))
				g_error("%s beside %s: %s", rn_word(RN_WORDS_ORDER, (int)b),
				    rn_word(RN_WORDS_ORDER, (int)a), is ? "allowed" : why->message);
			g_clear_error(&why);
			GOOD(rn_tx_back(tx, &error));
			rn_order_free(one);
			rn_order_free(two);
		}
	}
	rn_tx_rollback(tx);
	rn_box_free(box);
	house_end(&h);
}

static void
test_compare_and_set(void)
{
	House h;
	RnTx *tx;
	RnBox *box;
	RnOrder *o, *rival, *read = NULL;
	gboolean moved;
	GError *why = NULL;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	o = sample_order(box, RN_ORDER_REQUESTED);
	GOOD(rn_store_order_add(tx, o, &error));
	o->state = RN_ORDER_OFFERED;
	GOOD(rn_store_order_save(tx, o, RN_ORDER_REQUESTED, &moved, &error));
	g_assert_true(moved);
	o->state = RN_ORDER_DECLINED;
	GOOD(rn_store_order_save(tx, o, RN_ORDER_REQUESTED, &moved, &error));
	g_assert_false(moved);
	GOOD(rn_store_order_get(tx, o->id, &read, &error));
	g_assert_cmpint(read->state, ==, RN_ORDER_OFFERED);
	rn_order_free(read);

	/* a move into a state that another one of the period holds */
	GOOD(rn_store_order_save(tx, o, RN_ORDER_OFFERED, &moved, &error));
	rival = sample_order(box, RN_ORDER_REQUESTED);
	GOOD(rn_store_order_add(tx, rival, &error));
	o->state = RN_ORDER_DOCUMENT;
	g_assert_false(rn_store_order_save(tx, o, RN_ORDER_DECLINED, &moved, &why));
	assert_said(why, RN_ERR_STATE, "has an open or a concluded order");
	g_clear_error(&why);

	/* the newest is the one that counts */
	GOOD(rn_store_order_newest(tx, box->period_id, &read, &error));
	g_assert_cmpint(read->id, ==, rival->id);
	rn_order_free(read);
	commit(tx);
	rn_order_free(rival);
	rn_order_free(o);
	rn_box_free(box);
	house_end(&h);
}

static void
assert_number(RnTx *tx, int year, const char *want)
{
	char *number = NULL;

	GOOD(rn_store_order_number(tx, year, &number, &error));
	g_assert_cmpstr(number, ==, want);
	g_free(number);
}

static void
test_numbers(void)
{
	House h;
	RnTx *tx;

	house_begin(&h);
	tx = begin(h.store);
	assert_number(tx, 2026, "2026-000001");
	assert_number(tx, 2026, "2026-000002");
	assert_number(tx, 2027, "2027-000001");
	commit(tx);
	tx = begin(h.store);
	assert_number(tx, 2026, "2026-000003");
	GOOD(rn_tx_mark(tx, &error));
	assert_number(tx, 2026, "2026-000004");
	GOOD(rn_tx_back(tx, &error));
	assert_number(tx, 2026, "2026-000004");
	rn_tx_rollback(tx);
	tx = begin(h.store);	/* what was rolled back leaves no hole */
	assert_number(tx, 2026, "2026-000003");
	commit(tx);
	house_end(&h);
}

/* Every word of the model is a word of the schema. */
static void
test_words(void)
{
	House h;
	RnTx *tx;
	RnBox *box;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	for (RnProof p = RN_PROOF_NONE; p < RN_PROOF_N; p++) {
		RnOrder *o = sample_order(box, RN_ORDER_DECLINED), *read = NULL;

		o->proof = p;
		GOOD(rn_store_order_add(tx, o, &error));
		GOOD(rn_store_order_get(tx, o->id, &read, &error));
		g_assert_cmpint(read->proof, ==, p);
		rn_order_free(read);
		rn_order_free(o);
	}
	rn_tx_rollback(tx);
	rn_box_free(box);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/order/round-trip", test_round_trip);
	g_test_add_func("/store/order/pairs", test_pairs);
	g_test_add_func("/store/order/compare-and-set", test_compare_and_set);
	g_test_add_func("/store/order/numbers", test_numbers);
	g_test_add_func("/store/order/words", test_words);
	return g_test_run();
}
