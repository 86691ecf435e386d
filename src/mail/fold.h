/* fold.h: text as it is compared: no case, no accents, plain quotes, dashes and spaces. */
#ifndef RN_MAIL_FOLD_H
#define RN_MAIL_FOLD_H

#include "base/base.h"

/* S (LEN bytes of valid UTF-8, -1 for a C string) case-folded, without combining marks and invisible
 * characters, with typographic quotes, dashes and spaces made ASCII, runs of white space made one space, and
 * trimmed. Caller frees. */
char *rn_fold(const char *s, gssize len);

/* Are the LEN bytes of S all ASCII? */
gboolean rn_is_ascii(const char *s, gsize len);

/* TRUE for characters that print nothing: zero width, soft hyphen, byte order mark, bidi controls. */
gboolean rn_fold_invisible(gunichar c);

/* TRUE if the folded TEXT has WORD (one or more words) at a word boundary on both sides. */
gboolean rn_fold_has(const char *text, const char *word);

/* g_ascii_tolower() without a call, for what is done to every byte of a mail. */
static inline char
rn_ascii_lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c | 0x20);
	return c;
}

#endif
