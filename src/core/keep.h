/* keep.h: how long things are kept: the daily pruning, legal holds, and forgetting a holder who left. */
#ifndef RN_CORE_KEEP_H
#define RN_CORE_KEEP_H

#include "core/desk.h"
#include "store/keep.h"

typedef struct {
	RnRemoved removed;	/* of boxes */
	guint	 boxes;
	gint64	 junk;		/* mails that were nobody's: their rows */
	gint64	 strangers;	/* other mails of no box */
} RnPruned;

/* Removes on TODAY what is older than [keep] says, box by box, each with a ledger row in the same
 * transaction. DRY_RUN: nothing is removed, *PRUNED says what would be. Idempotent. */
gboolean rn_keep_prune(
    RnEngine *e, RnDay today, gint64 now, gboolean dry_run, RnPruned *pruned, GError **error);

/* Within the transaction that took a mail that is nobody's: where they have grown over the quota the oldest
 * go, with a ledger row. */
gboolean rn_keep_quota(RnEngine *e, RnTx *tx, gint64 now, GError **error);

/* Sets or ends (END) the legal hold of BOX, for REASON. RN_ERR_STATE if there is none to end. */
gboolean rn_keep_hold(RnDesk *d, const RnBox *box, gboolean end, const char *reason, GError **error);

/* Takes out of BOX, which must be closed, whatever names its holder; REASON is kept in the ledger.
 * RN_ERR_STATE says what stands in the way. */
gboolean rn_keep_forget(RnDesk *d, const RnBox *box, const char *reason, RnRemoved *removed, GError **error);

/* Was the holder of BOX forgotten? Nothing can be asked of a provider any more, and nobody be told. */
gboolean rn_keep_forgotten(const RnBox *box);

/* The files of the store still hold what a committed change removed, or encrypted, until its log is folded:
 * does that. Where others are in the way it is logged, and a door does it later. */
void rn_keep_fold(RnEngine *e);

/* Is WHAT of a ledger row one of those that say that bytes of its box were removed? */
gboolean rn_keep_removal(const char *what);

/* Can the keys of SITE be read? *KEYS is how many. */
gboolean rn_keep_check(const RnSite *site, guint *keys, GError **error);

/* A new key for the store in FILE, which must not exist yet. */
gboolean rn_keep_key_create(const char *file, GError **error);

/* Encrypts with the first key what the store holds in the clear or under another one; *SEALED counts mails
 * and documents. RN_ERR_STATE without a key. DRY_RUN: they are counted, and stay as they are. What comes in
 * meanwhile need not wait long. */
gboolean rn_keep_seal(RnEngine *e, gboolean dry_run, guint *sealed, GError **error);

#endif
