/* explain_out.h: how a reading is shown: one JSON object (design section 7), or words. */
#ifndef RN_PROG_EXPLAIN_OUT_H
#define RN_PROG_EXPLAIN_OUT_H

#include <stdio.h>

#include "core/engine.h"

/* The JSON object of the contract, one line; keys that do not apply are null. */
void rn_explain_json(const RnReading *r, FILE *to);

/* The same for people. */
void rn_explain_text(const RnEngine *e, const RnReading *r, FILE *to);

#endif
