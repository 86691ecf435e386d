/* store_trouble.c: files that are no store of ours, locks that others hold, and disks that fail: a clear
 * error, in time, and nothing half done. The disk is made to fail by this program's own fdatasync(),
 * pwrite64() and so on, which SQLite finds before those of the C library. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "store_house.h"

static gboolean sync_fails, write_fails, disk_small, disk_far;

int
fdatasync(int fd)
{
	if (sync_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fdatasync, fd);
}

int
fsync(int fd)
{
	if (sync_fails) {
		errno = EIO;
		return -1;
	}
	return (int)syscall(SYS_fsync, fd);
}

ssize_t
pwrite64(int fd, const void *buf, size_t n, off64_t at)
{
	if (write_fails) {
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, buf, n, at);
}

ssize_t
pwrite(int fd, const void *buf, size_t n, off_t at)
{
	return pwrite64(fd, buf, n, at);
}

int
statvfs(const char *path, struct statvfs *to)
{
	(void)path;
	memset(to, 0, sizeof(*to));
	to->f_frsize = 4096;
	to->f_bavail = disk_small ? 4095 : 1 << 20;
	return 0;
}

int
statfs(const char *path, struct statfs *to)
{
	(void)path;
	memset(to, 0, sizeof(*to));
	to->f_type = disk_far ? 0x6969 : 0xEF53;
	return 0;
}

static void
raw(const char *path, const char *sql)
{
	sqlite3 *db;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		g_error("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void
assert_closed(const House *h, gboolean read_only, RnErrorCode code, const char *part)
{
	GError *why = NULL;
	RnStore *store = rn_store_open(h->url, read_only, &why);

	g_assert_null(store);
	assert_said(why, code, part);
	g_error_free(why);
}

static void
put(RnStore *store, const char *key, const char *value)
{
	RnTx *tx = begin(store);

	GOOD(rn_store_meta_put(tx, key, value, &error));
	commit(tx);
}

/* The value of KEY as somebody else reads it. */
static char *
get(const House *h, const char *key)
{
	RnStore *store = rn_store_open(h->url, TRUE, NULL);
	RnTx *tx;
	char *value = NULL;

	g_assert_nonnull(store);
	tx = rn_tx_look(store, NULL);
	GOOD(rn_store_meta_get(tx, key, &value, &error));
	rn_tx_rollback(tx);
	rn_store_close(store);
	return value;
}

static void
assert_holds(const House *h, const char *key, const char *want)
{
	char *value = get(h, key);

	g_assert_cmpstr(value, ==, want);
	g_free(value);
}

static void
test_urls(void)
{
	static const struct {
		const char	*url;
		RnErrorCode	 code;
		const char	*part;
	} rows[] = {
		{ "rinnova.db", RN_ERR_CONFIG, "sqlite:/absolute/path" },
		{ "mysql:/tmp/x", RN_ERR_CONFIG, "sqlite:/absolute/path" },
		{ "sqlit:/tmp/x", RN_ERR_CONFIG, "sqlite:/absolute/path" },
		{ "sqlite:x.db", RN_ERR_CONFIG, "must be absolute" },
		{ "sqlite:", RN_ERR_CONFIG, "must be absolute" },
		{ "sqlite:/nowhere/at/all/x.db", RN_ERR_NOT_FOUND, "the folder /nowhere/at/all" },
		{ "sqlite:/tmp/rinnova-not-there.db", RN_ERR_NOT_FOUND, "rinnova init" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		House h = { .url = (char *)rows[i].url };

		assert_closed(&h, FALSE, rows[i].code, rows[i].part);
		assert_closed(&h, TRUE, rows[i].code, rows[i].part);
	}
}

static void
test_create(void)
{
	static const char *const files[] = { "", "-wal", "-shm", ".lock" };
	House h;
	GError *why = NULL;
	mode_t mask = umask(022);

	house_begin(&h);
	put(h.store, "a", "1");
	g_assert_false(rn_store_create(h.url, &why));
	assert_said(why, RN_ERR_STATE, "is there already");
	g_clear_error(&why);
	g_assert_cmpint(rn_store_schema(h.store), ==, rn_store_schema_newest());
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		char *file = g_strconcat(h.path, files[i], NULL);
		struct stat st;

		g_assert_cmpint(stat(file, &st), ==, 0);
		g_assert_cmpint(st.st_mode & 0777, ==, 0640);
		g_free(file);
	}
	rn_store_close(h.store);

	/* an empty file is a creation that was cut off: it is finished */
	g_remove(h.path);
	g_assert_true(g_file_set_contents(h.path, "", 0, NULL));
	h.store = NULL;
	assert_closed(&h, FALSE, RN_ERR_STORE, "is empty");
	g_assert_true(rn_store_create(h.url, NULL));
	house_open(&h);
	umask(mask);
	house_end(&h);
}

