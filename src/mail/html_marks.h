/* html_marks.h: what the elements of an HTML mail mean for us. Rooms of html.c. */
#ifndef RN_MAIL_HTML_MARKS_H
#define RN_MAIL_HTML_MARKS_H

#include "base/base.h"

typedef enum {
	RN_HTML_PLAIN,
	RN_HTML_HIDDEN,		/* not shown: style, display:none, font-size:0 */
	RN_HTML_QUOTE,		/* a container that mail programs put around quoted mail */
	RN_HTML_BARE,		/* a blockquote without any sign of a mail program */
	RN_HTML_BELOW,		/* from here on stands the quoted mail (Outlook's block and its like) */
	RN_HTML_SIGNATURE	/* a container that mail programs put around a signature */
} RnHtmlMark;

/* What the element NAME with ATTRS (name, value, ..., NULL; may be NULL) means. Names in lower case, as
 * libxml2 gives them. */
RnHtmlMark rn_html_mark(const char *name, const char *const *attrs);

/* Could a style attribute with the raw VALUE (LEN bytes, between its quotes) make any difference to
 * rn_html_mark()? */
gboolean rn_html_style_matters(const char *value, gsize len);

/* The same of the other attributes whose value rn_html_mark() looks at. */
gboolean rn_html_value_matters(const char *value, gsize len);

/* HTML (LEN bytes) without attributes that rn_html_mark() does not look at; *SLIM gets its length. Caller
 * frees. */
char *rn_html_slim(const char *html, gsize len, gsize *slim);

/* Does NAME begin a line of its own? Does it stand apart, with an empty line before and behind it? */
gboolean rn_html_block(const char *name);
gboolean rn_html_apart(const char *name);

#endif
