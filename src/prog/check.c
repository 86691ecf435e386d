#include <stdio.h>

#include "core/desk.h"
#include "prog/prog.h"

/* One line of the report: ok or FAIL, what, and the one thing to do. */
static gboolean
report(gboolean ok, const char *what, const char *detail, GError **error)
{
	printf("%-5s %-14s %s\n", ok ? "ok" : "FAIL", what, ok ? detail : (*error)->message);
	g_clear_error(error);
	return ok;
}

static gboolean
check_keys(const RnSite *site)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnKeyRing) ring = rn_keyring_read(site->key_file, &error);

	return report(ring != NULL, "token keys", site->key_file, &error);
}

static gboolean
check_letters(const RnSite *site)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnLetters) letters = rn_letters_load(site->templates, &error);

	return report(letters != NULL, "letters", site->templates, &error);
}

static gboolean
check_store(const RnSite *site)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnStore) store = rn_store_open(site->store, TRUE, &error);
	g_autofree char *detail =
	    g_strdup_printf("%s, schema %d", site->store, store != NULL ? rn_store_schema(store) : 0);

	return report(store != NULL && rn_store_check(store, &error), "store", detail, &error);
}

static gboolean
check_conventions(const RnSettings *s)
{
	gboolean ok = TRUE;

	for (guint i = 0; i < s->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(s->conventions, i);
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) contracts = rn_desk_contracts(c, &error);
		g_autofree char *detail = g_strdup_printf("%s, %u contracts, %d months, paid by %s", c->id,
		    contracts != NULL ? contracts->len : 0, c->term, c->payer);

		ok &= report(contracts != NULL, "convention", detail, &error);
	}
	return ok;
}

static void
warn_auth(const RnSite *site)
{
	if (*site->authserv_id == '\0')
		puts(
		    "warn  authserv-id    not set: no result of your mail server is trusted, so no sender is ever better than low");
}

int
rn_cmd_check(int argc, char **argv)
{
	g_autofree char *config = NULL;
	g_autoptr(RnSettings) s = NULL;
	g_autoptr(GError) error = NULL;
	gboolean ok = TRUE;

	if (!rn_options(&argc, &argv, NULL, &config))
		return RN_EXIT_USAGE;
	s = rn_settings_read(config, &error);
	if (!report(s != NULL, "configuration", config, &error))
		return RN_EXIT_CONFIG;
	ok &= check_keys(&s->site);
	ok &= check_letters(&s->site);
	ok &= check_store(&s->site);
	ok &= check_conventions(s);
	warn_auth(&s->site);
	return ok ? RN_EXIT_OK : RN_EXIT_FAILED;
}
