/* base_conf: what a key file may say, and that every error names file, line, key and what is allowed. */
#include "base/conf.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
	char		*text;
	char		*path;
	char		*addr;
	gboolean	 on;
	int		 port;
	gint64		 price;
	gint64		 size;
	int		 wait;
	GArray		*days;
	char		**files;
	int		 steps;
} Site;

typedef struct {
	char	*name;
	int	 term;
} Convention;

/* clang-format off */
#define SITE(key, type, member, fallback, min, max, allowed) \
	{ "site", key, type, G_STRUCT_OFFSET(Site, member), fallback, min, max, allowed }
/* clang-format on */

static const RnConfKey keys[] = {
	SITE("text", RN_CONF_TEXT, text, "nothing said", 0, 0, NULL),
	SITE("path", RN_CONF_PATH, path, "/var/lib", 0, 0, NULL),
	SITE("address", RN_CONF_ADDR, addr, "", 0, 0, NULL),
	SITE("on", RN_CONF_BOOL, on, "yes", 0, 0, NULL),
	SITE("port", RN_CONF_INT, port, "25", 1, 65535, NULL),
	SITE("price", RN_CONF_MONEY, price, "12,20", 0, 0, NULL),
	SITE("size", RN_CONF_BYTES, size, "10M", 0, 0, NULL),
	SITE("wait", RN_CONF_TIME, wait, "5m", 0, 0, NULL),
	SITE("days", RN_CONF_INTS, days, "90,60,30", 0, 365, NULL),
	SITE("files", RN_CONF_LIST, files, "a;b", 0, 0, NULL),
	SITE("steps", RN_CONF_WORD, steps, "two", 0, 0, "one|two"),
	{ "convention *", "name", RN_CONF_TEXT, G_STRUCT_OFFSET(Convention, name), NULL, 0, 0, "the name in letters" },
	{ "convention *", "term", RN_CONF_INT, G_STRUCT_OFFSET(Convention, term), "12", 1, 120, NULL },
};
#define N_KEYS G_N_ELEMENTS(keys)

static void
test_defaults(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnConf) conf = rn_conf_from_text("", "t.conf", &error);
	Site site;

	g_assert_no_error(error);
	g_assert_true(rn_conf_fill(conf, "site", "site", keys, N_KEYS, &site, &error));
	g_assert_cmpstr(site.text, ==, "nothing said");
	g_assert_cmpstr(site.path, ==, "/var/lib");
	g_assert_cmpstr(site.addr, ==, "");
	g_assert_true(site.on);
	g_assert_cmpint(site.port, ==, 25);
	g_assert_cmpint(site.price, ==, 1220);
	g_assert_cmpint(site.size, ==, 10 << 20);
	g_assert_cmpint(site.wait, ==, 300);
	g_assert_cmpuint(site.days->len, ==, 3);
	g_assert_cmpint(g_array_index(site.days, int, 2), ==, 30);
	g_assert_cmpuint(g_strv_length(site.files), ==, 2);
	g_assert_cmpint(site.steps, ==, 1);
	rn_conf_clear("site", keys, N_KEYS, &site);
	g_assert_null(site.text);
	g_assert_null(site.days);
	rn_conf_clear("site", keys, N_KEYS, &site);
}

/* clang-format off */
static const char full[] =
    "\xef\xbb\xbf# a comment\r\n"
    "[site]\r\n"
    "text =  caff\xc3\xa8\\s\r\n"
    "\tpath=/srv/a b\r\n"
    "address = posta@ordine.example\r\n"
    "on = NO\r\n"
    "port=65535\r\n"
    "price = 7.5\r\n"
    "size = 512\r\n"
    "wait = 4d\r\n"
    "days = 7, 1 ,0\r\n"
    "files = x y ; z\\;z;;\r\n"
    "steps = one\r\n"
    "[convention fnomceo]\r\n"
    "name=Ordine\r\n"
    "\r\n"
    "[convention two words]\r\n"
    "name=Altro\r\n"
    "term=24";
/* clang-format on */

