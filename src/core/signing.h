/* signing.h: S/MIME over our letters, where a key is configured. */
#ifndef RN_CORE_SIGNING_H
#define RN_CORE_SIGNING_H

#include "core/engine.h"

/* The signer of SITE's letters: *SIGNER is NULL where none is configured. RN_ERR_CONFIG for a key or a
 * certificate that is broken, has expired, or is not about the address that letters come from. */
gboolean rn_signing_open(const RnSite *site, RnSigner **signer, GError **error);

/* Opens it for E. What is wrong with it stops nothing, least of all the taking of mail (law 1): letters leave
 * unsigned, the log says why, and so does `rinnova check`. */
void rn_signing_start(RnEngine *e);

/* The finished RAW signed, or RAW itself where E has no signer, or where it cannot sign any more: then the
 * log says why. */
GBytes *rn_signing_letter(RnEngine *e, GBytes *raw, gint64 now);

#endif
