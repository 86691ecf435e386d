#include "prog/lmtp_args.h"

#include <string.h>

#define PATH_MAX_BYTES 512	/* RFC 5321 says 256; RFC 6531 lets letters take several bytes */
#define QUEUE_ID_MAX 64

/* The end of the path that begins at P (the '>' or a character that may not be there), quoted strings
 * respected. */
static const char *
path_end(const char *p)
{
	gboolean quoted = FALSE;

	for (; *p != '\0'; p++) {
		if ((guchar)*p < ' ' || *p == 0x7f)
			return p;
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == '>' || *p == '<' || *p == ' '))
			return p;
	}
	return p;
}

gboolean
rn_lmtp_path(const char *args, const char *prefix, char **path, const char **rest)
{
	const char *start, *end;

	if (g_ascii_strncasecmp(args, prefix, strlen(prefix)) != 0)
		return FALSE;
	start = args + strlen(prefix);
	start += strspn(start, " ");	/* wrong, but widespread */
	if (*start++ != '<')
		return FALSE;
	end = path_end(start);
	if (*end != '>' || (end[1] != '\0' && end[1] != ' '))
		return FALSE;
	*rest = end + 1 + strspn(end + 1, " ");
	/* RFC 5321 4.1.1.3: a source route is accepted and ignored. */
	if (*start == '@' && memchr(start, ':', (gsize)(end - start)) != NULL)
		start = (const char *)memchr(start, ':', (gsize)(end - start)) + 1;
	if (end - start > PATH_MAX_BYTES || !g_utf8_validate(start, end - start, NULL))
		return FALSE;
	*path = g_strndup(start, (gsize)(end - start));
	return TRUE;
}

char *
rn_lmtp_xtext_decode(const char *text)
{
	g_autoptr(GString) s = g_string_new(NULL);

	for (const char *p = text; *p != '\0'; p++) {
		int c = (guchar)*p;

		if (c == '+') {
			if (!g_ascii_isxdigit(p[1]) || !g_ascii_isxdigit(p[2]))
				return NULL;
			c = g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]);
			p += 2;
		}
		if (c < ' ' || c == 0x7f)
			return NULL;
		g_string_append_c(s, (char)c);
	}
	return g_string_free(g_steal_pointer(&s), FALSE);
}

char *
rn_lmtp_xtext_encode(const char *text)
{
	GString *s = g_string_new(NULL);

	for (const char *p = text; *p != '\0'; p++)
		if (*p > ' ' && *p <= '~' && *p != '+' && *p != '=')
			g_string_append_c(s, *p);
		else
			g_string_append_printf(s, "+%02X", (guchar)*p);
	return g_string_free(s, FALSE);
}

gboolean
rn_lmtp_queue_id_valid(const char *id)
{
	gsize len = strlen(id);

	for (const char *p = id; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && strchr("._-", *p) == NULL)
			return FALSE;
	return len > 0 && len <= QUEUE_ID_MAX;
}
