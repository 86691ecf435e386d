/* settings_check.c: the site's settings: values that hang together, or that look right and cannot work. */
#include "model/settings_check.h"

#include <string.h>

#include "base/text.h"
#include "model/settings_place.h"
#include "model/token.h"

#define MESSAGE_MIN (64 << 10)
#define MESSAGE_MAX (256 << 20)
#define DOMAIN_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"
#define HANDOVER_MIN (16 << 10)
#define HANDOVER_MAX (64 << 20)
#define LOCAL_PART_MAX 64	/* RFC 5321 4.5.3.1.1 */

/* The address that verifies must not be taken for one that is answered. */
static gboolean
check_verify(const RnSite *site, RnPlace *p, GError **error)
{
	g_autofree char *address = g_strdup_printf("%s@%s", site->verify, site->domain);

	if (*site->verify == '\0')
		return TRUE;
	if (!rn_addr_valid(address))
		return rn_place_wrong(p, "verify", error, "\"%s\" cannot stand before the @", site->verify);
	if (g_str_has_prefix(site->verify, site->localpart))
		return rn_place_wrong(p, "verify", error, "it begins as localpart does: choose another name");
	return TRUE;
}

/* Our addresses, with and without a token, must be addresses that any mail server takes. */
static gboolean
check_address(const RnSite *site, RnPlace *p, GError **error)
{
	g_autofree char *at = g_strdup_printf("x@%s", site->domain);
	g_autofree char *public = g_strdup_printf("%s@%s", site->localpart, site->domain);

	if (!rn_addr_valid(at) || strchr(site->domain, '.') == NULL)
		return rn_place_wrong(p, "domain", error, "\"%s\" is no domain", site->domain);
	if (strlen(site->delimiter) > 1 ||
	    (*site->delimiter != '\0' && strchr("+-", *site->delimiter) == NULL))
		return rn_place_wrong(
		    p, "delimiter", error, "\"%s\" cannot part a name from a token", site->delimiter);
	if (!rn_addr_valid(public))
		return rn_place_wrong(
		    p, "localpart", error, "\"%s\" cannot stand before the @", site->localpart);
	if (strlen(site->localpart) + 1 + RN_TOKEN_CHARS > LOCAL_PART_MAX)
		return rn_place_wrong(p, "localpart", error,
		    "with a token behind it, it is over %d characters", LOCAL_PART_MAX);
	if (*site->delimiter != '\0' && strstr(site->localpart, site->delimiter) != NULL)
		return rn_place_wrong(
		    p, "localpart", error, "it holds the delimiter \"%s\"", site->delimiter);
	return check_verify(site, p, error);
}

/* They become names of files. */
static gboolean
check_languages(const RnSite *site, RnPlace *p, GError **error)
{
	for (guint i = 0; site->languages[i] != NULL; i++) {
		const char *l = site->languages[i];

		if (strlen(l) != 2 || !g_ascii_islower(l[0]) || !g_ascii_islower(l[1]))
			return rn_place_wrong(p, "languages", error, "\"%s\" is no language", l);
	}
	return site->languages[0] != NULL ||
	    rn_place_wrong(p, "languages", error, "in no language can an answer be read");
}

static gboolean
check_site(RnSettings *s, RnPlace *p, GError **error)
{
	const RnSite *site = &s->site;

	if (!check_address(site, p, error))
		return FALSE;
	if (*site->auth_domain != '\0' &&
	    strspn(site->auth_domain, DOMAIN_LETTERS) != strlen(site->auth_domain))
		return rn_place_wrong(p, "auth-domain", error, "\"%s\" is no domain", site->auth_domain);
	if (*site->name == '\0')
		return rn_place_wrong(p, "name", error, "the letters need somebody who signs them");
	if (*site->admin == '\0')
		return rn_place_wrong(p, "admin", error, "somebody must learn of trouble");
	for (guint i = 0; site->administrators[i] != NULL; i++)
		if (!rn_addr_valid(site->administrators[i]))
			return rn_place_wrong(
			    p, "administrators", error, "\"%s\" is no mail address", site->administrators[i]);
	if (*site->templates == '\0')
		return rn_place_wrong(p, "templates", error, "the letters need their texts");
	if (!check_languages(site, p, error))
		return FALSE;
	s->tz = g_time_zone_new_identifier(site->timezone);
	if (s->tz == NULL || *site->timezone == '\0')
		return rn_place_wrong(
		    p, "timezone", error, "this system knows no zone \"%s\"", site->timezone);
	return TRUE;
}

