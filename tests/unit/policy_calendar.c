/* Months, waits, and which notice is due. */
#include <string.h>

#include "policy/policy.h"

static RnDay
day(const char *text)
{
	RnDay d;

	g_assert_true(rn_day_parse(text, &d));
	return d;
}

static void
test_months(void)
{
	static const struct {
		const char	*from;
		int		 months;
		const char	*to;
	} rows[] = {
		{ "2026-11-30", 12, "2027-11-30" },
		{ "2028-02-29", 12, "2029-02-28" },	/* 29 Feb has no next year */
		{ "2028-02-29", 48, "2032-02-29" },
		{ "2028-02-29", 1, "2028-03-29" },
		{ "2027-02-28", 12, "2028-02-28" },	/* the last day of a month is no promise */
		{ "2026-01-31", 1, "2026-02-28" },
		{ "2028-01-31", 1, "2028-02-29" },
		{ "2026-08-31", 1, "2026-09-30" },
		{ "2026-10-31", 4, "2027-02-28" },
		{ "2026-12-31", 1, "2027-01-31" },
		{ "2026-12-15", 12, "2027-12-15" },
		{ "2026-01-01", 0, "2026-01-01" },
		{ "2026-01-31", 120, "2036-01-31" },
		{ "2027-03-31", -1, "2027-02-28" },
		{ "2027-01-15", -12, "2026-01-15" },
		{ "2096-02-29", 48, "2100-02-28" },	/* 2100 is no leap year */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *to = rn_day_iso(rn_day_add_months(day(rows[i].from), rows[i].months));

		g_test_message("%s + %d", rows[i].from, rows[i].months);
		g_assert_cmpstr(to, ==, rows[i].to);
	}
	g_assert_cmpint(rn_day_add_months(RN_DAY_NONE, 12), ==, RN_DAY_NONE);
}

