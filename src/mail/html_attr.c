/* html_attr.c: most attributes of a mail are fonts and margins, and the same ones in each tag. */
#include "mail/html_attr.h"

#include <string.h>

#include "mail/html_marks.h"
#include "mail/html_nest.h"

/* Attributes that rn_html_mark() asks for: those whose value tells, and those that must stay whatever it is.
 */
static const char *const telling[] = { "style", "class", "id", "name", "data-marker", "data-signatureblock",
	NULL };
static const char *const kept[] = { "type", "cite", "hidden", NULL };

static gboolean
in_name(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == ':' || c == '_';
}

gsize
rn_name_length(const char *p, const char *end)
{
	gsize n = 0;

	while (p + n < end && in_name(p[n]))
		n++;
	return n;
}

/* The place of NAME in LIST from 1 on; 0 if it is not there. */
static guint
place_in(const char *const *list, const char *name, gsize n)
{
	for (guint i = 0; list[i] != NULL; i++) {
		if (rn_name_is(name, n, list[i]))
			return i + 1;
	}
	return 0;
}

/* The end of the value at P (a quoted one, or a bare word) and what is in it; NULL if it is odd. */
static const char *
value_of(const char *p, const char *end, const char **value, gsize *len)
{
	char quote = '\0';
	const char *stop;

	if (p < end)
		quote = *p;
	if (quote != '"' && quote != '\'') {
		for (stop = p;
		     stop < end && (in_name(*stop) || strchr("#%.+", *stop) != NULL) && *stop != '\0';)
			stop++;
		*value = p;
		*len = (gsize)(stop - p);
		return stop > p && stop < end && (g_ascii_isspace(*stop) || *stop == '>') ? stop : NULL;
	}
	*value = p + 1;
	stop = memchr(p + 1, quote, (gsize)(end - p - 1));
	if (stop == NULL)
		return NULL;
	*len = (gsize)(stop - p - 1);
	return memchr(*value, '\0', *len) == NULL && memchr(*value, '<', *len) == NULL ? stop + 1 : NULL;
}

/* Does the attribute TEXT of LEN bytes, whose name has N of them, say something by its VALUE? */
static gboolean
matters(RnAttrs *a, const char *text, gsize len, gsize n, const char *value, gsize value_len)
{
	for (guint i = 0; i < RN_ATTR_SEEN; i++) {
		if (a->seen[i].text != NULL && a->seen[i].len == len &&
		    memcmp(a->seen[i].text, text, len) == 0)
			return a->seen[i].matters;
	}
	a->next = (a->next + 1) % RN_ATTR_SEEN;
	a->seen[a->next].text = text;
	a->seen[a->next].len = len;
	return a->seen[a->next].matters = rn_name_is(text, n, "style") ?
	    rn_html_style_matters(value, value_len) :
	    rn_html_value_matters(value, value_len);
}

const char *
rn_attr_end(RnAttrs *attrs, const char *p, const char *end, gboolean *drop)
{
	gsize n = rn_name_length(p, end), len;
	const char *stop = p + n, *value;
	guint place;

	if (n == 0 || stop >= end || !g_ascii_isalpha(*p))
		return NULL;
	place = place_in(telling, p, n);
	*drop = place == 0 && place_in(kept, p, n) == 0;
	if (*stop != '=')
		return place == 0 && (g_ascii_isspace(*stop) || *stop == '>') ? stop : NULL;
	stop = value_of(stop + 1, end, &value, &len);
	if (stop == NULL || place == 0)
		return stop;
	if (attrs->had & 1U << place)	/* the first one counts, and it may have been dropped */
		return NULL;
	attrs->had |= 1U << place;
	*drop = !matters(attrs, p, (gsize)(stop - p), n, value, len);
	return stop;
}
