/* dossier_rows.c: the rows of the ledger that are about an order, and those between them, which are needed to
 * see that nothing was put in or taken out. */
#include "core/dossier_rows.h"

#include <string.h>

#include "core/keep.h"
#include "core/stamps.h"

#define PAGE 500

RnRegisteredRow *
rn_dossier_receipt_copy(const RnRegisteredRow *row)
{
	RnRegisteredRow *copy = g_memdup2(row, sizeof(*row));
	char **texts[] = { &copy->kind, &copy->signature, &copy->fault, &copy->provider, &copy->certificate,
		&copy->mittente, &copy->identificativo, &copy->msgid, &copy->rcpt, &copy->consegna,
		&copy->code };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_strdup(*texts[i]);
	return copy;
}

/* Are the bytes of a letter or mail not in the store any more? */
static gboolean
lacks_bytes(const RnDossier *d)
{
	for (guint i = 0; i < d->letters->len; i++)
		if (((const RnDossierLetter *)g_ptr_array_index(d->letters, i))->path == NULL)
			return TRUE;
	for (guint i = 0; i < d->mails->len; i++)
		if (((const RnDossierMail *)g_ptr_array_index(d->mails, i))->path == NULL)
			return TRUE;
	return FALSE;
}

gboolean
rn_dossier_has_letter(const RnDossier *d, gint64 id)
{
	for (guint i = 0; id != 0 && i < d->letters->len; i++)
		if (((const RnDossierLetter *)g_ptr_array_index(d->letters, i))->letter->id == id)
			return TRUE;
	return FALSE;
}

GArray *
rn_dossier_boxes(const RnDossier *d)
{
	GArray *boxes = g_array_new(FALSE, FALSE, sizeof(gint64));

	g_array_append_val(boxes, d->box->id);
	for (guint i = 0; i < d->letters->len; i++) {
		gint64 id = ((const RnDossierLetter *)g_ptr_array_index(d->letters, i))->letter->box_id;
		gboolean there = id == 0;

		for (guint k = 0; !there && k < boxes->len; k++)
			there = g_array_index(boxes, gint64, k) == id;
		if (!there)
			g_array_append_val(boxes, id);
	}
	return boxes;
}

static gboolean
is_box_of(const RnDossier *d, gint64 id)
{
	g_autoptr(GArray) boxes = rn_dossier_boxes(d);

	for (guint i = 0; i < boxes->len; i++)
		if (g_array_index(boxes, gint64, i) == id)
			return TRUE;
	return FALSE;
}

gboolean
rn_dossier_owns(const RnDossier *d, const RnLedgerEntry *row)
{
	if (rn_keep_removal(row->what) && lacks_bytes(d) && is_box_of(d, row->box_id))
		return TRUE;
	if (rn_dossier_has_letter(d, row->letter_id))
		return TRUE;
	if (row->box_id != 0 && row->box_id != d->box->id)
		return FALSE;
	if (row->order_id == d->order->id || (row->period_id != 0 && row->period_id == d->order->period_id))
		return TRUE;
	for (guint i = 0; row->inbox_id != 0 && i < d->mails->len; i++)
		if (((const RnDossierMail *)g_ptr_array_index(d->mails, i))->in->id == row->inbox_id)
			return TRUE;
	return FALSE;
}

static gboolean
each_of_box(RnDossier *d, RnTx *tx, gint64 box_id, RnDossierRow func, gpointer data, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_ledger(tx, NULL, box_id, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnLedgerEntry *row = g_ptr_array_index(rows, i);

			after = row->id;
			if (rn_dossier_owns(d, row) && !func(d, tx, row, data, error))
				return FALSE;
		}
	}
}

gboolean
rn_dossier_each(RnDossier *d, RnTx *tx, RnDossierRow func, gpointer data, GError **error)
{
	g_autoptr(GArray) boxes = rn_dossier_boxes(d);

	for (guint i = 0; i < boxes->len; i++)
		if (!each_of_box(d, tx, g_array_index(boxes, gint64, i), func, data, error))
			return FALSE;
	return TRUE;
}

static void
free_chain(gpointer p)
{
	RnDossierChain *c = p;

	g_free(c->convention);
	g_free(c->before);
	g_clear_pointer(&c->rows, g_ptr_array_unref);
	g_free(c);
}

static void
free_entry(gpointer e)
{
	rn_ledger_entry_free(e);
}

static void
free_day(gpointer h)
{
	rn_day_head_free(h);
}

/* Where a chain begins and ends for the order. */
typedef struct {
	gint64	 first, last;
} Span;

