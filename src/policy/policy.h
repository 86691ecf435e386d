/* policy.h: what the program decides. Pure: no I/O, no clock, no GLib call; `nm -u` of these objects stays
 * empty. */
#ifndef RN_POLICY_POLICY_H
#define RN_POLICY_POLICY_H

#include "base/day.h"
#include "model/facts.h"
#include "model/order.h"
#include "model/verdict.h"

/* The verdict on a message: the first row of the table of design section 6 that fits. Never fails: the last
 * row fits everything. */
RnVerdict rn_policy_judge(const RnFacts *facts, const RnSituation *situation);

/* How many rows the table has, and the name of row I; for tests, man page and explain. */
unsigned rn_policy_rows(void);
const char *rn_policy_row_name(unsigned i);

/* One move of an order: *TO and *TODO for EVENT in STATE. FALSE where the table has a hole: the move is
 * illegal, *TO and *TODO are left alone, and the caller logs it and changes nothing. */
gboolean rn_order_step(RnOrderState state, RnOrderEvent event, RnOrderState *to, RnEffects *todo);

/* A box's states: what happened to it. */
typedef enum {
	RN_BOX_EV_DEACTIVATE,
	RN_BOX_EV_RENEWED,
	RN_BOX_EV_REACTIVATE,
	RN_BOX_EV_CLOSE,
	RN_BOX_EV_REOPEN,
	RN_BOX_EV_N
} RnBoxEvent;
gboolean rn_box_step(RnBoxState state, RnBoxEvent event, RnBoxState *to);

/* Why a notice is written or not. */
typedef enum {
	RN_NOTICE_NOT_YET,	/* before the first notice day */
	RN_NOTICE_DUE,
	RN_NOTICE_DONE,		/* the latest due one was decided before */
	RN_NOTICE_PAST,		/* the box has expired */
	RN_NOTICE_NOT_ENTITLED,
	RN_NOTICE_ORDERED,	/* an order is open or concluded for this period */
	RN_NOTICE_DECLINED,
	RN_NOTICE_NOT_ACTIVE	/* box closed or deactivated */
} RnNotice;

/* What is known of a box when notices are decided. */
typedef struct {
	RnDay		today, expiry;
	const int	*days;		/* notice days before expiry, descending, e.g. 90,60,30,15,7,1,0 */
	unsigned	 n_days;
	gboolean	 any_done;	/* some notice of this period was decided before */
	int		 last_done;	/* the smallest number of days before expiry among them */
	RnBoxState	 box;
	gboolean	 entitled;
	RnOrderState	 order;		/* the newest order of this period, RN_ORDER_NONE if there is none */
} RnNoticeCase;

/* Decides; for RN_NOTICE_DUE and the refusals *DAY is the notice day (days before expiry) that is decided:
 * the latest due one only, so a stop never sends a backlog. A declined box still gets the last reminders
 * (days 1 and 0). */
RnNotice rn_notice_decide(const RnNoticeCase *c, int *day);

/* The word for a decision: "due", "not-entitled" ...; static. */
const char *rn_notice_word(RnNotice n);

/* What `expire` makes of a box. Only RN_EXPIRY_DUE is deactivated; from RN_EXPIRY_UNDONE on, what leaves it
 * alone. */
typedef enum {
	RN_EXPIRY_NOT_ACTIVE,
	RN_EXPIRY_NOT_YET,	/* its last day is not over */
	RN_EXPIRY_DUE,
	RN_EXPIRY_UNDONE,	/* a deactivation of this period was undone: its expiry date is wrong */
	RN_EXPIRY_WAITS,	/* requested in time, and the acceptance may still come */
	RN_EXPIRY_PROVIDER,	/* accepted: the provider is at work */
	RN_EXPIRY_REFUSED,	/* accepted, and refused by the provider: a person is at work */
	RN_EXPIRY_CONTRADICTION,	/* renewed by an order, yet the expiry date says no */
	RN_EXPIRY_QUEUED,	/* a mail of the member lies in the mail server's queue */
	RN_EXPIRY_HELD,		/* a reply taken in time waits for a person */
	RN_EXPIRY_DECIDE	/* and has waited for too long */
} RnExpiry;

/* What is known of a box when its end is decided. Days are days of the configured zone. */
typedef struct {
	RnDay		today, expiry;
	RnBoxState	box;
	RnOrderState	order;		/* the newest of this period */
	RnDay		requested, offered;	/* of that order; RN_DAY_NONE = not yet */
	int		answer_days;
	RnDay		queued;		/* when the oldest mail in the queue was taken; RN_DAY_NONE = none */
	RnDay		held;		/* when the oldest held reply was taken; RN_DAY_NONE = none */
	int		held_days;	/* so long a held reply may wait for a person */
	gboolean	undone;
} RnExpiryCase;

RnExpiry rn_expiry_decide(const RnExpiryCase *c);

/* The last day on which an answer counts: the expiry day, or the end of the answer days of an order that was
 * requested in time. A mail taken on it holds the box back however late it is processed. */
RnDay rn_expiry_last_day(const RnExpiryCase *c);

/* Is the order of C open, and has its time run out? */
gboolean rn_expiry_lapses(const RnExpiryCase *c);

/* The word for a decision: "deactivate", "reply-held" ...; static. */
const char *rn_expiry_word(RnExpiry e);

/* How many boxes one run may deactivate of ACTIVE ones: BOXES, or PERCENT of them where that is more. */
int rn_expiry_brake(int active, int boxes, int percent);

/* DAY moved by MONTHS months; the day of the month is kept, or cut to the last of its month (29 Feb). */
RnDay rn_day_add_months(RnDay day, int months);

/* Seconds to wait after the N-th failed attempt (N from 1): FIRST doubled each time, at most MAX, with no
 * randomness. */
gint64 rn_retry_wait(int n, gint64 first, gint64 max);

#endif
