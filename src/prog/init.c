#include <stdio.h>

#include "base/world.h"
#include "core/engine.h"
#include "prog/prog.h"

/* Each part is made if it is missing and left alone if it is there: init may be run again. */
static gboolean
one_part(gboolean ok, GError **error, const char *what, const char *where)
{
	if (!ok && !g_error_matches(*error, RN_ERROR, RN_ERR_STATE))
		return FALSE;
	printf("%-10s %s: %s\n", what, where, ok ? "made" : "is there already, left as it is");
	g_clear_error(error);
	return TRUE;
}

int
rn_cmd_init(int argc, char **argv)
{
	g_autofree char *config = NULL;
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	const RnSite *site;

	if (!rn_options(&argc, &argv, NULL, &config))
		return RN_EXIT_USAGE;
	if ((e = rn_engine_open(config, RN_NEED_SETTINGS, &error)) == NULL)
		return rn_complain("init", error);
	site = &e->settings->site;
	if (!one_part(rn_keyring_create(site->key_file, rn_day_of(rn_now(), e->settings->tz), &error), &error,
	        "token key", site->key_file) ||
	    !one_part(rn_store_create(site->store, &error), &error, "store", site->store))
		return rn_complain("init", error);
	puts("next: rinnova check, then rinnova import FILE.csv");
	return RN_EXIT_OK;
}
