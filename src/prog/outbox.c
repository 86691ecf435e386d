#include <stdio.h>
#include <string.h>

#include "base/world.h"
#include "core/desk.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

static gboolean
waits(RnSendState state)
{
	return state != RN_SEND_SENT && state != RN_SEND_DROPPED;
}

/* A letter that was sent and came back is printed with the word for that. */
static void
print_letter(const RnLetter *l, GHashTable *deliveries, gboolean json)
{
	const RnDelivery *lost = rn_show_delivery(deliveries, l->id, "undeliverable");

	if (l->state != RN_SEND_SENT)
		lost = NULL;
	if (json)
		rn_show_json(rn_show_letter_fate(l, deliveries));
	else
		printf("L%-7" G_GINT64_FORMAT " %-12s %-9s %s attempts=%d %s %s\n", l->id,
		    rn_word(RN_WORDS_LETTER, l->kind),
		    lost != NULL ? lost->state : rn_word(RN_WORDS_SEND, l->state), l->rcpt, l->attempts,
		    lost != NULL && lost->code != NULL ? lost->code : "",
		    lost != NULL && lost->why != NULL ? lost->why :
		        l->error != NULL              ? l->error :
		                                        "");
}

static void
print_call(const RnCall *c, gboolean json)
{
	if (json)
		rn_show_json(rn_show_call(c));
	else
		printf("C%-7" G_GINT64_FORMAT " %-12s %-9s %s attempts=%d %s\n", c->id,
		    rn_word(RN_WORDS_CALL, c->kind), rn_word(RN_WORDS_SEND, c->state), c->key, c->attempts,
		    c->error != NULL ? c->error : "");
}

static gboolean
list_letters(RnTx *tx, gboolean json, gboolean all, GError **error)
{
	g_autoptr(GHashTable) deliveries = rn_show_deliveries(tx, 0, error);

	if (deliveries == NULL)
		return FALSE;
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_letters(tx, -1, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnLetter *l = g_ptr_array_index(rows, i);

			after = l->id;
			if (all || waits(l->state) ||
			    (l->state == RN_SEND_SENT &&
			        rn_show_delivery(deliveries, l->id, "undeliverable") != NULL))
				print_letter(l, deliveries, json);
		}
	}
}

static gboolean
list_calls(RnTx *tx, gboolean json, gboolean all, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_calls(tx, -1, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnCall *c = g_ptr_array_index(rows, i);

			after = c->id;
			if (all || waits(c->state))
				print_call(c, json);
		}
	}
}

/* "L12", as the list prints it, or "12". 0 if it is no letter's number. */
static gint64
letter_id(const char *text)
{
	guint64 id = 0;

	if (*text == 'L')
		text++;
	return g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &id, NULL) ? (gint64)id : 0;
}

static gboolean
queue_again(RnDesk *d, const RnLetter *l, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	g_autofree char *detail = g_strdup_printf("L%" G_GINT64_FORMAT " %s, was %s", l->id,
	    rn_word(RN_WORDS_LETTER, l->kind), rn_word(RN_WORDS_SEND, l->state));
	gboolean found;

	if (!rn_store_letter_again(d->tx, l->id, d->now, &found, error))
		return FALSE;
	if (found && !rn_store_delivery_forget(d->tx, l->id, NULL, error))
		return FALSE;
	if (!found) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE,
		    "letter L%" G_GINT64_FORMAT
		    " is %s: only one that failed, is uncertain or came back can be sent again",
		    l->id, rn_word(RN_WORDS_SEND, l->state));
		return FALSE;
	}
	return (l->box_id == 0 || rn_store_box_get(d->tx, l->box_id, &box, error)) &&
	    rn_desk_ledger(d, "letter queued again", box, NULL, detail, error);
}

static gboolean
retry(RnEngine *e, const char *which, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	g_autoptr(RnLetter) letter = NULL;
	g_autofree char *who = rn_show_admin();
	RnDesk d = { .e = e, .tx = tx, .now = rn_now(), .who = who, .why = "outbox retry" };

	if (tx == NULL || !rn_store_letter_get(tx, letter_id(which), &letter, error))
		return FALSE;
	if (letter == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no letter \"%s\"; `rinnova outbox list` shows those that wait", which);
		return FALSE;
	}
	if (!queue_again(&d, letter, error) || !rn_tx_commit(&tx, error))
		return FALSE;
	printf("L%" G_GINT64_FORMAT " %s->queued\n", letter->id, rn_word(RN_WORDS_SEND, letter->state));
	return TRUE;
}

static gboolean
list(RnEngine *e, gboolean json, gboolean all, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);

	return tx != NULL && list_letters(tx, json, all, error) && list_calls(tx, json, all, error);
}

int
rn_cmd_outbox(int argc, char **argv)
{
	gboolean json = FALSE, all = FALSE;
	g_autofree char *config = NULL;
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "one JSON object a line", NULL },
		{ "all", 0, 0, G_OPTION_ARG_NONE, &all, "those that were sent or dropped as well", NULL },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	gboolean reads;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	reads = argc == 2 && strcmp(argv[1], "list") == 0;
	if (!reads && !(argc == 3 && strcmp(argv[1], "retry") == 0)) {
		fputs("rinnova: outbox: say list, or retry ID of a letter\n", stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open(
	    "outbox", config, RN_NEED_SETTINGS | RN_NEED_STORE | (reads ? RN_NEED_READ_ONLY : 0), &code);
	if (e == NULL)
		return code;
	if (!(reads ? list(e, json, all, &error) : retry(e, argv[2], &error)))
		return rn_complain("outbox", error);
	return RN_EXIT_OK;
}
