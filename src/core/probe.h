/* probe.h: a mail of our own that goes the way of members' mail. A machine wrote it, and says so: it is seen,
 * kept as junk is, and nothing follows. */
#ifndef RN_CORE_PROBE_H
#define RN_CORE_PROBE_H

#include "core/finding.h"
#include "model/settings.h"
#include "store/store.h"

/* A new one: its bytes (CRLF), the address it goes to and its Message-ID without <>; the caller's to free. */
GBytes *rn_probe_new(const RnSettings *s, gint64 now, char **rcpt, char **message_id);

/* Has it come in? */
gboolean rn_probe_arrived(RnStore *store, const char *message_id, gboolean *there, GError **error);

/* Gives RAW to the mail server that letters leave by. FALSE with *WHY where it was not taken; caller frees.
 */
gboolean rn_probe_submit(const RnSite *site, const char *rcpt, GBytes *raw, char **why);

#endif
