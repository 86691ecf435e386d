/* tried.h: templates are tried once, and not again at the start of every command. */
#ifndef RN_CORE_TRIED_H
#define RN_CORE_TRIED_H

#include "core/engine.h"

/* The templates of E's settings. Where E has a store, it remembers the state of the folder that passed: the
 * same one is only read. RN_ERR_CONFIG as rn_letters_load() says. Caller frees. */
RnLetters *rn_tried_letters(RnEngine *e, GError **error);

#endif
