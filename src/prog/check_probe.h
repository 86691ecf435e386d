/* check_probe.h: the part of `rinnova check` that sends a mail and waits for it. */
#ifndef RN_PROG_CHECK_PROBE_H
#define RN_PROG_CHECK_PROBE_H

#include "core/finding.h"
#include "model/settings.h"

/* Sends a probe to lmtpd's socket, and where MTA is TRUE another one by the mail server, waiting SECONDS for
 * it to arrive. */
void rn_check_probe(const RnSettings *s, gboolean mta, int seconds, GPtrArray *list);

#endif
