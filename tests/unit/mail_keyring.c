/* mail_keyring: the file of token keys. */
#include "mail/keyring.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define K1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define DAY (rn_day_from_ymd(2026, 11, 24))

static void
test_parse(void)
{
	static const struct {
		const char	*text;
		guint		 n;	/* keys; 0 = refused */
		const char	*says;
	} rows[] = {
		{ "0 " K1 " 2026-01-01\n", 1, NULL },
		{ "# x\n\n  15\t" K1 "  2026-01-01\r\n0 " K1 " 2026-01-02", 2, NULL },
		{ "", 0, "no key" },
		{ "# only this\n", 0, "no key" },
		{ "0 " K1 "\n", 0, "keys:1: a line is" },
		{ "\n0 " K1 " 2026-01-01 x\n", 0, "keys:2: a line is" },
		{ "16 " K1 " 2026-01-01\n", 0, "0 to 15" },
		{ "-1 " K1 " 2026-01-01\n", 0, "0 to 15" },
		{ "x " K1 " 2026-01-01\n", 0, "0 to 15" },
		{ "0 " K1 "0 2026-01-01\n", 0, "64 hexadecimal" },
		{ "0 x" K1 " 2026-01-01\n", 0, "64 hexadecimal" },
		{ "0 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01\n", 0, "64 hexadecimal" },
		{ "0 " K1 " 2026-02-30\n", 0, "YYYY-MM-DD" },
		{ "0 " K1 " 01/01/2026\n", 0, "YYYY-MM-DD" },
		{ "0 " K1 " 2026-01-01\n00 " K1 " 2026-01-01\n", 0, "keys:2: this id" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(RnKeyRing) ring = rn_keyring_parse(rows[i].text, "keys", &error);

		g_test_message("row %zu: %s", i, error != NULL ? error->message : "read");
		g_assert_cmpuint(ring != NULL ? rn_keyring_n(ring) : 0, ==, rows[i].n);
		if (ring != NULL)
			continue;
		g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
		g_assert_nonnull(strstr(error->message, rows[i].says));
		g_assert_null(strstr(error->message, "0102030405"));	/* never a key in an error */
	}
}

/* Runs PART in a folder of its own, which must hold nothing but the key file afterwards. */
static void
in_folder(void (*part)(const char *file))
{
	g_autofree char *dir = g_dir_make_tmp("rinnova-keys-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "token.key", NULL);
	g_autoptr(GDir) left = NULL;
	const char *name;

	g_assert_nonnull(dir);
	part(file);
	left = g_dir_open(dir, 0, NULL);
	while ((name = g_dir_read_name(left)) != NULL)
		g_assert_cmpstr(name, ==, "token.key");
	g_unlink(file);
	g_assert_cmpint(g_rmdir(dir), ==, 0);
}

static guint
ids(const char *file, guint *all)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnKeyRing) ring = rn_keyring_read(file, &error);
	guint id = 0;
	RnDay made;

	g_assert_no_error(error);
	*all = 0;
	for (guint i = 0; i < rn_keyring_n(ring); i++) {
		rn_keyring_at(ring, i, &id, &made);
		*all |= 1u << id;
	}
	return id;	/* the one that signs */
}

