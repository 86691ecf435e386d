/* settings_convention.c: checks each convention: its files, its days, its declarations, its provider. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "model/settings_place.h"

#define DAY_SECONDS 86400
#define DOCUMENT_MIN (64 << 10)
#define DOCUMENT_MAX (256 << 20)

/* The name goes into the store, into keys and into logs. */
static gboolean
check_id(const RnConvention *c, RnPlace *p, GError **error)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";

	if (*c->id == '\0' || strlen(c->id) > 40 || c->id[strspn(c->id, good)] != '\0')
		return rn_place_wrong(p, NULL, error,
		    "a convention is named by up to 40 of a-z, 0-9, - and _, such as [convention fnomceo]");
	return TRUE;
}

static gboolean
check_texts(const RnConvention *c, RnPlace *p, GError **error)
{
	if (*c->name == '\0')
		return rn_place_wrong(p, "name", error, "it is printed in letters and cannot be empty");
	if (*c->payer == '\0')
		return rn_place_wrong(p, "payer", error, "the letters must say who pays");
	if (*c->type == '\0')
		return rn_place_wrong(p, "type", error, "it is printed in letters and cannot be empty");
	if (*c->look_colour != '\0' && !rn_look_is_colour(c->look_colour))
		return rn_place_wrong(p, "look-colour", error, "\"%s\" is no colour", c->look_colour);
	if (*c->look_colour_dark != '\0' && !rn_look_is_colour(c->look_colour_dark))
		return rn_place_wrong(
		    p, "look-colour-dark", error, "\"%s\" is no colour", c->look_colour_dark);
	if (c->copy_secretary && *c->secretary == '\0')
		return rn_place_wrong(
		    p, "copy-secretary", error, "there is no key secretary to send the copy to");
	if (strlen(c->language) != 2 || !g_ascii_islower(c->language[0]) || !g_ascii_islower(c->language[1]))
		return rn_place_wrong(p, "language", error, "\"%s\" names no language", c->language);
	if (*c->guide != '\0' &&
	    ((!g_str_has_prefix(c->guide, "https://") && !g_str_has_prefix(c->guide, "http://")) ||
	        c->guide[strcspn(c->guide, " <>\"")] != '\0'))
		return rn_place_wrong(p, "guide", error, "\"%s\" is no web address", c->guide);
	return TRUE;
}

static gboolean
check_times(const RnConvention *c, RnPlace *p, GError **error)
{
	if (c->notice_days->len == 0)
		return rn_place_wrong(p, "notice-days", error, "without a day no notice is ever sent");
	for (guint i = 1; i < c->notice_days->len; i++)
		if (g_array_index(c->notice_days, int, i) >= g_array_index(c->notice_days, int, i - 1))
			return rn_place_wrong(p, "notice-days", error, "%d stands behind %d",
			    g_array_index(c->notice_days, int, i), g_array_index(c->notice_days, int, i - 1));
	if (c->cooling > 7 * DAY_SECONDS)
		return rn_place_wrong(p, "cooling", error, "it is longer than a week");
	return TRUE;
}

/* Whether the files are there is left to `rinnova check` and to the letter that carries them: one that is
 * away must not keep out the mail of every convention. */
static gboolean
check_contracts(const RnConvention *c, RnPlace *p, GError **error)
{
	for (guint i = 0; c->contracts[i] != NULL; i++)
		if (c->contracts[i][0] != '/')
			return rn_place_wrong(
			    p, "contracts", error, "\"%s\" is no absolute path", c->contracts[i]);
	return TRUE;
}

/* A declaration is accepted by its verb, so two with the same verb could not be told apart. */
static gboolean
check_declaration(const RnConvention *c, guint i, RnPlace *p, GError **error)
{
	static const char *const verbs[] = { "ACCETTO", "APPROVO", "CONFERMO", "DICHIARO" };
	const char *text = c->declarations[i];
	gsize len = strcspn(text, ":"), verb = 0;

	while (verb < G_N_ELEMENTS(verbs) &&
	    (strlen(verbs[verb]) != len || strncmp(verbs[verb], text, len) != 0))
		verb++;
	if (verb == G_N_ELEMENTS(verbs) || text[len] == '\0' ||
	    text[len + 1 + strspn(text + len + 1, " ")] == '\0')
		return rn_place_wrong(p, "declarations", error, "\"%s\" is no declaration", text);
	for (guint j = 0; j < i; j++)
		if (strncmp(c->declarations[j], text, len + 1) == 0)
			return rn_place_wrong(p, "declarations", error, "%s stands twice", verbs[verb]);
	return TRUE;
}

static gboolean
check_declarations(const RnConvention *c, RnPlace *p, GError **error)
{
	if (c->declarations[0] == NULL)
		return rn_place_wrong(p, "declarations", error, "an offer must ask for at least one");
	for (guint i = 0; c->declarations[i] != NULL; i++)
		if (!check_declaration(c, i, p, error))
			return FALSE;
	return TRUE;
}

static gboolean
check_document(const RnConvention *c, RnPlace *p, GError **error)
{
	if (c->document_max < DOCUMENT_MIN || c->document_max > DOCUMENT_MAX)
		return rn_place_wrong(p, "document-max", error,
		    "%" G_GINT64_FORMAT " bytes are too %s for a document", c->document_max,
		    c->document_max < DOCUMENT_MIN ? "few" : "many");
	return TRUE;
}

