/* html_nest.h: which end tag belongs to which start tag, inside spans that html_slim.c takes out. */
#ifndef RN_MAIL_HTML_NEST_H
#define RN_MAIL_HTML_NEST_H

#include <string.h>

#include "base/base.h"

#define RN_NEST_MAX 64

/* Start with { 0 }. Names point into the text, which must outlive it. */
typedef struct {
	struct {
		const char	*name;
		gsize		 len;
		gboolean	 dropped;
	} open[RN_NEST_MAX];	/* from the outermost dropped span inwards */
	guint		 depth;
	gboolean	 link;	/* an "a" is open, or was never closed */
	gboolean	 odd;	/* the nesting is such that a missing span could change what ends where */
} RnNest;

/* NAME (LEN bytes, any case) is WHAT (lower case, one or more letters first). */
static inline gboolean
rn_name_is(const char *name, gsize len, const char *what)
{
	return len > 0 && (name[0] | 0x20) == what[0] && strlen(what) == len &&
	    g_ascii_strncasecmp(name, what, len) == 0;
}

/* A start tag NAME (LEN bytes); DROPPED says that it is taken out. */
void rn_nest_start(RnNest *nest, const char *name, gsize len, gboolean dropped);

/* An end tag; PLAIN says that nothing but ">" follows the name. TRUE if its start was dropped, so that the
 * end goes too. */
gboolean rn_nest_end(RnNest *nest, const char *name, gsize len, gboolean plain);

#endif
