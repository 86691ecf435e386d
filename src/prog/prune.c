#include <stdio.h>

#include "base/log.h"
#include "base/world.h"
#include "core/keep.h"
#include "core/metrics.h"
#include "prog/prog.h"

static void
say(const RnPruned *p, gboolean dry_run)
{
	g_autofree char *text = g_strdup_printf(
	    "%u boxes: %" G_GINT64_FORMAT " mails, %" G_GINT64_FORMAT " letters and %" G_GINT64_FORMAT
	    " documents %s; of no box: %" G_GINT64_FORMAT ", nobody's: %" G_GINT64_FORMAT,
	    p->boxes, p->removed.mails, p->removed.letters, p->removed.documents,
	    dry_run ? "would be removed" : "removed", p->strangers, p->junk);

	puts(text);
	if (!dry_run)
		rn_log(RN_LOG_INFO, "-", "prune", "result", text, NULL);
}

int
rn_cmd_prune(int argc, char **argv)
{
	gboolean dry_run = FALSE;
	g_autofree char *config = NULL, *date = NULL;
	GOptionEntry options[] = { { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run,
		                       "count what would be removed, change nothing", NULL },
		{ "date", 0, 0, G_OPTION_ARG_STRING, &date, "take this day for today", "YYYY-MM-DD" },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	RnPruned pruned;
	RnDay today;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 1) {
		fprintf(stderr, "rinnova: prune: \"%s\" is not understood\n", argv[1]);
		return RN_EXIT_USAGE;
	}
	e = rn_engine_open(config, RN_NEED_SETTINGS | RN_NEED_STORE, &error);
	if (e == NULL)
		return rn_complain("prune", error);
	today = rn_day_of(rn_now(), e->settings->tz);
	if (date != NULL && !rn_day_parse(date, &today)) {
		fprintf(stderr, "rinnova: prune: --date: \"%s\" is no day; write it as 2026-11-30\n", date);
		return RN_EXIT_USAGE;
	}
	if (!rn_keep_prune(e, today, rn_now(), dry_run, &pruned, &error))
		return rn_complain("prune", error);
	say(&pruned, dry_run);
	if (!dry_run && !rn_run_note(e->store, RN_RUN_PRUNE, rn_now(), &error))
		return rn_complain("prune", error);
	return RN_EXIT_OK;
}
