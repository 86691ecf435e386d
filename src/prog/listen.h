/* listen.h: the unix socket that a door listens on. */
#ifndef RN_PROG_LISTEN_H
#define RN_PROG_LISTEN_H

#include "base/base.h"

typedef struct {
	int	 fd;		/* -1: not open */
	int	 lock_fd;	/* PATH.lock, held as long as the socket is ours; -1 where the manager handed it over */
	char	*path;
} RnListen;

/* Listens on PATH with MODE (as written: 660) and GROUP ("" = leave), taking the place of a socket that
 * nobody answers any more; or takes the socket that the service manager handed over. RN_ERR_STATE if another
 * process serves PATH, RN_ERR_CONFIG if it cannot be made. */
gboolean rn_listen_open(RnListen *l, const char *path, int mode, const char *group, GError **error);

/* Closes it; a socket file of our own goes. */
void rn_listen_close(RnListen *l);

#endif
