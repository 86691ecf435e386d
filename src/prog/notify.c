#include <stdio.h>

#include "base/log.h"
#include "base/world.h"
#include "core/campaign.h"
#include "core/helddigest.h"
#include "core/metrics.h"
#include "prog/prog.h"

static void
show(const RnBox *box, int day, const char *decision, G_GNUC_UNUSED gpointer data)
{
	g_autofree char *expiry = rn_day_iso(box->expiry);

	printf("%s %s expiry=%s day=%d\n", decision, box->name, expiry, day);
}

int
rn_cmd_notify(int argc, char **argv)
{
	gboolean dry_run = FALSE;
	g_autofree char *config = NULL, *date = NULL, *text = NULL;
	GOptionEntry options[] = {
		{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run, "list what is due, write nothing", NULL },
		{ "date", 0, 0, G_OPTION_ARG_STRING, &date, "take this day for today", "YYYY-MM-DD" }, { 0 }
	};
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	RnCampaignTally tally = { 0 };
	RnDay today;
	guint held = 0;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 1) {
		fprintf(stderr, "rinnova: notify: \"%s\" is not understood\n", argv[1]);
		return RN_EXIT_USAGE;
	}
	e = rn_engine_open(config,
	    RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE |
	        (dry_run ? RN_NEED_READ_ONLY : 0),
	    &error);
	if (e == NULL)
		return rn_complain("notify", error);
	today = rn_day_of(rn_now(), e->settings->tz);
	if (date != NULL && !rn_day_parse(date, &today)) {
		fprintf(stderr, "rinnova: notify: --date: \"%s\" is no day; write it as 2026-11-30\n", date);
		return RN_EXIT_USAGE;
	}
	if (!rn_campaign_notify(e, today, rn_now(), dry_run, dry_run ? show : NULL, NULL, &tally, &error) ||
	    (!dry_run && !rn_held_digest(e, today, rn_now(), FALSE, &held, &error)))
		return rn_complain("notify", error);
	text = g_strdup_printf(
	    "%u boxes looked at, %u notices %s, %u decided not to write, %u reminders of an open order",
	    tally.boxes, tally.written, dry_run ? "would be written" : "written", tally.skipped,
	    tally.reminded);
	puts(text);
	if (!dry_run && !rn_run_note(e->store, RN_RUN_NOTIFY, rn_now(), &error))
		return rn_complain("notify", error);
	if (!dry_run)
		rn_log(RN_LOG_INFO, "-", "notify", "result", text, NULL);
	return RN_EXIT_OK;
}
