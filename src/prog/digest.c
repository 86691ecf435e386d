#include <stdio.h>

#include "base/log.h"
#include "base/world.h"
#include "core/helddigest.h"
#include "prog/prog.h"

int
rn_cmd_digest(int argc, char **argv)
{
	gboolean dry_run = FALSE;
	g_autofree char *config = NULL, *text = NULL;
	GOptionEntry options[] = { { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &dry_run,
		                       "say how many wait, write nothing", NULL },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	guint held = 0;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 1) {
		fprintf(stderr, "rinnova: digest: \"%s\" is not understood\n", argv[1]);
		return RN_EXIT_USAGE;
	}
	e = rn_engine_open(config,
	    RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE |
	        (dry_run ? RN_NEED_READ_ONLY : 0),
	    &error);
	if (e == NULL ||
	    !rn_held_digest(e, rn_day_of(rn_now(), e->settings->tz), rn_now(), dry_run, &held, &error))
		return rn_complain("digest", error);
	text = g_strdup_printf("%u mails are held", held);
	puts(text);
	if (!dry_run)
		rn_log(RN_LOG_INFO, "-", "digest", "result", text, NULL);
	return RN_EXIT_OK;
}