/* Widens the span of its chain by ROW. */
static gboolean
widen(G_GNUC_UNUSED RnDossier *d, G_GNUC_UNUSED RnTx *tx, const RnLedgerEntry *row, gpointer data,
    G_GNUC_UNUSED GError **error)
{
	GHashTable *spans = data;
	Span *span = g_hash_table_lookup(spans, row->convention);

	if (span == NULL) {
		span = g_new0(Span, 1);
		span->first = row->seq;
		g_hash_table_insert(spans, g_strdup(row->convention), span);
	}
	span->first = MIN(span->first, row->seq);
	span->last = MAX(span->last, row->seq);
	return TRUE;
}

/* What the record says of CONVENTION; 0 if nothing. */
static gint64
seq_in(const RnDayHead *h, const char *convention)
{
	g_autoptr(GPtrArray) heads =
	    g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rn_noted_head_free);
	gint64 seq = 0;

	if (!rn_stamps_read(h->record, strlen(h->record), "record", heads, NULL))
		return 0;
	for (guint i = 0; i < heads->len; i++) {
		const RnNotedHead *noted = g_ptr_array_index(heads, i);

		if (strcmp(noted->convention, convention) == 0)
			seq = noted->seq;
	}
	return seq;
}

/* The stamped records; *END of each span moves to the first that covers its last row (0: none does). */
static gboolean
find_stamps(RnDossier *d, RnTx *tx, GHashTable *spans, GHashTable *ends, GError **error)
{
	d->stamps = g_ptr_array_new_with_free_func(free_day);
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) list = NULL;

		if (!rn_store_day_heads(tx, after, PAGE, &list, error))
			return FALSE;
		if (list->len == 0)
			return TRUE;
		while (list->len > 0) {
			RnDayHead *h = g_ptr_array_steal_index(list, 0);
			gboolean wanted = FALSE;
			GHashTableIter it;
			gpointer name, value;

			after = h->id;
			g_hash_table_iter_init(&it, spans);
			while (h->stamped != 0 && g_hash_table_iter_next(&it, &name, &value)) {
				const Span *span = value;
				gint64 seq = seq_in(h, name);

				if (seq < span->first || g_hash_table_contains(ends, name))
					continue;
				wanted = TRUE;
				if (seq >= span->last)
					g_hash_table_insert(ends, name, g_memdup2(&seq, sizeof(seq)));
			}
			if (wanted)
				g_ptr_array_add(d->stamps, h);
			else
				rn_day_head_free(h);
		}
	}
}

/* The rows of C from FIRST to END (0: to the last). */
static gboolean
take_rows(RnDossierChain *c, RnTx *tx, gint64 first, gint64 end, GError **error)
{
	RnLedgerEntry start = { .seq = MAX(first - 2, 0), .id = G_MAXINT64 };
	const RnLedgerEntry *after = first > 1 ? &start : NULL;

	for (;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_ledger_chain(tx, c->convention, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		while (rows->len > 0) {
			RnLedgerEntry *row = g_ptr_array_steal_index(rows, 0);

			if (row->seq < first) {
				g_free(c->before);
				c->before = g_strdup(row->digest);
				start.seq = row->seq;
				start.id = row->id;
				rn_ledger_entry_free(row);
				continue;
			}
			if (end != 0 && row->seq > end) {
				rn_ledger_entry_free(row);
				return TRUE;
			}
			g_ptr_array_add(c->rows, row);
			after = row;
		}
	}
}

static int
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(
	    (*(const RnDossierChain *const *)a)->convention, (*(const RnDossierChain *const *)b)->convention);
}

gboolean
rn_dossier_rows(RnDossier *d, RnTx *tx, GError **error)
{
	g_autoptr(GHashTable) spans = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GHashTable) ends = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
	GHashTableIter it;
	gpointer name, value;

	d->chains = g_ptr_array_new_with_free_func(free_chain);
	if (!rn_dossier_each(d, tx, widen, spans, error) || !find_stamps(d, tx, spans, ends, error))
		return FALSE;
	g_hash_table_iter_init(&it, spans);
	while (g_hash_table_iter_next(&it, &name, &value)) {
		const gint64 *end = g_hash_table_lookup(ends, name);
		RnDossierChain *c = g_new0(RnDossierChain, 1);

		c->convention = g_strdup(name);
		c->before = g_strdup("");
		c->rows = g_ptr_array_new_with_free_func(free_entry);
		c->last_own = ((const Span *)value)->last;
		g_ptr_array_add(d->chains, c);
		if (!take_rows(c, tx, ((const Span *)value)->first, end != NULL ? *end : 0, error))
			return FALSE;
	}
	g_ptr_array_sort(d->chains, by_name);
	return TRUE;
}
