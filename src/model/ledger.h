/* ledger.h: one row of the ledger: who did what, why, when. */
#ifndef RN_MODEL_LEDGER_H
#define RN_MODEL_LEDGER_H

#include "base/base.h"

typedef struct {
	const char	*convention;	/* the chain it belongs to */
	gint64		 at;		/* seconds UTC */
	const char	*who;		/* "member", "provider", "notify", "courier", "admin:root" ... */
	const char
	    *what; /* "order requested->offered", "notice 30 sent" ... a fixed vocabulary, no personal text */
	const char	*why;		/* rule or reason: "good-token-normal-yes", "not-entitled" */
	gint64		 box_id, period_id, order_id, inbox_id, letter_id;	/* 0 = none */
	const char *
	    detail; /* free, personal text allowed; stands beside the chain, only its digest in it; NULL none */
} RnLedgerRow;

#endif
