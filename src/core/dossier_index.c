/* dossier_index.c: the dossier for people: a lawyer, the secretary of the Order. Italian first, then English.
 */
#include <string.h>

#include "base/text.h"
#include "core/dossier.h"
#include "core/dossier_words.h"
#include "core/page.h"

#define SHORT 16	/* characters of a digest in a table */

typedef struct {
	const RnDossier	*d;
	RnPage		*p;
	int		 lang;		/* 0 Italian, 1 English */
} Index;

#define SAY(i, italian, english) ((i)->lang == 0 ? (italian) : (english))

/* Caller frees; NULL for 0. */
static char *
moment(const Index *i, gint64 t)
{
	GTimeZone *tz = i->d->e->settings->tz;
	g_autoptr(GDateTime) utc = t != 0 ? g_date_time_new_from_unix_utc(t) : NULL;
	g_autoptr(GDateTime) local = utc != NULL && i->lang == 0 ? g_date_time_to_timezone(utc, tz) : NULL;

	if (local != NULL)
		return g_date_time_format(local, "%d/%m/%Y %H:%M:%S (%z)");
	return t != 0 ? rn_time_text(t, tz) : NULL;
}

static void
fact_time(Index *i, const char *name, gint64 t)
{
	g_autofree char *text = moment(i, t);

	rn_page_fact(i->p, name, text, NULL);
}

static void
fact_day(Index *i, const char *name, RnDay day)
{
	g_autofree char *text = NULL;
	int y, m, d;

	if (day == RN_DAY_NONE)
		return;
	rn_day_to_ymd(day, &y, &m, &d);
	text = i->lang == 0 ? g_strdup_printf("%02d/%02d/%04d", d, m, y) : rn_day_iso(day);
	rn_page_fact(i->p, name, text, NULL);
}

static void
in_short(Index *i)
{
	const RnOrder *o = i->d->order;
	const RnBox *b = i->d->box;
	g_autofree char *price = rn_text_money(o->price);
	g_autofree char *cost =
	    g_strdup_printf(SAY(i, "%s euro + IVA %d%%", "%s euro + %d%% VAT"), price, o->vat);
	g_autofree char *term = g_strdup_printf(SAY(i, "%d mesi", "%d months"), o->term);

	rn_page_heading(i->p, SAY(i, "In breve", "In short"));
	rn_page_facts(i->p);
	rn_page_fact(i->p, SAY(i, "Ordine", "Order"), o->number, NULL);
	rn_page_fact(i->p, SAY(i, "Stato", "State"),
	    rn_dossier_word(RN_WORDS_ORDER, rn_word(RN_WORDS_ORDER, (int)o->state), i->lang), NULL);
	rn_page_fact(i->p, SAY(i, "Casella", "Box"), b->name, NULL);
	rn_page_fact(i->p, SAY(i, "Intestatario", "Holder"), b->holder, NULL);
	rn_page_fact(i->p, SAY(i, "Indirizzo di riferimento", "Reference address"), b->reference, NULL);
	rn_page_fact(i->p, SAY(i, "Altro indirizzo", "Second address"), b->reference2, NULL);
	rn_page_fact(i->p, SAY(i, "Convenzione", "Convention"),
	    i->d->convention != NULL ? i->d->convention->name : o->convention, NULL);
	rn_page_fact(i->p, SAY(i, "Paga", "Paid by"), o->payer, NULL);
	rn_page_fact(i->p, SAY(i, "Importo a carico dell'ente", "Amount that the payer owes"), cost, NULL);
	rn_page_fact(i->p, SAY(i, "Durata", "Term"), term, NULL);
	fact_day(i, SAY(i, "Scadenza precedente", "Old expiry date"), o->old_expiry);
	fact_day(i, SAY(i, "Nuova scadenza", "New expiry date"), o->new_expiry);
	fact_time(i, SAY(i, "Richiesta del titolare", "Requested by the holder"), o->requested);
	fact_time(i, SAY(i, "Riepilogo e contratti", "Summary and contracts"), o->offered);
	fact_time(i, SAY(i, "Accettazione", "Acceptance"), o->accepted);
	rn_page_fact(i->p, SAY(i, "Parole lette", "Words that were read"), o->words, NULL);
	rn_page_fact(i->p, SAY(i, "Prova del mittente", "Proof of the sender"),
	    rn_dossier_word(RN_WORDS_PROOF, rn_word(RN_WORDS_PROOF, (int)o->proof), i->lang), NULL);
	rn_page_fact(i->p, SAY(i, "Numero del gestore", "The provider's number"), o->reference, NULL);
	rn_page_facts_end(i->p);
}

