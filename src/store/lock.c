/* lock.c: the lock file beside the store.
 *
 * flock(2) waits without a limit, so a thread of its own does the waiting where the lock is not free at once.
 * A thread that nobody waits for any more goes on waiting (it cannot be called off), gives the lock back when
 * it gets it, and serves the next one who wants it meanwhile: there is never more than one. */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/world.h"
#include "store/gate.h"

#define LOOK_AGAIN (20 * G_TIME_SPAN_MILLISECOND)

/* What the bytes of the lock file stand for; nothing is in them. */
typedef enum { BYTE_TURN, BYTE_USE } Byte;

struct RnLock {
	gint		 refs;		/* the owner and the waiting thread */
	int		 fd;
	char		*path;
	RnGate		 gate;		/* guards what follows */
	gboolean	 waiting;	/* the thread runs */
	gboolean	 wanted;	/* somebody waits for what it gets */
	gboolean	 got;
	int		 trouble;	/* errno of the thread's last try, 0 if none */
};

/* Takes or gives back BYTE of the file; COMMAND is F_OFD_SETLK or F_OFD_SETLKW. 0, or errno. */
static int
turn(int fd, Byte byte, int command, short type)
{
	struct flock one_byte = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
	int rc;

	do
		rc = fcntl(fd, command, &one_byte);
	while (rc != 0 && errno == EINTR);
	return rc == 0 ? 0 : errno;
}

static int
hold(int fd, int how)
{
	int rc;

	do
		rc = flock(fd, how);
	while (rc != 0 && errno == EINTR);
	return rc == 0 ? 0 : errno;
}

/* The lock in turn, waiting for both or for neither. 0, or errno: EWOULDBLOCK where it is not free. */
static int
take(int fd, gboolean wait)
{
	int trouble = turn(fd, BYTE_TURN, wait ? F_OFD_SETLKW : F_OFD_SETLK, F_WRLCK);

	if (trouble != 0)
		return trouble == EACCES || trouble == EAGAIN ? EWOULDBLOCK : trouble;
	trouble = hold(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
	turn(fd, BYTE_TURN, F_OFD_SETLK, F_UNLCK);
	return trouble;
}

static void
unref(RnLock *lock)
{
	if (!g_atomic_int_dec_and_test(&lock->refs))
		return;
	close(lock->fd);
	rn_gate_clear(&lock->gate);
	g_free(lock->path);
	g_free(lock);
}

static gpointer
waiting_thread(gpointer data)
{
	RnLock *lock = data;
	int trouble = take(lock->fd, TRUE);

	rn_gate_enter(&lock->gate);
	lock->waiting = FALSE;
	lock->trouble = trouble;
	if (trouble == 0 && lock->wanted)
		lock->got = TRUE;
	else if (trouble == 0)
		hold(lock->fd, LOCK_UN);
	rn_gate_signal(&lock->gate);
	rn_gate_leave(&lock->gate);
	unref(lock);
	return NULL;
}

RnLock *
rn_lock_open(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	RnLock *lock;

	if (fd < 0) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY,
		    "cannot open the lock file %s: %s; who writes to the store must be able to write to its folder",
		    path, g_strerror(errno));
		return NULL;
	}
	lock = g_new0(RnLock, 1);
	lock->refs = 1;
	lock->fd = fd;
	lock->path = g_strdup(path);
	rn_gate_init(&lock->gate);
	return lock;
}

void
rn_lock_close(RnLock *lock)
{
	if (lock != NULL)
		unref(lock);
}

static gboolean
failed(const RnLock *lock, int trouble, GError **error)
{
	if (trouble == EWOULDBLOCK)
		g_set_error(error, RN_ERROR, RN_ERR_BUSY,
		    "another program holds the lock of the store (%s): try again; `fuser %s` names it",
		    lock->path, lock->path);
	else
		g_set_error(
		    error, RN_ERROR, RN_ERR_BUSY, "cannot lock %s: %s", lock->path, g_strerror(trouble));
	return FALSE;
}

/* Starts the thread that waits. 0, or errno. Called within the gate. */
static int
start_waiting(RnLock *lock)
{
	GThread *thread;

	g_atomic_int_inc(&lock->refs);
	lock->waiting = TRUE;
	lock->trouble = 0;
	thread = g_thread_try_new("store-lock", waiting_thread, lock, NULL);
	if (thread != NULL) {
		g_thread_unref(thread);
		return 0;
	}
	lock->waiting = FALSE;
	g_atomic_int_add(&lock->refs, -1);
	return EAGAIN;
}

/* Called within the gate. 0 when the lock is ours, else errno: EWOULDBLOCK after DEADLINE. */
static int
take_in_time(RnLock *lock, gint64 deadline)
{
	int trouble = lock->waiting ? EWOULDBLOCK : take(lock->fd, FALSE);

	if (trouble != EWOULDBLOCK)
		return trouble;
	if (!lock->waiting && (trouble = start_waiting(lock)) != 0)
		return trouble;
	lock->wanted = TRUE;
	while (lock->waiting && rn_gate_wait(&lock->gate, deadline))
		continue;
	lock->wanted = FALSE;
	if (lock->got) {
		lock->got = FALSE;
		return 0;
	}
	return lock->waiting ? EWOULDBLOCK : lock->trouble;
}

gboolean
rn_lock_take(RnLock *lock, gint64 deadline, GError **error)
{
	int trouble;

	rn_gate_enter(&lock->gate);
	trouble = take_in_time(lock, deadline);
	rn_gate_leave(&lock->gate);
	return trouble == 0 || failed(lock, trouble, error);
}

void
rn_lock_drop(RnLock *lock)
{
	hold(lock->fd, LOCK_UN);
}

/* Takes BYTE_USE as TYPE. There is no waiting with a limit for it either; so rare a thing may ask again. */
static int
use(const RnLock *lock, short type, gint64 deadline)
{
	for (;;) {
		int trouble = turn(lock->fd, BYTE_USE, F_OFD_SETLK, type);

		if ((trouble != EACCES && trouble != EAGAIN) || rn_monotonic() >= deadline)
			return trouble;
		g_usleep(LOOK_AGAIN);
	}
}

gboolean
rn_lock_share(RnLock *lock, gint64 deadline, GError **error)
{
	int trouble = use(lock, F_RDLCK, deadline);

	if (trouble != EACCES && trouble != EAGAIN)
		return trouble == 0 || failed(lock, trouble, error);
	g_set_error(error, RN_ERROR, RN_ERR_BUSY,
	    "another store is being put in this one's place (`rinnova db restore`): try again; `fuser %s` names it",
	    lock->path);
	return FALSE;
}

gboolean
rn_lock_alone(RnLock *lock, gint64 deadline, GError **error)
{
	int trouble = use(lock, F_WRLCK, deadline);

	return trouble == 0 || failed(lock, trouble == EACCES ? EWOULDBLOCK : trouble, error);
}
