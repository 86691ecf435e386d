/* trust.c: anchors and revocation lists from folders. */
#include "mail/trust.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/text.h"

/* Keys that are known to be those of PEC: SHA-256 over the SubjectPublicKeyInfo. AgID CA1 has had the same
 * key in each of its certificates since 2018. */
static const struct {
	const char	*spki, *name;
} known_keys[] = {
	{ "39e3c6c6f13c9620775172694d20f81edad55a8613934cdaa7c3793a6d26b86b", "AgID CA1" },
	{ "c0b443b729bcf3e980d36ef980b035be7534a7c464671c7f51e30ad6f7519d25", "DigitPA CA1 (ended in 2018)" },
};

static void
free_cert(gpointer data)
{
	X509_free(data);
}

static void
free_crl(gpointer data)
{
	X509_CRL_free(data);
}

static void
add_cert(RnTrust *t, X509 *cert, const char *file)
{
	g_ptr_array_add(t->anchors, cert);
	g_ptr_array_add(t->files, g_strdup(file));
}

/* Every certificate and list of a PEM file; FALSE if there is none. */
static gboolean
take_pem(RnTrust *t, const char *data, gsize len, const char *file, gboolean crls)
{
	BIO *bio = BIO_new_mem_buf(data, (int)len);
	guint n = 0;

	for (;;) {
		X509 *cert = crls ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
		X509_CRL *crl = crls ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;

		if (cert == NULL && crl == NULL)
			break;
		if (cert != NULL)
			add_cert(t, cert, file);
		else
			g_ptr_array_add(t->crls, crl);
		n++;
	}
	BIO_free(bio);
	ERR_clear_error();
	return n > 0;
}

static gboolean
take_der(RnTrust *t, const char *data, gsize len, const char *file, gboolean crls)
{
	const unsigned char *p = (const unsigned char *)data;
	X509 *cert = crls ? NULL : d2i_X509(NULL, &p, (long)len);
	X509_CRL *crl = crls ? d2i_X509_CRL(NULL, &p, (long)len) : NULL;

	ERR_clear_error();
	if (cert != NULL)
		add_cert(t, cert, file);
	if (crl != NULL)
		g_ptr_array_add(t->crls, crl);
	return cert != NULL || crl != NULL;
}

static gboolean
take_file(RnTrust *t, const char *path, gboolean crls, GError **error)
{
	g_autofree char *data = NULL;
	g_autoptr(GError) why = NULL;
	gsize len;

	if (!g_file_get_contents(path, &data, &len, &why)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s", why->message);
		return FALSE;
	}
	if (len < G_MAXINT && (take_pem(t, data, len, path, crls) || take_der(t, data, len, path, crls)))
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "%s: holds no %s, neither as PEM nor as DER; take it away", path,
	    crls ? "revocation list" : "certificate");
	return FALSE;
}

static int
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The files of FOLDER in the order of their names; those that begin with a dot are left out. Or one file. */
static gboolean
take_folder(RnTrust *t, const char *folder, gboolean crls, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) why = NULL;
	const char *name;
	GDir *dir;

	if (folder == NULL || *folder == '\0')
		return TRUE;
	if (g_file_test(folder, G_FILE_TEST_IS_REGULAR))
		return take_file(t, folder, crls, error);
	dir = g_dir_open(folder, 0, &why);
	if (dir == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s", why->message);
		return FALSE;
	}
	while ((name = g_dir_read_name(dir)) != NULL)
		if (*name != '.')
			g_ptr_array_add(names, g_build_filename(folder, name, NULL));
	g_dir_close(dir);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++)
		if (!take_file(t, g_ptr_array_index(names, i), crls, error))
			return FALSE;
	return TRUE;
}

