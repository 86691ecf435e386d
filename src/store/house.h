/* house.h: a store as a file: back-up, and moving house. RN_ERR_CONFIG where the database of URL has means of
 * its own for that. */
#ifndef RN_STORE_HOUSE_H
#define RN_STORE_HOUSE_H

#include "base/base.h"

typedef struct RnStore RnStore;

/* Told of a copy: DONE of PAGES. */
typedef void (*RnStoreProgress)(gint64 done, gint64 pages, gpointer data);

/* One picture of the store at URL, of whatever schema, as the new file TO, on the disk when this returns.
 * Readers and writers go on. PROGRESS may be NULL. */
gboolean rn_store_copy(
    const char *url, const char *to, RnStoreProgress progress, gpointer data, GError **error);

typedef struct {
	int	 schema;
	gint64 bytes, free_bytes,
	    log_bytes; /* free: what rn_store_vacuum() would give back; log: not folded yet */
} RnStoreFace;
/* Reads the whole store at URL, of whatever schema; RN_ERR_STORE names what is damaged. */
gboolean rn_store_examine(const char *url, RnStoreFace *face, GError **error);

/* Gives back what removed rows have left, under the lock of the writers: they wait meanwhile. */
gboolean rn_store_vacuum(RnStore *store, GError **error);

typedef struct RnLock RnStoreHold;
/* Keeps every program from opening the store at URL to write: they wait for some seconds, then they are told
 * to try again. NULL with RN_ERR_BUSY where one has it open; this one must not. rn_store_release() ends it.
 */
RnStoreHold *rn_store_hold(const char *url, GError **error);
void rn_store_release(RnStoreHold *hold);
/* Makes the store at URL one file with nothing beside it. RN_ERR_BUSY where a program has it open. */
gboolean rn_store_alone(const char *url, GError **error);
/* Puts the file STAGED, which must be alone and on the same disk, in the place of the store at URL, which the
 * caller holds; what was there gets the name ASIDE. RN_ERR_BUSY where a program reads it, and where that
 * cannot be: then the old store is where it was. */
gboolean rn_store_replace(const char *url, const char *staged, const char *aside, GError **error);
/* The path of URL without symbolic links. NULL with an error; caller frees. */
char *rn_store_path(const char *url, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnStoreHold, rn_store_release)

#endif
