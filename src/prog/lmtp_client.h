/* lmtp_client.h: hands one message to the LMTP door of this machine. */
#ifndef RN_PROG_LMTP_CLIENT_H
#define RN_PROG_LMTP_CLIENT_H

#include "model/envelope.h"

typedef enum {
	RN_LMTP_AWAY,		/* nobody listens: nothing was said to anybody */
	RN_LMTP_TAKEN,		/* answered with 250: it is stored */
	RN_LMTP_NOT_TAKEN	/* anything else; it may have been stored, but nobody said so */
} RnLmtpResult;

/* Sends RAW (its line ends CRLF) to the one recipient of ENV by the unix socket PATH, waiting at most SECONDS
 * for each answer. With anything but RN_LMTP_TAKEN an error tells why: RN_ERR_INPUT if the envelope cannot be
 * put into a command, RN_ERR_STATE if the other side refused for good, else RN_ERR_NET. */
RnLmtpResult rn_lmtp_send(const char *path, GBytes *raw, const RnEnvelope *env, int seconds, GError **error);

/* The same to the N recipients RCPTS (that of ENV does not count), all of it within MS milliseconds, for a
 * caller who cannot wait: TAKEN[i] says whether the I-th was answered with 250. An error tells of the first
 * that was not. FALSE if none was. */
gboolean rn_lmtp_send_within(const char *path, GBytes *raw, const RnEnvelope *env, char *const *rcpts,
    guint n, int ms, gboolean *taken, GError **error);

/* TRUE if ADDR may stand between < and > of a command: valid UTF-8 without control characters, spaces and
 * angle brackets, at most 512 bytes. */
gboolean rn_lmtp_address_safe(const char *addr);

#endif
