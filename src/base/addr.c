/* addr.c: mail addresses by our own grammar, which is narrower than RFC 5321: what we do not need cannot
 * hurt. */
#include "base/text.h"

#include <string.h>

#define LOCAL_MAX 64
#define ADDR_MAX 254
#define LABEL_MAX 63

/* Dot-atom: atoms of atext with single dots between them. */
static gboolean
local_valid(const char *s, gsize len)
{
	if (len == 0 || len > LOCAL_MAX || s[0] == '.' || s[len - 1] == '.')
		return FALSE;
	for (gsize i = 0; i < len; i++) {
		if (s[i] == '.' && s[i - 1] == '.')
			return FALSE;
		if (s[i] != '.' && !g_ascii_isalnum(s[i]) && strchr("!#$%&'*+-/=?^_`{|}~", s[i]) == NULL)
			return FALSE;
	}
	return TRUE;
}

static gboolean
label_valid(const char *s, gsize len)
{
	if (len == 0 || len > LABEL_MAX || s[0] == '-' || s[len - 1] == '-')
		return FALSE;
	for (gsize i = 0; i < len; i++)
		if (!g_ascii_isalnum(s[i]) && s[i] != '-')
			return FALSE;
	return TRUE;
}

static gboolean
domain_valid(const char *s)
{
	const char *last = strrchr(s, '.');

	/* No top-level domain is a number: this would be an IP address. */
	if (last == NULL ? g_ascii_strcasecmp(s, "localhost") != 0 :
	                   last[1 + strspn(last + 1, "0123456789")] == '\0')
		return FALSE;
	for (;;) {
		gsize len = strcspn(s, ".");

		if (!label_valid(s, len))
			return FALSE;
		if (s[len] == '\0')
			return TRUE;
		s += len + 1;
	}
}

gboolean
rn_addr_valid(const char *addr)
{
	gsize len = strnlen(addr, ADDR_MAX + 1);
	const char *at;

	if (len > ADDR_MAX)
		return FALSE;
	at = strchr(addr, '@');
	return at != NULL && local_valid(addr, (gsize)(at - addr)) && domain_valid(at + 1);
}

char *
rn_addr_fold(const char *addr)
{
	return g_ascii_strdown(addr, -1);
}

const char *
rn_addr_domain(const char *addr)
{
	const char *at = strrchr(addr, '@');

	return at != NULL ? at + 1 : addr + strlen(addr);
}
