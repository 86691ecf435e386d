/* notice.c: whether a box gets a notice today, and which one. */
#include "policy/policy.h"

#define LAST_REMINDER 1		/* days before expiry from which even a declined box is reminded */
#define QUIET_DAYS 2		/* so long after the summary nobody is reminded of it */

/* The latest notice day that is due, with LEFT days to go: the smallest that is not under LEFT. -1 if none
 * is. */
static int
latest_due(const int *days, unsigned n, int left)
{
	int latest = -1;

	for (unsigned i = 0; i < n; i++)
		if (days[i] >= left && (latest == -1 || days[i] < latest))
			latest = days[i];
	return latest;
}

/* An order that waits for the member, who is reminded of it in good time. */
static RnNotice
open_order(const RnNoticeCase *c, int day)
{
	int quiet = day > LAST_REMINDER ? QUIET_DAYS : 1;

	if (c->with_person || c->asked == RN_DAY_NONE || c->today - c->asked < quiet)
		return RN_NOTICE_ORDERED;
	return RN_NOTICE_REMIND;
}

/* Reasons not to write a notice that is due. RN_NOTICE_DUE: none. */
static RnNotice
refusal(const RnNoticeCase *c, int day)
{
	if (c->box != RN_BOX_ACTIVE)
		return RN_NOTICE_NOT_ACTIVE;
	if (!c->entitled)
		return RN_NOTICE_NOT_ENTITLED;
	switch (c->order) {
	case RN_ORDER_DOCUMENT:
	case RN_ORDER_OFFERED:
		return open_order(c, day);
	case RN_ORDER_REQUESTED:
	case RN_ORDER_ACCEPTED:
	case RN_ORDER_RENEWED:
	case RN_ORDER_FAILED:		/* the administrator's case: a notice would promise what a "yes" cannot do */
		return RN_NOTICE_ORDERED;
	case RN_ORDER_DECLINED:
		return day > LAST_REMINDER ? RN_NOTICE_DECLINED : RN_NOTICE_DUE;
	case RN_ORDER_NONE:
	case RN_ORDER_CANCELLED:
	case RN_ORDER_LAPSED:
	case RN_ORDER_N:
		break;
	}
	return RN_NOTICE_DUE;
}

RnNotice
rn_notice_decide(const RnNoticeCase *c, int *day)
{
	int left = c->expiry - c->today;
	int due;

	if (left < 0)
		return RN_NOTICE_PAST;
	due = latest_due(c->days, c->n_days, left);
	if (due == -1)
		return RN_NOTICE_NOT_YET;
	if (c->any_done && c->last_done <= due)
		return RN_NOTICE_DONE;
	*day = due;
	return refusal(c, due);
}

const char *
rn_notice_word(RnNotice n)
{
	switch (n) {
	case RN_NOTICE_NOT_YET:
		return "not-yet";
	case RN_NOTICE_DUE:
		return "due";
	case RN_NOTICE_DONE:
		return "done";
	case RN_NOTICE_PAST:
		return "past";
	case RN_NOTICE_NOT_ENTITLED:
		return "not-entitled";
	case RN_NOTICE_ORDERED:
		return "ordered";
	case RN_NOTICE_DECLINED:
		return "declined";
	case RN_NOTICE_NOT_ACTIVE:
		return "not-active";
	case RN_NOTICE_REMIND:
		return "remind";
	}
	return "?";
}
