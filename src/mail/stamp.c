#include "mail/stamp.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ts.h>
#include <time.h>

#include "base/text.h"
#include "base/world.h"

#define NONCE_BYTES 16

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_REQ, TS_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_RESP, TS_RESP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_VERIFY_CTX, TS_VERIFY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TS_MSG_IMPRINT, TS_MSG_IMPRINT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_ALGOR, X509_ALGOR_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_INTEGER, ASN1_INTEGER_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)

void
rn_stamp_clear(RnStamp *stamp)
{
	g_free(stamp->authority);
	g_free(stamp->serial);
	*stamp = (RnStamp){ 0 };
}

/* Sets ERROR to WHAT and the last word of OpenSSL about it. FALSE. */
static gboolean
wrong(const char *what, int code, GError **error)
{
	unsigned long last = ERR_peek_last_error();
	const char *data = NULL, *why;
	int flags = 0;

	ERR_peek_last_error_data(&data, &flags);
	why = last != 0 ? ERR_reason_error_string(last) : NULL;
	if (data != NULL && (flags & ERR_TXT_STRING) && *data != '\0') {
		g_autofree char *words = rn_text_utf8(data, -1);

		g_set_error(error, RN_ERROR, code, "%s: %s (%s)", what, why != NULL ? why : "?", words);
	} else
		g_set_error(
		    error, RN_ERROR, code, "%s%s%s", what, why != NULL ? ": " : "", why != NULL ? why : "");
	ERR_clear_error();
	return FALSE;
}

static gboolean
set_imprint(TS_REQ *req, GBytes *data)
{
	g_autoptr(TS_MSG_IMPRINT) imprint = TS_MSG_IMPRINT_new();
	g_autoptr(X509_ALGOR) algorithm = X509_ALGOR_new();
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	gsize len;
	const void *bytes = g_bytes_get_data(data, &len);

	return imprint != NULL && algorithm != NULL &&
	    EVP_Digest(bytes != NULL ? bytes : "", len, digest, &n, EVP_sha256(), NULL) == 1 &&
	    X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
	    TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
	    TS_MSG_IMPRINT_set_msg(imprint, digest, (int)n) == 1 && TS_REQ_set_msg_imprint(req, imprint) == 1;
}

static gboolean
set_nonce(TS_REQ *req)
{
	guchar bytes[NONCE_BYTES];
	g_autoptr(BIGNUM) number = NULL;
	g_autoptr(ASN1_INTEGER) nonce = NULL;

	rn_random(bytes, sizeof(bytes));
	bytes[0] = (guchar)((bytes[0] & 0x3f) | 0x40);	/* positive, and never shorter than it should be */
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	nonce = number != NULL ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	return nonce != NULL && TS_REQ_set_nonce(req, nonce) == 1;
}

GBytes *
rn_stamp_request(GBytes *data, GError **error)
{
	g_autoptr(TS_REQ) req = TS_REQ_new();
	unsigned char *der = NULL;
	GBytes *out = NULL;
	int len;

	if (req != NULL && TS_REQ_set_version(req, 1) == 1 && set_imprint(req, data) && set_nonce(req) &&
	    TS_REQ_set_cert_req(req, 1) == 1 && (len = i2d_TS_REQ(req, &der)) > 0)
		out = g_bytes_new(der, (gsize)len);
	OPENSSL_free(der);
	if (out == NULL)
		wrong("a request for a time-stamp cannot be made", RN_ERR_INTERNAL, error);
	return out;
}

static TS_RESP *
parse(GBytes *answer, GError **error)
{
	gsize len;
	const unsigned char *start = g_bytes_get_data(answer, &len), *p = start;
	TS_RESP *resp = len > 0 && len <= RN_STAMP_MAX ? d2i_TS_RESP(NULL, &p, (long)len) : NULL;

	if (resp != NULL && p == start + len)
		return resp;
	TS_RESP_free(resp);
	wrong("it is no answer of a time-stamping authority", RN_ERR_INPUT, error);
	return NULL;
}

static gint64
time_of(TS_RESP *resp)
{
	const TS_TST_INFO *info = TS_RESP_get_tst_info(resp);
	struct tm tm = { 0 };

	return info != NULL && ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) == 1 ? (gint64)timegm(&tm) :
	                                                                               0;
}

