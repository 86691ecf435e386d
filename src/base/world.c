/* world.c: the clock and the randomness. */
#include "base/world.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/timex.h>
#include <time.h>

gint64
rn_now(void)
{
	return (gint64)time(NULL);
}

gint64
rn_monotonic(void)
{
	return g_get_monotonic_time();
}

void
rn_random(void *buf, gsize len)
{
	guint8 *at = buf;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		/* Without randomness no token can be made safely: better no process than a guessable key. */
		if (got <= 0)
			abort();
		at += got;
		len -= (gsize)got;
	}
}

int
rn_clock_synced(void)
{
	struct timex t = { 0 };
	int state = adjtimex(&t);

	return state == -1 ? -1 : state != TIME_ERROR && (t.status & STA_UNSYNC) == 0;
}
