/* transport.h: one letter to one recipient, by SMTP (libcurl) or by sendmail(1). */
#ifndef RN_NET_TRANSPORT_H
#define RN_NET_TRANSPORT_H

#include "model/settings.h"

typedef enum {
	RN_SENT_OK,		/* taken: the server said 2xx after the final dot, or sendmail exited 0 */
	RN_SENT_LATER,		/* not taken, try again: 4xx, no connection, TLS trouble, EX_TEMPFAIL */
	RN_SENT_REFUSED,	/* not taken for good: 5xx to sender, recipient or content */
	RN_SENT_UNKNOWN		/* cut off after the body was out: it may have been taken (law 8) */
} RnSent;

typedef struct RnTransport RnTransport;

/* Opens what SITE's courier keys say; the connection is made when first used, and kept. The password is read
 * from its file here. NULL with RN_ERR_CONFIG naming the key. SITE may go afterwards. Not for use across
 * fork(2), nor by two threads at once. */
RnTransport *rn_transport_new(const RnSite *site, GError **error);
void rn_transport_free(RnTransport *t);

/* Time-outs in seconds: CONNECT up to the end of the session's opening (TLS and login with it), BODY from the
 * start to the last byte of the letter, REPLY after the final dot. 20, 120 and 600 (RFC 5321 4.5.3.2.6)
 * unless set. With a second try where a kept connection had gone stale, one letter takes 840 s at most: a
 * claim must hold longer. For sendmail(1) REPLY is the whole time. */
void rn_transport_set_timeouts(RnTransport *t, int connect, int body, int reply);

/* Sends RAW (CRLF) from SENDER ("" = <>) to RCPT, one transaction for one recipient. Addresses and bytes (no
 * bare CR or LF, no NUL, lines up to 998, RFC 5321 4.5.3.1.6) are checked by our own grammar before libcurl
 * sees them: RN_SENT_REFUSED with the reason. What is wrong with the session and not with the letter (login,
 * TLS, greeting) is RN_SENT_LATER. *WHY gets the server's words or the error, cleaned, for log and store
 * (caller frees; set on success too). */
RnSent rn_transport_send(RnTransport *t, const char *sender, const char *rcpt, GBytes *raw, char **why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnTransport, rn_transport_free)

#endif
