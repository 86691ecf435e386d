/* quoted.h: one of our letters as the programs of members quote it: its text, its HTML as text, since they
 * take the one or the other, and links with their addresses. */
#ifndef RN_MAIL_QUOTED_H
#define RN_MAIL_QUOTED_H

#include "mail/head.h"

/* What may be quoted of LETTER, a finished one of our own. It is made once, when the letter leaves, so that
 * no answer to it pays for it. NULL if there is no text in it. Caller frees. */
char *rn_quoted_make(GBytes *letter);

/* The text to look for in an answer to LETTER: a whole message, plain text, or what rn_quoted_make() made.
 * NULL if there is none. Caller frees. */
char *rn_quoted_text(GBytes *letter, const RnLimits *limits);

#endif
