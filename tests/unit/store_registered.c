/* store_registered.c: registered mail: an envelope counts once at an address, receipts are found by letter
 * and by box, and what was read of a mail may be read once more. */
#include "store_house.h"

/* A mail in the inbox to RCPT; its id. */
static gint64
mail(RnTx *tx, const char *rcpt, const char *message_id)
{
	RnInbox *in = rn_inbox_new();
	gboolean fresh;
	gint64 id;

	in->rcpt = g_strdup(rcpt);
	in->message_id = g_strdup(message_id);
	in->digest = g_strdup("aa");
	in->taken = 500;
	in->raw = g_bytes_new("x", 1);
	GOOD(rn_store_inbox_add(tx, in, &fresh, &error));
	g_assert_true(fresh);
	id = in->id;
	rn_inbox_free(in);
	return id;
}

static RnRegisteredRow
row_of(gint64 inbox_id, const char *kind, const char *number, const char *rcpt)
{
	return (RnRegisteredRow){ .inbox_id = inbox_id,
		.kind = (char *)kind,
		.signature = (char *)"valid",
		.identificativo = (char *)number,
		.rcpt = (char *)rcpt,
		.at = 700 };
}

static gboolean
seen(RnTx *tx, const char *kind, const char *number, const char *rcpt, gint64 but)
{
	gboolean yes = FALSE;

	GOOD(rn_store_registered_seen(tx, kind, number, rcpt, but, &yes, &error));
	return yes;
}

/* The same good envelope twice at one address is refused by the store itself; a faulty one, another address
 * and the same mail read again are not. */
static void
test_once(void)
{
	House h;
	RnTx *tx;
	GError *no = NULL;
	gint64 one, two, three;
	RnRegisteredRow row;

	house_begin(&h);
	tx = begin(h.store);
	one = mail(tx, "rinnovo+a@ordine.example", "1@pec.example");
	two = mail(tx, "rinnovo+a@ordine.example", "2@pec.example");
	three = mail(tx, "rinnovo+b@ordine.example", "3@pec.example");
	row = row_of(one, "posta-certificata", "opec1", "rinnovo+a@ordine.example");
	GOOD(rn_store_registered_put(tx, &row, &error));
	GOOD(rn_store_registered_put(tx, &row, &error));
	g_assert_false(seen(tx, "posta-certificata", "opec1", "rinnovo+a@ordine.example", one));
	g_assert_true(seen(tx, "posta-certificata", "opec1", "rinnovo+a@ordine.example", two));
	g_assert_true(seen(tx, "posta-certificata", "opec1", NULL, three));
	g_assert_false(seen(tx, "posta-certificata", "opec1", "rinnovo+b@ordine.example", three));
	g_assert_false(seen(tx, "posta-certificata", "opec2", NULL, two));
	g_assert_false(seen(tx, "smime", "opec1", NULL, two));
	row.inbox_id = two;
	row.fault = (char *)"pec-replayed";
	GOOD(rn_store_registered_put(tx, &row, &error));
	row = row_of(three, "posta-certificata", "opec1", "rinnovo+b@ordine.example");
	GOOD(rn_store_registered_put(tx, &row, &error));
	row = row_of(two, "posta-certificata", "opec1", "rinnovo+a@ordine.example");
	g_assert_false(rn_store_registered_put(tx, &row, &no));
	g_assert_error(no, RN_ERROR, RN_ERR_STATE);
	g_clear_error(&no);
	rn_tx_rollback(tx);
	house_end(&h);
}

/* Only kinds that are receipts are listed; an envelope is none. */
static void
test_receipts(void)
{
	static const char *const kinds[] = { "accettazione", "posta-certificata", "avvenuta-consegna",
		"errore-consegna" };
	g_autoptr(GPtrArray) all = NULL, page = NULL, none = NULL;
	House h;
	RnTx *tx;

	house_begin(&h);
	tx = begin(h.store);
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *id = g_strdup_printf("%" G_GSIZE_FORMAT "@pec.example", i);
		RnRegisteredRow row = row_of(
		    mail(tx, "rinnovo@ordine.example", id), kinds[i], "opec1", "rinnovo@ordine.example");

		row.consegna = (char *)"a@pec.example";
		GOOD(rn_store_registered_put(tx, &row, &error));
	}
	GOOD(rn_store_receipts(tx, 0, 0, 0, 10, &all, &error));
	g_assert_cmpuint(all->len, ==, 3);
	g_assert_cmpstr(((RnRegisteredRow *)g_ptr_array_index(all, 0))->kind, ==, "accettazione");
	g_assert_cmpstr(((RnRegisteredRow *)g_ptr_array_index(all, 2))->consegna, ==, "a@pec.example");
	GOOD(rn_store_receipts(
	    tx, 0, 0, ((RnRegisteredRow *)g_ptr_array_index(all, 0))->id, 1, &page, &error));
	g_assert_cmpuint(page->len, ==, 1);
	g_assert_cmpstr(((RnRegisteredRow *)g_ptr_array_index(page, 0))->kind, ==, "avvenuta-consegna");
	GOOD(rn_store_receipts(tx, 77, 0, 0, 10, &none, &error));
	g_assert_cmpuint(none->len, ==, 0);
	commit(tx);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/registered/once", test_once);
	g_test_add_func("/store/registered/receipts", test_receipts);
	return g_test_run();
}
