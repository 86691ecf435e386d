#include <stdio.h>
#include <string.h>

#include "base/world.h"
#include "core/engine.h"
#include "prog/prog.h"

static void
print_token(const RnToken *t, RnTokenVerdict verdict)
{
	g_autofree char *number = rn_case_number(t->period);
	g_autofree char *last = rn_day_iso(t->last_day);

	printf(
	    "verdict:  %s\nversion:  %u\nkey:      %u\npurpose:  %s\nstep:     %u\ncase:     %s\nlast day: %s\n",
	    rn_word(RN_WORDS_TOKEN, verdict), t->version, t->key_id, rn_word(RN_WORDS_PURPOSE, t->purpose),
	    t->step, number, last);
}

/* The box, where the store is at hand; a token is worth explaining without it too. */
static void
print_box(const RnEngine *e, const RnToken *t)
{
	g_autoptr(RnBox) box = NULL;
	g_autoptr(RnTx) tx = rn_tx_look(e->store, NULL);
	RnDay expiry;

	if (tx == NULL || !rn_store_box_of_period(tx, t->period, &box, &expiry, NULL))
		return;
	if (box == NULL)
		puts("box:      none in the store has this period");
	else {
		g_autofree char *day = rn_day_iso(expiry);

		printf("box:      %s (period that ends %s)\n", box->name, day);
	}
}

int
rn_cmd_token(int argc, char **argv)
{
	g_autofree char *config = NULL;
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	RnTokenVerdict verdict;
	RnToken t;

	if (!rn_options(&argc, &argv, NULL, &config))
		return RN_EXIT_USAGE;
	if (argc != 3 || strcmp(argv[1], "show") != 0) {
		fputs("rinnova: token: say show TOKEN (40 characters, or the address that carries it)\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_engine_open(
	    config, RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_STORE | RN_NEED_READ_ONLY, &error);
	if (e == NULL) {
		g_clear_error(&error);
		e = rn_engine_open(config, RN_NEED_SETTINGS | RN_NEED_KEYS, &error);
	}
	if (e == NULL)
		return rn_complain("token", error);
	g_autofree char *from_address = rn_token_in_address(&e->settings->site, argv[2]);
	const char *text = from_address != NULL ? from_address : argv[2];

	verdict = rn_token_check(
	    rn_engine_ring(e), text, e->settings->site.domain, rn_day_of(rn_now(), e->settings->tz), &t);
	if (!rn_token_decode(text, &t, NULL)) {
		fputs(
		    "rinnova: token: this is no token: it has 40 characters of 0-9 and a-z without i, l, o, u\n",
		    stderr);
		return RN_EXIT_DATA;
	}
	print_token(&t, verdict);
	if (e->store != NULL && verdict != RN_TOKEN_BAD)
		print_box(e, &t);
	return verdict == RN_TOKEN_GOOD ? RN_EXIT_OK : RN_EXIT_FAILED;
}