/* --- what happened, in the order of time --- */

typedef struct {
	gint64		 at;
	gint64		 seq;		/* of the first row of the ledger about it: what came first within a second */
	guint		 n;
	char		*what;
	const char	*file;		/* borrowed */
} Event;

static void
clear_event(gpointer p)
{
	g_free(((Event *)p)->what);
}

/* The first row about letter LETTER or mail MAIL (the other is 0); at the end if there is none. */
static gint64
first_row(const RnDossier *d, gint64 mail, gint64 letter)
{
	for (guint i = 0; i < d->chains->len; i++) {
		const RnDossierChain *c = g_ptr_array_index(d->chains, i);

		for (guint k = 0; k < c->rows->len; k++) {
			const RnLedgerEntry *e = g_ptr_array_index(c->rows, k);

			if ((mail != 0 && e->inbox_id == mail) || (letter != 0 && e->letter_id == letter))
				return e->seq;
		}
	}
	return G_MAXINT64;
}

static void
add_event(GArray *list, gint64 at, gint64 seq, const char *file, char *what)
{
	Event e = { at, seq, list->len, what, file };

	g_array_append_val(list, e);
}

static int
by_time(gconstpointer a, gconstpointer b)
{
	const Event *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->n < y->n ? -1 : 1;
}

static void
add_letters(Index *i, GArray *list)
{
	for (guint k = 0; k < i->d->letters->len; k++) {
		const RnDossierLetter *l = g_ptr_array_index(i->d->letters, k);
		const RnLetter *w = l->letter;

		add_event(list, w->sent != 0 ? w->sent : w->created, first_row(i->d, 0, w->id), l->path,
		    g_strdup_printf(SAY(i, "Lettera a %s: %s (%s)", "Letter to %s: %s (%s)"), w->rcpt,
		        rn_dossier_word(RN_WORDS_LETTER, rn_word(RN_WORDS_LETTER, (int)w->kind), i->lang),
		        rn_dossier_word(RN_WORDS_SEND, rn_word(RN_WORDS_SEND, (int)w->state), i->lang)));
	}
}

static void
add_mails(Index *i, GArray *list)
{
	for (guint k = 0; k < i->d->mails->len; k++) {
		const RnDossierMail *m = g_ptr_array_index(i->d->mails, k);
		const RnInbox *in = m->in;

		if (m->registered != NULL)
			add_event(list, m->registered->at != 0 ? m->registered->at : in->taken,
			    first_row(i->d, in->id, 0), m->path,
			    g_strdup_printf(SAY(i, "PEC: %s per la lettera L%" G_GINT64_FORMAT ", da %s",
			                        "PEC: %s for letter L%" G_GINT64_FORMAT ", from %s"),
			        rn_dossier_receipt_word(m->registered->kind, i->lang),
			        m->registered->letter_id,
			        m->registered->provider != NULL ? m->registered->provider : "?"));
		else
			add_event(list, in->taken, first_row(i->d, in->id, 0), m->path,
			    g_strdup_printf(SAY(i, "Risposta da %s: %s%s%s; %s", "Reply from %s: %s%s%s; %s"),
			        in->from != NULL ? in->from : "?",
			        g_strcmp0(in->class_, "human") == 0 ?
			            rn_dossier_word(RN_WORDS_INTENT, in->intent, i->lang) :
			            in->class_ != NULL ?
			            rn_dossier_word(RN_WORDS_CLASS, in->class_, i->lang) :
			            "?",
			        in->matched != NULL ? ": " : "", in->matched != NULL ? in->matched : "",
			        in->action != NULL ? rn_dossier_word(RN_WORDS_ACTION, in->action, i->lang) :
			                             "-"));
	}
}