static gboolean
is_web(const char *url)
{
	const char *host = g_str_has_prefix(url, "https://") ? url + 8 :
	    g_str_has_prefix(url, "http://")             ? url + 7 :
	                                                       "";

	return g_ascii_isalnum(*host) || *host == '[';
}

/* A path, or the name of a credential that the service manager hands over. */
static gboolean
is_credential(const char *place)
{
	const char *name = g_str_has_prefix(place, "credential:") ? place + strlen("credential:") : NULL;

	if (name == NULL)
		return g_path_is_absolute(place);
	return *name != '\0' && *name != '.' && strchr(name, '/') == NULL;
}

/* A key and its certificate, under the names KEY and CERTIFICATE in P. */
typedef struct {
	const char	*key_name, *key, *certificate_name, *certificate;
} Pair;

static gboolean
check_pair(const Pair *pair, RnPlace *p, GError **error)
{
	if (*pair->key != '\0' && !is_credential(pair->key))
		return rn_place_wrong(p, pair->key_name, error, "\"%s\" is no place", pair->key);
	if (*pair->certificate != '\0' && !is_credential(pair->certificate))
		return rn_place_wrong(
		    p, pair->certificate_name, error, "\"%s\" is no place", pair->certificate);
	return (*pair->key != '\0') == (*pair->certificate != '\0') ||
	    rn_place_wrong(p, *pair->key != '\0' ? pair->certificate_name : pair->key_name, error,
	        "%s and %s belong together", pair->key_name, pair->certificate_name);
}

/* The key that signs letters. */
static gboolean
check_smime(const RnSite *site, RnPlace *p, GError **error)
{
	const Pair pair = { "key", site->smime_key, "certificate", site->smime_certificate };

	return check_pair(&pair, p, error);
}

/* Time-stamps, and the key that signs evidence. */
static gboolean
check_evidence(const RnSite *site, RnPlace *p, GError **error)
{
	const Pair pair = { "evidence-key", site->evidence_key, "evidence-certificate",
		site->evidence_certificate };

	if (*site->timestamp_url != '\0' && !is_web(site->timestamp_url))
		return rn_place_wrong(
		    p, "timestamp-url", error, "\"%s\" is no web address", site->timestamp_url);
	if (*site->timestamp_url != '\0' && *site->timestamp_anchors == '\0')
		return rn_place_wrong(p, "timestamp-anchors", error,
		    "without the authority's certificate its stamps prove nothing");
	return check_pair(&pair, p, error);
}

/* Which drivers there are is known to the store alone. */
static gboolean
check_store(const RnSite *site, RnPlace *p, GError **error)
{
	gsize scheme = strspn(site->store, "abcdefghijklmnopqrstuvwxyz");

	if (scheme == 0 || site->store[scheme] != ':' || site->store[scheme + 1] == '\0')
		return rn_place_wrong(p, "url", error, "\"%s\" names no driver and place", site->store);
	return TRUE;
}

static gboolean
check_keys(const RnSite *site, RnPlace *p, GError **error)
{
	return *site->key_file != '\0' ||
	    rn_place_wrong(p, "file", error, "no token can be signed without keys");
}

/* Are all digits of MODE, written as 660, octal ones? */
static gboolean
is_octal(int mode)
{
	for (; mode > 0; mode /= 10)
		if (mode % 10 > 7)
			return FALSE;
	return TRUE;
}

