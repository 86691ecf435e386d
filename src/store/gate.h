/* gate.h: a mutex and a condition with a deadline, for the threads of one process. POSIX, not GMutex: GLib
 * locks by futex, which the thread sanitizer cannot see. */
#ifndef RN_STORE_GATE_H
#define RN_STORE_GATE_H

#include <pthread.h>

#include "base/base.h"

typedef struct {
	pthread_mutex_t	 mutex;
	pthread_cond_t	 change;
} RnGate;

void rn_gate_init(RnGate *gate);
void rn_gate_clear(RnGate *gate);
void rn_gate_enter(RnGate *gate);
void rn_gate_leave(RnGate *gate);

/* Within the gate: lets others in until one of them signals. FALSE once DEADLINE (rn_monotonic()) has passed.
 */
gboolean rn_gate_wait(RnGate *gate, gint64 deadline);
void rn_gate_signal(RnGate *gate);

#endif
