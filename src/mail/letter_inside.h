/* letter_inside.h: the rooms behind rn_letter_compose(). */
#ifndef RN_MAIL_LETTER_INSIDE_H
#define RN_MAIL_LETTER_INSIDE_H

#include "mail/letter.h"

/* Whether every member of D may stand where it goes. RN_ERR_INPUT naming the field. */
gboolean rn_letter_check(const RnDraft *d, GError **error);

/* Whether the finished bytes are 7-bit, broken by CRLF alone, with no header line beyond RFC 5322 2.1.1. */
gboolean rn_letter_check_bytes(const guint8 *data, gsize len, GError **error);

/* The mailbox "NAME <ADDR>" as a field value (RFC 5322 3.4), folded with LF and a space. NAME is UTF-8
 * without control characters; NULL or "" leaves ADDR alone. Caller frees. */
char *rn_letter_mailbox(const char *name, const char *addr);

#endif
