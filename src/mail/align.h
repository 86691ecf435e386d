/* align.h: do two domains belong together (DMARC, RFC 7489 3.1, relaxed)? */
#ifndef RN_MAIL_ALIGN_H
#define RN_MAIL_ALIGN_H

#include "base/base.h"

/* TRUE if A and B are one domain, or have the same registrable domain by the public suffix list. Any case;
 * plain ASCII. */
gboolean rn_aligned(const char *a, const char *b);

#endif
