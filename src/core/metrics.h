/* metrics.h: the figures of a site in the text form of Prometheus. */
#ifndef RN_CORE_METRICS_H
#define RN_CORE_METRICS_H

#include "core/engine.h"

/* The daily work whose last end is kept, and the courier, which notes now and then that it is there. */
typedef enum { RN_RUN_NOTIFY, RN_RUN_EXPIRE, RN_RUN_PRUNE, RN_RUN_COURIER, RN_RUN_N } RnRun;

/* Notes that RUN has come to its end. */
gboolean rn_run_note(RnStore *store, RnRun run, gint64 now, GError **error);
/* When it did last; 0 if never. */
gboolean rn_run_last(RnTx *tx, RnRun run, gint64 *at, GError **error);

/* All figures, from one picture of the store. PROGRAM is the version of this program. NULL with an error;
 * caller frees. */
char *rn_metrics_text(RnEngine *e, const char *program, gint64 now, GError **error);

/* Writes TEXT as FILE, readable by all, in one step: who reads it sees the old or the new one. */
gboolean rn_metrics_write(const char *file, const char *text, GError **error);

#endif
