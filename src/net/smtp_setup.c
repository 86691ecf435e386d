/* smtp_setup.c: what the courier keys say about the SMTP server, checked before anything is sent there. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>

#include "base/text.h"
#include "net/smtp.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

static gboolean
wrong(GError **error, const char *key, const char *what)
{
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "courier.%s: %s", key, what);
	return FALSE;
}

/* A part of URL; "" if it has none. Caller frees. */
static char *
part(CURLU *url, CURLUPart which)
{
	char *text = NULL;
	char *copy;

	if (curl_url_get(url, which, &text, 0) != CURLUE_OK)
		return g_strdup("");
	copy = g_strdup(text);
	curl_free(text);
	return copy;
}

static gboolean
is_this_machine(const char *host)
{
	struct in_addr ip;

	if (inet_pton(AF_INET, host, &ip) == 1)
		return ntohl(ip.s_addr) >> 24 == IN_LOOPBACKNET;
	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

/* Does the URL go with the other keys? */
static gboolean
check_url(const RnSite *site, CURLU *url, GError **error)
{
	g_autofree char *scheme = part(url, CURLUPART_SCHEME);
	g_autofree char *host = part(url, CURLUPART_HOST);
	g_autofree char *user = part(url, CURLUPART_USER);
	g_autofree char *password = part(url, CURLUPART_PASSWORD);
	gboolean smtps = strcmp(scheme, "smtps") == 0;

	if (!smtps && strcmp(scheme, "smtp") != 0)
		return wrong(error, "smtp", "must be smtp://HOST:PORT or smtps://HOST:PORT");
	if (*user != '\0' || *password != '\0')
		return wrong(error, "smtp",
		    "no user or password in the URL: use courier.user and courier.password-file");
	if (smtps && site->smtp_tls == RN_TLS_NONE)
		return wrong(error, "tls", "none does not go with smtps://: use implicit");
	if (site->smtp_tls == RN_TLS_NONE && site->smtp_user != NULL && *site->smtp_user != '\0' &&
	    !is_this_machine(host))
		return wrong(
		    error, "tls", "none would show courier.user's password to the network: use required");
	return TRUE;
}

/* libcurl takes the name for EHLO from the URL's path, and sends it unchecked. */
static gboolean
set_helo(const RnSite *site, CURLU *url, GError **error)
{
	g_autofree char *path = part(url, CURLUPART_PATH);
	g_autofree char *name = NULL;
	g_autofree char *probe = NULL;

	if (strlen(path) <= 1) {
		name = g_strdup(site->domain != NULL ? site->domain : "");
		if (*name == '\0')
			return TRUE;	/* libcurl says this host's name */
	} else {
		name = g_uri_unescape_string(path + 1, NULL);
	}
	probe = g_strconcat("postmaster@", name, NULL);
	if (name == NULL || !rn_addr_valid(probe))
		return wrong(
		    error, "smtp", "the name for EHLO (path of the URL, else site.domain) is no host name");
	g_free(path);
	path = g_strconcat("/", name, NULL);
	return curl_url_set(url, CURLUPART_PATH, path, 0) == CURLUE_OK ||
	    wrong(error, "smtp", "the name for EHLO is not usable");
}

char *
rn_smtp_url(const RnSite *site, GError **error)
{
	g_autoptr(CURLU) url = curl_url();
	char *text = NULL;
	char *copy;

	if (site->smtp_url == NULL || curl_url_set(url, CURLUPART_URL, site->smtp_url, 0) != CURLUE_OK) {
		wrong(error, "smtp", "must be smtp://HOST:PORT or smtps://HOST:PORT");
		return NULL;
	}
	if (!check_url(site, url, error) || !set_helo(site, url, error))
		return NULL;
	if (site->smtp_tls == RN_TLS_IMPLICIT)
		curl_url_set(url, CURLUPART_SCHEME, "smtps", 0);
	if (curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK) {
		wrong(error, "smtp", "is not usable");
		return NULL;
	}
	copy = g_strdup(text);
	curl_free(text);
	return copy;
}
