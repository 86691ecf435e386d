/* store_many.c: several processes write one store at once, some are killed in the middle of it; whatever a
 * commit said yes to is there afterwards, and the file is whole. */
#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_chain.h"

#define WRITERS 4
#define COMMITS 250	/* of each that is let live: the log is folded at times by every one */
#define KILLS 6

/* Shared by all: how many commits of each said yes. */
typedef struct {
	volatile gint	 acked[WRITERS];
} Board;

static gboolean
one_commit(RnStore *store, int who, int n)
{
	RnTx *tx = rn_tx_begin(store, NULL);
	char *key = g_strdup_printf("%d/%d", who, n);
	RnLedgerRow row = { .convention = "medici", .at = n, .who = key, .what = "x", .why = "y" };
	gboolean ok =
	    tx != NULL && rn_store_meta_put(tx, key, key, NULL) && rn_store_ledger_add(tx, &row, NULL);

	g_free(key);
	if (ok)
		return rn_tx_commit(&tx, NULL);
	rn_tx_rollback(tx);
	return FALSE;
}

/* Goes on from what was acknowledged; a commit whose answer was lost is written again with the same key. */
static void
writer(const House *h, Board *board, int who, int commits)
{
	RnStore *store = rn_store_open(h->url, FALSE, NULL);

	if (store == NULL)
		_exit(1);
	while (g_atomic_int_get(&board->acked[who]) < commits) {
		if (!one_commit(store, who, g_atomic_int_get(&board->acked[who])))
			_exit(2);
		g_atomic_int_inc(&board->acked[who]);
	}
	rn_store_close(store);
	_exit(0);
}

static pid_t
start(const House *h, Board *board, int who, int commits)
{
	pid_t pid = fork();

	if (pid == 0)
		writer(h, board, who, commits);
	g_assert_cmpint(pid, >, 0);
	return pid;
}

/* Kills the last writer again and again; it starts anew each time. */
static void
kill_and_restart(const House *h, Board *board, pid_t *pid)
{
	for (int i = 0; i < KILLS; i++) {
		int status;

		g_usleep(60000 + 7000 * (gulong)i);
		kill(*pid, SIGKILL);
		waitpid(*pid, &status, 0);
		if (WIFEXITED(status))
			g_assert_cmpint(WEXITSTATUS(status), ==, 0);
		*pid = start(h, board, WRITERS - 1, 1 << 20);
	}
	while (board->acked[WRITERS - 1] == 0)	/* on a busy machine none of its lives may have come so far */
		g_usleep(1000);
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
}

