/* head_limits.c: counting what could kill or stall a MIME parser, before one runs. Seen with GMime 3.2.13:
 * 45,000 groups in an address field end its stack; a million fields in the header of a part, or parameters in
 * one Content-Type, keep it busy for ten seconds; 400,000 parts for three. */
#include "mail/head_limits.h"

#include <string.h>

#define UNCOUNTED 3	/* bytes of a field that no limit means: colon and line end */

/* Every field that GMime reads as addresses, and those that might be one day. */
static const char *const address_fields[] = {
	"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From", "Resent-Sender", "Resent-Reply-To", "Resent-To",
	"Resent-Cc", "Resent-Bcc", "Disposition-Notification-To", "Return-Receipt-To", "Errors-To", "Mail-Followup-To",
};

/* What was counted so far. A block is a run of lines up to a blank one that may be the header of a part or of
 * a message inside: where one begins is certain (behind a line that begins with "--", behind the header of an
 * inner message), where none begins is not. */
typedef struct {
	const RnLimits	*limits;
	guint		 parts;
	guint		 nested;
	gboolean	 digest;	/* parts without a type may be messages (RFC 2046 5.1.5) */
	gboolean	 in_block;
	gboolean	 of_part;	/* it stands behind a "--" line */
	guint		 types;		/* Content-Type fields of it */
	gboolean	 typed;		/* one, of a form that no reader can mistake */
	gboolean	 announced;	/* of a message: another block follows */
	guint		 fields;	/* of the block */
	gsize		 bytes;		/* of these fields */
	gsize		 field;		/* bytes of the field in hand, 0 if there is none */
} Count;

/* The value of the field called NAME that begins at P (white space before the colon allowed), NULL if another
 * begins there. */
static const char *
value_of(const char *p, const char *end, const char *name)
{
	gsize len = strlen(name);

	if ((gsize)(end - p) <= len || g_ascii_strncasecmp(p, name, len) != 0)
		return NULL;
	p += len;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p < end && *p == ':' ? p + 1 : NULL;
}

/* The first byte after the line of P and the folded lines that follow it. */
static const char *
field_end(const char *p, const char *end)
{
	do {
		const char *lf = memchr(p, '\n', (gsize)(end - p));

		p = lf != NULL ? lf + 1 : end;
	} while (p < end && (*p == ' ' || *p == '\t'));
	return p;
}

static gboolean
addresses_within(const char *value, const char *end, const char *name, guint max, GError **error)
{
	guint n = 0;

	for (const char *p = value; p < end; p++)
		n += *p == ':' || *p == ';' || *p == ',' || *p == '<';
	if (n <= max)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "a field %s has over %u addresses or groups", name, max);
	return FALSE;
}

static gboolean
holds(const char *p, const char *end, const char *word)
{
	gsize len = strlen(word);

	for (; (gsize)(end - p) >= len; p++)
		if (g_ascii_strncasecmp(p, word, len) == 0)
			return TRUE;
	return FALSE;
}

/* A type as everybody reads it: what a reader does not understand counts for none. */
static gboolean
plain_type(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end || !g_ascii_isalpha(*p))
		return FALSE;
	while (p < end && g_ascii_isalpha(*p))
		p++;
	return end - p >= 2 && *p == '/' && g_ascii_isalpha(p[1]);
}

/* Nothing can nest deeper than there are fields that announce a container. The type may stand behind comments
 * and folds, so its word counts wherever it stands in the field. */
static gboolean
container(Count *count, const char *value, const char *end, GError **error)
{
	gboolean message = holds(value, end, "message"), multipart = holds(value, end, "multipart");

	count->typed = count->types++ == 0 && plain_type(value, end);
	count->announced |= message;
	count->digest |= multipart && holds(value, end, "digest");
	if (!message && !multipart)
		return TRUE;
	if (++count->nested <= count->limits->max_depth)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
	    "over %u fields Content-Type announce multiparts or messages", count->limits->max_depth);
	return FALSE;
}

