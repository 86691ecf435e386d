/* report.c: `rinnova report`: what the payer owes. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "prog/prog.h"
#include "prog/reconcile.h"
#include "prog/show.h"

#define PAGE 500
#define FAR (G_MAXINT64 / 2)

static void
owed_free(gpointer data)
{
	RnOwed *o = data;

	g_free(o->number);
	g_free(o->box);
	g_free(o->holder);
	g_free(o);
}

/* Cents, half a cent up. */
static gint64
vat_of(const RnOrder *o)
{
	return (o->price * o->vat + 50) / 100;
}

static gboolean
add(GPtrArray *owed, RnTx *tx, const RnOrder *order, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	RnOwed *o;

	if (!rn_store_box_get(tx, order->box_id, &box, error))
		return FALSE;
	o = g_new0(RnOwed, 1);
	o->number = g_strdup(order->number);
	o->box = g_strdup(box != NULL ? box->name : "");
	o->holder = g_strdup(box != NULL ? box->holder : "");
	o->at = order->accepted;
	o->price = order->price;
	o->vat = vat_of(order);
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

/* TEXT as a CSV field that no spreadsheet takes for a formula. */
static void
print_field(const char *text)
{
	putchar('"');
	if (*text != '\0' && strchr("=+-@\t", *text) != NULL)
		putchar('\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void
print_cents(gint64 cents)
{
	printf("%" G_GINT64_FORMAT ".%02d", cents / 100, (int)(cents % 100));
}

static void
print_csv(const GPtrArray *owed, GTimeZone *tz)
{
	puts("order,date,box,holder,price,vat,total");
	for (guint i = 0; i < owed->len; i++) {
		const RnOwed *o = g_ptr_array_index(owed, i);
		g_autofree char *day = rn_day_iso(rn_day_of(o->at, tz));

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

		printf("%s %s %-40s %10s %10s %10s  %s\n", o->number, day, o->box, net, tax, all, o->holder);
		price += o->price;
		vat += o->vat;
	}
	{
		g_autofree char *net = rn_text_money(price), *tax = rn_text_money(vat),
		                *all = rn_text_money(price + vat);

		printf("%u orders: %s + VAT %s = %s\n", owed->len, net, tax, all);
	}
}

typedef struct {
	char	*config, *convention, *from, *to, *invoice;
	gboolean csv;
} Options;

static void
options_clear(Options *o)
{
	g_free(o->config);
	g_free(o->convention);
	g_free(o->from);
	g_free(o->to);
	g_free(o->invoice);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* The whole days from --from to --to as seconds [*FROM, *TO). */
static gboolean
span(const Options *o, GTimeZone *tz, gint64 *from, gint64 *to)
{
	RnDay first = RN_DAY_NONE, last = RN_DAY_NONE;

	if ((o->from != NULL && !rn_day_parse(o->from, &first)) ||
	    (o->to != NULL && !rn_day_parse(o->to, &last)))
		return FALSE;
	*from = first != RN_DAY_NONE ? rn_day_start(first, tz) : 0;
	*to = last != RN_DAY_NONE ? rn_day_start(last + 1, tz) : FAR;
	return TRUE;
}

static int
run(RnEngine *e, const Options *o)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) owed = NULL;
	guint different = 0;
	gint64 from, to;

	if (rn_settings_convention(e->settings, o->convention) == NULL) {
		fprintf(stderr, "rinnova: report: there is no [convention %s] in %s\n", o->convention,
		    e->settings->file);
		return RN_EXIT_NOT_FOUND;
	}
	if (!span(o, e->settings->tz, &from, &to)) {
		fputs("rinnova: report: --from and --to are days; write them as 2026-01-31\n", stderr);
		return RN_EXIT_USAGE;
	}
	if ((owed = collect(e, o->convention, from, to, &error)) == NULL ||
	    (o->invoice != NULL && !rn_reconcile(o->invoice, owed, &different, &error)))
		return rn_complain("report", error);
	if (o->invoice != NULL)
		return different == 0 ? RN_EXIT_OK : RN_EXIT_FAILED;
	if (o->csv)
		print_csv(owed, e->settings->tz);
	else
		print_words(owed, e->settings->tz);
	return RN_EXIT_OK;
}

int
rn_cmd_report(int argc, char **argv)
{
	g_auto(Options) o = { 0 };
	GOptionEntry options[] = {
		{ "convention", 0, 0, G_OPTION_ARG_STRING, &o.convention, "whose orders", "NAME" },
		{ "from", 0, 0, G_OPTION_ARG_STRING, &o.from, "concluded on this day or later", "YYYY-MM-DD" },
		{ "to", 0, 0, G_OPTION_ARG_STRING, &o.to, "concluded on this day or earlier", "YYYY-MM-DD" },
		{ "csv", 0, 0, G_OPTION_ARG_NONE, &o.csv, "as CSV", NULL },
		{ "reconcile", 0, 0, G_OPTION_ARG_FILENAME, &o.invoice,
		    "compare with the provider's invoice (columns order or box, and amount without VAT)", "FILE.csv" },
		{ 0 },
	};
	g_autoptr(RnEngine) e = NULL;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &o.config))
		return RN_EXIT_USAGE;
	if (argc != 1 || o.convention == NULL) {
		fputs("rinnova: report: say --convention NAME\n", stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open("report", o.config, RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	return e != NULL ? run(e, &o) : code;
}
