/* sigpipe.c: SIGPIPE held back in one thread. */
#include "net/sigpipe.h"

#include <pthread.h>
#include <time.h>

void
rn_sigpipe_hold(RnSigpipe *s)
{
	sigset_t set;

	sigpending(&set);
	s->pending = sigismember(&set, SIGPIPE) == 1;
	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, &s->before);
}

void
rn_sigpipe_release(RnSigpipe *s)
{
	const struct timespec at_once = { 0, 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	if (!s->pending)
		sigtimedwait(&set, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, &s->before, NULL);
}
