/* read_typed: what is left of a reply when everything that nobody typed is gone; without knowing the letter.
 */
#include <string.h>

#include "mail/fold.h"
#include "mail/typed.h"

#define NOTICE \
	"Gentile dott. Blu,\nla casella lia@pec.example scade il 30/11/2026.\nPer rinnovare risponda RINNOVA.\n"
#define QUOTED \
	"> Gentile dott. Blu,\n> la casella lia@pec.example scade il 30/11/2026.\n> Per rinnovare risponda RINNOVA.\n"

typedef struct {
	const char	*name, *body, *typed;
	gboolean	 mixed;
} Row;

static const Row rows[] = {
	{ "nothing", "", "", FALSE },
	{ "plain", "Rinnovo\n", "Rinnovo", FALSE },
	{ "two paragraphs", "Rinnovo\n\n\nGrazie\n", "Rinnovo\n\nGrazie", FALSE },
	{ "quote only", QUOTED, "", FALSE },
	{ "quote marks without space", ">>uno\n>due\n> > tre\n>\n", "", FALSE },
	{ "bars", "| uno\n| due\n", "", FALSE },
	{ "a mark behind a zero width space", "\xe2\x80\x8b> RINNOVA\n", "", FALSE },
	{ "gmail",
	    "si\n\nIl giorno lun 23 nov 2026 alle ore 10:15 Rinnovi <\nr@pec.example> ha\nscritto:\n\n" QUOTED, "si", FALSE },
	{ "gmail, nothing typed",
	    "Il giorno lun 23 nov 2026 alle ore 10:15 Rinnovi <r@pec.example> ha scritto:\n\n" QUOTED, "", FALSE },
	{ "gmail app", "si\n\nIl Lun 23 Nov 2026, 10:15 <r@pec.example> ha scritto:\n" QUOTED, "si", FALSE },
	{ "thunderbird", "si\n\nIl 23/11/26 10:15, Rinnovi ha scritto:\n" QUOTED, "si", FALSE },
	{ "thunderbird, below", "Il 23/11/26 10:15, Rinnovi ha scritto:\n" QUOTED "\nsi\n", "si", FALSE },
	{ "inline",
	    "Il 23/11/26 10:15, Rinnovi ha scritto:\n> uno\n\nsi al primo\n\n> due\n\nno al secondo\n", "si al primo\n\nno al secondo", FALSE },
	{ "yahoo, without marks",
	    "si\n\n    Il luned\xc3\xac 23 novembre 2026 alle ore 10:15:20 CET, Rinnovi <r@pec.example> ha scritto:\n\n" NOTICE, "si", FALSE },
	{ "aquamail",
	    "si\n\nIn data 23 novembre 2026 10:15:31 \"Rinnovi\" <r@pec.example> ha scritto:\n\n" NOTICE, "si", FALSE },
	{ "mail.com",
	    "si\n\nIl luned\xc3\xac 23 novembre 2026, Rinnovi <r@pec.example>\nha scritto:\n" NOTICE, "si", FALSE },
	{ "rainloop", "si\n\n23 novembre 2026 10:15, r@pec.example scrive\n" NOTICE, "si", FALSE },
	{ "zimbra prefix",
	    "si\n\n----- Il 23 Nov 2026, alle 10:15, Rinnovi r@pec.example ha scritto:\n\n" QUOTED, "si", FALSE },
	{ "iphone",
	    "si\n\nInviato da iPhone\n\n> Il giorno 23 nov 2026, alle ore 10:15, Rinnovi <r@pec.example> ha scritto:\n> \n> \xef\xbb\xbf" "Gentile\n", "si", FALSE },
	{ "outlook",
	    "si\n\n-----Messaggio originale-----\nDa: Rinnovi <r@pec.example>\nInviato: luned\xc3\xac 23 novembre 2026 10:15\nA: Blu\nOggetto: Scadenza\n\n" NOTICE, "si", FALSE },
	{ "outlook, bold block",
	    "si\n\n*Da:* Rinnovi <r@pec.example>\n*Inviato:* luned\xc3\xac 23 novembre 2026\n*A:* Blu\n*Oggetto:* Scadenza\n\n" NOTICE, "si", FALSE },
	{ "outlook mobile",
	    "si\n\nOttieni Outlook per iOS<https://aka.ms/x>\n________________________________\nDa: Rinnovi <r@pec.example>\nInviato: luned\xc3\xac\nOggetto: Scadenza\n\n" NOTICE, "si", FALSE },
	{ "alice",
	    "si\n\n----Messaggio originale----\n\nDa: r@pec.example\n\nData: 23-nov-2026 10.15\n\nOgg: Scadenza\n\n" NOTICE, "si", FALSE },
	{ "block with wrapped address",
	    "si\n\nDa: Rinnovi\n<r@pec.example>\nInviato: luned\xc3\xac\nOggetto: x\n\n" NOTICE, "si", FALSE },
	{ "forwarded",
	    "si\n\n---------- Forwarded message ---------\nDa: Rinnovi <r@pec.example>\nDate: lun 23 nov 2026\nSubject: x\nTo: y\n\n" NOTICE, "si", FALSE },
	{ "apple forward",
	    "si\n\nInizio messaggio inoltrato:\n\nDa: Rinnovi\nData: 23 novembre\n" NOTICE, "si", FALSE },
	{ "sentinel", "si\n--- Scriva la sua risposta sopra questa riga ---\n" NOTICE, "si", FALSE },
	{ "english",
	    "yes\n\nOn Mon, Nov 23, 2026 at 10:15 AM Rinnovi <r@pec.example> wrote:\n\n" QUOTED, "yes", FALSE },
	{ "german",
	    "ja\n\nAm Mo., 23. Nov. 2026 um 10:15 Uhr schrieb Rinnovi <r@pec.example>:\n\n" QUOTED, "ja", FALSE },
	{ "german, name first",
	    "ja\n\nRinnovi <r@pec.example> schrieb am Mo., 23. Nov. 2026:\n" NOTICE, "ja", FALSE },
	{ "german block",
	    "ja\n\nVon: Rinnovi <r@pec.example>\nGesendet: Montag, 23. November 2026\nAn: Blu\nBetreff: x\n\n" NOTICE, "ja", FALSE },
	{ "french",
	    "oui\n\nLe lun. 23 nov. 2026 \xc3\xa0 10:15, Rinnovi <r@pec.example> a \xc3\xa9" "crit\xc2\xa0:\n\n" QUOTED, "oui", FALSE },
	{ "french block",
	    "oui\n\nDe : Rinnovi <r@pec.example>\nEnvoy\xc3\xa9 : lundi\n\xc3\x80 : Blu\nObjet : x\n\n" NOTICE, "oui", FALSE },
	{ "slovene",
	    "da\n\nV V pon., 23. nov. 2026 ob 10:15 je oseba Rinnovi <\nr@pec.example> napisala:\n\n" QUOTED, "da", FALSE },
	{ "slovene, k-9",
	    "da\n\nDne 23. november 2026, Rinnovi <r@pec.example> sporo\xc4\x8d" "a:\n" NOTICE, "da", FALSE },
	{ "slovene block",
	    "da\n\nOd: Rinnovi <r@pec.example>\nPoslano: ponedeljek\nZa: Blu\nZadeva: x\n\n" NOTICE, "da", FALSE },
	{ "header in the same line", "si Il 23/11/2026 10:15, Rinnovi ha scritto:\n" QUOTED, "si", TRUE },
	{ "a date in the line above the header",
	    "si, entro il 3 dicembre\nIl 23/11/26 10:15, Rinnovi ha scritto:\n" QUOTED, "si, entro il 3 dicembre", FALSE },
	/* sentences that look like headers */
	{ "no header: a sentence",
	    "Il cliente ha scritto: confermo\n", "Il cliente ha scritto: confermo", FALSE },
	{ "no header: already written",
	    "Il contratto, come gi\xc3\xa0 scritto, va bene\nrinnovo\n", "Il contratto, come gi\xc3\xa0 scritto, va bene\nrinnovo", FALSE },
	{ "no header: nobody says when",
	    "Il cliente mi ha scritto:\nconfermo\n", "Il cliente mi ha scritto:\nconfermo", FALSE },
	{ "no block: one word", "A: rinnovo\n", "A: rinnovo", FALSE },
	{ "no block: slovene yes", "Da: podalj\xc5\xa1" "ajte\n", "Da: podalj\xc5\xa1" "ajte", FALSE },
	{ "no footer: a sentence",
	    "Scarica Outlook per iOS e poi rispondi\n", "Scarica Outlook per iOS e poi rispondi", FALSE },
	{ "no footer: desk",
	    "Sent from my desk, where I have no papers today\n",
	    "Sent from my desk, where I have no papers today", FALSE },
	/* ends */
	{ "signature", "si\n-- \nDott. Lia Blu\nVia Po 3\n", "si", FALSE },
	{ "signature that says no", "si\n--\nanzi no\nnon rinnovo\n", "si", TRUE },
	{ "signature, then quote, then more",
	    "si\n-- \nLia\n\nIl 23/11/26 10:15, Rinnovi ha scritto:\n> uno\n\ngrazie\n", "si\n\ngrazie", FALSE },
	{ "footer", "si\n\nInviato da Libero Mail per Android\n", "si", FALSE },
	{ "footer, then something", "si\n\nInviato dal mio iPhone\n\nma solo la prima\n", "si", TRUE },
	{ "only a footer", "Inviato da smartphone Samsung Galaxy.\n", "", FALSE },
	{ "k-9",
	    "si\n-- \nInviato dal mio dispositivo Android con K-9 Mail. Perdonate la brevit\xc3\xa0.\n", "si", FALSE },
	{ "disclaimer",
	    "si\n\nLe informazioni contenute in questo messaggio e negli allegati sono\nriservate. Se non siete il destinatario non dovete usarle.\n", "si", FALSE },
	{ "disclaimer below the quote",
	    "si\n\nIl 23/11/26 10:15, Rinnovi ha scritto:\n" QUOTED "\nQuesto messaggio e i suoi allegati sono indirizzati\nesclusivamente alle persone indicate.\n", "si", FALSE },
	{ "banner", "[EXTERNAL]\n\nsi\n", "si", FALSE },
	{ "banner, two lines",
	    "ATTENZIONE: questa e-mail proviene da un mittente esterno alla nostra organizzazione,\nnon aprire gli allegati.\n\nsi\n", "si", FALSE },
	{ "banner of Outlook",
	    "Non si ricevono spesso messaggi di posta elettronica da lia@x.example. Scopri perch\xc3\xa9 \xc3\xa8 importante<https://aka.ms/L>\n\nsi\n", "si", FALSE },
	{ "rule above the quote",
	    "si\n\n----------\n\nDa: Rinnovi <r@x.example>\nInviato: oggi\n\nx\n", "si", FALSE },
};

