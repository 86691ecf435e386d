/* report.c: under which heading of the secretary's report a period stands. */
#include "policy/policy.h"

/* What an order says by itself; RN_REPORT_N where it leaves the question open. */
static const RnReportGroup by_order[RN_ORDER_N] = {
	[RN_ORDER_NONE]		= RN_REPORT_N,
	[RN_ORDER_REQUESTED]	= RN_REPORT_OFFERED,
	[RN_ORDER_DOCUMENT]	= RN_REPORT_DOCUMENT,
	[RN_ORDER_OFFERED]	= RN_REPORT_OFFERED,
	[RN_ORDER_ACCEPTED]	= RN_REPORT_CONCLUDED,
	[RN_ORDER_RENEWED]	= RN_REPORT_RENEWED,
	[RN_ORDER_DECLINED]	= RN_REPORT_DECLINED,
	[RN_ORDER_CANCELLED]	= RN_REPORT_N,
	[RN_ORDER_LAPSED]	= RN_REPORT_N,
	[RN_ORDER_FAILED]	= RN_REPORT_FAILED,
};

RnReportGroup
rn_report_group(const RnReportCase *c)
{
	RnReportGroup said = (unsigned)c->order < RN_ORDER_N ? by_order[c->order] : RN_REPORT_N;

	if (said == RN_REPORT_RENEWED || said == RN_REPORT_CONCLUDED || said == RN_REPORT_FAILED)
		return said;
	if (c->box == RN_BOX_CLOSED || !c->entitled)
		return RN_REPORT_NOT_ENTITLED;
	if (c->held)
		return RN_REPORT_HELD;
	if (said != RN_REPORT_N)
		return said;
	if (c->unreachable)
		return RN_REPORT_UNREACHABLE;
	if (c->box == RN_BOX_DEACTIVATED)
		return RN_REPORT_DEACTIVATED;
	return c->noticed ? RN_REPORT_SILENT : RN_REPORT_NOT_YET;
}

static const char *const words[RN_REPORT_N] = {
	[RN_REPORT_RENEWED]	 = "renewed",
	[RN_REPORT_CONCLUDED]	 = "concluded",
	[RN_REPORT_OFFERED]	 = "offered",
	[RN_REPORT_DOCUMENT]	 = "document",
	[RN_REPORT_HELD]	 = "held",
	[RN_REPORT_FAILED]	 = "failed",
	[RN_REPORT_SILENT]	 = "silent",
	[RN_REPORT_UNREACHABLE]	 = "unreachable",
	[RN_REPORT_DECLINED]	 = "declined",
	[RN_REPORT_DEACTIVATED]	 = "deactivated",
	[RN_REPORT_NOT_YET]	 = "not-yet",
	[RN_REPORT_NOT_ENTITLED] = "not-entitled",
};

const char *
rn_report_word(RnReportGroup g)
{
	return (unsigned)g < RN_REPORT_N ? words[g] : "?";
}
