/* The letters themselves: every one loads, renders, says what it must say, and holds nothing that a mail
 * client or our own reader could take for something else. */
#include <string.h>

#include <glib/gstdio.h>

#include "base/text.h"
#include "mail/letter.h"
#include "mail/letters_guard.h"
#include "mail/typed.h"

/* The languages that are shipped, and the first line of their letters. */
static const struct {
	const char	*name, *sentinel;
} languages[] = {
	{ "it", "--- Scriva la sua risposta sopra questa riga ---\n" },
	{ "de", "--- Bitte schreiben Sie Ihre Antwort über diese Zeile ---\n" },
	{ "en", "--- Please write your reply above this line ---\n" },
};

static char *
templates(void)
{
	const char *root = g_getenv("RINNOVA_ROOT");

	return g_build_filename(root != NULL ? root : ".", "templates", NULL);
}

static RnLetters *
load(void)
{
	g_autofree char *dir = templates();
	g_autoptr(GError) why = NULL;
	RnLetters *l = rn_letters_load(dir, FALSE, &why);

	g_assert_no_error(why);
	return l;
}

/* The sample with its switches all ON or off; BARE leaves out what is not always there. */
static RnView *
sample(gboolean on, gboolean bare)
{
	static const char *const switches[] = { "registroimprese", "documentomancante", "documentoatteso",
		"indirizzata", "unpasso", "offerta", "superato", "piuparole" };
	static const char *const optional[] = { "login", "idordine", "dataordine", "nuovascadenza", "lette",
		"ricevutail", "altromittente", "motivo", "codice", "telefono", "guida", "convenzione",
		"finerecupero" };
	RnView *v = rn_letters_sample();

	for (gsize i = 0; i < G_N_ELEMENTS(switches); i++)
		rn_view_bool(v, switches[i], on);
	for (gsize i = 0; bare && i < G_N_ELEMENTS(optional); i++)
		rn_view_text(v, optional[i], "");
	return v;
}

static char *
body_of(const RnLetters *l, RnLetterKind kind, const RnView *v)
{
	g_autoptr(GError) why = NULL;
	g_auto(RnWritten) w = { 0 };

	g_assert_true(rn_letters_render(l, kind, "it", v, &w, &why));
	g_assert_no_error(why);
	return g_steal_pointer(&w.text);
}

/* Words that a member answers with: no line of ours starts with one, whatever stands before it. */
static void
no_command(const char *kind, const char *line)
{
	static const char *const words[] = { "RINNOVA", "RINNOVO", "ACCETTO", "NON RINNOVO", "ANNULLA", "SI",
		"SÌ", "NO", "ELENCO", "STATO", "AIUTO", "AUTORIZZO", "CONFERMO", "APPROVO", "DICHIARO",
		"OK" };
	g_autofree char *up = g_utf8_strup(line + strspn(line, " \t-*>_."), -1);

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		gsize len = strlen(words[i]);

		if (g_str_has_prefix(up, words[i]) &&
		    (up[len] == '\0' || strchr(" .,;:!?'\t", up[len]) != NULL)) {
			g_test_message("%s: line \"%s\" starts with %s", kind, line, words[i]);
			g_assert_not_reached();
		}
	}
}

/* A long value (address, link, digest) may make a line long, but only where it stands by itself. */
static void
line_ok(const char *kind, const char *line)
{
	no_command(kind, line);
	if (g_utf8_strlen(line, -1) > 72 && strchr(line + strspn(line, " -"), ' ') != NULL) {
		g_test_message("%s: line of %ld: %s", kind, g_utf8_strlen(line, -1), line);
		g_assert_not_reached();
	}
	if (g_str_has_suffix(line, " ") || strchr(line, '\t') != NULL)
		g_test_message("%s: stray white space: %s", kind, line);
	g_assert_false(g_str_has_suffix(line, " "));
}

static void
body_ok(RnLetterKind kind, const char *sentinel, const char *body, gboolean bare)
{
	const char *name = rn_word(RN_WORDS_LETTER, kind);
	g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
	gboolean web = kind == RN_LETTER_CONFIRMATION && !bare;

	g_test_message("%s", name);
	g_assert_true(g_str_has_prefix(body, sentinel));
	g_assert_true(g_str_has_suffix(body, "\n"));
	g_assert_false(g_str_has_suffix(body, "\n\n"));
	g_assert_null(strstr(body, "\n\n\n"));
	g_assert_null(strstr(body, "{{"));
	g_assert_null(strstr(body, "[testo]"));
	g_assert_cmpint(strstr(body, "http") != NULL, ==, web);
	if (!bare)
		g_assert_true(
		    g_str_has_suffix(body, "[codice: 01234-56789-abcde-fghjk-mnpqr-stvwx-yz012-34567]\n"));
	for (guint i = 0; lines[i] != NULL; i++)
		line_ok(name, lines[i]);
}

/* How often NEEDLE stands in TEXT. */
static guint
count(const char *text, const char *needle)
{
	guint n = 0;

	for (const char *p = strstr(text, needle); p != NULL; p = strstr(p + 1, needle))
		n++;
	return n;
}

/* Every link is a mailto: of under 200 characters, with subject and body alone, or the confirmation's guide.
 */
