/* signer_mail.c: is a certificate one that mail programs take for letters from an address? */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "mail/signer_inside.h"

static gint64
seconds_of(const ASN1_TIME *t)
{
	struct tm tm = { 0 };

	return t != NULL && ASN1_TIME_to_tm(t, &tm) == 1 ? (gint64)timegm(&tm) : 0;
}

gint64
rn_signer_until(const RnSigner *s)
{
	return seconds_of(X509_get0_notAfter(s->cert));
}

/* Does the certificate name ADDRESS? One that names no address at all is about any (RFC 8550 3). */
static gboolean
names(X509 *cert, const char *address)
{
	STACK_OF(OPENSSL_STRING) *list = X509_get1_email(cert);
	g_autofree char *want = rn_addr_fold(address);
	gboolean found = sk_OPENSSL_STRING_num(list) <= 0;

	for (int i = 0; i < sk_OPENSSL_STRING_num(list) && !found; i++) {
		g_autofree char *one = rn_addr_fold(sk_OPENSSL_STRING_value(list, i));

		found = strcmp(one, want) == 0;
	}
	X509_email_free(list);
	return found;
}

static gboolean
unfit(const char *why, GError **error)
{
	ERR_clear_error();
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "smime.certificate: %s", why);
	return FALSE;
}

gboolean
rn_signer_for_mail(const RnSigner *s, const char *from, gint64 now, GError **error)
{
	g_autofree char *other = NULL;
	int digest = NID_undef;

	if (rn_signer_until(s) <= now)
		return unfit(
		    "it has expired: have a new one issued (letters leave unsigned if you empty both keys)",
		    error);
	if (seconds_of(X509_get0_notBefore(s->cert)) > now)
		return unfit("it is not valid yet: look at its dates and at the clock", error);
	if (X509_check_purpose(s->cert, X509_PURPOSE_SMIME_SIGN, 0) != 1)
		return unfit(
		    "it is not for signing mail (key usage digitalSignature, extended emailProtection)",
		    error);
	if (EVP_PKEY_get_default_digest_nid(s->key, &digest) < 1 || digest != NID_sha256)
		return unfit("its key must be RSA or EC, which every mail program can verify", error);
	if (names(s->cert, from))
		return TRUE;
	other = g_strdup_printf(
	    "it is not about %s, from which the letters come: mail programs would warn", from);
	return unfit(other, error);
}
