/* text.c: strings. */
#include "base/text.h"

char *
rn_text_utf8(const char *s, gssize len)
{
	return g_utf8_make_valid(s, len);
}

char *
rn_text_plain(const char *s)
{
	g_autofree char *valid = rn_text_utf8(s, -1);
	GString *out = g_string_new(NULL);

	for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_iscntrl(c) || g_unichar_type(c) == G_UNICODE_FORMAT)
			g_string_append_c(out, ' ');
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

char *
rn_text_sha256(const void *data, gsize len)
{
	return g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, len);
}

char *
rn_bytes_sha256(GBytes *data)
{
	return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, data);
}

/* Is the character at S white space? *LEN becomes its length.
 * Bytes that are no UTF-8 count as characters of their own. */
static gboolean
is_space(const char *s, gsize *len)
{
	gunichar c = g_utf8_get_char_validated(s, -1);

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		*len = 1;
		return FALSE;
	}
	*len = (gsize)(g_utf8_next_char(s) - s);
	return g_unichar_isspace(c) || c == '\v';
}

char *
rn_text_squash(const char *s)
{
	GString *to = g_string_new(NULL);
	gboolean gap = FALSE;
	gsize len;

	for (; *s != '\0'; s += len) {
		if (is_space(s, &len)) {
			gap = TRUE;
			continue;
		}
		if (gap && to->len > 0)
			g_string_append_c(to, ' ');
		gap = FALSE;
		g_string_append_len(to, s, (gssize)len);
	}
	return g_string_free(to, FALSE);
}

char *
rn_text_money(gint64 cents)
{
	guint64 size = cents < 0 ? -(guint64)cents : (guint64)cents;

	return g_strdup_printf(
	    "%s%" G_GUINT64_FORMAT ",%02d", cents < 0 ? "-" : "", size / 100, (int)(size % 100));
}
