/* core_parser.c: the zygote and its children: answers, deaths, stalls, threads, and nothing left behind. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/parser.h"

#define THREADS 8
#define ROUNDS 40

static GBytes *
mail(const char *from, const char *text)
{
	GString *s = g_string_new(NULL);

	g_string_append_printf(s,
	    "From: %s\r\nTo: rinnovo@ordine.example\r\nSubject: prova\r\nMessage-ID: <1@posta.example>\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
	    from, text);
	return g_string_free_to_bytes(s);
}

static RnParser *
start(int timeout, int max, const RnLimits *limits)
{
	RnParserHow how = { .timeout = timeout, .max = max };
	g_autoptr(GError) error = NULL;
	RnParser *p;

	if (limits != NULL)
		how.limits = *limits;
	p = rn_parser_start(&how, &error);

	g_assert_no_error(error);
	g_assert_nonnull(p);
	return p;
}

static void
assert_reads(RnParser *p, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) raw = mail("m.rossi@posta.example", text);
	g_autoptr(RnEnvelope) env = rn_envelope_new("rinnovo@ordine.example", "m.rossi@posta.example");
	g_autoptr(RnFacts) facts = rn_parser_read(p, raw, env, NULL, FALSE, &error);

	g_assert_no_error(error);
	g_assert_nonnull(facts);
	g_assert_nonnull(strstr(facts->typed_text, text));
}

/* The parent of process PID, 0 if it is gone; *STATE is its letter in /proc. */
static pid_t
parent_of(pid_t pid, char *state)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
	g_autofree char *text = NULL;
	const char *p;

	if (!g_file_get_contents(path, &text, NULL, NULL) || (p = strrchr(text, ')')) == NULL || p[1] != ' ')
		return 0;
	*state = p[2];
	return (pid_t)strtol(p + 3, NULL, 10);
}

/* Living children of PARENT; *FIRST (may be NULL) is one of them. */
static guint
children_of(pid_t parent, pid_t *first)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	guint n = 0;
	char state;

	g_assert_nonnull(d);
	while ((e = readdir(d)) != NULL) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid > 0 && parent_of(pid, &state) == parent && state != 'Z') {
			n++;
			if (first != NULL)
				*first = pid;
		}
	}
	closedir(d);
	return n;
}

static pid_t
zygote_of_this(void)
{
	pid_t pid = 0;

	g_assert_cmpuint(children_of(getpid(), &pid), ==, 1);
	return pid;
}

/* The one child of the zygote, as soon as those that were just killed are gone. */
static pid_t
only_child(void)
{
	pid_t zygote = zygote_of_this(), child = 0;

	for (int i = 0; i < 300 && children_of(zygote, NULL) != 1; i++)
		g_usleep(10000);
	g_assert_cmpuint(children_of(zygote, &child), ==, 1);
	return child;
}

