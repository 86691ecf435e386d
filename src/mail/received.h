/* received.h: what a trace field says (RFC 5321 4.4). Believed only where our own servers wrote it. */
#ifndef RN_MAIL_RECEIVED_H
#define RN_MAIL_RECEIVED_H

#include "mail/head.h"

/* TRUE if FIELD is a Received whose "by" host is one of HOSTS (strv, any case; NULL = none). */
gboolean rn_received_ours(const RnField *field, char *const *hosts);

/* The time behind the last ';' of FIELD, seconds UTC; 0 if it is no date-time of RFC 5322 3.3. */
gint64 rn_received_time(const RnField *field);

#endif
