#include "core/outbox.h"

/* 600 a minute: 50 may go at once, then ten a second. */
static void
all_together(void)
{
	g_autoptr(RnPace) p = rn_pace_new(600, 0);
	gint64 now = 1000, wait;
	int sent = 0;

	while (rn_pace_take(p, "a.example", now, &wait))
		sent++;
	g_assert_cmpint(sent, ==, 50);
	g_assert_cmpint(wait, >, 0);
	g_assert_cmpint(wait, <=, 100001);
	g_assert_true(rn_pace_take(p, "b.example", now + wait, &wait));
	g_assert_false(rn_pace_take(p, "a.example", now + 100001, &wait));
}

static void
by_domain(void)
{
	g_autoptr(RnPace) p = rn_pace_new(0, 12);
	gint64 wait;

	g_assert_true(rn_pace_take(p, "a.example", 1, &wait));
	g_assert_false(rn_pace_take(p, "a.example", 2, &wait));
	g_assert_cmpint(wait, >, 4 * G_USEC_PER_SEC);
	g_assert_true(rn_pace_take(p, "b.example", 2, &wait));
	g_assert_true(rn_pace_take(p, "a.example", 2 + 5 * G_USEC_PER_SEC, &wait));
}

/* A whole minute never carries more than the rate and one burst. */
static void
minute(void)
{
	g_autoptr(RnPace) p = rn_pace_new(60, 60);
	gint64 wait;
	int sent = 0;

	for (gint64 now = 1; now < 60 * G_USEC_PER_SEC; now += 50000)
		sent += rn_pace_take(p, "a.example", now, &wait);
	g_assert_cmpint(sent, >=, 58);
	g_assert_cmpint(sent, <=, 65);
}

static void
no_limit(void)
{
	g_autoptr(RnPace) p = rn_pace_new(0, 0);
	gint64 wait;

	for (int i = 0; i < 100000; i++)
		g_assert_true(rn_pace_take(p, "a.example", 1, &wait));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pace/all-together", all_together);
	g_test_add_func("/pace/by-domain", by_domain);
	g_test_add_func("/pace/minute", minute);
	g_test_add_func("/pace/no-limit", no_limit);
	return g_test_run();
}