static void
test_foreign(void)
{
	static const char text[] =
	    "This is a letter and no database, however long it may become in the end. It has a hundred bytes.";
	char newer[64];
	House h;

	house_begin(&h);
	g_clear_pointer(&h.store, rn_store_close);
	g_snprintf(newer, sizeof(newer), "PRAGMA user_version = %d", rn_store_schema_newest() + 1);
	raw(h.path, newer);
	assert_closed(&h, FALSE, RN_ERR_STORE, "use the newer program");
	assert_closed(&h, TRUE, RN_ERR_STORE, "use the newer program");
	raw(h.path, "PRAGMA user_version = 0");
	assert_closed(&h, TRUE, RN_ERR_STORE, "brings it up to date");
	raw(h.path, "PRAGMA application_id = 7");
	assert_closed(&h, FALSE, RN_ERR_STORE, "the database of another program");
	assert_closed(&h, TRUE, RN_ERR_STORE, "the database of another program");
	g_assert_true(g_file_set_contents(h.path, text, -1, NULL));
	assert_closed(&h, FALSE, RN_ERR_STORE, "no store of Rinnova");
	assert_closed(&h, TRUE, RN_ERR_STORE, "no store of Rinnova");
	house_end(&h);
}

static void
test_places(void)
{
	House h;
	char *second;
	GError *why = NULL;

	house_begin(&h);
	g_clear_pointer(&h.store, rn_store_close);
	disk_far = TRUE;
	assert_closed(&h, FALSE, RN_ERR_CONFIG, "network file system (NFS)");
	assert_closed(&h, TRUE, RN_ERR_CONFIG, "network file system (NFS)");
	disk_far = FALSE;
	second = g_build_filename(h.folder, "second.db", NULL);
	g_assert_cmpint(link(h.path, second), ==, 0);
	assert_closed(&h, FALSE, RN_ERR_STORE, "hard link");
	g_remove(second);

	/* a symbolic link is followed, and its lock file is that of the store */
	g_assert_cmpint(symlink(h.path, second), ==, 0);
	g_free(h.url);
	h.url = g_strconcat("sqlite:", second, NULL);
	house_open(&h);
	put(h.store, "a", "1");
	g_free(second);
	second = g_build_filename(h.folder, "second.db.lock", NULL);
	g_assert_false(g_file_test(second, G_FILE_TEST_EXISTS));
	g_free(second);

	/* a store that was put aside while it is open: what is written now would be lost */
	second = g_build_filename(h.folder, "aside.db", NULL);
	g_assert_cmpint(g_rename(h.path, second), ==, 0);
	g_assert_true(g_file_set_contents(h.path, "another file", -1, NULL));
	g_assert_null(rn_tx_begin(h.store, &why));
	assert_said(why, RN_ERR_STORE, "moved, removed or replaced");
	g_clear_error(&why);
	g_free(second);
	house_end(&h);
}

static void
test_damaged(void)
{
	House h;
	RnStore *store;
	GError *why = NULL;
	char junk[4096];
	int fd;

	house_begin(&h);
	for (int i = 0; i < 200; i++) {
		char *key = g_strdup_printf("key %d", i);

		put(h.store, key,
		    "a value of some length, so that there are several pages of them in the file");
		g_free(key);
	}
	g_assert_true(rn_store_check(h.store, NULL));
	g_assert_true(rn_store_checkpoint(h.store, NULL));
	g_clear_pointer(&h.store, rn_store_close);
	memset(junk, 0x5a, sizeof(junk));
	fd = g_open(h.path, O_RDWR, 0);
	for (off_t page = 2; page < lseek(fd, 0, SEEK_END) / 4096; page += 2)
		g_assert_cmpint((int)pwrite(fd, junk, sizeof(junk), page * 4096), ==, (int)sizeof(junk));
	close(fd);
	store = rn_store_open(h.url, TRUE, &why);
	if (store != NULL) {
		g_assert_false(rn_store_check(store, &why));
		rn_store_close(store);
	}
	assert_said(why, RN_ERR_STORE, "restore the back-up");
	g_clear_error(&why);
	house_end(&h);
}

/* Runs FUNC in a child as somebody who is not root, and gives its exit status. */
static int
as_nobody(int (*func)(const House *), const House *h)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(99);
		_exit(func(h));
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int
open_as_nobody(const House *h)
{
	GError *why = NULL;
	RnStore *store = rn_store_open(h->url, FALSE, &why);

	if (store != NULL)
		return 1;
	return g_error_matches(why, RN_ERROR, RN_ERR_BUSY) && strstr(why->message, "folder") != NULL ? 0 : 2;
}

