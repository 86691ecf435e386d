/* forward_inside.h: the rooms behind forward.h. */
#ifndef RN_MAIL_FORWARD_INSIDE_H
#define RN_MAIL_FORWARD_INSIDE_H

#include "mail/forward.h"
#include "mail/parts.h"

/* What parts words from each other: none of it stands within an address or a link. */
#define RN_WORD_ENDS " \t\r\n\f<>()[]{}\",;«»"

#define RN_MARK_SHEET "sheet"	/* a style sheet */
#define RN_MARK_CLASS "class"	/* a name by which it finds an element: without a sheet it does nothing */

#define RN_SHOWN_MAX 3		/* mails that are attached */
#define RN_SHOWN_MAX_ID 250

/* What a mail that somebody wrote shows: its HTML as one text, or where there is none its plain text, for the
 * other one was made of it by a program. To TEXTS, if that is not NULL, goes each of them. */
RnShown *rn_forward_shown(const RnParts *parts, GPtrArray *texts);

/* What of STYLE (the value of a style attribute) is not known to leave its text in sight: the declarations in
 * one spelling, sorted, with ';' between them. NULL if nothing is left. Caller frees. */
char *rn_forward_style(const char *style);

/* Does STYLE make its text smaller than what is around it? Once that is a small text, many times none. */
gboolean rn_forward_style_shrinks(const char *style);

/* Adds the mark "KIND:VALUE" to MARKS, once. */
void rn_forward_mark(GPtrArray *marks, const char *kind, const char *value);

/* Adds the web addresses that stand in TEXT: programs make links of them. */
void rn_forward_mark_addresses(GPtrArray *marks, const char *text);

/* MESSAGE as it is, for comparing it with another one: the fields that a reader sees or answers by, and its
 * tree with a digest of what each part holds. char *. Our signature, which may be taken off, is "seal:...".
 */
GPtrArray *rn_forward_exact(GMimeMessage *message);

#endif
