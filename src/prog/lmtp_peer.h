/* lmtp_peer.h: the connection to a LMTP door of this machine, seen by a client: lines out, replies in, and a
 * deadline on everything. */
#ifndef RN_PROG_LMTP_PEER_H
#define RN_PROG_LMTP_PEER_H

#include "base/base.h"

#define RN_LMTP_REPLY_MAX 8192	/* bytes of one reply, all its lines */

typedef struct {
	int	 fd;			/* never blocks */
	gint64	 until;			/* rn_monotonic() at which all must be over; 0: no such time */
	gint64	 each;			/* microseconds for one step, where there is no such time */
	char	 buf[RN_LMTP_REPLY_MAX];	/* what came and was not used yet */
	gsize	 have;
	gboolean xforward, utf8, no_sender;	/* offered */
} RnLmtpPeer;

/* Connects P to the unix socket PATH; FALSE with errno. UNTIL and EACH must be set. */
gboolean rn_lmtp_peer_connect(RnLmtpPeer *p, const char *path);
void rn_lmtp_peer_close(RnLmtpPeer *p);

/* Sends all of DATA. STEP names what is being done in the error, RN_ERR_NET. */
gboolean rn_lmtp_peer_send(RnLmtpPeer *p, const void *data, gsize len, const char *step, GError **error);

/* Reads one reply, all its lines; NULL with RN_ERR_NET if none comes in time. Caller frees. */
char *rn_lmtp_peer_reply(RnLmtpPeer *p, const char *step, GError **error);

/* Reads a reply that must begin with the digit WANT, into *REPLY unless that is NULL. RN_ERR_STATE if it
 * begins with 5. */
gboolean rn_lmtp_peer_expect(RnLmtpPeer *p, char want, const char *step, char **reply, GError **error);

/* Reads the greeting, says LHLO and notes what is offered. */
gboolean rn_lmtp_peer_greet(RnLmtpPeer *p, GError **error);

#endif
