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
