/* forward_marks.h: marks of HTML, by its tree. */
#ifndef RN_MAIL_FORWARD_MARKS_H
#define RN_MAIL_FORWARD_MARKS_H

#include <glib.h>
#include <libxml/tree.h>

/* Adds what the element N has beside what mail programs add; SMALL elements around it, and it, make their
 * text smaller. */
void rn_forward_mark_element(GPtrArray *marks, const xmlNode *n, guint small);

/* Adds a mark if HTML, LEN bytes, is not written so that every program reads it alike: it has comments or NUL
 * bytes, or tags that are not in their plain form. */
void rn_forward_mark_source(GPtrArray *marks, const char *html, gsize len);

#endif
