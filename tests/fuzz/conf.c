/* A key file of any bytes: read or refused with a word, and nothing leaks. */
#include "base/conf.h"

#include <stdint.h>

typedef struct {
	char	*text, *path, *addr;
	gboolean on;
	int	 port, wait, steps;
	gint64	 price, size;
	GArray	*days;
	char   **files;
} Site;

#define AT(member) G_STRUCT_OFFSET(Site, member)

static const RnConfKey keys[] = {
	{ "site", "text", RN_CONF_TEXT, AT(text), "", 0, 0, NULL },
	{ "site", "path", RN_CONF_PATH, AT(path), "", 0, 0, NULL },
	{ "site", "address", RN_CONF_ADDR, AT(addr), "", 0, 0, NULL },
	{ "site", "on", RN_CONF_BOOL, AT(on), "no", 0, 0, NULL },
	{ "site", "port", RN_CONF_INT, AT(port), "25", 1, 65535, NULL },
	{ "site", "price", RN_CONF_MONEY, AT(price), "0", 0, 0, NULL },
	{ "site", "size", RN_CONF_BYTES, AT(size), "1", 0, 0, NULL },
	{ "site", "wait", RN_CONF_TIME, AT(wait), "0", 0, 0, NULL },
	{ "site", "days", RN_CONF_INTS, AT(days), "", 0, 365, NULL },
	{ "site", "files", RN_CONF_LIST, AT(files), "", 0, 0, NULL },
	{ "site", "steps", RN_CONF_WORD, AT(steps), "one", 0, 0, "one|two" },
	{ "convention *", "name", RN_CONF_TEXT, AT(text), NULL, 0, 0, NULL },
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) strangers = NULL;
	g_autoptr(GError) wrong = NULL;
	g_autoptr(RnConf) conf = rn_conf_from_text(text, "fuzz.conf", &error);
	g_auto(GStrv) names = NULL;
	Site site;

	g_assert_true((conf == NULL) == (error != NULL));
	if (conf == NULL)
		return 0;
	names = rn_conf_names(conf, "convention");
	g_assert_true(
	    rn_conf_no_strangers(conf, keys, G_N_ELEMENTS(keys), &strangers) == (strangers == NULL));
	if (rn_conf_fill(conf, "site", "site", keys, G_N_ELEMENTS(keys), &site, &wrong)) {
		g_assert_true(site.port >= 1 && site.port <= 65535 && site.price >= 0 && site.size >= 0);
		g_assert_true(site.path[0] == '/' || site.path[0] == '\0');
	} else {
		g_assert_error(wrong, RN_ERROR, RN_ERR_CONFIG);
	}
	rn_conf_clear("site", keys, G_N_ELEMENTS(keys), &site);
	return 0;
}
