/* again.c: a mail that was held is judged once more. */
#include "core/documents.h"
#include "core/followup.h"
#include "core/work.h"

/* What the first verdict left in the row. */
static void
forget(RnInbox *in)
{
	char **texts[] = { &in->class_, &in->intent, &in->typed_text, &in->matched, &in->from, &in->proof,
		&in->proof_why, &in->rule, &in->action };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
	in->held = FALSE;
}

gboolean
rn_delivery_again(RnEngine *e, RnTx *tx, RnInbox *in, gint64 now, GError **error)
{
	RnEnvelope env = {
		.rcpt = in->rcpt, .sender = in->sender, .queue_id = in->queue_id, .client = in->client,
		.taken = in->taken,
	};
	g_autoptr(RnReading) r = rn_reading_take(e, in->raw, &env, NULL, FALSE, now, error);

	if (r == NULL || !rn_documents_fetch(e, r, in->raw, error) || !rn_reading_judge(e, tx, r, now, error))
		return FALSE;
	forget(in);
	rn_delivery_note(in, r);
	return rn_followup(e, tx, r, in, now, error) && rn_store_inbox_judged(tx, in, error);
}
