/* store_letter.c: the outbox: written once, claimed by one, ended by who claimed it; letters and calls. */
#include "store_house.h"

static RnLetter *
claim(RnTx *tx, gint64 now, gboolean *stale)
{
	RnLetter *l = NULL;

	GOOD(rn_store_letter_claim(tx, now, 60, &l, stale, &error));
	return l;
}

static gboolean
result(RnTx *tx, const RnLetter *l, RnSendState state, gint64 due)
{
	gboolean won = FALSE;

	GOOD(rn_store_letter_result(tx, l->id, l->attempts, state, due, state == RN_SEND_SENT ? due : 0,
	    "why", state == RN_SEND_SENT ? "quoted" : NULL, &won, &error));
	return won;
}

static void
test_once(void)
{
	House h;
	RnTx *tx;
	RnBox *box;
	RnOrder *o;
	RnLetter *l, *read = NULL;
	gboolean fresh, there;
	GPtrArray *list = NULL;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	o = sample_order(box, RN_ORDER_OFFERED);
	GOOD(rn_store_order_add(tx, o, &error));
	l = sample_letter("order/1/summary/0", 50);
	l->kind = RN_LETTER_SUMMARY;
	l->box_id = box->id;
	l->period_id = box->period_id;
	l->order_id = o->id;
	GOOD(rn_store_letter_add(tx, l, &fresh, &error));
	g_assert_true(fresh);
	GOOD(rn_store_letter_get(tx, l->id, &read, &error));
	g_assert_cmpint(read->kind, ==, RN_LETTER_SUMMARY);
	g_assert_cmpint(read->step, ==, 30);
	g_assert_cmpint(read->box_id, ==, box->id);
	g_assert_cmpint(read->period_id, ==, box->period_id);
	g_assert_cmpint(read->order_id, ==, o->id);
	g_assert_cmpint(read->state, ==, RN_SEND_QUEUED);
	g_assert_cmpstr(read->message_id, ==, "order/1/summary/0@ordine.example");
	g_assert_cmpstr(read->sender, ==, "rinnovo@ordine.example");
	g_assert_cmpint(read->due, ==, 50);
	g_assert_cmpint(read->created, ==, 1000);
	g_assert_true(g_bytes_equal(read->raw, l->raw));
	rn_letter_free(read);
	l->id = 0;
	GOOD(rn_store_letter_add(tx, l, &fresh, &error));
	g_assert_false(fresh);
	GOOD(rn_store_letter_exists(tx, l->key, &there, &error));
	g_assert_true(there);
	GOOD(rn_store_letter_exists(tx, "order/1/summary/1", &there, &error));
	g_assert_false(there);
	for (RnLetterKind k = RN_LETTER_NOTICE; k < RN_LETTER_N; k++) {
		char *key = g_strdup_printf("kind/%d", (int)k);
		gint64 id = put_letter(tx, key, 60, k, 0);

		GOOD(rn_store_letter_get(tx, id, &read, &error));
		g_assert_cmpint(read->kind, ==, k);
		rn_letter_free(read);
		g_free(key);
	}
	GOOD(rn_store_letters(tx, RN_SEND_QUEUED, 0, 1, 5, &list, &error));
	g_assert_cmpuint(list->len, ==, 5);
	g_assert_null(((RnLetter *)g_ptr_array_index(list, 0))->raw);
	g_ptr_array_unref(list);
	GOOD(rn_store_letters(tx, -1, box->id, 0, 100, &list, &error));
	g_assert_cmpuint(list->len, ==, 1);
	g_ptr_array_unref(list);
	GOOD(rn_store_letters(tx, RN_SEND_SENT, 0, 0, 100, &list, &error));
	g_assert_cmpuint(list->len, ==, 0);
	g_ptr_array_unref(list);
	commit(tx);
	rn_letter_free(l);
	rn_order_free(o);
	rn_box_free(box);
	house_end(&h);
}

