/* The headings of the secretary's report: every order state, with and without what may stand above it. */
#include <glib.h>

#include "policy/policy.h"

static RnReportGroup
group(RnOrderState order, RnBoxState box, gboolean entitled, gboolean held, gboolean unreachable,
    gboolean noticed)
{
	RnReportCase c = { order, box, entitled, held, unreachable, noticed };

	return rn_report_group(&c);
}

static void
test_concluded(void)
{
	for (int i = 0; i < 16; i++) {
		gboolean a = i & 1, b = (i >> 1) & 1, c = (i >> 2) & 1, d = (i >> 3) & 1;

		for (int box = 0; box < RN_BOX_N; box++) {
			g_assert_cmpint(group(RN_ORDER_RENEWED, box, a, b, c, d), ==, RN_REPORT_RENEWED);
			g_assert_cmpint(group(RN_ORDER_ACCEPTED, box, a, b, c, d), ==, RN_REPORT_CONCLUDED);
			g_assert_cmpint(group(RN_ORDER_FAILED, box, a, b, c, d), ==, RN_REPORT_FAILED);
		}
	}
}

static void
test_order(void)
{
	static const struct {
		RnOrderState	order;
		RnReportGroup	alone;
	} rows[] = {
		{ RN_ORDER_NONE, RN_REPORT_SILENT },
		{ RN_ORDER_REQUESTED, RN_REPORT_OFFERED },
		{ RN_ORDER_DOCUMENT, RN_REPORT_DOCUMENT },
		{ RN_ORDER_OFFERED, RN_REPORT_OFFERED },
		{ RN_ORDER_DECLINED, RN_REPORT_DECLINED },
		{ RN_ORDER_CANCELLED, RN_REPORT_SILENT },
		{ RN_ORDER_LAPSED, RN_REPORT_SILENT },
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnOrderState o = rows[i].order;

		g_assert_cmpint(group(o, RN_BOX_ACTIVE, TRUE, FALSE, FALSE, TRUE), ==, rows[i].alone);
		g_assert_cmpint(group(o, RN_BOX_ACTIVE, TRUE, TRUE, TRUE, TRUE), ==, RN_REPORT_HELD);
		g_assert_cmpint(group(o, RN_BOX_ACTIVE, FALSE, TRUE, TRUE, TRUE), ==, RN_REPORT_NOT_ENTITLED);
		g_assert_cmpint(
		    group(o, RN_BOX_CLOSED, TRUE, FALSE, FALSE, TRUE), ==, RN_REPORT_NOT_ENTITLED);
	}
	g_assert_cmpint(
	    group(RN_ORDER_NONE, RN_BOX_ACTIVE, TRUE, FALSE, FALSE, FALSE), ==, RN_REPORT_NOT_YET);
	g_assert_cmpint(
	    group(RN_ORDER_NONE, RN_BOX_ACTIVE, TRUE, FALSE, TRUE, TRUE), ==, RN_REPORT_UNREACHABLE);
	g_assert_cmpint(
	    group(RN_ORDER_LAPSED, RN_BOX_DEACTIVATED, TRUE, FALSE, FALSE, TRUE), ==, RN_REPORT_DEACTIVATED);
}

static void
test_words(void)
{
	for (int g = 0; g < RN_REPORT_N; g++)
		g_assert_cmpstr(rn_report_word((RnReportGroup)g), !=, "?");
	g_assert_cmpstr(rn_report_word(RN_REPORT_N), ==, "?");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy_report/concluded", test_concluded);
	g_test_add_func("/policy_report/order", test_order);
	g_test_add_func("/policy_report/words", test_words);
	return g_test_run();
}
