/* secret.h: a password or key in a file of its own: never in the configuration, argv or a log. */
#ifndef RN_BASE_SECRET_H
#define RN_BASE_SECRET_H

#include "base/base.h"

/* The secret in FILE: its only line, without the line end. The file must be a regular one that others cannot
 * read. NULL with RN_ERR_CONFIG, which names KEY and FILE. Free it with rn_secret_free(). */
char *rn_secret_read(const char *key, const char *file, GError **error);

/* Wipes and frees. */
void rn_secret_free(char *secret);

#define RN_HMAC_BYTES 32

/* HMAC-SHA-256 (RFC 2104) of DATA with KEY. Where OpenSSL has no memory for it the process ends: a code that
 * cannot be checked is not a bad one. */
void rn_hmac(const void *key, gsize key_len, const void *data, gsize len, guint8 out[RN_HMAC_BYTES]);

#endif
