/* template_file.c: the text of a template, as whoever edits it may have saved it. */
#include <string.h>

#include "mail/template.h"

#define MAX_FILE (256 * 1024)	/* bytes; the longest that is shipped has 8 kB */
#define MARK "\xef\xbb\xbf"	/* byte order mark, as Windows writes it */

static gboolean G_GNUC_PRINTF(4, 5)
    wrong(const char *file, guint line, GError **error, const char *format, ...)
{
	va_list args;
	g_autofree char *what = NULL;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	if (line > 0)
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:%u: %s", file, line, what);
	else
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s", file, what);
	return FALSE;
}

static guint
line_at(const char *text, const char *at)
{
	guint line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* Lines end with LF or CR LF, and nothing stands in them that nobody sees. */
static gboolean
check(const char *file, const char *text, gsize len, GError **error)
{
	const char *end;

	if (!g_utf8_validate(text, (gssize)len, &end) && *end != '\0')
		return wrong(file, line_at(text, end), error, "not UTF-8: save the file as UTF-8");
	for (const char *p = text; p < text + len; p++)
		if ((guchar)*p == 127 ||
		    ((guchar)*p < ' ' && *p != '\n' && *p != '\t' && !(*p == '\r' && p[1] == '\n')))
			return wrong(file, line_at(text, p), error,
			    "a control character (code %d), which nobody sees: take it out", *p);
	return TRUE;
}

/* The bytes of FILE, *LEN of them; NULL if it cannot be read. Caller frees. */
static char *
contents(const char *file, gsize *len, GError **error)
{
	GError *why = NULL;
	char *raw = NULL;

	/* anything else could keep us waiting for ever */
	if (g_file_test(file, G_FILE_TEST_EXISTS) && !g_file_test(file, G_FILE_TEST_IS_REGULAR)) {
		wrong(file, 0, error, "is no file");
		return NULL;
	}
	if (!g_file_get_contents(file, &raw, len, &why)) {
		wrong(file, 0, error, "%s", why->message);
		g_error_free(why);
		return NULL;
	}
	return raw;
}

char *
rn_template_read(const char *file, GError **error)
{
	gsize len = 0;
	g_autofree char *raw = contents(file, &len, error);
	const char *start = raw;
	GString *text;

	if (raw == NULL)
		return NULL;
	if (len > MAX_FILE) {
		wrong(file, 0, error, "has %" G_GSIZE_FORMAT " bytes: a letter is shorter than %d", len,
		    MAX_FILE);
		return NULL;
	}
	start += g_str_has_prefix(raw, MARK) ? strlen(MARK) : 0;
	if (!check(file, start, len - (gsize)(start - raw), error))
		return NULL;
	text = g_string_new(start);
	g_string_replace(text, "\r\n", "\n", 0);
	return g_string_free(text, FALSE);
}
