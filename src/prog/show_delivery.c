/* show_delivery.c: what came back about letters, beside the letters. */
#include <string.h>

#include "prog/show.h"

#define PAGE 1000

static void
free_list(gpointer list)
{
	g_ptr_array_unref(list);
}

GHashTable *
rn_show_deliveries(RnTx *tx, gint64 box_id, GError **error)
{
	g_autoptr(GHashTable) all = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_list);
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_deliveries(tx, box_id, after, PAGE, &rows, error))
			return NULL;
		if (rows->len == 0)
			return g_steal_pointer(&all);
		/* the last letter's rows may go on in the next page */
		after = ((RnDelivery *)g_ptr_array_index(rows, rows->len - 1))->letter_id;
		if (rows->len == PAGE)
			after--;
		for (guint i = 0; i < rows->len; i++) {
			RnDelivery *d = g_ptr_array_index(rows, i);
			GPtrArray *list = g_hash_table_lookup(all, &d->letter_id);

			if (d->letter_id > after)
				break;
			if (list == NULL) {
				list = g_ptr_array_new_with_free_func((GDestroyNotify)rn_delivery_free);
				g_hash_table_insert(all, g_memdup2(&d->letter_id, sizeof(gint64)), list);
			}
			rows->pdata[i] = NULL;
			g_ptr_array_add(list, d);
		}
	}
}

const RnDelivery *
rn_show_delivery(GHashTable *deliveries, gint64 letter_id, const char *state)
{
	const GPtrArray *list = g_hash_table_lookup(deliveries, &letter_id);

	for (guint i = 0; list != NULL && i < list->len; i++) {
		const RnDelivery *d = g_ptr_array_index(list, i);

		if (strcmp(d->state, state) == 0)
			return d;
	}
	return NULL;
}

json_t *
rn_show_letter_fate(const RnLetter *l, GHashTable *deliveries)
{
	json_t *j = rn_show_letter(l);
	const RnDelivery *lost = rn_show_delivery(deliveries, l->id, "undeliverable");
	const RnDelivery *late = rn_show_delivery(deliveries, l->id, "delayed");
	const RnDelivery *away = rn_show_delivery(deliveries, l->id, "away");
	g_autofree char *day = away != NULL ? rn_day_iso(away->back_on) : NULL;
	g_autofree char *why = NULL;

	if (lost == NULL)
		lost = late;
	if (lost != NULL)
		why = g_strdup_printf(
		    "%s %s", lost->code != NULL ? lost->code : "", lost->why != NULL ? lost->why : "");
	json_object_set_new(j, "delivery", lost != NULL ? json_string(lost->state) : json_null());
	json_object_set_new(j, "delivery_why", why != NULL ? json_string(g_strstrip(why)) : json_null());
	json_object_set_new(j, "delivery_at", lost != NULL ? json_integer(lost->at) : json_null());
	json_object_set_new(j, "away_until", day != NULL ? json_string(day) : json_null());
	return j;
}

void
rn_show_fate(json_t *j, const RnFate *fate, GTimeZone *tz)
{
	g_autofree char *text = rn_fate_text(fate, tz);

	json_object_set_new(
	    j, "receipt", text != NULL ? json_string(rn_notified_word(fate->state)) : json_null());
	json_object_set_new(j, "receipt_at", fate->at != 0 ? json_integer(fate->at) : json_null());
	json_object_set_new(
	    j, "receipt_mail", fate->inbox_id != 0 ? json_integer(fate->inbox_id) : json_null());
	json_object_set_new(j, "notified", text != NULL ? json_string(text) : json_null());
}

static void
set(json_t *j, const char *name, const char *text)
{
	json_t *value = text != NULL ? json_string(text) : NULL;

	json_object_set_new(j, name, value != NULL ? value : json_null());
}

json_t *
rn_show_receipt(const RnRegisteredRow *r)
{
	json_t *j = json_pack("{s:I}", "id", (json_int_t)r->inbox_id);

	set(j, "kind", r->kind);
	set(j, "signature", r->signature);
	set(j, "fault", r->fault);
	json_object_set_new(j, "letter", r->letter_id != 0 ? json_integer(r->letter_id) : json_null());
	set(j, "mittente", r->mittente);
	set(j, "consegna", r->consegna);
	set(j, "identificativo", r->identificativo);
	set(j, "msgid", r->msgid);
	set(j, "provider", r->provider);
	set(j, "certificate", r->certificate);
	set(j, "code", r->code);
	json_object_set_new(j, "at", r->at != 0 ? json_integer(r->at) : json_null());
	return j;
}
