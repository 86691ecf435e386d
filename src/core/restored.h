/* restored.h: a store that came out of a back-up. What happened after the back-up was made is not in it:
 * letters that it takes for waiting may have gone out, and boxes may have been renewed. So nothing leaves
 * until a person says so. */
#ifndef RN_CORE_RESTORED_H
#define RN_CORE_RESTORED_H

#include "core/engine.h"

/* The mark in such a store. */
typedef struct {
	gint64	 made;		/* when the back-up was made, seconds UTC */
	gint64	 at;		/* when it was put in place */
	char	*digest;	/* of the back-up */
} RnRestored;
void rn_restored_free(RnRestored *r);

/* *R is NULL where the store is no such one, or was resumed. */
gboolean rn_restored_get(RnTx *tx, RnRestored **r, GError **error);
gboolean rn_restored_put(RnTx *tx, const RnRestored *r, GError **error);

/* FALSE with RN_ERR_BUSY, which says what to do, where the mark stands. */
gboolean rn_restored_refuse(RnTx *tx, GError **error);

/* The same in a transaction of its own, for what runs once a day. */
gboolean rn_restored_refuse_run(RnStore *store, GError **error);

/* What a restore did. */
typedef struct {
	char	*aside;		/* where the old store is now; NULL: there was none */
	int	 schema_was, schema;
	int	 year;		/* order numbers of this year go on ... */
	gint64	 last;		/* ... behind this one */
	gboolean skipped;	/* some were left out, for nobody knows which were given */
} RnRestoreDone;

typedef struct {
	const char	*path;		/* the back-up */
	const char	*who;		/* for the ledger */
	gint64		 now;
	gboolean	 moved;		/* nothing happened after the back-up: nothing is held back */
} RnRestore;

/* Puts the store of a back-up in the place of S's. RN_ERR_BUSY where a program has the old one open,
 * RN_ERR_INPUT where the back-up is not what it was; then nothing has changed. The old store is kept. Frees
 * nothing of RESTORE; DONE->aside is the caller's. */
gboolean rn_restore(const RnSettings *s, const RnRestore *restore, RnRestoreDone *done, GError **error);

/* How a restored store is let go. */
typedef struct {
	const char	*who;
	RnDay		 today;
	gint64		 now;
	gboolean	 drop_letters;	/* those of the time before the back-up are dropped, not sent */
	gboolean	 pass_notices;	/* notices that are due now count as written */
	gint64		 dropped;	/* out: letters */
	guint		 passed;	/* out: notices and reminders */
} RnResume;

/* Takes the mark away; providers are first asked whether they did already what is asked of them. RN_ERR_STATE
 * if there is none. */
gboolean rn_restore_resume(RnEngine *e, RnResume *resume, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnRestored, rn_restored_free)

#endif