static gint64
number(const House *h, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	gint64 n;

	g_assert_cmpint(sqlite3_open_v2(h->path, &db, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_step(stmt), ==, SQLITE_ROW);
	n = sqlite3_column_type(stmt, 0) == SQLITE_TEXT ?
	    !strcmp((const char *)sqlite3_column_text(stmt, 0), "ok") :
	    sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return n;
}

static void
assert_all_there(House *h, Board *board)
{
	RnTx *tx = rn_tx_look(h->store, NULL);

	for (int who = 0; who < WRITERS; who++) {
		char *sql = g_strdup_printf("SELECT COUNT(*) FROM meta WHERE key LIKE '%d/%%'", who);
		gint64 n = number(h, sql);

		g_test_message(
		    "writer %d: %d said yes, %" G_GINT64_FORMAT " there", who, board->acked[who], n);
		g_assert_cmpint(n, >=, board->acked[who]);
		g_assert_cmpint(n, <=, board->acked[who] + 1);	/* the one whose answer was lost */
		for (int i = 0; i < board->acked[who]; i++) {
			char *key = g_strdup_printf("%d/%d", who, i), *value = NULL;

			GOOD(rn_store_meta_get(tx, key, &value, &error));
			g_assert_cmpstr(value, ==, key);
			g_free(value);
			g_free(key);
		}
		g_free(sql);
	}
	whole_chain(tx, "medici");
	rn_tx_rollback(tx);
}

static void
test_many(void)
{
	Board *board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pids[WRITERS];
	House h;

	g_assert_true(board != MAP_FAILED);
	house_begin(&h);
	g_clear_pointer(&h.store, rn_store_close);
	for (int who = 0; who < WRITERS; who++)
		pids[who] = start(&h, board, who, who < WRITERS - 1 ? COMMITS : 1 << 20);
	kill_and_restart(&h, board, &pids[WRITERS - 1]);
	for (int who = 0; who < WRITERS - 1; who++) {
		int status;

		g_assert_cmpint(waitpid(pids[who], &status, 0), ==, pids[who]);
		g_assert_cmpint(status, ==, 0);
		g_assert_cmpint(board->acked[who], ==, COMMITS);
	}
	g_assert_cmpint(board->acked[WRITERS - 1], >, 0);
	house_open(&h);
	g_assert_true(rn_store_check(h.store, NULL));
	g_assert_cmpint(number(&h, "PRAGMA integrity_check"), ==, 1);
	assert_all_there(&h, board);
	g_assert_true(rn_store_checkpoint(h.store, NULL));
	assert_all_there(&h, board);
	munmap(board, sizeof(*board));
	house_end(&h);
}

/* Threads of one process share one connection, one after the other. */
static gpointer
thread_writer(gpointer data)
{
	RnStore *store = data;
	static gint next;
	int who = g_atomic_int_add(&next, 1);

	for (int i = 0; i < 100; i++)
		g_assert_true(one_commit(store, 100 + who, i));
	return NULL;
}

static gpointer
thread_reader(gpointer data)
{
	RnStore *store = data;

	for (int i = 0; i < 200; i++) {
		RnTx *tx = rn_tx_look(store, NULL);

		g_assert_nonnull(tx);
		whole_chain(tx, "medici");
		rn_tx_rollback(tx);
	}
	return NULL;
}

static void
test_threads(void)
{
	GThread *threads[5];
	House h;
	RnTx *tx;

	house_begin(&h);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("t", i < 3 ? thread_writer : thread_reader, h.store);
	for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	tx = rn_tx_look(h.store, NULL);
	g_assert_cmpint(whole_chain(tx, "medici"), ==, 300);
	rn_tx_rollback(tx);
	house_end(&h);
}

/* The log is folded by itself and does not grow without end, also where each process commits only once. */
static void
test_log_is_folded(void)
{
	House h;
	char *wal, *value = g_strnfill(200000, 'x');
	GStatBuf st;

	house_begin(&h);
	wal = g_strconcat(h.path, "-wal", NULL);
	g_assert_true(one_commit(h.store, 0, 0));
	g_clear_pointer(&h.store, rn_store_close);	/* without the lock nothing may be folded */
	g_assert_cmpint(g_stat(wal, &st), ==, 0);
	g_assert_cmpint(st.st_size, >, 0);
	house_open(&h);
	for (int i = 0; i < 220; i++) {	/* 11,000 pages */
		RnTx *tx = begin(h.store);

		memset(value, 'a' + i % 26, 200000);	/* what is the same is not written again */
		GOOD(rn_store_meta_put(tx, "big", value, &error));
		commit(tx);
		if (i % 2 == 0) {
			rn_store_close(h.store);
			house_open(&h);
		}
	}
	g_assert_cmpint(g_stat(wal, &st), ==, 0);
	g_assert_cmpint(st.st_size, <, 25 << 20);
	g_test_message("log: %d kB", (int)(st.st_size >> 10));
	g_assert_true(rn_store_checkpoint(h.store, NULL));
	g_assert_cmpint(g_stat(wal, &st), ==, 0);
	g_assert_cmpint(st.st_size, ==, 0);
	g_free(wal);
	g_free(value);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/many/processes", test_many);	/* first: it forks, and no thread may run then */
	g_test_add_func("/store/many/threads", test_threads);
	g_test_add_func("/store/many/log-is-folded", test_log_is_folded);
	return g_test_run();
}
