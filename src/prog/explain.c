#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/world.h"
#include "core/engine.h"
#include "prog/explain_out.h"
#include "prog/prog.h"

typedef struct {
	gboolean json, no_letter;
	char	*config, *at, *rcpt, *sender, *letter;
} Options;

static void
options_clear(Options *o)
{
	g_free(o->config);
	g_free(o->at);
	g_free(o->rcpt);
	g_free(o->sender);
	g_free(o->letter);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse_options(int *argc, char ***argv, Options *o)
{
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, "one JSON object", NULL },
		{ "at", 0, 0, G_OPTION_ARG_STRING, &o->at, "judge as of this day", "DATE" },
		{ "rcpt", 0, 0, G_OPTION_ARG_STRING, &o->rcpt, "envelope recipient", "ADDR" },
		{ "sender", 0, 0, G_OPTION_ARG_STRING, &o->sender, "envelope sender (\"\" for <>)", "ADDR" },
		{ "letter", 0, 0, G_OPTION_ARG_FILENAME, &o->letter,
		    "the letter being answered (text or .eml)", "FILE" },
		{ "no-letter", 0, 0, G_OPTION_ARG_NONE, &o->no_letter, "do not take the letter away", NULL },
		{ 0 } };

	return rn_options(argc, argv, options, &o->config);
}

/* Whatever is at hand: configuration, keys, store; what is missing is said in the answer, not an error. A
 * configuration that was named must be good. */
static RnEngine *
open_engine(const Options *o, GError **error)
{
	gboolean named = g_strcmp0(o->config, RN_DEFAULT_CONFIG) != 0;
	RnNeed need[] = {
		RN_NEED_SETTINGS | RN_NEED_PARSER | RN_NEED_KEYS | RN_NEED_STORE | RN_NEED_READ_ONLY,
		RN_NEED_SETTINGS | RN_NEED_PARSER | RN_NEED_KEYS,
		RN_NEED_SETTINGS | RN_NEED_PARSER,
	};
	g_autoptr(GError) first = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(need); i++) {
		g_autoptr(GError) why = NULL;
		RnEngine *e = rn_engine_open(o->config, need[i], &why);

		if (e != NULL)
			return e;
		if (first == NULL)
			first = g_steal_pointer(&why);
	}
	if (named) {
		g_propagate_error(error, g_steal_pointer(&first));
		return NULL;
	}
	return rn_engine_bare(o->rcpt != NULL ? rn_addr_domain(o->rcpt) : NULL, RN_NEED_PARSER, error);
}

static GBytes *
read_all(const char *file, GError **error)
{
	g_autoptr(GByteArray) all = g_byte_array_new();
	gboolean is_stdin = file == NULL || strcmp(file, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(file, "rb");
	guint8 buf[65536];
	size_t n;

	if (f == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND, "%s: %s", file, g_strerror(errno));
		return NULL;
	}
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		g_byte_array_append(all, buf, (guint)n);
	if (!is_stdin)
		fclose(f);
	return g_byte_array_free_to_bytes(g_steal_pointer(&all));
}

/* The moment as of which to judge: noon of the day that --at names, else now. */
static gboolean
moment(const RnEngine *e, const char *at, gint64 *now, GError **error)
{
	RnDay day;

	*now = rn_now();
	if (at == NULL)
		return TRUE;
	if (!rn_day_parse(at, &day)) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_USAGE, "--at: \"%s\" is no day; write it as 2026-11-30", at);
		return FALSE;
	}
	*now = rn_day_start(day, e->settings->tz) + 12 * 3600;
	return TRUE;
}

/* Reads the message in FILE ("-": standard input) and prints what it says. */
static gboolean
explain_one(RnEngine *e, const Options *o, const char *file, GBytes *letter, gint64 now, GError **error)
{
	g_autoptr(GBytes) raw = read_all(file, error);
	g_autoptr(RnEnvelope) env = rn_envelope_new(o->rcpt, o->sender);
	g_autoptr(RnReading) r = NULL;

	if (o->at != NULL)
		env->taken = now;
	if (raw == NULL)
		return FALSE;
	r = rn_engine_preview(e, raw, env, letter, o->no_letter, now, error);
	if (r == NULL) {
		if (strcmp(file, "-") != 0)
			g_prefix_error(error, "%s: ", file);
		return FALSE;
	}
	if (o->json)
		rn_explain_json(r, stdout);
	else
		rn_explain_text(e, r, stdout);
	return TRUE;
}

/* All FILES in their order, a heading above each if there are several. One that cannot be read is named, and
 * the others are read all the same. The exit status is that of the first that could not. */
static int
explain_all(RnEngine *e, const Options *o, char **files, GBytes *letter, gint64 now)
{
	gboolean several = files[1] != NULL;
	int code = RN_EXIT_OK;

	for (; *files != NULL; files++) {
		g_autoptr(GError) error = NULL;

		if (several && !o->json)
			printf("==> %s <==\n", *files);
		if (explain_one(e, o, *files, letter, now, &error))
			continue;
		fflush(stdout);
		if (code == RN_EXIT_OK)
			code = rn_complain("explain", error);
		else
			rn_complain("explain", error);
	}
	return code;
}

int
rn_cmd_explain(int argc, char **argv)
{
	g_auto(Options) o = { 0 };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GBytes) letter = NULL;
	g_autoptr(GError) error = NULL;
	char *standard_input[] = { (char *)"-", NULL };
	gint64 now;

	if (!parse_options(&argc, &argv, &o))
		return RN_EXIT_USAGE;
	if ((o.letter != NULL && (letter = read_all(o.letter, &error)) == NULL) ||
	    (e = open_engine(&o, &error)) == NULL || !moment(e, o.at, &now, &error))
		return rn_complain("explain", error);
	return explain_all(e, &o, argc > 1 ? argv + 1 : standard_input, letter, now);
}
