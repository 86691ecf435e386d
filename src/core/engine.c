#include "core/engine.h"
#include "core/keys.h"
#include "core/poison.h"
#include "core/signing.h"
#include "core/tried.h"
#include "store/vault.h"

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
	s->site.auth_domain = g_strdup("");
	s->site.max_message = 25 << 20;
	s->site.parse_seconds = 10;
	s->site.pec_sha1 = TRUE;
	s->site.parsers = 1;
	s->site.parser_filter = TRUE;
	s->conventions = g_ptr_array_new();
	s->tz = g_time_zone_new_identifier("Europe/Rome");
	if (s->tz == NULL)
		s->tz = g_time_zone_new_utc();
	return s;
}

/* The words of answers, in memory before the parser is forked: its children may open no file. */
static gboolean
open_vocabulary(const RnSite *site, GError **error)
{
	RnVocabulary *v =
	    rn_vocabulary_load(site->language_folder, (const char *const *)site->languages, error);

	if (v != NULL)
		rn_vocabulary_use(v);
	return v != NULL;
}

static gboolean
open_parser(RnEngine *e, GError **error)
{
	const RnSite *site = &e->settings->site;
	RnParserHow how = { .timeout = site->parse_seconds,
		.max = site->parsers,
		.unfiltered = !site->parser_filter,
		.limits = { .max_bytes = rn_site_message_limit(site) },
		.trusts = &e->trusts };

	if (!open_vocabulary(site, error))
		return FALSE;
	e->trusts.pec = rn_trust_load(site->pec_anchors, site->pec_crl, site->pec_sha1, error);
	if (e->trusts.pec == NULL)
		return FALSE;
	e->trusts.smime = rn_trust_load(site->smime_anchors, site->smime_crl, FALSE, error);
	if (e->trusts.smime == NULL)
		return FALSE;
	e->parser = rn_parser_start(&how, error);
	return e->parser != NULL;
}

static gboolean
open_store(RnEngine *e, RnNeed need, GError **error)
{
	gboolean read_only = (need & RN_NEED_READ_ONLY) != 0;
	char **keys = e->settings->site.keep_keys;

	e->vault = rn_vault_read("keep.key-files", keys, error);
	if (e->vault == NULL && keys != NULL && keys[0] != NULL)
		return FALSE;
	e->store = rn_store_open(e->settings->site.store, read_only, error);
	if (e->store == NULL)
		return FALSE;
	if (!read_only)
		e->reader = rn_store_open(e->settings->site.store, TRUE, error);
	rn_store_set_vault(e->store, e->vault);
	if (e->reader != NULL)
		rn_store_set_vault(e->reader, e->vault);
	return read_only || e->reader != NULL;
}

/* The parser is forked first: no handle and no thread may exist before it. */
static gboolean
open_parts(RnEngine *e, RnNeed need, GError **error)
{
	g_autofree char *passed = NULL;

	if ((need & RN_NEED_PARSER) && !open_parser(e, error))
		return FALSE;
	if ((need & RN_NEED_KEYS) && (e->keys = rn_keys_open(e->settings->site.key_file, error)) == NULL)
		return FALSE;
	if ((need & RN_NEED_LETTERS) &&
	    (e->letters = rn_tried_letters(
	         &e->settings->site, (need & RN_NEED_STORE) != 0, &passed, error)) == NULL)
		return FALSE;
	if ((need & RN_NEED_STORE) && !open_store(e, need, error))
		return FALSE;
	if (passed != NULL && e->reader != NULL &&
	    !rn_tried_remember(e->store, e->settings->site.templates, passed, error))
		return FALSE;
	if (need & RN_NEED_LETTERS)
		rn_signing_start(e);
	if ((need & RN_NEED_DELIVERY) == RN_NEED_DELIVERY && (need & RN_NEED_READ_ONLY) == 0)
		rn_poison_start(e->settings->site.store);
	if (need & RN_NEED_WRITER)
		e->writer = rn_writer_start(e);
	return TRUE;
}

RnEngine *
rn_engine_open_at(const char *file, const char *store, RnNeed need, GError **error)
{
	g_autoptr(RnEngine) e = g_new0(RnEngine, 1);

	pthread_mutex_init(&e->reader_lock, NULL);
	e->settings = rn_settings_read(file, error);
	if (e->settings == NULL)
		return NULL;
	if (store != NULL) {
		g_free(e->settings->site.store);
		e->settings->site.store = g_strdup(store);
		e->settings->site.mail_queue = RN_QUEUE_NONE;
	}
	rn_log_open(
	    e->settings->site.log_to == 0 ? "stderr" : "syslog", (RnLogLevel)e->settings->site.log_level);
	return open_parts(e, need, error) ? g_steal_pointer(&e) : NULL;
}

RnEngine *
rn_engine_open(const char *file, RnNeed need, GError **error)
{
	return rn_engine_open_at(file, NULL, need, error);
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

const RnKeyRing *
rn_engine_ring(RnEngine *e)
{
	return e->keys != NULL ? rn_keys_now(e->keys) : NULL;
}

void
rn_engine_free(RnEngine *e)
{
	if (e == NULL)
		return;
	g_clear_pointer(&e->writer, rn_writer_stop);
	g_clear_pointer(&e->parser, rn_parser_stop);
	rn_trusts_clear(&e->trusts);
	g_clear_pointer(&e->reader, rn_store_close);
	g_clear_pointer(&e->store, rn_store_close);
	g_clear_pointer(&e->vault, rn_vault_free);
	g_clear_pointer(&e->signer, rn_signer_free);
	g_clear_pointer(&e->letters, rn_letters_free);
	g_clear_pointer(&e->keys, rn_keys_close);
	g_clear_pointer(&e->settings, rn_settings_free);
	pthread_mutex_destroy(&e->reader_lock);
	g_free(e);
}
