/* read.h: from raw bytes to what a member typed. Runs in the parser child (law 7): GMime, iconv and libxml2
 * live behind this. */
#ifndef RN_MAIL_READ_H
#define RN_MAIL_READ_H

#include "mail/head.h"
#include "model/envelope.h"
#include "model/facts.h"

/* Once per process, before the first rn_facts_parse(): GMime, libxml2 and OpenSSL. Charsets are opened here,
 * so that later no file is needed for them. */
void rn_read_init(void);

/* Reads RAW within LIMITS (rn_head_scan is called first) and fills the members of RnFacts that the child
 * fills: class_, subject, typed_text, intent, matched, intent_rule, accepts, body_token, charset_odd,
 * charset_missing, attachments. ENV may be NULL. LETTER is the letter being answered (raw message, plain
 * text, or what rn_quoted_make() made of it), NULL if not known: what the body shares with it is taken away
 * first. NULL with RN_ERR_LIMIT or RN_ERR_INPUT. */
RnFacts *rn_facts_parse(
    GBytes *raw, const RnEnvelope *env, GBytes *letter, const RnLimits *limits, GError **error);

/* The answer of the child as one bounded variant (type RN_FACTS_TYPE) and back. From a variant that is not in
 * normal form, has enum values out of range or strings over the cap: NULL with RN_ERR_INPUT. */
#define RN_FACTS_TYPE "(ussussssmsmsba(sssstbu)ssssssms)"
GVariant *rn_facts_to_variant(const RnFacts *facts);
RnFacts *rn_facts_from_variant(GVariant *v, GError **error);

/* The decoded bytes of the leaf part INDEX (as in RnAttachment), at most MAX bytes; NULL with an error. Also
 * in the child only. */
GBytes *rn_read_part(GBytes *raw, guint index, gsize max, GError **error);

#endif
