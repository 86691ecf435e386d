/* Which boxes may be deactivated: laws 5 and 6, also across summer time and 29 February. */
#include "policy/policy.h"

static RnDay
day(const char *text)
{
	RnDay d;

	g_assert_true(rn_day_parse(text, &d));
	return d;
}

static RnDay
day_or_none(const char *text)
{
	return text != NULL ? day(text) : RN_DAY_NONE;
}

typedef struct {
	const char	*today;
	RnBoxState	 box;
	RnOrderState	 order;
	const char	*requested, *offered, *queued, *held;
	gboolean	 undone;
	RnExpiry	 want;
} Row;

static RnExpiryCase
case_of(const Row *r)
{
	return (RnExpiryCase){
		.today = day(r->today),
		.expiry = day("2026-11-30"),
		.box = r->box,
		.order = r->order,
		.requested = day_or_none(r->requested),
		.offered = day_or_none(r->offered),
		.answer_days = 15,
		.queued = day_or_none(r->queued),
		.held = day_or_none(r->held),
		.held_days = 10,
		.document = RN_DAY_NONE,
		.undone = r->undone,
		.announced = day("2026-11-30"),
	};
}

#define A RN_BOX_ACTIVE
#define NO RN_ORDER_NONE

static void
test_decide(void)
{
	static const Row rows[] = {
		{ "2026-11-30", A, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_NOT_YET },
		{ "2026-12-01", A, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_DUE },
		{ "2026-12-01", RN_BOX_DEACTIVATED, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_NOT_ACTIVE },
		{ "2026-12-01", RN_BOX_CLOSED, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_NOT_ACTIVE },
		{ "2026-12-01", A, NO, NULL, NULL, NULL, NULL, TRUE, RN_EXPIRY_UNDONE },
		/* an order requested in time waits for its acceptance, to the last of the answer days */
		{ "2026-12-01", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE, RN_EXPIRY_WAITS },
		{ "2026-12-15", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE, RN_EXPIRY_WAITS },
		{ "2026-12-16", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE, RN_EXPIRY_DUE },
		/* processed, and so offered, a day later: the request counts all the same */
		{ "2026-12-16", A, RN_ORDER_OFFERED, "2026-11-30", "2026-12-01", NULL, NULL, FALSE, RN_EXPIRY_WAITS },
		{ "2026-12-01", A, RN_ORDER_OFFERED, "2026-12-01", "2026-12-01", NULL, NULL, FALSE, RN_EXPIRY_DUE },
		{ "2026-12-01", A, RN_ORDER_OFFERED, "2026-11-01", "2026-11-02", NULL, NULL, FALSE, RN_EXPIRY_DUE },
		{ "2026-12-10", A, RN_ORDER_DOCUMENT, "2026-11-30", NULL, NULL, NULL, FALSE, RN_EXPIRY_WAITS },
		{ "2026-12-16", A, RN_ORDER_DOCUMENT, "2026-11-30", NULL, NULL, NULL, FALSE, RN_EXPIRY_DUE },
		/* what the provider or a person has in hand */
		{ "2027-03-01", A, RN_ORDER_ACCEPTED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE,
		    RN_EXPIRY_PROVIDER },
		{ "2027-03-01", A, RN_ORDER_FAILED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE, RN_EXPIRY_REFUSED },
		{ "2026-12-01", A, RN_ORDER_RENEWED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE,
		    RN_EXPIRY_CONTRADICTION },
		{ "2026-12-01", A, RN_ORDER_DECLINED, "2026-11-30", NULL, NULL, NULL, FALSE, RN_EXPIRY_DUE },
		{ "2026-12-01", A, RN_ORDER_CANCELLED, "2026-11-30", NULL, NULL, NULL, FALSE, RN_EXPIRY_DUE },
		{ "2026-12-01", A, RN_ORDER_LAPSED, "2026-11-30", NULL, NULL, NULL, FALSE, RN_EXPIRY_DUE },
		/* mail that was taken in time */
		{ "2026-12-01", A, NO, NULL, NULL, "2026-11-30", NULL, FALSE, RN_EXPIRY_QUEUED },
		{ "2026-12-01", A, NO, NULL, NULL, "2026-12-01", NULL, FALSE, RN_EXPIRY_DUE },
		{ "2026-12-01", A, NO, NULL, NULL, NULL, "2026-11-30", FALSE, RN_EXPIRY_HELD },
		{ "2026-12-10", A, NO, NULL, NULL, NULL, "2026-11-30", FALSE, RN_EXPIRY_HELD },
		{ "2026-12-11", A, NO, NULL, NULL, NULL, "2026-11-30", FALSE, RN_EXPIRY_DECIDE },
		{ "2027-06-30", A, NO, NULL, NULL, NULL, "2026-11-30", FALSE, RN_EXPIRY_DECIDE },
		{ "2026-12-02", A, NO, NULL, NULL, NULL, "2026-12-01", FALSE, RN_EXPIRY_DUE },
		/* a held acceptance of an offer that still stood counts, although it came after the expiry
		 * day */
		{ "2026-12-20", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, "2026-12-15", FALSE,
		    RN_EXPIRY_HELD },
		{ "2026-12-20", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, "2026-12-16", FALSE,
		    RN_EXPIRY_DUE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnExpiryCase c = case_of(&rows[i]);

		g_test_message("row %zu: %s", i, rows[i].today);
		g_assert_cmpstr(rn_expiry_word(rn_expiry_decide(&c)), ==, rn_expiry_word(rows[i].want));
	}
}

static void
test_lapse(void)
{
	static const struct {
		Row		row;
		gboolean	want;
	} rows[] = {
		{ { "2026-12-15", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE, 0 }, FALSE },
		{ { "2026-12-16", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE, 0 }, TRUE },
		/* a late request is no reason to keep the box, but its offer stands */
		{ { "2026-12-05", A, RN_ORDER_OFFERED, "2026-12-02", "2026-12-02", NULL, NULL, FALSE, 0 }, FALSE },
		{ { "2026-12-18", A, RN_ORDER_OFFERED, "2026-12-02", "2026-12-02", NULL, NULL, FALSE, 0 }, TRUE },
		/* before the expiry day nothing lapses by itself */
		{ { "2026-11-30", A, RN_ORDER_OFFERED, "2026-10-01", "2026-10-01", NULL, NULL, FALSE, 0 }, FALSE },
		{ { "2026-12-31", A, RN_ORDER_ACCEPTED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE, 0 }, FALSE },
		{ { "2026-12-31", A, NO, NULL, NULL, NULL, NULL, FALSE, 0 }, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnExpiryCase c = case_of(&rows[i].row);

		g_test_message("row %zu", i);
		g_assert_cmpint(rn_expiry_lapses(&c), ==, rows[i].want);
	}
}

/* One second before midnight in Rome is in time, midnight is late: in winter, in summer, on the days when the
 * clock is moved, on 29 February. UTC is given, as the Received line gives it. */
static void
test_midnight(void)
{
	static const struct {
		const char	*expiry;
		const char	*last;		/* the last second, UTC */
	} rows[] = {
		{ "2026-11-30", "2026-11-30T22:59:59Z" },
		{ "2026-07-31", "2026-07-31T21:59:59Z" },
		{ "2026-03-28", "2026-03-28T22:59:59Z" },	/* the clock moves that night */
		{ "2026-03-29", "2026-03-29T21:59:59Z" },
		{ "2026-10-24", "2026-10-24T21:59:59Z" },
		{ "2026-10-25", "2026-10-25T22:59:59Z" },	/* a day of 25 hours */
		{ "2028-02-29", "2028-02-29T22:59:59Z" },
		{ "2027-02-28", "2027-02-28T22:59:59Z" },
		{ "2026-12-31", "2026-12-31T22:59:59Z" },
	};
	g_autoptr(GTimeZone) rome = g_time_zone_new_identifier("Europe/Rome");

	g_assert_nonnull(rome);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(rows[i].last, NULL);
		gint64 t = g_date_time_to_unix(at);
		RnExpiryCase c = { .expiry = day(rows[i].expiry),
			.queued = RN_DAY_NONE,
			.held = RN_DAY_NONE,
			.document = RN_DAY_NONE,
			.answer_days = 15 };

		c.announced = c.expiry;
		c.today = c.expiry + 1;
		c.order = RN_ORDER_OFFERED;
		g_test_message("%s", rows[i].expiry);
		for (int late = 0; late <= 1; late++) {
			RnExpiry want = late ? RN_EXPIRY_DUE : RN_EXPIRY_WAITS;

			c.requested = c.offered = rn_day_of(t + late, rome);
			g_assert_cmpstr(rn_expiry_word(rn_expiry_decide(&c)), ==, rn_expiry_word(want));
		}
	}
}

/* The order waits for a document that was sent, and a person has to look at it. */
static void
test_document(void)
{
	static const struct {
		const char	*today, *requested, *document;
		RnBoxState	 box;
		RnExpiry	 want;
		gboolean	 lapses;
	} rows[] = {
		{ "2026-12-15", "2026-11-30", "2026-12-01", RN_BOX_ACTIVE, RN_EXPIRY_WAITS, FALSE },
		{ "2026-12-16", "2026-11-30", "2026-12-01", RN_BOX_ACTIVE, RN_EXPIRY_DOCUMENT, FALSE },
		{ "2027-03-01", "2026-11-30", "2026-12-15", RN_BOX_ACTIVE, RN_EXPIRY_DOCUMENT, FALSE },
		{ "2026-12-01", "2026-10-01", "2026-10-02", RN_BOX_ACTIVE, RN_EXPIRY_DOCUMENT, FALSE },
		/* sent too late, asked for too late, or not sent */
		{ "2026-12-16", "2026-11-30", "2026-12-16", RN_BOX_ACTIVE, RN_EXPIRY_DUE, TRUE },
		{ "2026-12-05", "2026-12-01", "2026-12-02", RN_BOX_ACTIVE, RN_EXPIRY_DUE, FALSE },
		{ "2026-12-16", "2026-11-30", NULL, RN_BOX_ACTIVE, RN_EXPIRY_DUE, TRUE },
		/* a late request of a deactivated box stands as long as its document waits */
		{ "2026-12-20", "2026-12-01", "2026-12-02", RN_BOX_DEACTIVATED, RN_EXPIRY_NOT_ACTIVE, FALSE },
		{ "2026-12-20", "2026-12-01", "2026-12-17", RN_BOX_DEACTIVATED, RN_EXPIRY_NOT_ACTIVE, TRUE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Row row = { rows[i].today, rows[i].box, RN_ORDER_DOCUMENT, rows[i].requested, NULL, NULL,
			NULL, FALSE, 0 };
		RnExpiryCase c = case_of(&row);

		c.document = day_or_none(rows[i].document);
		g_test_message("row %zu", i);
		g_assert_cmpstr(rn_expiry_word(rn_expiry_decide(&c)), ==, rn_expiry_word(rows[i].want));
		g_assert_cmpint(rn_expiry_lapses(&c), ==, rows[i].lapses);
	}
}

/* Who would be deactivated is announced on a day before; of all others that makes no difference. */
static void
test_announced(void)
{
	static const struct {
		Row		row;
		const char	*announced;
	} rows[] = {
		{ { "2026-12-01", A, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_DUE }, "2026-11-30" },
		{ { "2026-12-05", A, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_DUE }, "2026-11-30" },
		{ { "2026-12-01", A, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_NOT_ANNOUNCED }, NULL },
		{ { "2026-12-01", A, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_NOT_ANNOUNCED }, "2026-12-01" },
		{ { "2026-12-01", A, NO, NULL, NULL, NULL, "2026-12-01", FALSE, RN_EXPIRY_NOT_ANNOUNCED }, NULL },
		{ { "2026-12-01", A, NO, NULL, NULL, NULL, "2026-11-30", FALSE, RN_EXPIRY_HELD }, NULL },
		{ { "2026-12-01", A, NO, NULL, NULL, "2026-11-30", NULL, FALSE, RN_EXPIRY_QUEUED }, NULL },
		{ { "2026-12-01", A, RN_ORDER_OFFERED, "2026-11-30", "2026-11-30", NULL, NULL, FALSE,
		      RN_EXPIRY_WAITS }, NULL },
		{ { "2026-11-30", A, NO, NULL, NULL, NULL, NULL, FALSE, RN_EXPIRY_NOT_YET }, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnExpiryCase c = case_of(&rows[i].row);

		c.announced = day_or_none(rows[i].announced);
		g_test_message("row %zu", i);
		g_assert_cmpstr(rn_expiry_word(rn_expiry_decide(&c)), ==, rn_expiry_word(rows[i].row.want));
	}
}

static void
test_brake(void)
{
	static const struct {
		int	active, boxes, percent, want;
	} rows[] = {
		{ 30, 20, 10, 15 }, { 40, 20, 10, 20 }, { 200, 20, 10, 20 }, { 201, 20, 10, 20 }, { 210, 20, 10, 21 },
		{ 40000, 20, 10, 4000 },
		{ 0, 0, 100, 0 }, { 50, 0, 100, 50 },
		/* few boxes: two may always go, and no more than half without a question */
		{ 1, 20, 10, 2 }, { 3, 20, 10, 2 }, { 5, 20, 10, 2 }, { 6, 20, 10, 3 }, { 20, 20, 10, 10 },
		{ 9, 1, 10, 1 }, { 20, 20, 100, 20 }, { 2000000000, 20, 50, 1000000000 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(
		    rn_expiry_brake(rows[i].active, rows[i].boxes, rows[i].percent), ==, rows[i].want);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy/expiry/decide", test_decide);
	g_test_add_func("/policy/expiry/lapse", test_lapse);
	g_test_add_func("/policy/expiry/midnight", test_midnight);
	g_test_add_func("/policy/expiry/document", test_document);
	g_test_add_func("/policy/expiry/announced", test_announced);
	g_test_add_func("/policy/expiry/brake", test_brake);
	return g_test_run();
}
