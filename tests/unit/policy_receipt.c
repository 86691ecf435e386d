/* What receipts prove, in whatever order they come. */
#include <string.h>

#include "policy/policy.h"

typedef struct {
	RnRegKind	 kind;
	gboolean	 certified;
	int		 hours;
} Receipt;

#define K(kind) RN_REG_##kind

/* clang-format off */
static const struct {
	Receipt		 got[4];
	int		 n;
	RnNotified	 is;
} rows[] = {
	{ { { K(ACCEPTED), 1, 0 } }, 1, RN_NOTIFIED_ACCEPTED },
	{ { { K(ACCEPTED), 0, 0 } }, 1, RN_NOTIFIED_EXTERNAL },
	{ { { K(NOT_ACCEPTED), 1, 0 } }, 1, RN_NOTIFIED_FAILED },
	{ { { K(ACCEPTED), 1, 0 }, { K(DELIVERED), 1, 0 } }, 2, RN_NOTIFIED_DELIVERED },
	{ { { K(ACCEPTED), 1, 0 }, { K(FAILED), 1, 0 } }, 2, RN_NOTIFIED_FAILED },
	{ { { K(ACCEPTED), 1, 0 }, { K(LATE), 1, 12 } }, 2, RN_NOTIFIED_LATE },
	{ { { K(ACCEPTED), 1, 0 }, { K(LATE), 1, 12 }, { K(LATE), 1, 22 } }, 3, RN_NOTIFIED_LAPSED },
	{ { { K(ACCEPTED), 1, 0 }, { K(LATE), 1, 12 }, { K(DELIVERED), 1, 15 } }, 3, RN_NOTIFIED_DELIVERED },
	{ { { K(ACCEPTED), 1, 0 }, { K(LATE), 1, 12 }, { K(LATE), 1, 24 }, { K(DELIVERED), 1, 30 } }, 4,
	    RN_NOTIFIED_DELIVERED },
	{ { { K(ACCEPTED), 1, 0 }, { K(TAKEN), 1, 0 }, { K(VIRUS), 1, 0 } }, 3, RN_NOTIFIED_ACCEPTED },
	{ { { K(TRANSPORT), 1, 0 }, { K(ANOMALY), 1, 0 }, { K(UNKNOWN), 1, 0 } }, 3, RN_NOTIFIED_NOT },
};
/* clang-format on */

/* Every order of the receipts of row I from place K on. */
static guint
permute(gsize i, Receipt *got, int k)
{
	RnNotified state = RN_NOTIFIED_NOT;
	guint n = 0;

	if (k == rows[i].n) {
		for (int r = 0; r < k; r++)
			state = rn_notified_step(state, got[r].kind, got[r].certified, got[r].hours);
		g_assert_cmpstr(rn_notified_word(state), ==, rn_notified_word(rows[i].is));
		return 1;
	}
	for (int r = k; r < rows[i].n; r++) {
		Receipt first = got[r], was = got[k];

		got[k] = first;
		got[r] = was;
		n += permute(i, got, k + 1);
		got[k] = was;
		got[r] = first;
	}
	return n;
}

static void
test_any_order(void)
{
	guint orders = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		Receipt got[4];

		memcpy(got, rows[i].got, sizeof(got));
		orders += permute(i, got, 0);
	}
	g_assert_cmpuint(orders, ==, 3 + 3 * 2 + 4 * 6 + 24);
}

/* The same once more changes nothing, and nothing but a receipt moves a letter. */
static void
test_again(void)
{
	for (int s = 0; s < RN_NOTIFIED_N; s++)
		for (int k = 0; k < RN_REG_N; k++) {
			RnNotified once = rn_notified_step((RnNotified)s, (RnRegKind)k, TRUE, 12);

			g_assert_cmpint(rn_notified_step(once, (RnRegKind)k, TRUE, 12), ==, once);
			g_assert_true(rn_registered_is_receipt((RnRegKind)k) || (int)once == s);
		}
	g_assert_cmpstr(rn_notified_word((RnNotified)99), ==, "?");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy/receipt/any-order", test_any_order);
	g_test_add_func("/policy/receipt/again", test_again);
	return g_test_run();
}