static void
test_retry(void)
{
	static const struct {
		int	n;
		gint64	first, max, wait;
	} rows[] = {
		{ 1, 300, 14400, 300 },	  { 2, 300, 14400, 600 },   { 3, 300, 14400, 1200 },
		{ 6, 300, 14400, 9600 },  { 7, 300, 14400, 14400 }, { 1000000, 300, 14400, 14400 },
		{ 1, 300, 60, 60 },	  { 0, 300, 14400, 300 },   { -5, 300, 14400, 300 },
		{ 2, 300, 300, 300 },	  { 100, 1, G_MAXINT64, G_MAXINT64 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("row %" G_GSIZE_FORMAT, i);
		g_assert_cmpint(rn_retry_wait(rows[i].n, rows[i].first, rows[i].max), ==, rows[i].wait);
	}
}

/* After the third: 3, 6, 12, 24 ...; a person can have it asked again after any of them, and hears again. */
static void
test_retry_tells(void)
{
	static const struct {
		int	n, tries;
		gboolean tells;
	} rows[] = {
		{ 1, 3, FALSE },	{ 2, 3, FALSE },	{ 3, 3, TRUE },		{ 4, 3, FALSE },
		{ 6, 3, TRUE },		{ 9, 3, FALSE },	{ 12, 3, TRUE },	{ 18, 3, FALSE },
		{ 24, 3, TRUE },	{ 1, 1, TRUE },		{ 2, 1, TRUE },		{ 3, 1, FALSE },
		{ 1024, 1, TRUE },	{ 0, 3, FALSE },	{ -3, 3, FALSE },	{ 3, 0, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_test_message("%d of %d", rows[i].n, rows[i].tries);
		g_assert_cmpint(rn_retry_tells(rows[i].n, rows[i].tries), ==, rows[i].tells);
	}
}

#define NOT_DECIDED (-1)	/* *day must be left alone */
#define NEVER (-1)		/* no notice was decided before */

static const int usual[] = { 90, 60, 30, 15, 7, 1, 0 };
static const int early[] = { 30, 15 };

/* clang-format off */
static const struct {
	const char	*name;
	int		 left;		/* days before expiry */
	int		 last_done;
	RnBoxState	 box;
	gboolean	 entitled;
	RnOrderState	 order;
	RnNotice	 want;
	int		 day;
} notices[] = {
	{ "long before", 91, NEVER, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_NOT_YET, NOT_DECIDED },
	{ "the first day", 90, NEVER, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 90 },
	{ "the first day again", 90, 90, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DONE, NOT_DECIDED },
	{ "the day after", 89, 90, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DONE, NOT_DECIDED },
	{ "stopped on the first day", 89, NEVER, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 90 },
	{ "just before the second", 61, 90, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DONE, NOT_DECIDED },
	{ "the second", 60, 90, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 60 },
	{ "stopped for three notices: the latest only", 14, 90, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 15 },
	{ "and then no other", 14, 15, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DONE, NOT_DECIDED },
	{ "imported late", 3, NEVER, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 7 },
	{ "the day before", 1, 7, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 1 },
	{ "the last day", 0, 1, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 0 },
	{ "the last day, nothing before", 0, NEVER, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DUE, 0 },
	{ "the last day again", 0, 0, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_DONE, NOT_DECIDED },
	{ "expired", -1, NEVER, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_PAST, NOT_DECIDED },
	{ "expired long ago", -400, 0, RN_BOX_ACTIVE, TRUE, RN_ORDER_NONE, RN_NOTICE_PAST, NOT_DECIDED },

	{ "not entitled", 30, 60, RN_BOX_ACTIVE, FALSE, RN_ORDER_NONE, RN_NOTICE_NOT_ENTITLED, 30 },
	{ "not entitled, the last day", 0, 1, RN_BOX_ACTIVE, FALSE, RN_ORDER_NONE, RN_NOTICE_NOT_ENTITLED, 0 },
	{ "not entitled, decided before", 29, 30, RN_BOX_ACTIVE, FALSE, RN_ORDER_NONE, RN_NOTICE_DONE, NOT_DECIDED },
	{ "deactivated", 30, 60, RN_BOX_DEACTIVATED, TRUE, RN_ORDER_NONE, RN_NOTICE_NOT_ACTIVE, 30 },
	{ "closed", 30, 60, RN_BOX_CLOSED, TRUE, RN_ORDER_NONE, RN_NOTICE_NOT_ACTIVE, 30 },

	{ "requested", 30, 60, RN_BOX_ACTIVE, TRUE, RN_ORDER_REQUESTED, RN_NOTICE_ORDERED, 30 },
	{ "accepted", 30, 60, RN_BOX_ACTIVE, TRUE, RN_ORDER_ACCEPTED, RN_NOTICE_ORDERED, 30 },
	{ "accepted, the last day", 0, 1, RN_BOX_ACTIVE, TRUE, RN_ORDER_ACCEPTED, RN_NOTICE_ORDERED, 0 },
	{ "renewed", 30, 60, RN_BOX_ACTIVE, TRUE, RN_ORDER_RENEWED, RN_NOTICE_ORDERED, 30 },
	{ "the administrator's case", 30, 60, RN_BOX_ACTIVE, TRUE, RN_ORDER_FAILED, RN_NOTICE_ORDERED, 30 },
	{ "cancelled: reminded again", 30, 60, RN_BOX_ACTIVE, TRUE, RN_ORDER_CANCELLED, RN_NOTICE_DUE, 30 },
	{ "lapsed: reminded again", 30, 60, RN_BOX_ACTIVE, TRUE, RN_ORDER_LAPSED, RN_NOTICE_DUE, 30 },

	{ "declined", 30, 60, RN_BOX_ACTIVE, TRUE, RN_ORDER_DECLINED, RN_NOTICE_DECLINED, 30 },
	{ "declined, a week before", 7, 15, RN_BOX_ACTIVE, TRUE, RN_ORDER_DECLINED, RN_NOTICE_DECLINED, 7 },
	{ "declined, the last reminder but one", 1, 7, RN_BOX_ACTIVE, TRUE, RN_ORDER_DECLINED, RN_NOTICE_DUE, 1 },
	{ "declined, the last reminder", 0, 1, RN_BOX_ACTIVE, TRUE, RN_ORDER_DECLINED, RN_NOTICE_DUE, 0 },
	{ "declined and struck off", 1, 7, RN_BOX_ACTIVE, FALSE, RN_ORDER_DECLINED, RN_NOTICE_NOT_ENTITLED, 1 },
};
/* An order that waits for the member; the box was last decided on 60 days before. */
static const struct {
	const char	*name;
	int		 left;
	RnOrderState	 order;
	int		 asked;		/* so many days ago */
	gboolean	 with_person;
	RnNotice	 want;
} reminders[] = {
	{ "waits for the document", 30, RN_ORDER_DOCUMENT, 5, FALSE, RN_NOTICE_REMIND },
	{ "the document waits for a person", 30, RN_ORDER_DOCUMENT, 5, TRUE, RN_NOTICE_ORDERED },
	{ "offered", 30, RN_ORDER_OFFERED, 2, FALSE, RN_NOTICE_REMIND },
	{ "offered yesterday", 30, RN_ORDER_OFFERED, 1, FALSE, RN_NOTICE_ORDERED },
	{ "offered yesterday, and tomorrow is the last day", 1, RN_ORDER_OFFERED, 1, FALSE, RN_NOTICE_REMIND },
	{ "offered yesterday, and this is the last day", 0, RN_ORDER_OFFERED, 1, FALSE, RN_NOTICE_REMIND },
	{ "offered today, the last day", 0, RN_ORDER_OFFERED, 0, FALSE, RN_NOTICE_ORDERED },
	{ "no notice day", 60, RN_ORDER_OFFERED, 9, FALSE, RN_NOTICE_DONE },
	{ "expired", -1, RN_ORDER_OFFERED, 9, FALSE, RN_NOTICE_PAST },
	{ "concluded", 30, RN_ORDER_ACCEPTED, 9, FALSE, RN_NOTICE_ORDERED },
};
/* clang-format on */

static void
test_reminders(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(reminders); i++)
		for (int entitled = 0; entitled <= 1; entitled++) {
			RnDay expiry = day("2028-03-01");
			RnNoticeCase c = {
				.today = expiry - reminders[i].left, .expiry = expiry, .days = usual,
				.n_days = G_N_ELEMENTS(usual), .any_done = TRUE, .last_done = 60, .box = RN_BOX_ACTIVE,
				.entitled = entitled, .order = reminders[i].order,
				.with_person = reminders[i].with_person,
				.asked = expiry - reminders[i].left - reminders[i].asked,
			};
			RnNotice want = entitled || reminders[i].want == RN_NOTICE_DONE ||
			        reminders[i].want == RN_NOTICE_PAST ?
			    reminders[i].want :
			    RN_NOTICE_NOT_ENTITLED;
			int decided;

			g_test_message("%s", reminders[i].name);
			g_assert_cmpstr(
			    rn_notice_word(rn_notice_decide(&c, &decided)), ==, rn_notice_word(want));
		}
}

static void
test_notices(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(notices); i++) {
		RnDay expiry = day("2026-03-10");
		RnNoticeCase c = {
			.today = expiry - notices[i].left,
			.expiry = expiry,
			.days = usual,
			.n_days = G_N_ELEMENTS(usual),
			.any_done = notices[i].last_done != NEVER,
			.last_done = notices[i].last_done,
			.box = notices[i].box,
			.entitled = notices[i].entitled,
			.order = notices[i].order,
			.asked = RN_DAY_NONE,
		};
		int decided = NOT_DECIDED;
		RnNotice n = rn_notice_decide(&c, &decided);

		g_test_message("%s", notices[i].name);
		g_assert_cmpstr(rn_notice_word(n), ==, rn_notice_word(notices[i].want));
		g_assert_cmpint(decided, ==, notices[i].day);
	}
}

