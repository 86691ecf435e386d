/* outcome.c: the one table of how the end of a delivery looks from each door. */
#include "model/outcome.h"

/* clang-format off */
static const RnOutcomeFace faces[RN_OUT_N] = {
	[RN_OUT_LATER]		= { "later",		75, "451 4.3.0 not now: keep it and try again" },
	[RN_OUT_DONE]		= { "done",		0,  "250 2.0.0 done" },
	[RN_OUT_RECORDED]	= { "recorded",		0,  "250 2.0.0 recorded" },
	[RN_OUT_HELD]		= { "held",		0,  "250 2.0.0 kept" },
	[RN_OUT_DUPLICATE]	= { "duplicate",	0,  "250 2.0.0 known already" },
};
/* clang-format on */

const RnOutcomeFace *
rn_outcome_face(RnOutcome outcome)
{
	return &faces[(guint)outcome < RN_OUT_N ? outcome : RN_OUT_LATER];
}