static void
links_ok(const char *html, gboolean web)
{
	for (const char *p = strstr(html, "href=\""); p != NULL; p = strstr(p + 1, "href=\"")) {
		g_autofree char *raw = g_strndup(p + 6, strcspn(p + 6, "\""));
		g_autoptr(GString) url = g_string_new(raw);

		g_string_replace(url, "&amp;", "&", 0);
		if (web && g_str_has_prefix(url->str, "https://guida.ordine.example/"))
			continue;
		g_assert_true(g_str_has_prefix(url->str, "mailto:rinnovo+"));
		g_assert_cmpuint(url->len, <, 200);
		g_assert_cmpuint(
		    count(url->str, "="), ==, count(url->str, "subject=") + count(url->str, "body="));
		g_assert_cmpuint(strlen(url->str), ==, strcspn(url->str, " \n<>"));
	}
}

/* The page as mail programs need it, and its words as they make text of it. */
static void
html_ok(RnLetterKind kind, const char *language, const char *html)
{
	g_autofree char *lang = g_strdup_printf("<html lang=\"%s\">", language);
	g_autofree char *text = rn_html_text(html, strlen(html));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	g_test_message("%s/%s as HTML", language, rn_word(RN_WORDS_LETTER, kind));
	g_assert_nonnull(strstr(html, lang));
	g_assert_nonnull(strstr(html, "<meta name=\"color-scheme\" content=\"light dark\">"));
	g_assert_nonnull(strstr(html, "prefers-color-scheme: dark"));
	g_assert_null(strstr(html, "{{"));
	g_assert_null(strstr(html, "[testo]"));
	g_assert_null(strstr(html, "<script"));
	g_assert_cmpuint(count(html, "<p"), ==, count(html, "</p>"));
	g_assert_cmpuint(count(html, "<td"), ==, count(html, "</td>"));
	g_assert_cmpuint(count(html, "<th scope=\"row\""), ==, count(html, "<td"));
	g_assert_cmpuint(count(html, "<table"), ==, count(html, "</table>"));
	g_assert_cmpuint(count(html, "<li"), ==, count(html, "</li>"));
	links_ok(html, kind == RN_LETTER_CONFIRMATION);
	for (guint i = 0; lines[i] != NULL; i++)
		no_command("html", lines[i]);
}

static void
test_every_letter(void)
{
	g_autoptr(RnLetters) l = load();

	for (gsize n = 0; n < G_N_ELEMENTS(languages); n++)
		for (int i = 0; i < RN_LETTER_N * 4; i++) {
			int kind = i / 4, how = i % 4;
			g_autoptr(RnView) v = sample(how & 1, how & 2);
			g_autoptr(GError) why = NULL;
			g_auto(RnWritten) w = { 0 };

			g_assert_cmpstr(
			    rn_letters_language(l, kind, languages[n].name), ==, languages[n].name);
			g_assert_true(rn_letters_render(l, kind, languages[n].name, v, &w, &why));
			body_ok(kind, languages[n].sentinel, w.text, how & 2);
			g_assert_true(g_str_has_suffix(w.subject, " [PEC-7K3M-9QTX]"));
			g_assert_null(strstr(w.subject, "0123456789"));
			g_assert_true((w.html == NULL) == (kind == RN_LETTER_ADMIN));
			if (w.html != NULL)
				html_ok(kind, languages[n].name, w.html);
		}
}

/* First in words how to answer, then the button, then the further answers. */
static void
test_button(void)
{
	static const char *const order[] = { "Risponda a questa mail.", "<strong>«RINNOVA»</strong>",
		"&amp;body=RINNOVA\" class=\"button\"", ">«Sì, rinnovo la casella»</a>",
		"&amp;body=NON%20RINNOVO\"", "subject=Domanda%20PEC-7K3M-9QTX\"" };
	g_autoptr(RnLetters) l = load();
	g_autoptr(RnView) v = sample(FALSE, FALSE);
	g_auto(RnWritten) w = { 0 };
	const char *at;

	g_assert_true(rn_letters_render(l, RN_LETTER_NOTICE, "it", v, &w, NULL));
	at = w.html;
	for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
		g_test_message("%s", order[i]);
		at = strstr(at, order[i]);
		g_assert_nonnull(at);
	}
	g_assert_cmpuint(count(w.html, "class=\"button\""), ==, 1);
	g_assert_nonnull(strstr(w.html, "min-height:48px"));
}

