#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/desk.h"
#include "core/documents.h"
#include "core/listing.h"

#define LAST_DIGITS 3

static void
take(RnView *v, const char *name, char *value)
{
	rn_view_text(v, name, value != NULL ? value : "");
	g_free(value);
}

/* What a view is filled with. */
typedef struct {
	RnDesk		*d;
	const RnLetterAsk *ask;
	const RnLetterWords *words;
} Filling;

static void
view_box(const Filling *f, RnView *v)
{
	const RnLetterAsk *ask = f->ask;
	const RnLetterWords *w = f->words;
	const RnBox *box = ask->box;
	RnDay expiry = box == NULL                         ? RN_DAY_NONE :
	    ask->expiry != RN_DAY_NONE && ask->expiry != 0 ? ask->expiry :
	                                                     box->expiry;
	RnDay today = rn_day_of(f->d->now, f->d->e->settings->tz);

	rn_view_text(v, "nomecasella", box != NULL ? box->name : "");
	rn_view_text(v, "nomecasellapec", box != NULL ? box->name : "");
	take(v, "datascadenza", rn_letter_words_day(w, expiry));
	take(v, "giorni", expiry == RN_DAY_NONE ? NULL : rn_letter_words_left(w, expiry - today));
	rn_view_text(v, "login", box != NULL && box->account != NULL ? box->account : "");
	rn_view_text(v, "intestatario", box != NULL ? box->holder : "");
	rn_view_text(v, "tipologia", box != NULL ? box->type : "");
	rn_view_text(v, "stato",
	    box == NULL                          ? "" :
	        box->state == RN_BOX_ACTIVE      ? w->box_active :
	        box->state == RN_BOX_DEACTIVATED ? w->box_deactivated :
	                                           w->box_closed);
	rn_view_text(v, "documento", box != NULL && box->document ? w->document_there : w->document_missing);
	rn_view_bool(v, "documentoatteso", !ask->document_waits);
	rn_view_bool(v, "documentomancante", box != NULL && !rn_document_settled(ask->convention, box));
	rn_view_bool(v, "registroimprese", box != NULL && box->business_register);
	rn_view_bool(v, "indirizzata", ask->to_box);
	take(v, "finerecupero",
	    box != NULL && rn_box_entitled(box, today) && ask->convention != NULL &&
	            ask->convention->reactivation_days > 0 ?
	        rn_letter_words_day(w, expiry + ask->convention->reactivation_days) :
	        NULL);
	take(v, "caso", box != NULL ? rn_case_number(box->period_public) : NULL);
}

