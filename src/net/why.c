/* why.c: foreign words, cleaned. */
#include "net/why.h"

#include <string.h>

#include "base/text.h"

#define MAX_WHY 400

char *
rn_why(const char *text, gssize len)
{
	g_autofree char *valid = rn_text_utf8(text, len);
	g_autoptr(GString) plain = g_string_new(NULL);
	char *why;

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		g_string_append_unichar(plain, g_unichar_iscntrl(c) ? ' ' : c);
	}
	why = rn_text_squash(plain->str);
	if (strlen(why) > MAX_WHY)
		*g_utf8_find_prev_char(why, why + MAX_WHY + 1) = '\0';
	return why;
}

/* How many bytes at P are an enhanced status code with the space before it (RFC 3463): " 5.1.1". */
static gsize
enhanced(const char *p)
{
	gsize n = 1;

	if (p[0] != ' ' || strchr("245", p[1]) == NULL || p[1] == '\0')
		return 0;
	n++;
	for (int part = 0; part < 2; part++) {
		gsize digits = p[n] == '.' ? strspn(p + n + 1, "0123456789") : 0;

		if (digits == 0 || digits > 3)
			return 0;
		n += 1 + digits;
	}
	return n;
}

char *
rn_why_code(const char *why)
{
	static const char said[] = "server said: ";
	const char *at = strstr(why, said);
	const char *p = at != NULL ? at + strlen(said) : why;

	if (strspn(p, "0123456789") != 3)
		return g_strdup("no-reply-code");
	return g_strndup(p, 3 + enhanced(p + 3));
}

char *
rn_why_last_line(const char *text, gssize len)
{
	const char *end = text + (len < 0 ? strlen(text) : (gsize)len);

	while (end > text) {
		const char *nl = memrchr(text, '\n', (gsize)(end - text));
		const char *start = nl != NULL ? nl + 1 : text;
		g_autofree char *line = rn_why(start, end - start);

		if (*line != '\0')
			return g_steal_pointer(&line);
		end = nl != NULL ? nl : text;
	}
	return g_strdup("");
}
