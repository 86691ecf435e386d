/* expiry.c: which boxes may be deactivated, and what holds one back (laws 5 and 6). Everything is counted in
 * days of the configured zone: the caller turns moments into days, so that summer time is nobody's concern
 * here. */
#include "policy/policy.h"

#define ALWAYS 2	/* so many boxes may go in one run even where there are few */

static gboolean
open_order(RnOrderState order)
{
	return order == RN_ORDER_REQUESTED || order == RN_ORDER_DOCUMENT || order == RN_ORDER_OFFERED;
}

/* The last day on which the open order may still be answered: so long after the offer, or after the request
 * where the document is missing. */
static RnDay
answer_end(const RnExpiryCase *c)
{
	return (c->order == RN_ORDER_OFFERED ? c->offered : c->requested) + c->answer_days;
}

RnDay
rn_expiry_last_day(const RnExpiryCase *c)
{
	RnDay end;

	if (!open_order(c->order) || c->requested == RN_DAY_NONE || c->requested > c->expiry)
		return c->expiry;
	end = answer_end(c);
	return end > c->expiry ? end : c->expiry;
}

/* The member has done what was asked: what is missing is a person's word. */
static gboolean
document_waits(const RnExpiryCase *c)
{
	return c->order == RN_ORDER_DOCUMENT && c->document != RN_DAY_NONE &&
	    c->document <= (c->requested > c->expiry ? answer_end(c) : rn_expiry_last_day(c));
}

gboolean
rn_expiry_lapses(const RnExpiryCase *c)
{
	return open_order(c->order) && !document_waits(c) && c->today > c->expiry && c->today > answer_end(c);
}

/* What the order says; RN_EXPIRY_DUE where it says nothing. */
static RnExpiry
by_order(const RnExpiryCase *c)
{
	if (c->order == RN_ORDER_ACCEPTED)
		return RN_EXPIRY_PROVIDER;
	if (c->order == RN_ORDER_FAILED)
		return RN_EXPIRY_REFUSED;
	if (c->order == RN_ORDER_RENEWED)
		return RN_EXPIRY_CONTRADICTION;
	if (c->today <= rn_expiry_last_day(c))
		return RN_EXPIRY_WAITS;
	return document_waits(c) && c->requested <= c->expiry ? RN_EXPIRY_DOCUMENT : RN_EXPIRY_DUE;
}

/* Law 6: the administrator had a day to see it coming, also after a stop of some days or a bad import. */
static RnExpiry
ends(const RnExpiryCase *c)
{
	return c->announced != RN_DAY_NONE && c->announced < c->today ? RN_EXPIRY_DUE :
	                                                                RN_EXPIRY_NOT_ANNOUNCED;
}

RnExpiry
rn_expiry_decide(const RnExpiryCase *c)
{
	RnExpiry by;

	if (c->box != RN_BOX_ACTIVE)
		return RN_EXPIRY_NOT_ACTIVE;
	if (c->expiry == RN_DAY_NONE || c->today <= c->expiry)
		return RN_EXPIRY_NOT_YET;
	if (c->undone)
		return RN_EXPIRY_UNDONE;
	by = by_order(c);
	if (by != RN_EXPIRY_DUE)
		return by;
	if (c->queued != RN_DAY_NONE && c->queued <= rn_expiry_last_day(c))
		return RN_EXPIRY_QUEUED;
	if (c->held == RN_DAY_NONE || c->held > rn_expiry_last_day(c))
		return ends(c);
	return c->today - c->held > c->held_days ? RN_EXPIRY_DECIDE : RN_EXPIRY_HELD;
}

const char *
rn_expiry_word(RnExpiry e)
{
	static const char *const words[] = {
		[RN_EXPIRY_NOT_ACTIVE]		= "not-active",
		[RN_EXPIRY_NOT_YET]		= "not-yet",
		[RN_EXPIRY_DUE]			= "deactivate",
		[RN_EXPIRY_UNDONE]		= "deactivation-undone",
		[RN_EXPIRY_WAITS]		= "request-in-time",
		[RN_EXPIRY_PROVIDER]		= "provider-at-work",
		[RN_EXPIRY_REFUSED]		= "order-failed",
		[RN_EXPIRY_CONTRADICTION]	= "order-renewed-this-period",
		[RN_EXPIRY_QUEUED]		= "mail-in-queue",
		[RN_EXPIRY_HELD]		= "reply-held",
		[RN_EXPIRY_DECIDE]		= "administrator-must-decide",
		[RN_EXPIRY_DOCUMENT]		= "document-to-check",
		[RN_EXPIRY_NOT_ANNOUNCED]	= "not-announced",
	};

	return (unsigned)e < sizeof(words) / sizeof(words[0]) ? words[e] : "?";
}

int
rn_expiry_brake(int active, int boxes, int percent)
{
	int share = (int)((long long)active * percent / 100);
	int half = active / 2 > ALWAYS ? active / 2 : ALWAYS;
	int floor = boxes < half ? boxes : half;

	return share > floor ? share : floor;
}
