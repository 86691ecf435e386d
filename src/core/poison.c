#include "core/poison.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "core/parser_wire.h"
#include "store/store.h"

#define TIMES 2
#define LINE RN_POISON_MARK		/* of the file: a mark and a line end */
#define MAX_FILE (1 << 20)	/* then it is begun anew */
#define STACK 16384		/* for the handler: the end may have been one of too deep a stack */

static char *path;		/* set once, before there are threads */
static char *noted;		/* what the file held then, NULL if nothing */
static __thread char at[LINE];	/* mark and line end of this thread's mail; "" for none */
static __thread char stack[STACK];

/* Only calls that are allowed within a signal handler. What somebody else sent (a service manager whose
 * watchdog has waited too long) is not this mail's. */
static void
on_end(int sig, siginfo_t *info, void *context)
{
	gboolean sent = info->si_code <= 0 && info->si_pid != getpid();
	int fd = *at != '\0' && !sent ?
	    open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640) :
	    -1;

	(void)context;
	if (fd >= 0) {
		ssize_t n = write(fd, at, LINE);

		(void)n;	/* there is nobody left to hear of it */
		close(fd);
	}
	raise(sig);
}

/* Not SIGTRAP: by that GLib ends a program that is out of memory, and the next mail would have met the same.
 */
static void
catch_ends(void)
{
	static const int ends[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	struct sigaction sa = { .sa_sigaction = on_end,
		.sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER) };

	for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
		sigaction(ends[i], &sa, NULL);
}

/* How often the mark TEXT stands in the file. */
static guint
times(const char *text)
{
	guint n = 0;

	for (const char *p = noted; p != NULL && (p = strstr(p, text)) != NULL; p++)
		n++;
	return n;
}

static void
read_notes(void)
{
	gsize len = 0;
	g_autofree char *number = NULL;

	if (!g_file_get_contents(path, &noted, &len, NULL))
		return;
	if (len > MAX_FILE && unlink(path) == 0)
		g_clear_pointer(&noted, g_free);
	number = g_strdup_printf("%" G_GSIZE_FORMAT, len / LINE);
	rn_log(RN_LOG_WARN, "-", "ended-by-mail", "times", number, "file", path, "do",
	    "please report it; a mail that ended this program twice is held", NULL);
}

void
rn_poison_start(const char *url)
{
	g_autofree char *store = rn_store_path(url, NULL);

	if (path != NULL || store == NULL)
		return;
	path = g_strconcat(store, ".poison", NULL);
	read_notes();
	if (!RN_SANITIZED)	/* these want such ends for themselves */
		catch_ends();
}

RnPoison
rn_poison_of(GBytes *raw)
{
	gsize len;
	const void *data = g_bytes_get_data(raw, &len);
	g_autofree char *digest = rn_text_sha256(data, len);
	RnPoison mark;

	g_strlcpy(mark.text, digest, sizeof(mark.text));
	return mark;
}

gboolean
rn_poison_known(const RnPoison *mark)
{
	return times(mark->text) >= TIMES;
}

void
rn_poison_at(const RnPoison *mark)
{
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };

	if (mark == NULL || *mark->text == '\0') {
		*at = '\0';
		return;
	}
	memcpy(at + 1, mark->text + 1, LINE - 2);
	at[LINE - 1] = '\n';
	if (path != NULL && !RN_SANITIZED)
		sigaltstack(&own, NULL);
	*(volatile char *)at = *mark->text;	/* it counts from here on */
}

RnPoison
rn_poison_now(void)
{
	RnPoison mark = { "" };

	if (*at != '\0')
		memcpy(mark.text, at, RN_POISON_MARK - 1);
	return mark;
}
