/* order.c: the states of a renewal order and every move between them (design section 5). */
#include "policy/policy.h"

typedef struct {
	guint8	legal;
	guint8	to;
	guint16	todo;
} Move;

#define GO(state, todo) \
	{ \
		1, RN_ORDER_##state, (todo) \
	}
#define CONCLUDED (RN_DO_NUMBER | RN_DO_SEND_CONFIRMATION | RN_DO_CALL_PROVIDER)

/* clang-format off */
/* Rows are where we are, columns what happened. A hole is illegal: the caller logs it and changes nothing. A
 * request is passed through within one transaction: the caller feeds DOCUMENT_IN or DOCUMENT_WANTED at once.
 */
static const Move moves[RN_ORDER_N][RN_EV_N] = {
	[RN_ORDER_NONE] = {
		[RN_EV_REQUEST]		= GO(REQUESTED, RN_DO_NOTHING),
		[RN_EV_ONE_STEP]	= GO(ACCEPTED, CONCLUDED),
		[RN_EV_DECLINE]		= GO(DECLINED, RN_DO_SEND_DECLINED),
	},
	[RN_ORDER_REQUESTED] = {
		[RN_EV_REQUEST]		= GO(REQUESTED, RN_DO_NOTHING),
		[RN_EV_DOCUMENT_WANTED]	= GO(DOCUMENT, RN_DO_ASK_DOCUMENT),
		[RN_EV_DOCUMENT_IN]	= GO(OFFERED, RN_DO_SEND_SUMMARY),
		[RN_EV_ONE_STEP]	= GO(ACCEPTED, CONCLUDED),
		[RN_EV_DECLINE]		= GO(DECLINED, RN_DO_SEND_DECLINED),
		[RN_EV_CANCEL]		= GO(CANCELLED, RN_DO_SEND_CANCELLED),
		[RN_EV_LAPSE]		= GO(LAPSED, RN_DO_NOTHING),
	},
	[RN_ORDER_DOCUMENT] = {
		[RN_EV_REQUEST]		= GO(DOCUMENT, RN_DO_ASK_DOCUMENT),
		[RN_EV_DOCUMENT_IN]	= GO(OFFERED, RN_DO_SEND_SUMMARY),
		[RN_EV_ONE_STEP]	= GO(DOCUMENT, RN_DO_ASK_DOCUMENT),	/* nothing is concluded without it */
		[RN_EV_DECLINE]		= GO(DECLINED, RN_DO_SEND_DECLINED),
		[RN_EV_CANCEL]		= GO(CANCELLED, RN_DO_SEND_CANCELLED),
		[RN_EV_LAPSE]		= GO(LAPSED, RN_DO_NOTHING),
	},
	[RN_ORDER_OFFERED] = {
		[RN_EV_DOCUMENT_WANTED]	= GO(DOCUMENT, RN_DO_NOTHING),	/* refused: its own letter says why */
		[RN_EV_REQUEST]		= GO(OFFERED, RN_DO_SEND_SUMMARY),	/* the first one may be lost */
		[RN_EV_ACCEPT]		= GO(ACCEPTED, CONCLUDED),
		[RN_EV_ONE_STEP]	= GO(ACCEPTED, CONCLUDED),
		[RN_EV_DECLINE]		= GO(DECLINED, RN_DO_SEND_DECLINED),
		[RN_EV_CANCEL]		= GO(CANCELLED, RN_DO_SEND_CANCELLED),
		[RN_EV_LAPSE]		= GO(LAPSED, RN_DO_NOTHING),
	},
	[RN_ORDER_ACCEPTED] = {
		[RN_EV_REQUEST]		= GO(ACCEPTED, RN_DO_SEND_ALREADY),
		[RN_EV_ACCEPT]		= GO(ACCEPTED, RN_DO_SEND_ALREADY),	/* people answer twice */
		[RN_EV_ONE_STEP]	= GO(ACCEPTED, RN_DO_SEND_ALREADY),
		[RN_EV_DECLINE]		= GO(CANCELLED, RN_DO_DROP_CALL | RN_DO_SEND_CANCELLED),
		[RN_EV_CANCEL]		= GO(CANCELLED, RN_DO_DROP_CALL | RN_DO_SEND_CANCELLED),
		[RN_EV_RENEWED]		= GO(RENEWED, RN_DO_MOVE_EXPIRY | RN_DO_SEND_RENEWED),
		[RN_EV_REFUSED]		= GO(FAILED, RN_DO_SEND_TROUBLE | RN_DO_TELL_ADMIN),
		[RN_EV_RETRY]		= GO(ACCEPTED, RN_DO_CALL_PROVIDER),	/* a call of unknown outcome */
	},
	[RN_ORDER_RENEWED] = {
		[RN_EV_REQUEST]		= GO(RENEWED, RN_DO_SEND_ALREADY),
		[RN_EV_ACCEPT]		= GO(RENEWED, RN_DO_SEND_ALREADY),
		[RN_EV_ONE_STEP]	= GO(RENEWED, RN_DO_SEND_ALREADY),
	},
	/* The three ends from which a new yes leads back. An old acceptance does not: its offer has ended. */
	[RN_ORDER_DECLINED] = {
		[RN_EV_REQUEST]		= GO(REQUESTED, RN_DO_NOTHING),
		[RN_EV_ONE_STEP]	= GO(ACCEPTED, CONCLUDED),
		[RN_EV_DECLINE]		= GO(DECLINED, RN_DO_SEND_DECLINED),
	},
	[RN_ORDER_CANCELLED] = {
		[RN_EV_REQUEST]		= GO(REQUESTED, RN_DO_NOTHING),
		[RN_EV_ONE_STEP]	= GO(ACCEPTED, CONCLUDED),
		[RN_EV_DECLINE]		= GO(DECLINED, RN_DO_SEND_DECLINED),
		[RN_EV_CANCEL]		= GO(CANCELLED, RN_DO_SEND_CANCELLED),
	},
	[RN_ORDER_LAPSED] = {
		[RN_EV_REQUEST]		= GO(REQUESTED, RN_DO_NOTHING),
		[RN_EV_ONE_STEP]	= GO(ACCEPTED, CONCLUDED),
		[RN_EV_DECLINE]		= GO(DECLINED, RN_DO_SEND_DECLINED),
	},
	/* Only the administrator's word leads on; the member is not promised anything. */
	[RN_ORDER_FAILED] = {
		[RN_EV_REQUEST]		= GO(FAILED, RN_DO_NOTHING),
		[RN_EV_ACCEPT]		= GO(FAILED, RN_DO_NOTHING),
		[RN_EV_ONE_STEP]	= GO(FAILED, RN_DO_NOTHING),
		[RN_EV_RENEWED]		= GO(RENEWED, RN_DO_MOVE_EXPIRY | RN_DO_SEND_RENEWED),
		[RN_EV_RETRY]		= GO(ACCEPTED, RN_DO_CALL_PROVIDER),
	},
};
/* clang-format on */

gboolean
rn_order_step(RnOrderState state, RnOrderEvent event, RnOrderState *to, RnEffects *todo)
{
	const Move *move;

	if ((unsigned)state >= RN_ORDER_N || (unsigned)event >= RN_EV_N)
		return FALSE;
	move = &moves[state][event];
	if (!move->legal)
		return FALSE;
	*to = (RnOrderState)move->to;
	*todo = (RnEffects)move->todo;
	return TRUE;
}
