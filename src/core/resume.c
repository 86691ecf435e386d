/* resume.c: a restored store is let go. */
#include "core/campaign.h"
#include "core/desk.h"
#include "core/restored.h"

#define DROPPED "dropped after a restore: it may have gone out before"

static gboolean
ledger(RnDesk *d, const RnResume *r, const RnRestored *mark, GError **error)
{
	g_autofree char *detail =
	    g_strdup_printf("back-up %s: %" G_GINT64_FORMAT " letters dropped, %u notices passed over",
	        mark->digest, r->dropped, r->passed);

	return rn_desk_ledger(d, "restored store resumed", NULL, NULL, detail, error);
}

static gboolean
nothing_waits(GError **error)
{
	g_set_error_literal(error, RN_ERROR, RN_ERR_STATE,
	    "this store waits for nothing: it was not restored, or was resumed");
	return FALSE;
}

static gboolean
let_go(RnDesk *d, RnResume *r, GError **error)
{
	g_autoptr(RnRestored) mark = NULL;

	if (!rn_restored_get(d->tx, &mark, error))
		return FALSE;
	if (mark == NULL)
		return nothing_waits(error);
	if (r->drop_letters && !rn_store_letters_drop_old(d->tx, mark->made, DROPPED, &r->dropped, error))
		return FALSE;
	return rn_store_calls_doubt(d->tx, error) && rn_restored_put(d->tx, NULL, error) &&
	    ledger(d, r, mark, error);
}

/* Before anything is done: is there something to resume at all? */
static gboolean
waits(RnEngine *e, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnRestored) mark = NULL;

	if (tx == NULL || !rn_restored_get(tx, &mark, error))
		return FALSE;
	return mark != NULL || nothing_waits(error);
}

gboolean
rn_restore_resume(RnEngine *e, RnResume *r, GError **error)
{
	RnDesk d = { .e = e, .now = r->now, .who = r->who, .why = "restore" };
	RnCampaignTally tally = { 0 };
	gboolean ok;

	if (!waits(e, error))
		return FALSE;
	if (r->pass_notices && !rn_campaign_pass(e, r->today, r->now, &tally, error))
		return FALSE;
	r->passed = tally.written + tally.reminded;
	d.tx = rn_tx_begin(e->store, error);
	if (d.tx == NULL)
		return FALSE;
	ok = let_go(&d, r, error);
	if (ok)
		return rn_tx_commit(&d.tx, error);
	rn_tx_rollback(d.tx);
	return FALSE;
}
