/* html_nest.c: a span that says nothing can be taken out as long as everything inside it is inline and ends
 * where it should: then no end tag closes anything else because of it. What is not so is called odd, and
 * libxml2 reads the mail as it came. */
#include "mail/html_nest.h"

/* Inline elements whose start closes nothing that is open, except that an "a" closes an "a". */
static const char *const inlines[] = { "span", "a", "b", "i", "u", "em", "strong", "font", "big", "small",
	"sub", "sup", "br", "img", "wbr", NULL };
static const char *const empties[] = { "br", "img", "wbr", NULL };

static gboolean
is_one_of(const char *name, gsize len, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (rn_name_is(name, len, *names))
			return TRUE;
	}
	return FALSE;
}

void
rn_nest_start(RnNest *nest, const char *name, gsize len, gboolean dropped)
{
	gboolean link = rn_name_is(name, len, "a");

	if (nest->depth > 0 && !dropped && (!is_one_of(name, len, inlines) || (link && nest->link)))
		nest->odd = TRUE;
	if (link)
		nest->link = TRUE;
	if ((nest->depth == 0 && !dropped) || is_one_of(name, len, empties))
		return;
	if (nest->depth == RN_NEST_MAX) {
		nest->odd = TRUE;
		return;
	}
	nest->open[nest->depth].name = name;
	nest->open[nest->depth].len = len;
	nest->open[nest->depth++].dropped = dropped;
}

gboolean
rn_nest_end(RnNest *nest, const char *name, gsize len, gboolean plain)
{
	if (rn_name_is(name, len, "a"))
		nest->link = FALSE;
	if (nest->depth == 0)
		return FALSE;
	if (!plain || nest->open[nest->depth - 1].len != len ||
	    g_ascii_strncasecmp(nest->open[nest->depth - 1].name, name, len) != 0) {
		nest->odd = TRUE;
		return FALSE;
	}
	return nest->open[--nest->depth].dropped;
}