static void
test_read_only(void)
{
	House h;
	char *lock;

	house_begin(&h);
	put(h.store, "a", "1");
	g_clear_pointer(&h.store, rn_store_close);
	g_chmod(h.folder, 0555);
	lock = g_strconcat(h.path, ".lock", NULL);
	g_chmod(lock, 0644);
	g_chmod(h.path, 0444);
	g_assert_cmpint(as_nobody(open_as_nobody, &h), ==, 0);	/* the lock file */
	g_chmod(lock, 0666);
	g_assert_cmpint(as_nobody(open_as_nobody, &h), ==, 0);	/* the store itself */
	g_chmod(h.folder, 0755);
	g_free(lock);
	house_end(&h);
}

/* Holds the lock file in another process until READY[1] is closed. */
static pid_t
hold_lock(const House *h, int *release)
{
	int ready[2], go[2];
	char c;
	pid_t pid;

	g_assert_cmpint(pipe(ready), ==, 0);
	g_assert_cmpint(pipe(go), ==, 0);
	pid = fork();
	if (pid == 0) {
		char *lock = g_strconcat(h->path, ".lock", NULL);
		int fd = open(lock, O_RDWR);

		close(go[1]);
		if (fd < 0 || flock(fd, LOCK_EX) != 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		_exit(read(go[0], &c, 1) > 0);
	}
	close(ready[1]);
	close(go[0]);
	g_assert_cmpint((int)read(ready[0], &c, 1), ==, 1);
	close(ready[0]);
	*release = go[1];
	return pid;
}

static void
assert_busy_in_time(RnStore *store, const char *part)
{
	gint64 start = rn_monotonic();
	GError *why = NULL;
	gint64 ms;

	g_assert_null(rn_tx_begin(store, &why));
	ms = (rn_monotonic() - start) / 1000;
	assert_said(why, RN_ERR_BUSY, part);
	g_error_free(why);
	g_assert_cmpint(ms, >=, 250);
	g_assert_cmpint(ms, <, 3000);
}

static void
test_locked(void)
{
	House h;
	RnTx *tx;
	sqlite3 *other;
	pid_t pid;
	int release;
	GError *why = NULL;

	house_begin(&h);
	put(h.store, "a", "1");
	rn_store_set_wait(h.store, 300);
	g_clear_pointer(&h.store, rn_store_close);
	pid = hold_lock(&h, &release);
	house_open(&h);
	rn_store_set_wait(h.store, 300);
	assert_busy_in_time(h.store, "holds the lock");
	assert_busy_in_time(h.store, "holds the lock");	/* behind the thread that still waits */
	g_assert_false(rn_store_checkpoint(h.store, &why));
	assert_said(why, RN_ERR_BUSY, "holds the lock");
	g_clear_error(&why);
	assert_holds(&h, "a", "1");	/* readers do not wait */
	close(release);
	g_assert_cmpint(waitpid(pid, NULL, 0), ==, pid);
	rn_store_set_wait(h.store, 5000);
	put(h.store, "a", "2");
	rn_store_set_wait(h.store, 300);

	/* another transaction of this process */
	tx = begin(h.store);
	assert_busy_in_time(h.store, "another thread");
	rn_tx_rollback(tx);

	/* a program that does not know the lock file */
	g_assert_cmpint(sqlite3_open(h.path, &other), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	assert_busy_in_time(h.store, "another program holds it");
	sqlite3_close(other);
	put(h.store, "a", "3");
	assert_holds(&h, "a", "3");

	/* a store open for reading is never written */
	g_clear_pointer(&h.store, rn_store_close);
	h.store = rn_store_open(h.url, TRUE, NULL);
	g_assert_null(rn_tx_begin(h.store, &why));
	assert_said(why, RN_ERR_STATE, "reading only");
	g_clear_error(&why);
	house_end(&h);
}

static void
test_disk_full(void)
{
	House h;
	RnTx *tx;
	GError *why = NULL;
	char *much = g_strnfill(20 << 20, 'x');	/* more than the cache holds, so a statement has to write */

	house_begin(&h);
	put(h.store, "a", "1");
	disk_small = TRUE;
	g_assert_null(rn_tx_begin(h.store, &why));
	assert_said(why, RN_ERR_BUSY, "the disk is full");
	g_clear_error(&why);
	disk_small = FALSE;

	/* at the commit */
	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "a", "2", &error));
	write_fails = TRUE;
	g_assert_false(rn_tx_commit(&tx, &why));
	assert_said(why, RN_ERR_BUSY, "the disk is full");
	g_clear_error(&why);
	write_fails = FALSE;
	assert_holds(&h, "a", "1");

	/* within a statement: the transaction is over, and what comes after it is refused as well */
	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "a", "3", &error));
	write_fails = TRUE;
	g_assert_false(rn_store_meta_put(tx, "b", much, &why));
	g_assert_error(why, RN_ERROR, RN_ERR_BUSY);
	g_clear_error(&why);
	write_fails = FALSE;
	if (rn_store_meta_put(tx, "c", "4", &why))	/* SQLite may have undone the statement alone */
		rn_tx_rollback(tx);
	else {
		assert_said(why, RN_ERR_BUSY, "rolled back");
		g_clear_error(&why);
		g_assert_false(rn_tx_commit(&tx, &why));
		assert_said(why, RN_ERR_BUSY, "rolled back");
		g_clear_error(&why);
	}
	assert_holds(&h, "a", "1");
	assert_holds(&h, "c", NULL);

	/* with room again it goes on as if nothing had been */
	put(h.store, "a", "5");
	assert_holds(&h, "a", "5");
	g_assert_true(rn_store_check(h.store, NULL));
	g_free(much);
	house_end(&h);
}

