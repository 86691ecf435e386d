/* charset.h: bytes of a text part as UTF-8, whatever its label says. */
#ifndef RN_MAIL_CHARSET_H
#define RN_MAIL_CHARSET_H

#include "base/base.h"

/* Opens every charset that mail comes in and keeps it open: inside the sandbox glibc finds no more modules,
 * and text would be damaged in silence. Once per process; the handles live as long as it does. */
void rn_charset_init(void);

/* DATA (LEN bytes) labelled LABEL (may be NULL) as valid UTF-8 with LF, without byte order mark and NUL. A
 * byte order mark wins over the label; text that is valid UTF-8 with letters beyond ASCII is UTF-8 whatever
 * an 8-bit label says. *ODD is set (never cleared) if a byte could not be read or the charset is not known;
 * what could not be read is U+FFFD. Caller frees. */
char *rn_charset_decode(const char *data, gsize len, const char *label, gboolean *odd);

#endif
