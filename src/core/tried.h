/* tried.h: templates are tried once, and not again at the start of every command. */
#ifndef RN_CORE_TRIED_H
#define RN_CORE_TRIED_H

#include "core/engine.h"

/* The templates of SITE. With STORE, the state of the folder that passed is remembered there: the same one is
 * only read. The store is not opened for writing, which would bring it up to date: no store is changed by a
 * program whose templates are wrong. *DIGEST gets what is to be remembered, NULL if nothing is; caller frees
 * both. RN_ERR_CONFIG as rn_letters_load() says. */
RnLetters *rn_tried_letters(const RnSite *site, gboolean store, char **digest, GError **error);

/* DIGEST has passed. Where it cannot be written now, the next start tries again. FALSE: a commit failed, so
 * nobody knows what STORE holds. */
gboolean rn_tried_remember(RnStore *store, const char *digest, GError **error);

#endif
