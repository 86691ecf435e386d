#include <stdio.h>
#include <string.h>

#include "prog/prog.h"

int
rn_complain(const char *command, const GError *error)
{
	fprintf(stderr, "rinnova: %s: %s\n", command, error->message);
	if (error->domain != RN_ERROR)
		return RN_EXIT_FAILED;
	switch (error->code) {
	case RN_ERR_USAGE:
		return RN_EXIT_USAGE;
	case RN_ERR_CONFIG:
		return RN_EXIT_CONFIG;
	case RN_ERR_INPUT:
	case RN_ERR_LIMIT:
		return RN_EXIT_DATA;
	case RN_ERR_NOT_FOUND:
		return RN_EXIT_NOT_FOUND;
	case RN_ERR_BUSY:
	case RN_ERR_NET:
		return RN_EXIT_TEMP;
	case RN_ERR_STORE:
	case RN_ERR_INTERNAL:
		return RN_EXIT_SOFTWARE;
	default:
		return RN_EXIT_FAILED;
	}
}

static const RnCommand *
command_of(const char *name)
{
	for (const RnCommand *c = rn_commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static struct {
	RnOptionFunc	 func;
	gpointer	 data;
} asked;	/* what rn_options() tells, instead of parsing; all zero: it parses */

void
rn_options_of(const RnCommand *c, RnOptionFunc func, gpointer data)
{
	char *argv[] = { (char *)c->name, NULL };

	asked.func = func;
	asked.data = data;
	c->run(1, argv);
	asked.func = NULL;
}

gboolean
rn_options_asked(void)
{
	return asked.func != NULL;
}

static void
tell(const char *command, const GOptionEntry *options)
{
	for (; options != NULL && options->long_name != NULL; options++)
		asked.func(command, options, asked.data);
}

gboolean
rn_options(int *argc, char ***argv, const GOptionEntry *options, char **config)
{
	const RnCommand *c = command_of((*argv)[0]);
	const char *from_env = g_getenv("RINNOVA_CONFIG");
	GOptionEntry own[] = { { "config", 0, 0, G_OPTION_ARG_FILENAME, config,
		                   "configuration (default " RN_DEFAULT_CONFIG ")", "FILE" },
		{ 0 } };
	g_autoptr(GOptionContext) context = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *prgname = g_strdup_printf("rinnova %s", (*argv)[0]);
	g_autofree char *more = g_strdup_printf("`man rinnova-%s` tells more.", (*argv)[0]);

	if (rn_options_asked()) {
		tell((*argv)[0], options);
		tell((*argv)[0], own);
		return FALSE;
	}
	g_set_prgname(prgname);
	context = g_option_context_new(c != NULL ? c->usage : "");
	if (c != NULL)
		g_option_context_set_summary(context, c->summary);
	g_option_context_set_description(context, more);
	if (options != NULL)
		g_option_context_add_main_entries(context, options, NULL);
	g_option_context_add_main_entries(context, own, NULL);
	if (!g_option_context_parse(context, argc, argv, &error)) {
		fprintf(stderr, "rinnova: %s: %s; try `%s --help`\n", (*argv)[0], error->message, prgname);
		return FALSE;
	}
	if (*config == NULL)
		*config = g_strdup(from_env != NULL ? from_env : RN_DEFAULT_CONFIG);
	return TRUE;
}
