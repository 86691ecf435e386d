/* net_sendmail.c: letters handed to sendmail(1), by every end that it may have. */
#include <glib/gstdio.h>
#include <string.h>

#include "net/transport.h"

static char *folder;

/* A shell script of BODY in our folder; caller frees the path. */
static char *
script(const char *name, const char *body)
{
	char *path = g_build_filename(folder, name, NULL);
	g_autofree char *text = g_strdup_printf("#!/bin/sh\nd='%s'\n%s\n", folder, body);

	g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
	return path;
}

/* What a script left in file NAME of our folder, which is then removed; NULL if it is not there. */
static char *
left(const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	g_unlink(path);
	return text;
}

typedef struct {
	const char	*name, *body;
	RnSent		 want;
	const char	*why;
} Mailing;

static const Mailing mailings[] = {
	{ "taken", "cat >\"$d/letter\"; echo \"$*\" >\"$d/args\"", RN_SENT_OK, "exit 0" },
	{ "usage", "exit 64", RN_SENT_REFUSED, "exit 64" },
	{ "bad data", "exit 65", RN_SENT_REFUSED, "exit 65" },
	{ "no user", "echo 'user unknown' >&2; exit 67", RN_SENT_REFUSED, "exit 67: user unknown" },
	{ "no host", "exit 68", RN_SENT_REFUSED, "exit 68" },
	{ "unavailable", "exit 69", RN_SENT_REFUSED, "exit 69" },
	{ "no input", "exit 66", RN_SENT_LATER, "exit 66" },
	{ "bug", "exit 70", RN_SENT_LATER, "exit 70" },
	{ "system", "exit 71", RN_SENT_LATER, "exit 71" },
	{ "cannot create", "exit 73", RN_SENT_LATER, "exit 73" },
	{ "input or output", "exit 74", RN_SENT_LATER, "exit 74" },
	{ "later", "cat >/dev/null; exit 75", RN_SENT_LATER, "exit 75" },
	{ "protocol", "exit 76", RN_SENT_LATER, "exit 76" },
	{ "no permission", "exit 77", RN_SENT_LATER, "exit 77" },
	{ "configuration", "exit 78", RN_SENT_LATER, "exit 78" },
	{ "exit 1", "exit 1", RN_SENT_LATER, "exit 1" },
	{ "loader", "exit 127", RN_SENT_LATER, "exit 127" },
	{ "killed after the letter", "cat >/dev/null; kill -9 $$", RN_SENT_UNKNOWN, "signal 9" },
	{ "killed before the letter", "kill -9 $$", RN_SENT_LATER, "signal 9" },
	{ "killed in mid letter", "head -c 5 >/dev/null; kill -9 $$", RN_SENT_LATER, "signal 9" },
	{ "hangs after the letter", "cat >/dev/null; sleep 60", RN_SENT_UNKNOWN, "not done within its time" },
	{ "hangs before the letter", "sleep 60", RN_SENT_LATER, "not done within its time" },
};

static RnTransport *
sendmail_transport(const char *path)
{
	RnSite site = { .submit = RN_SUBMIT_SENDMAIL, .sendmail = (char *)path };
	g_autoptr(GError) error = NULL;
	RnTransport *t = rn_transport_new(&site, &error);

	g_assert_no_error(error);
	rn_transport_set_timeouts(t, 30, 30, 30);
	return t;
}

static void
test_sendmail(void)
{
	static const char letter[] = "Subject: prova\r\n\r\n.\r\nFrom qui\r\nfine\r\n";
	g_autoptr(GBytes) raw = g_bytes_new_static(letter, sizeof(letter) - 1);

	for (gsize i = 0; i < G_N_ELEMENTS(mailings); i++) {
		const Mailing *m = &mailings[i];
		g_autofree char *path = script("sendmail", m->body);
		g_autoptr(RnTransport) t = sendmail_transport(path);
		g_autofree char *why = NULL;
		RnSent got;

		if (g_str_has_prefix(m->name, "hangs"))
			rn_transport_set_timeouts(t, 2, 2, 2);
		got =
		    rn_transport_send(t, i % 2 == 0 ? "" : "a@b.example", "m.rossi@posta.example", raw, &why);

		g_test_message("%s: %d, %s", m->name, got, why);
		if (got != m->want || strstr(why, m->why) == NULL)
			g_error("%s: got %d, wanted %d; why: %s", m->name, got, m->want, why);
		if (i == 0) {
			g_autofree char *text = left("letter");
			g_autofree char *args = left("args");

			g_assert_cmpstr(text, ==, "Subject: prova\n\n.\nFrom qui\nfine\n");
			g_assert_cmpstr(args, ==, "-i -f <> -- m.rossi@posta.example\n");
		}
		g_unlink(path);
	}
}

static void
test_sendmail_missing(void)
{
	g_autoptr(GBytes) raw = g_bytes_new_static("a\r\n", 3);
	g_autoptr(RnTransport) t = sendmail_transport("/nonexistent/sendmail");
	RnSite relative = { .submit = RN_SUBMIT_SENDMAIL, .sendmail = (char *)"sendmail" };
	g_autoptr(GError) error = NULL;
	g_autofree char *why = NULL;

	g_assert_cmpint(rn_transport_send(t, "", "m@x.example", raw, &why), ==, RN_SENT_LATER);
	g_assert_nonnull(strstr(why, "/nonexistent/sendmail"));
	g_assert_null(rn_transport_new(&relative, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
}

int
main(int argc, char **argv)
{
	int status;

	g_test_init(&argc, &argv, NULL);
	folder = g_dir_make_tmp("rinnova-sendmail-XXXXXX", NULL);
	g_assert_nonnull(folder);
	g_test_add_func("/net/sendmail/ends", test_sendmail);
	g_test_add_func("/net/sendmail/missing", test_sendmail_missing);
	status = g_test_run();
	if (status == 0)
		g_assert_cmpint(g_rmdir(folder), ==, 0);
	g_free(folder);
	return status;
}
