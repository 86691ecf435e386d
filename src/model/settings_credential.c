/* settings_credential.c: secrets that the service manager hands over. */
#include "model/settings_check.h"

/* The file NAME of the credentials takes the place of *PATH, which is called NAME as well. */
static void
take(const char *folder, char **path)
{
	g_autofree char *name = NULL, *handed = NULL;

	if (*path == NULL || **path != '/')
		return;
	name = g_path_get_basename(*path);
	handed = g_build_filename(folder, name, NULL);
	if (!g_file_test(handed, G_FILE_TEST_IS_REGULAR))
		return;
	g_free(*path);
	*path = g_steal_pointer(&handed);
}

void
rn_settings_credentials(RnSettings *s)
{
	const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
	RnSite *site = &s->site;

	if (folder == NULL || *folder != '/')
		return;
	take(folder, &site->key_file);
	take(folder, &site->smtp_password_file);
	take(folder, &site->evidence_key);
	for (char **key = site->keep_keys; key != NULL && *key != NULL; key++)
		take(folder, key);
	for (guint i = 0; i < s->conventions->len; i++) {
		RnConvention *c = g_ptr_array_index(s->conventions, i);

		take(folder, &c->provider_password_file);
		take(folder, &c->provider_secret_file);
	}
}