static void
view_order(const Filling *f, RnView *v)
{
	const RnLetterAsk *ask = f->ask;
	const RnLetterWords *w = f->words;
	const RnOrder *o = ask->order;
	const RnConvention *c = ask->convention;
	int term = o != NULL && o->term > 0 ? o->term : c != NULL ? c->term : 0;

	rn_view_text(v, "idordine", o != NULL && o->number != NULL ? o->number : "");
	take(v, "dataordine", o != NULL ? rn_letter_words_time(w, o->accepted, f->d->e->settings->tz) : NULL);
	take(v, "nuovascadenza", o != NULL ? rn_letter_words_day(w, o->new_expiry) : NULL);
	take(v, "durata", rn_letter_words_term(w, term));
	take(v, "prezzo", rn_letter_words_money(w, o != NULL ? o->price : c != NULL ? c->price : 0));
	take(v, "iva", g_strdup_printf("%d", o != NULL ? o->vat : c != NULL ? c->vat : 0));
	take(v, "importo", rn_letter_words_money(w, 0));
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

/* mailto:ADDRESS?subject=...&body=... : one line, only subject and body (RFC 6068), under 200 characters.
 * SUBJECT is of {case}; BODY NULL leaves the text to the member. */
static char *
link_to(const RnBox *box, const char *address, const char *subject, const char *body)
{
	g_autofree char *number = box != NULL ? rn_case_number(box->period_public) : g_strdup("");
	g_autofree char *title = rn_letter_words_fill(subject, "case", number, NULL);
	g_autofree char *title_text = g_uri_escape_string(title, NULL, FALSE);
	g_autofree char *body_text = body != NULL ? g_uri_escape_string(body, NULL, FALSE) : NULL;

	return g_strconcat(
	    "mailto:", address, "?subject=", title_text, body != NULL ? "&body=" : NULL, body_text, NULL);
}

char *
rn_desk_link(RnDesk *d, const RnLetterAsk *ask, const char *language)
{
	g_autofree char *token = rn_desk_mint(d, ask);
	g_autofree char *address = rn_token_address(&d->e->settings->site, token);
	const RnLetterWords *w = rn_letters_words(d->e->letters, language);

	switch (ask->purpose) {
	case RN_PURPOSE_DECLINE:
		return link_to(ask->box, address, w->subject_decline, "NON RINNOVO");
	case RN_PURPOSE_QUESTION:
		return link_to(ask->box, address, w->subject_question, NULL);
	default:
		return link_to(ask->box, address, w->subject_renew, "RINNOVA");
	}
}

/* The links of a letter whose own answers come to ADDRESS. Where no token stands in it nothing is answered by
 * a tap either. */
static void
view_links(const Filling *f, RnView *v, const char *token, const char *address)
{
	RnLetterAsk other = *f->ask;
	const char *language = rn_letters_language(
	    f->d->e->letters, f->ask->kind, f->ask->box != NULL ? f->ask->box->language : NULL);

	take(v, "linkrinnovo", link_to(f->ask->box, address, f->words->subject_renew, "RINNOVA"));
	other.purpose = RN_PURPOSE_DECLINE;
	other.token_step = 0;
	take(v, "linkno", token != NULL && f->ask->box != NULL ? rn_desk_link(f->d, &other, language) : NULL);
	other.purpose = RN_PURPOSE_QUESTION;
	take(v, "linkdomanda",
	    token != NULL && f->ask->box != NULL ? rn_desk_link(f->d, &other, language) : NULL);
}

/* Is WORD, but for what stands around it, an address of BOX? */
static gboolean
is_own(const RnBox *box, const char *word)
{
	const char *own[] = { box->name, box->reference, box->reference2 };

	for (gsize i = 0; i < G_N_ELEMENTS(own); i++)
		if (own[i] != NULL && strstr(word, own[i]) != NULL && strlen(word) <= strlen(own[i]) + 4)
			return TRUE;
	return FALSE;
}

/* Appends WORD so that no mail program makes a link of it: who wrote it may be a stranger, and it stands in a
 * letter of ours. */
static void
put_unlinked(GString *out, const char *word)
{
	for (const char *p = word; *p != '\0'; p++) {
		gboolean within = p > word && g_ascii_isgraph(p[-1]) && g_ascii_isgraph(p[1]);

		if (within && (*p == '@' || (*p == '/' && p[1] == '/')))
			g_string_append_c(out, ' ');
		g_string_append_c(out, *p);
		if (within && (*p == '@' || (*p == '.' && g_ascii_isalpha(p[1]))))
			g_string_append_c(out, ' ');
	}
}

static char *
unlinked(const RnBox *box, const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	GString *out = g_string_new(NULL);

	for (guint i = 0; words[i] != NULL; i++) {
		if (i > 0)
			g_string_append_c(out, ' ');
		if (box != NULL && is_own(box, words[i]))
			g_string_append(out, words[i]);
		else
			put_unlinked(out, words[i]);
	}
	return g_string_free(out, FALSE);
}

/* What the member wrote, on one line and cut: the words come from outside. */
static char *
words_read(const RnBox *box, const char *typed)
{
	g_autofree char *squashed = rn_text_squash(typed != NULL ? typed : "");
	g_autofree char *one_line = unlinked(box, squashed);

	return g_utf8_strlen(one_line, -1) <= 200 ?
	    g_steal_pointer(&one_line) :
	    g_strdup_printf("%.*s…", (int)(g_utf8_offset_to_pointer(one_line, 199) - one_line), one_line);
}

GBytes *
rn_desk_logo(const RnHouseLook *look, const char **type)
{
	g_autoptr(GError) why = NULL;
	GBytes *picture = *look->logo != '\0' ? rn_look_logo(look, type, &why) : NULL;

	if (why != NULL)
		rn_log(RN_LOG_WARN, "-", "logo", "error", why->message, "do",
		    "letters go without it; see rinnova template check", NULL);
	return picture;
}

/* The last digits of the holder's number in the register: not all of it, for a letter may go astray. NULL if
 * it is not known, or too short to be cut. */
static char *
last_digits(const char *number)
{
	g_autoptr(GString) digits = g_string_new(NULL);

	for (const char *p = number != NULL ? number : ""; *p != '\0'; p++)
		if (g_ascii_isdigit(*p))
			g_string_append_c(digits, *p);
	return digits->len > LAST_DIGITS ? g_strdup(digits->str + digits->len - LAST_DIGITS) : NULL;
}

/* What holds against imitators: the holder's mark, the address that verifies, and what it has found. */
static void
view_verified(RnDesk *d, RnView *v, const RnLetterAsk *ask, const RnLetterWords *words)
{
	char *mark = NULL;

	if (ask->box == NULL || !rn_store_mark(d->tx, ask->box->id, &mark, NULL))
		mark = NULL;
	take(v, "iscrizione",
	    mark == NULL && ask->box != NULL ? last_digits(ask->box->register_number) : NULL);
	take(v, "segno", mark);
	take(v, "verifica", rn_token_verify_address(&d->e->settings->site));
	rn_view_text(v, "verificaoggetto", ask->about != NULL ? ask->about->subject : "");
	take(v, "verificadata",
	    ask->about != NULL ? rn_letter_words_time(words, ask->about->created, d->e->settings->tz) : NULL);
	rn_view_bool(v, "verificaallegata", ask->attached);
	rn_view_bool(v, "verificacambiata", ask->changed);
	rn_view_text(v, "verificaa", ask->about != NULL ? ask->about->rcpt : "");
}

RnView *
rn_desk_view(RnDesk *d, const RnLetterAsk *ask, const char *token)
{
	const RnSite *site = &d->e->settings->site;
	RnHouseLook look = rn_settings_look(d->e->settings, ask->convention);
	const char *type;
	g_autoptr(GBytes) logo = rn_desk_logo(&look, &type);
	RnView *v = rn_view_new();
	g_autofree char *address = rn_token_address(site, token);
	const char *language =
	    rn_letters_language(d->e->letters, ask->kind, ask->box != NULL ? ask->box->language : NULL);
	Filling f = { d, ask, rn_letters_words(d->e->letters, language) };

	view_box(&f, v);
	view_order(&f, v);
	view_declarations(v, ask->convention);
	view_contracts(v, rn_desk_encloses(ask) ? ask->convention : NULL);
	rn_listing_view(d, v, ask, language);
	rn_view_text(v, "ordine", look.name);
	rn_view_text(v, "contatto", look.contact);
	rn_view_text(v, "telefono", look.phone);
	rn_view_text(v, "colore", look.colour);
	rn_view_text(v, "colorescuro", look.colour_dark);
	rn_view_text(v, "logo", logo != NULL ? "cid:" RN_LOGO_ID : "");
	rn_view_text(v, "piepagina", look.footer);
	rn_view_text(v, "rispondia", address);
	view_links(&f, v, token, address);
	take(v, "codice", token != NULL ? rn_token_fence(token) : NULL);
	take(v, "lette", words_read(ask->box, ask->read));
	rn_view_bool(v, "unpasso", ask->convention != NULL && ask->convention->steps == 0);
	rn_view_bool(v, "piuparole",
	    ask->convention != NULL && ask->convention->declarations != NULL &&
	        g_strv_length(ask->convention->declarations) > 1);
	rn_view_bool(v, "superato", ask->outdated);
	rn_view_bool(v, "offerta", ask->purpose == RN_PURPOSE_ACCEPT);
	take(v, "ricevutail", rn_letter_words_time(f.words, ask->read_at, d->e->settings->tz));
	rn_view_text(v, "altromittente", ask->other != NULL ? ask->other : "");
	rn_view_text(v, "motivo", ask->reason != NULL ? ask->reason : "");
	view_verified(d, v, ask, f.words);
	rn_view_text(v, "oggetto", ask->subject != NULL ? ask->subject : "");
	rn_view_text(v, "testo", ask->text != NULL ? ask->text : "");
	return v;
}