static gboolean
check_command(const RnConvention *c, RnPlace *p, GError **error)
{
	struct stat st;

	if (*c->provider_command == '\0')
		return rn_place_wrong(
		    p, "provider-command", error, "provider = exec needs a program to start");
	if (stat(c->provider_command, &st) == -1)
		return rn_place_wrong(
		    p, "provider-command", error, "%s: %s", c->provider_command, g_strerror(errno));
	if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
		return rn_place_wrong(p, "provider-command", error,
		    "%s cannot be executed: it is no program, or "
		    "chmod +x is missing",
		    c->provider_command);
	return TRUE;
}

/* HOST as it stands in a URL, with what follows. */
static gboolean
is_loopback(const char *host)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		gsize len = strlen(names[i]);

		if (strncmp(host, names[i], len) == 0 &&
		    (host[len] == '\0' || strchr(":/?#", host[len]) != NULL))
			return TRUE;
	}
	return FALSE;
}

/* Boxes, members and passwords go there: in plain text only to this machine. */
static gboolean
check_url(const RnConvention *c, RnPlace *p, GError **error)
{
	const char *url = c->provider_url;
	const char *host = strstr(url, "://");

	if (host == NULL || host[3] == '\0' || url[strcspn(url, " <>\"\\^`|")] != '\0' ||
	    (!g_str_has_prefix(url, "https://") && !g_str_has_prefix(url, "http://")))
		return rn_place_wrong(p, "provider-url", error, "\"%s\" is no web address", url);
	host += 3;
	if (memchr(host, '@', strcspn(host, "/?#")) != NULL)
		return rn_place_wrong(
		    p, "provider-url", error, "no user or password in it: use provider-user");
	if (g_str_has_prefix(url, "http://") && !is_loopback(host))
		return rn_place_wrong(
		    p, "provider-url", error, "plain http:// shows members to the network: use https://");
	return TRUE;
}

static gboolean
check_aruba(const RnConvention *c, RnPlace *p, GError **error)
{
	if (*c->provider_url != '\0' && !check_url(c, p, error))
		return FALSE;
	if (*c->provider_user == '\0' || *c->provider_password_file == '\0')
		return rn_place_wrong(p,
		    *c->provider_user == '\0' ? "provider-user" : "provider-password-file", error,
		    "provider = aruba needs a login");
	if (c->term % 12 != 0)
		return rn_place_wrong(
		    p, "term", error, "Aruba renews for whole years, not for %d months", c->term);
	return TRUE;
}

/* A call that outlasts its claim would be made by another courier as well. Aruba takes ten requests at
 * most: two logins, and each of four twice when a token was turned away. */
static gboolean
check_timeout(const RnConvention *c, int lease, RnPlace *p, GError **error)
{
	int requests = c->provider == RN_PROVIDER_ARUBA ? 10 : 1;

	if (c->provider_timeout < 1 || c->provider_timeout > 3600)
		return rn_place_wrong(p, "provider-timeout", error, "%d seconds are too %s",
		    c->provider_timeout, c->provider_timeout < 1 ? "few" : "many");
	if (c->provider != RN_PROVIDER_MANUAL && c->provider_timeout * requests >= lease)
		return rn_place_wrong(p, "provider-timeout", error,
		    "a call may take %d seconds by it, and courier.lease holds it for %d only",
		    c->provider_timeout * requests, lease);
	return TRUE;
}

static gboolean
check_provider(const RnConvention *c, int lease, RnPlace *p, GError **error)
{
	if (!check_timeout(c, lease, p, error))
		return FALSE;
	switch (c->provider) {
	case RN_PROVIDER_EXEC:
		return check_command(c, p, error);
	case RN_PROVIDER_HTTP:
		return check_url(c, p, error);
	case RN_PROVIDER_ARUBA:
		return check_aruba(c, p, error);
	default:
		return TRUE;
	}
}

/* Where proof is demanded and nothing could ever give it, every acceptance would wait for a person. */
static gboolean
check_proof(const RnConvention *c, const RnSite *site, RnPlace *p, GError **error)
{
	gboolean results = *site->authserv_id != '\0' && (site->results_stripped || site->milter_strip);

	if (c->low_proof || results || *site->auth_domain != '\0' || *site->pec_anchors != '\0' ||
	    *site->smime_anchors != '\0')
		return TRUE;
	return rn_place_wrong(p, "low-proof", error,
	    "no demands a proof that nothing here can give: set site.authserv-id and site.results-stripped (or "
	    "site.auth-domain, pec.anchors, smime.anchors)");
}

gboolean
rn_settings_check_conventions(const RnSettings *s, RnConf *conf, GError **error)
{
	if (s->conventions->len == 0) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: there is no convention; write at least one section "
		    "[convention NAME] with the keys name and payer",
		    s->file);
		return FALSE;
	}
	for (guint i = 0; i < s->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(s->conventions, i);
		g_autofree char *section = g_strconcat("convention ", c->id, NULL);
		RnPlace p = { s->file, conf, section, "convention *" };

		if (!check_id(c, &p, error) || !rn_place_plain(&p, c, error) || !check_texts(c, &p, error) ||
		    !check_times(c, &p, error) || !check_contracts(c, &p, error) ||
		    !check_declarations(c, &p, error) || !check_document(c, &p, error) ||
		    !check_provider(c, s->site.lease, &p, error) || !check_proof(c, &s->site, &p, error))
			return FALSE;
	}
	return TRUE;
}
