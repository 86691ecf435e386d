/* head.c: the header block, split into fields. Bytes only: nothing is decoded, merged or repaired here. */
#include "mail/head.h"

#include <string.h>

#include "mail/digest.h"
#include "mail/head_limits.h"

struct RnHead {
	GBytes	*raw;
	GArray	*fields;	/* RnField */
	gsize	 body;
};

static const RnLimits defaults = {
	.max_bytes = 10 << 20,
	.max_head = 128 << 10,
	.max_field = 16 << 10,
	.max_fields = 300,
	.max_addresses = 512,
	.max_parts = 400,
	.max_depth = 20,
};

static RnLimits
with_defaults(const RnLimits *given)
{
	RnLimits l = given != NULL ? *given : defaults;

	l.max_bytes = l.max_bytes != 0 ? l.max_bytes : defaults.max_bytes;
	l.max_head = l.max_head != 0 ? l.max_head : defaults.max_head;
	l.max_field = l.max_field != 0 ? l.max_field : defaults.max_field;
	l.max_fields = l.max_fields != 0 ? l.max_fields : defaults.max_fields;
	l.max_addresses = l.max_addresses != 0 ? l.max_addresses : defaults.max_addresses;
	l.max_parts = l.max_parts != 0 ? l.max_parts : defaults.max_parts;
	l.max_depth = l.max_depth != 0 ? l.max_depth : defaults.max_depth;
	return l;
}

/* The first byte after the line that begins at P. */
static const char *
next_line(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (gsize)(end - p));

	return lf != NULL ? lf + 1 : end;
}

static gboolean
is_blank(const char *p, const char *end)
{
	return p < end && (*p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n'));
}

/* Reads the field that begins at P. Returns the first byte after it and its folded lines, NULL if there is no
 * field: a name is printable ASCII without ':'; white space before the colon is old and odd, but other
 * readers take it, so it must not hide a second From. */
static const char *
read_field(const char *p, const char *end, RnField *field)
{
	const char *at = p, *stop;

	while (at < end && g_ascii_isgraph(*at) && *at != ':')
		at++;
	field->name = p;
	field->name_len = (gsize)(at - p);
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	if (field->name_len == 0 || at == end || *at != ':')
		return NULL;
	field->value = at + 1;
	do
		at = next_line(at, end);
	while (at < end && (*at == ' ' || *at == '\t'));
	stop = at;
	if (stop > field->value && stop[-1] == '\n')
		stop--;
	if (stop > field->value && stop[-1] == '\r')
		stop--;
	field->value_len = (gsize)(stop - field->value);
	return at;
}

static gboolean
field_within(const RnHead *head, const RnField *field, gsize used, const RnLimits *l, GError **error)
{
	int shown = (int)MIN(field->name_len, 40);

	if (used > l->max_head) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "the header is over %zu bytes at field %u (%.*s)",
		    l->max_head, head->fields->len + 1, shown, field->name);
		return FALSE;
	}
	if (head->fields->len >= l->max_fields) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "the header has over %u fields, the next is %.*s",
		    l->max_fields, shown, field->name);
		return FALSE;
	}
	if (field->value_len + field->name_len > l->max_field) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "header field %u (%.*s) is over %zu bytes",
		    head->fields->len + 1, shown, field->name, l->max_field);
		return FALSE;
	}
	return TRUE;
}

static gboolean
scan_fields(RnHead *head, const char *start, const char *end, const RnLimits *l, GError **error)
{
	const char *p = start;
	RnField first;

	/* the line of a mbox; but "From : x" is a field */
	if (end - p >= 5 && memcmp(p, "From ", 5) == 0 && read_field(p, end, &first) == NULL)
		p = next_line(p, end);
	while (p < end && !is_blank(p, end)) {
		RnField field;
		const char *after = read_field(p, end, &field);

		if (after == NULL)
			break;	/* as mail servers do: what is no field begins the body */
		if (!field_within(head, &field, (gsize)(after - start), l, error))
			return FALSE;
		g_array_append_val(head->fields, field);
		p = after;
	}
	if (is_blank(p, end))
		p = next_line(p, end);
	head->body = (gsize)(p - start);
	if (head->fields->len > 0)
		return TRUE;
	g_set_error(
	    error, RN_ERROR, RN_ERR_INPUT, "this is no mail message: the first line is no header field");
	return FALSE;
}

RnHead *
rn_head_scan(GBytes *raw, const RnLimits *limits, GError **error)
{
	RnLimits l = with_defaults(limits);
	g_autoptr(RnHead) head = NULL;
	const char *data;
	gsize len;

	data = g_bytes_get_data(raw, &len);
	if (len > l.max_bytes) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "the message is over %zu bytes", l.max_bytes);
		return NULL;
	}
	if (len == 0) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT, "this is no mail message: it is empty");
		return NULL;
	}
	head = g_new0(RnHead, 1);
	head->raw = g_bytes_ref(raw);
	head->fields = g_array_new(FALSE, FALSE, sizeof(RnField));
	if (!scan_fields(head, data, data + len, &l, error) || !rn_head_within(data, len, &l, error))
		return NULL;
	return g_steal_pointer(&head);
}

void
rn_head_free(RnHead *head)
{
	if (head == NULL)
		return;
	g_array_unref(head->fields);
	g_bytes_unref(head->raw);
	g_free(head);
}

guint
rn_head_n(const RnHead *head)
{
	return head->fields->len;
}

const RnField *
rn_head_at(const RnHead *head, guint i)
{
	return &g_array_index(head->fields, RnField, i);
}

static gboolean
is_called(const RnField *field, const char *name)
{
	return strlen(name) == field->name_len &&
	    g_ascii_strncasecmp(field->name, name, field->name_len) == 0;
}

guint
rn_head_count(const RnHead *head, const char *name)
{
	guint n = 0;

	for (guint i = 0; i < head->fields->len; i++)
		n += is_called(rn_head_at(head, i), name);
	return n;
}

const RnField *
rn_head_find(const RnHead *head, const char *name, guint n)
{
	for (guint i = 0; i < head->fields->len; i++)
		if (is_called(rn_head_at(head, i), name) && n-- == 0)
			return rn_head_at(head, i);
	return NULL;
}

gsize
rn_head_body(const RnHead *head)
{
	return head->body;
}

char *
rn_head_body_digest(const RnHead *head)
{
	g_autoptr(RnDigest) d = rn_digest_new();
	gsize len;
	const char *start = g_bytes_get_data(head->raw, &len);

	rn_digest_feed(d, start + head->body, len - head->body);
	return rn_digest_end(d);
}
