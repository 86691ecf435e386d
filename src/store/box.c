/* box.c: boxes, their periods, and the notices that were decided. */
#include <string.h>

#include "base/world.h"
#include "store/tx.h"

#define PUBLIC_BITS 40
#define PUBLIC_TRIES 10	/* two of the same among 2^40: ten times in a row is no chance */

static void
free_box(gpointer box)
{
	rn_box_free(box);
}

/* The columns of BOX in stmt.c. */
static gpointer
make_box(RnRow *row)
{
	RnBox *box = rn_box_new();

	box->id = rn_row_int(row);
	box->name = rn_row_text(row);
	box->holder = rn_row_text(row);
	box->reference = rn_row_text(row);
	box->reference2 = rn_row_text(row);
	box->account = rn_row_text(row);
	box->convention = rn_row_text(row);
	box->type = rn_row_text(row);
	box->state = (RnBoxState)rn_row_word(row, RN_WORDS_BOX);
	box->document = rn_row_int(row) != 0;
	box->business_register = rn_row_int(row) != 0;
	box->entitled = rn_row_int(row) != 0;
	box->language = rn_row_text(row);
	box->expiry = rn_row_day(row);
	box->entitled_from = rn_row_day(row);
	box->entitled_to = rn_row_day(row);
	box->register_number = rn_row_text(row);
	box->period_id = rn_row_int(row);
	box->period_public = (guint64)rn_row_int(row);
	return box;
}

/* A box, and the expiry of the period that was asked for. */
typedef struct {
	RnBox	*box;
	RnDay	 expiry;
} PeriodBox;

static void
free_period_box(gpointer data)
{
	PeriodBox *pb = data;

	rn_box_free(pb->box);
	g_free(pb);
}

static gpointer
make_period_box(RnRow *row)
{
	PeriodBox *pb = g_new0(PeriodBox, 1);

	pb->box = make_box(row);
	pb->expiry = rn_row_day(row);
	return pb;
}

gint64
rn_public_id(void)
{
	guint64 bits = 0;

	while (bits == 0) {
		rn_random(&bits, sizeof(bits));
		bits &= (G_GUINT64_CONSTANT(1) << PUBLIC_BITS) - 1;
	}
	return (gint64)bits;
}

static gboolean
open_period(RnTx *tx, gint64 box_id, RnDay expiry, GError **error)
{
	const RnCell find[] = { rn_cell_int(box_id), rn_cell_day(expiry) };
	gboolean there = FALSE;

	if (!rn_tx_number(tx, RN_ST_PERIOD_FIND, RN_CELLS(find), &there, NULL, error))
		return FALSE;
	for (int i = 0; !there && i < PUBLIC_TRIES; i++) {
		const RnCell cells[] = { rn_cell_int(box_id), rn_cell_day(expiry),
			rn_cell_int(rn_public_id()) };

		if (!rn_tx_number(tx, RN_ST_PERIOD_ADD, RN_CELLS(cells), &there, NULL, error))
			return FALSE;
	}
	if (!there)
		g_set_error_literal(
		    error, RN_ERROR, RN_ERR_INTERNAL, "store: no free public id was found for a new period");
	return there;
}

static gboolean
same(const RnBox *a, const RnBox *b)
{
	return strcmp(a->holder, b->holder) == 0 && strcmp(a->reference, b->reference) == 0 &&
	    g_strcmp0(a->reference2, b->reference2) == 0 && g_strcmp0(a->account, b->account) == 0 &&
	    strcmp(a->convention, b->convention) == 0 && strcmp(a->type, b->type) == 0 &&
	    a->state == b->state && !a->document == !b->document &&
	    !a->business_register == !b->business_register && !a->entitled == !b->entitled &&
	    a->entitled_from == b->entitled_from && a->entitled_to == b->entitled_to &&
	    g_strcmp0(a->register_number, b->register_number) == 0 && strcmp(a->language, b->language) == 0 &&
	    a->expiry == b->expiry;
}

static gboolean
write_box(RnTx *tx, const RnBox *box, gint64 old_id, gint64 *id, GError **error)
{
	const RnCell cells[] = {
		rn_cell_text(box->name), rn_cell_text(box->holder), rn_cell_text(box->reference),
		rn_cell_text(box->reference2), rn_cell_text(box->account), rn_cell_text(box->convention),
		rn_cell_text(box->type), rn_cell_word(RN_WORDS_BOX, (int)box->state), rn_cell_int(box->document != 0),
		rn_cell_int(box->business_register != 0), rn_cell_int(box->entitled != 0), rn_cell_text(box->language),
		rn_cell_day(box->expiry), rn_cell_day(box->entitled_from), rn_cell_day(box->entitled_to),
		rn_cell_text(box->register_number),
		rn_cell_int(old_id),
	};
	gsize n = G_N_ELEMENTS(cells);

	/* a new one has no id yet, which stands last */
	return rn_tx_must(
	    tx, old_id == 0 ? RN_ST_BOX_ADD : RN_ST_BOX_UPDATE, cells, old_id == 0 ? n - 1 : n, id, error);
}

/* Texts that may not be missing; the columns would refuse them as well, but say less. */
static gboolean
whole(const RnBox *box, GError **error)
{
	if (box->name != NULL && box->holder != NULL && box->reference != NULL && box->convention != NULL &&
	    box->type != NULL && box->language != NULL && box->expiry != RN_DAY_NONE)
		return TRUE;
	g_set_error_literal(error, RN_ERROR, RN_ERR_INTERNAL,
	    "store: a box needs name, holder, reference, convention, type, language and expiry");
	return FALSE;
}

