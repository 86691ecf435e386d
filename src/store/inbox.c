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
	in->session = rn_row_text(row);
	in->helo = rn_row_text(row);
	in->tls = rn_row_text(row);
	in->login = rn_row_text(row);
	in->raw = rn_row_bytes(row);
	return in;
}

/* What binds the bytes of IN to its row in the vault: its unique key. RN_ST_RESEAL_MAIL puts together the
 * same. */
static char *
vault_name(const RnInbox *in)
{
	return g_strjoin(" ", in->rcpt, in->message_id != NULL ? in->message_id : "", in->digest, NULL);
}

gboolean
rn_store_inbox_add(RnTx *tx, RnInbox *in, gboolean *fresh, GError **error)
{
	const char *message_id = in->message_id != NULL ? in->message_id : "";
	g_autofree char *name = vault_name(in);
	g_autoptr(GBytes) raw = rn_vault_seal(tx->store->vault, RN_VAULT_MAIL, name, in->raw);
	g_autofree char *raw_digest = rn_row_digest(in->raw);
	const RnCell find[] = { rn_cell_text(in->rcpt), rn_cell_text(message_id), rn_cell_text(in->digest) };
	const RnCell cells[] = {
		find[0], rn_cell_text(in->sender), find[1], find[2], rn_cell_text(in->queue_id),
		rn_cell_text(in->client), rn_cell_int(in->taken), rn_cell_int(in->processed), rn_cell_text(in->class_),
		rn_cell_text(in->intent), rn_cell_text(in->typed_text), rn_cell_text(in->matched),
		rn_cell_text(in->from), rn_cell_text(in->proof), rn_cell_text(in->proof_why), rn_cell_text(in->rule),
		rn_cell_text(in->action), rn_cell_int(in->held != 0), rn_cell_id(in->box_id),
		rn_cell_id(in->period_id), rn_cell_id(in->order_id),
		rn_cell_text(in->session != NULL ? in->session : rn_word(RN_WORDS_SESSION, RN_SESSION_NONE)),
		rn_cell_text(in->helo), rn_cell_text(in->tls), rn_cell_text(in->login), rn_cell_bytes(raw),
		rn_cell_text(raw_digest),
	};

	if (!rn_tx_number(tx, RN_ST_INBOX_ADD, RN_CELLS(cells), fresh, &in->id, error))
		return FALSE;
	return *fresh || rn_tx_must(tx, RN_ST_INBOX_FIND, RN_CELLS(find), &in->id, error);
}

gboolean
rn_store_inbox_same(RnTx *tx, const RnInbox *in, guint max, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_text(in->message_id), rn_cell_text(in->digest), rn_cell_int(in->id),
		rn_cell_int(max) };

	*list = NULL;
	if (in->message_id == NULL || *in->message_id == '\0') {
		*list = g_ptr_array_new_with_free_func(free_inbox);
		return TRUE;
	}
	return rn_tx_all(tx, RN_ST_INBOX_SAME, RN_CELLS(cells), make_inbox, free_inbox, list, error);
}

gboolean
rn_store_inbox_judged(RnTx *tx, const RnInbox *in, GError **error)
{
	g_autofree char *name = vault_name(in);
	g_autoptr(GBytes) raw = rn_vault_seal(tx->store->vault, RN_VAULT_MAIL, name, in->raw);
	const RnCell cells[] = {
		rn_cell_int(in->processed), rn_cell_text(in->class_), rn_cell_text(in->intent),
		rn_cell_text(in->typed_text), rn_cell_text(in->matched), rn_cell_text(in->from),
		rn_cell_text(in->proof), rn_cell_text(in->proof_why), rn_cell_text(in->rule), rn_cell_text(in->action),
		rn_cell_int(in->held != 0), rn_cell_id(in->box_id), rn_cell_id(in->period_id), rn_cell_id(in->order_id),
		rn_cell_bytes(raw), rn_cell_int(in->id),
	};

	return rn_tx_must(tx, RN_ST_INBOX_JUDGED, RN_CELLS(cells), NULL, error);
}

/* IN's bytes as they came. */
static gboolean
open_raw(RnTx *tx, RnInbox *in, GError **error)
{
	g_autofree char *name = vault_name(in);
	GBytes *plain = rn_vault_open(tx->store->vault, RN_VAULT_MAIL, name, in->raw, error);

	if (plain == NULL)
		return FALSE;
	g_bytes_unref(in->raw);
	in->raw = plain;
	return TRUE;
}

gboolean
rn_store_inbox_get(RnTx *tx, gint64 id, RnInbox **in, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };

	if (!rn_tx_one(tx, RN_ST_INBOX_GET, RN_CELLS(cells), make_inbox, free_inbox, (gpointer *)in, error))
		return FALSE;
	if (*in == NULL || (*in)->raw == NULL || open_raw(tx, *in, error))
		return TRUE;
	g_clear_pointer(in, rn_inbox_free);
	return FALSE;
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

gboolean
rn_store_inbox_of_holder(RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error)
{
	const RnCell cells[] = { rn_cell_int(box_id), rn_cell_int(after), rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_INBOX_OF_HOLDER, RN_CELLS(cells), make_inbox, free_inbox, list, error);
}

gboolean
rn_store_inbox_known(RnTx *tx, const char *message_id, gboolean *known, GError **error)
{
	const RnCell cells[] = { rn_cell_text(message_id) };

	return rn_tx_number(tx, RN_ST_INBOX_KNOWN, RN_CELLS(cells), known, NULL, error);
}