static void
add_call(Index *i, GArray *list)
{
	const RnCall *c = i->d->call;

	if (c != NULL && c->done != 0)
		add_event(list, c->done, G_MAXINT64, NULL,
		    g_strdup_printf(
		        SAY(i, "Richiesta di rinnovo al gestore: %s", "The provider was asked to renew: %s"),
		        c->state == RN_SEND_SENT ?
		            SAY(i, "eseguita", "carried out") :
		            rn_dossier_word(RN_WORDS_SEND, rn_word(RN_WORDS_SEND, (int)c->state), i->lang)));
}

static void
timeline(Index *i)
{
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Event));
	const char *names[] = { SAY(i, "Quando", "When"), SAY(i, "Che cosa", "What"), "File" };

	g_array_set_clear_func(list, clear_event);
	add_mails(i, list);
	add_letters(i, list);
	add_call(i, list);
	g_array_sort(list, by_time);
	rn_page_heading(i->p, SAY(i, "Che cosa è accaduto", "What happened"));
	rn_page_words(i->p,
	    SAY(i,
	        "In ordine di tempo. Per le risposte vale il momento in cui il nostro server di posta le ha ricevute; per "
	        "le ricevute PEC quello certificato dal gestore.",
	        "In the order of time. Of replies, the moment at which our mail server took them; of PEC receipts, the one "
	        "that the provider certifies."));
	rn_page_table(i->p, G_N_ELEMENTS(names), names);
	for (guint k = 0; k < list->len; k++) {
		const Event *e = &g_array_index(list, Event, k);
		g_autofree char *at = moment(i, e->at);
		const char *cells[] = { at, e->what, e->file };

		rn_page_row(i->p, cells, e->file, -1);
	}
	rn_page_table_end(i->p);
}

/* --- the replies, one by one --- */

static void
reply(Index *i, const RnDossierMail *m)
{
	const RnInbox *in = m->in;
	g_autofree char *title =
	    g_strdup_printf(SAY(i, "Messaggio R%" G_GINT64_FORMAT, "Mail R%" G_GINT64_FORMAT), in->id);

	rn_page_smaller(i->p, title);
	rn_page_facts(i->p);
	fact_time(i, SAY(i, "Ricevuto", "Taken"), in->taken);
	rn_page_fact(i->p, SAY(i, "Mittente (From)", "Sender (From)"), in->from, NULL);
	rn_page_fact(i->p, SAY(i, "Mittente della busta", "Envelope sender"), in->sender, NULL);
	rn_page_fact(
	    i->p, SAY(i, "Natura", "Nature"), rn_dossier_word(RN_WORDS_CLASS, in->class_, i->lang), NULL);
	rn_page_fact(i->p, SAY(i, "Sessione SMTP", "SMTP session"),
	    rn_dossier_word(RN_WORDS_SESSION, in->session, i->lang), NULL);
	rn_page_fact(i->p, SAY(i, "Indirizzo di rete", "Client address"), in->client, NULL);
	rn_page_fact(i->p, "HELO", in->helo, NULL);
	rn_page_fact(i->p, "TLS", in->tls, NULL);
	rn_page_fact(i->p, "Login", in->login, NULL);
	rn_page_fact(i->p, SAY(i, "Numero di coda", "Queue id"), in->queue_id, NULL);
	rn_page_fact(i->p, SAY(i, "Prova del mittente", "Proof of the sender"),
	    rn_dossier_word(RN_WORDS_PROOF, in->proof, i->lang), NULL);
	rn_page_fact(i->p, SAY(i, "Motivo (testuale)", "Because (verbatim)"), in->proof_why, NULL);
	rn_page_fact(i->p, SAY(i, "Testo scritto", "Text that was typed"), in->typed_text, NULL);
	rn_page_fact(i->p, SAY(i, "Inteso come", "Understood as"),
	    rn_dossier_word(RN_WORDS_INTENT, in->intent, i->lang), NULL);
	rn_page_fact(i->p, SAY(i, "Regola applicata", "Rule that decided"), in->rule, NULL);
	rn_page_fact(i->p, SAY(i, "Seguito", "What followed"),
	    rn_dossier_word(RN_WORDS_ACTION, in->action, i->lang), NULL);
	rn_page_fact(i->p, "File",
	    m->path != NULL ? m->path : SAY(i, "non più conservato", "not kept any more"), m->path);
	rn_page_fact(i->p, "SHA-256", m->sha256, NULL);
	rn_page_facts_end(i->p);
}