/* Days with their weekday in the words of each language. */
static void
test_days(void)
{
	static const struct {
		const char	*language, *day, *time, *left, *term;
	} rows[] = {
		{ "it", "lunedì 30 novembre 2026", "martedì 3 novembre 2026 alle ore 10:14",
		    "fra 30 giorni", "2 anni" },
		{ "de", "Montag, 30. November 2026", "Dienstag, 3. November 2026 um 10:14 Uhr",
		    "in 30 Tagen", "2 Jahre" },
		{ "en", "Monday 30 November 2026", "Tuesday 3 November 2026 at 10:14", "in 30 days", "2 years" },
	};
	g_autoptr(RnLetters) l = load();
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const RnLetterWords *w = rn_letters_words(l, rows[i].language);
		g_autofree char *day = rn_letter_words_day(w, rn_day_from_ymd(2026, 11, 30));
		g_autofree char *time = rn_letter_words_time(w, 1793700840, utc);
		g_autofree char *left = rn_letter_words_left(w, 30);
		g_autofree char *term = rn_letter_words_term(w, 24);

		g_assert_cmpstr(day, ==, rows[i].day);
		g_assert_cmpstr(time, ==, rows[i].time);
		g_assert_cmpstr(left, ==, rows[i].left);
		g_assert_cmpstr(term, ==, rows[i].term);
		for (int d = 0; d < 800; d++) {	/* each day its own weekday, by GLib's calendar */
			RnDay at = rn_day_from_ymd(2026, 1, 1) + d;
			g_autofree char *text = rn_letter_words_day(w, at);
			int y, m, n;
			g_autoptr(GDateTime) g = NULL;

			rn_day_to_ymd(at, &y, &m, &n);
			g = g_date_time_new_utc(y, m, n, 12, 0, 0);
			g_assert_true(
			    g_str_has_prefix(text, w->weekdays[g_date_time_get_day_of_week(g) - 1]));
		}
	}
}

/* Every statement of the two letters of the old procedure and of the text around them, and the phrase that
 * says it here. White space counts as one space. */
#define READ \
	"Nella sua mail abbiamo letto: «RINNOVA» Giunta al nostro servizio: martedì 3 novembre 2026 alle ore 10:14"
