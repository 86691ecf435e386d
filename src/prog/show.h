/* show.h: rows of the store as JSON lines or as words; one place, so that every command shows a thing in the
 * same way. */
#ifndef RN_PROG_SHOW_H
#define RN_PROG_SHOW_H

#include <jansson.h>

#include "core/engine.h"

/* Each gives a new reference. */
json_t *rn_show_box(const RnBox *box);
json_t *rn_show_order(const RnOrder *order, const char *box_name);
json_t *rn_show_letter(const RnLetter *letter);
json_t *rn_show_call(const RnCall *call);
json_t *rn_show_inbox(const RnInbox *in);
json_t *rn_show_ledger(const RnLedgerEntry *e);

/* Prints OBJECT as one line, and frees it. */
void rn_show_json(json_t *object);

/* Prints OBJECT as "name: value" lines with an indent, and frees it; hostile bytes escaped, nulls left out,
 * times in the zone TZ. */
void rn_show_words(json_t *object, GTimeZone *tz);

/* Who sits at the desk, for the ledger: "admin:root". Caller frees. */
char *rn_show_admin(void);

/* Opens what a desk command needs: settings, store (read only or not). Complains and gives NULL, with *CODE
 * the exit code. */
RnEngine *rn_show_open(const char *command, const char *config, RnNeed need, int *code);

#endif
