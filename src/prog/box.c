#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/keep.h"
#include "prog/delegate.h"
#include "prog/prog.h"
#include "prog/retain.h"
#include "prog/show.h"
#include "prog/why.h"

#define PAGE 500

static void
print_line(const RnBox *box, gboolean json)
{
	g_autofree char *expiry = rn_day_iso(box->expiry);

	if (json)
		rn_show_json(rn_show_box(box));
	else
		printf("%-40s %s  %-11s %-12s %s\n", box->name, expiry, rn_word(RN_WORDS_BOX, box->state),
		    box->convention, box->document ? "document" : "no-document");
}

static gboolean
list(RnEngine *e, gboolean json, GError **error)
{
	RnBoxFilter filter = { .state = -1, .from = RN_DAY_NONE, .to = RN_DAY_NONE };
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	gint64 after = 0;

	while (tx != NULL) {
		g_autoptr(GPtrArray) boxes = NULL;

		if (!rn_store_boxes(tx, &filter, after, PAGE, &boxes, error))
			return FALSE;
		if (boxes->len == 0)
			return TRUE;
		for (guint i = 0; i < boxes->len; i++)
			print_line(g_ptr_array_index(boxes, i), json);
		after = ((const RnBox *)g_ptr_array_index(boxes, boxes->len - 1))->id;
	}
	return FALSE;
}

/* Of so many rows only the first PAGE are shown, and the answer says so. */
static void
cut(GPtrArray *rows, const char *name, json_t *all)
{
	json_t *cut = json_object_get(all, "cut");

	if (rows->len <= PAGE)
		return;
	g_ptr_array_set_size(rows, PAGE);
	if (cut == NULL)
		json_object_set_new(all, "cut", cut = json_array());
	json_array_append_new(cut, json_string(name));
}

/* All that is known of a box: itself, its orders, its letters, its mails, its ledger. */
static gboolean
story(RnEngine *e, RnTx *tx, const RnBox *box, json_t *all, GError **error)
{
	g_autoptr(GPtrArray) orders = NULL;
	g_autoptr(GPtrArray) letters = NULL;
	g_autoptr(GPtrArray) inbox = NULL;
	g_autoptr(GPtrArray) ledger = NULL;
	g_autoptr(GHashTable) deliveries = NULL;
	json_t *list_of[4] = { json_array(), json_array(), json_array(), json_array() };

	json_object_set_new(all, "orders", list_of[0]);
	json_object_set_new(all, "letters", list_of[1]);
	json_object_set_new(all, "replies", list_of[2]);
	json_object_set_new(all, "ledger", list_of[3]);
	(void)e;
	if (!rn_store_orders_of_box(tx, box->id, &orders, error) ||
	    !rn_store_letters(tx, -1, box->id, 0, PAGE + 1, &letters, error) ||
	    !rn_store_inbox(tx, FALSE, box->id, 0, PAGE + 1, &inbox, error) ||
	    !rn_store_ledger(tx, NULL, box->id, 0, PAGE + 1, &ledger, error) ||
	    (deliveries = rn_show_deliveries(tx, box->id, error)) == NULL)
		return FALSE;
	cut(letters, "letters", all);
	cut(inbox, "replies", all);
	cut(ledger, "ledger", all);
	for (guint i = 0; i < orders->len; i++)
		json_array_append_new(list_of[0], rn_show_order(g_ptr_array_index(orders, i), box->name));
	for (guint i = 0; i < letters->len; i++) {
		const RnLetter *l = g_ptr_array_index(letters, i);
		json_t *j = rn_show_letter_fate(l, deliveries);
		g_auto(RnFate) fate = { 0 };

		json_array_append_new(list_of[1], j);
		if (!rn_receipt_fate(tx, l, 0, &fate, error))
			return FALSE;
		rn_show_fate(j, &fate, e->settings->tz);
	}
	for (guint i = 0; i < inbox->len; i++)
		json_array_append_new(list_of[2], rn_show_inbox(g_ptr_array_index(inbox, i)));
	for (guint i = 0; i < ledger->len; i++)
		json_array_append_new(list_of[3], rn_show_ledger(g_ptr_array_index(ledger, i)));
	return TRUE;
}

static void
print_story(RnEngine *e, const RnBox *box, json_t *all)
{
	static const char *const names[] = { "orders", "letters", "replies", "ledger" };

	puts(box->name);
	rn_show_words(rn_show_box(box), e->settings->tz);
	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		const json_t *rows = json_object_get(all, names[i]);

		for (size_t n = 0; n < json_array_size(rows); n++) {
			printf("%s %zu\n", names[i], n + 1);
			rn_show_words(json_incref(json_array_get(rows, n)), e->settings->tz);
		}
	}
	for (size_t n = 0; n < json_array_size(json_object_get(all, "cut")); n++)
		printf("%s: there are more, only the first %d are shown\n",
		    json_string_value(json_array_get(json_object_get(all, "cut"), n)), PAGE);
}

static gboolean
show(RnEngine *e, const char *name, gboolean json, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autofree char *folded = rn_addr_fold(name);
	g_autoptr(RnBox) box = NULL;
	char *hold = NULL;
	json_t *all;
	gboolean ok;

	if (tx == NULL || !rn_store_box_find(tx, folded, &box, error))
		return FALSE;
	if (box == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no box \"%s\"; `rinnova box list` shows all", name);
		return FALSE;
	}
	all = rn_show_box(box);
	ok = rn_store_hold_get(tx, box->id, &hold, NULL, error) && story(e, tx, box, all, error);
	json_object_set_new(all, "legal_hold", hold != NULL ? json_string(hold) : json_null());
	g_free(hold);
	if (ok && json)
		rn_show_json(json_incref(all));
	else if (ok)
		print_story(e, box, all);
	json_decref(all);
	return ok;
}

int
rn_cmd_box(int argc, char **argv)
{
	gboolean json = FALSE, end = FALSE;
	g_autofree char *config = NULL, *reason = NULL;
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "one JSON object a line", NULL },
		{ "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "of a legal hold, or of forgetting; kept",
		    "TEXT" },
		{ "end", 0, 0, G_OPTION_ARG_NONE, &end, "end a legal hold", NULL }, { 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc >= 2 && strcmp(argv[1], "delegate") == 0)
		return rn_delegate_run(argc - 1, argv + 1, json, config);
	if (argc >= 2 && (strcmp(argv[1], "legal-hold") == 0 || strcmp(argv[1], "forget") == 0))
		return rn_retain_run(argc - 1, argv + 1, reason, end, config);
	if (argc == 3 && strcmp(argv[1], "why") == 0)
		return rn_why_run(argv[2], json, config);
	if (!(argc == 2 && strcmp(argv[1], "list") == 0) && !(argc == 3 && strcmp(argv[1], "show") == 0)) {
		fputs(
		    "rinnova: box: say list, show BOX, why BOX, delegate BOX list|add|remove [ADDRESS], legal-hold BOX or forget BOX\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open("box", config, RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	if (e == NULL)
		return code;
	if (!(argc == 2 ? list(e, json, &error) : show(e, argv[2], json, &error)))
		return rn_complain("box", error);
	return RN_EXIT_OK;
}