static void
life(const char *file)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnKeyRing) ring = NULL;
	g_autofree char *token = NULL;
	RnToken t = { .purpose = RN_PURPOSE_RENEW, .period = 1, .last_day = DAY };
	struct stat st;
	guint id, all;

	g_assert_null(rn_keyring_read(file, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_clear_error(&error);
	g_assert_true(rn_keyring_create(file, DAY, &error));
	g_assert_cmpint(stat(file, &st), ==, 0);
	g_assert_cmpuint(st.st_mode & 07777, ==, 0600);
	g_assert_cmpuint(ids(file, &all), ==, 0);
	ring = rn_keyring_read(file, &error);
	token = rn_token_mint(ring, &t, "x.example");
	g_assert_false(rn_keyring_create(file, DAY, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_STATE);
	g_clear_error(&error);
	/* rotation keeps mode and old keys */
	g_assert_cmpint(chmod(file, 0640), ==, 0);
	for (guint i = 1; i < RN_KEYS_MAX; i++) {
		g_assert_true(rn_keyring_rotate(file, DAY, &id, &error));
		g_assert_cmpuint(id, ==, i);
		g_assert_cmpuint(ids(file, &all), ==, i);
	}
	g_assert_cmpint(stat(file, &st), ==, 0);
	g_assert_cmpuint(st.st_mode & 07777, ==, 0640);
	g_clear_pointer(&ring, rn_keyring_free);
	ring = rn_keyring_read(file, &error);
	g_assert_cmpint(rn_token_check(ring, token, "x.example", DAY, &t), ==, RN_TOKEN_GOOD);
	g_assert_false(rn_keyring_rotate(file, DAY, &id, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_STATE);
	g_clear_error(&error);
	/* retirement */
	g_assert_false(rn_keyring_retire(file, 15, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_STATE);
	g_clear_error(&error);
	g_assert_true(rn_keyring_retire(file, 0, &error));
	g_assert_true(rn_keyring_retire(file, 7, &error));
	g_assert_cmpuint(ids(file, &all), ==, 15);
	g_assert_cmphex(all, ==, 0xff7e);
	g_assert_false(rn_keyring_retire(file, 7, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_NOT_FOUND);
	g_clear_error(&error);
	g_clear_pointer(&ring, rn_keyring_free);
	ring = rn_keyring_read(file, &error);
	g_assert_cmpint(rn_token_check(ring, token, "x.example", DAY, &t), ==, RN_TOKEN_UNKNOWN_KEY);
	g_assert_true(rn_keyring_rotate(file, DAY, &id, &error));
	g_assert_cmpuint(id, ==, 0);
}

static void
rights(const char *file)
{
	static const struct {
		guint		mode;
		gboolean	fine;
	} rows[] = {
		{ 0600, TRUE }, { 0640, TRUE }, { 0400, TRUE }, { 0440, TRUE }, { 0644, FALSE }, { 0660, FALSE },
		{ 0700, FALSE }, { 0604, FALSE }, { 0620, FALSE }, { 04600, FALSE }, { 0777, FALSE },
	};

	g_assert_true(rn_keyring_create(file, DAY, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(RnKeyRing) ring = NULL;

		g_test_message("mode %04o", rows[i].mode);
		g_assert_cmpint(chmod(file, rows[i].mode), ==, 0);
		ring = rn_keyring_read(file, &error);
		g_assert_cmpint(ring != NULL, ==, rows[i].fine);
		if (!rows[i].fine)
			g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	}
}

static void
odd_files(const char *file)
{
	g_autofree char *dir = g_path_get_dirname(file);
	g_autofree char *away = g_build_filename(dir, "none", "token.key", NULL);
	g_autofree char *big = g_strnfill(20000, '#');
	g_autoptr(GError) error = NULL;

	g_assert_null(rn_keyring_read(dir, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_clear_error(&error);
	g_assert_false(rn_keyring_create(away, DAY, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_clear_error(&error);
	g_assert_true(g_file_set_contents_full(file, big, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	g_assert_null(rn_keyring_read(file, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_clear_error(&error);
	g_assert_true(g_file_set_contents_full(file, "0 \0 x", 5, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
	g_assert_false(rn_keyring_rotate(file, DAY, NULL, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
}

static void
test_life(void)
{
	in_folder(life);
}

static void
test_rights(void)
{
	in_folder(rights);
}

static void
test_odd_files(void)
{
	in_folder(odd_files);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/keyring/parse", test_parse);
	g_test_add_func("/mail/keyring/life", test_life);
	g_test_add_func("/mail/keyring/rights", test_rights);
	g_test_add_func("/mail/keyring/odd-files", test_odd_files);
	return g_test_run();
}
