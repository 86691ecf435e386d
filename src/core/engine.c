#include "core/engine.h"

#include "base/log.h"
#include "core/writer.h"

static RnSettings *
settings_bare(const char *domain)
{
	RnSettings *s = g_new0(RnSettings, 1);

	s->file = g_strdup("none");
	s->site.domain = g_strdup(domain != NULL ? domain : "invalid");
	s->site.localpart = g_strdup("rinnovo");
	s->site.delimiter = g_strdup("+");
	s->site.authserv_id = g_strdup("");
	s->site.parse_seconds = 10;
	s->site.parsers = 1;
	s->conventions = g_ptr_array_new();
	s->tz = g_time_zone_new_identifier("Europe/Rome");
	if (s->tz == NULL)
		s->tz = g_time_zone_new_utc();
	return s;
}

static gboolean
open_parser(RnEngine *e, GError **error)
{
	RnLimits limits = { .max_bytes = (gsize)e->settings->site.max_message };

	e->parser =
	    rn_parser_start(e->settings->site.parse_seconds, e->settings->site.parsers, &limits, error);
	return e->parser != NULL;
}

static gboolean
open_store(RnEngine *e, RnNeed need, GError **error)
{
	gboolean read_only = (need & RN_NEED_READ_ONLY) != 0;

	e->store = rn_store_open(e->settings->site.store, read_only, error);
	if (e->store == NULL)
		return FALSE;
	if (!read_only)
		e->reader = rn_store_open(e->settings->site.store, TRUE, error);
	return read_only || e->reader != NULL;
}

/* The parser is forked first: no handle and no thread may exist before it. */
static gboolean
open_parts(RnEngine *e, RnNeed need, GError **error)
{
	if ((need & RN_NEED_PARSER) && !open_parser(e, error))
		return FALSE;
	if ((need & RN_NEED_KEYS) && (e->ring = rn_keyring_read(e->settings->site.key_file, error)) == NULL)
		return FALSE;
	if ((need & RN_NEED_LETTERS) &&
	    (e->letters = rn_letters_load(e->settings->site.templates, error)) == NULL)
		return FALSE;
	if ((need & RN_NEED_STORE) && !open_store(e, need, error))
		return FALSE;
	if (need & RN_NEED_WRITER)
		e->writer = rn_writer_start(e);
	return TRUE;
}

RnEngine *
rn_engine_open(const char *file, RnNeed need, GError **error)
{
	g_autoptr(RnEngine) e = g_new0(RnEngine, 1);

	pthread_mutex_init(&e->reader_lock, NULL);
	e->settings = rn_settings_read(file, error);
	if (e->settings == NULL)
		return NULL;
	rn_log_open(
	    e->settings->site.log_to == 0 ? "stderr" : "syslog", (RnLogLevel)e->settings->site.log_level);
	return open_parts(e, need, error) ? g_steal_pointer(&e) : NULL;
}

RnEngine *
rn_engine_bare(const char *domain, RnNeed need, GError **error)
{
	g_autoptr(RnEngine) e = g_new0(RnEngine, 1);

	pthread_mutex_init(&e->reader_lock, NULL);
	e->settings = settings_bare(domain);
	if (!open_parts(e, need & RN_NEED_PARSER, error))
		return NULL;
	return g_steal_pointer(&e);
}

void
rn_engine_free(RnEngine *e)
{
	if (e == NULL)
		return;
	g_clear_pointer(&e->writer, rn_writer_stop);
	g_clear_pointer(&e->parser, rn_parser_stop);
	g_clear_pointer(&e->reader, rn_store_close);
	g_clear_pointer(&e->store, rn_store_close);
	g_clear_pointer(&e->letters, rn_letters_free);
	g_clear_pointer(&e->ring, rn_keyring_free);
	g_clear_pointer(&e->settings, rn_settings_free);
	pthread_mutex_destroy(&e->reader_lock);
	g_free(e);
}
