/* store_inbox.c: the same mail is stored once; documents are too. */
#include "store_house.h"

static RnInbox *
sample_mail(const char *rcpt, const char *message_id, const char *digest)
{
	RnInbox *in = rn_inbox_new();

	in->rcpt = g_strdup(rcpt);
	in->sender = g_strdup("anna.prova@posta.example");
	in->message_id = g_strdup(message_id);
	in->digest = g_strdup(digest);
	in->queue_id = g_strdup("4QxT1z");
	in->taken = 500;
	in->session = g_strdup("good");
	in->helo = g_strdup("mail.posta.example");
	in->tls = g_strdup("TLSv1.3");
	in->login = g_strdup("anna");
	in->raw = g_bytes_new("Subject: Re\r\n\r\nRINNOVA\r\n", 24);
	return in;
}

static void
test_duplicate(void)
{
	static const struct {
		const char	*rcpt, *message_id, *digest;
		gboolean	 fresh;
	} rows[] = {
		{ "rinnovo+a@ordine.example", "1@posta.example", "aa", TRUE },
		{ "rinnovo+a@ordine.example", "1@posta.example", "aa", FALSE },
		{ "rinnovo+b@ordine.example", "1@posta.example", "aa", TRUE },
		{ "rinnovo+a@ordine.example", "2@posta.example", "aa", TRUE },
		{ "rinnovo+a@ordine.example", "1@posta.example", "bb", TRUE },
		{ "rinnovo+a@ordine.example", NULL, "aa", TRUE },
		{ "rinnovo+a@ordine.example", "", "aa", FALSE },
	};
	gint64 ids[G_N_ELEMENTS(rows)];
	House h;
	RnTx *tx;

	house_begin(&h);
	tx = begin(h.store);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnInbox *in = sample_mail(rows[i].rcpt, rows[i].message_id, rows[i].digest);
		gboolean fresh;

		GOOD(rn_store_inbox_add(tx, in, &fresh, &error));
		if (fresh != rows[i].fresh)
			g_error("row %zu: fresh is %d", i, fresh);
		ids[i] = in->id;
		rn_inbox_free(in);
	}
	g_assert_cmpint(ids[1], ==, ids[0]);
	g_assert_cmpint(ids[6], ==, ids[5]);
	g_assert_cmpint(ids[5], >, ids[4]);
	commit(tx);
	house_end(&h);
}

static void
test_judged(void)
{
	House h;
	RnTx *tx;
	RnBox *box;
	RnInbox *in = sample_mail("rinnovo@ordine.example", "1@posta.example", "aa"), *read = NULL;
	GPtrArray *list = NULL;
	gboolean fresh;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	GOOD(rn_store_inbox_add(tx, in, &fresh, &error));
	GOOD(rn_store_inbox(tx, TRUE, 0, 0, 10, &list, &error));
	g_assert_cmpuint(list->len, ==, 0);
	g_ptr_array_unref(list);
	in->processed = 600;
	in->class_ = g_strdup("human");
	in->intent = g_strdup("renew");
	in->typed_text = g_strdup("RINNOVA");
	in->matched = g_strdup("RINNOVA!");
	in->from = g_strdup("anna.prova@posta.example");
	in->proof = g_strdup("low");
	in->proof_why = g_strdup("no result");
	in->rule = g_strdup("good-token-low-yes");
	in->action = g_strdup("hold");
	in->held = TRUE;
	in->box_id = box->id;
	in->period_id = box->period_id;
	GOOD(rn_store_inbox_judged(tx, in, &error));
	GOOD(rn_store_inbox_get(tx, in->id, &read, &error));
	g_assert_cmpstr(read->class_, ==, "human");
	g_assert_cmpstr(read->intent, ==, "renew");
	g_assert_cmpstr(read->typed_text, ==, "RINNOVA");
	g_assert_cmpstr(read->matched, ==, "RINNOVA!");
	g_assert_cmpstr(read->from, ==, "anna.prova@posta.example");
	g_assert_cmpstr(read->proof, ==, "low");
	g_assert_cmpstr(read->proof_why, ==, "no result");
	g_assert_cmpstr(read->rule, ==, "good-token-low-yes");
	g_assert_cmpstr(read->action, ==, "hold");
	g_assert_cmpstr(read->queue_id, ==, "4QxT1z");
	g_assert_null(read->client);
	g_assert_cmpstr(read->session, ==, "good");
	g_assert_cmpstr(read->helo, ==, "mail.posta.example");
	g_assert_cmpstr(read->tls, ==, "TLSv1.3");
	g_assert_cmpstr(read->login, ==, "anna");
	g_assert_true(read->held);
	g_assert_cmpint(read->taken, ==, 500);
	g_assert_cmpint(read->processed, ==, 600);
	g_assert_cmpint(read->box_id, ==, box->id);
	g_assert_cmpint(read->period_id, ==, box->period_id);
	g_assert_cmpint(read->order_id, ==, 0);
	g_assert_true(g_bytes_equal(read->raw, in->raw));
	rn_inbox_free(read);
	for (int cut = 0; cut < 2; cut++) {	/* bytes that were cut are cut; none at all leaves them */
		g_bytes_unref(in->raw);
		in->raw = cut == 0 ? g_bytes_new("Subject: Re\r\n\r\n", 15) : NULL;
		GOOD(rn_store_inbox_judged(tx, in, &error));
		GOOD(rn_store_inbox_get(tx, in->id, &read, &error));
		g_assert_cmpuint(g_bytes_get_size(read->raw), ==, 15);
		rn_inbox_free(read);
	}
	for (int held = 0; held < 2; held++)
		for (gint64 of = 0; of < 3; of++) {
			GOOD(rn_store_inbox(tx, held, of, 0, 10, &list, &error));
			g_assert_cmpuint(list->len, ==, of < 2 ? 1 : 0);
			g_assert_true(list->len == 0 || ((RnInbox *)g_ptr_array_index(list, 0))->raw == NULL);
			g_ptr_array_unref(list);
		}
	commit(tx);
	rn_inbox_free(in);
	rn_box_free(box);
	house_end(&h);
}

