/* core_providers.c: who is left alone, and for how long. */
#include "core/providers.h"

typedef struct {
	RnSettings	 settings;
	RnConvention	 one, other;
	RnProviders	*providers;
	gint64		 now;
} Story;

static void
begin(Story *s)
{
	*s = (Story){ .settings = { .tz = g_time_zone_new_utc() }, .now = 1000 * G_USEC_PER_SEC };
	s->providers = rn_providers_new(&s->settings);
}

static void
end(Story *s)
{
	rn_providers_free(s->providers);
	g_time_zone_unref(s->settings.tz);
}

/* The call of BOX_ID was answered: TRUE if its provider is left alone from now on. */
static gboolean
away(Story *s, gint64 box_id, int wait)
{
	const RnSaid said = { .away = TRUE, .wait = wait };

	return rn_providers_note(s->providers, &s->one, box_id, RN_SAYS_LATER, &said, s->now);
}

static void
test_away(void)
{
	Story s;

	begin(&s);
	for (gint64 box = 1; box < 5; box++)
		g_assert_false(away(&s, box, 0));
	g_assert_cmpint(rn_providers_wait(s.providers, &s.one, s.now), ==, 0);
	g_assert_true(away(&s, 5, 0));
	g_assert_cmpint(rn_providers_wait(s.providers, &s.one, s.now), ==, 60);
	g_assert_cmpint(rn_providers_wait(s.providers, &s.other, s.now), ==, 0);
	s.now += 61 * G_USEC_PER_SEC;
	g_assert_cmpint(rn_providers_wait(s.providers, &s.one, s.now), ==, 0);
	g_assert_true(away(&s, 6, 0));
	g_assert_cmpint(rn_providers_wait(s.providers, &s.one, s.now), ==, 120);
	end(&s);
}

/* What one box gets again and again says nothing about the others. */
static void
test_one_box(void)
{
	const RnSaid said = { 0 };
	Story s;

	begin(&s);
	for (int i = 0; i < 50; i++)
		g_assert_false(away(&s, 7, 0));
	g_assert_cmpint(rn_providers_wait(s.providers, &s.one, s.now), ==, 0);
	for (gint64 box = 1; box < 4; box++) {
		g_assert_false(away(&s, box, 0));
		g_assert_false(away(&s, box, 0));
	}
	g_assert_true(away(&s, 4, 0));
	g_assert_false(rn_providers_note(s.providers, &s.one, 7, RN_SAYS_DONE, &said, s.now));
	g_assert_false(away(&s, 7, 0));
	end(&s);
}

/* A wait that the provider asks for is kept to at once. */
static void
test_asked_for(void)
{
	Story s;

	begin(&s);
	g_assert_true(away(&s, 7, 30));
	g_assert_cmpint(rn_providers_wait(s.providers, &s.one, s.now), ==, 30);
	end(&s);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/core/providers/away", test_away);
	g_test_add_func("/core/providers/one-box", test_one_box);
	g_test_add_func("/core/providers/asked-for", test_asked_for);
	return g_test_run();
}
