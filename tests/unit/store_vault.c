/* store_vault: bytes at rest: what goes in comes out, and nothing else. */
#include "store/vault.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* A key file in a folder of its own; caller frees and removes both. */
static char *
key_file(const char *folder, const char *name)
{
	char *file = g_build_filename(folder, name, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(rn_vault_key_create(file, &error));
	g_assert_no_error(error);
	return file;
}

static RnVault *
vault_of(const char *first, const char *second)
{
	char *files[] = { (char *)first, (char *)second, NULL };
	g_autoptr(GError) error = NULL;
	RnVault *v = rn_vault_read("keep.key-files", files, &error);

	g_assert_no_error(error);
	return v;
}

static GBytes *
bytes(const char *text)
{
	return g_bytes_new(text, strlen(text));
}

static void
test_round(void)
{
	g_autofree char *folder = g_dir_make_tmp("rinnova-vault-XXXXXX", NULL);
	g_autofree char *one = key_file(folder, "one"), *two = key_file(folder, "two");
	g_autoptr(RnVault) old = vault_of(one, NULL), both = vault_of(two, one), new = vault_of(two, NULL);
	g_autoptr(GBytes) plain = bytes("carta di identita"),
	                  kept = rn_vault_seal(old, "document", "ab", plain);
	g_autoptr(GBytes) again = rn_vault_seal(old, "document", "ab", plain);
	g_autoptr(GBytes) back = rn_vault_open(both, "document", "ab", kept, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(g_strstr_len(g_bytes_get_data(kept, NULL), (gssize)g_bytes_get_size(kept), "carta"));
	g_assert_false(g_bytes_equal(kept, again));
	g_assert_true(g_bytes_equal(back, plain));
	g_assert_true(rn_vault_current(old, kept));
	g_assert_false(rn_vault_current(both, kept));
	g_assert_false(rn_vault_current(both, plain));
	g_assert_null(rn_vault_open(new, "document", "ab", kept, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_clear_error(&error);
	g_assert_null(rn_vault_open(NULL, "document", "ab", kept, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_remove(one);
	g_remove(two);
	g_rmdir(folder);
}

/* Every byte counts, and the row it belongs to. */
static void
test_changed(void)
{
	g_autofree char *folder = g_dir_make_tmp("rinnova-vault-XXXXXX", NULL),
	                *one = key_file(folder, "one");
	g_autoptr(RnVault) v = vault_of(one, NULL);
	g_autoptr(GBytes) plain = bytes("x y z"), kept = rn_vault_seal(v, "mail", "ab", plain);
	gsize len = g_bytes_get_size(kept);
	const char *other[][2] = { { "mail", "ac" }, { "document", "ab" }, { "maila", "b" } };

	for (gsize i = 5; i < len; i++) {	/* before that it is no sealed text at all */
		guint8 *copy = g_memdup2(g_bytes_get_data(kept, NULL), len);
		g_autoptr(GBytes) bad = NULL;
		g_autoptr(GError) error = NULL;

		copy[i] ^= 1;
		bad = g_bytes_new_take(copy, len);
		g_assert_null(rn_vault_open(v, "mail", "ab", bad, &error));
		g_assert_error(error, RN_ERROR, (i < 9 ? RN_ERR_CONFIG : RN_ERR_STORE));
	}
	for (gsize n = 5; n < len; n++) {
		g_autoptr(GBytes) cut = g_bytes_new_from_bytes(kept, 0, n);
		g_autoptr(GError) error = NULL;

		g_assert_null(rn_vault_open(v, "mail", "ab", cut, &error));
		g_assert_error(error, RN_ERROR, RN_ERR_STORE);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(other); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(rn_vault_open(v, other[i][0], other[i][1], kept, &error));
		g_assert_error(error, RN_ERROR, RN_ERR_STORE);
	}
	g_remove(one);
	g_rmdir(folder);
}

/* Without a key all is in the clear; what only looks sealed comes back as it was. */
static void
test_clear(void)
{
	static const char looks[] = "\0RNV1abcdefghijklmnopqrstuvwxyz0123456789", marked[] = "\0RNP1x";
	g_autoptr(GBytes) a = bytes("From: a"), b = g_bytes_new(looks, sizeof(looks)),
	                  c = g_bytes_new(marked, sizeof(marked)), none = g_bytes_new(NULL, 0);
	GBytes *rows[] = { a, b, c, none };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) kept = rn_vault_seal(NULL, "mail", "x", rows[i]);
		g_autoptr(GBytes) back = rn_vault_open(NULL, "mail", "x", kept, NULL);

		g_assert_true(g_bytes_equal(back, rows[i]));
	}
	g_assert_null(rn_vault_seal(NULL, "mail", "x", NULL));
	g_assert_null(rn_vault_open(NULL, "mail", "x", NULL, NULL));
}

static void
test_files(void)
{
	g_autofree char *folder = g_dir_make_tmp("rinnova-vault-XXXXXX", NULL),
	                *one = key_file(folder, "one");
	g_autofree char *text = NULL;
	char *files[] = { one, NULL }, *none[] = { NULL };
	g_autoptr(GError) error = NULL;
	struct stat st;

	g_assert_cmpint(stat(one, &st), ==, 0);
	g_assert_cmpint(st.st_mode & 07777, ==, 0600);
	g_assert_true(g_file_get_contents(one, &text, NULL, NULL));
	g_assert_cmpuint(strlen(text), ==, 65);
	g_assert_false(rn_vault_key_create(one, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_STATE);
	g_clear_error(&error);
	g_assert_null(rn_vault_read("keep.key-files", none, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_set_contents(one, "0123\n", -1, NULL));
	g_assert_cmpint(chmod(one, 0600), ==, 0);
	g_assert_null(rn_vault_read("keep.key-files", files, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
	g_assert_nonnull(strstr(error->message, "64 hexadecimal digits"));
	g_remove(one);
	g_rmdir(folder);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vault/round", test_round);
	g_test_add_func("/vault/changed", test_changed);
	g_test_add_func("/vault/clear", test_clear);
	g_test_add_func("/vault/files", test_files);
	return g_test_run();
}
