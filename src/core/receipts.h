/* receipts.h: receipts of registered mail, as proof of what became of our letters. */
#ifndef RN_CORE_RECEIPTS_H
#define RN_CORE_RECEIPTS_H

#include "core/work.h"
#include "policy/policy.h"

/* What is proven of one letter by its receipts. */
typedef struct {
	RnNotified	 state;
	gint64		 at;		/* of the receipt that says so, as its provider certifies it; 0 if none */
	gint64		 inbox_id;	/* the mail that is this receipt, byte for byte */
	char		*kind, *identificativo, *provider, *code;
} RnFate;

void rn_fate_clear(RnFate *fate);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnFate, rn_fate_clear)

/* Fills FATE from the good receipts of LETTER, leaving out the one of the mail EXCEPT (0: none). Other ones
 * count for nothing. */
gboolean rn_receipt_fate(RnTx *tx, const RnLetter *letter, gint64 except, RnFate *fate, GError **error);

/* "notified on 2026-11-30 10:15:00 (delivery receipt jpec1@pec.example, Prova PEC S.p.A.)", "late on ...";
 * NULL if nothing is proven. Caller frees. */
char *rn_fate_text(const RnFate *fate, GTimeZone *tz);

/* The receipt of W, if it changes what is known of a letter: a row in the ledger, and what follows when the
 * letter did not arrive. One that is not proven, or about no letter of ours, changes nothing. */
gboolean rn_receipt_follow(RnWork *w, GError **error);

#endif
