/* sqlite.h: what the files of the SQLite driver share. */
#ifndef RN_STORE_SQLITE_H
#define RN_STORE_SQLITE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "store/db.h"
#include "store/lock.h"

struct RnDb {
	sqlite3		*h;
	char		*path;		/* without symbolic links: one store, one lock file */
	RnDbMode	 mode;
	dev_t		 device;	/* of the file that was opened */
	ino_t		 inode;
	RnLock		*lock;		/* NULL for RN_DB_READ */
	gboolean	 writing;	/* a write transaction is open, and the lock is ours */
	gboolean	 dead;		/* a commit failed and nobody knows how */
	guint		 commits;	/* since the log was folded last */
	int		 log_pages;	/* in the log after the last commit */
	int		 log_left;	/* in the log after it was folded last: readers were still at them */
	sqlite3_stmt	*statements[RN_ST_N];
};

/* --- sqlite_place.c: the file and where it lies --- */

/* PLACE without symbolic links, checked: its folder is there, on a disk of this machine. Caller frees. */
char *rn_sqlite_path(const char *place, GError **error);
/* The file of DB is there (or, for RN_DB_CREATE, made empty), and has one name only. */
gboolean rn_sqlite_file(RnDb *db, GError **error);
/* The file that was opened still stands under its name, and the disk has room left. */
gboolean rn_sqlite_fit_to_write(RnDb *db, GError **error);

/* --- sqlite_upkeep.c --- */

/* Sets DB's connection up, and makes sure that it holds a store of ours (or nothing, for RN_DB_CREATE). */
gboolean rn_sqlite_set_up(RnDb *db, GError **error);
gboolean rn_sqlite_version(RnDb *db, int *version, GError **error);
gboolean rn_sqlite_script(RnDb *db, RnDbStep step, int version, GError **error);
gboolean rn_sqlite_backup(RnDb *db, int version, GError **error);
gboolean rn_sqlite_check(RnDb *db, GError **error);
gboolean rn_sqlite_fold(RnDb *db, int wait_ms, GError **error);
/* Folds the log if it has grown long; called with the lock held and no transaction open. */
void rn_sqlite_fold_at_times(RnDb *db);

/* --- sqlite_copy.c; see db.h --- */

gboolean rn_sqlite_copy(RnDb *db, const char *to, RnDbProgress progress, gpointer data, GError **error);
gboolean rn_sqlite_examine(RnDb *db, RnDbFace *face, GError **error);
gboolean rn_sqlite_vacuum(RnDb *db, int wait_ms, GError **error);
gboolean rn_sqlite_alone(RnDb *db, int wait_ms, GError **error);

/* --- sqlite_swap.c; see db.h --- */

RnLock *rn_sqlite_hold(const char *place, GError **error);
gboolean rn_sqlite_replace(
    const char *place, const char *staged, const char *aside, int wait_ms, GError **error);

/* --- sqlite_doubt.c --- */

/* A sync of DB's log has failed: leaves the mark. Called with the lock held. */
void rn_sqlite_doubt(const RnDb *db);
/* Where the mark stands, writes the log again and removes it. Called with the lock held and no transaction
 * open. */
gboolean rn_sqlite_settle_doubt(RnDb *db, GError **error);

/* --- sqlite_error.c --- */

/* Sets the error for RC, the result of WHAT on the connection H (may be NULL). Always FALSE. */
gboolean rn_sqlite_failed(sqlite3 *h, const char *path, int rc, const char *what, GError **error);
/* Sets RN_ERR_STORE: DB is dead. Always FALSE. */
gboolean rn_sqlite_dead(const RnDb *db, GError **error);
/* The first value of the first row of SQL as a number or as text (caller frees). */
gboolean rn_sqlite_ask_number(RnDb *db, const char *sql, gint64 *value, GError **error);
gboolean rn_sqlite_ask_text(RnDb *db, const char *sql, char **text, GError **error);
/* Runs SQL, which may be several statements, and drops what it returns. */
gboolean rn_sqlite_exec(RnDb *db, const char *sql, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

#endif
