/* lmtp_args.h: what stands behind an LMTP verb: paths, parameters, forwarded attributes. */
#ifndef RN_PROG_LMTP_ARGS_H
#define RN_PROG_LMTP_ARGS_H

#include "base/base.h"

/* Reads "PREFIX<path> parameters" (RFC 5321 4.1.2; PREFIX is "FROM:" or "TO:"). *PATH gets the address
 * without <> and source route, caller frees; *REST points to the parameters, "" if there are none. FALSE if
 * it is none, or holds a control character or something that is not UTF-8. */
gboolean rn_lmtp_path(const char *args, const char *prefix, char **path, const char **rest);

/* Decodes xtext (RFC 3461 4); NULL if it is wrong or holds a control character. Caller frees. */
char *rn_lmtp_xtext_decode(const char *text);

/* The opposite; caller frees. */
char *rn_lmtp_xtext_encode(const char *text);

/* TRUE if ID can be a queue id: 1 to 64 characters, letters, digits and "._-". */
gboolean rn_lmtp_queue_id_valid(const char *id);

#endif
