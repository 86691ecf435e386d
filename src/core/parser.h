/* parser.h: the zygote and its parser children (law 7). A message is read by GMime and its friends only in
 * there. */
#ifndef RN_CORE_PARSER_H
#define RN_CORE_PARSER_H

#include "model/envelope.h"
#include "mail/head.h"
#include "mail/trust.h"
#include "model/facts.h"
#include "model/registered.h"

typedef struct RnParser RnParser;

/* How messages are to be read. */
typedef struct {
	int		 timeout;	/* seconds per message */
	int		 max;		/* children at once */
	gboolean	 unfiltered;	/* children without a filter of system calls, for a kernel that has none */
	RnLimits	 limits;
	const RnTrusts	*trusts;	/* whose signatures are believed; NULL: nobody's */
} RnParserHow;

/* Forks the zygote. To be called before any thread or store handle exists in this process. What HOW trusts
 * has been loaded before, for a child opens no file. A small mail and every charset are read for a test:
 * RN_ERR_INTERNAL if that fails, RN_ERR_CONFIG if the kernel cannot filter system calls, RN_ERR_BUSY if no
 * process can be had. A charset that this machine lacks is logged. */
RnParser *rn_parser_start(const RnParserHow *how, GError **error);

/* Reads RAW in a child (reused; replaced when it dies). Thread-safe: threads beyond MAX wait. A message that
 * kills or stalls its child is tried once more in a fresh one; then NULL with RN_ERR_LIMIT ("killed its
 * parser twice": the caller holds the mail as it is). RN_ERR_INPUT if it is no message; RN_ERR_BUSY if no
 * child could be had. FRESH: by a child that has read nothing before, as everything has to be on which strong
 * proof will rest: one that an earlier mail has taken over could lie about this one. */
RnFacts *rn_parser_read(
    RnParser *p, GBytes *raw, const RnEnvelope *env, GBytes *letter, gboolean fresh, GError **error);

/* What is registered in RAW, taken at AT (seconds UTC): the signature is verified in a fresh child, and what
 * it does not cover is not read there. Where it is not valid, another child reads what the message says of
 * itself, for a person's eyes; signature and fault stay those of the first. Errors as above. */
RnRegistered *rn_parser_seal(RnParser *p, GBytes *raw, gint64 at, GError **error);

/* The mails that RAW shows (mail/forward.h), RnShown, read in a fresh child. Errors as above. */
GPtrArray *rn_parser_shown(RnParser *p, GBytes *raw, GError **error);

/* How many children were born since the start. */
guint rn_parser_born(RnParser *p);

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
