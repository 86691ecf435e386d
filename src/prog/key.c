#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "core/engine.h"
#include "prog/prog.h"

static int
list_keys(const char *file, GError **error)
{
	g_autoptr(RnKeyRing) ring = rn_keyring_read(file, error);

	if (ring == NULL)
		return RN_EXIT_CONFIG;
	for (guint i = 0; i < rn_keyring_n(ring); i++) {
		g_autofree char *day = NULL;
		RnDay made;
		guint id;

		rn_keyring_at(ring, i, &id, &made);
		day = rn_day_iso(made);
		printf("%2u  made %s  %s\n", id, day,
		    i + 1 == rn_keyring_n(ring) ? "signs and verifies" : "verifies");
	}
	return RN_EXIT_OK;
}

static gboolean
retire(const char *file, const char *text, GError **error)
{
	char *end;
	gulong id = strtoul(text, &end, 10);

	if (*text == '\0' || *end != '\0' || id > 15) {
		g_set_error(error, RN_ERROR, RN_ERR_USAGE,
		    "\"%s\" is no key id; `rinnova key list` shows them (0..15)", text);
		return FALSE;
	}
	return rn_keyring_retire(file, (guint)id, error);
}

int
rn_cmd_key(int argc, char **argv)
{
	g_autofree char *config = NULL;
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	const char *file;
	guint id;

	if (!rn_options(&argc, &argv, NULL, &config))
		return RN_EXIT_USAGE;
	if (argc < 2) {
		fputs("rinnova: key: say list, rotate or retire ID\n", stderr);
		return RN_EXIT_USAGE;
	}
	if ((e = rn_engine_open(config, RN_NEED_SETTINGS, &error)) == NULL)
		return rn_complain("key", error);
	file = e->settings->site.key_file;
	if (strcmp(argv[1], "list") == 0 && argc == 2)
		list_keys(file, &error);
	else if (strcmp(argv[1], "rotate") == 0 && argc == 2) {
		if (rn_keyring_rotate(file, rn_day_of(rn_now(), e->settings->tz), &id, &error))
			printf(
			    "key %u signs from now on; restart lmtpd and courier, retire the old one when its letters have expired\n",
			    id);
	} else if (strcmp(argv[1], "retire") == 0 && argc == 3) {
		if (retire(file, argv[2], &error))
			printf(
			    "key %s is gone: tokens that it signed are bad from now on; restart lmtpd and courier\n",
			    argv[2]);
	} else
		g_set_error_literal(&error, RN_ERROR, RN_ERR_USAGE, "say list, rotate or retire ID");
	return error != NULL ? rn_complain("key", error) : RN_EXIT_OK;
}
