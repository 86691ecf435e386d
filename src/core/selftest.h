/* selftest.h: an administrator's mail to selftest@ is answered with what the doctor finds. */
#ifndef RN_CORE_SELFTEST_H
#define RN_CORE_SELFTEST_H

#include "core/work.h"

/* The mail of W asks for it: noted for the courier, which has the time and the network. */
gboolean rn_selftest_want(RnWork *w, GError **error);

/* Answers those that were noted. What the courier cannot see (the parser, the socket) the mail itself has
 * shown. */
gboolean rn_selftest_work(RnEngine *e, gint64 now, GError **error);

#endif
