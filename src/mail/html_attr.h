/* html_attr.h: the attributes of a tag, as html_slim.c looks at them: which of them say something to us. */
#ifndef RN_MAIL_HTML_ATTR_H
#define RN_MAIL_HTML_ATTR_H

#include "base/base.h"

#define RN_ATTR_SEEN 16

/* Start with { 0 }; HAD goes back to 0 at each tag. Attributes point into the text, which must outlive it. */
typedef struct {
	struct {
		const char	*text;	/* NAME="VALUE" */
		gsize		 len;
		gboolean	 matters;
	} seen[RN_ATTR_SEEN];	/* attributes, most of which come again in the next tag */
	guint	next;
	guint	had;		/* which of the telling names the tag had, as bits */
} RnAttrs;

/* How many bytes from P on, before END, can stand in a name. */
gsize rn_name_length(const char *p, const char *end);

/* NAME="VALUE", NAME=WORD or NAME at P, which stands behind white space and before END. Its end, NULL if it
 * is written in any other way (to libxml2 a name starts with a letter). *DROP says that it can go. */
const char *rn_attr_end(RnAttrs *attrs, const char *p, const char *end, gboolean *drop);

#endif
