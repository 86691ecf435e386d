/* lock.h: one writer at a time among all processes, in the order in which they came, for at most so long.
 *
 * The lock is flock(2) on a file beside the store; nothing is ever written to it, and it is never removed.
 * Who wants the lock first takes a turn (an OFD lock on the same file) and gives it back once it has the
 * lock: so a process that releases and wants again at once stands behind those that wait already. Kill -9
 * frees both. */
#ifndef RN_STORE_LOCK_H
#define RN_STORE_LOCK_H

#include "base/base.h"

typedef struct RnLock RnLock;

/* Opens (and makes, mode 0640) the lock file PATH. RN_ERR_BUSY if that cannot be. */
RnLock *rn_lock_open(const char *path, GError **error);
void rn_lock_close(RnLock *lock);

/* Takes LOCK; one thread at a time may call this. RN_ERR_BUSY if it was not to be had until DEADLINE
 * (rn_monotonic()). */
gboolean rn_lock_take(RnLock *lock, gint64 deadline, GError **error);
void rn_lock_drop(RnLock *lock);

/* Beside that, whoever has the store open to write shares LOCK until rn_lock_close(); and who puts another
 * store in its place has it alone, until then too. RN_ERR_BUSY if that was not to be had until DEADLINE. */
gboolean rn_lock_share(RnLock *lock, gint64 deadline, GError **error);
gboolean rn_lock_alone(RnLock *lock, gint64 deadline, GError **error);

#endif
