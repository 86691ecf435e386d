/* net_exec.c: programs run by us: the provider's command, and what it stands on. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "net/provider.h"
#include "net/spawn.h"
#include "net/why.h"

static char *folder;

/* A shell script of BODY in our folder; caller frees the path. */
static char *
script(const char *name, const char *body)
{
	char *path = g_build_filename(folder, name, NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\nd='%s'\n%s\n", folder, body);

	g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
	return path;
}

/* What a script left in file NAME of our folder, which is then removed; NULL if it is not there. */
static char *
left(const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	g_unlink(path);
	return text;
}

static RnConvention
convention(char *command, int timeout)
{
	return (RnConvention){
		.id = (char *)"fnomceo",
		.provider = RN_PROVIDER_EXEC,
		.provider_command = command,
		.provider_timeout = timeout,
	};
}

static RnSays
asked(const RnConvention *c, const RnAsk *ask, RnSaid *said)
{
	g_autoptr(GTimeZone) tz = g_time_zone_new_utc();
	g_autoptr(RnProvider) p = rn_provider_new(c, tz);

	return rn_provider_ask(p, ask, said);
}

static RnAsk
renewal(void)
{
	return (RnAsk){
		.kind = RN_CALL_RENEW,
		.key = "renew-2026-000042",
		.order = "2026-000042",
		.box = "m.rossi@pec.example",
		.account = NULL,
		.holder = "Mario \"$(touch here)\" Rossi; `id` è",
		.type = "PEC FNOMCEO",
		.term = 36,
		.expiry = rn_day_from_ymd(2026, 12, 31),
		.wanted = rn_day_from_ymd(2029, 12, 31),
		.attempt = 1,
	};
}

typedef struct {
	const char	*name, *body;
	RnSays		 want;
	const char	*why;		/* stands in it */
	const char	*expiry;	/* "" = not said */
	const char	*reference;
} Answer;

#define JSON(text) "printf '%s' '" text "'"

#define DONE RN_SAYS_DONE
#define LATER RN_SAYS_LATER
#define REFUSED RN_SAYS_REFUSED
#define UNKNOWN RN_SAYS_UNKNOWN
#define NO_JSON "no JSON object"
#define FLOOD "head -c 900000 /dev/zero"

static const Answer answers[] = {
	{ "no words", "exit 0", DONE, "exit 0", "", NULL },
	{ "blank", "printf ' \\n\\n'", DONE, "exit 0", "", NULL },
	{ "all words", JSON("{\"expiry\":\"2029-12-31\",\"reference\":\"7\",\"message\":\"fatto\"}"), DONE, "fatto",
	    "2029-12-31", "7" },
	{ "more keys", JSON("{\"expiry\":null,\"x\":[1]}"), DONE, "exit 0", "", NULL },
	{ "later", "echo first >&2; echo 'ora no' >&2; exit 75", LATER, "exit 75: ora no", "", NULL },
	{ "refused 69", "echo 'casella chiusa' >&2; exit 69", REFUSED, "casella chiusa", "", NULL },
	{ "refused 65", JSON("{\"message\":\"mai\"}") "; exit 65", REFUSED, "mai", "", NULL },
	{ "refused, old date", JSON("{\"expiry\":\"2026-12-31\",\"message\":\"mai\"}") "; exit 69", REFUSED, "mai",
	    "2026-12-31", NULL },
	{ "refused, garbage", "echo garbage; exit 69", REFUSED, "exit 69", "", NULL },
	{ "exit 1", "exit 1", UNKNOWN, "exit 1", "", NULL },
	{ "exit 127", "no-such-command-anywhere", UNKNOWN, "exit 127", "", NULL },
	{ "killed", "kill -9 $$", UNKNOWN, "killed by signal 9", "", NULL },
	{ "hangs", "echo start >&2; sleep 60", UNKNOWN, "not done within its time, stopped: start", "", NULL },
	{ "hangs, will not stop", "trap '' TERM; sleep 60; sleep 60", UNKNOWN, "not done", "", NULL },
	{ "hangs, done when stopped", "trap 'exit 0' TERM; sleep 60 & wait", UNKNOWN, "not done", "", NULL },
	{ "no JSON", "echo '<html>ok</html>'", UNKNOWN, NO_JSON, "", NULL },
	{ "a list", "echo '[]'", UNKNOWN, NO_JSON, "", NULL },
	{ "half", JSON("{\"expiry\":\"2029-12-31\""), UNKNOWN, NO_JSON, "", NULL },
	{ "two objects", "echo '{}{}'", UNKNOWN, NO_JSON, "", NULL },
	{ "twice", JSON("{\"expiry\":\"2029-12-31\",\"expiry\":\"2030-12-31\"}"), UNKNOWN, NO_JSON, "", NULL },
	{ "no such day", JSON("{\"expiry\":\"2029-02-30\"}"), UNKNOWN, "expiry", "", NULL },
	{ "Italian date", JSON("{\"expiry\":\"31/12/2029\"}"), UNKNOWN, "expiry", "", NULL },
	{ "number for a date", JSON("{\"expiry\":20291231}"), UNKNOWN, "expiry", "", NULL },
	{ "date has not moved", JSON("{\"expiry\":\"2026-12-31\"}"), UNKNOWN, "not after", "", NULL },
	{ "reference is a number", JSON("{\"reference\":7}"), UNKNOWN, "reference", "", NULL },
	{ "message is an object", JSON("{\"message\":{}}"), UNKNOWN, "message", "", NULL },
	{ "control", JSON("{\"message\":\"a\\u001b[31mb\\r\\nc\"}"), DONE, "a [31mb c", "", NULL },
	{ "huge stdout", FLOOD " | tr '\\0' x", UNKNOWN, "over 64 kB", "", NULL },
	{ "huge stderr", FLOOD " >&2; echo >&2; echo fine >&2", DONE, "exit 0: fine", "", NULL },
	{ "both huge", "(" FLOOD " >&2)& " FLOOD "; wait; exit 75", LATER, "exit 75", "", NULL },
	{ "leaves one running", "sleep 5 & exit 0", DONE, "exit 0", "", NULL },
	{ "closes its output", "exec >&- 2>&-; sleep 0.2; exit 75", LATER, "exit 75", "", NULL },
};

static void
test_answers(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		const Answer *a = &answers[i];
		g_autofree char *command = script("answer", a->body);
		RnConvention c = convention(command, strstr(a->name, "hangs") != NULL ? 1 : 30);
		RnAsk ask = renewal();
		g_auto(RnSaid) said = { 0 };
		gint64 start = g_get_monotonic_time();
		RnSays got = asked(&c, &ask, &said);
		g_autofree char *expiry = rn_day_iso(said.new_expiry);

		g_test_message("%s: %d, %s", a->name, got, said.why);
		if (got != a->want || strstr(said.why, a->why) == NULL || !g_str_equal(expiry, a->expiry) ||
		    g_strcmp0(said.reference, a->reference) != 0)
			g_error("%s: got %d, wanted %d; why: %s; expiry: %s; reference: %s", a->name, got,
			    a->want, said.why, expiry, said.reference);
		if (g_get_monotonic_time() - start > 4500000)
			g_error("%s: took too long", a->name);
		g_unlink(command);
	}
}

