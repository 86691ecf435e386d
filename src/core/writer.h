/* writer.h: the writer thread of a long-lived door. Messages that wait share one durable commit (law 1:
 * nobody is answered before it). */
#ifndef RN_CORE_WRITER_H
#define RN_CORE_WRITER_H

#include "core/engine.h"
#include "core/poison.h"

RnWriter *rn_writer_start(RnEngine *e);

/* Hands READING of RAW and ENV to the thread, which is at MARK then, and waits until it is committed.
 * RN_OUT_LATER with an error: nothing of it is stored. */
RnOutcome rn_writer_deliver(RnWriter *w, RnReading *reading, GBytes *raw, const RnEnvelope *env,
    const RnPoison *mark, GError **error);

/* Ends the thread after what waits is done. */
void rn_writer_stop(RnWriter *w);

#endif
