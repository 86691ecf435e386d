/* backup.h: a back-up of the store: a folder that holds the copy, a manifest of what belongs to it, and their
 * digests in the form of sha256sum(1).
 *
 *   rinnova.db      the store, one picture, one file
 *   manifest.json   when, where and of what it was made; the digests (never the content) of the
 * configuration, key
 *                   files and contracts that it needs; the heads of the ledger
 *   SHA256SUMS      the digests of these two; its own is the digest of the back-up */
#ifndef RN_CORE_BACKUP_H
#define RN_CORE_BACKUP_H

#include "model/settings.h"
#include "store/store.h"

#define RN_BACKUP_STORE "rinnova.db"
#define RN_BACKUP_MANIFEST "manifest.json"
#define RN_BACKUP_SUMS "SHA256SUMS"

/* A file that the store cannot do without, as it was. */
typedef struct {
	char	*what;		/* "token key", "store key", "contract", "configuration" ... */
	char	*path;
	char	*sha256;	/* NULL: it could not be read */
} RnBackupFile;

typedef struct {
	char	*path;		/* the folder */
	char	*store;		/* URL of the store that it is a copy of */
	char	*host, *program;
	gint64	 made;		/* seconds UTC: what came later is not in it */
	int	 schema;
	gint64	 bytes;
	char	*sha256;	/* of rinnova.db */
	char	*digest;	/* of SHA256SUMS: of everything */
	GPtrArray *files;	/* RnBackupFile */
} RnBackup;

void rn_backup_free(RnBackup *b);

/* Makes a back-up of the store of S as the new folder PATH, there whole or not at all; within PATH, under a
 * name of its time, where PATH is a folder already. PROGRAM is the version of this program. The store goes on
 * being used. NULL with an error. */
RnBackup *rn_backup_make(const RnSettings *s, const char *program, const char *path, RnStoreProgress progress,
    gpointer data, GError **error);

/* Reads the back-up PATH and compares every digest with what is there. NULL with RN_ERR_INPUT naming what is
 * missing, cut or changed, RN_ERR_NOT_FOUND where there is nothing. */
RnBackup *rn_backup_read(const char *path, GError **error);

/* The lower-case hex SHA-256 of the file PATH and, where TO is not NULL, a copy of it as the new file TO, on
 * the disk when this returns. *BYTES may be NULL. NULL with RN_ERR_INPUT or RN_ERR_BUSY; caller frees. */
char *rn_backup_digest(const char *path, const char *to, gint64 *bytes, GError **error);

/* Takes away the files in FOLDER, and FOLDER. */
void rn_backup_take_away(const char *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnBackup, rn_backup_free)

#endif
