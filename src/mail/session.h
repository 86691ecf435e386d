/* session.h: the record of an SMTP session that our milter puts into a message of ours, signed with the token
 * keys so that the door behind the queue can believe it. Own byte code.
 *
 *   X-Rinnova-Session: v=1; k=KEY; t=SECONDS; q=QUEUE-ID; c=CLIENT; h=HELO; s=TLS; a=USER; i=0|1; f=0|1;
 *    r=RECIPIENT[,RECIPIENT...]; m=MAC
 *
 * All fields stand there, in this order; what is unknown is empty. i: the message had a Message-ID of its
 * own. f: every Authentication-Results of our authserv-id that it came with was taken off. r: 16 hex digits
 * for each recipient of ours (a keyed digest of the folded address, so that no token stands here). m:
 * HMAC-SHA-256 in hex, over a label of its own, the site's domain, all that stands before it (white space
 * left out, so a header may be folded anew), the fields Message-ID (if i=1), In-Reply-To, References,
 * Content-Type and Content-Transfer-Encoding, each as "NAME:VALUE" LF with white space left out, and the
 * digest of the body (mail/digest.h). Bytes other than letters, digits and "-._:@+/[]" stand as %XX. */
#ifndef RN_MAIL_SESSION_H
#define RN_MAIL_SESSION_H

#include "mail/token.h"
#include "model/session.h"

#define RN_SESSION_FIELD "X-Rinnova-Session"
#define RN_SESSION_OURS "X-Rinnova-"	/* how every field that only we may write begins */
#define RN_SESSION_RCPTS 50		/* recipients that one record can name */

/* The value of the field for S, folded with LF and a tab; RCPTS are the N recipients of ours, HEAD is the
 * header (NULL: there is none), DIGEST that of the body. Over-long texts in S are cut. NULL if there are over
 * RN_SESSION_RCPTS recipients. Caller frees. */
char *rn_session_sign(const RnKeyRing *ring, const char *domain, const RnSession *s, char *const *rcpts,
    guint n, const RnHead *head, const char *digest);

/* Reads and checks VALUE, the field's value as it stands in the message with HEAD and DIGEST. RCPT NULL: for
 * whom it is is unknown, and not checked. GOOD: S is filled (it must be empty before). BAD: *WHY (static)
 * says what is wrong. Without RING nothing can be known: NONE. */
RnSessionVerdict rn_session_check(const RnKeyRing *ring, const char *domain, const char *value,
    const char *rcpt, const RnHead *head, const char *digest, RnSession *s, const char **why);

/* The same for the field in HEAD: NONE if there is none, BAD if there are several. */
RnSessionVerdict rn_session_of(const RnKeyRing *ring, const char *domain, const RnHead *head,
    const char *rcpt, const char *digest, RnSession *s, const char **why);

#endif
