#include <string.h>

#include "base/text.h"
#include "core/desk.h"
#include "core/documents.h"
#include "core/listing.h"

static const char *const weekdays[] = { "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato",
	"domenica" };
static const char *const months[] = { "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio",
	"agosto", "settembre", "ottobre", "novembre", "dicembre" };

char *
rn_desk_day_words(RnDay day)
{
	int y, m, d;

	if (day == RN_DAY_NONE)
		return g_strdup("");
	rn_day_to_ymd(day, &y, &m, &d);
	return g_strdup_printf("%s %d %s %d", weekdays[((day + 3) % 7 + 7) % 7], d, months[m - 1], y);
}

/* "lunedì 30 novembre 2026 alle ore 10:15" */
static char *
time_words(gint64 t, GTimeZone *tz)
{
	g_autoptr(GDateTime) utc = NULL, local = NULL;
	g_autofree char *day = NULL;

	if (t == 0)
		return g_strdup("");
	utc = g_date_time_new_from_unix_utc(t);
	local = g_date_time_to_timezone(utc, tz);
	day = rn_desk_day_words(rn_day_of(t, tz));
	return g_strdup_printf(
	    "%s alle ore %02d:%02d", day, g_date_time_get_hour(local), g_date_time_get_minute(local));
}

static void
take(RnView *v, const char *name, char *value)
{
	rn_view_text(v, name, value != NULL ? value : "");
	g_free(value);
}

static char *
days_left(int days)
{
	return days == 0 ? g_strdup("oggi") :
	    days == 1    ? g_strdup("domani") :
	                   g_strdup_printf("fra %d giorni", days);
}

static void
view_box(RnDesk *d, RnView *v, const RnLetterAsk *ask)
{
	const RnBox *box = ask->box;
	RnDay expiry = box == NULL                         ? RN_DAY_NONE :
	    ask->expiry != RN_DAY_NONE && ask->expiry != 0 ? ask->expiry :
	                                                     box->expiry;
	RnDay today = rn_day_of(d->now, d->e->settings->tz);

	rn_view_text(v, "nomecasella", box != NULL ? box->name : "");
	rn_view_text(v, "nomecasellapec", box != NULL ? box->name : "");
	take(v, "datascadenza", rn_desk_day_words(expiry));
	take(v, "giorni",
	    expiry == RN_DAY_NONE ? NULL :
	        expiry < today    ? g_strdup("scaduta") :
	                            days_left(expiry - today));
	rn_view_text(v, "login", box != NULL && box->account != NULL ? box->account : "");
	rn_view_text(v, "intestatario", box != NULL ? box->holder : "");
	rn_view_text(v, "tipologia", box != NULL ? box->type : "");
	rn_view_text(v, "stato",
	    box == NULL                          ? "" :
	        box->state == RN_BOX_ACTIVE      ? "Attiva" :
	        box->state == RN_BOX_DEACTIVATED ? "Disattivata" :
	                                           "Chiusa");
	rn_view_text(v, "documento", box != NULL && box->document ? "già agli atti" : "mancante");
	rn_view_bool(v, "documentoatteso", !ask->document_waits);
	rn_view_bool(v, "documentomancante", box != NULL && !rn_document_settled(ask->convention, box));
	rn_view_bool(v, "registroimprese", box != NULL && box->business_register);
	rn_view_bool(v, "indirizzata", ask->to_box);
	take(v, "finerecupero",
	    box != NULL && rn_box_entitled(box, today) && ask->convention != NULL &&
	            ask->convention->reactivation_days > 0 ?
	        rn_desk_day_words(expiry + ask->convention->reactivation_days) :
	        NULL);
	take(v, "caso", box != NULL ? rn_case_number(box->period_public) : NULL);
}

static void
view_order(RnDesk *d, RnView *v, const RnLetterAsk *ask)
{
	const RnOrder *o = ask->order;
	const RnConvention *c = ask->convention;
	int term = o != NULL && o->term > 0 ? o->term : c != NULL ? c->term : 0;

	rn_view_text(v, "idordine", o != NULL && o->number != NULL ? o->number : "");
	take(v, "dataordine", o != NULL ? time_words(o->accepted, d->e->settings->tz) : NULL);
	take(v, "nuovascadenza", o != NULL ? rn_desk_day_words(o->new_expiry) : NULL);
	take(v, "durata",
	    term % 12 == 0 && term > 0 ? g_strdup_printf(term == 12 ? "%d anno" : "%d anni", term / 12) :
	                                 g_strdup_printf("%d mesi", term));
	take(v, "prezzo", rn_text_money(o != NULL ? o->price : c != NULL ? c->price : 0));
	take(v, "iva", g_strdup_printf("%d", o != NULL ? o->vat : c != NULL ? c->vat : 0));
	rn_view_text(v, "importo", "0,00");
	rn_view_text(v, "pagante", o != NULL && o->payer != NULL ? o->payer : c != NULL ? c->payer : "");
	rn_view_text(v, "convenzione", c != NULL ? c->name : "");
	rn_view_text(v, "guida", c != NULL && ask->kind == RN_LETTER_CONFIRMATION ? c->guide : "");
}

