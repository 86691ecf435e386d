/* settings_check.c: the site's settings: values that hang together, or that look right and cannot work. */
#include "model/settings_check.h"

#include <string.h>

#include "base/text.h"
#include "model/settings_place.h"
#include "model/token.h"

#define MESSAGE_MIN (64 << 10)
#define MESSAGE_MAX (256 << 20)
#define LOCAL_PART_MAX 64	/* RFC 5321 4.5.3.1.1 */

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
	return TRUE;
}

static gboolean
check_site(RnSettings *s, RnPlace *p, GError **error)
{
	const RnSite *site = &s->site;

	if (!check_address(site, p, error))
		return FALSE;
	if (*site->name == '\0')
		return rn_place_wrong(p, "name", error, "the letters need somebody who signs them");
	if (*site->admin == '\0')
		return rn_place_wrong(p, "admin", error, "somebody must learn of trouble");
	if (*site->templates == '\0')
		return rn_place_wrong(p, "templates", error, "the letters need their texts");
	s->tz = g_time_zone_new_identifier(site->timezone);
	if (s->tz == NULL || *site->timezone == '\0')
		return rn_place_wrong(
		    p, "timezone", error, "this system knows no zone \"%s\"", site->timezone);
	return TRUE;
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

gboolean
rn_settings_check(RnSettings *s, RnConf *conf, GError **error)
{
	RnPlace site = { s->file, conf, "site", "site" }, store = { s->file, conf, "store", "store" };
	RnPlace keys = { s->file, conf, "keys", "keys" }, lmtp = { s->file, conf, "lmtp", "lmtp" };
	RnPlace courier = { s->file, conf, "courier", "courier" };

	const RnPlace *all[] = { &site, &store, &keys, &lmtp, &courier };

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		if (!rn_place_plain(all[i], &s->site, error))
			return FALSE;
	return check_site(s, &site, error) && check_store(&s->site, &store, error) &&
	    check_keys(&s->site, &keys, error) && check_lmtp(&s->site, &lmtp, error) &&
	    check_courier(&s->site, &courier, error) && rn_settings_check_conventions(s, conf, error);
}
