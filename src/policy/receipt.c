/* receipt.c: what receipts of registered mail prove. Pure. */
#include "policy/policy.h"

#define FINAL_HOURS 22	/* the last warning comes not before (RFC 6109 3.1.6) */

/* clang-format off */
static const char *const words[RN_NOTIFIED_N] = {
	[RN_NOTIFIED_NOT]	= "no-receipt",
	[RN_NOTIFIED_ACCEPTED]	= "accepted",
	[RN_NOTIFIED_EXTERNAL]	= "accepted-external",
	[RN_NOTIFIED_LATE]	= "late",
	[RN_NOTIFIED_FAILED]	= "failed",
	[RN_NOTIFIED_LAPSED]	= "not-delivered-in-time",
	[RN_NOTIFIED_DELIVERED]	= "delivered",
};
/* clang-format on */

static RnNotified
says(RnRegKind kind, gboolean certified, int hours)
{
	switch (kind) {
	case RN_REG_ACCEPTED:
		return certified ? RN_NOTIFIED_ACCEPTED : RN_NOTIFIED_EXTERNAL;
	case RN_REG_NOT_ACCEPTED:
	case RN_REG_FAILED:
		return RN_NOTIFIED_FAILED;
	case RN_REG_LATE:
		return hours >= FINAL_HOURS ? RN_NOTIFIED_LAPSED : RN_NOTIFIED_LATE;
	case RN_REG_DELIVERED:
		return RN_NOTIFIED_DELIVERED;
	default:		/* between providers, or no receipt at all */
		return RN_NOTIFIED_NOT;
	}
}

RnNotified
rn_notified_step(RnNotified state, RnRegKind kind, gboolean certified, int hours)
{
	RnNotified more = says(kind, certified, hours);

	return more > state ? more : state;
}

const char *
rn_notified_word(RnNotified n)
{
	return (unsigned)n < RN_NOTIFIED_N ? words[n] : "?";
}
