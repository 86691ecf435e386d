/* log.h: one line per event: id first, a fixed event name, then key=value. Hostile bytes are escaped.
 *
 *   rinnova[812]: 4QxT1z deliver outcome=done rule=good-token-normal-yes order=2026-000042
 *
 * Secrets never get here: of a token the first 6 characters at most; addresses and texts of
 * members only at RN_LOG_DEBUG (law 9). */
#ifndef RN_BASE_LOG_H
#define RN_BASE_LOG_H

#include "base/base.h"

typedef enum { RN_LOG_ERROR, RN_LOG_WARN, RN_LOG_INFO, RN_LOG_DEBUG } RnLogLevel;

/* Where lines go. TO is "stderr" or "syslog" (facility mail); lines above LEVEL are dropped. Before the
 * first call lines of RN_LOG_INFO and below go to stderr. */
void rn_log_open(const char *to, RnLogLevel level);

/* Writes one line. ID is the queue id, order number or box that the event is about ("-" if none). After EVENT
 * come pairs of (const char *key, const char *value), ended by NULL; a NULL value leaves the pair out.
 * A value with a space, '"', '=' or a byte outside printable ASCII is written quoted with \xNN escapes
 * (valid UTF-8 letters are kept); over 400 bytes it is cut. */
void rn_log(RnLogLevel level, const char *id, const char *event, ...) G_GNUC_NULL_TERMINATED;

/* The text form of the value as rn_log() writes it; caller frees. */
char *rn_log_quote(const char *value);

/* The first 6 characters of TOKEN and "...", for logs; caller frees. */
char *rn_log_token(const char *token);

#endif
