/* sendmail.c: one letter through sendmail(1), by its exit code (sysexits(3)). */
#include "net/sendmail.h"

#include <string.h>
#include <sysexits.h>

#include "net/spawn.h"

/* Line ends LF, as sendmail(1) has them; there is no other CR in RAW. */
static GString *
with_lf(GBytes *raw)
{
	gsize len;
	const char *p = g_bytes_get_data(raw, &len);
	const char *end = p + len;
	GString *to = g_string_sized_new(len);

	while (p < end) {
		const char *cr = memchr(p, '\r', (gsize)(end - p));
		const char *stop = cr != NULL ? cr : end;

		g_string_append_len(to, p, stop - p);
		p = cr != NULL ? cr + 1 : end;
	}
	return to;
}

/* Only what speaks of this letter or its recipient is for good. The rest (no disk, no configuration, no
 * permission, a loader's 127) is trouble of this machine, and the letter waits. */
static RnSent
judge_exit(int code)
{
	switch (code) {
	case EX_OK:
		return RN_SENT_OK;
	case EX_USAGE:
	case EX_DATAERR:
	case EX_NOUSER:
	case EX_NOHOST:
	case EX_UNAVAILABLE:
		return RN_SENT_REFUSED;
	default:
		return RN_SENT_LATER;
	}
}

RnSent
rn_sendmail_send(const char *path, int seconds, const char *sender, const char *rcpt, GBytes *raw, char **why)
{
	static const char *const also[] = { "HOME", "USER", "LOGNAME", NULL };
	const char *argv[] = { path, "-i", "-f", *sender != '\0' ? sender : "<>", "--", rcpt, NULL };
	g_autoptr(GString) text = with_lf(raw);
	g_auto(GStrv) envp = rn_spawn_environ(also);
	g_auto(RnSpawned) got = { 0 };
	g_autoptr(GError) error = NULL;
	RnSpawn what = {
		.argv = argv, .envp = envp, .in = text->str, .in_len = text->len, .seconds = seconds
	};

	if (!rn_spawn_run(&what, &got, &error)) {
		*why = g_strdup(error->message);
		return RN_SENT_LATER;
	}
	*why = rn_spawned_why(&got);
	if (got.end == RN_END_EXIT)
		return judge_exit(got.code);
	/* killed before it had read the end it cannot have sent the letter */
	return got.all_read || got.end == RN_END_LOST ? RN_SENT_UNKNOWN : RN_SENT_LATER;
}
