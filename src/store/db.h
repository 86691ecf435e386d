/* db.h: the seam between the store and a database. What stands above speaks in statements (stmt.h) and cells;
 * a driver knows its database and nothing of boxes. A new driver is one RnDbDriver, its schema text, and a
 * row in store.c's table. */
#ifndef RN_STORE_DB_H
#define RN_STORE_DB_H

#include "base/day.h"
#include "store/lock.h"
#include "store/stmt.h"

#define RN_CELLS_MAX 32		/* most parameters or columns of one statement */

/* RN_CELL_DAY only goes in: NULL for RN_DAY_NONE, else the text "YYYY-MM-DD". */
typedef enum { RN_CELL_NULL, RN_CELL_INT, RN_CELL_TEXT, RN_CELL_BLOB, RN_CELL_DAY } RnCellType;

/* A parameter or a column. Text is UTF-8 and ends with a NUL that LEN does not count. */
typedef struct {
	gint64		 i;
	const char	*s;		/* borrowed */
	gsize		 len;
	RnCellType	 type;
	char		 day[12];
} RnCell;

/* A row being read from left to right (row.h). */
typedef struct {
	const RnCell	*cells;
	guint		 n;
	guint		 at;		/* the next to read */
	gboolean	 odd;		/* a cell was not what its reader wants */
} RnRow;

typedef void (*RnRowFunc)(RnRow *row, gpointer data);

/* A connection. Used by one thread at a time, never across fork. */
typedef struct RnDb RnDb;

/* RN_DB_CREATE: there is no store yet, or RN_ERR_STATE. RN_DB_READ: can never write. */
typedef enum { RN_DB_READ, RN_DB_WRITE, RN_DB_CREATE } RnDbMode;

/* Told of a copy: DONE of PAGES. */
typedef void (*RnDbProgress)(gint64 done, gint64 pages, gpointer data);

/* What a look at a database finds. */
typedef struct {
	int	 version;
	gint64	 page_size, pages, free_pages;
	gint64	 log_bytes;
} RnDbFace;

typedef enum { RN_MARK_SET, RN_MARK_RELEASE, RN_MARK_BACK } RnMark;

/* Schema texts, run one after the other; NULL ends them. */
typedef const char *const *RnDbStep;

/* Errors are store.h's: RN_ERR_BUSY, RN_ERR_STORE, RN_ERR_INTERNAL; RN_ERR_STATE where a row breaks a UNIQUE
 * key; RN_ERR_NOT_FOUND from open() where nothing is there. */
typedef struct {
	const char	*scheme;	/* "sqlite": what stands before the ':' of the URL */
	const RnDbStep	*schema;	/* schema[N] leads from version N to N + 1 */
	int		 newest;	/* number of steps in schema */

	RnDb		*(*open)(const char *place, RnDbMode mode, GError **error);
	void		 (*close)(RnDb *db);

	/* WRITE: nobody else writes until the end of the transaction; waits WAIT_MS for that, then
	 * RN_ERR_BUSY. */
	gboolean	 (*begin)(RnDb *db, gboolean write, int wait_ms, GError **error);
	/* Ends the transaction in any case. FALSE: nothing is stored, or after RN_ERR_STORE nobody knows. */
	gboolean	 (*commit)(RnDb *db, GError **error);
	void		 (*rollback)(RnDb *db);
	gboolean	 (*mark)(RnDb *db, RnMark mark, GError **error);
	/* Runs STMT with its N parameters to the end, handing each row to FUNC (NULL: rows are dropped). */
	gboolean	 (*run)(RnDb *db, RnStmt stmt, const RnCell *cells, guint n, RnRowFunc func, gpointer data,
	    GError **error);

	gboolean	 (*version)(RnDb *db, int *version, GError **error);
	/* Within a write transaction: runs STEP, after which the store is of VERSION. */
	gboolean	 (*script)(RnDb *db, RnDbStep step, int version, GError **error);
	/* Within a write transaction that has written nothing: keeps a copy beside the store, named after
	 * VERSION. NULL where the database has means of its own. */
	gboolean	 (*backup)(RnDb *db, int version, GError **error);
	gboolean	 (*check)(RnDb *db, GError **error);
	/* Folds logs into the store; NULL where there is nothing to fold. */
	gboolean	 (*fold)(RnDb *db, int wait_ms, GError **error);

	/* These are NULL where the database has means of its own for moving house. */
	/* The file of PLACE, without symbolic links. Caller frees. */
	char		*(*path)(const char *place, GError **error);
	/* One picture of DB as the new file TO, while others read and write. */
	gboolean	 (*copy)(RnDb *db, const char *to, RnDbProgress progress, gpointer data, GError **error);
	/* Reads all of it; RN_ERR_STORE names the trouble. Any version. */
	gboolean	 (*examine)(RnDb *db, RnDbFace *face, GError **error);
	/* Gives back what deleted rows have left. */
	gboolean	 (*vacuum)(RnDb *db, int wait_ms, GError **error);
	/* Makes DB one file with nothing beside it; RN_ERR_BUSY where another connection has it open. */
	gboolean	 (*alone)(RnDb *db, int wait_ms, GError **error);
	/* Keeps everybody from opening PLACE to write until rn_lock_close(). NULL with RN_ERR_BUSY where a
	 * program has it open; this one must not. */
	RnLock		*(*hold)(const char *place, GError **error);
	/* Puts the file STAGED, of the same folder tree, in the place of PLACE, and what was there at ASIDE.
	 * RN_ERR_BUSY where a program has it open. */
	gboolean (*replace)(
	    const char *place, const char *staged, const char *aside, int wait_ms, GError **error);
} RnDbDriver;

extern const RnDbDriver rn_db_sqlite;

#endif
