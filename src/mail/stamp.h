/* stamp.h: time-stamps of an authority (RFC 3161), by OpenSSL. */
#ifndef RN_MAIL_STAMP_H
#define RN_MAIL_STAMP_H

#include "mail/trust.h"

#define RN_STAMP_MAX (64 * 1024)	/* bytes of an answer */

typedef struct {
	gint64	 time;		/* of the stamp, seconds UTC */
	char	*authority;	/* the subject of the certificate that signed it */
	char	*serial;	/* of the stamp, in hex */
} RnStamp;

void rn_stamp_clear(RnStamp *stamp);

/* A request for a stamp over the SHA-256 of DATA, with a nonce, that asks for the certificates to come along:
 * TimeStampReq in DER. NULL with RN_ERR_INTERNAL. */
GBytes *rn_stamp_request(GBytes *data, GError **error);

/* Verifies ANSWER (TimeStampResp in DER): granted, over DATA, signed by a certificate for time-stamping that
 * leads to an anchor of TRUST; with QUERY (may be NULL) also that it answers that request, nonce included.
 * With QUERY the certificates must be valid now, without it at the time of the stamp. RN_ERR_INPUT says what
 * does not hold. */
gboolean rn_stamp_check(
    GBytes *answer, GBytes *data, GBytes *query, const RnTrust *trust, RnStamp *stamp, GError **error);

/* What ANSWER says of itself, nothing of it verified but that it is one. */
gboolean rn_stamp_read(GBytes *answer, RnStamp *stamp, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnStamp, rn_stamp_clear)

#endif
