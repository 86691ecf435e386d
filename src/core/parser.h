/* parser.h: the zygote and its parser children (law 7). A message is read by GMime and its friends only in
 * there. */
#ifndef RN_CORE_PARSER_H
#define RN_CORE_PARSER_H

#include "model/envelope.h"
#include "model/facts.h"
#include "mail/head.h"

typedef struct RnParser RnParser;

/* Forks the zygote. To be called before any thread or store handle exists in this process. TIMEOUT is in
 * seconds per message, MAX the number of children at once. A small mail is read for a test: RN_ERR_INTERNAL
 * if that fails, RN_ERR_BUSY if no process can be had. */
RnParser *rn_parser_start(int timeout, int max, const RnLimits *limits, GError **error);

/* Reads RAW in a child (reused; replaced when it dies). Thread-safe: threads beyond MAX wait. A message that
 * kills or stalls its child is tried once more in a fresh one; then NULL with RN_ERR_LIMIT ("killed its
 * parser twice": the caller holds the mail as it is). RN_ERR_INPUT if it is no message; RN_ERR_BUSY if no
 * child could be had. */
RnFacts *rn_parser_read(RnParser *p, GBytes *raw, const RnEnvelope *env, GBytes *letter, GError **error);

/* The decoded bytes of the leaf part INDEX of RAW (RnAttachment.index), at most MAX bytes, read in a child as
 * above. NULL with RN_ERR_LIMIT (larger, or it killed its parser), RN_ERR_NOT_FOUND, RN_ERR_INPUT or
 * RN_ERR_BUSY. */
GBytes *rn_parser_part(RnParser *p, GBytes *raw, guint index, gsize max, GError **error);

/* FALSE once the zygote is gone: no child can be replaced any more, and a long-lived door should end so that
 * it is started anew. Thread-safe. */
gboolean rn_parser_alive(RnParser *p);

/* Ends children and zygote, and waits for them. */
void rn_parser_stop(RnParser *p);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnParser, rn_parser_stop)

#endif
