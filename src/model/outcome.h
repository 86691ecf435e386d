/* outcome.h: how a delivery ended, and how that looks from each door (design section 3). */
#ifndef RN_MODEL_OUTCOME_H
#define RN_MODEL_OUTCOME_H

#include "base/base.h"

typedef enum {
	RN_OUT_LATER,		/* nothing was done: the mail server keeps it. First, so that zero is safe. */
	RN_OUT_DONE,		/* stored, and what it says was done */
	RN_OUT_RECORDED,	/* stored, nothing follows (machine mail) */
	RN_OUT_HELD,		/* stored, waits for a person */
	RN_OUT_DUPLICATE,	/* was stored before */
	RN_OUT_N
} RnOutcome;

typedef struct {
	const char	*word;		/* for the log */
	int		 exit;		/* of rinnova deliver: 0 or 75, nothing else (law 1) */
	const char	*lmtp;		/* "250 2.0.0 done" */
} RnOutcomeFace;

/* The face of OUTCOME; static. Out of range gives RN_OUT_LATER's. */
const RnOutcomeFace *rn_outcome_face(RnOutcome outcome);

#endif
