/* report.c: bounces. A delivery status notification says everything in fields (RFC 3464); older servers only
 * in sentences, of which the enhanced status code (RFC 3463) and the Message-ID are enough. */
#include "mail/report.h"

#include <string.h>

#define MAX_IDS 5
#define MAX_TEXT 200
#define MAX_STATUS (64 * 1024)

/* A value taken once: the first block that failed wins. */
static void
set(char **to, const char *value, gsize len)
{
	g_autofree char *raw = g_strndup(value, MIN(len, MAX_TEXT));

	if (*to != NULL)
		return;
	*to = g_strstrip(g_utf8_make_valid(raw, -1));
	for (char *p = *to; *p != '\0'; p++)
		*p = g_ascii_iscntrl(*p) ? ' ' : *p;
}

/* The text of a part; NULL if it has none. Caller frees. */
static char *
part_text(GMimeObject *object)
{
	RnLeaf leaf = { .object = object };
	g_autoptr(GBytes) data = rn_leaf_data(&leaf);
	gsize len = 0;
	const char *bytes = data != NULL ? g_bytes_get_data(data, &len) : NULL;

	return bytes != NULL ? g_strndup(bytes, MIN(len, MAX_STATUS)) : NULL;
}

/* The address of "rfc822; a@b" or "a@b"; the rest of LINE otherwise. */
static const char *
behind_type(const char *value)
{
	const char *semicolon = strchr(value, ';');

	return semicolon != NULL ? semicolon + 1 : value;
}

/* One field of a block about a recipient. */
static void
take_field(RnReport *r, const char *line)
{
	const char *colon = strchr(line, ':');
	gsize n = colon != NULL ? (gsize)(colon - line) : 0;

	if (n == 0)
		return;
	if (g_ascii_strncasecmp(line, "Action", n) == 0 && n == 6) {
		set(&r->action, colon + 1, strlen(colon + 1));
		r->action[strcspn(r->action, " \t(;")] = '\0';
	} else if (g_ascii_strncasecmp(line, "Status", n) == 0 && n == 6) {
		set(&r->status, colon + 1, strlen(colon + 1));
		r->status[strspn(r->status, "0123456789.")] = '\0';
	} else if (g_ascii_strncasecmp(line, "Original-Recipient", n) == 0 && n == 18)
		set(&r->rcpt, behind_type(colon + 1), strlen(behind_type(colon + 1)));
	else if (g_ascii_strncasecmp(line, "Final-Recipient", n) == 0 && n == 15)
		set(&r->rcpt, behind_type(colon + 1), strlen(behind_type(colon + 1)));
	else if (g_ascii_strncasecmp(line, "Diagnostic-Code", n) == 0 && n == 15)
		set(&r->text, behind_type(colon + 1), strlen(behind_type(colon + 1)));
}

/* The fields of a delivery-status part; folded lines are joined first. */
static void
take_status(RnReport *r, const char *text)
{
	g_autoptr(GString) flat = g_string_new(text);
	g_auto(GStrv) lines = NULL;

	g_string_replace(flat, "\r\n", "\n", 0);
	g_string_replace(flat, "\n ", " ", 0);
	g_string_replace(flat, "\n\t", " ", 0);
	lines = g_strsplit(flat->str, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++)
		take_field(r, lines[i]);
}

/* Adds the Message-ID between < and > that begins at OPEN. */
static void
add_id(GPtrArray *ids, const char *open)
{
	gsize n = open != NULL && *open == '<' ? strcspn(open + 1, "> \t\r\n<") : 0;

	if (n < 3 || n > 250 || open[n + 1] != '>' || ids->len >= MAX_IDS)
		return;
	g_ptr_array_add(ids, g_utf8_make_valid(open + 1, (gssize)n));
}

/* The Message-ID fields of headers that stand in TEXT. */
static void
ids_in_text(GPtrArray *ids, const char *text)
{
	for (const char *p = text; p != NULL && *p != '\0';) {
		const char *line = p + strspn(p, "> \t|");

		if (g_ascii_strncasecmp(line, "Message-ID:", 11) == 0) {
			line += 11;
			add_id(ids, line + strspn(line, " \t\r\n"));
		}
		p = strchr(p, '\n');
		p = p != NULL ? p + 1 : NULL;
	}
}

/* An enhanced status code in TEXT, "550 5.1.1 user unknown": its first place. NULL if there is none. */
static const char *
status_in(const char *text)
{
	for (const char *p = strpbrk(text, "45"); p != NULL; p = strpbrk(p + 1, "45")) {
		gsize a, b;

		if ((p > text && (g_ascii_isalnum(p[-1]) || p[-1] == '.')) || p[1] != '.')
			continue;
		a = strspn(p + 2, "0123456789");
		if (a == 0 || a > 3 || p[2 + a] != '.')
			continue;
		b = strspn(p + 3 + a, "0123456789");
		if (b >= 1 && b <= 3 && p[3 + a + b] != '.')
			return p;
	}
	return NULL;
}

/* "550 No such user": the basic code of RFC 5321 4.2 in a sentence of a bounce. */
static const char *
reply_code_in(const char *text)
{
	for (const char *p = strpbrk(text, "45"); p != NULL; p = strpbrk(p + 1, "45")) {
		if ((p == text || !g_ascii_isalnum(p[-1])) && strspn(p, "0123456789") == 3 && p[1] >= '0' &&
		    p[1] <= '7' && strchr(" -", p[3]) != NULL && p[3] != '\0')
			return p;
	}
	return NULL;
}

/* Bounces without fields. */
static void
take_sentences(RnReport *r, const char *text)
{
	const char *at = status_in(text), *line;

	if (at != NULL && r->status == NULL)
		set(&r->status, at, strspn(at, "0123456789."));
	else if (r->status == NULL && (at = reply_code_in(text)) != NULL)
		r->status = g_strdup(*at == '4' ? "4.0.0" : "5.0.0");
	if (at == NULL || r->text != NULL)
		return;
	for (line = at; line > text && line[-1] != '\n';)
		line--;
	set(&r->text, line, strcspn(line, "\r\n"));
}

static void
walk(GMimeObject *object, RnReport *r, GPtrArray *ids, guint depth)
{
	GMimeContentType *type = object != NULL ? g_mime_object_get_content_type(object) : NULL;
	g_autofree char *text = NULL;

	if (type == NULL || depth > 10)
		return;
	if (GMIME_IS_MULTIPART(object)) {
		for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object)); i++)
			walk(g_mime_multipart_get_part(GMIME_MULTIPART(object), i), r, ids, depth + 1);
		return;
	}
	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		const char *id = inner != NULL ? g_mime_message_get_message_id(inner) : NULL;

		if (id != NULL && ids->len < MAX_IDS)
			g_ptr_array_add(ids, g_utf8_make_valid(id, -1));
		return;
	}
	text = part_text(object);
	if (text == NULL)
		return;
	if (g_mime_content_type_is_type(type, "message", "delivery-status") ||
	    g_mime_content_type_is_type(type, "message", "global-delivery-status"))
		take_status(r, text);
	else if (g_mime_content_type_is_type(type, "text", "*"))
		ids_in_text(ids, text);
}

void
rn_report_read(const RnParts *parts, RnFacts *f)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

	walk(g_mime_message_get_mime_part(parts->message), &f->report, ids, 0);
	take_sentences(&f->report, parts->text);
	g_ptr_array_add(ids, NULL);
	f->report.ids = g_strjoinv(" ", (char **)ids->pdata);
}