static gboolean
check_lmtp(const RnSite *site, RnPlace *p, GError **error)
{
	if (*site->lmtp_socket == '\0')
		return rn_place_wrong(p, "socket", error, "it is empty");
	if (!is_octal(site->lmtp_mode))
		return rn_place_wrong(p, "socket-mode", error, "%d is not octal", site->lmtp_mode);
	if (site->max_message < MESSAGE_MIN || site->max_message > MESSAGE_MAX)
		return rn_place_wrong(p, "max-message", error, "%" G_GINT64_FORMAT " bytes are %s",
		    site->max_message, site->max_message < MESSAGE_MIN ? "too few" : "too many");
	if (site->parse_seconds < 1 || site->parse_seconds > 300)
		return rn_place_wrong(p, "parse-timeout", error, "%d seconds are too %s", site->parse_seconds,
		    site->parse_seconds < 1 ? "few" : "many");
	return TRUE;
}

static gboolean
check_milter(const RnSite *site, RnPlace *p, GError **error)
{
	if (*site->milter_socket == '\0')
		return rn_place_wrong(p, "socket", error, "it is empty");
	if (g_str_equal(site->milter_socket, site->lmtp_socket))
		return rn_place_wrong(p, "socket", error, "it is the one of [lmtp]");
	if (!is_octal(site->milter_rights))
		return rn_place_wrong(p, "socket-mode", error, "%d is not octal", site->milter_rights);
	if (site->milter_strip && *site->authserv_id == '\0')
		return rn_place_wrong(
		    p, "strip-results", error, "site.authserv-id does not say whose results");
	if (site->milter_strip && site->milter_mode == RN_MILTER_HANDOVER)
		return rn_place_wrong(p, "strip-results", error,
		    "it wants the first place, before the verifiers, and mode = handover the last: use mode = gate, "
		    "or let the mail server take forged results off and set site.results-stripped");
	if (site->handover_max < HANDOVER_MIN || site->handover_max > HANDOVER_MAX)
		return rn_place_wrong(p, "handover-max", error, "%" G_GINT64_FORMAT " bytes are %s",
		    site->handover_max, site->handover_max < HANDOVER_MIN ? "too few" : "too many");
	return TRUE;
}

/* A host that is this machine, so that plain text stays on it. */
static gboolean
is_loopback(const char *host)
{
	return g_str_equal(host, "localhost") || g_str_equal(host, "127.0.0.1") ||
	    g_str_equal(host, "[::1]") || (g_str_has_prefix(host, "127.") && g_hostname_is_ip_address(host));
}

static gboolean
is_host(const char *host)
{
	g_autofree char *inner =
	    *host == '[' && host[1] != '\0' ? g_strndup(host + 1, strlen(host) - 2) : NULL;

	if (inner != NULL)
		return g_hostname_is_ip_address(inner);
	for (const char *at = host; *at != '\0'; at++)
		if (!g_ascii_isalnum(*at) && strchr(".-", *at) == NULL)
			return FALSE;
	return g_ascii_isalnum(*host);
}

/* The host of "smtp://HOST:PORT"; NULL if URL is not of that form. User, path and query have no place in it.
 */
static char *
smtp_host(const char *url)
{
	const char *start, *end;
	gint64 port;
	g_autofree char *host = NULL;

	if (!g_str_has_prefix(url, "smtp://") && !g_str_has_prefix(url, "smtps://"))
		return NULL;
	start = strstr(url, "://") + 3;
	end = *start == '[' ? strchr(start, ']') : NULL;
	end = end != NULL ? end + 1 : start + strcspn(start, ":");
	if (*end != '\0' &&
	    (*end != ':' || !g_ascii_isdigit(end[1]) ||
	        !g_ascii_string_to_signed(end + 1, 10, 1, 65535, &port, NULL)))
		return NULL;
	host = g_strndup(start, (gsize)(end - start));
	return is_host(host) ? g_steal_pointer(&host) : NULL;
}

