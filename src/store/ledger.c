/* ledger.c: who did what, why and when, chained by digest within a convention (model/ledger.h). */
#include <string.h>

#include "base/text.h"
#include "store/tx.h"

static void
free_entry(gpointer e)
{
	rn_ledger_entry_free(e);
}

/* The columns of LEDGER in stmt.c. */
static gpointer
make_entry(RnRow *row)
{
	RnLedgerEntry *e = g_new0(RnLedgerEntry, 1);

	e->id = rn_row_int(row);
	e->seq = rn_row_int(row);
	e->at = rn_row_int(row);
	e->box_id = rn_row_int(row);
	e->period_id = rn_row_int(row);
	e->order_id = rn_row_int(row);
	e->inbox_id = rn_row_int(row);
	e->letter_id = rn_row_int(row);
	e->convention = rn_row_text(row);
	e->who = rn_row_text(row);
	e->what = rn_row_text(row);
	e->why = rn_row_text(row);
	e->detail = rn_row_text(row);
	e->digest = rn_row_text(row);
	e->format = (int)rn_row_int(row);
	e->detail_digest = rn_row_text(row);
	e->inbox_digest = rn_row_text(row);
	e->letter_digest = rn_row_text(row);
	return e;
}

static void
free_head(gpointer head)
{
	rn_ledger_head_free(head);
}

void
rn_ledger_head_free(RnLedgerHead *h)
{
	if (h == NULL)
		return;
	g_free(h->convention);
	g_free(h->digest);
	g_free(h);
}

static gpointer
make_head(RnRow *row)
{
	RnLedgerHead *h = g_new0(RnLedgerHead, 1);

	h->convention = rn_row_text(row);
	h->seq = rn_row_int(row);
	h->digest = rn_row_text(row);
	return h;
}

static gpointer
make_text(RnRow *row)
{
	return rn_row_text(row);
}

/* As it will be read again: what is no UTF-8 would be changed on the way into the store, after its digest was
 * made. */
static char *
text_of(const char *text)
{
	return rn_text_utf8(text != NULL ? text : "", -1);
}

static RnLedgerEntry *
entry_new(const RnLedgerRow *row)
{
	RnLedgerEntry *e = g_new0(RnLedgerEntry, 1);

	e->convention = text_of(row->convention);
	e->at = row->at;
	e->who = text_of(row->who);
	e->what = text_of(row->what);
	e->why = text_of(row->why);
	e->detail = row->detail != NULL ? text_of(row->detail) : NULL;
	e->box_id = row->box_id;
	e->period_id = row->period_id;
	e->order_id = row->order_id;
	e->inbox_id = row->inbox_id;
	e->letter_id = row->letter_id;
	e->format = RN_LEDGER_FORMAT;
	e->detail_digest = e->detail != NULL ? rn_text_sha256(e->detail, strlen(e->detail)) : g_strdup("");
	return e;
}

/* The digest of the mail or letter that a row is about, as it was noted when it came; "" if there is none. */
static gboolean
subject_digest(RnTx *tx, RnStmt stmt, gint64 id, char **digest, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };

	*digest = NULL;
	if (id != 0 && !rn_tx_one(tx, stmt, RN_CELLS(cells), make_text, g_free, (gpointer *)digest, error))
		return FALSE;
	if (*digest == NULL)
		*digest = g_strdup("");
	return TRUE;
}

static gboolean
write_entry(RnTx *tx, RnLedgerEntry *e, GError **error)
{
	const RnCell cells[] = {
		rn_cell_text(e->convention), rn_cell_int(e->seq), rn_cell_int(e->at), rn_cell_text(e->who),
		rn_cell_text(e->what), rn_cell_text(e->why), rn_cell_int(e->box_id), rn_cell_int(e->period_id),
		rn_cell_int(e->order_id), rn_cell_int(e->inbox_id), rn_cell_int(e->letter_id),
		rn_cell_text(e->detail_digest), rn_cell_text(e->digest), rn_cell_int(e->format),
		rn_cell_text(e->inbox_digest), rn_cell_text(e->letter_digest),
	};

	if (!rn_tx_must(tx, RN_ST_LEDGER_ADD, RN_CELLS(cells), &e->id, error))
		return FALSE;
	if (e->detail != NULL) {
		const RnCell detail[] = { rn_cell_int(e->id), rn_cell_text(e->detail) };

		return rn_tx_run(tx, RN_ST_LEDGER_DETAIL_ADD, RN_CELLS(detail), NULL, NULL, error);
	}
	return TRUE;
}

gboolean
rn_store_ledger_add(RnTx *tx, const RnLedgerRow *row, GError **error)
{
	g_autoptr(RnLedgerEntry) e = entry_new(row);
	g_autoptr(RnLedgerHead) head = NULL;

	if (!rn_store_ledger_head(tx, e->convention, &head, error) ||
	    !subject_digest(tx, RN_ST_INBOX_DIGEST, e->inbox_id, &e->inbox_digest, error) ||
	    !subject_digest(tx, RN_ST_LETTER_DIGEST, e->letter_id, &e->letter_digest, error))
		return FALSE;
	e->seq = head != NULL ? head->seq + 1 : 1;
	e->digest = rn_ledger_digest(e, head != NULL ? head->digest : NULL);
	return write_entry(tx, e, error);
}

gboolean
rn_store_ledger(RnTx *tx, const char *convention, gint64 box_id, gint64 after, guint max, GPtrArray **entries,
    GError **error)
{
	const RnCell all[] = { rn_cell_int(after), rn_cell_int(max) };
	const RnCell of_box[] = { rn_cell_int(box_id), rn_cell_int(after), rn_cell_int(max) };
	const RnCell of_convention[] = { rn_cell_text(convention), rn_cell_int(after), rn_cell_int(max) };

	if (box_id != 0)
		return rn_tx_all(
		    tx, RN_ST_LEDGER_OF_BOX, RN_CELLS(of_box), make_entry, free_entry, entries, error);
	if (convention != NULL)
		return rn_tx_all(tx, RN_ST_LEDGER_OF_CONVENTION, RN_CELLS(of_convention), make_entry,
		    free_entry, entries, error);
	return rn_tx_all(tx, RN_ST_LEDGER_LIST, RN_CELLS(all), make_entry, free_entry, entries, error);
}

gboolean
rn_store_ledger_chain(RnTx *tx, const char *convention, const RnLedgerEntry *after, guint max,
    GPtrArray **entries, GError **error)
{
	const RnCell cells[] = { rn_cell_text(convention), rn_cell_int(after != NULL ? after->seq : 0),
		rn_cell_int(after != NULL ? after->id : 0), rn_cell_int(max) };

	return rn_tx_all(tx, RN_ST_LEDGER_CHAIN, RN_CELLS(cells), make_entry, free_entry, entries, error);
}

gboolean
rn_store_ledger_head(RnTx *tx, const char *convention, RnLedgerHead **head, GError **error)
{
	const RnCell cells[] = { rn_cell_text(convention) };

	return rn_tx_one(
	    tx, RN_ST_LEDGER_LAST, RN_CELLS(cells), make_head, free_head, (gpointer *)head, error);
}

gboolean
rn_store_ledger_heads(RnTx *tx, GPtrArray **heads, GError **error)
{
	return rn_tx_all(tx, RN_ST_LEDGER_HEADS, NULL, 0, make_head, free_head, heads, error);
}

gboolean
rn_store_ledger_newest(RnTx *tx, gint64 *at, GError **error)
{
	return rn_tx_number(tx, RN_ST_LEDGER_NEWEST, NULL, 0, NULL, at, error);
}
