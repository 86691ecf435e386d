#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/world.h"
#include "core/expiry.h"
#include "core/metrics.h"
#include "prog/prog.h"
#include "prog/show.h"

typedef struct {
	gboolean	 dry_run, force;
	char		*config, *date, *reason;
} Options;

static void
options_clear(Options *o)
{
	g_free(o->config);
	g_free(o->date);
	g_free(o->reason);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void
show(const RnBox *box, const char *decision, G_GNUC_UNUSED gpointer data)
{
	g_autofree char *expiry = rn_day_iso(box->expiry);

	printf("%s %s expiry=%s\n", decision, box->name, expiry);
}

static int
undo(RnEngine *e, const char *box, RnDay today)
{
	g_autofree char *who = rn_show_admin();
	g_autofree char *name = g_ascii_strdown(box, -1);
	g_autoptr(GError) error = NULL;

	if (!rn_expiry_undo(e, name, today, rn_now(), who, &error))
		return rn_complain("expire", error);
	printf("%s deactivated->active\n", name);
	return RN_EXIT_OK;
}

static int
expire(RnEngine *e, const Options *o, RnDay today)
{
	g_autofree char *who = rn_show_admin();
	RnExpiryRun run = {
		.today = today, .now = rn_now(), .dry_run = o->dry_run, .force = o->force ? o->reason : NULL,
		.forced_by = who,
		.show = o->dry_run ? show : NULL,
	};
	RnExpiryTally t = { 0 };
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	if (!rn_expiry_run(e, &run, &t, &error)) {
		rn_log(RN_LOG_WARN, "-", "expire", "error", error->message, NULL);
		return rn_complain("expire", error);
	}
	if (t.braked)
		fprintf(stderr,
		    "rinnova: expire: the brake: more than %u of %u active boxes would be deactivated at once, so %s; look at "
		    "their expiry dates, and if they are right: --force-over-brake --reason TEXT\n",
		    t.allowed, t.active, o->dry_run ? "none would be" : "none was");
	text = g_strdup_printf("%u boxes %s, %u left active with a reason, %u orders lapsed", t.deactivated,
	    o->dry_run ? "to deactivate" : "deactivated", t.left, t.lapsed);
	puts(text);
	if (!o->dry_run && !rn_run_note(e->store, RN_RUN_EXPIRE, rn_now(), &error))
		return rn_complain("expire", error);
	if (!o->dry_run)
		rn_log(t.braked ? RN_LOG_WARN : RN_LOG_INFO, "-", "expire", "result", text, "brake",
		    t.braked ? "pulled" : NULL, NULL);
	return t.braked ? RN_EXIT_FAILED : RN_EXIT_OK;
}

/* Is the line one of the two that are understood? */
static gboolean
understood(int argc, char **argv, const Options *o)
{
	if (argc == 3 && strcmp(argv[1], "undo") == 0)
		return !o->dry_run && !o->force;
	return argc == 1 && o->force == (o->reason != NULL && *o->reason != '\0');
}

int
rn_cmd_expire(int argc, char **argv)
{
	g_auto(Options) o = { 0 };
	GOptionEntry options[] = { { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &o.dry_run,
		                       "list what would be done, change nothing", NULL },
		{ "date", 0, 0, G_OPTION_ARG_STRING, &o.date, "take this day for today", "YYYY-MM-DD" },
		{ "force-over-brake", 0, 0, G_OPTION_ARG_NONE, &o.force, "go on although so many are due",
		    NULL },
		{ "reason", 0, 0, G_OPTION_ARG_STRING, &o.reason, "why the brake is passed over; kept",
		    "TEXT" },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	RnDay today;

	if (!rn_options(&argc, &argv, options, &o.config))
		return RN_EXIT_USAGE;
	if (!understood(argc, argv, &o)) {
		fputs(
		    "rinnova: expire: say nothing more, or undo BOX; --force-over-brake wants --reason TEXT\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_engine_open(o.config,
	    RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE |
	        (o.dry_run ? RN_NEED_READ_ONLY : 0),
	    &error);
	if (e == NULL)
		return rn_complain("expire", error);
	today = rn_day_of(rn_now(), e->settings->tz);
	if (o.date != NULL && !rn_day_parse(o.date, &today)) {
		fprintf(
		    stderr, "rinnova: expire: --date: \"%s\" is no day; write it as 2026-11-30\n", o.date);
		return RN_EXIT_USAGE;
	}
	return argc == 3 ? undo(e, argv[2], today) : expire(e, &o, today);
}
