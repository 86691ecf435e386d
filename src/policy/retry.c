/* retry.c: how long a failed attempt waits. No randomness: the courier's pace spreads the load, and tests
 * stay exact. */
#include "policy/policy.h"

gint64
rn_retry_wait(int n, gint64 first, gint64 max)
{
	gint64 wait = first;

	while (--n > 0 && wait < max)
		wait = wait > max / 2 ? max : wait * 2;
	return wait < max ? wait : max;
}

gboolean
rn_retry_tells(int n, int tries)
{
	int times = tries > 0 && n > 0 ? n / tries : 0;

	return times > 0 && n % tries == 0 && (times & (times - 1)) == 0;
}