static void
test_documents(void)
{
	House h;
	RnTx *tx;
	RnBox *box;
	GBytes *data = g_bytes_new("%PDF-1.7 \0 bytes", 16), *read = NULL;
	RnDocument d = { .at = 5,
		.size = 16,
		.name = (char *)"ci.pdf",
		.kind = (char *)"pdf",
		.sha256 = (char *)"ab",
		.state = (char *)"received" };
	GPtrArray *list = NULL;
	RnDocument *one = NULL;
	gboolean fresh;
	gint64 id;

	house_begin(&h);
	tx = begin(h.store);
	box = put_box(tx, "anna@pec.example");
	d.box_id = box->id;
	GOOD(rn_store_document_add(tx, &d, data, &fresh, &error));
	g_assert_true(fresh);
	id = d.id;
	GOOD(rn_store_document_add(tx, &d, data, &fresh, &error));
	g_assert_false(fresh);
	g_assert_cmpint(d.id, ==, id);
	GOOD(rn_store_documents(tx, box->id, 0, 10, &list, &error));
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_cmpstr(((RnDocument *)g_ptr_array_index(list, 0))->name, ==, "ci.pdf");
	g_assert_cmpint(((RnDocument *)g_ptr_array_index(list, 0))->size, ==, 16);
	g_ptr_array_unref(list);
	GOOD(rn_store_documents(tx, 0, id, 10, &list, &error));
	g_assert_cmpuint(list->len, ==, 0);
	g_ptr_array_unref(list);
	GOOD(rn_store_document_set(tx, id, "refused", "scaduto", &error));
	GOOD(rn_store_document_get(tx, id, &one, &error));
	g_assert_cmpstr(one->state, ==, "refused");
	g_assert_cmpstr(one->reason, ==, "scaduto");
	g_clear_pointer(&one, rn_document_free);
	GOOD(rn_store_document_get(tx, 99, &one, &error));
	g_assert_null(one);
	GOOD(rn_store_document_data(tx, id, &read, &error));
	g_assert_true(g_bytes_equal(read, data));
	g_bytes_unref(read);
	GOOD(rn_store_document_data(tx, 99, &read, &error));
	g_assert_null(read);
	commit(tx);
	g_bytes_unref(data);
	rn_box_free(box);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/inbox/duplicate", test_duplicate);
	g_test_add_func("/store/inbox/judged", test_judged);
	g_test_add_func("/store/inbox/documents", test_documents);
	return g_test_run();
}
