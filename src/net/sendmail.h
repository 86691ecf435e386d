/* sendmail.h: one letter through sendmail(1). Private to net: transport.c has checked addresses and bytes. */
#ifndef RN_NET_SENDMAIL_H
#define RN_NET_SENDMAIL_H

#include "net/transport.h"

/* Runs PATH -i -f SENDER -- RCPT with RAW on stdin, line ends LF; SECONDS for all of it. As
 * rn_transport_send(). */
RnSent rn_sendmail_send(
    const char *path, int seconds, const char *sender, const char *rcpt, GBytes *raw, char **why);

#endif