static void
test_values(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnConf) conf = rn_conf_from_text(full, "t.conf", &error);
	Site site;

	g_assert_no_error(error);
	g_assert_true(rn_conf_no_strangers(conf, keys, N_KEYS, &error));
	g_assert_true(rn_conf_fill(conf, "site", "site", keys, N_KEYS, &site, &error));
	g_assert_cmpstr(site.text, ==, "caff\xc3\xa8 ");
	g_assert_cmpstr(site.path, ==, "/srv/a b");
	g_assert_cmpstr(site.addr, ==, "posta@ordine.example");
	g_assert_false(site.on);
	g_assert_cmpint(site.port, ==, 65535);
	g_assert_cmpint(site.price, ==, 750);
	g_assert_cmpint(site.size, ==, 512);
	g_assert_cmpint(site.wait, ==, 4 * 86400);
	g_assert_cmpint(g_array_index(site.days, int, 2), ==, 0);
	g_assert_cmpuint(g_strv_length(site.files), ==, 2);
	g_assert_cmpstr(site.files[0], ==, "x y");
	g_assert_cmpstr(site.files[1], ==, "z;z");
	g_assert_cmpint(site.steps, ==, 0);
	rn_conf_clear("site", keys, N_KEYS, &site);
	g_assert_cmpuint(rn_conf_line(conf, "site", "days"), ==, 11);
	g_assert_cmpuint(rn_conf_line(conf, "site", "nix"), ==, 0);
}

static void
test_names(void)
{
	g_autoptr(RnConf) conf = rn_conf_from_text(full, "t.conf", NULL);
	g_auto(GStrv) names = rn_conf_names(conf, "convention");
	Convention c;

	g_assert_cmpuint(g_strv_length(names), ==, 2);
	g_assert_cmpstr(names[0], ==, "fnomceo");
	g_assert_cmpstr(names[1], ==, "two words");
	g_assert_true(rn_conf_fill(conf, "convention two words", "convention *", keys, N_KEYS, &c, NULL));
	g_assert_cmpstr(c.name, ==, "Altro");
	g_assert_cmpint(c.term, ==, 24);
	rn_conf_clear("convention *", keys, N_KEYS, &c);
}