RnTrust *
rn_trust_load(const char *anchors, const char *crls, gboolean sha1, GError **error)
{
	g_autoptr(RnTrust) t = g_new0(RnTrust, 1);

	t->sha1 = sha1;
	t->anchors = g_ptr_array_new_with_free_func(free_cert);
	t->files = g_ptr_array_new_with_free_func(g_free);
	t->crls = g_ptr_array_new_with_free_func(free_crl);
	if (!take_folder(t, anchors, FALSE, error) || !take_folder(t, crls, TRUE, error))
		return NULL;
	if (t->anchors->len == 0)
		return g_steal_pointer(&t);
	t->store = X509_STORE_new();
	for (guint i = 0; i < t->anchors->len; i++)
		X509_STORE_add_cert(t->store, g_ptr_array_index(t->anchors, i));
	for (guint i = 0; i < t->crls->len; i++)
		X509_STORE_add_crl(t->store, g_ptr_array_index(t->crls, i));
	ERR_clear_error();
	return g_steal_pointer(&t);
}

void
rn_trust_free(RnTrust *t)
{
	if (t == NULL)
		return;
	X509_STORE_free(t->store);
	g_ptr_array_unref(t->anchors);
	g_ptr_array_unref(t->files);
	g_ptr_array_unref(t->crls);
	g_free(t);
}

void
rn_trusts_clear(RnTrusts *t)
{
	g_clear_pointer(&t->pec, rn_trust_free);
	g_clear_pointer(&t->smime, rn_trust_free);
}

gboolean
rn_trust_is_anchor(const RnTrust *t, const X509 *cert)
{
	for (guint i = 0; i < t->anchors->len; i++)
		if (X509_cmp(g_ptr_array_index(t->anchors, i), cert) == 0)
			return TRUE;
	return FALSE;
}

gboolean
rn_trust_has_crl(const RnTrust *t, const X509 *cert)
{
	for (guint i = 0; i < t->crls->len; i++)
		if (X509_NAME_cmp(
		        X509_CRL_get_issuer(g_ptr_array_index(t->crls, i)), X509_get_issuer_name(cert)) == 0)
			return TRUE;
	return FALSE;
}

static const char *
known_key(X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	g_autofree char *digest = len > 0 ? rn_text_sha256(der, (gsize)len) : NULL;

	OPENSSL_free(der);
	for (gsize i = 0; digest != NULL && i < G_N_ELEMENTS(known_keys); i++)
		if (strcmp(known_keys[i].spki, digest) == 0)
			return known_keys[i].name;
	return NULL;
}

void
rn_trust_face(const RnTrust *t, guint i, RnAnchorFace *face)
{
	X509 *cert = g_ptr_array_index(t->anchors, i);
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	char name[200] = "";
	struct tm ends = { 0 };

	X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, name, sizeof(name));
	ASN1_TIME_to_tm(X509_get0_notAfter(cert), &ends);
	face->file = g_strdup(g_ptr_array_index(t->files, i));
	face->subject = rn_text_utf8(name, -1);
	face->fingerprint = len > 0 ? rn_text_sha256(der, (gsize)len) : g_strdup("");
	face->ends = (gint64)timegm(&ends);
	face->constrained = X509_get_ext_by_NID(cert, NID_name_constraints, -1) >= 0;
	face->known = known_key(cert);
	OPENSSL_free(der);
}

char *
rn_trust_crl_face(const RnTrust *t, guint i, gint64 *ends)
{
	const X509_CRL *crl = g_ptr_array_index(t->crls, i);
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
	char name[200] = "";
	struct tm tm = { 0 };

	X509_NAME_get_text_by_NID(X509_CRL_get_issuer(crl), NID_commonName, name, sizeof(name));
	*ends = next != NULL && ASN1_TIME_to_tm(next, &tm) == 1 ? (gint64)timegm(&tm) : 0;
	return rn_text_utf8(name, -1);
}

void
rn_anchor_face_clear(RnAnchorFace *face)
{
	g_free(face->file);
	g_free(face->subject);
	g_free(face->fingerprint);
}
