/* net_setup.c: the courier keys of the SMTP transport, checked before anything is sent. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "net/transport.h"

static char *
password_file(const char *text, int mode)
{
	char *path = NULL;
	int fd = g_file_open_tmp("rinnova-pw-XXXXXX", &path, NULL);

	g_assert_cmpint(fd, >=, 0);
	close(fd);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, (mode_t)mode), ==, 0);
	return path;
}

typedef struct {
	const char	*name, *url, *domain, *user;
	RnTls		 tls;
	const char	*password;	/* NULL: no such file */
	int		 mode;
	const char	*error;		/* NULL: fine */
} Setup;

static const Setup setups[] = {
	{ "plain", "smtp://127.0.0.1:25", "a.example", "", RN_TLS_NONE, NULL, 0, NULL },
	{ "implicit", "smtp://mx.example:465", "a.example", "", RN_TLS_IMPLICIT, NULL, 0, NULL },
	{ "EHLO named", "smtp://mx.example/host.a.example", "a.example", "", RN_TLS_REQUIRED, NULL, 0, NULL },
	{ "no scheme", "mx.example:25", "a.example", "", RN_TLS_REQUIRED, NULL, 0, "courier.smtp" },
	{ "file", "file:///etc/passwd", "a.example", "", RN_TLS_REQUIRED, NULL, 0, "courier.smtp" },
	{ "http", "http://mx.example/", "a.example", "", RN_TLS_REQUIRED, NULL, 0, "courier.smtp" },
	{ "secret in the URL", "smtp://u:p@mx.example", "a.example", "", RN_TLS_REQUIRED, NULL, 0, "courier.user" },
	{ "smtps without TLS", "smtps://mx.example", "a.example", "", RN_TLS_NONE, NULL, 0, "courier.tls" },
	{ "EHLO injected", "smtp://mx.example/x%0d%0aMAIL", "a.example", "", RN_TLS_NONE, NULL, 0, "EHLO" },
	{ "EHLO spoilt", "smtp://mx.example", "a b", "", RN_TLS_NONE, NULL, 0, "EHLO" },
	{ "login in the open", "smtp://mx.example", "a.example", "u", RN_TLS_NONE, "p\n", 0600, "courier.tls" },
	{ "nearly home", "smtp://127.0.0.1.mx.example", "a.example", "u", RN_TLS_NONE, "p\n", 0600, "courier.tls" },
	{ "login at home, IPv6", "smtp://[::1]:2525", "a.example", "u", RN_TLS_NONE, "p\n", 0600, NULL },
	{ "login at home", "smtp://127.0.0.1", "a.example", "u", RN_TLS_NONE, "p\n", 0600, NULL },
	{ "login", "smtp://mx.example", "a.example", "u", RN_TLS_REQUIRED, "p", 0640, NULL },
	{ "others may read", "smtp://mx.example", "a.example", "u", RN_TLS_REQUIRED, "p\n", 0644, "others" },
	{ "empty password", "smtp://mx.example", "a.example", "u", RN_TLS_REQUIRED, "\n", 0600, "one line" },
	{ "two lines", "smtp://mx.example", "a.example", "u", RN_TLS_REQUIRED, "p\nq\n", 0600, "one line" },
	{ "no file", "smtp://mx.example", "a.example", "u", RN_TLS_REQUIRED, NULL, 0, "courier.password-file" },
};

static void
test_setup(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(setups); i++) {
		const Setup *r = &setups[i];
		g_autofree char *pw =
		    r->password != NULL ? password_file(r->password, r->mode) : g_strdup("/nonexistent/pw");
		g_autoptr(GError) error = NULL;
		RnSite site = {
			.domain = (char *)r->domain,
			.submit = RN_SUBMIT_SMTP,
			.smtp_url = (char *)r->url,
			.smtp_tls = (int)r->tls,
			.smtp_user = (char *)r->user,
			.smtp_password_file = pw,
			.smtp_ca_file = (char *)"",
		};
		g_autoptr(RnTransport) t = rn_transport_new(&site, &error);

		g_test_message("%s: %s", r->name, error != NULL ? error->message : "fine");
		if ((t == NULL) != (r->error != NULL) ||
		    (t == NULL && strstr(error->message, r->error) == NULL))
			g_error("%s: %s", r->name, error != NULL ? error->message : "fine");
		if (t == NULL)
			g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
		g_unlink(pw);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/net/setup", test_setup);
	return g_test_run();
}
