/* registered.h: registered mail read and examined. Reading runs in the parser child; the comparison with what
 * stands around it is our own byte code and runs outside. */
#ifndef RN_MAIL_REGISTERED_H
#define RN_MAIL_REGISTERED_H

#include "mail/sealed.h"
#include "mail/trust.h"
#include "model/envelope.h"
#include "model/settings.h"

/* In the child. The seal S of a message taken at AT: its signature, then, if that is valid, what its provider
 * certifies. BLIND: read that even where the signature is not valid, for a person's eyes. Never NULL; caller
 * frees. */
RnRegistered *rn_registered_read(const RnSealed *s, const RnTrusts *trusts, gint64 at, gboolean blind);

/* TRUE if the sender wrote to ADDRESS, by what the provider certifies; NULL and what is no address are never
 * written to. */
gboolean rn_registered_wrote_to(const RnRegistered *reg, const char *address);

/* The answer of the child as one bounded variant and back; NULL with RN_ERR_INPUT from one that is out of
 * bounds. */
#define RN_REGISTERED_TYPE "(uuubxxasasa(sb))"
GVariant *rn_registered_to_variant(const RnRegistered *reg);
RnRegistered *rn_registered_from_variant(GVariant *v, GError **error);

/* Outside of the child. Compares REG with the header OUTER of the message that brought it and INNER of the
 * one inside (may be NULL), with its recipient in ENV (may be NULL) and the moment at which it was taken, and
 * notes the first step that fails. Without ENV's recipient any address of SITE is taken for ours. */
void rn_registered_examine(RnRegistered *reg, const RnSealed *s, const RnHead *outer, const RnHead *inner,
    const RnSite *site, const RnEnvelope *env, gint64 taken);

#endif
