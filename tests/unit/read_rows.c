/* Which rows of a list an answer means; anything that could be something else means none. */
#include "mail/typed.h"

static const struct {
	const char	*typed, *want;
} rows[] = {
	{ "RINNOVA TUTTE", "all" },
	{ "Rinnova tutte", "all" },
	{ "rinnovo tutte le caselle, grazie", "all" },
	{ "tutte", "all" },
	{ "entrambe", "all" },
	{ "RINNOVA 1,3", "1,3" },
	{ "rinnova 1, 3", "1,3" },
	{ "1,3", "1,3" },
	{ "1 e 3", "1,3" },
	{ "2", "2" },
	{ "Rinnovare la 1 e la 12\n\nCordiali saluti\nMaria Rossi", "1,12" },
	{ "RINNOVA 1\n2\n3", "1,2,3" },
	{ "Buongiorno, rinnovate 2 e 3. Grazie", "2,3" },
	{ "RINNOVA", NULL },
	{ "tutte tranne 2", NULL },
	{ "tutte, 2", NULL },
	{ "RINNOVA 1-3", NULL },
	{ "RINNOVA 1 - 3", NULL },
	{ "da 1 a 3", NULL },
	{ "RINNOVA 1/3", NULL },
	{ "RINNOVA 1.3", NULL },
	{ "RINNOVA 01", NULL },
	{ "RINNOVA 0", NULL },
	{ "RINNOVA 123", NULL },
	{ "rinnova per 2 anni", NULL },
	{ "non rinnovare 2", NULL },
	{ "NON RINNOVO 1", NULL },
	{ "1, 3?", NULL },
	{ "annulla 2", NULL },
	{ "accetto 2", NULL },
	{ "1 si, 2 no", NULL },
	{ "rinnova 1 se gratis", NULL },
	{ "prima della 3", NULL },
	{ "", NULL },
};

static void
test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = rn_intent_rows(rows[i].typed, FALSE);
		g_autofree char *mixed = rn_intent_rows(rows[i].typed, TRUE);

		if (g_strcmp0(got, rows[i].want) != 0)
			g_test_fail_printf("\"%s\": is %s, should be %s", rows[i].typed,
			    got != NULL ? got : "none", rows[i].want != NULL ? rows[i].want : "none");
		g_assert_null(mixed);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mail/intent-rows", test_rows);
	return g_test_run();
}
