/* lmtp_dots.c: only CRLF ends a line here: ".\n" and "\n.\n" are text like any other, so nobody can smuggle
 * an end into a message. */
#include "prog/lmtp_dots.h"

#include <string.h>

static void
keep(RnDots *d, const char *p, gsize len)
{
	if (d->over || d->data->len + len > d->max) {
		d->over = TRUE;
		g_byte_array_set_size(d->data, 0);
		return;
	}
	g_byte_array_append(d->data, (const guint8 *)p, (guint)len);
}

/* Handles the one byte C at the start of a line or after a CR; FALSE at the end of the message. */
static gboolean
edge(RnDots *d, char c)
{
	if (d->place == RN_DOTS_DOT_CR && c == '\n')
		return FALSE;
	if (d->place == RN_DOTS_DOT_CR)	/* the dot was a stuffed one: it goes, the CR stays */
		keep(d, "\r", 1);
	if (d->place == RN_DOTS_START && c == '.') {
		d->place = RN_DOTS_DOT;
		return TRUE;
	}
	if (d->place == RN_DOTS_DOT && c == '\r') {
		d->place = RN_DOTS_DOT_CR;
		return TRUE;
	}
	if (c == '\n' && d->place == RN_DOTS_CR)
		d->place = RN_DOTS_START;
	else
		d->place = c == '\r' ? RN_DOTS_CR : RN_DOTS_LINE;
	keep(d, &c, 1);
	return TRUE;
}

gsize
rn_dots_take(RnDots *d, const char *p, gsize len, gboolean *end)
{
	const char *cr;
	gsize n;

	*end = FALSE;
	if (d->place != RN_DOTS_LINE) {
		*end = !edge(d, *p);
		return 1;
	}
	cr = memchr(p, '\r', len);
	n = cr != NULL ? (gsize)(cr - p) + 1 : len;
	keep(d, p, n);
	if (cr != NULL)
		d->place = RN_DOTS_CR;
	return n;
}

/* The start of the line behind P, or END. */
static const char *
next_line(const char *p, const char *end)
{
	const char *crlf = p < end ? memmem(p, (gsize)(end - p), "\r\n", 2) : NULL;

	return crlf != NULL ? crlf + 2 : end;
}

GBytes *
rn_dots_stuff(GBytes *raw)
{
	gsize len;
	const char *data = g_bytes_get_data(raw, &len);
	const char *p = data != NULL ? data : "";
	const char *end = p + len;
	GByteArray *out = g_byte_array_sized_new((guint)len + 64);

	while (p < end) {
		const char *next = next_line(p, end);

		if (*p == '.')
			g_byte_array_append(out, (const guint8 *)".", 1);
		g_byte_array_append(out, (const guint8 *)p, (guint)(next - p));
		p = next;
	}
	if (out->len > 0 && (out->len < 2 || memcmp(out->data + out->len - 2, "\r\n", 2) != 0))
		g_byte_array_append(out, (const guint8 *)"\r\n", 2);
	g_byte_array_append(out, (const guint8 *)".\r\n", 3);
	return g_byte_array_free_to_bytes(out);
}
