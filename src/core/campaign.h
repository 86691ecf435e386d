/* campaign.h: the notices that are due. */
#ifndef RN_CORE_CAMPAIGN_H
#define RN_CORE_CAMPAIGN_H

#include "core/engine.h"

typedef struct {
	guint	boxes;		/* looked at */
	guint	written;	/* notices written (or, in a dry run, that would be) */
	guint	reminded;	/* of an open order, instead of a notice */
	guint	skipped;	/* decided not to write, with a reason */
} RnCampaignTally;

/* Told of every decision: a line for --dry-run. DAY is the notice day (days before expiry). */
typedef void (*RnCampaignShow)(const RnBox *box, int day, const char *decision, gpointer data);

/* Writes what is due on TODAY, once and for ever; a stop is caught up by the latest due notice only. DRY_RUN:
 * nothing is written. SHOW may be NULL. A box whose convention is unknown is shown as "convention-unknown".
 */
gboolean rn_campaign_notify(RnEngine *e, RnDay today, gint64 now, gboolean dry_run, RnCampaignShow show,
    gpointer data, RnCampaignTally *tally, GError **error);

/* Whatever is due on TODAY counts as written from now on, and is not: it went out before the store was
 * restored. */
gboolean rn_campaign_pass(RnEngine *e, RnDay today, gint64 now, RnCampaignTally *tally, GError **error);

/* Is this notice or reminder still wanted, now that it is about to be sent? *WHY (static) says why not. */
gboolean rn_campaign_still_wanted(
    RnTx *tx, const RnLetter *letter, gboolean *wanted, const char **why, GError **error);

#endif
