/* settings.c: the table of the configuration's keys, and reading a file by it. */
#include "base/text.h"
#include "model/settings_check.h"

#define SITE(member) offsetof(RnSite, member)
#define CONV(member) offsetof(RnConvention, member)
#define MANY 1000000
#define MESSAGE_TOP (1 << 30)	/* far above what the check of lmtp.max-message lets through */

static const char convention_table[] = "convention *";

/* clang-format off */
static const RnConfKey keys[] = {
	{ "site", "domain", RN_CONF_TEXT, SITE(domain), NULL, 0, 0, "a domain such as ordine.example" },
	{ "site", "name", RN_CONF_TEXT, SITE(name), NULL, 0, 0, NULL },
	{ "site", "admin", RN_CONF_ADDR, SITE(admin), NULL, 0, 0, NULL },
	{ "site", "administrators", RN_CONF_LIST, SITE(administrators), "", 0, 0, "mail addresses" },
	{ "site", "contact", RN_CONF_ADDR, SITE(contact), "", 0, 0, NULL },
	{ "site", "phone", RN_CONF_TEXT, SITE(phone), "", 0, 0, NULL },
	{ "site", "localpart", RN_CONF_TEXT, SITE(localpart), "rinnovo", 0, 0, "a short name such as rinnovo" },
	{ "site", "verify", RN_CONF_TEXT, SITE(verify), "", 0, 0, "a short name such as verifica" },
	{ "site", "delimiter", RN_CONF_TEXT, SITE(delimiter), "+", 0, 0, "+, - or nothing" },
	{ "site", "timezone", RN_CONF_TEXT, SITE(timezone), "Europe/Rome", 0, 0, "a zone such as Europe/Rome" },
	{ "site", "templates", RN_CONF_PATH, SITE(templates), "/usr/share/rinnova/templates", 0, 0, NULL },
	{ "site", "languages", RN_CONF_LIST, SITE(languages), "it;de;fr;sl;en", 0, 0,
	    "two small letters each, such as it;de" },
	{ "site", "language-folder", RN_CONF_PATH, SITE(language_folder), "", 0, 0, NULL },
	{ "site", "authserv-id", RN_CONF_TEXT, SITE(authserv_id), "", 0, 0, NULL },
	{ "site", "results-stripped", RN_CONF_BOOL, SITE(results_stripped), "no", 0, 0, NULL },
	{ "site", "auth-domain", RN_CONF_TEXT, SITE(auth_domain), "", 0, 0, "a domain, or nothing" },
	{ "site", "received-by", RN_CONF_LIST, SITE(trusted_received), "", 0, 0, NULL },
	{ "site", "answers-per-day", RN_CONF_INT, SITE(answers_per_day), "20", 1, 1000, NULL },
	{ "site", "log", RN_CONF_WORD, SITE(log_to), "stderr", 0, 0, "stderr|syslog" },
	{ "site", "mail-queue", RN_CONF_WORD, SITE(mail_queue), "none", 0, 0, "none|postfix|sendmail" },
	{ "site", "mail-queue-config", RN_CONF_PATH, SITE(mail_queue_config), "", 0, 0, NULL },
	{ "site", "mail-queue-command", RN_CONF_PATH, SITE(mail_queue_command), "", 0, 0, NULL },
	{ "site", "expire-brake-boxes", RN_CONF_INT, SITE(brake_boxes), "20", 0, MANY, NULL },
	{ "site", "expire-brake-percent", RN_CONF_INT, SITE(brake_percent), "10", 0, 100, NULL },
	{ "site", "log-level", RN_CONF_WORD, SITE(log_level), "info", 0, 0, "error|warn|info|debug" },
	{ "site", "import-brake-percent", RN_CONF_INT, SITE(import_brake), "10", 0, 100, NULL },
	{ "site", "timestamp-url", RN_CONF_TEXT, SITE(timestamp_url), "", 0, 0,
	    "http://HOST/PATH or https://HOST/PATH" },
	{ "site", "timestamp-anchors", RN_CONF_PATH, SITE(timestamp_anchors), "", 0, 0, NULL },
	{ "site", "evidence-key", RN_CONF_TEXT, SITE(evidence_key), "", 0, 0, "an absolute path, or credential:NAME" },
	{ "site", "evidence-certificate", RN_CONF_TEXT, SITE(evidence_certificate), "", 0, 0,
	    "an absolute path, or credential:NAME" },

	{ "look", "logo", RN_CONF_PATH, SITE(look_logo), "", 0, 0, "the absolute path of a PNG or JPEG file" },
	{ "look", "colour", RN_CONF_TEXT, SITE(look_colour), "#1f4e79", 0, 0, "a colour such as #1f4e79" },
	{ "look", "colour-dark", RN_CONF_TEXT, SITE(look_colour_dark), "#9cc9ee", 0, 0, "a colour such as #9cc9ee" },
	{ "look", "footer", RN_CONF_TEXT, SITE(look_footer), "", 0, 0, NULL },

	{ "store", "url", RN_CONF_TEXT, SITE(store), "sqlite:/var/lib/rinnova/rinnova.db", 0, 0,
	    "DRIVER:PLACE such as sqlite:/var/lib/rinnova/rinnova.db" },
	{ "keys", "file", RN_CONF_PATH, SITE(key_file), "/etc/rinnova/token.key", 0, 0, NULL },

	{ "lmtp", "socket", RN_CONF_PATH, SITE(lmtp_socket), "/run/rinnova/lmtp.sock", 0, 0, NULL },
	{ "lmtp", "socket-mode", RN_CONF_INT, SITE(lmtp_mode), "660", 0, 777, "in octal, as chmod takes it" },
	{ "lmtp", "socket-group", RN_CONF_TEXT, SITE(lmtp_group), "", 0, 0, NULL },
	{ "lmtp", "max-message", RN_CONF_BYTES, SITE(max_message), "25M", 0, 0, "from 64k to 256M" },
	{ "lmtp", "max-sessions", RN_CONF_INT, SITE(max_sessions), "100", 1, 1000, NULL },
	{ "lmtp", "parse-timeout", RN_CONF_TIME, SITE(parse_seconds), "10s", 0, 0, "from 1s to 5m" },
	{ "lmtp", "parsers", RN_CONF_INT, SITE(parsers), "2", 1, 64, NULL },
	{ "lmtp", "parser-filter", RN_CONF_BOOL, SITE(parser_filter), "yes", 0, 0, NULL },

	{ "milter", "socket", RN_CONF_PATH, SITE(milter_socket), "/run/rinnova/milter.sock", 0, 0, NULL },
	{ "milter", "socket-mode", RN_CONF_INT, SITE(milter_rights), "660", 0, 777, "in octal, as chmod takes it" },
	{ "milter", "socket-group", RN_CONF_TEXT, SITE(milter_group), "", 0, 0, NULL },
	{ "milter", "mode", RN_CONF_WORD, SITE(milter_mode), "gate", 0, 0, "gate|handover" },
	{ "milter", "refuse", RN_CONF_BOOL, SITE(milter_refuse), "yes", 0, 0, NULL },
	{ "milter", "strip-results", RN_CONF_BOOL, SITE(milter_strip), "no", 0, 0, NULL },
	{ "milter", "handover-deadline", RN_CONF_INT, SITE(handover_ms), "250", 10, 2000, "milliseconds" },
	{ "milter", "handover-slots", RN_CONF_INT, SITE(handover_slots), "4", 1, 64, NULL },
	{ "milter", "handover-max", RN_CONF_BYTES, SITE(handover_max), "1M", 0, 0, "from 16k to 64M" },

	{ "courier", "submit", RN_CONF_WORD, SITE(submit), "smtp", 0, 0, "smtp|sendmail" },
	{ "courier", "type", RN_CONF_WORD, SITE(account), "mail", 0, 0, "mail|pec" },
	{ "courier", "pec-box", RN_CONF_ADDR, SITE(pec_box), "", 0, 0, NULL },
	{ "courier", "pec-receipt", RN_CONF_WORD, SITE(pec_receipt), "completa", 0, 0, "completa|breve|sintetica" },
	{ "courier", "smtp", RN_CONF_TEXT, SITE(smtp_url), "smtp://127.0.0.1:25", 0, 0,
	    "smtp://HOST:PORT or smtps://HOST:PORT" },
	{ "courier", "tls", RN_CONF_WORD, SITE(smtp_tls), "none", 0, 0, "required|none|implicit" },
	{ "courier", "user", RN_CONF_TEXT, SITE(smtp_user), "", 0, 0, NULL },
	{ "courier", "password-file", RN_CONF_PATH, SITE(smtp_password_file), "", 0, 0, NULL },
	{ "courier", "ca-file", RN_CONF_PATH, SITE(smtp_ca_file), "", 0, 0, NULL },
	{ "courier", "sendmail", RN_CONF_PATH, SITE(sendmail), "/usr/sbin/sendmail", 0, 0, NULL },
	{ "courier", "per-minute", RN_CONF_INT, SITE(per_minute), "600", 0, MANY, NULL },
	{ "courier", "per-minute-domain", RN_CONF_INT, SITE(per_domain), "60", 0, MANY, NULL },
	{ "courier", "give-up", RN_CONF_TIME, SITE(give_up), "4d", 0, 0, "not under retry-max" },
	{ "courier", "retry-first", RN_CONF_TIME, SITE(retry_first), "5m", 0, 0, "1s or more" },
	{ "courier", "retry-max", RN_CONF_TIME, SITE(retry_max), "4h", 0, 0, "not under retry-first" },
	{ "courier", "lease", RN_CONF_TIME, SITE(lease), "15m", 0, 0, "1m or more" },

	{ "pec", "anchors", RN_CONF_PATH, SITE(pec_anchors), "", 0, 0, NULL },
	{ "pec", "crl", RN_CONF_PATH, SITE(pec_crl), "", 0, 0, NULL },
	{ "pec", "sha1", RN_CONF_BOOL, SITE(pec_sha1), "yes", 0, 0, NULL },
	{ "smime", "anchors", RN_CONF_PATH, SITE(smime_anchors), "", 0, 0, NULL },
	{ "smime", "crl", RN_CONF_PATH, SITE(smime_crl), "", 0, 0, NULL },
	{ "smime", "key", RN_CONF_TEXT, SITE(smime_key), "", 0, 0, "an absolute path, or credential:NAME" },
	{ "smime", "certificate", RN_CONF_TEXT, SITE(smime_certificate), "", 0, 0,
	    "an absolute path, or credential:NAME" },

	{ "keep", "key-files", RN_CONF_LIST, SITE(keep_keys), "", 0, 0, "absolute paths of files" },
	{ "keep", "mail-years", RN_CONF_INT, SITE(keep_mail), "10", 0, 100, NULL },
	{ "keep", "document-years", RN_CONF_INT, SITE(keep_documents), "10", 0, 100, NULL },
	{ "keep", "junk-days", RN_CONF_INT, SITE(keep_junk), "30", 1, 3650, NULL },
	{ "keep", "junk-mails", RN_CONF_INT, SITE(junk_mails), "10000", 100, MANY, NULL },

	{ convention_table, "name", RN_CONF_TEXT, CONV(name), NULL, 0, 0, NULL },
	{ convention_table, "payer", RN_CONF_TEXT, CONV(payer), NULL, 0, 0, NULL },
	{ convention_table, "secretary", RN_CONF_ADDR, CONV(secretary), "", 0, 0, NULL },
	{ convention_table, "calendar", RN_CONF_BOOL, CONV(calendar), "no", 0, 0, NULL },
	{ convention_table, "copy-secretary", RN_CONF_BOOL, CONV(copy_secretary), "no", 0, 0, NULL },
	{ convention_table, "type", RN_CONF_TEXT, CONV(type), "PEC", 0, 0, NULL },
	{ convention_table, "term", RN_CONF_INT, CONV(term), "12", 1, 120, NULL },
	{ convention_table, "price", RN_CONF_MONEY, CONV(price), "0.00", 0, 0, NULL },
	{ convention_table, "budget", RN_CONF_MONEY, CONV(budget), "0.00", 0, 0, NULL },
	{ convention_table, "vat", RN_CONF_INT, CONV(vat), "22", 0, 100, NULL },
	{ convention_table, "notice-days", RN_CONF_INTS, CONV(notice_days), "90,60,30,15,7,1,0", 0, 365,
	    "each smaller than the one before it" },
	{ convention_table, "notify-box", RN_CONF_BOOL, CONV(notify_box), "yes", 0, 0, NULL },
	{ convention_table, "steps", RN_CONF_WORD, CONV(steps), "two", 0, 0, "one|two" },
	{ convention_table, "contracts", RN_CONF_LIST, CONV(contracts), "", 0, 0, "absolute paths of files" },
	{ convention_table, "declarations", RN_CONF_LIST, CONV(declarations),
	    "ACCETTO: le condizioni generali di fornitura del servizio di posta elettronica certificata", 0, 0,
	    "VERB: text, VERB being ACCETTO, APPROVO, CONFERMO or DICHIARO, each once at most" },
	{ convention_table, "low-proof", RN_CONF_BOOL, CONV(low_proof), "yes", 0, 0, NULL },
	{ convention_table, "answer-days", RN_CONF_INT, CONV(answer_days), "15", 1, 365, NULL },
	{ convention_table, "held-days", RN_CONF_INT, CONV(held_days), "10", 0, 365, NULL },
	{ convention_table, "cooling", RN_CONF_TIME, CONV(cooling), "10m", 0, 0, "7d at most" },
	{ convention_table, "reactivation-days", RN_CONF_INT, CONV(reactivation_days), "90", 0, 3650, NULL },
	{ convention_table, "provider", RN_CONF_WORD, CONV(provider), "manual", 0, 0, "manual|exec|http|aruba" },
	{ convention_table, "provider-command", RN_CONF_PATH, CONV(provider_command), "", 0, 0,
	    "the absolute path of a program" },
	{ convention_table, "provider-url", RN_CONF_TEXT, CONV(provider_url), "", 0, 0, "https://HOST/PATH" },
	{ convention_table, "provider-body", RN_CONF_PATH, CONV(provider_body), "", 0, 0,
	    "the absolute path of a JSON file" },
	{ convention_table, "provider-secret-file", RN_CONF_PATH, CONV(provider_secret_file), "", 0, 0,
	    "the absolute path of a file" },
	{ convention_table, "provider-user", RN_CONF_TEXT, CONV(provider_user), "", 0, 0, NULL },
	{ convention_table, "provider-password-file", RN_CONF_PATH, CONV(provider_password_file), "", 0, 0,
	    "the absolute path of a file" },
	{ convention_table, "provider-ca-file", RN_CONF_PATH, CONV(provider_ca_file), "", 0, 0,
	    "the absolute path of a file" },
	{ convention_table, "provider-per-minute", RN_CONF_INT, CONV(provider_per_minute), "0", 0, 100000, NULL },
	{ convention_table, "provider-timeout", RN_CONF_TIME, CONV(provider_timeout), "60s", 0, 0, "from 1s to 1h" },
	{ convention_table, "provider-tries", RN_CONF_INT, CONV(provider_tries), "10", 1, 1000, NULL },
	{ convention_table, "provider-document", RN_CONF_BOOL, CONV(provider_document), "no", 0, 0, NULL },
	{ convention_table, "document-check", RN_CONF_WORD, CONV(document_check), "receipt", 0, 0,
	    "none|receipt|person" },
	{ convention_table, "document-max", RN_CONF_BYTES, CONV(document_max), "10M", 0, 0, "from 64k to 256M" },
	{ convention_table, "language", RN_CONF_TEXT, CONV(language), "it", 0, 0, "two small letters such as it" },
	{ convention_table, "look-name", RN_CONF_TEXT, CONV(look_name), "", 0, 0, NULL },
	{ convention_table, "look-contact", RN_CONF_ADDR, CONV(look_contact), "", 0, 0, NULL },
	{ convention_table, "look-phone", RN_CONF_TEXT, CONV(look_phone), "", 0, 0, NULL },
	{ convention_table, "look-logo", RN_CONF_PATH, CONV(look_logo), "", 0, 0,
	    "the absolute path of a PNG or JPEG file" },
	{ convention_table, "look-colour", RN_CONF_TEXT, CONV(look_colour), "", 0, 0, "a colour such as #1f4e79" },
	{ convention_table, "look-colour-dark", RN_CONF_TEXT, CONV(look_colour_dark), "", 0, 0,
	    "a colour such as #9cc9ee" },
	{ convention_table, "look-footer", RN_CONF_TEXT, CONV(look_footer), "", 0, 0, NULL },
	{ convention_table, "guide", RN_CONF_TEXT, CONV(guide), "", 0, 0,
	    "an address that starts with https:// or http://, or nothing" },
};
/* clang-format on */

