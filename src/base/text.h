/* text.h: small things about strings and addresses that every floor needs. */
#ifndef RN_BASE_TEXT_H
#define RN_BASE_TEXT_H

#include "base/base.h"

/* TRUE if ADDR is one plain addr-spec by our own strict grammar: dot-atom "@" domain (RFC 5321 4.1.2 without
 * quoted strings and address literals), ASCII letters, digits and !#$%&'*+-/=?^_`{|}~ on the left, LDH labels
 * (with at least one dot and a last label that is no number, or "localhost") on the right; local part <= 64,
 * whole <= 254 octets. No control character, space or angle bracket can pass: what passes is safe in SMTP, in
 * a header and in argv after "--". */
gboolean rn_addr_valid(const char *addr);

/* ADDR with the domain in lower case and the local part in lower case as well: the form in which addresses
 * are stored and compared (PEC and ordinary providers fold both). Caller frees. */
char *rn_addr_fold(const char *addr);

/* The domain part of ADDR (pointer into it), or "" if there is no '@'. */
const char *rn_addr_domain(const char *addr);

/* A copy of S (LEN bytes, -1 for a C string) that is valid UTF-8: bad bytes become U+FFFD, NUL too. */
char *rn_text_utf8(const char *s, gssize len);

/* S as it may be shown on a terminal or a page: valid UTF-8, a space for every control or invisible
 * formatting character. Caller frees. */
char *rn_text_plain(const char *s);

/* Lower-case hex SHA-256 of DATA; caller frees. */
char *rn_text_sha256(const void *data, gsize len);
char *rn_bytes_sha256(GBytes *data);

/* S without leading and trailing white space, runs of white space inside folded to one space; caller frees.
 */
char *rn_text_squash(const char *s);

/* Money: CENTS as "12,20" (Italian form); caller frees. */
char *rn_text_money(gint64 cents);

#endif
