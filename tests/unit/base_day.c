/* base_day: days from and to text, and where they begin in a zone with summer time. */
#include "base/day.h"
#include "base/world.h"

#include <string.h>

static void
test_parse(void)
{
	static const struct {
		const char	*text;
		const char	*iso;	/* NULL: no day */
	} rows[] = {
		{ "2026-03-01", "2026-03-01" },
		{ "1970-01-01", "1970-01-01" },
		{ "0001-01-01", "0001-01-01" },
		{ "9999-12-31", "9999-12-31" },
		{ "01/03/2026", "2026-03-01" },
		{ "1/3/2026", "2026-03-01" },
		{ "31/12/2025", "2025-12-31" },
		{ "2024-02-29", "2024-02-29" },	/* leap */
		{ "29/02/2000", "2000-02-29" },	/* leap: 400 */
		{ "2025-02-29", NULL },
		{ "29/02/1900", NULL },		/* 100, no leap */
		{ "2026-04-31", NULL },
		{ "2026-00-10", NULL },
		{ "2026-13-01", NULL },
		{ "2026-01-00", NULL },
		{ "0000-01-01", NULL },
		{ "2026-1-1", NULL },
		{ "2026-01-01 ", NULL },
		{ " 2026-01-01", NULL },
		{ "2026/01/01", NULL },
		{ "01-02-2026", NULL },
		{ "12/31/2025", NULL },		/* American */
		{ "1/3/26", NULL },
		{ "001/3/2026", NULL },
		{ "-1/3/2026", NULL },
		{ "2026-03", NULL },
		{ "20260301", NULL },
		{ "", NULL },
		{ "2026-01-0\xd9\xa1", NULL },	/* an Arabic digit */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *iso = NULL;
		RnDay day = RN_DAY_NONE;

		g_test_message("row %zu: \"%s\"", i, rows[i].text);
		g_assert_cmpint(rn_day_parse(rows[i].text, &day), ==, rows[i].iso != NULL);
		iso = rn_day_iso(day);
		g_assert_cmpstr(iso, ==, rows[i].iso != NULL ? rows[i].iso : "");
	}
}

/* Every day of 800 years follows the one before, and comes back as itself. */
static void
test_arithmetic(void)
{
	RnDay last = rn_day_from_ymd(1799, 12, 31);

	for (int y = 1800; y < 2600; y++) {
		for (int m = 1; m <= 12; m++) {
			int days = g_date_get_days_in_month((GDateMonth)m, (GDateYear)y);

			for (int d = 1; d <= days; d++) {
				int y2, m2, d2;

				g_assert_cmpint(rn_day_from_ymd(y, m, d), ==, ++last);
				rn_day_to_ymd(last, &y2, &m2, &d2);
				g_assert_true(y2 == y && m2 == m && d2 == d);
			}
		}
	}
	g_assert_cmpint(rn_day_from_ymd(1970, 1, 1), ==, 0);
	g_assert_cmpint(rn_day_from_ymd(2024, 1, 1), ==, 19723);
}

static void
test_zone(void)
{
	static const struct {
		const char	*zone;
		const char	*day;
		const char	*starts;	/* rn_time_text of its first moment */
	} rows[] = {
		{ "Europe/Rome", "2026-01-15", "2026-01-15 00:00:00 +0100" },
		{ "Europe/Rome", "2026-07-15", "2026-07-15 00:00:00 +0200" },
		{ "Europe/Rome", "2026-03-29", "2026-03-29 00:00:00 +0100" },	/* summer time begins at 02:00 */
		{ "Europe/Rome", "2026-03-30", "2026-03-30 00:00:00 +0200" },
		{ "Europe/Rome", "2026-10-25", "2026-10-25 00:00:00 +0200" },	/* and ends at 03:00 */
		{ "Europe/Rome", "2026-10-26", "2026-10-26 00:00:00 +0100" },
		{ "Europe/Rome", "2024-02-29", "2024-02-29 00:00:00 +0100" },
		{ "Europe/Rome", "1960-05-05", "1960-05-05 00:00:00 +0100" },
		{ "UTC", "2026-03-29", "2026-03-29 00:00:00 +0000" },
		{ "America/New_York", "2026-03-08", "2026-03-08 00:00:00 -0500" },
		{ "America/Sao_Paulo", "2018-11-04", "2018-11-04 01:00:00 -0200" },	/* there is no 00:00 */
		{ "America/Sao_Paulo", "2018-02-18", "2018-02-18 00:00:00 -0300" },	/* 23:00 comes twice before */
		{ "Asia/Amman", "2020-03-27", "2020-03-27 01:00:00 +0300" },	/* no 00:00, east of UTC */
		{ "Pacific/Auckland", "2026-04-05", "2026-04-05 00:00:00 +1300" },	/* after UTC's midnight */
		{ "Asia/Kathmandu", "2026-01-01", "2026-01-01 00:00:00 +0545" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GTimeZone) tz = g_time_zone_new_identifier(rows[i].zone);
		g_autofree char *text = NULL;
		RnDay day;
		gint64 t;

		g_test_message("row %zu: %s in %s", i, rows[i].day, rows[i].zone);
		g_assert_nonnull(tz);
		g_assert_true(rn_day_parse(rows[i].day, &day));
		t = rn_day_start(day, tz);
		text = rn_time_text(t, tz);
		g_assert_cmpstr(text, ==, rows[i].starts);
		g_assert_cmpint(rn_day_of(t, tz), ==, day);
		g_assert_cmpint(rn_day_of(t - 1, tz), ==, day - 1);
	}
}

/* The days of change have 23 and 25 hours. */
static void
test_summer_time(void)
{
	g_autoptr(GTimeZone) rome = g_time_zone_new_identifier("Europe/Rome");
	RnDay spring = rn_day_from_ymd(2026, 3, 29), autumn = rn_day_from_ymd(2026, 10, 25);
	g_autofree char *text = rn_time_text(rn_day_start(spring + 1, rome) - 1, rome);

	g_assert_cmpint(rn_day_start(spring + 1, rome) - rn_day_start(spring, rome), ==, 23 * 3600);
	g_assert_cmpint(rn_day_start(autumn + 1, rome) - rn_day_start(autumn, rome), ==, 25 * 3600);
	g_assert_cmpstr(text, ==, "2026-03-29 23:59:59 +0200");
}

static void
test_world(void)
{
	guint8 a[64] = { 0 }, b[64] = { 0 };
	gint64 before = rn_monotonic();

	g_assert_cmpint(rn_now(), >, G_GINT64_CONSTANT(1000000000));
	g_assert_cmpint(rn_monotonic(), >=, before);
	rn_random(a, sizeof a);
	rn_random(b, sizeof b);
	g_assert_true(memcmp(a, b, sizeof a) != 0);
	rn_random(NULL, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/base/day/parse", test_parse);
	g_test_add_func("/base/day/arithmetic", test_arithmetic);
	g_test_add_func("/base/day/zone", test_zone);
	g_test_add_func("/base/day/summer-time", test_summer_time);
	g_test_add_func("/base/world", test_world);
	return g_test_run();
}
