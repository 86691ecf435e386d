/* deliver_input.h: the message as a mail server writes it to a program. */
#ifndef RN_PROG_DELIVER_INPUT_H
#define RN_PROG_DELIVER_INPUT_H

#include "base/base.h"

/* Reads FD to its end: line ends become CRLF (a bare CR stays), a first line "From ..." of an mbox goes, the
 * last line gets an end. All other bytes stay as they are. NULL with RN_ERR_LIMIT if that is more than MAX
 * bytes (the rest is read and dropped), RN_ERR_INPUT if there is nothing, RN_ERR_BUSY if reading fails. */
GBytes *rn_deliver_read(int fd, gsize max, GError **error);

#endif
