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

/* The verdict on a mail to the address for self-tests; registered of FACTS speaks of the administrators. */
RnVerdict rn_policy_selftest(const RnFacts *facts);

/* The verdict on a mail that asks whether another one is ours. Never fails, and never leads to an order. */
RnVerdict rn_policy_verify(const RnFacts *facts);

/* The verdict on a mail from a registered address that chooses a mark. */
RnVerdict rn_policy_mark(const RnFacts *facts);

/* How many rows the table has, and the name of row I; for tests, man page and explain. */
unsigned rn_policy_rows(void);
const char *rn_policy_row_name(unsigned i);

/* The sentence that explains the row RULE; NULL if there is no such row. Static. */
const char *rn_policy_why(const char *rule);

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
	RN_NOTICE_NOT_ACTIVE,	/* box closed or deactivated */
	RN_NOTICE_REMIND	/* an open order waits for the member: reminded of that instead */
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
	RnDay		asked;		/* when the member was asked for acceptance or document; RN_DAY_NONE */
	gboolean	with_person;	/* document or acceptance has come, and a person decides */
} RnNoticeCase;

/* Decides; for RN_NOTICE_DUE, RN_NOTICE_REMIND and the refusals *DAY is the notice day (days before expiry)
 * that is decided: the latest due one only, so a stop never sends a backlog. A declined box still gets the
 * last reminders (days 1 and 0). Who was asked today is not reminded of it, and on other days than those two
 * not who was asked yesterday. */
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
	RN_EXPIRY_DECIDE,	/* and has waited for too long */
	RN_EXPIRY_DOCUMENT,	/* a document sent in time waits for a person */
	RN_EXPIRY_NOT_ANNOUNCED	/* nobody was told of it on an earlier day: that comes first */
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
	RnDay		document;	/* when the document that a person has yet to look at was taken; RN_DAY_NONE */
	gboolean	undone;
	RnDay		announced;	/* when a dry run first named this period; RN_DAY_NONE = not yet */
} RnExpiryCase;

RnExpiry rn_expiry_decide(const RnExpiryCase *c);

/* The last day on which an answer counts: the expiry day, or the end of the answer days of an order that was
 * requested in time. A mail taken on it holds the box back however late it is processed. */
RnDay rn_expiry_last_day(const RnExpiryCase *c);

/* Is the order of C open, and has its time run out? */
gboolean rn_expiry_lapses(const RnExpiryCase *c);

/* The word for a decision: "deactivate", "reply-held" ...; static. */
const char *rn_expiry_word(RnExpiry e);

/* How many boxes one run may deactivate of ACTIVE ones: BOXES (but not more than half of them, nor less than
 * two), or PERCENT of them where that is more. */
int rn_expiry_brake(int active, int boxes, int percent);

/* What registered mail has proven of one letter. */
typedef enum {
	RN_NOTIFIED_NOT,	/* no receipt has come */
	RN_NOTIFIED_ACCEPTED,	/* taken by our provider; a receipt of delivery will follow */
	RN_NOTIFIED_EXTERNAL,	/* taken for an address that is no PEC box: nothing will follow */
	RN_NOTIFIED_LATE,	/* not delivered within 12 hours; it may still be */
	RN_NOTIFIED_FAILED,	/* refused, or not delivered, for good */
	RN_NOTIFIED_LAPSED,	/* not delivered within 24 hours: for good */
	RN_NOTIFIED_DELIVERED,	/* in the mailbox of the recipient */
	RN_NOTIFIED_N
} RnNotified;

/* What follows when a receipt of KIND comes for a letter in STATE. Receipts come in any order, so each says
 * the most that it can and the weightiest stands: a delivery after a warning is a delivery. CERTIFIED: the
 * recipient is a PEC box. HOURS since the letter was sent: the warning after 12 hours and the one after 24
 * differ in their text only. */
RnNotified rn_notified_step(RnNotified state, RnRegKind kind, gboolean certified, int hours);

/* "accepted", "delivered" ...; static. */
const char *rn_notified_word(RnNotified n);

/* Under which heading of the secretary's report a period stands, in the order of the report. */
typedef enum {
	RN_REPORT_RENEWED,	/* the provider has said so */
	RN_REPORT_CONCLUDED,	/* accepted, the provider has yet to say so */
	RN_REPORT_OFFERED,	/* asked for; the summary waits for the member */
	RN_REPORT_DOCUMENT,	/* asked for; the document is wanted */
	RN_REPORT_HELD,		/* a reply waits for a person */
	RN_REPORT_FAILED,	/* the provider refused: the administrator's case */
	RN_REPORT_SILENT,	/* written to, no answer that counts */
	RN_REPORT_UNREACHABLE,	/* no address takes our letters */
	RN_REPORT_DECLINED,
	RN_REPORT_DEACTIVATED,	/* ended without an answer */
	RN_REPORT_NOT_YET,	/* nothing was due so far */
	RN_REPORT_NOT_ENTITLED,	/* left the roll, or closed */
	RN_REPORT_N
} RnReportGroup;

typedef struct {
	RnOrderState	order;		/* the newest of the period */
	RnBoxState	box;
	gboolean	entitled;	/* today */
	gboolean	held;		/* a reply about the period waits for a person */
	gboolean	unreachable;	/* letters to every reference address came back */
	gboolean	noticed;	/* a notice was written */
} RnReportCase;

/* The first heading that fits: what was concluded stands above all, a person's work above the member's. */
RnReportGroup rn_report_group(const RnReportCase *c);

/* "renewed", "silent" ...; static. */
const char *rn_report_word(RnReportGroup g);

/* DAY moved by MONTHS months; the day of the month is kept, or cut to the last of its month (29 Feb). */
RnDay rn_day_add_months(RnDay day, int months);

/* Seconds to wait after the N-th failed attempt (N from 1): FIRST doubled each time, at most MAX, with no
 * randomness. */
gint64 rn_retry_wait(int n, gint64 first, gint64 max);

/* Is a person told after the N-th failed attempt? After TRIES, twice as many, four times as many, and so on:
 * who has it asked again hears again, and what takes weeks does not become a flood. */
gboolean rn_retry_tells(int n, int tries);

#endif