/* The name of the certificate that signed; "" if it did not come along. */
static char *
signer_of(TS_RESP *resp)
{
	PKCS7 *token = TS_RESP_get_token(resp);
	STACK_OF(X509) *signers = token != NULL ? PKCS7_get0_signers(token, NULL, 0) : NULL;
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL, *name;
	long len = 0;

	if (signers != NULL && sk_X509_num(signers) > 0)
		X509_NAME_print_ex(bio, X509_get_subject_name(sk_X509_value(signers, 0)), 0,
		    XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	len = BIO_get_mem_data(bio, &text);
	name = rn_text_utf8(text != NULL ? text : "", len);
	sk_X509_free(signers);
	BIO_free(bio);
	ERR_clear_error();
	return name;
}

static char *
serial_of(TS_RESP *resp)
{
	const TS_TST_INFO *info = TS_RESP_get_tst_info(resp);
	g_autoptr(BIGNUM) number =
	    info != NULL ? ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info), NULL) : NULL;
	char *hex = number != NULL ? BN_bn2hex(number) : NULL;
	char *out = g_strdup(hex != NULL ? hex : "");

	OPENSSL_free(hex);
	return out;
}

static gboolean
describe(TS_RESP *resp, RnStamp *stamp, GError **error)
{
	rn_stamp_clear(stamp);
	stamp->time = time_of(resp);
	stamp->authority = signer_of(resp);
	stamp->serial = serial_of(resp);
	return stamp->time > 0 || wrong("it names no time", RN_ERR_INPUT, error);
}

gboolean
rn_stamp_read(GBytes *answer, RnStamp *stamp, GError **error)
{
	g_autoptr(TS_RESP) resp = parse(answer, error);

	return resp != NULL && describe(resp, stamp, error);
}

/* The anchors in a store of its own, for the time at which they are asked. */
static X509_STORE *
anchors(const RnTrust *trust, gint64 at)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *how = X509_STORE_get0_param(store);

	for (guint i = 0; i < trust->anchors->len; i++)
		X509_STORE_add_cert(store, g_ptr_array_index(trust->anchors, i));
	X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN);
	if (at != 0)
		X509_VERIFY_PARAM_set_time(how, (time_t)at);
	ERR_clear_error();
	return store;
}

/* What has to hold of an answer. It takes the BIO over. */
static TS_VERIFY_CTX *
demands(GBytes *query, BIO *data)
{
	gsize len = 0;
	const unsigned char *p = query != NULL ? g_bytes_get_data(query, &len) : NULL;
	g_autoptr(TS_REQ) req = p != NULL ? d2i_TS_REQ(NULL, &p, (long)len) : NULL;
	TS_VERIFY_CTX *ctx = req != NULL ? TS_REQ_to_TS_VERIFY_CTX(req, NULL) : TS_VERIFY_CTX_new();

	if (ctx == NULL)
		return NULL;
	TS_VERIFY_CTX_set_data(ctx, data);
	TS_VERIFY_CTX_add_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
	return ctx;
}

gboolean
rn_stamp_check(
    GBytes *answer, GBytes *data, GBytes *query, const RnTrust *trust, RnStamp *stamp, GError **error)
{
	g_autoptr(TS_RESP) resp = parse(answer, error);
	g_autoptr(TS_VERIFY_CTX) ctx = NULL;
	gsize len;
	const void *bytes = g_bytes_get_data(data, &len);

	if (resp == NULL)
		return FALSE;
	if (TS_RESP_get_tst_info(resp) == NULL) {
		wrong("the authority refuses", RN_ERR_INPUT, NULL);
		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "the authority refuses: status %ld",
		    ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(resp))));
		return FALSE;
	}
	if (!describe(resp, stamp, error))
		return FALSE;
	ctx = demands(query, BIO_new_mem_buf(bytes != NULL ? bytes : "", (int)len));
	if (ctx == NULL)
		return wrong("out of memory", RN_ERR_INTERNAL, error);
	TS_VERIFY_CTX_set_store(ctx, anchors(trust, query != NULL ? 0 : stamp->time));
	ERR_clear_error();
	return TS_RESP_verify_response(ctx, resp) == 1 || wrong("it does not hold", RN_ERR_INPUT, error);
}
