/* smime.c: signature first, over the raw bytes; then the chain, to a configured anchor only and at the time
 * of receipt. The steps are taken one by one, and not by one call of CMS_verify(), so that each has its own
 * name when it fails. */
#include "mail/smime.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/text.h"
#include "mail/mime.h"

void
rn_smime_init(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
}

typedef struct {
	const RnTrust	*trust;
	CMS_ContentInfo	*cms;
	STACK_OF(X509) * certs; /* of the message: links of a chain, never its end */
	X509		*signer;	/* within CERTS */
	gint64		 at;
	RnRegistered	*reg;
} Check;

static void
check_clear(Check *c)
{
	CMS_ContentInfo_free(c->cms);
	sk_X509_pop_free(c->certs, X509_free);
	ERR_clear_error();
}

static gboolean
fail(Check *c, RnSignature signature, RnFault fault, const char *detail)
{
	c->reg->signature = signature;
	rn_registered_blame(c->reg, fault, detail);
	return FALSE;
}

/* --- the signature --- */

static gboolean
read_cms(Check *c, GBytes *bytes)
{
	gsize len = 0;
	const void *data = bytes != NULL ? g_bytes_get_data(bytes, &len) : NULL;
	BIO *bio = data != NULL && len < G_MAXINT ? BIO_new_mem_buf(data, (int)len) : NULL;
	ASN1_OCTET_STRING **content;

	c->cms = bio != NULL ? d2i_CMS_bio(bio, NULL) : NULL;
	BIO_free(bio);
	if (c->cms == NULL || OBJ_obj2nid(CMS_get0_type(c->cms)) != NID_pkcs7_signed)
		return fail(c, RN_SIGNATURE_INVALID, RN_FAULT_UNREADABLE, "it is no CMS signature");
	content = CMS_get0_content(c->cms);
	if (content == NULL || *content != NULL)	/* it would be verified instead of the part */
		return fail(c, RN_SIGNATURE_INVALID, RN_FAULT_UNREADABLE, "it brings content of its own");
	c->certs = CMS_get1_certs(c->cms);
	return TRUE;
}

/* The digests that are taken; MD5 and older ones are not. SHA-1 by the switch. */
static gboolean
check_digest(Check *c, CMS_SignerInfo *si)
{
	X509_ALGOR *digest = NULL;
	const ASN1_OBJECT *oid = NULL;
	int nid;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	nid = OBJ_obj2nid(oid);
	c->reg->weak = nid == NID_sha1;
	if (nid == NID_sha1 && (c->trust == NULL || c->trust->sha1))
		return TRUE;
	if (nid == NID_sha256 || nid == NID_sha384 || nid == NID_sha512 || nid == NID_sha3_256 ||
	    nid == NID_sha3_384 || nid == NID_sha3_512)
		return TRUE;
	return fail(
	    c, RN_SIGNATURE_UNTRUSTED, RN_FAULT_DIGEST, nid == NID_undef ? "unknown" : OBJ_nid2sn(nid));
}

/* The signer's certificate, which must be in the message, and be named by the signature. */
static gboolean
find_signer(Check *c, CMS_SignerInfo *si)
{
	for (int i = 0; i < sk_X509_num(c->certs); i++) {
		X509 *cert = sk_X509_value(c->certs, i);

		if (CMS_SignerInfo_cert_cmp(si, cert) != 0)
			continue;
		c->signer = cert;
		CMS_SignerInfo_set1_signer_cert(si, cert);
		return TRUE;
	}
	return fail(
	    c, RN_SIGNATURE_INVALID, RN_FAULT_SIGNERS, "the signer's certificate is not in the message");
}

static gboolean
check_content(Check *c, GBytes *covered)
{
	g_autoptr(GBytes) canonical = rn_mime_canonical(covered);
	gsize len;
	const void *data = g_bytes_get_data(canonical, &len);
	BIO *bio = len < G_MAXINT ? BIO_new_mem_buf(data, (int)len) : NULL;
	int ok =
	    bio != NULL && CMS_verify(c->cms, NULL, NULL, bio, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY);

	BIO_free(bio);
	if (ok == 1)
		return TRUE;
	return fail(c, RN_SIGNATURE_INVALID, RN_FAULT_BROKEN, ERR_reason_error_string(ERR_peek_last_error()));
}

/* --- the signer --- */

static gint64
seconds_of(const ASN1_TIME *t)
{
	struct tm tm = { 0 };

	return t != NULL && ASN1_TIME_to_tm(t, &tm) == 1 ? (gint64)timegm(&tm) : 0;
}

static void
note_signer(Check *c, CMS_SignerInfo *si)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(c->signer, NID_subject_alt_name, NULL, NULL);
	X509_ATTRIBUTE *when = NULL;
	unsigned char *der = NULL;
	char org[200] = "";
	int len, at;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		g_autofree char *text = NULL;

		if (name->type != GEN_EMAIL)
			continue;
		text = g_strndup((const char *)ASN1_STRING_get0_data(name->d.rfc822Name),
		    (gsize)ASN1_STRING_length(name->d.rfc822Name));
		if (rn_addr_valid(text) && strlen(text) == (gsize)ASN1_STRING_length(name->d.rfc822Name))
			g_ptr_array_add(c->reg->signers, rn_addr_fold(text));
	}
	GENERAL_NAMES_free(names);
	X509_NAME_get_text_by_NID(X509_get_subject_name(c->signer), NID_organizationName, org, sizeof(org));
	c->reg->provider = *org != '\0' ? rn_text_utf8(org, -1) : NULL;
	len = i2d_X509(c->signer, &der);
	c->reg->certificate = len > 0 ? rn_text_sha256(der, (gsize)len) : NULL;
	OPENSSL_free(der);
	at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
	if (at >= 0 && (when = CMS_signed_get_attr(si, at)) != NULL && X509_ATTRIBUTE_count(when) == 1) {
		const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(when, 0);

		if (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME)
			c->reg->signed_at = seconds_of(value->value.asn1_string);
	}
}

