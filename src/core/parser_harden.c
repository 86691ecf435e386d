/* parser_harden.c: what a parser child gives up before it reads anything. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/parser_filter.h"
#include "core/parser_wire.h"

#define CHILD_MEMORY \
	((rlim_t)1024 << 20) /* and what a message at the limit needs, in several forms at once */
#define CHILD_STACK (8u << 20)
#define CHILD_FILES 16

static void
limit(__rlimit_resource_t what, rlim_t value)
{
	struct rlimit r = { value, value };
	struct rlimit now;

	if (getrlimit(what, &now) == 0 && now.rlim_max < value)
		r.rlim_cur = r.rlim_max = now.rlim_max;
	if (setrlimit(what, &r) != 0)
		_exit(1);
}

static void
set_limits(const RnParserHow *how)
{
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_NOFILE, CHILD_FILES);
	limit(RLIMIT_STACK, CHILD_STACK);
	limit(RLIMIT_CPU,
	    (rlim_t)how->timeout * RN_CHILD_MESSAGES); /* counts the life of the process, not one message */
	/* The sanitizers map terabytes of shadow: under this limit no such child could live. */
	if (!RN_SANITIZED)
		limit(RLIMIT_AS, CHILD_MEMORY + 8 * (rlim_t)how->limits.max_bytes);
}

void
rn_parser_harden(int sock, const RnParserHow *how)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };

	sigaction(SIGALRM, &sa, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		_exit(1);
	if (sock != RN_CHILD_FD && dup2(sock, RN_CHILD_FD) < 0)
		_exit(1);
	if (close_range(RN_CHILD_FD + 1, ~0U, 0) != 0 ||
	    (!RN_SANITIZED && dup2(STDIN_FILENO, STDERR_FILENO) < 0))
		_exit(1);
	set_limits(how);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0)
		_exit(1);
	/* A sanitizer needs many more calls, to watch memory and to report: its children do without the
	 * filter. */
	if (!RN_SANITIZED && !how->unfiltered && !rn_filter_apply())
		_exit(1);
}
