#include <stdio.h>

#include "base/world.h"
#include "core/metrics.h"
#include "prog/prog.h"

int
rn_cmd_metrics(int argc, char **argv)
{
	g_autofree char *config = NULL, *file = NULL, *text = NULL;
	GOptionEntry options[] = {
		{ "textfile", 0, 0, G_OPTION_ARG_FILENAME, &file,
		    "write them there in one step, for the node exporter's textfile collector", "FILE" },
		{ 0 }
	};
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc != 1) {
		fprintf(stderr, "rinnova: metrics: \"%s\" is not understood\n", argv[1]);
		return RN_EXIT_USAGE;
	}
	e = rn_engine_open(config, RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &error);
	if (e == NULL || (text = rn_metrics_text(e, RN_VERSION, rn_now(), &error)) == NULL)
		return rn_complain("metrics", error);
	if (file == NULL)
		return fputs(text, stdout) >= 0 ? RN_EXIT_OK : RN_EXIT_TEMP;
	return rn_metrics_write(file, text, &error) ? RN_EXIT_OK : rn_complain("metrics", error);
}
