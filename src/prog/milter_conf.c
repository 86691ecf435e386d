#include "prog/milter_conf.h"

#include <sys/stat.h>

/* One line in both languages; libmilter takes '%' for a format, so that stands twice. */
static char *
sentence(const char *address)
{
	g_autofree char *whole = g_strdup_printf(
	    "Codice non valido: risponda di nuovo alla nostra lettera, o scriva a %s dal suo indirizzo di "
	    "riferimento / Not a valid code: answer our letter again, or write to %s from your reference "
	    "address",
	    address, address);
	g_auto(GStrv) parts = g_strsplit(whole, "%", -1);

	return g_strjoinv("%%", parts);
}

/* The epoch if there is no FILE. */
static struct timespec
written(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 ? st.st_mtim : (struct timespec){ 0 };
}

RnMilterConf *
rn_milter_conf_read(const char *file, GError **error)
{
	g_autoptr(RnMilterConf) c = g_new0(RnMilterConf, 1);
	g_autofree char *address = NULL;

	c->refs = 1;
	c->settings = rn_settings_read(file, error);
	if (c->settings == NULL)
		return NULL;
	c->written = written(c->settings->site.key_file);
	c->ring = rn_keyring_read(c->settings->site.key_file, error);
	if (c->ring == NULL)
		return NULL;
	address = rn_token_address(&c->settings->site, NULL);
	c->refusal = sentence(address);
	return g_steal_pointer(&c);
}

gboolean
rn_milter_conf_stale(const RnMilterConf *c)
{
	struct timespec now = written(c->settings->site.key_file);

	return now.tv_sec != c->written.tv_sec || now.tv_nsec != c->written.tv_nsec;
}

RnMilterConf *
rn_milter_conf_ref(RnMilterConf *c)
{
	g_atomic_int_inc(&c->refs);
	return c;
}

void
rn_milter_conf_unref(RnMilterConf *c)
{
	if (c == NULL || !g_atomic_int_dec_and_test(&c->refs))
		return;
	g_clear_pointer(&c->settings, rn_settings_free);
	g_clear_pointer(&c->ring, rn_keyring_free);
	g_free(c->refusal);
	g_free(c);
}
