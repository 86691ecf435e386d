/* decide.h: what a person says at the machine about a held mail. */
#ifndef RN_PROG_DECIDE_H
#define RN_PROG_DECIDE_H

#include "core/heldwords.h"

/* `rinnova held VERB ID`: WORDS for the member with ask, REASON for the ledger (both may be NULL). The exit
 * code: RN_EXIT_FAILED if it has to wait again, or cannot be done. */
int rn_decide_run(RnHeldVerb verb, const char *id, const char *words, const char *reason, const char *config);

#endif