static const struct {
	const char	*id;
	RnLetterKind	 kind;
	const char	*phrase;
} statements[] = {
	{ "notice: greeting", RN_LETTER_NOTICE, "Gentile Maria Rossi," },
	{ "notice: the box by name", RN_LETTER_NOTICE, "casella di Posta Elettronica Certificata (PEC) maria.rossi@pec.esempio.example" },
	{ "notice: expires on", RN_LETTER_NOTICE, "scadrà in data: lunedì 30 novembre 2026" },
	{ "notice: answering is enough", RN_LETTER_NOTICE, "1. Risponda a questa mail. Scriva una sola parola: «RINNOVA»." },
	{ "notice: renewal link", RN_LETTER_NOTICE, "2. Oppure tocchi questo collegamento per il rinnovo." },
	{ "notice: the link itself", RN_LETTER_NOTICE, "<mailto:rinnovo+0123456789abcdefghjkmnpqrstvwxyz01234567@" },
	{ "notice: then the procedure goes on", RN_LETTER_NOTICE, "Riceverà poi una nostra lettera con il riepilogo dell'ordine e i contratti." },
	{ "notice: important", RN_LETTER_NOTICE, "IMPORTANTE Se l'ordine di rinnovo non ci sarà pervenuto entro la data di scadenza" },
	{ "notice: deactivated the day after", RN_LETTER_NOTICE, "il giorno successivo il servizio verrà disattivato" },
	{ "notice: stops working", RN_LETTER_NOTICE, "la casella cesserà di funzionare" },
	{ "notice: business register", RN_LETTER_NOTICE, "ATTENZIONE Se la casella che ha comunicato al Registro delle Imprese non viene rinnovata" },
	{ "notice: a new box to the register", RN_LETTER_NOTICE, "dovrà comunicare al Registro una nuova casella in sostituzione di quella scaduta" },
	{ "notice: sent to the reference address", RN_LETTER_NOTICE, "mail di riferimento presente nei dati dell'intestatario" },
	{ "notice: no credentials", RN_LETTER_NOTICE, "non servono siti, né password" },
	{ "notice: convention", RN_LETTER_NOTICE, "Convenzione Ordini" },
	{ "notice: who pays", RN_LETTER_NOTICE, "Paga: Ordine dei Medici di Esempio" },
	{ "notice: at the charge of the Order", RN_LETTER_NOTICE, "La casella è a carico dell'Ordine di appartenenza" },
	{ "notice: nothing to pay at the end", RN_LETTER_NOTICE, "Al termine dell'ordine non le sarà chiesto alcun pagamento" },
	{ "notice: payment types do not count", RN_LETTER_NOTICE, "Se altrove vede indicati dei tipi di pagamento, non ne tenga conto" },
	{ "list: name", RN_LETTER_NOTICE, "Nome Casella: maria.rossi@pec.esempio.example" },
	{ "list: expiry", RN_LETTER_NOTICE, "Scadenza Casella: lunedì 30 novembre 2026" },
	{ "list: type", RN_LETTER_NOTICE, "Tipologia: PEC Ordini" },
	{ "list: state", RN_LETTER_NOTICE, "Stato Casella: Attiva" },
	{ "list: document", RN_LETTER_NOTICE, "Documento di identità: già agli atti" },
	{ "list of several boxes: columns", RN_LETTER_FRESH, "Scadenza Casella: lunedì 30 novembre 2026 Tipologia: PEC Ordini. Stato Casella: Attiva Documento: già agli atti" },
	{ "fresh: register", RN_LETTER_FRESH, "dovrà comunicare al Registro una nuova casella" },
	{ "fresh: deactivated the day after", RN_LETTER_FRESH, "il giorno successivo il servizio verrà disattivato" },
	{ "list: columns", RN_LETTER_LIST, "Nome Casella: maria.rossi@pec.esempio.example Scadenza Casella: lunedì 30 novembre 2026 Tipologia: PEC Ordini. Stato Casella: Attiva Documento: già agli atti" },
	{ "list: numbered rows", RN_LETTER_LIST, "Riga 1 Nome Casella:" },
	{ "list: nothing to pay", RN_LETTER_LIST, "non le sarà chiesto alcun pagamento" },
	{ "help: the words", RN_LETTER_HELP, "Con «ELENCO» riceve l'elenco delle sue caselle" },
	{ "authorize: who", RN_LETTER_AUTHORIZE, "un indirizzo che non è fra i suoi: segreteria@studio.example" },
	{ "authorize: the word", RN_LETTER_AUTHORIZE, "Risponda a questa mail e scriva: «AUTORIZZO»." },
	{ "refused: why", RN_LETTER_REFUSED, "Il motivo: «Il gestore segnala che la casella è bloccata.»" },
	{ "refused: how", RN_LETTER_REFUSED, "Risponda a questa mail con il documento allegato" },
	{ "moved: what", RN_LETTER_MOVED, "questo indirizzo era la mail di riferimento della casella" },
	{ "moved: whom to call", RN_LETTER_MOVED, "Avvisi subito una persona" },
	{ "reminder: what is missing", RN_LETTER_REMINDER, "l'ordine non è ancora concluso: manca soltanto la sua accettazione" },
	{ "reminder: until when", RN_LETTER_REMINDER, "La casella scade: lunedì 30 novembre 2026 (fra 30 giorni)" },
	{ "reminder: the word", RN_LETTER_REMINDER, "Risponda a questa mail e scriva: «ACCETTO»" },
	{ "reminder: digest", RN_LETTER_REMINDER, "condizioni.pdf 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	{ "waits: nothing is lost", RN_LETTER_WAITS, "è arrivata e la conserviamo: nulla è andato perduto" },
	{ "waits: who decides", RN_LETTER_WAITS, "una decisione di chi paga, che abbiamo già avvisato: Ordine dei Medici di Esempio" },
	{ "document: how", RN_LETTER_DOCUMENT, "Risponda a questa mail con il documento allegato" },
	{ "document: formats", RN_LETTER_DOCUMENT, "PDF, JPEG, PNG e HEIC" },
	{ "summary: contracts to accept", RN_LETTER_SUMMARY, "I contratti sono allegati a questa mail" },
	{ "summary: digest", RN_LETTER_SUMMARY, "condizioni.pdf 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" },
	{ "summary: declarations", RN_LETTER_SUMMARY, "Con «ACCETTO» Lei accetta: le condizioni generali" },
	{ "summary: box", RN_LETTER_SUMMARY, "Casella: maria.rossi@pec.esempio.example" },
	{ "summary: login", RN_LETTER_SUMMARY, "Login (account) a cui la casella sarà associata: rossi-104@gestore.example" },
	{ "summary: term", RN_LETTER_SUMMARY, "Durata richiesta: 1 anno" },
	{ "summary: payer", RN_LETTER_SUMMARY, "Chi paga: Ordine dei Medici di Esempio" },
	{ "summary: amount due", RN_LETTER_SUMMARY, "Importo a suo carico: 0,00 euro" },
	{ "summary: the word", RN_LETTER_SUMMARY, "Risponda a questa mail e scriva: «ACCETTO»" },
	{ "summary: confirming concludes", RN_LETTER_SUMMARY, "Con questa sua conferma l'ordine di rinnovo risulterà concluso" },
	{ "summary: confirmation will come", RN_LETTER_SUMMARY, "Riceverà poi una mail di conferma, con il numero dell'ordine, all'indirizzo di riferimento" },
	{ "summary: who wrote", RN_LETTER_SUMMARY, "indirizzo che non è fra i suoi: segreteria@studio.example" },
	{ "confirmation: greeting", RN_LETTER_CONFIRMATION, "Gentile Maria Rossi," },
	{ "confirmation: order number", RN_LETTER_CONFIRMATION, "le confermiamo l'ordine di rinnovo n. 2026-000042" },
	{ "confirmation: service", RN_LETTER_CONFIRMATION, "relativo al servizio PEC" },
	{ "confirmation: date", RN_LETTER_CONFIRMATION, "effettuato in data: martedì 3 novembre 2026" },
	{ "confirmation: summary", RN_LETTER_CONFIRMATION, "RIEPILOGO ORDINE Casella: maria.rossi@pec.esempio.example Ordine Numero: 2026-000042" },
	{ "confirmation: term", RN_LETTER_CONFIRMATION, "Durata richiesta: 1 anno" },
	{ "confirmation: what was read", RN_LETTER_CONFIRMATION, "abbiamo letto: «RINNOVA» Giunta al nostro servizio: martedì 3 novembre 2026 alle ore 10:14" },
	{ "confirmation: more about PEC", RN_LETTER_CONFIRMATION, "MAGGIORI INFORMAZIONI SUL SERVIZIO PEC" },
	{ "confirmation: guides", RN_LETTER_CONFIRMATION, "Per maggiori informazioni sul servizio di posta certificata può consultare le guide a questo indirizzo: https://guida.ordine.example/pec" },
	{ "confirmation: what next", RN_LETTER_CONFIRMATION, "La data di scadenza cambia quando il gestore ci ha risposto" },
	{ "confirmation: taking back", RN_LETTER_CONFIRMATION, "risponda subito a questa mail «ANNULLA»" },
	{ "confirmation: whom to call", RN_LETTER_CONFIRMATION, "dopo, si rivolga alla persona indicata qui sotto" },
	{ "confirmation: the person", RN_LETTER_CONFIRMATION, "Telefono: 0123 456789" },
	{ "summary: taking back", RN_LETTER_SUMMARY, "Se abbiamo letto male, o se non desidera più il rinnovo, risponda «ANNULLA»." },
	{ "document: taking back", RN_LETTER_DOCUMENT, "Se abbiamo letto male, o se ci ha ripensato, risponda «NON RINNOVO» o «ANNULLA»." },
	{ "waits: taking back", RN_LETTER_WAITS, "Se abbiamo letto male, o se ci ha ripensato, risponda «ANNULLA»." },
	{ "declined: wrongly read", RN_LETTER_DECLINED, "Se abbiamo letto male, ce lo dica subito" },
	{ "renewed: no more by mail, whom to call", RN_LETTER_RENEWED, "non si annulla più con una mail: se non era ciò che desiderava, chiami la persona indicata qui sotto" },
	{ "summary: what was read, and when it came", RN_LETTER_SUMMARY, READ },
	{ "reminder: what was read, and when it came", RN_LETTER_REMINDER, READ },
	{ "already: what was read, and when it came", RN_LETTER_ALREADY, READ },
	{ "ask: what was read, and when it came", RN_LETTER_ASK, READ },
	{ "declined: what was read, and when it came", RN_LETTER_DECLINED, READ },
	{ "cancelled: what was read, and when it came", RN_LETTER_CANCELLED, READ },
	{ "document: what was read, and when it came", RN_LETTER_DOCUMENT, READ },
	{ "waits: what was read, and when it came", RN_LETTER_WAITS, READ },
	{ "list: what was read, and when it came", RN_LETTER_LIST, READ },
	{ "help: what was read, and when it came", RN_LETTER_HELP, READ },
	{ "fresh: what was read, and when it came", RN_LETTER_FRESH, READ },
	{ "notice: how to verify", RN_LETTER_NOTICE, "Come verificare questa lettera" },
	{ "summary: how to verify", RN_LETTER_SUMMARY, "Come verificare questa lettera" },
	{ "confirmation: how to verify", RN_LETTER_CONFIRMATION, "Come verificare questa lettera" },
	{ "deactivated: how to verify", RN_LETTER_DEACTIVATED, "Come verificare questa lettera" },
	{ "moved: how to verify", RN_LETTER_MOVED, "Come verificare questa lettera" },
	{ "renewed: new date", RN_LETTER_RENEWED, "Nuova data di scadenza: martedì 30 novembre 2027" },
	{ "trouble: a person is on it", RN_LETTER_TROUBLE, "Se ne occupa una persona" },
	{ "ask: the word", RN_LETTER_ASK, "risponda a questa mail e scriva: «RINNOVA»" },
	{ "already: order number", RN_LETTER_ALREADY, "già concluso: non deve fare altro. Ordine Numero: 2026-000042" },
	{ "declined: way back", RN_LETTER_DECLINED, "SE CAMBIA IDEA Risponda a questa mail e scriva «RINNOVA»." },
	{ "cancelled: way back", RN_LETTER_CANCELLED, "SE CAMBIA IDEA Risponda a questa mail e scriva «RINNOVA»." },
	{ "warning: nothing was done", RN_LETTER_WARNING, "Per prudenza non l'abbiamo eseguita: nulla è cambiato." },
	{ "admin: free text", RN_LETTER_ADMIN, "La lettera 12 non parte da quattro giorni. Controllare la coda." },
};

/* TEXT as one line in small letters: headings are written in capitals in the text alone. */
static char *
flat(const char *text)
{
	g_autofree char *one = rn_text_squash(text);

	return g_utf8_casefold(one, -1);
}

static void
said(const char *id, const char *form, const char *text, const char *phrase)
{
	g_autofree char *all = flat(text);
	g_autofree char *wanted = flat(phrase);

	if (strstr(all, wanted) == NULL)
		g_test_message("\"%s\" is not said in the %s:\n%s", id, form, text);
	g_assert_nonnull(strstr(all, wanted));
}

static void
test_statements(void)
{
	g_autoptr(RnLetters) l = load();
	g_autoptr(RnView) v = sample(FALSE, FALSE);

	rn_view_bool(v, "documentoatteso", TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
		const char *phrase = statements[i].phrase;
		g_auto(RnWritten) w = { 0 };
		g_autofree char *html = NULL;

		g_assert_true(rn_letters_render(l, statements[i].kind, "it", v, &w, NULL));
		said(statements[i].id, "text", w.text, phrase);
		if (w.html == NULL)
			continue;
		if (g_str_has_prefix(phrase, "<mailto:")) {	/* there it is a link */
			g_assert_nonnull(strstr(w.html, phrase + 1));
			continue;
		}
		html = rn_html_text(w.html, strlen(w.html));
		phrase += g_ascii_isdigit(*phrase) ? strlen("1. ") : 0;	/* a list counts by itself */
		said(statements[i].id, "HTML", html, phrase);
	}
}

/* Every letter that answers a mail says what was read in it, and when it came. */
static void
test_what_was_read(void)
{
	static const RnLetterKind kinds[] = { RN_LETTER_SUMMARY, RN_LETTER_CONFIRMATION, RN_LETTER_DOCUMENT,
		RN_LETTER_WAITS, RN_LETTER_REFUSED, RN_LETTER_ASK, RN_LETTER_AUTHORIZE, RN_LETTER_WARNING,
		RN_LETTER_FRESH, RN_LETTER_HELP, RN_LETTER_LIST, RN_LETTER_ALREADY, RN_LETTER_DECLINED,
		RN_LETTER_CANCELLED, RN_LETTER_VERIFY };
	g_autoptr(RnLetters) l = load();
	g_autoptr(RnView) v = sample(FALSE, FALSE);

	rn_view_text(v, "lette", "PAROLE LETTE");
	rn_view_text(v, "ricevutail", "il tal giorno alle 10");
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		for (gsize k = 0; k < G_N_ELEMENTS(languages); k++) {
			g_auto(RnWritten) w = { 0 };

			g_assert_true(rn_letters_render(l, kinds[i], languages[k].name, v, &w, NULL));
			said(languages[k].name, rn_word(RN_WORDS_LETTER, (int)kinds[i]), w.text,
			    "«PAROLE LETTE»");
			said(languages[k].name, rn_word(RN_WORDS_LETTER, (int)kinds[i]), w.text,
			    "il tal giorno alle 10");
		}
}

/* What depends on a switch. */
static void
test_switches(void)
{
	static const struct {
		RnLetterKind	 kind;
		const char	*name, *on, *off;
	} rows[] = {
		{ RN_LETTER_NOTICE, "unpasso", "Rispondendo Lei dichiara di accettare: - le condizioni", "con una seconda risposta" },
		{ RN_LETTER_NOTICE, "indirizzata", "Questa lettera arriva alla casella", "Le scriviamo a questo" },
		{ RN_LETTER_NOTICE, "registroimprese", "Secondo i nostri dati, questa casella è stata comunicata al Registro", NULL },
		{ RN_LETTER_NOTICE, "documentomancante", "Ci manca ancora il suo documento", NULL },
		{ RN_LETTER_DOCUMENT, "documentoatteso", "Risponda a questa mail con il documento allegato",
	    "Lei non deve fare nulla" },
		{ RN_LETTER_ASK, "offerta", "«ACCETTO»", "«RINNOVA»" },
	};
	g_autoptr(RnLetters) l = load();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		for (int on = 0; on < 2; on++) {
			g_autoptr(RnView) v = sample(FALSE, FALSE);
			g_autofree char *body = NULL;
			g_autofree char *flat = NULL;

			rn_view_text(v, "lette", "");
			rn_view_bool(v, rows[i].name, on);
			body = body_of(l, rows[i].kind, v);
			flat = rn_text_squash(body);
			g_test_message("%s = %d", rows[i].name, on);
			g_assert_cmpint(strstr(flat, rows[i].on) != NULL, ==, on);
			if (rows[i].off != NULL)
				g_assert_cmpint(strstr(flat, rows[i].off) == NULL, ==, on);
		}
}

/* The Registro delle Imprese is spoken of whether or not the box is known there. */
static void
test_register_always(void)
{
	g_autoptr(RnLetters) l = load();

	for (int how = 0; how < 4; how++) {
		g_autoptr(RnView) v = sample(how & 1, how & 2);
		g_autofree char *body = body_of(l, RN_LETTER_NOTICE, v);

		g_assert_nonnull(strstr(body, "sostituzione di quella scaduta"));
	}
}

/* Values that try to get out of their place. */
static void
test_hostile(void)
{
	g_autoptr(RnLetters) l = load();
	g_autoptr(RnView) v = sample(FALSE, FALSE);
	g_autoptr(GError) why = NULL;
	g_auto(RnWritten) w = { 0 };
	g_autofree char *huge = g_strnfill(10000, 'x');
	g_auto(GStrv) lines = NULL;

	rn_view_text(v, "intestatario", "Rossi\r\nRINNOVA\nnon rinnovo\n{{codice}} \xe2\x80\xae<b>");
	rn_view_text(v, "datascadenza", "oggi\r\nBcc: altri@esempio.example");
	rn_view_text(v, "nomecasella", huge);
	rn_view_text(v, "tipologia", "si veda http://esempio.example e www.esempio.example");
	g_assert_true(rn_letters_render(l, RN_LETTER_NOTICE, "it", v, &w, &why));
	g_assert_null(strchr(w.subject, '\n'));
	g_assert_cmpstr(
	    w.subject, ==, "La sua casella PEC scade: oggi Bcc: altri@esempio.example [PEC-7K3M-9QTX]");
	g_assert_nonnull(strstr(w.text, "\n[testo] RINNOVA\n[testo] non rinnovo\n{{codice}} <b>,\n"));
	g_assert_null(strstr(w.text, "http://"));
	g_assert_null(strstr(w.text, "www."));
	lines = g_strsplit(w.text, "\n", -1);
	for (guint i = 0; lines[i] != NULL; i++) {
		g_assert_cmpuint(strlen(lines[i]), <=, 990);
		no_command("hostile", lines[i]);
	}
	g_assert_nonnull(strstr(w.html,
	    "<p style=\"margin:0 0 1em\">Gentile Rossi<br>\n[testo] RINNOVA<br>\n[testo] non rinnovo<br>\n{{codice}} &lt;b&gt;,</p>"));
	g_assert_null(strstr(w.html, "http://"));
	g_assert_null(strstr(w.html, "\xe2\x80\xae"));
}

/* Values that look like the signs of a template, or like marks, stay text; no value opens an element, an
 * attribute or a link. */
static void
test_hostile_html(void)
{
	static const char *const values[] = { "# Titolo", "| Nome: valore", "- voce", "1. voce",
		"    a parte", "--- riga ---", "[[premi]](mailto:x@y.example)", "[premi](mailto:x@y.example)",
		"\x01\x02\x03](\x01mailto:x@y.example\x02)", "</p><script>x</script>", "\" onmouseover=\"x",
		"' x='", "javascript:x", "https://altrove.example/", "<a href=\"https://altrove.example/\">",
		"&lt;b&gt;", "<!--", "]]>",
		"\xe2\x80\xae"
		"elpmaxe.evort\xe2\x80\xac",
		"{{linkrinnovo}}", "{{{codice}}}" };
	static const char *const names[] = { "intestatario", "nomecasella", "login", "tipologia", "lette",
		"motivo", "altromittente", "pagante", "convenzione", "ordine", "piepagina", "contatto" };
	g_autoptr(RnLetters) l = load();

	for (int kind = 0; kind < RN_LETTER_N; kind++) {
		g_autoptr(RnView) plain = sample(TRUE, FALSE);
		g_auto(RnWritten) calm = { 0 };

		for (gsize n = 0; n < G_N_ELEMENTS(names); n++)
			rn_view_text(plain, names[n], "x");
		g_assert_true(rn_letters_render(l, kind, "it", plain, &calm, NULL));
		for (gsize i = 0; calm.html != NULL && i < G_N_ELEMENTS(values); i++) {
			g_autoptr(RnView) v = sample(TRUE, FALSE);
			g_auto(RnWritten) w = { 0 };

			for (gsize n = 0; n < G_N_ELEMENTS(names); n++)
				rn_view_text(v, names[n], values[i]);
			g_assert_true(rn_letters_render(l, kind, "it", v, &w, NULL));
			g_test_message("%s: %s", rn_word(RN_WORDS_LETTER, kind), values[i]);
			/* the same elements as with a harmless value */
			g_assert_cmpuint(count(w.html, "<") - count(w.html, "<wbr>"), ==,
			    count(calm.html, "<") - count(calm.html, "<wbr>"));
			g_assert_cmpuint(count(w.html, "href=\""), ==, count(calm.html, "href=\""));
			g_assert_cmpuint(count(w.html, "=\""), ==, count(calm.html, "=\""));
			g_assert_null(strstr(w.html, "\xe2\x80\xae"));
			g_assert_null(strstr(w.html, "\x01"));
		}
	}
}

static void
test_language_falls_back(void)
{
	g_autoptr(RnLetters) l = load();
	g_autoptr(RnView) v = rn_letters_sample();
	g_auto(RnWritten) home = { 0 };
	g_auto(RnWritten) other = { 0 };

	g_assert_true(rn_letters_render(l, RN_LETTER_ADMIN, "it", v, &home, NULL));
	g_assert_true(rn_letters_render(l, RN_LETTER_ADMIN, "xx", v, &other, NULL));
	g_assert_cmpstr(home.text, ==, other.text);
	g_assert_cmpstr(rn_letters_language(l, RN_LETTER_NOTICE, "xx"), ==, "it");
}

static void
copy_file(const char *from, const char *folder, const char *name)
{
	g_autofree char *set = templates();
	g_autofree char *source = g_build_filename(set, from, NULL);
	g_autofree char *target = g_build_filename(folder, name, NULL);
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(source, &text, NULL, NULL));
	g_assert_true(g_file_set_contents(target, text, -1, NULL));
}

