#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "mail/signer_inside.h"

#define CREDENTIAL "credential:"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CMS_ContentInfo, CMS_ContentInfo_free)

void
rn_signer_free(RnSigner *s)
{
	if (s == NULL)
		return;
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	sk_X509_pop_free(s->chain, X509_free);
	g_free(s);
}

static gboolean
broken(const char *path, const char *what, GError **error)
{
	unsigned long last = ERR_peek_last_error();

	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s%s%s", path, what, last != 0 ? ": " : "",
	    last != 0 ? ERR_reason_error_string(last) : "");
	ERR_clear_error();
	return FALSE;
}

/* Where PLACE is; NULL if there are no credentials. */
static char *
path_of(const char *place, GError **error)
{
	const char *folder = g_getenv("CREDENTIALS_DIRECTORY");

	if (!g_str_has_prefix(place, CREDENTIAL))
		return g_strdup(place);
	if (folder == NULL) {
		broken(place, "the service manager has handed over no credentials", error);
		return NULL;
	}
	return g_build_filename(folder, place + strlen(CREDENTIAL), NULL);
}

/* No prompt for a pass phrase. */
static int
no_phrase(G_GNUC_UNUSED char *buf, G_GNUC_UNUSED int size, G_GNUC_UNUSED int write, G_GNUC_UNUSED void *data)
{
	return -1;
}

static gboolean
load_key(RnSigner *s, const char *path, GError **error)
{
	g_autoptr(BIO) bio = BIO_new_file(path, "r");
	struct stat st;

	if (bio == NULL || stat(path, &st) != 0)
		return broken(path, "the key cannot be read", error);
	if (st.st_mode & 0007)
		return broken(path, "others may read this key: chmod o= it", error);
	s->key = PEM_read_bio_PrivateKey(bio, NULL, no_phrase, NULL);
	return s->key != NULL || broken(path, "it holds no key (PEM, without a pass phrase)", error);
}

static gboolean
load_cert(RnSigner *s, const char *path, GError **error)
{
	g_autoptr(BIO) bio = BIO_new_file(path, "r");
	X509 *more;

	s->cert = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	if (s->cert == NULL)
		return broken(path, "it holds no certificate (PEM)", error);
	while ((more = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		sk_X509_push(s->chain, more);
	ERR_clear_error();
	return X509_check_private_key(s->cert, s->key) == 1 ||
	    broken(path, "the certificate does not belong to the key", error);
}

RnSigner *
rn_signer_load(const char *key, const char *certificate, GError **error)
{
	g_autoptr(RnSigner) s = g_new0(RnSigner, 1);
	g_autofree char *key_path = path_of(key, error);
	g_autofree char *cert_path = key_path != NULL ? path_of(certificate, error) : NULL;

	s->chain = sk_X509_new_null();
	if (cert_path == NULL || !load_key(s, key_path, error) || !load_cert(s, cert_path, error))
		return NULL;
	return g_steal_pointer(&s);
}

static BIO *
bio_of(GBytes *data)
{
	gsize len;
	const void *bytes = g_bytes_get_data(data, &len);

	return len < G_MAXINT ? BIO_new_mem_buf(bytes != NULL ? bytes : "", (int)len) : NULL;
}

GBytes *
rn_signer_sign(const RnSigner *s, GBytes *data, GError **error)
{
	g_autoptr(BIO) bio = bio_of(data);
	g_autoptr(CMS_ContentInfo) cms = bio != NULL ?
	    CMS_sign(s->cert, s->key, s->chain, bio, CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP) :
	    NULL;
	unsigned char *der = NULL;
	int len = cms != NULL ? i2d_CMS_ContentInfo(cms, &der) : -1;
	GBytes *out = len > 0 ? g_bytes_new(der, (gsize)len) : NULL;

	OPENSSL_free(der);
	if (out == NULL)
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL, "the signature cannot be made: %s",
		    ERR_reason_error_string(ERR_peek_last_error()));
	ERR_clear_error();
	return out;
}

void
rn_signature_face_clear(RnSignatureFace *face)
{
	g_free(face->signer);
	g_free(face->certificate);
	g_free(face->doubt);
	*face = (RnSignatureFace){ 0 };
}

static gint64
time_of(const CMS_SignerInfo *si)
{
	int at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1);
	X509_ATTRIBUTE *when = at >= 0 ? CMS_signed_get_attr(si, at) : NULL;
	const ASN1_TYPE *value =
	    when != NULL && X509_ATTRIBUTE_count(when) == 1 ? X509_ATTRIBUTE_get0_type(when, 0) : NULL;
	struct tm tm = { 0 };

	return value != NULL && (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME) &&
	        ASN1_TIME_to_tm(value->value.asn1_string, &tm) == 1 ?
	    (gint64)timegm(&tm) :
	    0;
}