static const char *const site_sections[] = { "site", "look", "store", "keys", "lmtp", "milter", "courier",
	"pec", "smime", "keep" };

gsize
rn_site_message_limit(const RnSite *site)
{
	return (gsize)(CLAMP(site->max_message, 1, MESSAGE_TOP) + RN_MESSAGE_ROOM);
}

const RnConfKey *
rn_settings_keys(gsize *n)
{
	*n = G_N_ELEMENTS(keys);
	return keys;
}

static void
convention_free(gpointer data)
{
	RnConvention *c = data;

	rn_conf_clear(convention_table, keys, G_N_ELEMENTS(keys), c);
	g_free(c->id);
	g_free(c);
}

static gboolean
read_site(RnConf *conf, RnSite *site, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(site_sections); i++)
		if (!rn_conf_fill(
		        conf, site_sections[i], site_sections[i], keys, G_N_ELEMENTS(keys), site, error))
			return FALSE;
	return TRUE;
}

static gboolean
read_conventions(RnConf *conf, GPtrArray *to, GError **error)
{
	g_auto(GStrv) names = rn_conf_names(conf, "convention");

	for (guint i = 0; names[i] != NULL; i++) {
		RnConvention *c = g_new0(RnConvention, 1);
		g_autofree char *section = g_strconcat("convention ", names[i], NULL);

		g_ptr_array_add(to, c);
		c->id = g_strdup(names[i]);
		if (!rn_conf_fill(conf, section, convention_table, keys, G_N_ELEMENTS(keys), c, error))
			return FALSE;
	}
	return TRUE;
}