static void
replies(Index *i)
{
	rn_page_heading(i->p, SAY(i, "Le risposte, una per una", "The replies, one by one"));
	rn_page_words(i->p,
	    SAY(i,
	        "Una risposta per posta ordinaria non è una firma: chi l'ha scritta è provato nella misura indicata, e i "
	        "risultati su cui si fonda (Authentication-Results, DKIM, sessione) sono nelle intestazioni del file e in "
	        "order.json.",
	        "A reply by ordinary mail is no signature: who wrote it is proven as far as is said here, and the results on "
	        "which that rests (Authentication-Results, DKIM, session) stand in the header of the file and in order.json."));
	for (guint k = 0; k < i->d->mails->len; k++) {
		const RnDossierMail *m = g_ptr_array_index(i->d->mails, k);

		if (m->registered == NULL)
			reply(i, m);
	}
}

static void
receipts(Index *i)
{
	const char *names[] = { SAY(i, "Data certificata", "Certified time"), SAY(i, "Ricevuta", "Receipt"),
		SAY(i, "Gestore e identificativo", "Provider and number"), SAY(i, "Firma", "Signature"),
		"File" };
	gboolean any = FALSE;

	for (guint k = 0; k < i->d->mails->len; k++) {
		const RnDossierMail *m = g_ptr_array_index(i->d->mails, k);
		const RnRegisteredRow *r = m->registered;
		g_autofree char *at = r != NULL ? moment(i, r->at) : NULL;
		g_autofree char *who = r != NULL ?
		    g_strdup_printf("%s %s", r->provider != NULL ? r->provider : "?",
		        r->identificativo != NULL ? r->identificativo : "") :
		    NULL;

		g_autofree char *what = r != NULL ?
		    g_strdup_printf(SAY(i, "%s, lettera L%" G_GINT64_FORMAT "%s%s",
		                        "%s, letter L%" G_GINT64_FORMAT "%s%s"),
		        rn_dossier_receipt_word(r->kind, i->lang), r->letter_id,
		        r->consegna == NULL ? "" : SAY(i, ", a ", ", to "),
		        r->consegna != NULL ? r->consegna : "") :
		    NULL;

		if (r == NULL)
			continue;
		if (!any) {
			rn_page_heading(i->p, SAY(i, "Ricevute PEC", "PEC receipts"));
			rn_page_words(i->p,
			    SAY(i, "Fa prova il file originale (.eml), non la stampa.",
			        "The original file (.eml) is the proof, no print of it."));
			rn_page_table(i->p, G_N_ELEMENTS(names), names);
		}
		any = TRUE;
		{
			const char *cells[] = { at, what, who,
				r->fault != NULL                       ? r->fault :
				    strcmp(r->signature, "valid") == 0 ? SAY(i, "valida", "valid") :
				                                         r->signature,
				m->path };

			rn_page_row(i->p, cells, m->path, -1);
		}
	}
	if (any)
		rn_page_table_end(i->p);
}

