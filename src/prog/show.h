/* show.h: rows of the store as JSON lines or as words; one place, so that every command shows a thing in the
 * same way. */
#ifndef RN_PROG_SHOW_H
#define RN_PROG_SHOW_H

#include <jansson.h>

#include "core/engine.h"
#include "core/receipts.h"

/* Each gives a new reference. */
json_t *rn_show_box(const RnBox *box);
json_t *rn_show_order(const RnOrder *order, const char *box_name);
json_t *rn_show_letter(const RnLetter *letter);
/* What came back about letters (of one box where BOX_ID is not 0): letter id -> rows; NULL with an error. */
GHashTable *rn_show_deliveries(RnTx *tx, gint64 box_id, GError **error);
/* That of letter LETTER_ID with STATE, NULL if there is none. */
const RnDelivery *rn_show_delivery(GHashTable *deliveries, gint64 letter_id, const char *state);
/* rn_show_letter() with what came back about it. */
json_t *rn_show_letter_fate(const RnLetter *letter, GHashTable *deliveries);
/* Adds to J, a letter of rn_show_letter(), what its receipts prove. */
void rn_show_fate(json_t *j, const RnFate *fate, GTimeZone *tz);
json_t *rn_show_receipt(const RnRegisteredRow *row);
json_t *rn_show_call(const RnCall *call);
json_t *rn_show_inbox(const RnInbox *in);
json_t *rn_show_ledger(const RnLedgerEntry *e);

/* Prints OBJECT as one line, and frees it. */
void rn_show_json(json_t *object);

/* Prints OBJECT as "name: value" lines with an indent, and frees it; hostile bytes escaped, nulls left out,
 * times in the zone TZ. */
void rn_show_words(json_t *object, GTimeZone *tz);

/* Who sits at the desk, for the ledger: "admin:root", the user by the kernel; "admin:root (sudo: mario)"
 * where the environment says who called sudo. Caller frees. */
char *rn_show_admin(void);

/* Opens what a desk command needs: settings, store (read only or not). Complains and gives NULL, with *CODE
 * the exit code. */
RnEngine *rn_show_open(const char *command, const char *config, RnNeed need, int *code);

#endif
