/* lmtp_io.h: one LMTP session over a connected socket. */
#ifndef RN_PROG_LMTP_IO_H
#define RN_PROG_LMTP_IO_H

#include "prog/lmtp.h"

#define RN_LMTP_SECONDS 300	/* to wait for a command or a piece of a message (RFC 5321 4.5.3.2) */

/* Serves the client on FD until it quits, breaks off, errs too often or is silent for SECONDS, or until
 * STOP_FD becomes readable: then a transaction that has begun is ended first. Returns with everything
 * answered; FD stays open. */
void rn_lmtp_serve(int fd, int stop_fd, int seconds, const RnLmtpHost *host);

/* Says "421 TEXT" on FD and nothing else; never waits. */
void rn_lmtp_turn_away(int fd, const char *text);

#endif
