/* report_view.c: the secretary's report as text, HTML and CSV. */
#include <string.h>

#include "base/text.h"
#include "core/desk.h"
#include "core/report.h"

/* What each heading says, and what follows from it. */
static const struct {
	const char	*title, *note, *colour;
} headings[RN_REPORT_N] = {
	[RN_REPORT_RENEWED] = { "Rinnovate", "Il gestore ha confermato.", "#1b6e3c" },
	[RN_REPORT_CONCLUDED] = { "Ordine concluso",
	    "Il titolare ha accettato; il rinnovo è in corso presso il gestore.", "#2f855a" },
	[RN_REPORT_OFFERED] = { "In attesa dell'accettazione",
	    "Il titolare ha chiesto il rinnovo e deve ancora rispondere al riepilogo.", "#2b6cb0" },
	[RN_REPORT_DOCUMENT] = { "Manca il documento",
	    "Il titolare ha chiesto il rinnovo; attendiamo il documento di identità.", "#2c5282" },
	[RN_REPORT_HELD] = { "Risposta da valutare",
	    "Una risposta attende la decisione di una persona (rinnova held list).", "#975a16" },
	[RN_REPORT_FAILED] = { "Rifiutate dal gestore", "L'ordine attende l'amministratore.", "#9b2c2c" },
	[RN_REPORT_SILENT] = { "Nessuna risposta", "Avvisati, non hanno ancora risposto.", "#744210" },
	[RN_REPORT_UNREACHABLE] = { "Non raggiungibili",
	    "Le nostre lettere tornano indietro: conviene telefonare.", "#9b2c2c" },
	[RN_REPORT_DECLINED] = { "Non vogliono rinnovare", "Il titolare ha risposto di no.", "#4a5568" },
	[RN_REPORT_DEACTIVATED] = { "Disattivate", "Scadute senza un ordine in tempo.", "#822727" },
	[RN_REPORT_NOT_YET] = { "Non ancora avvisate", "Nessun avviso era dovuto finora.", "#4a5568" },
	[RN_REPORT_NOT_ENTITLED] = { "Senza diritto", "Non più iscritti all'albo, o casella chiusa.",
	    "#4a5568" },
};

const char *
rn_report_heading(RnReportGroup group)
{
	return (guint)group < RN_REPORT_N ? headings[group].title : "";
}

/* 30/11/2026, "" for no day. Caller frees. */
static char *
short_day(RnDay day)
{
	int y, m, d;

	if (day == RN_DAY_NONE)
		return g_strdup("");
	rn_day_to_ymd(day, &y, &m, &d);
	return g_strdup_printf("%02d/%02d/%04d", d, m, y);
}

static void
put_day(RnView *v, const char *name, RnDay day)
{
	g_autofree char *text = short_day(day);

	rn_view_text(v, name, text);
}

static void
put_number(RnView *v, const char *name, guint n)
{
	g_autofree char *text = g_strdup_printf("%u", n);

	rn_view_text(v, name, text);
}

static void
put_money(RnView *v, const char *name, gint64 cents)
{
	g_autofree char *text = rn_text_money(cents);

	rn_view_text(v, name, text);
}

static guint
percent(guint part, guint whole)
{
	return whole > 0 ? (part * 100 + whole / 2) / whole : 0;
}

/* A bar of N out of WHOLE: percent for CSS and words, units of 600 for SVG, twenty signs for text. */
static void
put_bar(RnView *v, guint n, guint whole)
{
	guint share = percent(n, whole),
	      signs = n > 0 && whole > 0 ? MAX(1, (n * 20 + whole / 2) / whole) : 0;
	g_autofree char *drawn = g_strnfill(signs, '#');

	put_number(v, "percento", share);
	put_number(v, "barra", n > 0 ? MAX(1, share) : 0);
	put_number(v, "lunghezza", whole > 0 ? (guint)((guint64)n * 600 / whole) : 0);
	rn_view_text(v, "segni", drawn);
	rn_view_bool(v, "vuota", n == 0);
}

static void
fill_box(RnView *v, const RnReportRow *row)
{
	const RnOrder *o = row->order;

	rn_view_text(v, "casella", row->box->name);
	rn_view_text(v, "intestatario", row->box->holder);
	rn_view_text(v, "riferimento", row->box->reference);
	put_day(v, "scadenza", row->expiry);
	put_day(v, "avvisata", row->noticed);
	rn_view_text(v, "ordine", o != NULL && o->number != NULL ? o->number : "");
}