static void
contracts(Index *i)
{
	const char *names[] = { SAY(i, "Contratto", "Contract"), SAY(i, "Allegato a", "Enclosed in"),
		"SHA-256", "File" };

	rn_page_heading(i->p, SAY(i, "Contratti", "Contracts"));
	rn_page_words(i->p,
	    SAY(i, "Come erano allegati alle lettere; lo SHA-256 è quello scritto nella lettera stessa.",
	        "As they were enclosed in the letters; the SHA-256 is the one that the letter itself names."));
	if (i->d->contracts->len == 0) {
		rn_page_words(i->p, SAY(i, "Nessun contratto era allegato.", "No contract was enclosed."));
		return;
	}
	rn_page_table(i->p, G_N_ELEMENTS(names), names);
	for (guint k = 0; k < i->d->contracts->len; k++) {
		const RnDossierContract *c = g_ptr_array_index(i->d->contracts, k);
		const char *cells[] = { c->name, c->letters, c->sha256, c->path };

		rn_page_row(i->p, cells, c->path, 2);
	}
	rn_page_table_end(i->p);
}

/* --- the ledger --- */

static void
chain(Index *i, const RnDossierChain *c)
{
	const char *names[] = { SAY(i, "Riga", "Row"), SAY(i, "Quando", "When"), SAY(i, "Chi", "Who"),
		SAY(i, "Che cosa (testuale)", "What (verbatim)"),
		SAY(i, "Perché (testuale)", "Why (verbatim)"),
		SAY(i, "Impronta (inizio)", "Digest (start)") };

	rn_page_smaller(i->p, c->convention);
	rn_page_table(i->p, G_N_ELEMENTS(names), names);
	for (guint k = 0; k < c->rows->len; k++) {
		const RnLedgerEntry *e = g_ptr_array_index(c->rows, k);
		g_autofree char *seq = g_strdup_printf("%" G_GINT64_FORMAT, e->seq);
		g_autofree char *at = moment(i, e->at);
		g_autofree char *digest = g_strndup(e->digest, SHORT);
		const char *cells[] = { seq, at, e->who, e->what, e->why, digest };

		if (rn_dossier_owns(i->d, e))
			rn_page_row(i->p, cells, NULL, 5);
	}
	rn_page_table_end(i->p);
}

static void
ledger(Index *i)
{
	rn_page_heading(i->p, SAY(i, "Registro", "Ledger"));
	rn_page_words(i->p,
	    SAY(i,
	        "Ogni riga del registro contiene l'impronta (SHA-256) della riga precedente: una riga cambiata, tolta o "
	        "aggiunta si vede. Qui sono elencate le righe che riguardano l'ordine; le impronte di quelle che stanno in "
	        "mezzo sono in ledger.json.",
	        "Each row of the ledger holds the digest (SHA-256) of the row before: one that was changed, taken out or put "
	        "in is seen. Here are the rows that are about the order; the digests of those between them stand in "
	        "ledger.json."));
	for (guint k = 0; k < i->d->chains->len; k++)
		chain(i, g_ptr_array_index(i->d->chains, k));
}

static void
stamps(Index *i)
{
	const char *names[] = { SAY(i, "Registro del", "Ledger of"), SAY(i, "Marca temporale", "Time-stamp"),
		SAY(i, "Autorità", "Authority"), "File" };

	rn_page_heading(i->p, SAY(i, "Marche temporali", "Time-stamps"));
	if (i->d->stamps->len == 0) {
		rn_page_words(i->p,
		    SAY(i, "Nessuna marca temporale copre queste righe.",
		        "No time-stamp covers these rows."));
		return;
	}
	rn_page_words(i->p,
	    SAY(i,
	        "Un'autorità esterna (RFC 3161) ha marcato le ultime righe del registro: quelle righe, e tutte le precedenti, "
	        "esistevano in quel momento.",
	        "An authority (RFC 3161) has stamped the last rows of the ledger: those rows, and all before them, were there at "
	        "that time."));
	rn_page_table(i->p, G_N_ELEMENTS(names), names);
	for (guint k = 0; k < i->d->stamps->len; k++) {
		const RnDayHead *h = g_ptr_array_index(i->d->stamps, k);
		g_autofree char *day = rn_day_iso(h->day);
		g_autofree char *at = moment(i, h->stamped);
		g_autofree char *file = g_strdup_printf("stamps/%s.tsr", day);
		const char *cells[] = { day, at, h->authority, file };

		rn_page_row(i->p, cells, file, -1);
	}
	rn_page_table_end(i->p);
}