gboolean
rn_store_box_put(RnTx *tx, const RnBox *box, RnPut *put, gint64 *id, GError **error)
{
	g_autoptr(RnBox) old = NULL;

	if (!whole(box, error) || !rn_store_box_find(tx, box->name, &old, error))
		return FALSE;
	*put = old == NULL ? RN_PUT_NEW : same(old, box) ? RN_PUT_SAME : RN_PUT_CHANGED;
	*id = old != NULL ? old->id : 0;
	if (*put == RN_PUT_SAME && old->period_id != 0)
		return TRUE;
	return write_box(tx, box, *id, id, error) && open_period(tx, *id, box->expiry, error);
}

gboolean
rn_store_box_get(RnTx *tx, gint64 id, RnBox **box, GError **error)
{
	const RnCell cells[] = { rn_cell_int(id) };

	return rn_tx_one(tx, RN_ST_BOX_GET, RN_CELLS(cells), make_box, free_box, (gpointer *)box, error);
}

gboolean
rn_store_box_find(RnTx *tx, const char *name, RnBox **box, GError **error)
{
	const RnCell cells[] = { rn_cell_text(name) };

	return rn_tx_one(tx, RN_ST_BOX_FIND, RN_CELLS(cells), make_box, free_box, (gpointer *)box, error);
}

gboolean
rn_store_box_of_period(RnTx *tx, guint64 period_public, RnBox **box, RnDay *period_expiry, GError **error)
{
	const RnCell cells[] = { rn_cell_int((gint64)period_public) };
	gpointer found = NULL;
	PeriodBox *pb;

	*box = NULL;
	*period_expiry = RN_DAY_NONE;
	if (!rn_tx_one(
	        tx, RN_ST_BOX_OF_PERIOD, RN_CELLS(cells), make_period_box, free_period_box, &found, error))
		return FALSE;
	pb = found;
	if (pb == NULL)
		return TRUE;
	*box = g_steal_pointer(&pb->box);
	*period_expiry = pb->expiry;
	free_period_box(pb);
	return TRUE;
}

gboolean
rn_store_boxes_of_address(RnTx *tx, const char *address, GPtrArray **boxes, GError **error)
{
	const RnCell cells[] = { rn_cell_text(address) };

	return rn_tx_all(tx, RN_ST_BOX_OF_ADDRESS, RN_CELLS(cells), make_box, free_box, boxes, error);
}

gboolean
rn_store_boxes(
    RnTx *tx, const RnBoxFilter *filter, gint64 after, guint max, GPtrArray **boxes, GError **error)
{
	const RnCell cells[] = {
		rn_cell_int(after), rn_cell_text(filter->convention), rn_cell_word(RN_WORDS_BOX, filter->state),
		rn_cell_day(filter->from), rn_cell_day(filter->to), rn_cell_int(max),
	};

	return rn_tx_all(tx, RN_ST_BOX_LIST, RN_CELLS(cells), make_box, free_box, boxes, error);
}

gboolean
rn_store_box_set_state(RnTx *tx, gint64 id, RnBoxState state, GError **error)
{
	const RnCell cells[] = { rn_cell_word(RN_WORDS_BOX, (int)state), rn_cell_int(id) };

	return rn_tx_must(tx, RN_ST_BOX_STATE, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_box_set_document(RnTx *tx, gint64 id, gboolean on_file, GError **error)
{
	const RnCell cells[] = { rn_cell_int(on_file != 0), rn_cell_int(id) };

	return rn_tx_must(tx, RN_ST_BOX_DOCUMENT, RN_CELLS(cells), NULL, error);
}

gboolean
rn_store_box_renewed(RnTx *tx, gint64 id, RnDay new_expiry, GError **error)
{
	const RnCell cells[] = { rn_cell_day(new_expiry), rn_cell_int(id) };

	return rn_tx_must(tx, RN_ST_BOX_RENEWED, RN_CELLS(cells), NULL, error) &&
	    open_period(tx, id, new_expiry, error);
}

gboolean
rn_store_box_counts(RnTx *tx, gint64 *boxes, GError **error)
{
	return rn_tx_number(tx, RN_ST_BOX_COUNT, NULL, 0, NULL, boxes, error);
}

gboolean
rn_store_box_known(RnTx *tx, const char *convention, gint64 *boxes, GError **error)
{
	const RnCell cells[] = { rn_cell_text(convention) };

	return rn_tx_number(tx, RN_ST_BOX_KNOWN, RN_CELLS(cells), NULL, boxes, error);
}

gboolean
rn_store_notice_last(RnTx *tx, gint64 period_id, gboolean *any, int *smallest_day, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id) };
	gint64 day = 0;

	if (!rn_tx_number(tx, RN_ST_NOTICE_LAST, RN_CELLS(cells), any, &day, error))
		return FALSE;
	*smallest_day = (int)day;
	return TRUE;
}

gboolean
rn_store_notice_add(
    RnTx *tx, gint64 period_id, int day, const char *decision, gint64 at, gboolean *fresh, GError **error)
{
	const RnCell cells[] = { rn_cell_int(period_id), rn_cell_int(day), rn_cell_text(decision),
		rn_cell_int(at) };

	return rn_tx_number(tx, RN_ST_NOTICE_ADD, RN_CELLS(cells), fresh, NULL, error);
}