/* Not started at all: nothing has happened, so it may be tried again. */
static void
test_not_started(void)
{
	g_autofree char *plain = script("plain", "exit 0");
	const char *const commands[] = { plain, "/nonexistent/command", "relative", "", folder, NULL };

	g_chmod(plain, 0600);
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
		RnConvention c = convention((char *)commands[i], 5);
		RnAsk ask = renewal();
		g_auto(RnSaid) said = { 0 };

		if (geteuid() == 0 && i == 0)
			g_chmod(plain, 0);	/* no x bit for anyone: not even root may run it */
		g_assert_cmpint(asked(&c, &ask, &said), ==, RN_SAYS_LATER);
		g_assert_nonnull(said.why);
	}
	g_unlink(plain);
}

/* One question: the same key at every attempt, every field as agreed, nothing read by a shell. */
static void
test_question(void)
{
	g_autofree char *command =
	    script("ask", "cat >\"$d/q\"; echo \"$#\" >\"$d/n\"; env >\"$d/env\"; pwd >\"$d/cwd\"");
	RnConvention c = convention(command, 5);

	g_setenv("RINNOVA_TEST_SECRET", "x", TRUE);
	for (int attempt = 1; attempt <= 3; attempt++) {
		RnAsk ask = renewal();
		g_auto(RnSaid) said = { 0 };
		g_autofree char *q = NULL, *n = NULL, *env = NULL, *cwd = NULL, *want = NULL;

		ask.attempt = attempt;
		g_assert_cmpint(asked(&c, &ask, &said), ==, RN_SAYS_DONE);
		q = left("q"), n = left("n"), env = left("env"), cwd = left("cwd");
		want = g_strdup_printf(
		    "{\"action\":\"renew\",\"idempotency_key\":\"renew-2026-000042\",\"order\":\"2026-000042\","
		    "\"box\":\"m.rossi@pec.example\",\"account\":null,"
		    "\"holder\":\"Mario \\\"$(touch here)\\\" Rossi; `id` è\",\"type\":\"PEC FNOMCEO\","
		    "\"term_months\":36,\"expiry\":\"2026-12-31\",\"wanted_expiry\":\"2029-12-31\","
		    "\"attempt\":%d}",
		    attempt);
		g_assert_cmpstr(q, ==, want);
		g_assert_cmpstr(n, ==, "0\n");
		g_assert_cmpstr(cwd, ==, "/\n");
		g_assert_null(strstr(env, "RINNOVA_TEST_SECRET"));
		g_assert_nonnull(strstr(env, "PATH=/usr/local/sbin:"));
	}
	g_unlink(command);
}

