#include <stdio.h>
#include <string.h>

#include "base/world.h"
#include "core/desk.h"
#include "core/keep.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

static gboolean
print_line(RnEngine *e, RnTx *tx, const RnOrder *o, gboolean json, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	g_autofree char *expiry = rn_day_iso(o->new_expiry);

	(void)e;
	if (!rn_store_box_get(tx, o->box_id, &box, error))
		return FALSE;
	if (json)
		rn_show_json(rn_show_order(o, box != NULL ? box->name : NULL));
	else
		printf("%-12s %-10s %-40s new-expiry=%s proof=%s\n", o->number != NULL ? o->number : "-",
		    rn_word(RN_WORDS_ORDER, o->state), box != NULL ? box->name : "-", expiry,
		    rn_word(RN_WORDS_PROOF, o->proof));
	return TRUE;
}

static gboolean
list(RnEngine *e, gboolean json, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	gint64 after = 0;

	while (tx != NULL) {
		g_autoptr(GPtrArray) orders = NULL;

		if (!rn_store_orders(tx, NULL, -1, after, PAGE, &orders, error))
			return FALSE;
		if (orders->len == 0)
			return TRUE;
		for (guint i = 0; i < orders->len; i++)
			if (!print_line(e, tx, g_ptr_array_index(orders, i), json, error))
				return FALSE;
		after = ((const RnOrder *)g_ptr_array_index(orders, orders->len - 1))->id;
	}
	return FALSE;
}

static gboolean
find(RnTx *tx, const char *number, RnOrder **order, RnBox **box, GError **error)
{
	if (!rn_store_order_find(tx, number, order, error))
		return FALSE;
	if (*order == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no order \"%s\"; `rinnova order list` shows all", number);
		return FALSE;
	}
	return rn_store_box_get(tx, (*order)->box_id, box, error);
}

static gboolean
show(RnEngine *e, const char *number, gboolean json, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnOrder) order = NULL;
	g_autoptr(RnBox) box = NULL;

	if (tx == NULL || !find(tx, number, &order, &box, error))
		return FALSE;
	if (json)
		rn_show_json(rn_show_order(order, box->name));
	else {
		puts(order->number);
		rn_show_words(rn_show_order(order, box->name), e->settings->tz);
	}
	return TRUE;
}

static gboolean
later(const RnOrder *order, RnDay new_expiry, GError **error)
{
	g_autofree char *old = NULL;

	if (new_expiry == RN_DAY_NONE || new_expiry > order->old_expiry)
		return TRUE;
	old = rn_day_iso(order->old_expiry);
	g_set_error(error, RN_ERROR, RN_ERR_USAGE, "--expiry must be after %s", old);
	return FALSE;
}

/* Is there still a holder whose order it is? */
static gboolean
known(const RnOrder *order, const RnBox *box, GError **error)
{
	if (!rn_keep_forgotten(box))
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_STATE,
	    "the holder of order %s was forgotten (`rinnova box forget`): it stays as it is, for the accounts",
	    order->number);
	return FALSE;
}

/* What the command line says beside the verb. */
typedef struct {
	gboolean	 json;
	RnDay		 expiry;
	char		*reference;
} Said;

/* The administrator's word: the provider has renewed it (EV_RENEWED), or is to be asked again (EV_RETRY). */
static gboolean
word(RnEngine *e, const char *number, RnOrderEvent event, const Said *said, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	g_autoptr(RnOrder) order = NULL;
	g_autoptr(RnOrder) after = NULL;
	g_autoptr(RnBox) box = NULL;
	g_autofree char *who = rn_show_admin();
	RnDesk d = { .e = e,
		.tx = tx,
		.now = rn_now(),
		.who = who,
		.why = event == RN_EV_RETRY ? "order retry" : "order renewed" };
	RnMove m = { .new_expiry = said->expiry };
	RnMoved moved;

	if (tx == NULL || !find(tx, number, &order, &box, error) || !known(order, box, error) ||
	    !later(order, said->expiry, error))
		return FALSE;
	m.box = box;
	m.period_expiry = order->old_expiry;
	box->period_id = order->period_id;
	if ((said->reference != NULL &&
	        !rn_store_order_set_reference(tx, order->id, said->reference, error)) ||
	    !rn_desk_move(&d, event, &m, &moved, &after, error))
		return FALSE;
	if (moved != RN_MOVED) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE, "order %s is %s: that is not possible now", number,
		    rn_word(RN_WORDS_ORDER, order->state));
		return FALSE;
	}
	if (!rn_tx_commit(&tx, error))
		return FALSE;
	printf("%s %s->%s\n", number, rn_word(RN_WORDS_ORDER, order->state),
	    rn_word(RN_WORDS_ORDER, after->state));
	return TRUE;
}

static gboolean
run(RnEngine *e, char **argv, const Said *said, GError **error)
{
	if (strcmp(argv[1], "list") == 0)
		return list(e, said->json, error);
	if (strcmp(argv[1], "show") == 0)
		return show(e, argv[2], said->json, error);
	return word(e, argv[2], strcmp(argv[1], "retry") == 0 ? RN_EV_RETRY : RN_EV_RENEWED, said, error);
}

/* A reference is one short line of text, as the provider's program may give it. */
static gboolean
plain(const char *reference)
{
	gboolean good = reference == NULL ||
	    (*reference != '\0' && strlen(reference) <= 200 && g_utf8_validate(reference, -1, NULL));

	for (const char *p = reference; good && p != NULL && *p != '\0'; p++)
		good = (guchar)*p >= ' ' && *p != 127;
	return good;
}

int
rn_cmd_order(int argc, char **argv)
{
	static const char *const verbs[] = { "list", "show", "renewed", "retry", NULL };
	Said said = { .expiry = RN_DAY_NONE };
	g_autofree char *config = NULL, *expiry_text = NULL, *reference = NULL;
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &said.json, "one JSON object a line",
		                       NULL },
		{ "expiry", 0, 0, G_OPTION_ARG_STRING, &expiry_text,
		    "with renewed: the new expiry that the provider gave", "YYYY-MM-DD" },
		{ "reference", 0, 0, G_OPTION_ARG_STRING, &reference,
		    "with renewed: the provider's own number, as on its invoice", "TEXT" },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	gboolean reads;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc < 2 || !g_strv_contains(verbs, argv[1]) || argc != (strcmp(argv[1], "list") == 0 ? 2 : 3) ||
	    (expiry_text != NULL && !rn_day_parse(expiry_text, &said.expiry)) || !plain(reference) ||
	    (reference != NULL && strcmp(argv[1], "renewed") != 0)) {
		fputs(
		    "rinnova: order: say list, show NUMBER, renewed NUMBER [--expiry YYYY-MM-DD] [--reference TEXT] or retry NUMBER\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	said.reference = reference;
	reads = argv[1][0] == 'l' || argv[1][0] == 's';
	e = rn_show_open("order", config,
	    RN_NEED_SETTINGS | RN_NEED_STORE | (reads ? RN_NEED_READ_ONLY : RN_NEED_KEYS | RN_NEED_LETTERS),
	    &code);
	if (e == NULL)
		return code;
	return run(e, argv, &said, &error) ? RN_EXIT_OK : rn_complain("order", error);
}