static void
test_claim(void)
{
	House h;
	RnTx *tx;
	RnLetter *one, *two, *none, *sent;
	gboolean stale;
	gint64 due, two_id;

	house_begin(&h);
	tx = begin(h.store);
	GOOD(rn_store_outbox_next(tx, &due, &error));
	g_assert_cmpint(due, ==, 0);
	put_letter(tx, "late", 200, RN_LETTER_NOTICE, 0);
	put_letter(tx, "early", 100, RN_LETTER_NOTICE, 0);
	GOOD(rn_store_outbox_next(tx, &due, &error));
	g_assert_cmpint(due, ==, 100);
	none = claim(tx, 99, &stale);
	g_assert_null(none);
	one = claim(tx, 300, &stale);
	g_assert_cmpstr(one->key, ==, "early");
	g_assert_false(stale);
	g_assert_cmpint(one->attempts, ==, 1);
	g_assert_cmpint(one->state, ==, RN_SEND_CLAIMED);
	g_assert_nonnull(one->raw);
	two = claim(tx, 300, &stale);
	g_assert_cmpstr(two->key, ==, "late");
	none = claim(tx, 359, &stale);
	g_assert_null(none);
	GOOD(rn_store_outbox_next(tx, &due, &error));
	g_assert_cmpint(due, ==, 360);	/* when the leases run out */
	g_assert_true(result(tx, one, RN_SEND_SENT, 301));
	g_assert_false(result(tx, one, RN_SEND_FAILED, 302));	/* only once */
	g_assert_true(result(tx, two, RN_SEND_QUEUED, 400));
	two_id = two->id;
	rn_letter_free(two);
	GOOD(rn_store_letter_get(tx, one->id, &sent, &error));
	g_assert_cmpstr(sent->quoted, ==, "quoted");	/* of the one that left */
	rn_letter_free(sent);
	GOOD(rn_store_letter_get(tx, two_id, &sent, &error));
	g_assert_null(sent->quoted);
	rn_letter_free(sent);
	none = claim(tx, 399, &stale);
	g_assert_null(none);
	two = claim(tx, 400, &stale);
	g_assert_cmpstr(two->key, ==, "late");
	g_assert_cmpstr(two->error, ==, "why");
	g_assert_cmpint(two->attempts, ==, 2);
	g_assert_false(stale);

	/* given back, the attempt does not count */
	GOOD(rn_store_letter_put_back(tx, two->id, two->attempts, 500, &error));
	rn_letter_free(two);
	two = claim(tx, 500, &stale);
	g_assert_cmpint(two->attempts, ==, 2);
	rn_letter_free(one);
	rn_letter_free(two);
	commit(tx);
	house_end(&h);
}

/* A claim that was never ended: its outcome is unknown, whatever happens between then and the next attempt.
 */
static void
test_stale(void)
{
	House h;
	RnTx *tx;
	RnLetter *lost, *again, *third;
	gboolean stale;

	house_begin(&h);
	tx = begin(h.store);
	put_letter(tx, "a", 100, RN_LETTER_NOTICE, 0);
	put_letter(tx, "b", 1, RN_LETTER_NOTICE, 0);
	lost = claim(tx, 10, &stale);	/* b, until 70 */
	g_assert_cmpstr(lost->key, ==, "b");
	again = claim(tx, 100, &stale);	/* before a, which is due as well */
	g_assert_cmpstr(again->key, ==, "b");
	g_assert_true(stale);
	g_assert_cmpint(again->attempts, ==, 2);
	g_assert_true(g_bytes_equal(again->raw, lost->raw));
	g_assert_false(result(tx, lost, RN_SEND_SENT, 101));	/* comes too late */
	GOOD(rn_store_letter_put_back(tx, again->id, again->attempts, 90, &error));
	third = claim(tx, 100, &stale);
	g_assert_cmpstr(third->key, ==, "b");
	g_assert_nonnull(third->error);
	g_assert_true(g_str_has_prefix(third->error, "outcome unknown"));
	g_assert_true(result(tx, third, RN_SEND_UNCERTAIN, 0));
	rn_letter_free(lost);
	rn_letter_free(again);
	rn_letter_free(third);
	commit(tx);
	house_end(&h);
}

static void
test_answered(void)
{
	static const struct {
		const char	*row;
		const char	*message_id;
		gboolean	 offer;
		const char	*want;
	} rows[] = {
		{ "by Message-ID", "n90@ordine.example", FALSE, "n90" },
		{ "by Message-ID, whatever is asked", "n90@ordine.example", TRUE, "n90" },
		{ "the newest notice that has left", NULL, FALSE, "n60" },
		{ "an unknown Message-ID", "x@y.example", FALSE, "n60" },
		{ "the newest summary", NULL, TRUE, "s2" },
	};
	House h;
	RnTx *tx;
	RnBox *box, *other;
	RnLetter *l = NULL;
	gboolean stale;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	other = put_box(tx, "bruno@pec.example");
	put_letter(tx, "n90", 1, RN_LETTER_NOTICE, box->period_id);
	put_letter(tx, "n60", 2, RN_LETTER_FRESH, box->period_id);
	for (int i = 0; i < 2; i++) {
		l = claim(tx, 10, &stale);
		g_assert_true(result(tx, l, RN_SEND_SENT, 11));
		rn_letter_free(l);
	}
	put_letter(tx, "n30", 3, RN_LETTER_NOTICE, box->period_id);	/* not sent yet */
	put_letter(tx, "s1", 4, RN_LETTER_SUMMARY, box->period_id);
	put_letter(tx, "s2", 5, RN_LETTER_SUMMARY, box->period_id);
	put_letter(tx, "c", 6, RN_LETTER_CONFIRMATION, box->period_id);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		GOOD(rn_store_letter_answered(
		    tx, rows[i].message_id, box->period_id, rows[i].offer, &l, &error));
		if (l == NULL || strcmp(l->key, rows[i].want) != 0)
			g_error(
			    "%s: %s instead of %s", rows[i].row, l != NULL ? l->key : "none", rows[i].want);
		rn_letter_free(l);
	}
	GOOD(rn_store_letter_answered(tx, NULL, other->period_id, FALSE, &l, &error));
	g_assert_null(l);
	commit(tx);
	rn_box_free(box);
	rn_box_free(other);
	house_end(&h);
}