static void
how_to(Index *i)
{
	rn_page_heading(i->p, SAY(i, "Come verificare", "How to verify"));
	rn_page_words(i->p,
	    SAY(i,
	        "Senza rete, senza il sistema che ha scritto questo fascicolo e senza fidarsi di questa pagina:",
	        "Without a network, without the system that wrote this, and without believing this page:"));
	rn_page_code(i->p,
	    SAY(i, "rinnova evidence verify CARTELLA_O_FILE --anchors CERTIFICATI",
	        "rinnova evidence verify FOLDER_OR_FILE --anchors CERTIFICATES"));
	rn_page_words(i->p,
	    SAY(i,
	        "Con strumenti comuni: lo SHA-256 di ogni file è in manifest.json (sha256sum FILE); la firma, se c'è, e le "
	        "marche temporali si verificano con OpenSSL:",
	        "With common tools: the SHA-256 of every file stands in manifest.json (sha256sum FILE); the signature, if there "
	        "is one, and the time-stamps are verified by OpenSSL:"));
	rn_page_code(i->p,
	    "openssl cms -verify -binary -inform DER -in manifest.json.p7s -content manifest.json -purpose any -CAfile CA.pem -out /dev/null");
	rn_page_code(
	    i->p, "openssl ts -verify -data stamps/AAAA-MM-GG.txt -in stamps/AAAA-MM-GG.tsr -CAfile TSA.pem");
	rn_page_words(i->p,
	    SAY(i,
	        "Le marche temporali provano che le righe, e le lettere e i messaggi di cui portano lo SHA-256, stavano allora nel "
	        "registro; del resto, e che ci sia tutto, risponde solo la firma.",
	        "The time-stamps prove that the rows, and the letters and mails whose SHA-256 they hold, stood in the ledger then; "
	        "for the rest, and that it is everything, only the signature stands."));
	rn_page_words(i->p,
	    SAY(i,
	        "Le lettere contengono codici personali del titolare: il fascicolo va custodito come la corrispondenza.",
	        "The letters hold personal codes of the holder: keep this as correspondence is kept."));
}

static void
one_language(Index *i)
{
	rn_page_words(i->p,
	    SAY(i,
	        "Questo fascicolo raccoglie tutto ciò che è conservato su un ordine di rinnovo di una casella di posta elettronica "
	        "certificata, fatto per posta elettronica: le lettere inviate e le risposte ricevute, byte per byte, le ricevute, "
	        "che cosa è stato letto e deciso e per quale regola, e le righe del registro. (English below.)",
	        "This is everything that is kept about an order to renew a certified mailbox, made by mail: the letters that were "
	        "sent and the replies that came, byte for byte, the receipts, what was read and decided and by which rule, and the "
	        "rows of the ledger."));
	in_short(i);
	timeline(i);
	replies(i);
	receipts(i);
	contracts(i);
	ledger(i);
	stamps(i);
	how_to(i);
}

void
rn_dossier_index(const RnDossier *d, char **html, char **text)
{
	g_autofree char *italian = g_strdup_printf("Fascicolo dell'ordine di rinnovo %s", d->order->number);
	g_autofree char *english = g_strdup_printf("File on the renewal order %s", d->order->number);
	Index i = { .d = d, .p = rn_page_new(italian, "it") };

	one_language(&i);
	i.lang = 1;
	rn_page_language(i.p, "en", english);
	one_language(&i);
	rn_page_end(i.p, html, text);
}
