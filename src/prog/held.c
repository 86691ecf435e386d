#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "prog/prog.h"
#include "prog/release.h"
#include "prog/show.h"

#define PAGE 500

static gboolean
list(RnTx *tx, gboolean json, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_inbox(tx, TRUE, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnInbox *in = g_ptr_array_index(rows, i);
			g_autofree char *typed = rn_log_quote(in->typed_text != NULL ? in->typed_text : "");

			after = in->id;
			if (json)
				rn_show_json(rn_show_inbox(in));
			else
				printf("%-6" G_GINT64_FORMAT " %-32s %s %s\n", in->id,
				    in->rule != NULL ? in->rule : "-", in->from != NULL ? in->from : "-",
				    typed);
		}
	}
}

static gboolean
show(RnEngine *e, RnTx *tx, const char *id, gboolean json, GError **error)
{
	g_autoptr(RnInbox) in = NULL;

	if (!rn_store_inbox_get(tx, strtoll(id, NULL, 10), &in, error))
		return FALSE;
	if (in == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no mail %s; `rinnova held list` shows those that wait", id);
		return FALSE;
	}
	if (json)
		rn_show_json(rn_show_inbox(in));
	else
		rn_show_words(rn_show_inbox(in), e->settings->tz);
	return TRUE;
}

int
rn_cmd_held(int argc, char **argv)
{
	gboolean json = FALSE;
	g_autofree char *config = NULL;
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "one JSON object a line", NULL },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(RnTx) tx = NULL;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc == 3 && strcmp(argv[1], "release") == 0)
		return rn_release_run(argv[2], config);
	if (!(argc == 2 && strcmp(argv[1], "list") == 0) && !(argc == 3 && strcmp(argv[1], "show") == 0)) {
		fputs("rinnova: held: say list, show ID, or release ID\n", stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open("held", config, RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	if (e == NULL)
		return code;
	tx = rn_tx_look(e->store, &error);
	if (tx == NULL || !(argc == 2 ? list(tx, json, &error) : show(e, tx, argv[2], json, &error)))
		return rn_complain("held", error);
	return RN_EXIT_OK;
}
