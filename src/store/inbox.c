/* inbox.c: mail that came in. */
#include "store/tx.h"

static void
free_inbox(gpointer in)
{
	rn_inbox_free(in);
}

/* The columns of INBOX in stmt.c, and the bytes where the statement gives them. */
static gpointer
make_inbox(RnRow *row)
{
	RnInbox *in = rn_inbox_new();

	in->id = rn_row_int(row);
	in->rcpt = rn_row_text(row);
	in->sender = rn_row_text(row);
	in->message_id = rn_row_text(row);
	in->digest = rn_row_text(row);
	in->queue_id = rn_row_text(row);
	in->client = rn_row_text(row);
	in->taken = rn_row_int(row);
	in->processed = rn_row_int(row);
	in->class_ = rn_row_text(row);
	in->intent = rn_row_text(row);
	in->typed_text = rn_row_text(row);
	in->matched = rn_row_text(row);
	in->from = rn_row_text(row);
	in->proof = rn_row_text(row);
	in->proof_why = rn_row_text(row);
	in->rule = rn_row_text(row);
	in->action = rn_row_text(row);
	in->held = rn_row_int(row) != 0;
	in->box_id = rn_row_int(row);
	in->period_id = rn_row_int(row);
	in->order_id = rn_row_int(row);
	in->raw = rn_row_bytes(row);
	return in;
}

gboolean
rn_store_inbox_add(RnTx *tx, RnInbox *in, gboolean *fresh, GError **error)
{
	const char *message_id = in->message_id != NULL ? in->message_id : "";
	const RnCell find[] = { rn_cell_text(in->rcpt), rn_cell_text(message_id), rn_cell_text(in->digest) };
	const RnCell cells[] = {
		find[0], rn_cell_text(in->sender), find[1], find[2], rn_cell_text(in->queue_id),
		rn_cell_text(in->client), rn_cell_int(in->taken), rn_cell_int(in->processed), rn_cell_text(in->class_),
		rn_cell_text(in->intent), rn_cell_text(in->typed_text), rn_cell_text(in->matched),
		rn_cell_text(in->from), rn_cell_text(in->proof), rn_cell_text(in->proof_why), rn_cell_text(in->rule),
		rn_cell_text(in->action), rn_cell_int(in->held != 0), rn_cell_id(in->box_id),
		rn_cell_id(in->period_id), rn_cell_id(in->order_id), rn_cell_bytes(in->raw),
	};

	if (!rn_tx_number(tx, RN_ST_INBOX_ADD, RN_CELLS(cells), fresh, &in->id, error))
		return FALSE;
	return *fresh || rn_tx_must(tx, RN_ST_INBOX_FIND, RN_CELLS(find), &in->id, error);
}

gboolean
rn_store_inbox_judged(RnTx *tx, const RnInbox *in, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(in->processed), rn_cell_text(in->class_), rn_cell_text(in->intent),
		rn_cell_text(in->typed_text), rn_cell_text(in->matched), rn_cell_text(in->from),
		rn_cell_text(in->proof), rn_cell_text(in->proof_why), rn_cell_text(in->rule), rn_cell_text(in->action),
		rn_cell_int(in->held != 0), rn_cell_id(in->box_id), rn_cell_id(in->period_id), rn_cell_id(in->order_id),
		rn_cell_bytes(in->raw), rn_cell_int(in->id),
	};

	return rn_tx_must(tx, RN_ST_INBOX_JUDGED, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_inbox_get(RnTx *tx, gint64 id, RnInbox **in, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };

	return rn_tx_one(tx, RN_ST_INBOX_GET, RN_CELLS(cells), make_inbox, free_inbox, (gpointer *)in, error);
}

gboolean
rn_store_inbox(
    RnTx *tx, gboolean held_only, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error)
{
	const RnCell all[] = { rn_cell_int(after), rn_cell_int(max) };
	const RnCell held[] = { rn_cell_int(after), rn_cell_id(box_id), rn_cell_int(max) };
	const RnCell of_box[] = { rn_cell_int(box_id), rn_cell_int(after), rn_cell_int(max) };

	if (held_only)
		return rn_tx_all(tx, RN_ST_INBOX_HELD, RN_CELLS(held), make_inbox, free_inbox, list, error);
	if (box_id != 0)
		return rn_tx_all(
		    tx, RN_ST_INBOX_OF_BOX, RN_CELLS(of_box), make_inbox, free_inbox, list, error);
	return rn_tx_all(tx, RN_ST_INBOX_LIST, RN_CELLS(all), make_inbox, free_inbox, list, error);
}
