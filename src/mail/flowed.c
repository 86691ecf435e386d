#include <string.h>

#include "mail/parts.h"

/* The depth of quotation of LINE (RFC 3676 4.3), and where its text begins. */
static guint
quote_depth(const char *line, const char **text)
{
	guint depth = 0;

	while (line[depth] == '>')
		depth++;
	*text = line + depth;
	return depth;
}

/* Is LINE (LEN bytes of text without its quote marks) soft: does it go on in the next one? A signature's "--
 * " does not. */
static gboolean
is_soft(const char *line, gsize len)
{
	return len > 0 && line[len - 1] == ' ' && !(len == 3 && strncmp(line, "-- ", 3) == 0);
}

char *
rn_unflow(const char *text, gboolean delsp)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *out = g_string_new(NULL);
	gboolean joining = FALSE;
	guint last = 0;

	for (guint i = 0; lines[i] != NULL; i++) {
		const char *p;
		guint depth = quote_depth(lines[i], &p);
		gboolean stuffed = *p == ' ';
		gsize len;

		if (stuffed && (depth == 0 || !joining))
			p += depth == 0;
		len = strlen(p);
		if (joining && depth == last) {
			if (depth > 0 && stuffed)
				p++, len--;
		} else {
			if (i > 0)
				g_string_append_c(out, '\n');
			g_string_append_len(out, lines[i], depth);
		}
		joining = is_soft(p, len);
		g_string_append_len(out, p, (gssize)(len - (joining && delsp)));
		last = depth;
	}
	return g_string_free(out, FALSE);
}
