#include "core/listing.h"

#include "base/text.h"
#include "core/work.h"

static void
row_free(gpointer data)
{
	RnListRow *row = data;

	rn_box_free(row->box);
	rn_order_free(row->order);
	g_free(row);
}

/* Unless an order is under way or concluded. */
static gboolean
renewable(RnDesk *d, const RnBox *box, const RnOrder *order)
{
	return rn_order_ended(order) &&
	    rn_period_renewable(rn_settings_convention(d->e->settings, box->convention), box,
	        rn_day_of(d->now, d->e->settings->tz));
}

gboolean
rn_listing(RnDesk *d, const char *address, GPtrArray **rows, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(row_free);
	g_autoptr(GPtrArray) boxes = NULL;

	*rows = NULL;
	if (!rn_store_boxes_of_address(d->tx, address, &boxes, error))
		return FALSE;
	while (boxes->len > 0) {
		g_autoptr(RnBox) box = g_ptr_array_steal_index(boxes, 0);
		g_autoptr(RnOrder) order = NULL;
		RnListRow *row;

		if (box->state == RN_BOX_CLOSED)
			continue;
		if (!rn_store_order_newest(d->tx, box->period_id, &order, error))
			return FALSE;
		row = g_new0(RnListRow, 1);
		row->renewable = renewable(d, box, order);
		row->box = g_steal_pointer(&box);
		row->order = g_steal_pointer(&order);
		g_ptr_array_add(list, row);
	}
	*rows = g_steal_pointer(&list);
	return TRUE;
}

const RnListRow *
rn_listing_first(const GPtrArray *rows)
{
	for (guint i = 0; i < rows->len; i++)
		if (((const RnListRow *)g_ptr_array_index(rows, i))->renewable)
			return g_ptr_array_index(rows, i);
	return rows->len > 0 ? g_ptr_array_index(rows, 0) : NULL;
}

/* The link beside one row: a token of its own, and the word already written. */
static char *
link_of(RnDesk *d, const RnBox *box, const char *language)
{
	RnLetterAsk ask = { .purpose = RN_PURPOSE_RENEW,
		.token_step = RN_STEP_ROW,
		.box = box,
		.convention = rn_settings_convention(d->e->settings, box->convention) };

	return rn_desk_link(d, &ask, language);
}

static void
fill_row(RnDesk *d, RnView *item, const RnListRow *row, guint n, const char *language)
{
	const RnLetterWords *w = rn_letters_words(d->e->letters, language);
	g_autofree char *number = g_strdup_printf("%u", n);
	g_autofree char *link = row->renewable ? link_of(d, row->box, language) : NULL;
	g_autofree char *date = rn_letter_words_day(w, row->box->expiry);

	rn_view_text(item, "numero", number);
	rn_view_text(item, "nome", row->box->name);
	rn_view_text(item, "scadenza", date);
	rn_view_text(item, "tipologia", row->box->type);
	rn_view_text(
	    item, "statocasella", row->box->state == RN_BOX_ACTIVE ? w->box_active : w->box_deactivated);
	rn_view_text(item, "documento", row->box->document ? w->document_there : w->document_missing);
	rn_view_text(item, "statoordine",
	    rn_letter_words_order(w, row->order != NULL ? row->order->state : RN_ORDER_NONE));
	rn_view_text(
	    item, "ordinenumero", row->order != NULL && row->order->number != NULL ? row->order->number : "");
	rn_view_text(item, "link", link != NULL ? link : "");
}

void
rn_listing_view(RnDesk *d, RnView *v, const RnLetterAsk *ask, const char *language)
{
	guint able = 0;

	rn_view_list(v, "elenco");
	for (guint i = 0; ask->rows != NULL && i < ask->rows->len; i++) {
		const RnListRow *row = g_ptr_array_index(ask->rows, i);

		able += row->renewable ? 1 : 0;
		fill_row(d, rn_view_item(v, "elenco"), row, i + 1, language);
	}
	rn_view_bool(v, "rinnovabili", able > 0);
	rn_view_bool(v, "piurinnovabili", able > 1);
	rn_view_bool(v, "stati", ask->status);
}

gboolean
rn_listing_keep(RnDesk *d, const RnLetterAsk *ask, gint64 letter_id, GError **error)
{
	g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(guint64));

	for (guint i = 0; ask->rows != NULL && i < ask->rows->len; i++) {
		const RnListRow *row = g_ptr_array_index(ask->rows, i);

		g_array_append_val(periods, row->box->period_public);
	}
	return rn_store_letter_rows_add(
	    d->tx, letter_id, (const guint64 *)(const void *)periods->data, periods->len, error);
}