static void
begin_block(Count *count, gboolean of_part)
{
	count->in_block = TRUE;
	count->of_part = of_part;
	count->typed = count->announced = FALSE;
	count->fields = count->types = 0;
	count->bytes = count->field = 0;
}

/* A line that may open a part. Within a block it may be nothing but a line that a reader skips: then the same
 * header goes on, and so does the count. */
static void
begin_part(Count *count)
{
	gboolean announced = count->in_block && count->announced;
	guint fields = count->in_block ? count->fields : 0;
	gsize bytes = count->in_block ? count->bytes : 0;
	gsize open_field = count->in_block ? count->field : 0;

	begin_block(count, TRUE);
	count->announced = announced;
	count->fields = fields;
	count->bytes = bytes;
	count->field = open_field;
}

/* The blank line behind a block: the header of an inner message may follow. */
static void
end_block(Count *count)
{
	if (count->announced || (count->digest && count->of_part && !count->typed))
		begin_block(count, FALSE);
	else
		count->in_block = FALSE;
}

/* As GMime sees it: a name may hold letters over 7 bits. */
static gboolean
begins_field(const char *p, const char *end)
{
	while (p < end && (guchar)*p > ' ' && *p != 127 && *p != ':')
		p++;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p < end && *p == ':';
}

/* Counts the line [P, NEXT) of a block. A reader takes every field apart, and parameters piece by piece. */
static gboolean
block_line(Count *count, const char *p, const char *next, GError **error)
{
	const RnLimits *l = count->limits;
	gsize len = (gsize)(next - p);
	const char *what = NULL;

	if (*p == '\n' || (*p == '\r' && len > 1 && p[1] == '\n')) {
		end_block(count);
		return TRUE;
	}
	if (*p != ' ' && *p != '\t')
		count->field = 0;
	if (count->field == 0) {	/* behind what is no field even " :" begins one, without a name */
		if (!begins_field(p, next))	/* GMime skips it; an encoded message has nothing else */
			return TRUE;
		count->fields++;
	}
	count->field += len;
	count->bytes += len;
	if (count->bytes > l->max_head)
		what = "is too long";
	else if (count->fields > l->max_fields)
		what = "has too many fields";
	else if (count->field > l->max_field + UNCOUNTED)
		what = "has a field that is too long";
	if (what != NULL)
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
		    "a header inside of the message %s: more than %u fields, %zu bytes, or %zu in one field",
		    what, l->max_fields, l->max_head, l->max_field);
	return what == NULL;
}

/* What the field that begins at P says, wherever it stands. */
static gboolean
field(Count *count, const char *p, const char *end, GError **error)
{
	const char *value;

	if (strchr("FfSsRrTtCcBbDdEeMm", *p) == NULL || *p == '\0')
		return TRUE;
	value = value_of(p, end, "Content-Type");
	if (value != NULL)
		return container(count, value, field_end(value, end), error);
	for (gsize i = 0; i < G_N_ELEMENTS(address_fields); i++) {
		value = value_of(p, end, address_fields[i]);
		if (value != NULL)
			return addresses_within(value, field_end(value, end), address_fields[i],
			    count->limits->max_addresses, error);
	}
	return TRUE;
}

static gboolean
line(Count *count, const char *p, const char *next, const char *end, GError **error)
{
	if (next - p >= 2 && p[0] == '-' && p[1] == '-') {
		if (count->in_block && !block_line(count, p, next, error))
			return FALSE;
		begin_part(count);
		if (++count->parts <= count->limits->max_parts)
			return TRUE;
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "over %u lines could open a MIME part",
		    count->limits->max_parts);
		return FALSE;
	}
	return (!count->in_block || block_line(count, p, next, error)) && field(count, p, end, error);
}

gboolean
rn_head_within(const char *data, gsize len, const RnLimits *limits, GError **error)
{
	Count count = { .limits = limits };
	const char *end = data + len;

	begin_block(&count, FALSE);
	for (const char *p = data, *next; p < end; p = next) {
		const char *lf = memchr(p, '\n', (gsize)(end - p));

		next = lf != NULL ? lf + 1 : end;
		if (!line(&count, p, next, end, error))
			return FALSE;
	}
	return TRUE;
}
