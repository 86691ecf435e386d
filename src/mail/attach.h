/* attach.h: the attachments of a message. Room of read.c; only in the parser child. */
#ifndef RN_MAIL_ATTACH_H
#define RN_MAIL_ATTACH_H

#include "mail/parts.h"
#include "model/facts.h"

#define RN_MAX_ATTACHMENTS 100	/* what comes after them is not looked at */

/* "pdf", "jpeg", "png", "heic" by the first bytes of DATA, else "other". Static. */
const char *rn_content_kind(const void *data, gsize len);

/* Adds an RnAttachment (owned by TO) for every leaf that is no rendering of the body. */
void rn_parts_attachments(const RnParts *parts, GPtrArray *to);

#endif