/* Takes FOLDER away with the files in it. */
static void
clear(const char *folder)
{
	GDir *d = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(d)) != NULL) {
		g_autofree char *file = g_build_filename(folder, name, NULL);

		g_assert_cmpint(g_remove(file), ==, 0);
	}
	g_dir_close(d);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* A folder with a whole set in which the notice is TEXT. */
static void
bad_set(const char *text, const char *want)
{
	g_autofree char *dir = g_dir_make_tmp("rinnova-letters-XXXXXX", NULL);
	g_autofree char *home = g_build_filename(dir, "it", NULL);
	g_autoptr(GError) why = NULL;
	g_autoptr(RnLetters) l = NULL;

	g_assert_cmpint(g_mkdir(home, 0700), ==, 0);
	copy_file("it/words.conf", home, "words.conf");
	copy_file("page.html", dir, "page.html");
	for (int i = 0; i < RN_LETTER_N; i++) {
		g_autofree char *file = g_strdup_printf("%s/%s.txt", home, rn_word(RN_WORDS_LETTER, i));

		if (i != RN_LETTER_NOTICE || text != NULL)
			g_assert_true(g_file_set_contents(
			    file, i == RN_LETTER_NOTICE ? text : "Subject: x\n\nx\n", -1, NULL));
	}
	l = rn_letters_load(dir, FALSE, &why);
	clear(home);
	clear(dir);
	if (want == NULL) {
		g_assert_no_error(why);
		return;
	}
	g_assert_null(l);
	g_assert_error(why, RN_ERROR, RN_ERR_CONFIG);
	g_test_message("%s", why->message);
	g_assert_nonnull(strstr(why->message, want));
}

