#include "prog/decide.h"

#include <stdio.h>

#include "base/world.h"
#include "core/heldcase.h"
#include "core/heldread.h"
#include "prog/prog.h"
#include "prog/show.h"

/* What came of it in one line; the exit code. */
static int
say(const RnHeldWish *wish, const RnHeldResult *r, GTimeZone *tz)
{
	g_autofree char *at = r->first != NULL ? rn_time_text(r->first->at, tz) : NULL;

	switch (r->end) {
	case RN_HELD_DONE:
		printf("%" G_GINT64_FORMAT " %s: %s %s\n", wish->inbox_id, rn_held_word(wish->verb), r->rule,
		    r->action);
		return RN_EXIT_OK;
	case RN_HELD_STILL:
		printf("%" G_GINT64_FORMAT " %s: held again, %s\n", wish->inbox_id, rn_held_word(wish->verb),
		    r->rule);
		return RN_EXIT_FAILED;
	case RN_HELD_GONE:
		if (r->first != NULL)
			fprintf(stderr,
			    "rinnova: held: mail %" G_GINT64_FORMAT " waits no more: %s of %s, %s\n",
			    wish->inbox_id, r->first->what, r->first->who, at);
		else
			fprintf(
			    stderr, "rinnova: held: mail %" G_GINT64_FORMAT " is not held\n", wish->inbox_id);
		return RN_EXIT_NOT_FOUND;
	case RN_HELD_REFUSED:
		fprintf(stderr, "rinnova: held: mail %" G_GINT64_FORMAT " stays held: %s\n", wish->inbox_id,
		    r->why);
		return RN_EXIT_FAILED;
	case RN_HELD_MISSING:
	default:
		fprintf(stderr,
		    "rinnova: held: no mail %" G_GINT64_FORMAT
		    " is held; `rinnova held list` shows those that wait\n",
		    wish->inbox_id);
		return RN_EXIT_NOT_FOUND;
	}
}

static gboolean
decide(RnEngine *e, const RnHeldWish *wish, RnHeldResult *result, GError **error)
{
	g_autofree char *who = rn_show_admin();
	g_autoptr(GHashTable) readings = rn_held_readings_new();
	g_autoptr(RnTx) tx = NULL;
	RnDesk d = { .e = e, .now = rn_now(), .who = who, .readings = readings };

	if ((wish->verb == RN_HELD_ACCEPT || wish->verb == RN_HELD_RELEASE) &&
	    !rn_held_read(e, readings, wish->inbox_id, error))
		return FALSE;
	d.tx = tx = rn_tx_begin(e->store, error);
	return tx != NULL && rn_held_decide(&d, wish, result, error) && rn_tx_commit(&tx, error);
}

int
rn_decide_run(RnHeldVerb verb, const char *id, const char *words, const char *reason, const char *config)
{
	RnHeldWish wish = { .verb = verb, .text = words, .reason = reason };
	g_auto(RnHeldResult) result = { 0 };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	int code = RN_EXIT_OK;

	if (!g_ascii_string_to_signed(id, 10, 1, G_MAXINT64, &wish.inbox_id, NULL)) {
		fprintf(stderr,
		    "rinnova: held: no mail %s is held; `rinnova held list` shows those that wait\n", id);
		return RN_EXIT_NOT_FOUND;
	}
	e = rn_show_open("held", config,
	    verb == RN_HELD_CLOSE || verb == RN_HELD_DISCARD ? RN_NEED_SETTINGS | RN_NEED_STORE :
	                                                       RN_NEED_DELIVERY,
	    &code);
	if (e == NULL)
		return code;
	if (!decide(e, &wish, &result, &error))
		return rn_complain("held", error);
	return say(&wish, &result, e->settings->tz);
}
