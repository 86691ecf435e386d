/* auth.h: who wrote it. The From field by our own strict grammar, Authentication-Results by RFC 8601. */
#ifndef RN_MAIL_AUTH_H
#define RN_MAIL_AUTH_H

#include "mail/head.h"
#include "model/facts.h"
#include "model/settings.h"

/* What our own MX found out about the From domain. */
typedef enum {
	RN_AUTH_NONE,		/* no result of ours, or a domain without policy */
	RN_AUTH_FAIL,		/* dmarc=fail */
	RN_AUTH_WEAK,		/* dmarc=pass or spf=pass that rests on SPF alone, unsigned From, an l= tag */
	RN_AUTH_PASS		/* DKIM pass aligned with From (relaxed, by the public suffix list) */
} RnAuthResult;

/* Fills from, from_odd, from_why of FACTS from the one From field of HEAD: exactly one field, one mailbox,
 * plain addr-spec (with or without a display name before <>, which may hold dots and bytes over 127), no
 * group, route, NUL, or comment or byte over 127 in the address; domain with IDN folded by libidn2. Comments
 * beside the address are passed over if they are plain words. Anything else is odd, with its reason. */
void rn_auth_from(const RnHead *head, RnFacts *facts);

/* Reads the Authentication-Results of HEAD (RFC 8601) whose authserv-id is exactly AUTHSERV_ID (any case),
 * and only those above the topmost Received line that is not ours (but a dmarc=fail counts anywhere).
 * RECEIVED_BY: hosts of our own Received lines (strv); empty or NULL: the first Received is ours, and no
 * other. FROM is the folded addr-spec. *WHY gets a short reason such as "dmarc=pass by mx.example"; caller
 * frees. AUTHSERV_ID NULL or "": RN_AUTH_NONE.
 *
 * Postfix puts what a milter inserts directly below its own Received line (at index 0: above it), so a field
 * that the sender put on top of the message stands in the same place. It is found out where our verifier
 * wrote one too; where it was away, it is not: the mail server has to take fields with our id off what comes
 * in. */
RnAuthResult rn_auth_read(
    const RnHead *head, const char *authserv_id, char *const *received_by, const char *from, char **why);

/* TRUE if LOGIN, as whoever sent the message logged in at our own mail server, is the address FROM (folded):
 * whole, and of DOMAIN, or without '@' and completed by it. DOMAIN "" (or LOGIN NULL): never. Pure. */
gboolean rn_auth_login(const char *login, const char *domain, const char *from);

/* The proof (design section 6): not registered -> none; registered and FAIL -> failed, PASS -> normal, else
 * low. Pure. */
RnProof rn_auth_proof(RnAuthResult result, gboolean registered);

#endif