static void
test_bad_sets(void)
{
	bad_set("Subject: x\r\n\r\nriga\r\n", NULL);
	bad_set(NULL, "/it/notice.txt: ");
	bad_set("Ciao\n\nx\n", "/it/notice.txt:1: begin with \"Subject: ...\"");
	bad_set("Subject: x\nsubito\n", "/it/notice.txt:1: begin with");
	bad_set("Subject: {{nessuno}}\n\nx\n", "/it/notice.txt:1: the name \"nessuno\"");
	bad_set("Subject: x\n\nuno\n{{nessuno}}\n", "/it/notice.txt:4: the name \"nessuno\"");
	bad_set("Subject: {{! }}\n\nx\n", "/it/notice.txt:1: the subject is empty");
	bad_set(
	    "Subject: x\n\nScriva\n  RINNOVA\n", "/it/notice.txt: the line \"  RINNOVA\" starts with a word");
	bad_set("Subject: x\n\n{{#lette}}\nuno\n", "/it/notice.txt:5: section \"lette\"");
}

static void
test_no_folder(void)
{
	g_autoptr(GError) why = NULL;

	g_assert_null(rn_letters_load("/nowhere/at/all", FALSE, &why));
	g_assert_error(why, RN_ERROR, RN_ERR_CONFIG);
	g_assert_nonnull(strstr(why->message, "/nowhere/at/all"));
}

