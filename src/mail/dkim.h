/* dkim.h: what a DKIM-Signature covers (RFC 6376). Whether it verifies, our mail server says. */
#ifndef RN_MAIL_DKIM_H
#define RN_MAIL_DKIM_H

#include "mail/head.h"

/* FALSE if a DKIM-Signature of HEAD by DOMAIN or one above it (tag d=, any case) leaves something open: a
 * length (l=, so text may be added below), no From among the signed fields (h=), or a tag given twice. TRUE
 * if none does, also when there is none. */
gboolean rn_dkim_whole(const RnHead *head, const char *domain);

#endif