static gint64
put_call(RnTx *tx, const char *key, RnCallKind kind, gint64 order_id, gboolean *fresh)
{
	RnCall call = {
		.key = (char *)key, .kind = kind, .order_id = order_id, .convention = (char *)"medici",
		.due = 100, .created = 1,
	};

	GOOD(rn_store_call_add(tx, &call, fresh, &error));
	return call.id;
}

static void
test_calls(void)
{
	static const struct {
		RnSendState	 state;		/* after the first attempt */
		gboolean	 begun;
	} rows[] = {
		{ RN_SEND_SENT, TRUE }, { RN_SEND_UNCERTAIN, TRUE },
		{ RN_SEND_QUEUED, TRUE }, { RN_SEND_FAILED, FALSE },
	};
	House h;
	RnTx *tx;
	RnBox *box;
	RnOrder *o;
	RnCall *call = NULL;
	GPtrArray *list = NULL;
	gboolean fresh, begun, stale, won;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	o = sample_order(box, RN_ORDER_REQUESTED);
	GOOD(rn_store_order_add(tx, o, &error));
	for (RnCallKind k = RN_CALL_RENEW; k < RN_CALL_N; k++) {
		char *key = g_strdup_printf("call-%d", (int)k);

		put_call(tx, key, k, o->id, &fresh);
		g_assert_true(fresh);
		put_call(tx, key, k, o->id, &fresh);
		g_assert_false(fresh);
		GOOD(rn_store_call_of_order(tx, o->id, k, &call, &error));
		g_assert_cmpstr(call->key, ==, key);
		g_assert_cmpint(call->kind, ==, k);
		g_assert_cmpstr(call->convention, ==, "medici");
		rn_call_free(call);
		g_free(key);
	}
	GOOD(rn_store_call_drop(tx, o->id, &begun, &error));
	g_assert_false(begun);
	GOOD(rn_store_calls(tx, RN_SEND_DROPPED, 0, 10, &list, &error));
	g_assert_cmpuint(list->len, ==, 3);
	g_ptr_array_unref(list);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		char *key = g_strdup_printf("begun-%zu", i);

		GOOD(rn_tx_mark(tx, &error));
		put_call(tx, key, RN_CALL_RENEW, o->id, &fresh);
		GOOD(rn_store_call_claim(tx, 99, 60, &call, &stale, &error));
		g_assert_null(call);
		GOOD(rn_store_call_claim(tx, 100, 60, &call, &stale, &error));
		g_assert_cmpstr(call->key, ==, key);
		g_assert_false(stale);
		GOOD(rn_store_call_drop(tx, o->id, &begun, &error));
		g_assert_true(begun);
		GOOD(rn_store_call_result(
		    tx, call->id, call->attempts, rows[i].state, 200, 0, "x", FALSE, &won, &error));
		g_assert_true(won);
		GOOD(rn_store_call_result(
		    tx, call->id, call->attempts, rows[i].state, 200, 0, "x", FALSE, &won, &error));
		g_assert_false(won);
		GOOD(rn_store_call_drop(tx, o->id, &begun, &error));
		if (begun != rows[i].begun)
			g_error("%s: begun %d", rn_word(RN_WORDS_SEND, (int)rows[i].state), begun);
		rn_call_free(call);
		GOOD(rn_tx_back(tx, &error));
		g_free(key);
	}
	/* the dropped one of its kind goes back into the queue, with its attempts */
	GOOD(rn_store_call_again(tx, o->id, RN_CALL_REACTIVATE, 150, &begun, &error));
	g_assert_true(begun);
	GOOD(rn_store_call_again(tx, o->id, RN_CALL_REACTIVATE, 150, &begun, &error));
	g_assert_false(begun);
	GOOD(rn_store_call_claim(tx, 150, 60, &call, &stale, &error));
	g_assert_cmpint(call->kind, ==, RN_CALL_REACTIVATE);
	GOOD(rn_store_call_result(
	    tx, call->id, call->attempts, RN_SEND_SENT, 0, 150, NULL, FALSE, &won, &error));
	rn_call_free(call);
	put_call(tx, "stale", RN_CALL_RENEW, o->id, &fresh);
	GOOD(rn_store_call_claim(tx, 100, 60, &call, &stale, &error));
	rn_call_free(call);
	GOOD(rn_store_call_claim(tx, 160, 60, &call, &stale, &error));
	g_assert_true(stale);
	g_assert_cmpint(call->attempts, ==, 2);
	rn_call_free(call);
	/* what is due at one provider is put off together, and no try is lost */
	put_call(tx, "off-1", RN_CALL_REACTIVATE, 0, &fresh);
	put_call(tx, "off-2", RN_CALL_REACTIVATE, 0, &fresh);
	GOOD(rn_store_calls_put_off(tx, "veterinari", 170, 300, &error));
	GOOD(rn_store_calls_put_off(tx, "medici", 99, 300, &error));
	GOOD(rn_store_call_claim(tx, 170, 60, &call, &stale, &error));
	g_assert_cmpstr(call->key, ==, "off-1");
	GOOD(rn_store_call_put_back(tx, call->id, call->attempts, 300, &won, &error));
	rn_call_free(call);
	GOOD(rn_store_calls_put_off(tx, "medici", 170, 300, &error));
	GOOD(rn_store_call_claim(tx, 170, 60, &call, &stale, &error));
	g_assert_null(call);
	GOOD(rn_store_call_claim(tx, 300, 60, &call, &stale, &error));
	g_assert_cmpstr(call->key, ==, "stale");	/* its claim ran out */
	rn_call_free(call);
	for (int i = 1; i <= 2; i++) {
		g_autofree char *key = g_strdup_printf("off-%d", i);

		GOOD(rn_store_call_claim(tx, 300, 60, &call, &stale, &error));
		g_assert_cmpstr(call->key, ==, key);
		g_assert_cmpint(call->attempts, ==, 1);
		rn_call_free(call);
	}
	commit(tx);
	rn_order_free(o);
	rn_box_free(box);
	house_end(&h);
}

