/* trust.h: whose signatures are believed: the certificates and revocation lists that the administrator has
 * configured, and nothing else: no system store, and no certificate that a message brings. */
#ifndef RN_MAIL_TRUST_H
#define RN_MAIL_TRUST_H

#include <openssl/x509.h>

#include "base/base.h"

typedef struct {
	X509_STORE	*store;		/* NULL if there is no anchor */
	GPtrArray	*anchors;	/* X509 */
	GPtrArray	*files;		/* char *: the file of each anchor */
	GPtrArray	*crls;		/* X509_CRL */
	gboolean	 sha1;		/* are signatures over SHA-1 digests taken? */
} RnTrust;

/* Loads every certificate of the folder (or file) ANCHORS and every revocation list of the folder CRLS (PEM
 * or DER; "" or NULL: none). A file that holds neither is RN_ERR_CONFIG with its name. To be called before
 * the parser is forked. */
RnTrust *rn_trust_load(const char *anchors, const char *crls, gboolean sha1, GError **error);
void rn_trust_free(RnTrust *trust);

/* TRUE if CERT is one of the anchors, byte for byte. */
gboolean rn_trust_is_anchor(const RnTrust *trust, const X509 *cert);

/* Is there a revocation list of the issuer of CERT? */
gboolean rn_trust_has_crl(const RnTrust *trust, const X509 *cert);

/* Both kinds of trust that a site has; PEC for registered mail, SMIME for signatures of members. Plain
 * struct, owns both. */
typedef struct {
	RnTrust	*pec, *smime;
} RnTrusts;

void rn_trusts_clear(RnTrusts *t);

/* What the administrator may want to know of anchor I. */
typedef struct {
	char		*file;
	char		*subject;	/* its common name */
	char		*fingerprint;	/* SHA-256 */
	gint64		 ends;		/* seconds */
	gboolean	 constrained;	/* it names the domains that it may certify */
	const char	*known;		/* whose key it has, of those that Rinnova knows; NULL if none */
} RnAnchorFace;

void rn_trust_face(const RnTrust *trust, guint i, RnAnchorFace *face);
void rn_anchor_face_clear(RnAnchorFace *face);

/* The issuer's common name of revocation list I, "" if it has none; caller frees. *ENDS: when the next one is
 * due (seconds), 0 if it does not say. */
char *rn_trust_crl_face(const RnTrust *trust, guint i, gint64 *ends);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnTrust, rn_trust_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnAnchorFace, rn_anchor_face_clear)

#endif