static void
test_deactivation(void)
{
	g_autofree char *command = script("ask", "cat >\"$d/q\"");
	RnConvention c = convention(command, 5);
	RnAsk ask = { .kind = RN_CALL_DEACTIVATE,
		.key = "k",
		.box = "b@pec.example",
		.holder = "bad \xff byte",
		.expiry = RN_DAY_NONE,
		.wanted = RN_DAY_NONE,
		.attempt = 1 };
	g_auto(RnSaid) said = { 0 };
	g_autofree char *q = NULL;

	g_assert_cmpint(asked(&c, &ask, &said), ==, RN_SAYS_DONE);
	q = left("q");
	g_assert_nonnull(strstr(q, "\"action\":\"deactivate\""));
	g_assert_nonnull(strstr(q, "\"order\":null"));
	g_assert_nonnull(strstr(q, "\"expiry\":null,\"wanted_expiry\":null"));
	g_assert_nonnull(strstr(q, "bad \xef\xbf\xbd byte"));
	g_unlink(command);
}

static void
test_manual(void)
{
	RnConvention c = { .id = (char *)"x", .provider = RN_PROVIDER_MANUAL };
	RnAsk ask = renewal();
	g_auto(RnSaid) said = { 0 };

	g_assert_cmpint(asked(&c, &ask, &said), ==, RN_SAYS_PERSON);
	g_assert_nonnull(strstr(said.why, "rinnova order renewed 2026-000042"));
	g_assert_cmpint(said.new_expiry, ==, RN_DAY_NONE);
}

/* The program gets 0, 1 and 2 and nothing else, signals as they are born, and nobody's group. */
static void
test_clean_start(void)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		/* of SigIgn the lower 31: the C library keeps 32 and 33 for itself */
		"ls /proc/self/fd | wc -l; sed -n 's/SigBlk:.//p' /proc/self/status;"
		"echo $((0x$(sed -n 's/SigIgn:.//p' /proc/self/status) & 0x7fffffff));"
		"set -- $(cat /proc/$$/stat); [ $5 = $$ ] && echo own",
		NULL };
	g_auto(GStrv) envp = rn_spawn_environ(NULL);
	g_auto(RnSpawned) got = { 0 };
	g_autoptr(GError) error = NULL;
	int leak = open("/dev/null", O_RDONLY);	/* without O_CLOEXEC */
	sigset_t set, before;

	sigfillset(&set);
	pthread_sigmask(SIG_BLOCK, &set, &before);
	signal(SIGPIPE, SIG_IGN);
	g_assert_true(rn_spawn_run(
	    &(RnSpawn){ .argv = argv, .envp = envp, .max_out = 1000, .seconds = 10 }, &got, &error));
	signal(SIGPIPE, SIG_DFL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	close(leak);
	g_assert_cmpint(got.code, ==, 0);
	/* ls has one of its own: the folder that it lists */
	g_assert_cmpstr(got.out->str, ==, "4\n0000000000000000\n0\nown\n");
}

