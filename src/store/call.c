/* call.c: the outbox: calls to a provider, claimed and ended as letters are. */
#include "store/tx.h"

static void
free_call(gpointer call)
{
	rn_call_free(call);
}

/* The columns of CALL in stmt.c. */
static gpointer
make_call(RnRow *row)
{
	RnCall *c = g_new0(RnCall, 1);

	c->id = rn_row_int(row);
	c->key = rn_row_text(row);
	c->kind = (RnCallKind)rn_row_word(row, RN_WORDS_CALL);
	c->order_id = rn_row_int(row);
	c->box_id = rn_row_int(row);
	c->convention = rn_row_text(row);
	c->state = (RnSendState)rn_row_word(row, RN_WORDS_SEND);
	c->due = rn_row_int(row);
	c->created = rn_row_int(row);
	c->done = rn_row_int(row);
	c->attempts = (int)rn_row_int(row);
	c->error = rn_row_text(row);
	c->doubt = rn_row_int(row) != 0;
	return c;
}

gboolean
rn_store_call_add(RnTx *tx, RnCall *call, gboolean *fresh, GError **error)
{
	const RnCell cells[] = {
		rn_cell_text(call->key), rn_cell_word(RN_WORDS_CALL, (int)call->kind), rn_cell_id(call->order_id),
		rn_cell_id(call->box_id), rn_cell_text(call->convention), rn_cell_word(RN_WORDS_SEND, (int)call->state),
		rn_cell_int(call->due), rn_cell_int(call->created), rn_cell_int(call->done),
		rn_cell_int(call->attempts), rn_cell_text(call->error),
	};
	gint64 id;

	if (!rn_tx_number(tx, RN_ST_CALL_ADD, RN_CELLS(cells), fresh, &id, error))
		return FALSE;
	if (*fresh)
		call->id = id;
	return TRUE;
}

gboolean
rn_store_call_of_order(RnTx *tx, gint64 order_id, RnCallKind kind, RnCall **call, GError **error)
{
	const RnCell cells[] = { rn_cell_int(order_id), rn_cell_word(RN_WORDS_CALL, (int)kind) };

	return rn_tx_one(
	    tx, RN_ST_CALL_OF_ORDER, RN_CELLS(cells), make_call, free_call, (gpointer *)call, error);
}

gboolean
rn_store_call_claim(RnTx *tx, gint64 now, int lease, RnCall **call, gboolean *stale, GError **error)
{
	const RnCell cells[] = { rn_cell_int(now + lease), rn_cell_int(now) };
	gpointer *out = (gpointer *)call;

	if (!rn_tx_one(tx, RN_ST_CALL_CLAIM_STALE, RN_CELLS(cells), make_call, free_call, out, error))
		return FALSE;
	*stale = *call != NULL;
	return *stale || rn_tx_one(tx, RN_ST_CALL_CLAIM, RN_CELLS(cells), make_call, free_call, out, error);
}

gboolean
rn_store_call_result(RnTx *tx, gint64 id, int attempt, RnSendState state, gint64 due, gint64 done,
    const char *error_text, gboolean doubt, gboolean *won, GError **error)
{
	const RnCell cells[] = {
		rn_cell_word(RN_WORDS_SEND, (int)state), rn_cell_int(due), rn_cell_int(done), rn_cell_text(error_text),
		rn_cell_int(doubt), rn_cell_int(id), rn_cell_int(attempt),
	};

	return rn_tx_number(tx, RN_ST_CALL_RESULT, RN_CELLS(cells), won, NULL, error);
}

gboolean
rn_store_call_put_back(RnTx *tx, gint64 id, int attempt, gint64 due, gboolean *won, GError **error)
{
	const RnCell cells[] = { rn_cell_int(due), rn_cell_int(id), rn_cell_int(attempt) };

	return rn_tx_number(tx, RN_ST_CALL_PUT_BACK, RN_CELLS(cells), won, NULL, error);
}

gboolean
rn_store_calls_put_off(RnTx *tx, const char *convention, gint64 now, gint64 due, GError **error)
{
	const RnCell cells[] = { rn_cell_int(due), rn_cell_int(now), rn_cell_text(convention) };

	return rn_tx_run(tx, RN_ST_CALL_PUT_OFF, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_call_again(RnTx *tx, gint64 order_id, RnCallKind kind, gint64 due, gboolean *found, GError **error)
{
	const RnCell cells[] = { rn_cell_int(due), rn_cell_int(order_id),
		rn_cell_word(RN_WORDS_CALL, (int)kind) };

	return rn_tx_number(tx, RN_ST_CALL_AGAIN, RN_CELLS(cells), found, NULL, error);
}

gboolean
rn_store_call_drop(RnTx *tx, gint64 order_id, gboolean *begun, GError **error)
{
	const RnCell cells[] = { rn_cell_int(order_id) };
	gint64 n;

	if (!rn_tx_number(tx, RN_ST_CALL_BEGUN, RN_CELLS(cells), NULL, &n, error))
		return FALSE;
	*begun = n > 0;
	return *begun || rn_tx_run(tx, RN_ST_CALL_DROP, RN_CELLS(cells), NULL, NULL, error);
}

gboolean
rn_store_calls(RnTx *tx, int state, gint64 after, guint max, GPtrArray **calls, GError **error)
{
	const RnCell cells[] = { rn_cell_int(after), rn_cell_word(RN_WORDS_SEND, state), rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_CALL_LIST, RN_CELLS(cells), make_call, free_call, calls, error);
}

gboolean
rn_store_calls_of_box(RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **calls, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id), rn_cell_int(after), rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_CALL_OF_BOX, RN_CELLS(cells), make_call, free_call, calls, error);
}
