/* provider_json.h: the question to a provider and its answer as JSON, as drivers exec and http speak it.
 * Private to net. */
#ifndef RN_NET_PROVIDER_JSON_H
#define RN_NET_PROVIDER_JSON_H

#include <jansson.h>

#include "net/provider.h"

typedef char RnJsonText;	/* from json_dumps(): malloc, not g_malloc */

void rn_json_text_free(RnJsonText *text);

/* ASK as one JSON object (provider.h shows it). Caller releases. */
json_t *rn_provider_question(const RnAsk *ask);

/* Takes the answer TEXT (LEN bytes; OVER: there was more) into SAID. NULL if it is empty or as agreed, else
 * what is wrong with it. DONE: the provider claims to have done what was asked, so that a renewal must move
 * the date. */
const char *rn_provider_answer(
    const char *text, gsize len, gboolean over, gboolean done, const RnAsk *ask, RnSaid *said);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnJsonText, rn_json_text_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

#endif
