/* authorize.c: somebody else accepted for the holder: the holder is asked, and may let that address speak. */
#include "core/work.h"

#include <string.h>

#include "base/log.h"
#include "base/world.h"

#define STEPS 16	/* of a token */

/* The letter to the registered address about A, whose mail is IN, with a token that only this mailbox sees.
 */
static gboolean
ask_holder(RnWork *w, const char *key, const RnAuthorization *a, const RnInbox *in, GError **error)
{
	RnLetterAsk ask = {
		.kind = RN_LETTER_AUTHORIZE, .key = key, .step = a->step, .token_step = a->step,
		.purpose = RN_PURPOSE_AUTHORIZE, .box = w->r->box, .convention = w->convention,
		.expiry = w->r->period_expiry, .answers = w->in->message_id,
		.read = in->typed_text, .read_at = in->taken, .other = a->address,
	};

	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

gboolean
rn_authorize_ask(RnWork *w, GError **error)
{
	gint64 period = w->r->box->period_id;
	g_autoptr(GPtrArray) list = NULL;
	g_autofree char *key = NULL;
	RnAuthorization one = {
		.inbox_id = w->in->id, .at = w->desk.now, .address = w->r->facts->from, .state = (char *)"asked",
	};

	if (!rn_work_hold(w, w->r->verdict.rule, error) ||
	    !rn_store_authorizations(w->desk.tx, period, &list, error))
		return FALSE;
	for (guint i = 0; i < list->len; i++)
		if (g_strcmp0(((const RnAuthorization *)g_ptr_array_index(list, i))->address, one.address) ==
		    0)
			return TRUE;	/* asked once: a no is a no, and a late yes takes all its mails along */
	if (list->len >= STEPS)
		return TRUE;
	one.step = (int)list->len;
	key = g_strdup_printf("period/%" G_GINT64_FORMAT "/authorize/%d", period, one.step);
	return rn_store_authorization_add(w->desk.tx, period, &one, error) &&
	    ask_holder(w, key, &one, w->in, error);
}

gboolean
rn_authorize_names(RnTx *tx, gint64 period_id, int step, const char *address, gboolean *yes, GError **error)
{
	g_autoptr(RnAuthorization) a = NULL;

	*yes = FALSE;
	if (!rn_store_authorization_find(tx, period_id, step, &a, error))
		return FALSE;
	*yes = a != NULL && g_strcmp0(a->address, address) == 0;
	return TRUE;
}

/* Everything of ADDRESS that waits for BOX_ID until its holder authorizes it. */
static gboolean
waiting(RnTx *tx, gint64 box_id, const char *address, GArray *ids, GError **error)
{
	g_autoptr(GPtrArray) held = NULL;

	if (!rn_store_inbox(tx, TRUE, box_id, 0, 100, &held, error))
		return FALSE;
	for (guint i = 0; i < held->len; i++) {
		const RnInbox *row = g_ptr_array_index(held, i);

		if (g_strcmp0(row->from, address) == 0 &&
		    g_strcmp0(row->action, rn_word(RN_WORDS_ACTION, RN_ACT_HOLD_AUTHORIZE)) == 0)
			g_array_append_val(ids, row->id);
	}
	return TRUE;
}

/* Mail ID came since the others were read, or there was no time for it: it waits for a person. */
static void
leave(const RnWork *w, gint64 id)
{
	g_autofree char *mail = g_strdup_printf("%" G_GINT64_FORMAT, id);

	rn_log(RN_LOG_WARN, w->in->queue_id != NULL ? w->in->queue_id : "-", "held-not-read", "mail", mail,
	    "do", "its address is authorized now: rinnova held release reads it again", NULL);
}

/* What waits of that address for this box: now it comes from a registered one. */
static gboolean
release(RnWork *w, const char *address, GError **error)
{
	g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

	if (!waiting(w->desk.tx, w->r->box->id, address, ids, error))
		return FALSE;
	for (guint i = 0; i < ids->len; i++) {
		g_autoptr(RnInbox) in = NULL;

		if (!rn_store_inbox_get(w->desk.tx, g_array_index(ids, gint64, i), &in, error))
			return FALSE;
		if (in == NULL || in->raw == NULL || in->id == w->in->id)
			continue;
		if (!rn_delivery_readable(&w->desk, in))
			leave(w, in->id);
		else if (!rn_delivery_again(&w->desk, in, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
find(RnWork *w, RnAuthorization **a, GError **error)
{
	*a = NULL;
	return w->r->box == NULL ||
	    rn_store_authorization_find(w->desk.tx, w->r->box->period_id, w->r->facts->token.step, a, error);
}

gboolean
rn_authorize_grant(RnWork *w, GError **error)
{
	g_autoptr(RnAuthorization) a = NULL;
	gboolean fresh;

	if (!find(w, &a, error))
		return FALSE;
	if (a == NULL)
		return rn_work_hold(w, "nobody-to-authorize", error);
	if (strcmp(a->state, "granted") == 0)
		return TRUE;
	return rn_store_authorization_set(w->desk.tx, w->r->box->period_id, a->step, "granted", error) &&
	    rn_store_alias_add(
	        w->desk.tx, w->r->box->id, a->address, "authorized", w->desk.now, &fresh, error) &&
	    rn_desk_ledger(&w->desk, "address authorized", w->r->box, NULL, a->address, error) &&
	    release(w, a->address, error);
}

gboolean
rn_authorize_takes(RnEngine *e, RnTx *tx, RnReading *r, GArray *ids, GError **error)
{
	g_autoptr(RnAuthorization) a = NULL;
	gboolean yes;

	if (!rn_reading_judge(e, tx, r, rn_now(), error))
		return FALSE;
	yes = r->verdict.action == RN_ACT_AUTHORIZE && r->box != NULL;
	r->verdict = (RnVerdict){ 0 };	/* that which counts is found in its own transaction */
	if (!yes)
		return TRUE;
	return rn_store_authorization_find(tx, r->box->period_id, r->facts->token.step, &a, error) &&
	    (a == NULL || strcmp(a->state, "granted") == 0 ||
	        waiting(tx, r->box->id, a->address, ids, error));
}

gboolean
rn_authorize_again(RnWork *w, GError **error)
{
	g_autoptr(RnAuthorization) a = NULL;
	g_autoptr(RnInbox) in = NULL;
	g_autofree char *key = rn_reading_ask_key(w->r);

	if (!find(w, &a, error) || (a != NULL && !rn_store_inbox_get(w->desk.tx, a->inbox_id, &in, error)))
		return FALSE;
	if (in == NULL || strcmp(a->state, "granted") == 0)
		return rn_work_letter(w, RN_LETTER_ASK, RN_PURPOSE_RENEW, FALSE, NULL, error);
	return ask_holder(w, key, a, in, error);
}

gboolean
rn_authorize_refuse(RnWork *w, GError **error)
{
	g_autoptr(RnAuthorization) a = NULL;

	if (!find(w, &a, error))
		return FALSE;
	if (a == NULL || strcmp(a->state, "asked") != 0)
		return rn_work_hold(w, "nobody-to-authorize", error);
	return rn_store_authorization_set(w->desk.tx, w->r->box->period_id, a->step, "refused", error) &&
	    rn_desk_ledger(&w->desk, "address not authorized", w->r->box, NULL, a->address, error);
}
