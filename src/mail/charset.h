/* charset.h: bytes of a text part as UTF-8, whatever its label says. */
#ifndef RN_MAIL_CHARSET_H
#define RN_MAIL_CHARSET_H

#include "base/base.h"

/* Opens every charset that mail comes in and keeps it open: inside the sandbox glibc finds no more modules,
 * and text would be damaged in silence. Once per process; the handles live as long as it does. */
void rn_charset_init(void);

/* The names of those charsets that cannot be read here and now, with blanks between them; "" if all can.
 * Caller frees. */
char *rn_charset_missing(void);

/* Can text labelled LABEL (LEN bytes, any case) be read here? TRUE for a label that says nothing. */
gboolean rn_charset_readable(const char *label, gsize len);

/* DATA (LEN bytes) labelled LABEL (may be NULL) as valid UTF-8 with LF, without byte order mark and NUL. A
 * byte order mark wins over the label; text that is valid UTF-8 with letters beyond ASCII is UTF-8 whatever
 * an 8-bit label says. *ODD is set (never cleared) if a byte could not be read or the charset is not known;
 * what could not be read is U+FFFD. *MISSING (may be NULL) gets the name of a charset that is not at hand
 * here, so that the text is a guess; if it holds one already it keeps that. Caller frees both. */
char *rn_charset_decode(const char *data, gsize len, const char *label, gboolean *odd, char **missing);

#endif
