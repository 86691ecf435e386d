/* The states of orders and boxes: every pair drawn by hand. */
#include <string.h>

#include "policy/policy.h"

/* One letter a state; '.' is a hole. */
static const char state_letters[] = "nqdoarxclf";

/* Columns: reQuest, Document in, Accept, One step, declIne, Cancel, Lapse, reNewed, reFused, Retry, document
 * Wanted. */
static const char *const want_to[RN_ORDER_N] = {
	/*                         QDAOICLNFRW */
	[RN_ORDER_NONE]		= "q..ax......",
	[RN_ORDER_REQUESTED]	= "qo.axcl...d",
	[RN_ORDER_DOCUMENT]	= "do.dxcl....",
	[RN_ORDER_OFFERED]	= "o.aaxcl...d",
	[RN_ORDER_ACCEPTED]	= "a.aacc.rfa.",
	[RN_ORDER_RENEWED]	= "r.rr.......",
	[RN_ORDER_DECLINED]	= "q..ax......",
	[RN_ORDER_CANCELLED]	= "q..axc.....",
	[RN_ORDER_LAPSED]	= "q..ax......",
	[RN_ORDER_FAILED]	= "f.ff...r.a.",
};

/* What has to follow: s summary, k asK for the document, C concluded, y alreadY done, x declined, c
 * cancelled, d drop the call and cancelled, r moved and renewed, t trouble, p call the provider, - nothing.
 */
static const char *const want_todo[RN_ORDER_N] = {
	/*                         QDAOICLNFRW */
	[RN_ORDER_NONE]		= "-..Cx......",
	[RN_ORDER_REQUESTED]	= "-s.Cxc-...k",
	[RN_ORDER_DOCUMENT]	= "ks.kxc-....",
	[RN_ORDER_OFFERED]	= "s.CCxc-...-",
	[RN_ORDER_ACCEPTED]	= "y.yydd.rtp.",
	[RN_ORDER_RENEWED]	= "y.yy.......",
	[RN_ORDER_DECLINED]	= "-..Cx......",
	[RN_ORDER_CANCELLED]	= "-..Cxc.....",
	[RN_ORDER_LAPSED]	= "-..Cx......",
	[RN_ORDER_FAILED]	= "-.--...r.p.",
};

static const struct {
	char		letter;
	unsigned	todo;
} todos[] = {
	{ '-', RN_DO_NOTHING },
	{ 's', RN_DO_SEND_SUMMARY },
	{ 'k', RN_DO_ASK_DOCUMENT },
	{ 'C', RN_DO_NUMBER | RN_DO_SEND_CONFIRMATION | RN_DO_CALL_PROVIDER },
	{ 'y', RN_DO_SEND_ALREADY },
	{ 'x', RN_DO_SEND_DECLINED },
	{ 'c', RN_DO_SEND_CANCELLED },
	{ 'd', RN_DO_DROP_CALL | RN_DO_SEND_CANCELLED },
	{ 'r', RN_DO_MOVE_EXPIRY | RN_DO_SEND_RENEWED },
	{ 't', RN_DO_SEND_TROUBLE | RN_DO_TELL_ADMIN },
	{ 'p', RN_DO_CALL_PROVIDER },
};

static char
todo_letter(RnEffects todo)
{
	for (gsize i = 0; i < G_N_ELEMENTS(todos); i++)
		if (todos[i].todo == (unsigned)todo)
			return todos[i].letter;
	return '?';
}

static void
test_order(void)
{
	for (int s = 0; s < RN_ORDER_N; s++) {
		char to_line[RN_EV_N + 1] = { 0 }, todo_line[RN_EV_N + 1] = { 0 };

		for (int e = 0; e < RN_EV_N; e++) {
			RnOrderState to = RN_ORDER_N;
			RnEffects todo = RN_DO_TELL_ADMIN;
			gboolean legal = rn_order_step((RnOrderState)s, (RnOrderEvent)e, &to, &todo);

			if (!legal) {	/* a hole leaves both alone */
				g_assert_cmpint(to, ==, RN_ORDER_N);
				g_assert_cmpint(todo, ==, RN_DO_TELL_ADMIN);
			}
			to_line[e] = legal ? state_letters[to] : '.';
			todo_line[e] = legal ? todo_letter(todo) : '.';
		}
		g_test_message("%s", rn_word(RN_WORDS_ORDER, s));
		g_assert_cmpstr(to_line, ==, want_to[s]);
		g_assert_cmpstr(todo_line, ==, want_todo[s]);
	}
}

