/* sqlite_error.c: results of SQLite as errors that say what to do, and small questions to a connection. */
#include <string.h>

#include "store/sqlite.h"

typedef struct {
	int		 rc;
	RnErrorCode	 code;
	const char	*advice;
} Meaning;

/* By the result without its extension, unless the extended one stands before it. Whatever may pass by itself
 * or by the administrator's hand is busy: the mail stays in the queue meanwhile. */
/* clang-format off */
static const Meaning meanings[] = {
	{ SQLITE_IOERR_CORRUPTFS, RN_ERR_STORE,	"the file system is damaged: stop the doors, check the disk, restore the back-up" },
	{ SQLITE_IOERR_DATA,	RN_ERR_STORE,	"a page has a wrong checksum: stop the doors, restore the back-up" },
	{ SQLITE_CONSTRAINT_UNIQUE, RN_ERR_STATE, "there is one already" },
	{ SQLITE_CONSTRAINT_PRIMARYKEY, RN_ERR_STATE, "there is one already" },
	{ SQLITE_BUSY,		RN_ERR_BUSY,	"another program holds it: try again" },
	{ SQLITE_LOCKED,	RN_ERR_BUSY,	"it is locked: try again" },
	{ SQLITE_FULL,		RN_ERR_BUSY,	"the disk is full: make room" },
	{ SQLITE_IOERR,		RN_ERR_BUSY,	"the disk failed: see the system's log" },
	{ SQLITE_NOMEM,		RN_ERR_BUSY,	"no memory is left" },
	{ SQLITE_READONLY,	RN_ERR_BUSY,	"it cannot be written: see owner and mode of the file and of its folder" },
	{ SQLITE_CANTOPEN,	RN_ERR_BUSY,	"it cannot be opened: see owner and mode of the file and of its folder" },
	{ SQLITE_PERM,		RN_ERR_BUSY,	"it may not be opened: see owner and mode of the file and of its folder" },
	{ SQLITE_CORRUPT,	RN_ERR_STORE,	"it is damaged: stop the doors, keep a copy of it, restore the back-up" },
	{ SQLITE_NOTADB,	RN_ERR_STORE,	"it is no store of Rinnova, or it is damaged: look at the key url in [store]" },
	{ SQLITE_FORMAT,	RN_ERR_STORE,	"it is damaged: stop the doors, keep a copy of it, restore the back-up" },
};
/* clang-format on */

static const Meaning *
meaning_of(int rc)
{
	static const Meaning unknown = { 0, RN_ERR_INTERNAL,
		"this is a fault of the program: please report it" };

	for (gsize i = 0; i < G_N_ELEMENTS(meanings); i++)
		if (meanings[i].rc == rc || meanings[i].rc == (rc & 0xff))
			return &meanings[i];
	return &unknown;
}

gboolean
rn_sqlite_failed(sqlite3 *h, const char *path, int rc, const char *what, GError **error)
{
	const Meaning *m = meaning_of(rc);
	int system = h != NULL ? sqlite3_system_errno(h) : 0;
	gboolean disk = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN;

	/* sqlite3_errmsg() names tables and columns, never what stands in them. */
	g_set_error(error, RN_ERROR, (int)m->code, "store %s: %s (%s: %s%s%s)", path, m->advice, what,
	    h != NULL && sqlite3_extended_errcode(h) == rc ? sqlite3_errmsg(h) : sqlite3_errstr(rc),
	    disk && system != 0 ? ": " : "", disk && system != 0 ? g_strerror(system) : "");
	return FALSE;
}

gboolean
rn_sqlite_dead(const RnDb *db, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_STORE,
	    "store %s: an earlier failure left it in an unknown state: end this program, look at the disk, start it again",
	    db->path);
	return FALSE;
}

/* Steps to the first row of SQL; the statement is the caller's. NULL if there is no row, or an error. */
static sqlite3_stmt *
first_row(RnDb *db, const char *sql, GError **error)
{
	g_autoptr(sqlite3_stmt) stmt = NULL;
	int rc = sqlite3_prepare_v2(db->h, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		return g_steal_pointer(&stmt);
	rn_sqlite_failed(db->h, db->path, rc, sql, error);
	return NULL;
}

gboolean
rn_sqlite_ask_number(RnDb *db, const char *sql, gint64 *value, GError **error)
{
	g_autoptr(sqlite3_stmt) stmt = first_row(db, sql, error);

	if (stmt != NULL)
		*value = sqlite3_column_int64(stmt, 0);
	return stmt != NULL;
}

gboolean
rn_sqlite_ask_text(RnDb *db, const char *sql, char **text, GError **error)
{
	g_autoptr(sqlite3_stmt) stmt = first_row(db, sql, error);

	if (stmt != NULL)
		*text = g_strdup((const char *)sqlite3_column_text(stmt, 0));
	return stmt != NULL;
}

gboolean
rn_sqlite_exec(RnDb *db, const char *sql, GError **error)
{
	int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);
	g_autofree char *what = NULL;

	if (rc == SQLITE_OK)
		return TRUE;
	what = g_strndup(sql, strcspn(sql, "(\n"));
	return rn_sqlite_failed(db->h, db->path, rc, what, error);
}
