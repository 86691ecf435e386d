/* digest.h: the digest of a body that is the same by every way on which our mail server hands a message over.
 */
#ifndef RN_MAIL_DIGEST_H
#define RN_MAIL_DIGEST_H

#include "base/base.h"

/* SHA-256 over the body with CRLF line ends, whether it comes with CRLF (milter, LMTP) or LF (pipe(8)), in
 * any pieces. A line that Postfix broke because it was over 998 bytes (lmtp_line_length_limit: CRLF and a
 * space are put in) counts as the one line that it was. */
typedef struct RnDigest RnDigest;

RnDigest *rn_digest_new(void);
void rn_digest_feed(RnDigest *d, const void *data, gsize len);

/* The digest in lower-case hex; caller frees. Nothing may be fed behind it. */
char *rn_digest_end(RnDigest *d);
void rn_digest_free(RnDigest *d);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDigest, rn_digest_free)

#endif
