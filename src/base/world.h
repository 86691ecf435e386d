/* world.h: the clock and the randomness. No other file asks the system for either. */
#ifndef RN_BASE_WORLD_H
#define RN_BASE_WORLD_H

#include "base/base.h"

/* The time now, in seconds since 1970-01-01 00:00 UTC. */
gint64 rn_now(void);

/* Microseconds of a clock that never steps back; for deadlines and durations only. */
gint64 rn_monotonic(void);

/* Does something keep the clock right? 1 yes, 0 no, -1 if the kernel does not say (adjtimex(2)). */
int rn_clock_synced(void);

/* Fills BUF with LEN bytes fit for keys (getrandom(2)). Ends the process if the kernel has none. */
void rn_random(void *buf, gsize len);

#endif
