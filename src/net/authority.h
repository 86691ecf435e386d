/* authority.h: asks a time-stamping authority (RFC 3161 3.4). */
#ifndef RN_NET_AUTHORITY_H
#define RN_NET_AUTHORITY_H

#include "base/base.h"

/* Posts QUERY (TimeStampReq) to URL; what comes back with status 200 is *ANSWER, not looked into. RN_ERR_NET
 * says what went wrong. */
gboolean rn_authority_ask(const char *url, GBytes *query, int seconds, GBytes **answer, GError **error);

#endif
