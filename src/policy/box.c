/* box.c: the states of a box. Nothing is ever deleted: a closed box opens again when its holder is back on
 * the roll. */
#include "policy/policy.h"

typedef struct {
	guint8	legal;
	guint8	to;
} Move;

#define GO(state) \
	{ \
		1, RN_BOX_##state \
	}

/* clang-format off */
/* Rows are where we are, columns what happened. A hole is illegal. */
static const Move moves[RN_BOX_N][RN_BOX_EV_N] = {
	[RN_BOX_ACTIVE] = {
		[RN_BOX_EV_DEACTIVATE]	= GO(DEACTIVATED),
		[RN_BOX_EV_RENEWED]	= GO(ACTIVE),
		[RN_BOX_EV_CLOSE]	= GO(CLOSED),
	},
	[RN_BOX_DEACTIVATED] = {
		[RN_BOX_EV_RENEWED]	= GO(ACTIVE),	/* renewal stays possible for the reactivation days */
		[RN_BOX_EV_REACTIVATE]	= GO(ACTIVE),	/* the undo of a deactivation */
		[RN_BOX_EV_CLOSE]	= GO(CLOSED),
	},
	[RN_BOX_CLOSED] = {
		[RN_BOX_EV_REOPEN]	= GO(ACTIVE),
	},
};
/* clang-format on */

gboolean
rn_box_step(RnBoxState state, RnBoxEvent event, RnBoxState *to)
{
	const Move *move;

	if ((unsigned)state >= RN_BOX_N || (unsigned)event >= RN_BOX_EV_N)
		return FALSE;
	move = &moves[state][event];
	if (!move->legal)
		return FALSE;
	*to = (RnBoxState)move->to;
	return TRUE;
}
