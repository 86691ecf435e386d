/* restore.c: another store in the place of the one that is there. All work is done beside it, in a folder of
 * its own on the same disk; the last step is a rename. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/backup.h"
#include "core/restored.h"

#define WORK	".restore."	/* the folder in which all is made ready */
#define ANY	"XXXXXX"
#define SKIPPED 1000	/* order numbers left out where nobody knows which were given since */

/* The files of another user could not be used by the doors. */
static gboolean
right_user(const char *folder, GError **error)
{
	const struct passwd *pw;
	struct stat st;

	if (stat(folder, &st) != 0 || st.st_uid == geteuid())
		return TRUE;
	pw = getpwuid(st.st_uid);
	g_set_error(error, RN_ERROR, RN_ERR_STATE,
	    "the folder %s belongs to the user %s: run this as %s, or the doors could not open the store",
	    folder, pw != NULL ? pw->pw_name : "?", pw != NULL ? pw->pw_name : "that user");
	return FALSE;
}

/* Fills the years' last numbers of the store that is there; FALSE where it cannot be read. */
static gboolean
old_numbers(const char *url, int from, int to, gint64 *last)
{
	g_autoptr(RnStore) store = rn_store_open(url, TRUE, NULL);
	g_autoptr(RnTx) tx = store != NULL ? rn_tx_look(store, NULL) : NULL;

	for (int y = from; tx != NULL && y <= to; y++)
		if (!rn_store_number_last(tx, y, &last[y - from], NULL))
			return FALSE;
	return tx != NULL;
}

/* A number that was given after the back-up must not be given again: it stands in a member's letter, and is
 * the key of a provider's call. */
static gboolean
pass_numbers(
    RnTx *tx, const char *old_url, const RnRestore *r, gint64 made, RnRestoreDone *done, GError **error)
{
	g_autoptr(GDateTime) then = g_date_time_new_from_unix_utc(made);
	g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(r->now);
	int from = g_date_time_get_year(then), to = g_date_time_get_year(now);
	g_autofree gint64 *last = g_new0(gint64, MAX(to - from + 1, 1));

	done->skipped = !r->moved && !old_numbers(old_url, from, to, last);
	for (int y = from; y <= to; y++) {
		gint64 mine = 0;

		if (!rn_store_number_last(tx, y, &mine, error))
			return FALSE;
		done->year = y;
		done->last = done->skipped ? mine + SKIPPED : MAX(mine, last[y - from]);
		if (!rn_store_number_past(tx, y, done->last, error))
			return FALSE;
	}
	return TRUE;
}

/* The ledger says from where on it is another one. */
static gboolean
note(RnTx *tx, const RnBackup *b, const RnRestore *r, GError **error)
{
	g_autofree char *why = g_strdup_printf("%s, made %" G_GINT64_FORMAT, b->digest, b->made);
	RnLedgerRow row = { .convention = "site",
		.at = r->now,
		.who = r->who,
		.what = "store restored",
		.why = why,
		.detail = b->path };

	return rn_store_ledger_add(tx, &row, error);
}

/* The copy, brought up to date and marked. */
static gboolean
prepare(const RnSettings *s, const char *url, const RnBackup *b, const RnRestore *r, RnRestoreDone *done,
    GError **error)
{
	g_autoptr(RnStore) store = rn_store_open(url, FALSE, error);
	g_autoptr(RnTx) tx = NULL;
	RnRestored mark = { .made = b->made, .at = r->now, .digest = b->digest };

	if (store == NULL || !rn_store_check(store, error) || (tx = rn_tx_begin(store, error)) == NULL)
		return FALSE;
	done->schema_was = b->schema;
	done->schema = rn_store_schema(store);
	return pass_numbers(tx, s->site.store, r, b->made, done, error) && note(tx, b, r, error) &&
	    (r->moved || rn_restored_put(tx, &mark, error)) && rn_tx_commit(&tx, error);
}

static gboolean
copy_there(const RnBackup *b, const char *staged, GError **error)
{
	g_autofree char *from = g_build_filename(b->path, RN_BACKUP_STORE, NULL);
	g_autofree char *sha256 = rn_backup_digest(from, staged, NULL, error);

	if (sha256 == NULL)
		return FALSE;
	if (g_strcmp0(sha256, b->sha256) == 0)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "back-up %s: changed while it was copied", b->path);
	return FALSE;
}

static gboolean
swap(const RnSettings *s, const char *path, const char *staged, gint64 now, RnRestoreDone *done,
    GError **error)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(now);
	g_autofree char *stamp = g_date_time_format(at, "%Y%m%dT%H%M%SZ");
	g_autofree char *aside = g_strdup_printf("%s.before-%s", path, stamp);
	gboolean there = g_file_test(path, G_FILE_TEST_EXISTS);

	for (int n = 2; g_file_test(aside, G_FILE_TEST_EXISTS); n++) {
		g_free(aside);
		aside = g_strdup_printf("%s.before-%s-%d", path, stamp, n);
	}
	if (!rn_store_replace(s->site.store, staged, aside, error))
		return FALSE;
	done->aside = there ? g_steal_pointer(&aside) : NULL;
	return TRUE;
}

static gboolean
within(const RnSettings *s, const char *path, const char *work, const RnBackup *b, const RnRestore *r,
    RnRestoreDone *done, GError **error)
{
	g_autofree char *staged = g_build_filename(work, "rinnova.db", NULL);
	g_autofree char *url = g_strconcat("sqlite:", staged, NULL);

	return copy_there(b, staged, error) && prepare(s, url, b, r, done, error) &&
	    rn_store_alone(url, error) && swap(s, path, staged, r->now, done, error);
}

/* What one left that was killed; nobody else is at work here, for the store is held. */
static void
sweep(const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_prefix(name, WORK) && strlen(name) == strlen(WORK ANY) &&
		    !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
			rn_backup_take_away(path);
	}
	if (dir != NULL)
		g_dir_close(dir);
}

gboolean
rn_restore(const RnSettings *s, const RnRestore *r, RnRestoreDone *done, GError **error)
{
	g_autoptr(RnBackup) b = NULL;
	g_autofree char *path = rn_store_path(s->site.store, error);
	g_autofree char *folder = path != NULL ? g_path_get_dirname(path) : NULL;
	g_autofree char *work = NULL;
	g_autoptr(RnStoreHold) hold = NULL;
	gboolean ok;

	*done = (RnRestoreDone){ 0 };
	if (path == NULL || !right_user(folder, error))
		return FALSE;
	hold = rn_store_hold(s->site.store, error);
	if (hold == NULL || (b = rn_backup_read(r->path, error)) == NULL)
		return FALSE;
	sweep(folder);
	work = g_build_filename(folder, WORK ANY, NULL);
	if (mkdtemp(work) == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s: cannot make a folder there: %s", folder,
		    g_strerror(errno));
		return FALSE;
	}
	ok = within(s, path, work, b, r, done, error);
	rn_backup_take_away(work);
	return ok;
}