/* Nothing of ours is left open, whatever the end. */
static void
test_no_leak(void)
{
	g_autofree char *command = script("quick", "cat >/dev/null");
	int first = dup(0);
	int next;

	close(first);
	for (int i = 0; i < 20; i++) {
		RnConvention c = convention(i % 2 == 0 ? command : (char *)"/nonexistent", 5);
		RnAsk ask = renewal();
		g_auto(RnSaid) said = { 0 };

		asked(&c, &ask, &said);
	}
	next = dup(0);
	g_assert_cmpint(next, ==, first);
	close(next);
	g_unlink(command);
}

static void
test_why(void)
{
	static const struct {
		const char *in, *line, *last;
	} rows[] = {
		{ "", "", "" },
		{ "a\r\nb\n\n \t\n", "a b", "b" },
		{ "\n\n", "", "" },
		{ "una", "una", "una" },
		{ "x\x1b[0m\x7f y\x00", "x [0m y", "x [0m y" },
		{ "perch\xc3\xa9 \xff", "perch\xc3\xa9 \xef\xbf\xbd", "perch\xc3\xa9 \xef\xbf\xbd" },
	};
	g_autoptr(GString) much = g_string_new("a");

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *line = rn_why(rows[i].in, -1);
		g_autofree char *last = rn_why_last_line(rows[i].in, -1);

		if (!g_str_equal(line, rows[i].line) || !g_str_equal(last, rows[i].last))
			g_error("row %zu: '%s', '%s'", i, line, last);
	}
	for (int i = 0; i < 500; i++)
		g_string_append(much, "\xc3\xa8");
	{
		g_autofree char *cut = rn_why(much->str, -1);

		g_assert_cmpuint(strlen(cut), ==, 399);	/* 400 would be half a letter */
		g_assert_true(g_utf8_validate(cut, -1, NULL));
	}
}

static void
test_code(void)
{
	static const struct {
		const char *why, *code;
	} rows[] = {
		{ "550 5.1.1 <a@posta.example> unknown", "550 5.1.1" },
		{ "server said: 451 4.7.1 a@posta.example", "451 4.7.1" },
		{ "cut off; server said: 554 a@posta.example", "554" },
		{ "server said: 550 5.1.a@posta.example", "550" },
		{ "550 5.1234.1 x", "550" },
		{ "550 ", "550" },
		{ "550 5", "550" },
		{ "5501 x", "no-reply-code" },
		{ "a@posta.example: 550", "no-reply-code" },
		{ "", "no-reply-code" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *code = rn_why_code(rows[i].why);

		if (!g_str_equal(code, rows[i].code))
			g_error("row %zu: '%s'", i, code);
	}
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("rinnova-exec-XXXXXX", NULL);
	g_assert_nonnull(folder);
	g_test_add_func("/net/why", test_why);
	g_test_add_func("/net/why/code", test_code);
	g_test_add_func("/net/spawn/clean-start", test_clean_start);
	g_test_add_func("/net/exec/answers", test_answers);
	g_test_add_func("/net/exec/not-started", test_not_started);
	g_test_add_func("/net/exec/question", test_question);
	g_test_add_func("/net/exec/deactivation", test_deactivation);
	g_test_add_func("/net/manual", test_manual);
	g_test_add_func("/net/spawn/no-leak", test_no_leak);
	status = g_test_run();
	if (status == 0)
		g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
	return status;
}
