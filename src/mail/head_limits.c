/* head_limits.c: counting what could kill or stall a MIME parser, before one runs. */
#include "mail/head_limits.h"

#include <string.h>

/* Every field that GMime reads as addresses, and those that might be one day. */
static const char *const address_fields[] = {
	"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From", "Resent-Sender", "Resent-Reply-To", "Resent-To",
	"Resent-Cc", "Resent-Bcc", "Disposition-Notification-To", "Return-Receipt-To", "Errors-To", "Mail-Followup-To",
};

typedef struct {
	const RnLimits	*limits;
	guint		 parts;
	guint		 nested;
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

/* Nothing can nest deeper than there are fields that announce a container. The type may stand behind comments
 * and folds, so its word counts wherever it stands in the field. */
static gboolean
container(Count *count, const char *value, const char *end, GError **error)
{
	if (!holds(value, end, "multipart") && !holds(value, end, "message"))
		return TRUE;
	if (++count->nested <= count->limits->max_depth)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
	    "over %u fields Content-Type announce multiparts or messages", count->limits->max_depth);
	return FALSE;
}

static gboolean
line(Count *count, const char *p, const char *end, GError **error)
{
	const char *value;

	if (end - p >= 2 && p[0] == '-' && p[1] == '-' && ++count->parts > count->limits->max_parts) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT, "over %u lines could open a MIME part",
		    count->limits->max_parts);
		return FALSE;
	}
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

gboolean
rn_head_within(const char *data, gsize len, const RnLimits *limits, GError **error)
{
	Count count = { .limits = limits };
	const char *end = data + len;

	for (const char *p = data, *lf; p < end; p = lf + 1) {
		if (!line(&count, p, end, error))
			return FALSE;
		lf = memchr(p, '\n', (gsize)(end - p));
		if (lf == NULL)
			break;
	}
	return TRUE;
}