/* What no table may ever say, whoever edits it. */
static void
test_order_laws(void)
{
	for (int s = 0; s < RN_ORDER_N; s++) {
		for (int e = 0; e < RN_EV_N; e++) {
			RnOrderState to;
			RnEffects todo;

			if (!rn_order_step((RnOrderState)s, (RnOrderEvent)e, &to, &todo))
				continue;
			g_test_message("%s, event %d", rn_word(RN_WORDS_ORDER, s), e);
			/* a number once, and only on the way into accepted */
			g_assert_true(
			    !(todo & RN_DO_NUMBER) || (to == RN_ORDER_ACCEPTED && to != (RnOrderState)s));
			/* the provider is asked on the way into accepted and by a retry, and the call is
			 * dropped on the way out by a no */
			g_assert_true(
			    (to == RN_ORDER_ACCEPTED && (s != RN_ORDER_ACCEPTED || e == RN_EV_RETRY)) ==
			    !!(todo & RN_DO_CALL_PROVIDER));
			g_assert_true(!(todo & RN_DO_DROP_CALL) || s == RN_ORDER_ACCEPTED);
			/* the expiry date moves by the provider's word alone */
			g_assert_true(!(todo & RN_DO_MOVE_EXPIRY) || e == RN_EV_RENEWED);
			g_assert_true(to != RN_ORDER_RENEWED || s == RN_ORDER_RENEWED || e == RN_EV_RENEWED);
			/* from failed only the administrator leads on */
			g_assert_true(s != RN_ORDER_FAILED || to == RN_ORDER_FAILED || e == RN_EV_RETRY ||
			    e == RN_EV_RENEWED);
		}
	}
}

static void
test_order_range(void)
{
	RnOrderState to;
	RnEffects todo;

	g_assert_false(rn_order_step(RN_ORDER_N, RN_EV_REQUEST, &to, &todo));
	g_assert_false(rn_order_step(RN_ORDER_NONE, RN_EV_N, &to, &todo));
	g_assert_false(rn_order_step((RnOrderState)-1, (RnOrderEvent)-1, &to, &todo));
}

static void
test_box(void)
{
	static const char letters[] = "adc";
	static const char *const want[RN_BOX_N] = {
		/* Deactivate, reNewed, Reactivate, Close, reOpen: DNRCO */
		[RN_BOX_ACTIVE]		= "da.c.",
		[RN_BOX_DEACTIVATED]	= ".aac.",
		[RN_BOX_CLOSED]		= "....a",
	};

	for (int s = 0; s < RN_BOX_N; s++) {
		char line[RN_BOX_EV_N + 1] = { 0 };

		for (int e = 0; e < RN_BOX_EV_N; e++) {
			RnBoxState to = RN_BOX_N;
			gboolean legal = rn_box_step((RnBoxState)s, (RnBoxEvent)e, &to);

			line[e] = legal ? letters[to] : '.';
			g_assert_true(legal || to == RN_BOX_N);
		}
		g_test_message("%s", rn_word(RN_WORDS_BOX, s));
		g_assert_cmpstr(line, ==, want[s]);
	}
	g_assert_false(rn_box_step(RN_BOX_N, RN_BOX_EV_CLOSE, &(RnBoxState){ 0 }));
	g_assert_false(rn_box_step(RN_BOX_ACTIVE, RN_BOX_EV_N, &(RnBoxState){ 0 }));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy/order/pairs", test_order);
	g_test_add_func("/policy/order/laws", test_order_laws);
	g_test_add_func("/policy/order/range", test_order_range);
	g_test_add_func("/policy/box/pairs", test_box);
	return g_test_run();
}