/* The verbs that a declaration begins with are the words to write. */
static void
view_declarations(RnView *v, const RnConvention *c)
{
	rn_view_list(v, "dichiarazioni");
	rn_view_list(v, "parole");
	for (guint i = 0; c != NULL && c->declarations != NULL && c->declarations[i] != NULL; i++) {
		g_auto(GStrv) parts = g_strsplit(c->declarations[i], ":", 2);
		RnView *item;

		if (parts[0] == NULL || parts[1] == NULL)
			continue;
		item = rn_view_item(v, "dichiarazioni");
		rn_view_text(item, "verbo", g_strstrip(parts[0]));
		rn_view_text(item, "testo", g_strstrip(parts[1]));
		rn_view_text(rn_view_item(v, "parole"), "parola", parts[0]);
	}
}

static void
view_contracts(RnView *v, const RnConvention *c)
{
	g_autoptr(GPtrArray) list = c != NULL ? rn_desk_contracts(c, NULL) : NULL;

	rn_view_list(v, "contratti");
	for (guint i = 0; list != NULL && i < list->len; i++) {
		const RnContract *one = g_ptr_array_index(list, i);
		RnView *item = rn_view_item(v, "contratti");

		rn_view_text(item, "nome", one->name);
		rn_view_text(item, "sha256", one->sha256);
	}
}

/* mailto:ADDRESS?subject=...&body=RINNOVA : one line, only subject and body (RFC 6068), under 200 characters.
 */
static char *
renew_link(RnDesk *d, const RnLetterAsk *ask, const char *address)
{
	g_autofree char *number = ask->box != NULL ? rn_case_number(ask->box->period_public) : g_strdup("");
	(void)d;
	return g_strdup_printf("mailto:%s?subject=Rinnovo%%20PEC-%s&body=RINNOVA", address, number);
}

/* What the member wrote, on one line and cut: the words come from outside. */
static char *
words_read(const char *typed)
{
	g_autofree char *one_line = rn_text_squash(typed != NULL ? typed : "");

	return g_utf8_strlen(one_line, -1) <= 200 ?
	    g_steal_pointer(&one_line) :
	    g_strdup_printf("%.*s…", (int)(g_utf8_offset_to_pointer(one_line, 199) - one_line), one_line);
}

RnView *
rn_desk_view(RnDesk *d, const RnLetterAsk *ask, const char *token)
{
	const RnSite *site = &d->e->settings->site;
	RnView *v = rn_view_new();
	g_autofree char *address = rn_token_address(site, token);

	view_box(d, v, ask);
	view_order(d, v, ask);
	view_declarations(v, ask->convention);
	view_contracts(v, rn_desk_encloses(ask) ? ask->convention : NULL);
	rn_listing_view(d, v, ask);
	rn_view_text(v, "ordine", site->name);
	rn_view_text(v, "contatto", site->contact);
	rn_view_text(v, "telefono", site->phone);
	rn_view_text(v, "rispondia", address);
	take(v, "linkrinnovo", renew_link(d, ask, address));
	take(v, "codice", token != NULL ? rn_token_fence(token) : NULL);
	take(v, "lette", words_read(ask->read));
	rn_view_bool(v, "unpasso", ask->convention != NULL && ask->convention->steps == 0);
	rn_view_bool(v, "offerta", ask->purpose == RN_PURPOSE_ACCEPT);
	take(v, "ricevutail", time_words(ask->read_at, d->e->settings->tz));
	rn_view_text(v, "altromittente", ask->other != NULL ? ask->other : "");
	rn_view_text(v, "motivo", ask->reason != NULL ? ask->reason : "");
	rn_view_text(v, "oggetto", ask->subject != NULL ? ask->subject : "");
	rn_view_text(v, "testo", ask->text != NULL ? ask->text : "");
	return v;
}
