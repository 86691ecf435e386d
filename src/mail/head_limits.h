/* head_limits.h: what a message may have before a MIME parser sees it. */
#ifndef RN_MAIL_HEAD_LIMITS_H
#define RN_MAIL_HEAD_LIMITS_H

#include "mail/head.h"

/* Counts, over all LEN bytes of DATA (headers of inner parts and messages too), what makes GMime recurse or
 * run long: lines that may open a part, Content-Type fields of multiparts and messages, separators in address
 * fields, and in everything that may be a header its bytes, its fields and the bytes of each. Every number is
 * an upper bound, so an odd but honest message may be refused; the others never pass. LIMITS has no zero
 * members. FALSE with RN_ERR_LIMIT. */
gboolean rn_head_within(const char *data, gsize len, const RnLimits *limits, GError **error);

#endif