/* Everything that may be wrong in [site] or [convention x]: where, and words that the error must hold. */
static void
test_errors(void)
{
	static const struct {
		const char	*text;
		const char	*want[4];
	} rows[] = {
		{ "[site]\n\nport = 0", { "t.conf:3: ", "[site] port = 0", "1 to 65535" } },
		{ "[site]\nport = 65536", { "t.conf:2: ", "port", "65535" } },
		{ "[site]\nport = 25 # smtp", { "t.conf:2: ", "port", "whole number" } },
		{ "[site]\nport =", { "t.conf:2: ", "port", "whole number" } },
		{ "[site]\nport = 99999999999999999999", { "t.conf:2: ", "port" } },
		{ "[site]\npath = var/lib", { "t.conf:2: ", "path", "absolute path" } },
		{ "[site]\naddress = posta", { "t.conf:2: ", "address", "mail address" } },
		{ "[site]\naddress = a@b.example, c@d.example", { "t.conf:2: ", "mail address" } },
		{ "[site]\non = maybe", { "t.conf:2: ", "on = maybe", "yes, no" } },
		{ "[site]\nprice = 12,205", { "t.conf:2: ", "price", "12,20" } },
		{ "[site]\nprice = -1", { "t.conf:2: ", "price" } },
		{ "[site]\nprice = 12,", { "t.conf:2: ", "price" } },
		{ "[site]\nprice = 1.000,00", { "t.conf:2: ", "price" } },
		{ "[site]\nprice = 9999999999", { "t.conf:2: ", "price" } },
		{ "[site]\nsize = 10X", { "t.conf:2: ", "size", "64k" } },
		{ "[site]\nsize = 10MB", { "t.conf:2: ", "size" } },
		{ "[site]\nsize = 999999999999999G", { "t.conf:2: ", "size" } },
		{ "[site]\nwait = 5", { "t.conf:2: ", "wait", "5m" } },
		{ "[site]\nwait = m", { "t.conf:2: ", "wait" } },
		{ "[site]\nwait = 9999999d", { "t.conf:2: ", "wait" } },
		{ "[site]\ndays = 90;60", { "t.conf:2: ", "days", "commas", "0 to 365" } },
		{ "[site]\ndays = 90,,60", { "t.conf:2: ", "days" } },
		{ "[site]\ndays = 366", { "t.conf:2: ", "days", "365" } },
		{ "[site]\nsteps = three", { "t.conf:2: ", "steps = three", "one|two" } },
		{ "[site]\ntext = a\\qb", { "t.conf:2: ", "text" } },
		{ "[convention x]\nterm = 12", { "t.conf:1: ", "convention x", "\"name\"", "the name in letters" } },
		{ "[site]\nprt = 25", { "t.conf:2: ", "\"prt\"", "port" } },
		{ "[site]\nport=1\n[sites]", { "t.conf:3: ", "[sites]", "site" } },
		{ "[convention ]\nname = x", { "t.conf:1: ", "convention", "convention *" } },
		{ "[site]\nport = 25\nPort = 26", { "t.conf:3: ", "\"Port\"", "port" } },
		{ "[site]\nport = 1\n# x\nport = 2", { "t.conf:4: ", "\"port\"", "line 2" } },
		{ "[site]\n[convention x]\nname=a\n[site]", { "t.conf:4: ", "[site]", "line 1" } },
		{ "port = 1", { "t.conf:1: ", "[section]" } },
		{ "[site]\njust words", { "t.conf:2: ", "no key", "key = value" } },
		{ "[site]\n= 5", { "t.conf:2: ", "key = value" } },
		{ "[site", { "t.conf:1: ", "[name]" } },
		{ "[]", { "t.conf:1: ", "[name]" } },
		{ "[site] x", { "t.conf:1: ", "[name]" } },
		{ "[site]\ntext[it] = x", { "t.conf:2: ", "letters, digits" } },
		{ "[site]\ntext = \x01", { "t.conf:2: ", "control character" } },
		{ "[site]\ntext = caff\xe8", { "t.conf:2: ", "UTF-8" } },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(RnConf) conf = rn_conf_from_text(rows[i].text, "t.conf", &error);
		Site site = { 0 };
		Convention convention = { 0 };

		g_test_message("row %zu: %s", i, rows[i].text);
		if (conf != NULL && rn_conf_no_strangers(conf, keys, N_KEYS, &error) &&
		    rn_conf_fill(conf, "site", "site", keys, N_KEYS, &site, &error))
			g_assert_false(rn_conf_fill(
			    conf, "convention x", "convention *", keys, N_KEYS, &convention, &error));
		g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
		g_test_message("error: %s", error->message);
		for (gsize w = 0; w < G_N_ELEMENTS(rows[i].want) && rows[i].want[w] != NULL; w++)
			g_assert_nonnull(strstr(error->message, rows[i].want[w]));
		rn_conf_clear("site", keys, N_KEYS, &site);
	}
}

static void
test_read(void)
{
	g_autoptr(GError) missing = NULL;
	g_autoptr(GError) nul = NULL;
	g_autofree char *dir = g_dir_make_tmp("rinnova-conf-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "rinnova.conf", NULL);
	g_autoptr(RnConf) conf = NULL;

	g_assert_null(rn_conf_read(file, &missing));
	g_assert_error(missing, RN_ERROR, RN_ERR_CONFIG);
	g_assert_nonnull(strstr(missing->message, file));
	g_assert_true(g_file_set_contents(file, "[site]\nport=1\0", 14, NULL));
	g_assert_null(rn_conf_read(file, &nul));
	g_assert_error(nul, RN_ERROR, RN_ERR_CONFIG);
	g_assert_true(g_file_set_contents(file, "[site]\nport=1\n", -1, NULL));
	conf = rn_conf_read(file, NULL);
	g_assert_nonnull(conf);
	g_remove(file);
	g_rmdir(dir);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/conf/defaults", test_defaults);
	g_test_add_func("/base/conf/values", test_values);
	g_test_add_func("/base/conf/names", test_names);
	g_test_add_func("/base/conf/errors", test_errors);
	g_test_add_func("/base/conf/read", test_read);
	return g_test_run();
}
