/* token_address.c: where a token stands in what we write: addresses, Message-IDs, bodies. */
#include <string.h>

#include "mail/token.h"

#define SELFTEST "selftest"
#define GARBLED_MIN 16	/* characters of a name that nobody gives to an address */

char *
rn_token_address(const RnSite *site, const char *token)
{
	if (token == NULL)
		return g_strdup_printf("%s@%s", site->localpart, site->domain);
	if (*site->delimiter == '\0')
		return g_strdup_printf("%s@%s", token, site->domain);
	return g_strdup_printf("%s%s%s@%s", site->localpart, site->delimiter, token, site->domain);
}

/* The local part of ADDR if its domain is the site's, else NULL; caller frees. A site without a domain
 * (explain without a configuration) knows no address of its own, so any domain may be it. */
static char *
our_local(const RnSite *site, const char *addr)
{
	const char *at = addr != NULL ? strrchr(addr, '@') : NULL;

	if (at == NULL || at == addr)
		return NULL;
	if (site->domain != NULL && *site->domain != '\0' && g_ascii_strcasecmp(at + 1, site->domain) != 0)
		return NULL;
	return g_strndup(addr, (gsize)(at - addr));
}

/* What stands behind our local part and a delimiter in LOCAL, NULL if it begins otherwise. Both delimiters
 * are understood: people and servers that cannot write '+' write '-'. */
static const char *
behind(const RnSite *site, const char *local)
{
	const char *name = site->localpart != NULL && *site->localpart != '\0' ? site->localpart : "rinnovo";
	gsize len = strlen(name);

	if (g_ascii_strncasecmp(local, name, len) != 0 || local[len] == '\0' ||
	    strchr("+-", local[len]) == NULL)
		return NULL;
	return local + len + 1;
}

char *
rn_token_in_address(const RnSite *site, const char *rcpt)
{
	g_autofree char *local = our_local(site, rcpt);
	const char *rest;
	char *token;

	if (local == NULL)
		return NULL;
	token = rn_token_canonical(local);
	rest = token == NULL ? behind(site, local) : NULL;
	return rest != NULL ? rn_token_canonical(rest) : token;
}

char *
rn_token_verify_address(const RnSite *site)
{
	return site->verify != NULL && *site->verify != '\0' ?
	    g_strdup_printf("%s@%s", site->verify, site->domain) :
	    g_strdup("");
}

gboolean
rn_token_address_verify(const RnSite *site, const char *rcpt)
{
	g_autofree char *local = our_local(site, rcpt);

	return local != NULL && site->verify != NULL && *site->verify != '\0' &&
	    g_ascii_strcasecmp(local, site->verify) == 0;
}

gboolean
rn_token_address_ours(const RnSite *site, const char *rcpt)
{
	g_autofree char *local = our_local(site, rcpt);
	g_autofree char *token = local != NULL ? rn_token_canonical(local) : NULL;

	if (local == NULL)
		return FALSE;
	if (token != NULL || behind(site, local) != NULL)
		return TRUE;
	if ((site->localpart != NULL && g_ascii_strcasecmp(local, site->localpart) == 0) ||
	    g_ascii_strcasecmp(local, SELFTEST) == 0 || rn_token_address_verify(site, rcpt))
		return TRUE;
	/* A domain of its own has no delimiter: whatever is left there is a garbled token, but for the two
	 * names that every domain has (RFC 2142). */
	return site->delimiter != NULL && *site->delimiter == '\0' &&
	    g_ascii_strcasecmp(local, "postmaster") != 0 && g_ascii_strcasecmp(local, "abuse") != 0;
}

gboolean
rn_token_garbled(const RnSite *site, const char *rcpt)
{
	g_autofree char *local = our_local(site, rcpt);
	const char *rest = local != NULL ? behind(site, local) : NULL;
	g_autofree char *token = NULL;

	if (rest == NULL && local != NULL && site->delimiter != NULL && *site->delimiter == '\0')
		rest = local;
	if (rest == NULL || strlen(rest) < GARBLED_MIN)
		return FALSE;
	for (const char *p = rest; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && *p != '-')
			return FALSE;
	token = rn_token_canonical(rest);
	return token == NULL;
}

gboolean
rn_token_selftest(const RnSite *site, const char *rcpt)
{
	g_autofree char *local = our_local(site, rcpt);
	const char *rest = local != NULL ? behind(site, local) : NULL;

	return local != NULL && g_ascii_strcasecmp(rest != NULL ? rest : local, SELFTEST) == 0;
}

char *
rn_token_message_id(const RnSite *site, const char *kind, const char *unique, const char *token)
{
	if (unique == NULL)
		return g_strdup_printf("%s.%s@%s", kind, token, site->domain);
	return g_strdup_printf("%s.%s.%s@%s", kind, unique, token, site->domain);
}

char *
rn_token_fence(const char *token)
{
	GString *text = g_string_new("[codice: ");

	for (gsize i = 0; token[i] != '\0'; i++) {
		if (i > 0 && i % 5 == 0)
			g_string_append_c(text, '-');
		g_string_append_c(text, token[i]);
	}
	g_string_append_c(text, ']');
	return g_string_free(text, FALSE);
}