/* --- two threads, each with a store of its own on the same file, empty one outbox --- */

#define LETTERS 200

typedef struct {
	const char	*url;
	gint		*claims;	/* by id of the letter */
	int		 won;
} Racer;

static gpointer
race(gpointer data)
{
	Racer *r = data;
	RnStore *store = rn_store_open(r->url, FALSE, NULL);
	gboolean more = TRUE;

	g_assert_nonnull(store);
	while (more) {
		RnTx *tx = begin(store);
		gboolean stale;
		RnLetter *l = claim(tx, 1000, &stale);

		commit(tx);
		more = l != NULL;
		if (!more)
			continue;
		g_atomic_int_inc(&r->claims[l->id]);
		tx = begin(store);
		r->won += result(tx, l, RN_SEND_SENT, 1001);
		commit(tx);
		rn_letter_free(l);
	}
	rn_store_close(store);
	return NULL;
}

static void
test_race(void)
{
	gint claims[LETTERS + 1] = { 0 };
	Racer racers[3];
	GThread *threads[3];
	int won = 0;
	House h;
	RnTx *tx;

	house_begin(&h);
	tx = begin(h.store);
	for (int i = 0; i < LETTERS; i++) {
		char *key = g_strdup_printf("l%d", i);

		put_letter(tx, key, i, RN_LETTER_NOTICE, 0);
		g_free(key);
	}
	commit(tx);
	for (gsize i = 0; i < G_N_ELEMENTS(racers); i++) {
		racers[i] = (Racer){ h.url, claims, 0 };
		threads[i] = g_thread_new("racer", race, &racers[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(racers); i++) {
		g_thread_join(threads[i]);
		won += racers[i].won;
		g_test_message("racer %zu: %d", i, racers[i].won);
	}
	g_assert_cmpint(won, ==, LETTERS);
	for (int i = 1; i <= LETTERS; i++)
		if (claims[i] != 1)
			g_error("letter %d was claimed %d times", i, claims[i]);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/letter/once", test_once);
	g_test_add_func("/store/letter/claim", test_claim);
	g_test_add_func("/store/letter/stale", test_stale);
	g_test_add_func("/store/letter/answered", test_answered);
	g_test_add_func("/store/letter/calls", test_calls);
	g_test_add_func("/store/letter/race", test_race);
	return g_test_run();
}
