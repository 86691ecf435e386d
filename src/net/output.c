#include "net/output.h"

#include <string.h>

#include "net/spawn.h"

#define MAX_OUT (64u << 20)
#define SECONDS 120

static gboolean
good(const RnSpawned *got, const int *code)
{
	if (got->end != RN_END_EXIT || got->out_over)
		return FALSE;
	/* Postfix's and Sendmail's programs say "fatal:" when it was no answer but trouble. */
	return got->code == 0 || (code != NULL && strstr(got->err->str, "fatal:") == NULL);
}

char *
rn_output_of(const char *const *argv, const char *in, int *code, GError **error)
{
	static const char *const also[] = { "MAIL_CONFIG", NULL };
	g_auto(GStrv) envp = rn_spawn_environ(also);
	RnSpawn what = { .argv = argv,
		.envp = envp,
		.in = in,
		.in_len = strlen(in),
		.max_out = MAX_OUT,
		.seconds = SECONDS };
	g_auto(RnSpawned) got = { 0 };
	g_autoptr(GError) why = NULL;
	g_autofree char *end = NULL;

	if (rn_spawn_run(&what, &got, &why) && good(&got, code)) {
		if (code != NULL)
			*code = got.code;
		return g_strdup(got.out->str);
	}
	end = why != NULL ? g_strdup(why->message) :
	    got.out_over  ? g_strdup("its output is too long") :
	                    rn_spawned_why(&got);
	g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s: %s", argv[0], end);
	return NULL;
}