RnSettings *
rn_settings_read(const char *file, GError **error)
{
	g_autoptr(RnSettings) s = g_new0(RnSettings, 1);
	g_autoptr(RnConf) conf = rn_conf_read(file, error);

	if (conf == NULL)
		return NULL;
	s->file = g_strdup(file);
	s->conventions = g_ptr_array_new_with_free_func(convention_free);
	if (!rn_conf_no_strangers(conf, keys, G_N_ELEMENTS(keys), error) ||
	    !read_site(conf, &s->site, error) || !read_conventions(conf, s->conventions, error))
		return NULL;
	rn_settings_credentials(s);
	if (!rn_settings_check(s, conf, error))
		return NULL;
	return g_steal_pointer(&s);
}

void
rn_settings_free(RnSettings *s)
{
	if (s == NULL)
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(site_sections); i++)
		rn_conf_clear(site_sections[i], keys, G_N_ELEMENTS(keys), &s->site);
	g_clear_pointer(&s->conventions, g_ptr_array_unref);
	g_clear_pointer(&s->tz, g_time_zone_unref);
	g_free(s->file);
	g_free(s);
}

const RnConvention *
rn_settings_convention(const RnSettings *s, const char *id)
{
	for (guint i = 0; id != NULL && i < s->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(s->conventions, i);

		if (g_str_equal(c->id, id))
			return c;
	}
	return NULL;
}

gboolean
rn_site_administrator(const RnSite *site, const char *address)
{
	g_autofree char *admin = site->admin != NULL ? rn_addr_fold(site->admin) : NULL;

	if (address == NULL || g_strcmp0(admin, address) == 0)
		return address != NULL;
	for (guint i = 0; site->administrators != NULL && site->administrators[i] != NULL; i++) {
		g_autofree char *one = rn_addr_fold(site->administrators[i]);

		if (g_str_equal(one, address))
			return TRUE;
	}
	return FALSE;
}