static void
describe(const CMS_SignerInfo *si, X509 *cert, RnSignatureFace *face)
{
	g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	char *text = NULL;
	long len;

	X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	len = BIO_get_mem_data(bio, &text);
	face->signer = rn_text_utf8(text != NULL ? text : "", len);
	face->certificate = n > 0 ? rn_text_sha256(der, (gsize)n) : g_strdup("");
	face->time = time_of(si);
	OPENSSL_free(der);
}

static void
check_chain(X509 *cert, STACK_OF(X509) * others, const RnTrust *trust, RnSignatureFace *face)
{
	X509_STORE_CTX *x = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *p;

	if (trust->store == NULL || x == NULL || X509_STORE_CTX_init(x, trust->store, cert, others) != 1) {
		face->doubt = g_strdup("no anchor is given to verify its certificate by");
		X509_STORE_CTX_free(x);
		return;
	}
	p = X509_STORE_CTX_get0_param(x);
	X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_PARTIAL_CHAIN);
	if (face->time != 0)
		X509_VERIFY_PARAM_set_time(p, (time_t)face->time);
	face->trusted = X509_verify_cert(x) == 1;
	if (!face->trusted)
		face->doubt = g_strdup(X509_verify_cert_error_string(X509_STORE_CTX_get_error(x)));
	X509_STORE_CTX_free(x);
	ERR_clear_error();
}

gboolean
rn_signature_check(GBytes *data, GBytes *cms, const RnTrust *trust, RnSignatureFace *face, GError **error)
{
	g_autoptr(BIO) in = bio_of(cms), content = bio_of(data);
	g_autoptr(CMS_ContentInfo) info = in != NULL ? d2i_CMS_bio(in, NULL) : NULL;
	STACK_OF(CMS_SignerInfo) *signers = info != NULL ? CMS_get0_SignerInfos(info) : NULL;
	STACK_OF(X509) *certs = info != NULL ? CMS_get1_certs(info) : NULL;
	ASN1_OCTET_STRING **own = info != NULL ? CMS_get0_content(info) : NULL;
	X509 *cert = NULL;
	gboolean good = own != NULL && *own == NULL && sk_CMS_SignerInfo_num(signers) == 1 &&
	    content != NULL &&
	    CMS_verify(
	        info, NULL, NULL, content, NULL, CMS_BINARY | CMS_DETACHED | CMS_NO_SIGNER_CERT_VERIFY) == 1;

	if (good) {
		CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(signers, 0), NULL, &cert, NULL, NULL);
		good = cert != NULL;
	}
	if (good) {
		describe(sk_CMS_SignerInfo_value(signers, 0), cert, face);
		check_chain(cert, certs, trust, face);
	} else
		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "%s",
		    info == NULL                    ? "it is no CMS signature" :
		        own == NULL || *own != NULL ? "it brings content of its own" :
		                                      "it is not of these bytes");
	sk_X509_pop_free(certs, X509_free);
	ERR_clear_error();
	return good;
}
