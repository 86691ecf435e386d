/* keys.h: the token keys of a process that lives longer than they do. */
#ifndef RN_CORE_KEYS_H
#define RN_CORE_KEYS_H

#include "mail/token.h"

typedef struct RnKeys RnKeys;

/* Reads FILE. NULL with the errors of rn_keyring_read(). */
RnKeys *rn_keys_open(const char *file, GError **error);
void rn_keys_close(RnKeys *k);

/* The ring as the file has it now; the last good one if it cannot be read. Borrowed, and good until
 * rn_keys_close(). Thread-safe. */
const RnKeyRing *rn_keys_now(RnKeys *k);

/* For a play: from now on other secrets than those of the file, which is not read again. What is signed with
 * them is good in this process alone. */
void rn_keys_rehearse(RnKeys *k);

#endif
