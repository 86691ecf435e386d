/* sigpipe.h: writing to a peer that has gone must be an error, not the end of the process. libcurl with
 * CURLOPT_NOSIGNAL leaves SIGPIPE alone, and a pipe has no MSG_NOSIGNAL. */
#ifndef RN_NET_SIGPIPE_H
#define RN_NET_SIGPIPE_H

#include <signal.h>

#include "base/base.h"

typedef struct {
	sigset_t	 before;	/* the mask of this thread */
	gboolean	 pending;	/* a SIGPIPE was waiting already: not ours to take */
} RnSigpipe;

/* Blocks SIGPIPE in this thread until rn_sigpipe_release(), which takes away the one that may have come. */
void rn_sigpipe_hold(RnSigpipe *s);
void rn_sigpipe_release(RnSigpipe *s);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnSigpipe, rn_sigpipe_release)

#endif
