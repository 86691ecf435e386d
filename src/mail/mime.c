/* mime.c: boundaries and parameters, byte by byte. Where readers differ in what they take for a boundary or a
 * type, the strict reading is taken: it finds no signature rather than one over other bytes. */
#include "mail/mime.h"

#include <string.h>

#include "mail/lex.h"

/* The value of parameter NAME behind the first word of FIELD; NULL if there is none, or two. */
static char *
parameter(const RnField *field, const char *name)
{
	RnLex lex = rn_lex_begin(field);
	g_autofree char *value = NULL;

	while (!lex.bad && lex.at < lex.end) {
		g_autofree char *key = NULL;

		if (!rn_lex_char(&lex, ';')) {
			rn_lex_skip(&lex, ";");
			continue;
		}
		key = rn_lex_word(&lex, ";=");
		if (key == NULL || !rn_lex_char(&lex, '=') || g_ascii_strcasecmp(key, name) != 0)
			continue;
		if (value != NULL)
			return NULL;
		value = rn_lex_item(&lex, ";");
	}
	return lex.bad ? NULL : g_steal_pointer(&value);
}

/* The first word of FIELD in lower case. */
static char *
first_word(const RnField *field)
{
	RnLex lex = rn_lex_begin(field);
	g_autofree char *word = rn_lex_word(&lex, ";");

	return word != NULL ? g_ascii_strdown(word, -1) : NULL;
}

static void
read_fields(RnMimePart *part)
{
	const RnField *type = rn_head_find(part->head, "Content-Type", 0);
	const RnField *disposition = rn_head_find(part->head, "Content-Disposition", 0);
	const RnField *encoding = rn_head_find(part->head, "Content-Transfer-Encoding", 0);

	if (rn_head_count(part->head, "Content-Type") > 1)
		g_clear_pointer(&part->type, g_free);
	else if (type != NULL) {
		g_free(part->type);
		part->type = first_word(type);
		part->boundary = parameter(type, "boundary");
		part->name = parameter(type, "name");
	}
	if (disposition != NULL)
		part->filename = parameter(disposition, "filename");
	if (encoding != NULL) {
		g_free(part->encoding);
		part->encoding = first_word(encoding);
	}
	if (part->encoding == NULL || rn_head_count(part->head, "Content-Transfer-Encoding") > 1) {
		g_free(part->encoding);
		part->encoding = g_strdup("?");
	}
}

RnMimePart *
rn_mime_open(GBytes *raw)
{
	RnMimePart *part = g_new0(RnMimePart, 1);
	RnLimits limits = { .max_bytes = G_MAXSIZE };
	gsize len;
	const char *data = g_bytes_get_data(raw, &len);

	part->raw = g_bytes_ref(raw);
	part->type = g_strdup("text/plain");
	part->encoding = g_strdup("7bit");
	part->head = rn_head_scan(raw, &limits, NULL);
	if (part->head != NULL) {
		part->body = rn_head_body(part->head);
		read_fields(part);
	} else if (len >= 2 && memcmp(data, "\r\n", 2) == 0)
		part->body = 2;
	else if (len >= 1 && *data == '\n')
		part->body = 1;
	return part;
}

void
rn_mime_part_free(RnMimePart *part)
{
	if (part == NULL)
		return;
	g_bytes_unref(part->raw);
	rn_head_free(part->head);
	g_free(part->type);
	g_free(part->boundary);
	g_free(part->name);
	g_free(part->filename);
	g_free(part->encoding);
	g_free(part);
}

gboolean
rn_mime_is_named(const RnMimePart *part, const char *name)
{
	return (part->name != NULL && g_ascii_strcasecmp(part->name, name) == 0) ||
	    (part->filename != NULL && g_ascii_strcasecmp(part->filename, name) == 0);
}

typedef enum { NO_DELIMITER, DELIMITER, CLOSE_DELIMITER } Delimiter;

/* What the line [P, NEXT) is: "--" boundary, "--" for the last, and white space. */
static Delimiter
delimiter(const char *p, const char *next, const char *boundary, gsize len)
{
	Delimiter kind = DELIMITER;

	if ((gsize)(next - p) < len + 2 || p[0] != '-' || p[1] != '-' || memcmp(p + 2, boundary, len) != 0)
		return NO_DELIMITER;
	p += len + 2;
	if (next - p >= 2 && p[0] == '-' && p[1] == '-') {
		kind = CLOSE_DELIMITER;
		p += 2;
	}
	while (p < next && strchr(" \t\r\n", *p) != NULL && *p != '\0')
		p++;
	return p == next ? kind : NO_DELIMITER;
}

/* Where the part ends that is followed by the delimiter line at P: before the line break above it. */
static gsize
end_before(const char *start, const char *p, gsize from)
{
	gsize end = (gsize)(p - start);

	if (end > from && start[end - 1] == '\n')
		end--;
	if (end > from && start[end - 1] == '\r')
		end--;
	return end;
}

