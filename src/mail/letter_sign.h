/* letter_sign.h: letters signed by S/MIME. */
#ifndef RN_MAIL_LETTER_SIGN_H
#define RN_MAIL_LETTER_SIGN_H

#include "mail/signer.h"

/* The finished LETTER (rn_letter_compose()) once more as multipart/signed with a detached signature over all
 * of its MIME entity (RFC 8551 3.5.3, RFC 1847 2.1): the fields that describe the content move inside, and
 * every other field stays outside as it was. NULL with RN_ERR_INTERNAL. */
GBytes *rn_letter_sign(GBytes *letter, const RnSigner *signer, GError **error);

#endif
