#include <stdio.h>
#include <unistd.h>

#include "core/import.h"
#include "prog/prog.h"
#include "prog/show.h"

typedef struct {
	const char	*file;
	gboolean	 terminal;
	int		 percent;
} Show;

static void
bad(guint line, const char *reason, gpointer data)
{
	Show *s = data;

	fprintf(stderr, "%s%s:%u: %s\n", s->terminal ? "\r" : "", s->file, line, reason);
}

/* A line that grows on a terminal; nothing where the output is a file. */
static void
progress(gint64 done, gint64 all, gpointer data)
{
	Show *s = data;
	int percent = all > 0 ? (int)(done * 100 / all) : 100;

	if (!s->terminal || percent == s->percent)
		return;
	s->percent = percent;
	fprintf(stderr, "\rimporting %3d%%", percent);
	if (percent == 100)
		fputc('\n', stderr);
}

/* FALSE after saying what does not go together. */
static gboolean
fits(int argc, const RnImportHow *how)
{
	const char *wrong = argc != 2 ?
	    "say which file: rinnova import FILE.csv" :
	    how->roll && how->keep_going ?
	    "--roll takes no --keep-going: who stands on a bad line would be closed" :
	    how->convention != NULL && !how->roll ? "--convention goes with --roll" :
	    how->force != (how->reason != NULL && *how->reason != '\0') ?
	                                            "--force and --reason TEXT go together" :
	                                            NULL;

	if (wrong != NULL)
		fprintf(stderr, "rinnova: import: %s\n", wrong);
	return wrong == NULL;
}

static int
run(const char *config, const char *file, RnImportHow *how)
{
	RnImportTally tally = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *report = NULL;
	g_autoptr(RnEngine) e =
	    rn_engine_open(config, RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE, &error);
	gboolean ok;

	if (e == NULL)
		return rn_complain("import", error);
	if (how->convention != NULL && rn_settings_convention(e->settings, how->convention) == NULL) {
		fprintf(stderr, "rinnova: import: there is no [convention %s]\n", how->convention);
		return RN_EXIT_USAGE;
	}
	ok = rn_import(e, file, how, &tally, &report, &error);
	if (report != NULL && (how->roll || how->dry_run || !ok))
		fputs(report, stdout);
	if (!ok)
		return rn_complain("import", error);
	printf("%u lines: %u boxes added, %u changed, %u as before, %u lines left out%s\n", tally.lines,
	    tally.added, tally.changed, tally.same, tally.bad, how->dry_run ? "; nothing was written" : "");
	return tally.bad > 0 ? RN_EXIT_WARN : RN_EXIT_OK;
}

int
rn_cmd_import(int argc, char **argv)
{
	g_autofree char *config = NULL, *convention = NULL, *reason = NULL, *who = rn_show_admin();
	Show show = { .terminal = isatty(STDERR_FILENO), .percent = -1 };
	RnImportHow how = { .bad = bad, .progress = progress, .data = &show };
	GOptionEntry options[] = {
		{ "keep-going", 0, 0, G_OPTION_ARG_NONE, &how.keep_going,
		    "leave bad lines out and import the others", NULL },
		{ "roll", 0, 0, G_OPTION_ARG_NONE, &how.roll,
		    "the file is the whole roll: close who is not in it", NULL },
		{ "convention", 0, 0, G_OPTION_ARG_STRING, &convention,
		    "with --roll: of this convention only", "NAME" },
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &how.dry_run, "say what would change and write nothing", NULL },
		{ "force", 0, 0, G_OPTION_ARG_NONE, &how.force, "let go of the brake", NULL },
		{ "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "with --force: why", "TEXT" },
		{ 0 },
	};

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	how.convention = convention;
	how.who = who;
	how.reason = reason;
	if (!fits(argc, &how))
		return RN_EXIT_USAGE;
	show.file = argv[1];
	return run(config, argv[1], &how);
}