static void
test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gboolean mixed = FALSE;
		g_autofree char *typed = rn_typed_text(rows[i].body, NULL, NULL, &mixed);

		if (strcmp(typed, rows[i].typed) != 0 || mixed != rows[i].mixed)
			g_test_fail_printf("%s: \"%s\" mixed %d", rows[i].name, typed, mixed);
	}
}

/* The same with line ends of the wire, and twice over: what is typed is a fixed point. */
static void
test_again(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(GStrv) lines = g_strsplit(rows[i].body, "\n", -1);
		g_autofree char *wire = g_strjoinv("\r\n", lines),
		                *typed = rn_typed_text(wire, NULL, NULL, NULL);
		g_autofree char *again = rn_typed_text(typed, NULL, NULL, NULL);

		if (strcmp(typed, rows[i].typed) != 0)
			g_test_fail_printf("%s with CRLF: \"%s\"", rows[i].name, typed);
		if (strcmp(typed, again) != 0)
			g_test_fail_printf("%s read again: \"%s\"", rows[i].name, again);
	}
}

/* "Mario" alone on the last line: a signature only if the mail knows its writer by that name. */
static void
test_own_name(void)
{
	static const struct {
		const char	*body, *from, *typed;
		gboolean	 mixed;
	} names[] = {
		{ "Rinnovate pure\nMario\n", "Mario Rossi <m.rossi@x.example>", "Rinnovate pure", FALSE },
		{ "Rinnovate pure\n\nMario.\n", "Mario Rossi <m.rossi@x.example>", "Rinnovate pure", FALSE },
		{ "Rinnovate pure\nRossi\n", "m.rossi@x.example", "Rinnovate pure", FALSE },
		{ "Rinnovate pure\nMario Rossi\n" QUOTED, "\"Rossi, Mario\" <x@x.example>",
		    "Rinnovate pure\nMario Rossi", FALSE },
		/* behind a courtesy it is a part of that; behind anything else a signature, comma or not */
		{ "Rinnovate pure\n\nGrazie,\nMario\n", "Mario Rossi <x@x.example>",
		    "Rinnovate pure\n\nGrazie,\nMario", FALSE },
		{ "Rinnovate pure,\nMario\n", "Mario Rossi <x@x.example>", "Rinnovate pure,", FALSE },
		{ "Confermo,\n\nMario\n", "Mario Rossi <x@x.example>", "Confermo,", FALSE },
		{ "S\xc3\xac\n\n> Gentile Rossi,\n\nMario\n", "Mario Rossi <x@x.example>", "S\xc3\xac", FALSE },
		{ "Rinnovate pure\nmario\n", "Mario Rossi <x@x.example>", "Rinnovate pure\nmario", FALSE },
		{ "Rinnovate pure\nMarta\n", "Mario Rossi <x@x.example>", "Rinnovate pure\nMarta", FALSE },
		{ "Rinnovate pure\nAspettate\n", "Mario Rossi <x@x.example>", "Rinnovate pure\nAspettate", FALSE },
		{ "Rinnovate pure\nMario no\n", "Mario Rossi <x@x.example>", "Rinnovate pure\nMario no", FALSE },
		{ "Rinnovate pure\nMario\n", NULL, "Rinnovate pure\nMario", FALSE },
		{ "Mario\n", "Mario Rossi <x@x.example>", "Mario", FALSE },
		{ "Rinnova\nNo\n", "Dott. No <no@x.example>", "Rinnova", TRUE },
		{ "Si\nBob\n\nDa: Ordine <r@x.example>\nInviato: luned\xc3\xac 23 novembre 2026 10:15\nA: Bob Hall "
		  "<bob@y.example>\nOggetto: La sua casella\n\nx\n", NULL, "Si", FALSE },
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		gboolean mixed = FALSE;
		g_autofree char *typed = rn_typed_text(names[i].body, NULL, names[i].from, &mixed);

		if (strcmp(typed, names[i].typed) != 0 || mixed != names[i].mixed)
			g_test_fail_printf(
			    "%s from %s: \"%s\" mixed %d", names[i].body, names[i].from, typed, mixed);
	}
}

/* A letter under a hundred thousand marks: their order does not matter, and settling it took minutes. */
static void
test_marks(void)
{
	g_autoptr(GString) marks = g_string_new("RINNOV");
	g_autofree char *folded = NULL;

	for (int i = 0; i < 100000; i++)
		g_string_append(marks, i % 2 ? "\xcc\x81" : "\xcc\xa3");
	g_string_append(marks, "A");
	g_test_timer_start();
	folded = rn_fold(marks->str, -1);
	g_assert_cmpstr(folded, ==, "rinnova");
	g_assert_cmpfloat(g_test_timer_elapsed(), <, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/typed/marks", test_marks);
	g_test_add_func("/read_typed/rows", test_rows);
	g_test_add_func("/read_typed/again", test_again);
	g_test_add_func("/read_typed/own_name", test_own_name);
	return g_test_run();
}
