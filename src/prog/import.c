#include <stdio.h>
#include <unistd.h>

#include "core/import.h"
#include "prog/prog.h"

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

int
rn_cmd_import(int argc, char **argv)
{
	gboolean keep_going = FALSE;
	g_autofree char *config = NULL;
	GOptionEntry options[] = { { "keep-going", 0, 0, G_OPTION_ARG_NONE, &keep_going,
		                       "leave bad lines out and import the others", NULL },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	RnImportTally tally = { 0 };
	Show show = { .terminal = isatty(STDERR_FILENO), .percent = -1 };

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 2) {
		fputs("rinnova: import: say which file: rinnova import FILE.csv\n", stderr);
		return RN_EXIT_USAGE;
	}
	show.file = argv[1];
	e = rn_engine_open(config, RN_NEED_SETTINGS | RN_NEED_STORE, &error);
	if (e == NULL || !rn_import(e, argv[1], keep_going, bad, progress, &show, &tally, &error))
		return rn_complain("import", error);
	printf("%u lines: %u boxes added, %u changed, %u as before, %u lines left out\n", tally.lines,
	    tally.added, tally.changed, tally.same, tally.bad);
	return tally.bad > 0 ? RN_EXIT_WARN : RN_EXIT_OK;
}
