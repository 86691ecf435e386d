#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/stamps.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 100

typedef struct {
	RnEngine	*e;
	gboolean	 json;
	char		*convention;
	GPtrArray	*noted;		/* RnNotedHead */
	gboolean	 wrong;
} Audit;

static void
say_wrong(const char *convention, gint64 seq, const RnLedgerEntry *row, const char *what, gpointer data)
{
	Audit *a = data;
	g_autofree char *name = rn_text_plain(convention);
	g_autofree char *of = row != NULL ? rn_text_plain(row->what) : NULL;

	a->wrong = TRUE;
	if (a->json)
		rn_show_json(json_pack("{s:b, s:s, s:I, s:s?, s:s}", "ok", FALSE, "convention", name, "row",
		    (json_int_t)seq, "what", of, "why", what));
	else
		printf("FAIL  %s row %" G_GINT64_FORMAT "%s%s%s %s\n", name, seq, of != NULL ? " (" : "",
		    of != NULL ? of : "", of != NULL ? ")" : "", what);
}

static void
say_chain(const Audit *a, const char *convention, const RnAudit *found)
{
	g_autofree char *name = rn_text_plain(convention);

	if (a->json) {
		rn_show_json(
		    json_pack("{s:b, s:s, s:I, s:I, s:I, s:I, s:s?}", "ok", found->wrong == 0, "convention",
		        name, "rows", (json_int_t)found->rows, "wrong", (json_int_t)found->wrong, "erased",
		        (json_int_t)found->erased, "head_row", (json_int_t)found->seq, "head", found->head));
		return;
	}
	if (found->wrong > 0)
		printf("FAIL  %s: %" G_GINT64_FORMAT " rows, %" G_GINT64_FORMAT " things wrong%s\n", name,
		    found->rows, found->wrong,
		    found->wrong > RN_AUDIT_TOLD ? ", of which the first are named above" : "");
	else
		printf("ok    %s: %" G_GINT64_FORMAT " rows in one chain", name, found->rows);
	if (found->wrong == 0 && found->erased > 0)
		printf(", %" G_GINT64_FORMAT " details erased", found->erased);
	if (found->wrong == 0)
		putchar('\n');
	if (found->head != NULL)
		printf("head  %s:%" G_GINT64_FORMAT ":%s\n", name, found->seq, found->head);
}

static void
say_stamp(Audit *a, const RnDayHead *h, const char *state, const RnStamp *stamp, const char *why)
{
	g_autofree char *day = rn_day_iso(h->day);
	g_autofree char *time = rn_time_text(stamp->time, a->e->settings->tz);
	g_autofree char *words = why != NULL ? rn_text_plain(why) : NULL;

	if (a->json)
		rn_show_json(json_pack("{s:b, s:s, s:s, s:s?, s:o, s:s?}", "ok", strcmp(state, "FAIL") != 0,
		    "day", day, "stamp",
		    strcmp(state, "ok") == 0       ? "good" :
		        strcmp(state, "FAIL") == 0 ? "bad" :
		                                     "none",
		    "authority", stamp->authority, "stamped_at",
		    stamp->time != 0 ? json_integer(stamp->time) : json_null(), "why", why));
	else if (strcmp(state, "ok") == 0)
		printf("ok    %s: heads stamped on %s by %s\n", day, time, stamp->authority);
	else
		printf("%-5s %s: %s\n", state, day, words);
	a->wrong |= strcmp(state, "FAIL") == 0;
}

/* The stamp of one day's record. */
static void
check_stamp(Audit *a, const RnTrust *trust, const RnDayHead *h)
{
	g_autoptr(GBytes) data = g_bytes_new(h->record, strlen(h->record));
	g_autoptr(GError) error = NULL;
	g_autofree char *why = NULL;
	g_auto(RnStamp) stamp = { 0 };

	if (h->answer == NULL) {
		why = g_strdup_printf("heads noted, not stamped%s%s", h->error != NULL ? ": " : "",
		    h->error != NULL ? h->error : "");
		say_stamp(a, h, "note", &stamp, why);
	} else if (trust->anchors->len == 0) {
		say_stamp(a, h, "note", &stamp, "heads stamped, and no timestamp-anchors to verify it by");
	} else if (!rn_stamp_check(h->answer, data, NULL, trust, &stamp, &error)) {
		why = g_strdup_printf("a stamp that does not hold: %s", error->message);
		say_stamp(a, h, "FAIL", &stamp, why);
	} else if (stamp.time != h->stamped) {
		say_stamp(a, h, "FAIL", &stamp, "the time beside the stamp is not the one in it");
	} else
		say_stamp(a, h, "ok", &stamp, NULL);
}

