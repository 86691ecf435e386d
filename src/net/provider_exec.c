/* provider_exec.c: a command of the administrator's: JSON on stdin, the answer by exit code, no shell. */
#include <string.h>
#include <sysexits.h>

#include "net/driver.h"
#include "net/provider_json.h"
#include "net/spawn.h"

#define MAX_ANSWER (64 * 1024)

static gboolean
says_done(const RnSpawned *got)
{
	return got->end == RN_END_EXIT && got->code == EX_OK;
}

static RnSays
judge(const RnSpawned *got, const char *lie)
{
	if (got->end != RN_END_EXIT)
		return RN_SAYS_UNKNOWN;
	switch (got->code) {
	case EX_OK:
		return lie == NULL ? RN_SAYS_DONE : RN_SAYS_UNKNOWN;
	case EX_TEMPFAIL:
		return RN_SAYS_LATER;
	case EX_UNAVAILABLE:
	case EX_DATAERR:
		return RN_SAYS_REFUSED;
	default:
		return RN_SAYS_UNKNOWN;
	}
}

RnSays
rn_driver_exec(RnProvider *p, const RnAsk *ask, RnSaid *said)
{
	const RnConvention *c = p->c;
	const char *argv[] = { c->provider_command, NULL };
	g_autoptr(json_t) question = rn_provider_question(ask);
	g_autoptr(RnJsonText) line = json_dumps(question, JSON_COMPACT);
	g_auto(GStrv) envp = rn_spawn_environ(NULL);
	RnSpawn what = {
		.argv = argv, .envp = envp, .max_out = MAX_ANSWER, .seconds = c->provider_timeout,
	};
	g_auto(RnSpawned) got = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *end = NULL;
	const char *lie;

	if (c->provider_command == NULL || *c->provider_command != '/' || line == NULL) {
		said->why = g_strdup_printf("convention %s: provider-command: %s", c->id,
		    line == NULL ? "out of memory" : "must be an absolute path");
		return RN_SAYS_LATER;
	}
	what.in = line;
	what.in_len = strlen(line);
	if (!rn_spawn_run(&what, &got, &error)) {
		said->why = g_strdup(error->message);
		return RN_SAYS_LATER;
	}
	lie = rn_provider_answer(got.out->str, got.out->len, got.out_over, says_done(&got), ask, said);
	end = rn_spawned_why(&got);
	if (lie != NULL && says_done(&got))
		said->why = g_strdup_printf("%s (%s)", lie, end);
	else if (said->why == NULL)
		said->why = g_steal_pointer(&end);
	return judge(&got, lie);
}
