/* lmtp.h: the LMTP server as a state machine over bytes (RFC 2033, RFC 5321): no socket, no clock, no thread
 * in it. */
#ifndef RN_PROG_LMTP_H
#define RN_PROG_LMTP_H

#include "model/envelope.h"
#include "model/outcome.h"

#define RN_LMTP_RCPT_MAX 100	/* recipients of one message (RFC 5321 4.5.3.1.8) */

/* What stands behind the protocol. */
typedef struct {
	const char	*name;		/* our host name, for the greeting */
	gsize		 max_message;	/* bytes of a message, stuffed dots taken off */

	/* Is mail for RCPT ours to take? Must not look into tokens, so that no answer tells good from forged.
	 */
	gboolean	(*ours)(const char *rcpt, gpointer data);

	/* Takes RAW for env->rcpt; called once for each accepted recipient. Only what it returns is answered.
	 */
	RnOutcome	(*deliver)(GBytes *raw, const RnEnvelope *env, gpointer data);
	gpointer	 data;
} RnLmtpHost;

typedef struct RnLmtp RnLmtp;

/* A session; HOST must live as long. The greeting is appended to OUT. */
RnLmtp *rn_lmtp_new(const RnLmtpHost *host, GString *out);
void rn_lmtp_free(RnLmtp *l);

/* Takes LEN bytes from the client and appends what is to be answered to OUT. FALSE when the connection is to
 * be closed once OUT is sent: QUIT, or too many errors. */
gboolean rn_lmtp_feed(RnLmtp *l, const void *data, gsize len, GString *out);

/* TRUE between transactions: a session that ends here loses nothing. */
gboolean rn_lmtp_idle(const RnLmtp *l);

/* The last complaint about the client's protocol (not about a recipient), NULL if there was none. */
const char *rn_lmtp_trouble(const RnLmtp *l);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLmtp, rn_lmtp_free)

#endif