/* The heads that the store itself has noted, day by day: each must be in its chain. */
static gboolean
take_days(Audit *a, RnTx *tx, GPtrArray *days, GError **error)
{
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) list = NULL;

		if (!rn_store_day_heads(tx, after, PAGE, &list, error))
			return FALSE;
		if (list->len == 0)
			return TRUE;
		for (guint i = 0; i < list->len; i++) {
			RnDayHead *h = g_ptr_array_index(list, i);
			g_autofree char *day = rn_day_iso(h->day);
			g_autofree char *where = g_strdup_printf("record of %s", day);
			g_autoptr(GError) why = NULL;

			after = h->id;
			if (!rn_stamps_read(h->record, strlen(h->record), where, a->noted, &why)) {
				RnStamp none = { 0 };

				say_stamp(a, h, "FAIL", &none, why->message);
			}
			g_ptr_array_add(days, h);
		}
		g_ptr_array_set_free_func(list, NULL);
	}
}

static void
free_day(gpointer h)
{
	rn_day_head_free(h);
}

static gboolean
verify(Audit *a, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(a->e->store, error);
	g_autoptr(RnTrust) trust = rn_trust_load(a->e->settings->site.timestamp_anchors, NULL, FALSE, error);
	g_autoptr(GPtrArray) days = g_ptr_array_new_with_free_func(free_day);
	g_autoptr(GPtrArray) names = NULL;

	if (tx == NULL || trust == NULL || !take_days(a, tx, days, error) ||
	    !rn_audit_conventions(tx, a->noted, &names, error))
		return FALSE;
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_auto(RnAudit) found = { 0 };

		if (a->convention != NULL && strcmp(name, a->convention) != 0)
			continue;
		if (!rn_audit_chain(tx, name, a->noted, say_wrong, a, &found, error))
			return FALSE;
		say_chain(a, name, &found);
	}
	for (guint i = 0; i < days->len && a->convention == NULL; i++)
		check_stamp(a, trust, g_ptr_array_index(days, i));
	return TRUE;
}

/* A head as it stands on the command line, or a file with one on each line (as this command prints them; what
 * does not begin with "head" and holds no head is left out). */
static gboolean
read_noted(Audit *a, char **texts, GError **error)
{
	for (guint i = 0; texts != NULL && texts[i] != NULL; i++) {
		g_autofree char *all = NULL;
		g_auto(GStrv) lines = NULL;

		if (!g_file_test(texts[i], G_FILE_TEST_EXISTS)) {
			if (!rn_noted_head_read(a->noted, texts[i], "--head", error))
				return FALSE;
			continue;
		}
		if (!g_file_get_contents(texts[i], &all, NULL, error)) {
			(*error)->domain = RN_ERROR;
			(*error)->code = RN_ERR_NOT_FOUND;
			return FALSE;
		}
		lines = g_strsplit(all, "\n", -1);
		for (guint k = 0; lines[k] != NULL; k++) {
			g_autofree char *where = g_strdup_printf("%s line %u", texts[i], k + 1);
			char *line = g_strstrip(lines[k]);

			if (g_str_has_prefix(line, "ok ") || g_str_has_prefix(line, "note ") ||
			    g_str_has_prefix(line, "FAIL ") || *line == '#' || *line == '\0')
				continue;
			line = g_str_has_prefix(line, "head ") ? g_strstrip(line + 5) : line;
			if (!rn_noted_head_read(a->noted, line, where, error))
				return FALSE;
		}
	}
	return TRUE;
}

static void
free_noted(gpointer h)
{
	rn_noted_head_free(h);
}

int
rn_cmd_audit(int argc, char **argv)
{
	g_autofree char *config = NULL, *convention = NULL;
	g_auto(GStrv) heads = NULL;
	g_autoptr(GPtrArray) noted = g_ptr_array_new_with_free_func(free_noted);
	Audit a = { .noted = noted };
	GOptionEntry options[] = {
		{ "json", 0, 0, G_OPTION_ARG_NONE, &a.json, "one JSON object a line", NULL },
		{ "convention", 0, 0, G_OPTION_ARG_STRING, &convention, "only its chain", "NAME" },
		{ "head", 0, 0, G_OPTION_ARG_STRING_ARRAY, &heads,
		    "a head that was noted down, or a file of them; may be given several times", "NAME:ROW:DIGEST" },
		{ 0 },
	};
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 2 || strcmp(argv[1], "verify") != 0) {
		fputs("rinnova: audit: say verify\n", stderr);
		return RN_EXIT_USAGE;
	}
	a.convention = convention;
	if (!read_noted(&a, heads, &error))
		return rn_complain("audit", error);
	e = rn_show_open("audit", config, RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	if (e == NULL)
		return code;
	a.e = e;
	if (!verify(&a, &error))
		return rn_complain("audit", error);
	return a.wrong ? RN_EXIT_FAILED : RN_EXIT_OK;
}