static guint
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	guint n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void
test_answers(void)
{
	RnLimits limits = { .max_fields = 6 };
	g_autoptr(RnParser) p = start(10, 2, &limits);
	g_autoptr(GBytes) many =
	    g_bytes_new_static("A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\n\r\nx\r\n", 47);
	g_autoptr(GBytes) none = g_bytes_new_static("\001\002 this is no message", 20);
	g_autoptr(GBytes) empty = g_bytes_new_static("", 0);
	g_autoptr(GError) error = NULL;

	assert_reads(p, "RINNOVA");
	g_assert_null(rn_parser_read(p, many, NULL, NULL, FALSE, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
	g_assert_null(strstr(error->message, "twice"));
	g_clear_error(&error);
	g_assert_null(rn_parser_read(p, none, NULL, NULL, FALSE, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
	g_clear_error(&error);
	rn_facts_free(rn_parser_read(p, empty, NULL, empty, FALSE, &error));
	assert_reads(p, "RINNOVA");
	only_child();
}

/* The letter being answered and a large message reach the child whole. */
static void
test_letter(void)
{
	g_autoptr(RnParser) p = start(20, 1, NULL);
	g_autofree char *long_text = g_strnfill(3 << 20, 'a');
	g_autoptr(GBytes)
	    raw = NULL,
	    letter = g_bytes_new_static("Gentile dottore,\nla sua casella scade il 30 novembre.\n", 54);
	g_autoptr(GError) error = NULL;

	for (gsize i = 70; i < 3 << 20; i += 71)
		long_text[i] = '\n';
	raw = mail("m.rossi@posta.example", long_text);
	rn_facts_free(rn_parser_read(p, raw, NULL, letter, FALSE, &error));
	g_assert_true(error == NULL || error->code == RN_ERR_LIMIT);
	if (error != NULL)
		g_assert_null(strstr(error->message, "twice"));
	assert_reads(p, "RINNOVA");
}

/* A From of nested groups makes GMime recurse until its stack ends; the limits that stop it earlier are
 * lifted here. */
static void
test_poison(void)
{
	RnLimits limits = { .max_head = 4 << 20, .max_field = 4 << 20, .max_addresses = 1 << 20 };
	g_autoptr(RnParser) p = start(10, 2, &limits);
	g_autoptr(GString) from = g_string_new(NULL);
	g_autoptr(GBytes) raw = NULL;
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < 250000; i++)
		g_string_append(from, "g:");
	raw = mail(from->str, "RINNOVA");
	assert_reads(p, "prima");
	g_assert_null(rn_parser_read(p, raw, NULL, NULL, FALSE, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_LIMIT);
	g_assert_nonnull(strstr(error->message, "twice"));
	assert_reads(p, "dopo");
	g_assert_true(rn_parser_alive(p));
}

/* A child that was stopped or killed from outside harms nobody. */
/* The bytes of one part, decoded; what is too large or not there is said, and the child lives on. */
static void
test_part(void)
{
	static const char text[] =
	    "From: m.rossi@posta.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	    "--b\r\nContent-Type: text/plain\r\n\r\necco\r\n"
	    "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKAAE=\r\n--b--\r\n";
	static const struct {
		guint		index;
		gsize		max;
		int		code;	/* -1: it is given */
	} rows[] = { { 1, 11, -1 }, { 1, 1 << 20, -1 }, { 1, G_MAXSIZE, -1 }, { 1, 10, RN_ERR_LIMIT },
		{ 2, 100, RN_ERR_NOT_FOUND }, { G_MAXUINT32 - 1, 100, RN_ERR_NOT_FOUND } };
	g_autoptr(RnParser) p = start(5, 1, NULL);
	g_autoptr(GBytes) raw = g_bytes_new_static(text, sizeof(text) - 1);
	pid_t child = only_child();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) data = rn_parser_part(p, raw, rows[i].index, rows[i].max, &error);

		g_test_message("row %d", (int)i);
		if (rows[i].code >= 0) {
			g_assert_null(data);
			g_assert_error(error, RN_ERROR, rows[i].code);
			continue;
		}
		g_assert_no_error(error);
		g_assert_cmpmem(g_bytes_get_data(data, NULL), g_bytes_get_size(data), "%PDF-1.4\n\0\1", 11);
	}
	assert_reads(p, "ancora qui");
	g_assert_cmpint(only_child(), ==, child);
}

static void
test_stalled(void)
{
	g_autoptr(RnParser) p = start(1, 1, NULL);
	pid_t child, next;

	assert_reads(p, "uno");
	child = only_child();
	kill(child, SIGSTOP);
	assert_reads(p, "due");
	next = only_child();
	g_assert_cmpint(next, !=, child);
	kill(next, SIGKILL);
	assert_reads(p, "tre");
	assert_reads(p, "quattro");
}

static void
test_recycled(void)
{
	g_autoptr(RnParser) p = start(10, 1, NULL);
	pid_t first;

	for (int i = 0; i < 297; i++) /* the start has asked twice */
		assert_reads(p, "RINNOVA");
	first = only_child();
	assert_reads(p, "RINNOVA");
	assert_reads(p, "RINNOVA");
	g_assert_cmpint(first, !=, only_child());
}

static gpointer
reader(gpointer data)
{
	for (int i = 0; i < ROUNDS; i++) {
		g_autofree char *text = g_strdup_printf("RINNOVA%dx%p", i, (void *)&i);

		assert_reads(data, text);
	}
	return NULL;
}

static void
test_threads(void)
{
	g_autoptr(RnParser) p = start(20, 3, NULL);
	GThread *threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		threads[i] = g_thread_new("reader", reader, p);
	for (int i = 0; i < THREADS; i++)
		g_thread_join(threads[i]);
	for (int i = 0; i < 300 && children_of(zygote_of_this(), NULL) > 3; i++)
		g_usleep(10000);
	g_assert_cmpuint(children_of(zygote_of_this(), NULL), <=, 3);
}

static void
test_zygote_gone(void)
{
	g_autoptr(RnParser) p = start(2, 1, NULL);
	g_autoptr(GBytes) raw = mail("m.rossi@posta.example", "RINNOVA");
	g_autoptr(GError) error = NULL;

	g_assert_true(rn_parser_alive(p));
	kill(zygote_of_this(), SIGTERM);	/* heard by the daemon alone */
	assert_reads(p, "ancora");
	kill(zygote_of_this(), SIGKILL);
	for (int i = 0; i < 200 && rn_parser_alive(p); i++)
		g_usleep(10000);
	g_assert_false(rn_parser_alive(p));
	for (int i = 0; i < 200 && error == NULL; i++)	/* its last child goes with it */
		rn_facts_free(rn_parser_read(p, raw, NULL, NULL, FALSE, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_BUSY);
}

/* Law 7: what strong proof rests on comes from a child that has read nothing before. */
static void
test_fresh(void)
{
	static const char text[] =
	    "From: m.rossi@posta.example\r\nX-Trasporto: posta-certificata\r\n\r\nRINNOVA\r\n";
	g_autoptr(RnParser) p = start(5, 1, NULL);
	g_autoptr(GBytes) raw = g_bytes_new_static(text, sizeof(text) - 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(RnRegistered) reg = NULL;
	guint born = rn_parser_born(p);

	assert_reads(p, "RINNOVA");
	assert_reads(p, "RINNOVA");
	g_assert_cmpuint(rn_parser_born(p), ==, born);
	rn_facts_free(rn_parser_read(p, raw, NULL, NULL, TRUE, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(rn_parser_born(p), ==, born + 1);
	reg = rn_parser_seal(p, raw, 1800000000, &error);
	g_assert_no_error(error);
	g_assert_cmpint(reg->fault, ==, RN_FAULT_NOT_SIGNED);
	g_assert_cmpint(reg->signature, ==, RN_SIGNATURE_MISSING);
	g_assert_cmpuint(rn_parser_born(p), ==, born + 2);
}

/* No descriptor, no process and no zombie outlives the parser. */
static void
test_nothing_left(void)
{
	guint before = descriptors();
	pid_t child, zygote;
	char state;

	for (int i = 0; i < 5; i++) {
		RnParser *p = start(5, 2, NULL);

		assert_reads(p, "RINNOVA");
		zygote = zygote_of_this();
		child = only_child();
		if (i == 3)
			kill(child, SIGSTOP);
		rn_parser_stop(p);
		g_assert_cmpint(parent_of(zygote, &state), ==, 0);
		/* one that was stopped is killed by the kernel, and init may take a moment to see it off */
		for (int n = 0; n < 5000 && parent_of(child, &state) != 0; n++)
			g_usleep(1000);
		g_assert_cmpint(parent_of(child, &state), ==, 0);
	}
	g_assert_cmpuint(descriptors(), ==, before);
	g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
	g_assert_cmpint(errno, ==, ECHILD);
}

/* Leaves this process no more than one descriptor; WAS is the limit that it had. */
static void
leave_one(struct rlimit *was)
{
	struct rlimit one;
	int next = dup(STDERR_FILENO);	/* the lowest that is free */

	g_assert_cmpint(next, >, 0);
	close(next);
	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, was), ==, 0);
	one = *was;
	one.rlim_cur = (rlim_t)next + 1;
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &one), ==, 0);
}

/* A child comes with two descriptors. Where only one is free the kernel gives the first of them: it is
 * closed, and the child whose line it is goes, or a stop would wait for it for ever. */
static void
test_one_descriptor(void)
{
	RnParser *p = start(5, 2, NULL);
	g_autoptr(GBytes) raw = mail("m.rossi@posta.example", "RINNOVA");
	guint before = descriptors();
	struct rlimit was;

	for (int i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(RnFacts) facts = NULL;

		leave_one(&was);
		facts = rn_parser_read(p, raw, NULL, NULL, TRUE, &error);
		g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &was), ==, 0);
		g_assert_null(facts);
		g_assert_error(error, RN_ERROR, RN_ERR_BUSY);
		g_assert_cmpuint(descriptors(), ==, before);
	}
	only_child();
	assert_reads(p, "ancora");
	rn_facts_free(rn_parser_read(p, raw, NULL, NULL, TRUE, NULL));
	rn_parser_stop(p);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/core/parser/answers", test_answers);
	g_test_add_func("/core/parser/letter", test_letter);
	g_test_add_func("/core/parser/part", test_part);
	g_test_add_func("/core/parser/poison", test_poison);
	g_test_add_func("/core/parser/stalled", test_stalled);
	g_test_add_func("/core/parser/fresh", test_fresh);
	g_test_add_func("/core/parser/recycled", test_recycled);
	g_test_add_func("/core/parser/threads", test_threads);
	g_test_add_func("/core/parser/zygote-gone", test_zygote_gone);
	g_test_add_func("/core/parser/one-descriptor", test_one_descriptor);
	g_test_add_func("/core/parser/nothing-left", test_nothing_left);
	return g_test_run();
}
