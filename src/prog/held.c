#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/heldwords.h"
#include "prog/prog.h"
#include "prog/decide.h"
#include "prog/show.h"

#define PAGE 500

/* What the row says, and why it waits and what can be done about it. */
static json_t *
as_json(const RnInbox *in)
{
	json_t *j = rn_show_inbox(in), *likely = json_array();
	const char *why = rn_held_reason(in->rule);
	RnHeldVerb verbs[RN_HELD_N];
	guint n = rn_held_likely(in, FALSE, verbs);

	for (guint i = 0; in->held && i < n; i++)
		json_array_append_new(likely, json_string(rn_held_word(verbs[i])));
	json_object_set_new(j, "why", why != NULL ? json_string(why) : json_null());
	json_object_set_new(j, "likely", likely);
	return j;
}

static void
print_line(const RnInbox *in)
{
	g_autofree char *typed = rn_log_quote(in->typed_text != NULL ? in->typed_text : "");
	RnHeldVerb verbs[RN_HELD_N];
	guint n = rn_held_likely(in, FALSE, verbs);

	printf("%-6" G_GINT64_FORMAT " %-32s %s %s %s%s%s\n", in->id, in->rule != NULL ? in->rule : "-",
	    in->from != NULL ? in->from : "-", typed, rn_held_word(verbs[0]), n > 1 ? "|" : "",
	    n > 1 ? rn_held_word(verbs[1]) : "");
}

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

			after = in->id;
			if (json)
				rn_show_json(as_json(in));
			else
				print_line(in);
		}
	}
}

/* The arrays of JSON are words with spaces between them here. */
static void
print_words(json_t *j, GTimeZone *tz)
{
	g_autoptr(GString) words = g_string_new(NULL);
	json_t *word;
	size_t i;

	json_array_foreach(json_object_get(j, "likely"), i, word)
	    g_string_append_printf(words, "%s%s", i > 0 ? " " : "", json_string_value(word));
	json_object_set_new(j, "likely", words->len > 0 ? json_string(words->str) : json_null());
	rn_show_words(j, tz);
}

static gboolean
show(RnEngine *e, RnTx *tx, const char *id, gboolean json, GError **error)
{
	g_autoptr(RnInbox) in = NULL;
	g_autoptr(RnBox) box = NULL;
	g_autoptr(RnDecision) decision = NULL;
	json_t *j;
	gint64 n;

	if (g_ascii_string_to_signed(id, 10, 1, G_MAXINT64, &n, NULL) &&
	    !rn_store_inbox_get(tx, n, &in, error))
		return FALSE;
	if (in == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no mail %s; `rinnova held list` shows those that wait", id);
		return FALSE;
	}
	if ((in->box_id != 0 && !rn_store_box_get(tx, in->box_id, &box, error)) ||
	    !rn_store_decision_last(tx, in->id, &decision, error))
		return FALSE;
	j = as_json(in);
	json_object_set_new(j, "box", box != NULL ? json_string(box->name) : json_null());
	json_object_set_new(j, "decided", decision != NULL ? json_string(decision->what) : json_null());
	json_object_set_new(j, "decided_by", decision != NULL ? json_string(decision->who) : json_null());
	json_object_set_new(j, "decided_at", decision != NULL ? json_integer(decision->at) : json_null());
	if (json)
		rn_show_json(j);
	else
		print_words(j, e->settings->tz);
	return TRUE;
}

/* One of the verbs that decide, with a number and the reason where one is wanted. */
static gboolean
is_decision(int argc, char **argv, RnHeldVerb *verb, const char *reason)
{
	gboolean reasoned = reason != NULL && *reason != '\0';	/* both without white space around */

	for (*verb = 0; argc == 3 && *verb < RN_HELD_N; (*verb)++)
		if (strcmp(argv[1], rn_held_word(*verb)) == 0)
			return reasoned || *verb == RN_HELD_ASK || *verb == RN_HELD_RELEASE;
	return FALSE;
}

int
rn_cmd_held(int argc, char **argv)
{
	gboolean json = FALSE;
	g_autofree char *config = NULL, *reason = NULL, *words = NULL;
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "one JSON object a line", NULL },
		{ "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "of accept, discard and close; kept",
		    "TEXT" },
		{ "text", 0, 0, G_OPTION_ARG_STRING, &words, "with ask: what the member shall read", "TEXT" },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(RnTx) tx = NULL;
	RnHeldVerb verb;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (reason != NULL)
		g_strstrip(reason);
	if (words != NULL && *g_strstrip(words) == '\0') {
		fputs("rinnova: held: --text is empty: leave it out for the usual question\n", stderr);
		return RN_EXIT_USAGE;
	}
	if (is_decision(argc, argv, &verb, reason) && (words == NULL || verb == RN_HELD_ASK))
		return rn_decide_run(verb, argv[2], words, reason, config);
	if (!(argc == 2 && strcmp(argv[1], "list") == 0) && !(argc == 3 && strcmp(argv[1], "show") == 0)) {
		fputs(
		    "rinnova: held: say list, show ID, release ID, ask ID [--text TEXT], or accept, discard or close ID --reason TEXT\n",
		    stderr);
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
