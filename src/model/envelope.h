/* envelope.h: what the mail server said about a message, apart from its bytes. */
#ifndef RN_MODEL_ENVELOPE_H
#define RN_MODEL_ENVELOPE_H

#include "base/base.h"

typedef struct {
	char	*rcpt;		/* envelope recipient as given (case kept); NULL unknown */
	char	*sender;	/* envelope sender; "" is the null sender <>; NULL unknown */
	char	*queue_id;	/* of the mail server; NULL unknown */
	char	*client;	/* address of the SMTP client; NULL unknown */
	gint64	 taken;		/* when our mail server took it (seconds, UTC); 0 = look at its own Received line */
} RnEnvelope;

RnEnvelope *rn_envelope_new(const char *rcpt, const char *sender);
RnEnvelope *rn_envelope_copy(const RnEnvelope *env);
void rn_envelope_free(RnEnvelope *env);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnEnvelope, rn_envelope_free)

#endif
