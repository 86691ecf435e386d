/* signer.h: a detached CMS signature (RFC 5652) over bytes as they are, by OpenSSL: evidence and
 * letters are signed by it. */
#ifndef RN_MAIL_SIGNER_H
#define RN_MAIL_SIGNER_H

#include "mail/trust.h"

typedef struct RnSigner RnSigner;

/* Reads KEY and CERTIFICATE (PEM; certificates behind the first one are given along). Each is an absolute
 * path, or credential:NAME for a file in the folder that systemd names by CREDENTIALS_DIRECTORY.
 * RN_ERR_CONFIG if one cannot be read, if they do not belong together, or if others may read the key. */
RnSigner *rn_signer_load(const char *key, const char *certificate, GError **error);
void rn_signer_free(RnSigner *s);

/* The moment until which its certificate is valid, seconds UTC. */
gint64 rn_signer_until(const RnSigner *s);

/* May it sign letters from FROM at NOW (RFC 8550 3, 4.4)? RN_ERR_CONFIG saying what is wrong with the
 * certificate: its time, its purpose, its kind of key, or the address that it is about. */
gboolean rn_signer_for_mail(const RnSigner *s, const char *from, gint64 now, GError **error);

/* The signature over DATA in DER; NULL with RN_ERR_INTERNAL. */
GBytes *rn_signer_sign(const RnSigner *s, GBytes *data, GError **error);

/* Who signed, as far as the signature says. */
typedef struct {
	char	*signer;	/* subject of the certificate */
	char	*certificate;	/* its SHA-256 */
	gint64	 time;		/* of signing as the signer's clock had it; 0 unknown */
	gboolean trusted;	/* its certificate led to an anchor at that time */
	char	*doubt;		/* why not; NULL if it did */
} RnSignatureFace;

void rn_signature_face_clear(RnSignatureFace *face);

/* Does CMS sign DATA? RN_ERR_INPUT if not. TRUST: anchors for the signer's certificate. */
gboolean rn_signature_check(
    GBytes *data, GBytes *cms, const RnTrust *trust, RnSignatureFace *face, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnSigner, rn_signer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnSignatureFace, rn_signature_face_clear)

#endif
