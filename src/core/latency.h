/* latency.h: how long commits take, as a histogram; counted in memory by the one thread that commits, and
 * written into the store now and then within a commit that is made anyway. */
#ifndef RN_CORE_LATENCY_H
#define RN_CORE_LATENCY_H

#include "store/store.h"

#define RN_LATENCY_BUCKETS 12

typedef struct {
	guint64	 bucket[RN_LATENCY_BUCKETS + 1];	/* each alone; the last: longer than all bounds */
	guint64	 us;					/* all together */
} RnLatency;

/* The upper bounds, microseconds. */
extern const gint64 rn_latency_bound[RN_LATENCY_BUCKETS];

/* Counts one that took US microseconds. */
void rn_latency_add(RnLatency *l, gint64 us);

/* What the store has; all zero where it has none, or what is no histogram of this form. */
gboolean rn_latency_get(RnTx *tx, RnLatency *l, GError **error);
gboolean rn_latency_put(RnTx *tx, const RnLatency *l, GError **error);

#endif
