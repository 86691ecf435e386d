/* The model: words of every enum, case numbers, the outcome's faces, and that everything is freed. */
#include <string.h>

#include "model/box.h"
#include "model/envelope.h"
#include "model/facts.h"
#include "model/order.h"
#include "model/outcome.h"

/* All words, in the order of the enums: store, JSON and CLI rely on each letter of them. */
static const struct {
	RnWords		 words;
	const char	*list;
} lists[] = {
	{ RN_WORDS_CLASS, "human auto bounce receipt read-receipt feedback calendar list" },
	{ RN_WORDS_INTENT, "empty unclear question renew accept yes no cancel authorize status list help" },
	{ RN_WORDS_PURPOSE, "none renew accept decline question authorize bounce admin verify" },
	{ RN_WORDS_WHERE, "none recipient thread body" },
	{ RN_WORDS_TOKEN, "none good expired bad unknown-key unchecked" },
	{ RN_WORDS_PROOF, "none failed low normal strong" },
	{ RN_WORDS_ACTION, "record hold hold-warn go-on go-on-named conclude hold-authorize decline cancel ask fresh command "
			   "authorize junk desk selftest verify mark" },
	{ RN_WORDS_ORDER, "none requested document offered accepted renewed declined cancelled lapsed failed" },
	{ RN_WORDS_BOX, "active deactivated closed" },
	{ RN_WORDS_LETTER, "notice fresh document summary confirmation renewed trouble ask already declined cancelled warning "
			   "admin list help authorize refused deactivated moved reminder waits verify" },
	{ RN_WORDS_SEND, "queued claimed sent uncertain failed dropped" },
	{ RN_WORDS_CALL, "renew deactivate reactivate" },
	{ RN_WORDS_SESSION, "none bad good" },
};

static void
test_words(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_auto(GStrv) words = g_strsplit(lists[i].list, " ", -1);
		int n = (int)g_strv_length(words);

		g_test_message("%s", lists[i].list);
		for (int v = 0; v < n; v++) {
			g_assert_cmpstr(rn_word(lists[i].words, v), ==, words[v]);
			g_assert_cmpint(rn_word_read(lists[i].words, words[v]), ==, v);
		}
		g_assert_cmpstr(rn_word(lists[i].words, n), ==, "?");
		g_assert_cmpstr(rn_word(lists[i].words, -1), ==, "?");
		g_assert_cmpint(rn_word_read(lists[i].words, "?"), ==, -1);
		g_assert_cmpint(rn_word_read(lists[i].words, ""), ==, -1);
		g_assert_cmpint(rn_word_read(lists[i].words, NULL), ==, -1);
	}
	g_assert_cmpstr(rn_word((RnWords)G_N_ELEMENTS(lists), 0), ==, "?");
	g_assert_cmpint(rn_word_read((RnWords)G_N_ELEMENTS(lists), "none"), ==, -1);
}

static void
test_case_number(void)
{
	static const struct {
		const char	*text;
		gboolean	 good;
		guint64		 bits;
	} rows[] = {
		{ "0000-0000", TRUE, 0 },
		{ "0000-0001", TRUE, 1 },
		{ "ZZZZ-ZZZZ", TRUE, G_GUINT64_CONSTANT(0xffffffffff) },
		{ "1000-0000", TRUE, G_GUINT64_CONSTANT(1) << 35 },
		{ "7k3m9qtx", TRUE, G_GUINT64_CONSTANT(0x3cc744df5d) },
		{ "OOOO-OOIl", TRUE, 33 },	/* as people read them aloud */
		{ "7-K-3-M-9-Q-T-X", TRUE, G_GUINT64_CONSTANT(0x3cc744df5d) },
		{ "7K3M-9QT", FALSE, 0 },
		{ "7K3M-9QTXA", FALSE, 0 },
		{ "7K3M-9QTU", FALSE, 0 },
		{ "7K3M 9QTX", FALSE, 0 },
		{ "", FALSE, 0 },
		{ "--------", FALSE, 0 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint64 bits = 77;
		g_autofree char *back = NULL;

		g_test_message("%s", rows[i].text);
		g_assert_true(rn_case_read(rows[i].text, &bits) == rows[i].good);
		g_assert_cmphex(bits, ==, rows[i].good ? rows[i].bits : 77);
		back = rn_case_number(rows[i].bits);
		g_assert_cmpuint(strlen(back), ==, 9);
		g_assert_true(rn_case_read(back, &bits));
		g_assert_cmphex(bits, ==, rows[i].bits);
	}
}

static void
test_outcome(void)
{
	for (int o = 0; o < RN_OUT_N; o++) {
		const RnOutcomeFace *face = rn_outcome_face((RnOutcome)o);

		g_test_message("%s", face->word);
		g_assert_cmpint(face->exit, ==, o == RN_OUT_LATER ? 75 : 0);
		g_assert_true(g_str_has_prefix(face->lmtp, o == RN_OUT_LATER ? "451 4." : "250 2."));
	}
	g_assert_true(rn_outcome_face(RN_OUT_N) == rn_outcome_face(RN_OUT_LATER));
	g_assert_true(rn_outcome_face((RnOutcome)-1) == rn_outcome_face(RN_OUT_LATER));
}

/* For the leak checker: everything that can be allocated in them, once. */
static void
test_frees(void)
{
	g_autoptr(RnEnvelope) env = rn_envelope_new("a@b.example", "");
	g_autoptr(RnEnvelope) copy = NULL;
	g_autoptr(RnFacts) facts = rn_facts_new();
	g_autoptr(RnOrder) order = rn_order_new();
	g_autoptr(RnBox) box = rn_box_new();
	g_autoptr(RnLetter) letter = rn_letter_new();
	g_autoptr(RnInbox) in = rn_inbox_new();
	RnAttachment *a = g_new0(RnAttachment, 1);

	env->queue_id = g_strdup("4QxT1z");
	env->client = g_strdup("192.0.2.1");
	env->taken = 5;
	copy = rn_envelope_copy(env);
	g_assert_cmpstr(copy->rcpt, ==, "a@b.example");
	g_assert_cmpstr(copy->sender, ==, "");
	g_assert_cmpstr(copy->queue_id, ==, "4QxT1z");
	g_assert_cmpstr(copy->client, ==, "192.0.2.1");
	g_assert_cmpint(copy->taken, ==, 5);
	a->name = g_strdup("carta.pdf");
	g_ptr_array_add(facts->attachments, a);
	facts->token_text = g_strdup("x");
	g_assert_cmpint(facts->class_, ==, RN_CLASS_HUMAN);
	g_assert_cmpint(order->old_expiry, ==, RN_DAY_NONE);
	g_assert_cmpint(order->state, ==, RN_ORDER_NONE);
	g_assert_cmpint(box->expiry, ==, RN_DAY_NONE);
	box->name = g_strdup("rossi@pec.example");
	order->number = g_strdup("2026-000001");
	letter->raw = g_bytes_new_static("x", 1);
	in->raw = g_bytes_new_static("x", 1);
	rn_envelope_free(NULL);
	rn_facts_free(NULL);
	rn_attachment_free(NULL);
	rn_order_free(NULL);
	rn_box_free(NULL);
	rn_letter_free(NULL);
	rn_call_free(NULL);
	rn_inbox_free(NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/model/words", test_words);
	g_test_add_func("/model/case-number", test_case_number);
	g_test_add_func("/model/outcome", test_outcome);
	g_test_add_func("/model/frees", test_frees);
	return g_test_run();
}
