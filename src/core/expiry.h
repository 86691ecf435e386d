/* expiry.h: the day after: boxes whose last day is over are deactivated, slowly (laws 5 and 6). */
#ifndef RN_CORE_EXPIRY_H
#define RN_CORE_EXPIRY_H

#include "core/engine.h"

typedef struct {
	guint	deactivated;	/* or, in a dry run, that would be */
	guint	left;		/* past their last day and left alone, with a reason */
	guint	lapsed;		/* orders whose time ran out */
	guint	active, allowed;	/* boxes that are active, and how many of them the brake lets through */
	gboolean braked;	/* more than that: nothing at all was done, the administrator was told */
} RnExpiryTally;

/* Told of every box past its last day: DECISION is a word of the policy's. */
typedef void (*RnExpiryShow)(const RnBox *box, const char *decision, gpointer data);

typedef struct {
	RnDay		 today;
	gint64		 now;
	gboolean	 dry_run;	/* nothing is written, nobody is told */
	const char	*force;		/* the reason to go on over the brake; NULL = it holds */
	const char	*forced_by;	/* who gives it */
	RnExpiryShow	 show;		/* may be NULL */
	gpointer	 data;
} RnExpiryRun;

/* Deactivates what is due on RUN->today and was announced by a run of an earlier day, and announces to the
 * administrator what the next day's run would do, once a day. Twice on a day changes nothing. RN_ERR_BUSY if
 * the mail queue cannot be read: then nothing is deactivated, and the administrator is told. */
gboolean rn_expiry_run(RnEngine *e, const RnExpiryRun *run, RnExpiryTally *tally, GError **error);

/* Takes back a deactivation that should not have been: active again, the provider is asked to reactivate it,
 * and `expire` leaves this period alone. RN_ERR_NOT_FOUND; RN_ERR_STATE if it is not deactivated, or the
 * reactivation days are over. */
gboolean rn_expiry_undo(
    RnEngine *e, const char *box_name, RnDay today, gint64 now, const char *who, GError **error);

#endif
