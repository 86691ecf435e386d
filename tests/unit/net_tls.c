/* net_tls.c: TLS towards the relay: a certificate that holds is taken, every other one is not, and neither
 * the login nor the letter goes over an open connection where TLS is required. */
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include "net/transport.h"
#include "smtp_server.h"

#define LETTER "Subject: prova\r\n\r\ntesto\r\n"
#define OFFER "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN"

/* A certificate that signs itself, and the folder's file that has it in PEM. */
typedef struct {
	EVP_PKEY	*key;
	X509		*cert;
	SSL_CTX		*ctx;
	char		*file;
} Identity;

static void
add_names(X509 *cert, const char *ip)
{
	g_autofree char *san = g_strconcat("IP:", ip, NULL);
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, san);

	g_assert_nonnull(ext);
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
	ext = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
}

/* For IP, valid from now + FROM to now + TO seconds. */
static Identity
make_identity(const char *dir, const char *name, const char *ip, long from, long to)
{
	Identity id = {
		.key = EVP_EC_gen("P-256"), .cert = X509_new(), .ctx = SSL_CTX_new(TLS_server_method())
	};
	X509_NAME *subject = X509_get_subject_name(id.cert);
	FILE *f;

	X509_set_version(id.cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(id.cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(id.cert), from);
	X509_gmtime_adj(X509_getm_notAfter(id.cert), to);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const guchar *)name, -1, -1, 0);
	X509_set_issuer_name(id.cert, subject);
	X509_set_pubkey(id.cert, id.key);
	add_names(id.cert, ip);
	g_assert_cmpint(X509_sign(id.cert, id.key, EVP_sha256()), >, 0);
	g_assert_cmpint(SSL_CTX_use_certificate(id.ctx, id.cert), ==, 1);
	g_assert_cmpint(SSL_CTX_use_PrivateKey(id.ctx, id.key), ==, 1);
	id.file = g_strdup_printf("%s/%s.pem", dir, name);
	f = fopen(id.file, "w");
	g_assert_nonnull(f);
	PEM_write_X509(f, id.cert);
	fclose(f);
	return id;
}

static void
identity_clear(Identity *id)
{
	g_unlink(id->file);
	g_free(id->file);
	SSL_CTX_free(id->ctx);
	X509_free(id->cert);
	EVP_PKEY_free(id->key);
}

enum { GOOD, OTHER_HOST, EXPIRED, STRANGER, N_IDENTITIES };

typedef struct {
	const char	*name;
	int		 server, trusted;	/* identities */
	RnTls		 tls;
	Script		 script;
	RnSent		 want;
	const char	*why;
	gboolean	 logs_in;	/* the login must have been said, or must not */
} Row;

#define REQUIRED RN_TLS_REQUIRED
#define IMPLICIT RN_TLS_IMPLICIT
#define LATER RN_SENT_LATER
#define SLIPPED "220 go on\r\n250 AUTH PLAIN"

static const Row rows[] = {
	{ "holds", GOOD, GOOD, REQUIRED, { .ehlo = OFFER }, RN_SENT_OK, "250", TRUE },
	{ "implicit", GOOD, GOOD, IMPLICIT, { .ehlo = OFFER, .implicit = TRUE }, RN_SENT_OK, "250", TRUE },
	{ "not trusted", STRANGER, GOOD, REQUIRED, { .ehlo = OFFER }, LATER, "certificate", FALSE },
	{ "not trusted", STRANGER, GOOD, IMPLICIT, { .ehlo = OFFER, .implicit = TRUE }, LATER, "certif", FALSE },
	{ "other host", OTHER_HOST, OTHER_HOST, REQUIRED, { .ehlo = OFFER }, LATER, "certificate", FALSE },
	{ "expired", EXPIRED, EXPIRED, REQUIRED, { .ehlo = OFFER }, LATER, "certificate", FALSE },
	{ "not offered", GOOD, GOOD, REQUIRED, { .ehlo = "250 AUTH PLAIN" }, LATER, "TLS is required", FALSE },
	{ "refused", GOOD, GOOD, REQUIRED, { .ehlo = OFFER, .starttls = "454 no\r\n" CUT }, LATER, "454", FALSE },
	{ "slipped in", GOOD, GOOD, REQUIRED, { .ehlo = OFFER, .starttls = SLIPPED }, LATER, "", FALSE },
	{ "TLS asked of a plain server", GOOD, GOOD, IMPLICIT, { .ehlo = OFFER }, LATER, "", FALSE },
};

static void
run_row(const Row *r, const Identity *ids, const char *pw)
{
	Script script = r->script;
	RnSite site = {
		.domain = (char *)"a.example",
		.submit = RN_SUBMIT_SMTP,
		.smtp_tls = (int)r->tls,
		.smtp_user = (char *)"ordine",
		.smtp_password_file = (char *)pw,
		.smtp_ca_file = ids[r->trusted].file,
	};
	g_autoptr(Server) s = NULL;
	g_autoptr(GBytes) letter = g_bytes_new_static(LETTER, strlen(LETTER));
	g_autoptr(GError) error = NULL;
	g_autofree char *url = NULL;
	g_autofree char *why = NULL;
	RnTransport *t;
	RnSent got;

	script.tls = ids[r->server].ctx;
	s = server_start(&script);
	url = g_strdup_printf("smtp://127.0.0.1:%d", s->port);
	site.smtp_url = url;
	t = rn_transport_new(&site, &error);
	g_assert_no_error(error);
	rn_transport_set_timeouts(t, 15, 15, 15);
	got = rn_transport_send(t, "", "m.rossi@posta.example", letter, &why);
	rn_transport_free(t);
	server_stop(s);
	g_test_message("%s: %d, %s", r->name, got, why);
	if (got != r->want || strstr(why, r->why) == NULL)
		g_error("%s: got %d, wanted %d; why: %s", r->name, got, r->want, why);
	g_assert_true((strstr(s->said->str, "AUTH") != NULL) == r->logs_in);
	g_assert_true((s->body->len > 0) == (r->want == RN_SENT_OK));
}

static void
test_certificates(void)
{
	g_autofree char *dir = g_dir_make_tmp("rinnova-tls-XXXXXX", NULL);
	g_autofree char *pw = g_build_filename(dir, "password", NULL);
	Identity ids[N_IDENTITIES] = {
		[GOOD] = make_identity(dir, "good", "127.0.0.1", -60, 3600),
		[OTHER_HOST] = make_identity(dir, "other-host", "127.0.0.2", -60, 3600),
		[EXPIRED] = make_identity(dir, "expired", "127.0.0.1", -7200, -3600),
		[STRANGER] = make_identity(dir, "stranger", "127.0.0.1", -60, 3600),
	};

	g_assert_true(g_file_set_contents_full(pw, "segreto\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		run_row(&rows[i], ids, pw);
	for (int i = 0; i < N_IDENTITIES; i++)
		identity_clear(&ids[i]);
	g_unlink(pw);
	g_rmdir(dir);
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);	/* the server's side: SSL_write() has no MSG_NOSIGNAL */
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/tls/certificates", test_certificates);
	return g_test_run();
}
