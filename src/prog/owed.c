/* owed.c: `rinnova report --owed` and `--reconcile`: the orders that the payer owes, one by one. */
#include <stdio.h>

#include "base/text.h"
#include "core/report.h"
#include "prog/owed.h"
#include "prog/prog.h"
#include "prog/reconcile.h"

#define PAGE 500

static void
owed_free(gpointer data)
{
	RnOwed *o = data;

	g_free(o->number);
	g_free(o->reference);
	g_free(o->box);
	g_free(o->holder);
	g_free(o->payer);
	g_free(o);
}

static gboolean
add(GPtrArray *owed, RnTx *tx, const RnOrder *order, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	gint64 notified;
	RnOwed *o;

	if (!rn_store_box_get(tx, order->box_id, &box, error) ||
	    !rn_store_period_notified(tx, order->period_id, &notified, error))
		return FALSE;
	o = g_new0(RnOwed, 1);
	o->number = g_strdup(order->number);
	o->reference = g_strdup(order->reference != NULL ? order->reference : "");
	o->box = g_strdup(box != NULL ? box->name : "");
	o->holder = g_strdup(box != NULL ? box->holder : "");
	o->payer = g_strdup(order->payer != NULL ? order->payer : "");
	o->at = order->accepted;
	o->notified = notified;
	o->price = order->price;
	o->vat = rn_order_vat(order);
	o->total = o->price + o->vat;
	g_ptr_array_add(owed, o);
	return TRUE;
}

static GPtrArray *
collect(RnEngine *e, const char *convention, gint64 from, gint64 to, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(GPtrArray) owed = g_ptr_array_new_with_free_func(owed_free);
	gint64 after = 0;

	while (tx != NULL) {
		g_autoptr(GPtrArray) orders = NULL;

		if (!rn_store_orders_owed(tx, convention, from, to, after, PAGE, &orders, error))
			return NULL;
		if (orders->len == 0)
			return g_steal_pointer(&owed);
		for (guint i = 0; i < orders->len; i++)
			if (!add(owed, tx, g_ptr_array_index(orders, i), error))
				return NULL;
		after = ((const RnOrder *)g_ptr_array_index(orders, orders->len - 1))->id;
	}
	return NULL;
}

static void
print_field(const char *text)
{
	g_autofree char *field = rn_report_field(text);

	fputs(field, stdout);
}

static void
print_cents(gint64 cents)
{
	printf("%" G_GINT64_FORMAT ".%02d", cents / 100, (int)(cents % 100));
}

static void
print_csv(const GPtrArray *owed, GTimeZone *tz)
{
	puts("order,date,box,holder,price,vat,total,reference,notified,payer");
	for (guint i = 0; i < owed->len; i++) {
		const RnOwed *o = g_ptr_array_index(owed, i);
		g_autofree char *day = rn_day_iso(rn_day_of(o->at, tz));
		g_autofree char *notified =
		    rn_day_iso(o->notified != 0 ? rn_day_of(o->notified, tz) : RN_DAY_NONE);

		printf("%s,%s,", o->number, day);
		print_field(o->box);
		putchar(',');
		print_field(o->holder);
		putchar(',');
		print_cents(o->price);
		putchar(',');
		print_cents(o->vat);
		putchar(',');
		print_cents(o->total);
		putchar(',');
		print_field(o->reference);
		printf(",%s,", notified);
		print_field(o->payer);
		putchar('\n');
	}
}

static void
print_words(const GPtrArray *owed, GTimeZone *tz)
{
	gint64 price = 0, vat = 0;

	for (guint i = 0; i < owed->len; i++) {
		const RnOwed *o = g_ptr_array_index(owed, i);
		g_autofree char *day = rn_day_iso(rn_day_of(o->at, tz));
		g_autofree char *net = rn_text_money(o->price), *tax = rn_text_money(o->vat),
		                *all = rn_text_money(o->total);

		printf("%s %s %-40s %10s %10s %10s  %s%s%s\n", o->number, day, o->box, net, tax, all,
		    o->holder, *o->reference != '\0' ? "  " : "", o->reference);
		price += o->price;
		vat += o->vat;
	}
	{
		g_autofree char *net = rn_text_money(price), *tax = rn_text_money(vat),
		                *all = rn_text_money(price + vat);

		printf("%u orders: %s + VAT %s = %s\n", owed->len, net, tax, all);
	}
}

int
rn_report_owed(RnEngine *e, const char *convention, gint64 from, gint64 to, const char *invoice, gboolean csv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) owed = collect(e, convention, from, to, &error);
	guint different = 0;

	if (owed == NULL || (invoice != NULL && !rn_reconcile(invoice, owed, &different, &error)))
		return rn_complain("report", error);
	if (invoice != NULL)
		return different == 0 ? RN_EXIT_OK : RN_EXIT_FAILED;
	if (csv)
		print_csv(owed, e->settings->tz);
	else
		print_words(owed, e->settings->tz);
	return RN_EXIT_OK;
}
