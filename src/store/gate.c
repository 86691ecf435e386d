/* gate.c: a mutex and a condition with a deadline. The calls fail only where the program is wrong. */
#include "store/gate.h"

#include <time.h>

void
rn_gate_init(RnGate *gate)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&gate->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&gate->change, &attr);
	pthread_condattr_destroy(&attr);
}

void
rn_gate_clear(RnGate *gate)
{
	pthread_cond_destroy(&gate->change);
	pthread_mutex_destroy(&gate->mutex);
}

void
rn_gate_enter(RnGate *gate)
{
	pthread_mutex_lock(&gate->mutex);
}

void
rn_gate_leave(RnGate *gate)
{
	pthread_mutex_unlock(&gate->mutex);
}

gboolean
rn_gate_wait(RnGate *gate, gint64 deadline)
{
	struct timespec until = {
		.tv_sec = deadline / G_USEC_PER_SEC,
		.tv_nsec = deadline % G_USEC_PER_SEC * 1000,
	};

	return pthread_cond_timedwait(&gate->change, &gate->mutex, &until) == 0;
}

void
rn_gate_signal(RnGate *gate)
{
	pthread_cond_signal(&gate->change);
}