static gboolean
check_smtp(const RnSite *site, RnPlace *p, GError **error)
{
	g_autofree char *host = smtp_host(site->smtp_url);
	gboolean smtps = g_str_has_prefix(site->smtp_url, "smtps://");

	if (host == NULL)
		return rn_place_wrong(
		    p, "smtp", error, "\"%s\" is no address of a mail server", site->smtp_url);
	if (smtps != (site->smtp_tls == RN_TLS_IMPLICIT))
		return rn_place_wrong(p, "tls", error, "tls = implicit and smtps:// belong together");
	if (site->smtp_tls == RN_TLS_NONE && !is_loopback(host))
		return rn_place_wrong(p, "tls", error,
		    "none sends tokens in plain text to %s, and only a loopback "
		    "host (127.0.0.1, [::1], localhost) may get them so: set tls = required",
		    host);
	if ((*site->smtp_user != '\0') != (*site->smtp_password_file != '\0'))
		return rn_place_wrong(p, *site->smtp_user != '\0' ? "password-file" : "user", error,
		    "user and password-file belong together");
	return TRUE;
}

static gboolean
check_courier(const RnSite *site, RnPlace *p, GError **error)
{
	if (site->submit == RN_SUBMIT_SMTP && !check_smtp(site, p, error))
		return FALSE;
	if (site->submit == RN_SUBMIT_SENDMAIL && *site->sendmail == '\0')
		return rn_place_wrong(
		    p, "sendmail", error, "submit = sendmail needs the path of the program");
	if ((site->account == RN_ACCOUNT_PEC) != (*site->pec_box != '\0'))
		return rn_place_wrong(p, "pec-box", error,
		    site->account == RN_ACCOUNT_PEC ? "type = pec needs the box that letters leave from" :
		                                      "it belongs to type = pec");
	if (site->retry_first < 1)
		return rn_place_wrong(
		    p, "retry-first", error, "a letter cannot be tried again without a wait");
	if (site->retry_max < site->retry_first)
		return rn_place_wrong(p, "retry-max", error, "it is shorter than retry-first");
	if (site->give_up < site->retry_max)
		return rn_place_wrong(p, "give-up", error, "it is shorter than retry-max");
	if (site->lease < 60)
		return rn_place_wrong(
		    p, "lease", error, "a letter would be taken over while it is being sent");
	return TRUE;
}

static gboolean
check_look(const RnSite *site, RnPlace *p, GError **error)
{
	if (!rn_look_is_colour(site->look_colour))
		return rn_place_wrong(p, "colour", error, "\"%s\" is no colour", site->look_colour);
	if (!rn_look_is_colour(site->look_colour_dark))
		return rn_place_wrong(p, "colour-dark", error, "\"%s\" is no colour", site->look_colour_dark);
	return TRUE;
}

gboolean
rn_settings_check(RnSettings *s, RnConf *conf, GError **error)
{
	RnPlace site = { s->file, conf, "site", "site" }, store = { s->file, conf, "store", "store" };
	RnPlace keys = { s->file, conf, "keys", "keys" }, lmtp = { s->file, conf, "lmtp", "lmtp" };
	RnPlace milter = { s->file, conf, "milter", "milter" }, look = { s->file, conf, "look", "look" };
	RnPlace courier = { s->file, conf, "courier", "courier" };

	RnPlace pec = { s->file, conf, "pec", "pec" }, smime = { s->file, conf, "smime", "smime" };
	const RnPlace *all[] = { &site, &look, &store, &keys, &lmtp, &milter, &courier, &pec, &smime };

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		if (!rn_place_plain(all[i], &s->site, error))
			return FALSE;
	return check_site(s, &site, error) && check_look(&s->site, &look, error) &&
	    check_evidence(&s->site, &site, error) && check_smime(&s->site, &smime, error) &&
	    check_store(&s->site, &store, error) && check_keys(&s->site, &keys, error) &&
	    check_lmtp(&s->site, &lmtp, error) && check_milter(&s->site, &milter, error) &&
	    check_courier(&s->site, &courier, error) && rn_settings_check_conventions(s, conf, error);
}
