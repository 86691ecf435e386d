#include <stdio.h>
#include <string.h>

#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

static gboolean
waits(RnSendState state)
{
	return state != RN_SEND_SENT && state != RN_SEND_DROPPED;
}

static void
print_letter(const RnLetter *l, gboolean json)
{
	if (json)
		rn_show_json(rn_show_letter(l));
	else
		printf("L%-7" G_GINT64_FORMAT " %-12s %-9s %s attempts=%d %s\n", l->id,
		    rn_word(RN_WORDS_LETTER, l->kind), rn_word(RN_WORDS_SEND, l->state), l->rcpt, l->attempts,
		    l->error != NULL ? l->error : "");
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
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_letters(tx, -1, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnLetter *l = g_ptr_array_index(rows, i);

			after = l->id;
			if (all || waits(l->state))
				print_letter(l, json);
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
	g_autoptr(RnTx) tx = NULL;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 2 || strcmp(argv[1], "list") != 0) {
		fputs("rinnova: outbox: say list\n", stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open("outbox", config, RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	if (e == NULL)
		return code;
	tx = rn_tx_look(e->store, &error);
	if (tx == NULL || !list_letters(tx, json, all, &error) || !list_calls(tx, json, all, &error))
		return rn_complain("outbox", error);
	return RN_EXIT_OK;
}
