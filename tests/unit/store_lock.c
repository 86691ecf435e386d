/* store_lock.c: the lock file: in time, in turn, and free again when its holder dies. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/world.h"
#include "store/lock.h"
#include "store_house.h"

#define TURNS 40

static char *
lock_path(House *h)
{
	h->folder = g_dir_make_tmp("rinnova-lock-XXXXXX", NULL);
	return g_build_filename(h->folder, "x.lock", NULL);
}

static gboolean
take_ms(RnLock *lock, int ms)
{
	GError *why = NULL;
	gboolean ok = rn_lock_take(lock, rn_monotonic() + ms * G_TIME_SPAN_MILLISECOND, &why);

	if (!ok)
		g_assert_error(why, RN_ERROR, RN_ERR_BUSY);
	g_clear_error(&why);
	return ok;
}

static void
test_in_time(void)
{
	House h = { 0 };
	char *path = lock_path(&h);
	RnLock *one = rn_lock_open(path, NULL), *two = rn_lock_open(path, NULL);
	gint64 start;

	g_assert_true(take_ms(one, 0));
	for (int i = 0; i < 3; i++) {
		start = rn_monotonic();
		g_assert_false(take_ms(two, 100));
		g_assert_cmpint(rn_monotonic() - start, >=, 95 * G_TIME_SPAN_MILLISECOND);
		g_assert_cmpint(rn_monotonic() - start, <, 2 * G_USEC_PER_SEC);
	}
	rn_lock_drop(one);
	g_assert_true(take_ms(two, 2000));
	g_assert_false(take_ms(one, 50));
	rn_lock_drop(two);

	/* what the thread of ONE got after nobody wanted it any more was given back */
	g_assert_true(take_ms(two, 2000));
	g_assert_false(take_ms(one, 50));
	rn_lock_close(one);	/* while its thread still waits */
	rn_lock_drop(two);
	g_assert_true(take_ms(two, 2000));
	rn_lock_drop(two);
	rn_lock_close(two);
	g_free(path);
	house_end(&h);
}

typedef struct {
	RnLock	*lock;
	gint	 stop;
	gint	 turns;
} Hog;

/* Holds the lock nearly always. */
static gpointer
hog(gpointer data)
{
	Hog *g = data;

	while (!g_atomic_int_get(&g->stop)) {
		g_assert_true(take_ms(g->lock, 10000));
		g_usleep(2000);
		rn_lock_drop(g->lock);
		g_atomic_int_inc(&g->turns);
	}
	return NULL;
}

/* Two hogs and one who wants it now and then: it gets its turn after a few of theirs. */
static void
test_in_turn(void)
{
	House h = { 0 };
	char *path = lock_path(&h);
	RnLock *mine = rn_lock_open(path, NULL);
	Hog hogs[2] = { { rn_lock_open(path, NULL), 0, 0 }, { rn_lock_open(path, NULL), 0, 0 } };
	GThread *threads[2];
	int waited = 0;

	for (int i = 0; i < 2; i++)
		threads[i] = g_thread_new("hog", hog, &hogs[i]);
	for (int i = 0; i < TURNS; i++) {
		int before;

		g_usleep(3000);
		before = g_atomic_int_get(&hogs[0].turns) + g_atomic_int_get(&hogs[1].turns);

		g_assert_true(take_ms(mine, 10000));
		waited += g_atomic_int_get(&hogs[0].turns) + g_atomic_int_get(&hogs[1].turns) - before;
		rn_lock_drop(mine);
	}
	for (int i = 0; i < 2; i++) {
		g_atomic_int_set(&hogs[i].stop, 1);
		g_thread_join(threads[i]);
		rn_lock_close(hogs[i].lock);
	}
	g_test_message("%d turns of others before %d of mine", waited, TURNS);
	g_assert_cmpint(waited, <=, 6 * TURNS);	/* about 3; without the turn about 10 */
	rn_lock_close(mine);
	g_free(path);
	house_end(&h);
}

static void
test_killed_holder(void)
{
	House h = { 0 };
	char *path = lock_path(&h);
	RnLock *mine;
	int ready[2];
	char c;
	pid_t pid;

	g_assert_cmpint(pipe(ready), ==, 0);
	pid = fork();
	if (pid == 0) {
		RnLock *lock = rn_lock_open(path, NULL);

		if (lock == NULL || !take_ms(lock, 0) || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	g_assert_cmpint((int)read(ready[0], &c, 1), ==, 1);
	mine = rn_lock_open(path, NULL);
	g_assert_false(take_ms(mine, 100));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	g_assert_true(take_ms(mine, 5000));
	rn_lock_drop(mine);
	rn_lock_close(mine);
	close(ready[0]);
	close(ready[1]);
	g_free(path);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/lock/killed-holder", test_killed_holder);	/* first: it forks */
	g_test_add_func("/store/lock/in-time", test_in_time);
	g_test_add_func("/store/lock/in-turn", test_in_turn);
	return g_test_run();
}
