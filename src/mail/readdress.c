/* readdress.c: a letter of ours as it was, but to another address. */
#include <string.h>

#include "mail/letter_inside.h"

/* Where the field NAME ("To:") begins in the header block, NULL if nowhere. */
static const char *
field_start(const char *data, const char *end, const char *name)
{
	gsize n = strlen(name);

	for (const char *p = data; p != NULL && p + n < end && *p != '\r';) {
		if (g_ascii_strncasecmp(p, name, n) == 0)
			return p;
		p = memchr(p, '\n', (gsize)(end - p));
		p = p != NULL ? p + 1 : NULL;
	}
	return NULL;
}

/* Behind the last folded line of the field at START. */
static const char *
field_end(const char *start, const char *end)
{
	const char *p = start;

	do {
		p = memchr(p, '\n', (gsize)(end - p));
		p = p != NULL ? p + 1 : end;
	} while (p < end && (*p == ' ' || *p == '\t'));
	return p;
}

GBytes *
rn_letter_readdress(GBytes *raw, const char *name, const char *addr, GError **error)
{
	gsize len;
	const char *data = g_bytes_get_data(raw, &len), *end = data + len;
	const char *start = field_start(data, end, "To:");
	g_autofree char *mailbox = rn_letter_mailbox(name, addr);
	g_autoptr(GString) out = g_string_new(NULL), field = g_string_new("To: ");

	if (start == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL, "a letter in the outbox has no To field");
		return NULL;
	}
	g_string_append(field, mailbox);
	g_string_append_c(field, '\n');
	g_string_replace(field, "\n", "\r\n", 0);
	g_string_append_len(out, data, start - data);
	g_string_append_len(out, field->str, (gssize)field->len);
	start = field_end(start, end);
	g_string_append_len(out, start, end - start);
	if (!rn_letter_check_bytes((const guint8 *)out->str, out->len, error))
		return NULL;
	return g_string_free_to_bytes(g_steal_pointer(&out));
}