static void
fill_groups(RnView *v, const RnRenewals *r)
{
	guint next = 0;

	rn_view_list(v, "gruppi");
	for (guint g = 0; g < RN_REPORT_N; g++) {
		RnView *item;

		if (r->count[g] == 0)
			continue;
		item = rn_view_item(v, "gruppi");
		rn_view_text(item, "titolo", headings[g].title);
		rn_view_text(item, "significato", headings[g].note);
		rn_view_text(item, "colore", headings[g].colour);
		put_number(item, "numero", r->count[g]);
		put_bar(item, r->count[g], r->rows->len);
		rn_view_list(item, "caselle");
		for (; next < r->rows->len; next++) {
			const RnReportRow *row = g_ptr_array_index(r->rows, next);

			if ((guint)row->group != g)
				break;
			fill_box(rn_view_item(item, "caselle"), row);
		}
	}
}

static void
fill_curve(RnView *v, const RnRenewals *r)
{
	static const char *const names[RN_REPORT_STEPS] = { "entro1", "entro3", "entro7", "oltre" };
	guint most = 0;

	for (guint i = 0; i < r->curve->len; i++)
		most = MAX(most, g_array_index(r->curve, RnReportCurve, i).sent);
	rn_view_list(v, "curva");
	for (guint i = 0; i < r->curve->len; i++) {
		const RnReportCurve *c = &g_array_index(r->curve, RnReportCurve, i);
		RnView *item;
		guint all = 0;

		if (c->sent == 0)
			continue;
		item = rn_view_item(v, "curva");
		for (guint s = 0; s < RN_REPORT_STEPS; s++) {
			all += c->answers[s];
			put_number(item, names[s], c->answers[s]);
		}
		put_number(item, "giorno", (guint)MAX(c->day, 0));
		put_number(item, "avvisi", c->sent);
		put_number(item, "risposte", all);
		put_bar(item, all, c->sent);
	}
}

static void
fill_month(RnView *item, const RnReportMonth *m, const RnLetterWords *words)
{
	g_autofree char *month = g_strdup_printf("%s %d", words->months[(m->month + 11) % 12], m->year);

	rn_view_text(item, "mese", month);
	put_number(item, "ordini", m->orders);
	put_money(item, "imponibile", m->price);
	put_money(item, "iva", m->vat);
	put_money(item, "totale", m->price + m->vat);
}

/* The months from FIRST on that belong to PAYER (NULL: all) and their sum; the first that does not. */
static guint
fill_months(RnView *v, const RnRenewals *r, guint first, const char *payer, const RnLetterWords *words)
{
	RnReportMonth sum = { .orders = 0 };
	guint i = first;

	rn_view_list(v, "mesi");
	for (; i < r->months->len; i++) {
		const RnReportMonth *m = &g_array_index(r->months, RnReportMonth, i);

		if (payer != NULL && strcmp(m->payer, payer) != 0)
			break;
		fill_month(rn_view_item(v, "mesi"), m, words);
		sum.orders += m->orders;
		sum.price += m->price;
		sum.vat += m->vat;
	}
	put_number(v, "sommaordini", sum.orders);
	put_money(v, "sommaimponibile", sum.price);
	put_money(v, "sommaiva", sum.vat);
	put_money(v, "somma", sum.price + sum.vat);
	return i;
}

/* Each payer with its months; where nothing is owed, the one of today. Beside that all together, for
 * templates that know one payer only. */
static void
fill_payers(RnView *v, const RnRenewals *r, const RnLetterWords *words)
{
	g_autoptr(GString) names = g_string_new(NULL);
	guint i = 0;

	rn_view_list(v, "paganti");
	do {
		const char *payer = i < r->months->len ? g_array_index(r->months, RnReportMonth, i).payer :
		                                         r->convention->payer;
		RnView *item = rn_view_item(v, "paganti");

		rn_view_text(item, "pagante", payer);
		g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", payer);
		i = fill_months(item, r, i, payer, words);
	} while (i < r->months->len);
	rn_view_text(v, "pagante", names->str);
	fill_months(v, r, 0, NULL, words);
}

static RnView *
view_of(const RnRenewals *r, RnReportForm form, const RnLetterWords *words)
{
	RnView *v = rn_view_new();

	rn_view_text(v, "convenzione", r->convention->name);
	put_day(v, "oggi", r->today);
	put_day(v, "dal", r->from);
	put_day(v, "al", r->to);
	put_day(v, "ordinidal", r->owed_from);
	put_day(v, "ordinial", r->owed_to);
	put_number(v, "caselleinscadenza", r->rows->len);
	put_number(v, "rinnovate", r->count[RN_REPORT_RENEWED] + r->count[RN_REPORT_CONCLUDED]);
	put_number(v, "rinnovatepercento",
	    percent(r->count[RN_REPORT_RENEWED] + r->count[RN_REPORT_CONCLUDED], r->rows->len));
	rn_view_bool(v, "pagina", form == RN_REPORT_PAGE);
	fill_groups(v, r);
	fill_curve(v, r);
	fill_payers(v, r, words);
	return v;
}

