/* why.h: foreign words (a server's reply, a command's stderr) made fit for the log, the store and a letter.
 */
#ifndef RN_NET_WHY_H
#define RN_NET_WHY_H

#include "base/base.h"

/* TEXT (LEN bytes, -1 for a C string) as one line of valid UTF-8: control characters become spaces, runs of
 * white space one space, at most 400 bytes, cut between characters. Caller frees; "" if nothing is left. */
char *rn_why(const char *text, gssize len);

/* The last line of TEXT that is not blank, as rn_why() gives it. Caller frees. */
char *rn_why_last_line(const char *text, gssize len);

/* The reply code in WHY, a transport's words: "550 5.1.1" or "451"; "no-reply-code" if it holds none. It
 * names nobody, so a log may have it. Caller frees. */
char *rn_why_code(const char *why);

#endif