GPtrArray *
rn_mime_children(const RnMimePart *part, guint max, gboolean *closed)
{
	GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	gsize size, len, from = 0;
	const char *start = g_bytes_get_data(part->raw, &size), *end = start + size;
	gboolean open = FALSE;

	*closed = FALSE;
	if (part->type == NULL || !g_str_has_prefix(part->type, "multipart/") || part->boundary == NULL ||
	    (len = strlen(part->boundary)) == 0)
		return all;
	for (const char *p = start + part->body, *next; p < end && !*closed; p = next) {
		const char *lf = memchr(p, '\n', (gsize)(end - p));
		Delimiter kind;

		next = lf != NULL ? lf + 1 : end;
		kind = delimiter(p, next, part->boundary, len);
		if (kind == NO_DELIMITER)
			continue;
		if (open) {
			gsize to = end_before(start, p, from);

			if (all->len == max)
				return all;
			g_ptr_array_add(all, g_bytes_new_from_bytes(part->raw, from, to - from));
		}
		open = TRUE;
		*closed = kind == CLOSE_DELIMITER;
		from = (gsize)(next - start);
	}
	if (open && !*closed && all->len < max)
		g_ptr_array_add(all, g_bytes_new_from_bytes(part->raw, from, size - from));
	return all;
}

static GBytes *
decode_quoted(const char *p, gsize len)
{
	GByteArray *out = g_byte_array_new();

	for (gsize i = 0; i < len; i++) {
		if (p[i] != '=') {
			g_byte_array_append(out, (const guint8 *)p + i, 1);
		} else if (i + 2 < len && g_ascii_isxdigit(p[i + 1]) && g_ascii_isxdigit(p[i + 2])) {
			guint8 byte =
			    (guint8)(g_ascii_xdigit_value(p[i + 1]) * 16 + g_ascii_xdigit_value(p[i + 2]));

			g_byte_array_append(out, &byte, 1);
			i += 2;
		} else if (i + 1 < len && p[i + 1] == '\n') {
			i++;
		} else if (i + 2 < len && p[i + 1] == '\r' && p[i + 2] == '\n') {
			i += 2;
		} else {
			g_byte_array_append(out, (const guint8 *)p + i, 1);
		}
	}
	return g_byte_array_free_to_bytes(out);
}

/* Only letters of base64 and white space: what a lenient decoder skips may be another reader's text. */
static GBytes *
decode_base64(const char *p, gsize len)
{
	g_autofree char *text = g_malloc(len + 1);
	gsize n = 0, size;
	guchar *data;

	for (gsize i = 0; i < len; i++) {
		if (g_ascii_isalnum(p[i]) || (p[i] != '\0' && strchr("+/=", p[i]) != NULL))
			text[n++] = p[i];
		else if (p[i] == '\0' || strchr(" \t\r\n", p[i]) == NULL)
			return NULL;
	}
	text[n] = '\0';
	if (n == 0 || n % 4 != 0)
		return NULL;
	data = g_base64_decode(text, &size);
	return g_bytes_new_take(data, size);
}

GBytes *
rn_mime_decode(const RnMimePart *part)
{
	gsize size;
	const char *start = g_bytes_get_data(part->raw, &size);
	gsize len = size - part->body;

	if (strcmp(part->encoding, "base64") == 0)
		return decode_base64(start + part->body, len);
	if (strcmp(part->encoding, "quoted-printable") == 0)
		return decode_quoted(start + part->body, len);
	if (strcmp(part->encoding, "7bit") == 0 || strcmp(part->encoding, "8bit") == 0 ||
	    strcmp(part->encoding, "binary") == 0)
		return g_bytes_new_from_bytes(part->raw, part->body, len);
	return NULL;
}

GBytes *
rn_mime_canonical(GBytes *raw)
{
	gsize len;
	const char *p = g_bytes_get_data(raw, &len);
	gboolean bare = FALSE;
	GByteArray *out;

	for (gsize i = 0; i < len && !bare; i++)
		bare = p[i] == '\n' && (i == 0 || p[i - 1] != '\r');
	if (!bare)
		return g_bytes_ref(raw);
	out = g_byte_array_sized_new((guint)(len + len / 32));
	for (gsize i = 0, from = 0; i < len; i++) {
		if (p[i] == '\n' && (i == 0 || p[i - 1] != '\r')) {
			g_byte_array_append(out, (const guint8 *)p + from, (guint)(i - from));
			g_byte_array_append(out, (const guint8 *)"\r\n", 2);
			from = i + 1;
		} else if (i + 1 == len) {
			g_byte_array_append(out, (const guint8 *)p + from, (guint)(len - from));
		}
	}
	return g_byte_array_free_to_bytes(out);
}