/* --- the chain --- */

static const RnTrust *
trust_of(X509_STORE_CTX *x)
{
	return X509_STORE_CTX_get_app_data(x);
}

/* Forgives two things. An anchor that is younger than the mail: AgID CA1 was certified anew with the same
 * key, and it is the administrator who says that it is good. And a revocation list that is younger than the
 * mail, or that was never configured for this issuer. */
static int
on_error(int ok, X509_STORE_CTX *x)
{
	const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(x);
	X509 *cert = X509_STORE_CTX_get_current_cert(x);
	int depth = X509_STORE_CTX_get_error_depth(x), error = X509_STORE_CTX_get_error(x);
	gboolean forgiven = FALSE;

	if (ok == 1)
		return 1;
	if (error == X509_V_ERR_CERT_NOT_YET_VALID)
		forgiven = depth > 0 && depth == sk_X509_num(chain) - 1 && cert != NULL &&
		    rn_trust_is_anchor(trust_of(x), cert);
	else if (error == X509_V_ERR_UNABLE_TO_GET_CRL)
		forgiven = cert != NULL && !rn_trust_has_crl(trust_of(x), cert);
	else if (error == X509_V_ERR_CRL_NOT_YET_VALID)
		forgiven = TRUE;
	if (forgiven)
		X509_STORE_CTX_set_error(x, X509_V_OK);
	return forgiven;
}

static RnFault
fault_of(int error)
{
	switch (error) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return RN_FAULT_EXPIRED;
	case X509_V_ERR_CERT_REVOKED:
		return RN_FAULT_REVOKED;
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
		return RN_FAULT_CRL;
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION:
	case X509_V_ERR_SUBTREE_MINMAX:
	case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
	case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
	case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
		return RN_FAULT_CONSTRAINTS;
	case X509_V_ERR_INVALID_PURPOSE:
	case X509_V_ERR_CERT_REJECTED:
		return RN_FAULT_PURPOSE;
	default:
		return RN_FAULT_UNTRUSTED;
	}
}

static gboolean
check_chain(Check *c)
{
	X509_STORE_CTX *x = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *p;
	unsigned long flags =
	    X509_V_FLAG_PARTIAL_CHAIN | (c->trust->crls->len > 0 ? X509_V_FLAG_CRL_CHECK : 0);
	int error;

	if (x == NULL || X509_STORE_CTX_init(x, c->trust->store, c->signer, c->certs) != 1) {
		X509_STORE_CTX_free(x);
		return fail(c, RN_SIGNATURE_UNTRUSTED, RN_FAULT_UNTRUSTED, "the chain cannot be built");
	}
	p = X509_STORE_CTX_get0_param(x);
	X509_VERIFY_PARAM_set_flags(p, flags);
	X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SMIME_SIGN);
	X509_VERIFY_PARAM_set_time(p, (time_t)c->at);
	X509_STORE_CTX_set_app_data(x, (void *)c->trust);
	X509_STORE_CTX_set_verify_cb(x, on_error);
	error = X509_verify_cert(x) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(x);
	if (error == X509_V_OK && c->signer != NULL && sk_X509_num(X509_STORE_CTX_get0_chain(x)) < 2)
		error = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;	/* an anchor does not sign mail */
	X509_STORE_CTX_free(x);
	if (error != X509_V_OK)
		return fail(c, RN_SIGNATURE_UNTRUSTED, fault_of(error), X509_verify_cert_error_string(error));
	c->reg->signature = RN_SIGNATURE_VALID;
	return TRUE;
}

static gboolean
check(Check *c, GBytes *covered, GBytes *cms)
{
	STACK_OF(CMS_SignerInfo) * signers;
	CMS_SignerInfo *si;

	if (!read_cms(c, cms))
		return FALSE;
	signers = CMS_get0_SignerInfos(c->cms);
	if (sk_CMS_SignerInfo_num(signers) != 1)
		return fail(c, RN_SIGNATURE_INVALID, RN_FAULT_SIGNERS, "it has not exactly one signer");
	si = sk_CMS_SignerInfo_value(signers, 0);
	if (!find_signer(c, si))
		return FALSE;
	note_signer(c, si);
	if (!check_content(c, covered) || !check_digest(c, si))
		return FALSE;
	if (c->trust == NULL || c->trust->store == NULL)
		return fail(c, RN_SIGNATURE_UNTRUSTED, RN_FAULT_NO_ANCHOR, "no anchor is configured");
	return check_chain(c);
}

void
rn_smime_verify(const RnTrust *trust, GBytes *covered, GBytes *cms, gint64 at, RnRegistered *reg)
{
	Check c = { .trust = trust, .at = at, .reg = reg };

	check(&c, covered, cms);
	check_clear(&c);
}