/* A run a day, with stops: no notice twice, none but the latest, whatever the days are. */
static void
test_every_day(void)
{
	static const struct {
		const int	*days;
		unsigned	 n;
		int		 every;		/* the timer fires on each n-th day only */
		const char	*want;
	} rows[] = {
		{ usual, G_N_ELEMENTS(usual), 1, "90 60 30 15 7 1 0 " },
		{ usual, G_N_ELEMENTS(usual), 2, "90 60 30 15 7 0 " },	/* day 1 was odd: 0 came before it was seen */
		{ usual, G_N_ELEMENTS(usual), 20, "90 60 30 0 " },
		{ usual, G_N_ELEMENTS(usual), 50, "60 0 " },
		{ early, G_N_ELEMENTS(early), 1, "30 15 " },
		{ usual, 0, 1, "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) sent = g_string_new(NULL);
		RnNoticeCase c = { .days = rows[i].days, .n_days = rows[i].n, .entitled = TRUE };

		c.expiry = day("2028-03-01");
		for (int left = 100; left >= -5; left -= rows[i].every) {
			int decided;

			c.today = c.expiry - left;
			if (rn_notice_decide(&c, &decided) != RN_NOTICE_DUE)
				continue;
			g_string_append_printf(sent, "%d ", decided);
			c.any_done = TRUE;
			c.last_done = decided;
		}
		g_test_message("row %" G_GSIZE_FORMAT, i);
		g_assert_cmpstr(sent->str, ==, rows[i].want);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy/months", test_months);
	g_test_add_func("/policy/retry", test_retry);
	g_test_add_func("/policy/retry/tells", test_retry_tells);
	g_test_add_func("/policy/notice/table", test_notices);
	g_test_add_func("/policy/notice/reminders", test_reminders);
	g_test_add_func("/policy/notice/every-day", test_every_day);
	return g_test_run();
}