/* A commit of which nobody knows whether it is on the disk: the process has to end, and nothing more is
 * written. */
static void
test_sync_fails(void)
{
	House h;
	RnTx *tx;
	GError *why = NULL;
	char *mark;

	rn_log_open("stderr", RN_LOG_ERROR);
	house_begin(&h);
	mark = g_strconcat(h.path, ".doubt", NULL);
	put(h.store, "a", "1");
	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "a", "2", &error));
	sync_fails = TRUE;
	g_assert_false(rn_tx_commit(&tx, &why));
	g_assert_null(tx);
	assert_said(why, RN_ERR_STORE, "end this program");
	g_clear_error(&why);
	sync_fails = FALSE;
	g_assert_null(rn_tx_begin(h.store, &why));
	assert_said(why, RN_ERR_STORE, "end this program");
	g_clear_error(&why);
	g_assert_false(rn_store_checkpoint(h.store, &why));
	assert_said(why, RN_ERR_STORE, "end this program");
	g_clear_error(&why);

	/* the next process writes the log again before anything else, and then goes on from what is there */
	g_clear_pointer(&h.store, rn_store_close);
	g_assert_true(g_file_test(mark, G_FILE_TEST_EXISTS));
	house_open(&h);
	g_assert_true(rn_store_check(h.store, NULL));
	sync_fails = TRUE;
	g_assert_null(rn_tx_begin(h.store, &why));
	assert_said(why, RN_ERR_BUSY, "writing the log again");
	g_clear_error(&why);
	g_assert_false(rn_store_checkpoint(h.store, &why));
	assert_said(why, RN_ERR_BUSY, "writing the log again");
	g_clear_error(&why);
	g_assert_true(g_file_test(mark, G_FILE_TEST_EXISTS));
	sync_fails = FALSE;
	put(h.store, "a", "3");
	g_assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
	assert_holds(&h, "a", "3");

	/* a failed fold loses nothing */
	sync_fails = TRUE;
	g_assert_false(rn_store_checkpoint(h.store, &why));
	g_assert_error(why, RN_ERROR, RN_ERR_BUSY);
	g_clear_error(&why);
	sync_fails = FALSE;
	g_assert_true(rn_store_checkpoint(h.store, NULL));
	assert_holds(&h, "a", "3");
	g_free(mark);
	house_end(&h);
}

static int
use_after_fork(const House *h)
{
	GError *why = NULL;

	if (rn_tx_begin(h->store, &why) != NULL || !g_error_matches(why, RN_ERROR, RN_ERR_INTERNAL))
		return 1;
	g_clear_error(&why);
	if (rn_tx_look(h->store, &why) != NULL || !g_error_matches(why, RN_ERROR, RN_ERR_INTERNAL))
		return 2;
	g_clear_error(&why);
	rn_store_close(h->store);
	return 0;
}

static void
test_fork(void)
{
	House h;
	RnTx *tx;
	pid_t pid;
	int status;

	house_begin(&h);
	tx = begin(h.store);
	GOOD(rn_store_meta_put(tx, "a", "1", &error));
	pid = fork();
	if (pid == 0)
		_exit(use_after_fork(&h));
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
	commit(tx);
	assert_holds(&h, "a", "1");
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/trouble/urls", test_urls);
	g_test_add_func("/store/trouble/create", test_create);
	g_test_add_func("/store/trouble/foreign", test_foreign);
	g_test_add_func("/store/trouble/places", test_places);
	g_test_add_func("/store/trouble/damaged", test_damaged);
	g_test_add_func("/store/trouble/read-only", test_read_only);
	g_test_add_func("/store/trouble/locked", test_locked);
	g_test_add_func("/store/trouble/disk-full", test_disk_full);
	g_test_add_func("/store/trouble/sync-fails", test_sync_fails);
	g_test_add_func("/store/trouble/fork", test_fork);
	return g_test_run();
}
