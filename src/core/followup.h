/* followup.h: what a verdict leads to: moves of orders, letters, things held. */
#ifndef RN_CORE_FOLLOWUP_H
#define RN_CORE_FOLLOWUP_H

#include "core/engine.h"

/* Carries out the verdict of R for the mail IN within TX; sets held and order_id of IN. */
gboolean rn_followup(RnEngine *e, RnTx *tx, RnReading *r, RnInbox *in, gint64 now, GError **error);

#endif