char *
rn_report_render(RnEngine *e, const RnRenewals *r, RnReportForm form, GError **error)
{
	const char *name = form == RN_REPORT_TEXT ? "report.txt" : "report.html";
	g_autofree char *file = g_build_filename(e->settings->site.templates, name, NULL);
	g_autoptr(RnView) v = view_of(r, form, rn_letters_words(e->letters, NULL));
	g_autoptr(RnTemplate) t = NULL;
	char *text = NULL, *out = NULL;

	if (!g_file_get_contents(file, &text, NULL, error))
		return NULL;
	t = rn_template_compile(text, name, NULL, error);
	g_free(text);
	if (t != NULL)
		out =
		    rn_template_render(t, v, form == RN_REPORT_TEXT ? RN_ESCAPE_TEXT : RN_ESCAPE_HTML, error);
	return out;
}

gboolean
rn_report_send(RnEngine *e, RnTx *tx, const RnConvention *c, gint64 now, RnDay from, RnDay to,
    gboolean *fresh, GError **error)
{
	g_autoptr(RnRenewals) r = rn_report_make(e, tx, c, now, from, to, error);
	char *text = r != NULL ? rn_report_render(e, r, RN_REPORT_TEXT, error) : NULL;
	char *html = text != NULL ? rn_report_render(e, r, RN_REPORT_MAIL, error) : NULL;
	gboolean good = FALSE;

	if (html != NULL) {
		RnDesk d = { .e = e, .tx = tx, .now = now, .who = "report", .why = "report" };
		g_autofree char *day = rn_day_iso(r->today), *csv = rn_report_csv(r, e->settings->tz);
		g_autofree char *key =
		    g_strdup_printf("convention/%s/report/%s/%d/%d", c->id, day, r->from, r->to);
		g_autofree char *subject = g_strdup_printf("Rinnovi PEC: %u di %u (%s)",
		    r->count[RN_REPORT_RENEWED] + r->count[RN_REPORT_CONCLUDED], r->rows->len, c->name);
		RnLetterAsk ask = {
			.kind = RN_LETTER_ADMIN, .key = key, .subject = subject, .text = text, .html = html, .csv = csv,
			.to = *c->secretary != '\0' ? c->secretary : e->settings->site.admin,
		};

		good = rn_desk_letter(&d, &ask, fresh, error);
	}
	g_free(text);
	g_free(html);
	return good;
}

/* --- CSV --- */

char *
rn_report_field(const char *text)
{
	GString *out = g_string_new("\"");

	if (*text != '\0' && strchr("=+-@\t", *text) != NULL)
		g_string_append_c(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			g_string_append_c(out, '"');
		if ((guchar)*text >= ' ')
			g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
	return g_string_free(out, FALSE);
}

static void
add_field(GString *out, const char *text)
{
	g_autofree char *field = rn_report_field(text != NULL ? text : "");

	g_string_append_printf(out, "%s;", field);
}

static void
add_day(GString *out, RnDay day)
{
	g_autofree char *text = short_day(day);

	g_string_append_printf(out, "%s;", text);
}

/* Number, day and price of ORDER, if it was concluded. */
static void
add_order(GString *out, const RnOrder *o, GTimeZone *tz)
{
	gboolean concluded = o != NULL && o->number != NULL;
	g_autofree char *price = concluded ? rn_text_money(o->price) : g_strdup("");
	g_autofree char *vat = concluded ? rn_text_money(rn_order_vat(o)) : g_strdup("");
	g_autofree char *all = concluded ? rn_text_money(o->price + rn_order_vat(o)) : g_strdup("");

	add_field(out, concluded ? o->number : "");
	add_day(out, concluded ? rn_day_of(o->accepted, tz) : RN_DAY_NONE);
	add_day(out, concluded && o->state == RN_ORDER_RENEWED ? o->new_expiry : RN_DAY_NONE);
	g_string_append_printf(out, "%s;%s;%s\r\n", price, vat, all);
}

char *
rn_report_csv(const RnRenewals *r, GTimeZone *tz)
{
	GString *out =
	    g_string_new("\xef\xbb\xbf"
	                 "Casella;Intestatario;Mail di riferimento;Scadenza;Esito;Avvisi;Ultimo avviso;"
	                 "Ordine;Data ordine;Nuova scadenza;Imponibile;IVA;Totale\r\n");

	for (guint i = 0; i < r->rows->len; i++) {
		const RnReportRow *row = g_ptr_array_index(r->rows, i);

		add_field(out, row->box->name);
		add_field(out, row->box->holder);
		add_field(out, row->box->reference);
		add_day(out, row->expiry);
		add_field(out, rn_report_heading(row->group));
		g_string_append_printf(out, "%u;", row->notices);
		add_day(out, row->noticed);
		add_order(out, row->order, tz);
	}
	return g_string_free(out, FALSE);
}
