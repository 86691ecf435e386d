/* supervise.h: what a service manager and a daemon say to each other: sd_notify(3) and socket activation,
 * without its library. */
#ifndef RN_PROG_SUPERVISE_H
#define RN_PROG_SUPERVISE_H

#include "base/base.h"

/* Tells the manager STATE ("READY=1"); does nothing where there is none. */
void rn_supervise_tell(const char *state);

/* How often, in microseconds, the manager wants to hear "WATCHDOG=1"; 0 if it does not. */
gint64 rn_supervise_watchdog(void);

/* The listening socket that was handed to this process (LISTEN_FDS), close-on-exec; -1 if none was.
 * RN_ERR_CONFIG if it is none or there are several. */
gboolean rn_supervise_socket(int *fd, GError **error);

#endif
