/* evidence.h: mail that was taken and has led to nothing yet: it holds boxes back from their end (law 5). */
#ifndef RN_CORE_EVIDENCE_H
#define RN_CORE_EVIDENCE_H

#include "core/engine.h"
#include "policy/policy.h"

typedef struct RnEvidence RnEvidence;

/* Reads the mail server's queue. To be done before any look at the store: what leaves the queue afterwards is
 * in the store by then. RN_ERR_BUSY if it cannot be read. */
RnEvidence *rn_evidence_queue(RnEngine *e, GError **error);

/* Finds the boxes that the mails of the queue and the held mails are about. A recipient with a token names
 * its box; any other address of ours stands for the boxes of the sender. */
gboolean rn_evidence_gather(RnEvidence *ev, RnTx *tx, GError **error);
void rn_evidence_free(RnEvidence *ev);

/* All that is known of BOX at the end of its period; *ORDER (caller frees, may be NULL) is the newest. */
gboolean rn_evidence_case(const RnEvidence *ev, RnTx *tx, const RnBox *box, const RnConvention *c,
    RnDay today, RnExpiryCase *out, RnOrder **order, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnEvidence, rn_evidence_free)

#endif