/* Another byte, another name, another place: another state of the folder. */
static void
test_digest(void)
{
	g_autofree char *dir = g_dir_make_tmp("rinnova-letters-XXXXXX", NULL);
	g_autofree char *home = g_build_filename(dir, "it", NULL);
	static const char *const states[][2] = { { "it/a.txt", "x" }, { "it/a.txt", "y" },
		{ "it/b.txt", "x" }, { "a.txt", "x" }, { "it/a.txt", "" } };
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	g_assert_cmpint(g_mkdir(home, 0700), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		g_autofree char *file = g_build_filename(dir, states[i][0], NULL);
		g_autofree char *again = NULL;
		char *digest;

		g_assert_true(g_file_set_contents(file, states[i][1], -1, NULL));
		digest = rn_letters_digest(dir);
		again = rn_letters_digest(dir);
		g_assert_cmpstr(digest, ==, again);
		g_assert_true(g_hash_table_add(seen, digest));
		g_assert_cmpint(g_unlink(file), ==, 0);
	}
	clear(home);
	clear(dir);
	g_assert_null(rn_letters_digest(dir));
}

/* What a mail program makes a link of is broken, wherever values begin and end in it. */
static void
test_unlinked(void)
{
	static const char *const lines[][2] = {
		{ "http://x.example", "http: //x.example" },
		{ "http:\x01//x.example\x02", "http: \x01//x.example\x02" },
		{ ":/\x01\x02/", ": /\x01\x02/" },
		{ "w\x01ww\x02.x.example", "w\x01ww\x02 .x.example" },
		{ "WWW.x.example", "WWW .x.example" },
		{ "ore 10:15, e/o altro", "ore 10:15, e/o altro" },
		{ "\x01https://guida.example\x02", "\x01https://guida.example\x02" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autofree char *got = rn_letters_unlink(lines[i][0], "https://guida.example");

		g_assert_cmpstr(got, ==, lines[i][1]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/letters/every-letter", test_every_letter);
	g_test_add_func("/letters/button", test_button);
	g_test_add_func("/letters/days", test_days);
	g_test_add_func("/letters/statements", test_statements);
	g_test_add_func("/letters/what-was-read", test_what_was_read);
	g_test_add_func("/letters/switches", test_switches);
	g_test_add_func("/letters/register-always", test_register_always);
	g_test_add_func("/letters/hostile", test_hostile);
	g_test_add_func("/letters/hostile-html", test_hostile_html);
	g_test_add_func("/letters/language-falls-back", test_language_falls_back);
	g_test_add_func("/letters/bad-sets", test_bad_sets);
	g_test_add_func("/letters/no-folder", test_no_folder);
	g_test_add_func("/letters/digest", test_digest);
	g_test_add_func("/letters/unlinked", test_unlinked);
	return g_test_run();
}
