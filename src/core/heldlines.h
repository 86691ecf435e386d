/* heldlines.h: what an administrator types under a list of held mail: "3 accetta", "1, 4 scarta". */
#ifndef RN_CORE_HELDLINES_H
#define RN_CORE_HELDLINES_H

#include "core/heldwords.h"

#define RN_HELD_NUMBER_MAX 9999
#define RN_HELD_LINES_MAX 500	/* decisions in one answer; what comes behind them is strange */

typedef struct {
	int		 n;		/* the case */
	RnHeldVerb	 verb;
	char		*text;		/* what follows the verb; NULL if nothing does */
	gboolean	 twice;		/* another line is about the same case: then neither counts */
} RnHeldLine;

/* The lines of TYPED that decide, in their order: GPtrArray of RnHeldLine. What follows "rispondi" may go on
 * over lines and paragraphs, up to the next decision, the mark of a signature, or what looks quoted.
 * *STRANGE, if not NULL, becomes a list of the lines that begin with a number and say nothing that is
 * understood: GPtrArray of char *. */
GPtrArray *rn_held_lines(const char *typed, GPtrArray **strange);

#endif
