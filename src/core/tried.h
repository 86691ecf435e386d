/* tried.h: templates are tried once, and not again at the start of every command. */
#ifndef RN_CORE_TRIED_H
#define RN_CORE_TRIED_H

#include "core/engine.h"

/* The templates of SITE. With STORE, the state of the folder that passed is remembered there: the same one is
 * only read. The store is not opened for writing, which would bring it up to date: no store is changed by a
 * program whose templates are wrong. *DIGEST gets what is to be remembered, NULL if nothing is; caller frees
 * both. RN_ERR_CONFIG as rn_letters_load() says. */
RnLetters *rn_tried_letters(const RnSite *site, gboolean store, char **digest, GError **error);

/* DIGEST of DIR has passed. Where it cannot be written now, the next start tries again. FALSE: nobody knows
 * what STORE holds (RN_ERR_STORE of a commit). */
gboolean rn_tried_remember(RnStore *store, const char *dir, const char *digest, GError **error);

#endif
