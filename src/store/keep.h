/* keep.h: how long things are kept: what is removed when its time is over, what is excepted, and what goes
 * when a holder is forgotten. Rules as for store.h. */
#ifndef RN_STORE_KEEP_H
#define RN_STORE_KEEP_H

#include "store/store.h"

/* What was removed, or would be. */
typedef struct {
	gint64	 mails, letters, documents;
	gboolean notes_stay;	/* of forgetting: another box is under a legal hold, and they may be about it */
} RnRemoved;

/* The ids (gint64) of at most MAX boxes above AFTER of which something is older: mails and letters than
 * MAIL, documents than DOCUMENT (moments; 0 = nothing is). Boxes under a legal hold are left out. */
gboolean rn_store_keep_boxes(
    RnTx *tx, gint64 after, gint64 mail, gint64 document, guint max, GArray **ids, GError **error);

/* Removes that of BOX_ID: bytes and words go, rows and digests stay. Held mails and letters that are not sent
 * yet stay whole, and so do mails and lists that are about a box under a legal hold as well. */
gboolean rn_store_keep_prune(
    RnTx *tx, gint64 box_id, gint64 mail, gint64 document, RnRemoved *removed, GError **error);

/* At most MAX mails of no box: those that were nobody's and came before JUNK go with their rows; of others
 * that came before MAIL the bytes go. *REMOVED counts. */
gboolean rn_store_keep_junk(RnTx *tx, gint64 junk, guint max, gint64 *removed, GError **error);
gboolean rn_store_keep_strangers(RnTx *tx, gint64 mail, guint max, gint64 *removed, GError **error);

/* The text of at most MAX letters of no box (notes to the administrator) written before MAIL goes; none while
 * any box is under a legal hold. */
gboolean rn_store_keep_notes(RnTx *tx, gint64 mail, guint max, gint64 *removed, GError **error);

/* If more than KEEP and SLACK mails that were nobody's are there, the oldest go until KEEP are left. */
gboolean rn_store_keep_quota(RnTx *tx, guint keep, guint slack, gint64 *removed, GError **error);

/* Legal hold: nothing of BOX_ID is removed. *REASON is NULL if there is none. */
gboolean rn_store_hold_get(RnTx *tx, gint64 box_id, char **reason, gint64 *since, GError **error);
gboolean rn_store_hold_put(RnTx *tx, gint64 box_id, const char *reason, gint64 at, GError **error);
gboolean rn_store_hold_end(RnTx *tx, gint64 box_id, gboolean *found, GError **error);

/* What of BOX_ID is still under way, in words for a person (static); NULL if nothing: an order that is open
 * or that the provider has yet to carry out, a letter or call that waits, a held mail. */
gboolean rn_store_forget_hinders(RnTx *tx, gint64 box_id, const char **what, GError **error);

/* Takes out of BOX_ID and all that hangs on it whatever names or quotes its holder, but for mails and lists
 * that another box's ledger or rows speak of as well: those go with the last of such boxes. The box becomes
 * closed and gets NAME instead of its address; orders, numbers, dates, digests and the ledger's chain stay.
 */
gboolean rn_store_forget(RnTx *tx, gint64 box_id, const char *name, RnRemoved *removed, GError **error);

/* Encrypts at most MAX mails and documents that are in the clear or under an older key, from *MAIL and
 * *DOCUMENT (ids) on, which move; *LOOKED counts those that were looked at (0: all done), *CHANGED those that
 * changed. The store must have a vault. */
gboolean rn_store_reseal(
    RnTx *tx, gint64 *mail, gint64 *document, guint max, guint *looked, guint *changed, GError **error);

#endif
