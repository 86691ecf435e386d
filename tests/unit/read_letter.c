/* read_letter: the known letter taken out of a body, and nothing else. */
#include <string.h>

#include "mail/typed.h"

/* A letter of the kind that we send. */
static const char letter[] =
    "--- Scriva la sua risposta sopra questa riga ---\n\n"
    "Gentile Lia Blu,\n\n"
    "la casella PEC lia.blu@pec.example scadr\xc3\xa0 in data 30/11/2026. Senza risposta la casella sar\xc3\xa0 disattivata il giorno\n"
    "successivo e non potr\xc3\xa0 pi\xc3\xb9 ricevere n\xc3\xa9 inviare messaggi.\n\n"
    "Per rinnovare risponda a questo messaggio scrivendo RINNOVA. Il rinnovo \xc3\xa8 a carico dell'Ordine e per lei non c'\xc3\xa8\n"
    "nulla da pagare.\n\n"
    "Se la casella \xc3\xa8 stata dichiarata al Registro delle Imprese, la sua disattivazione va comunicata.\n\n"
    "[codice: abcde-fghjk-mnpqr-stvwx-yz012-34567-89abc-defgh]\n\n"
    "Cordiali saluti,\nil servizio rinnovi\n";

/* The letter's text between BEFORE and AFTER each line, wrapped at WIDTH (0 = as it is). */
static char *
rendered(guint width, const char *mark)
{
	g_auto(GStrv) paragraphs = g_strsplit(letter, "\n\n", -1);
	GString *out = g_string_new(NULL);

	for (guint i = 0; paragraphs[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit_set(paragraphs[i], width > 0 ? " \n" : "\n", -1);
		gsize column = 0;

		g_string_append(out, mark);
		for (guint k = 0; words[k] != NULL; k++) {
			if (column > 0 && (width == 0 || column + strlen(words[k]) > width)) {
				g_string_append_printf(out, "\n%s", mark);
				column = 0;
			}
			g_string_append_printf(out, "%s%s", column > 0 ? " " : "", words[k]);
			column += strlen(words[k]) + 1;
		}
		g_string_append_printf(out, "\n%s\n", mark);
	}
	return g_string_free(out, FALSE);
}

typedef struct {
	const char	*name;
	guint		 width;
	const char	*mark, *header;
} Shape;

static const Shape shapes[] = {
	{ "gmail", 70, "> ", "Il giorno lun 23 nov 2026 alle ore 10:15 Rinnovi <r@pec.example> ha scritto:\n\n" },
	{ "outlook", 0, "", "Da: Rinnovi <r@pec.example>\nInviato: luned\xc3\xac 23 novembre 2026\nA: Lia Blu\nOggetto: Scadenza\n\n" },
	{ "no header, no marks", 0, "", "" },
	{ "reflowed without marks", 50, "", "" },
	{ "narrow", 20, "", "" },
	{ "one word a line", 1, "", "" },
	{ "one word a line, marked", 1, "> ", "" },
	{ "wide", 5000, "", "" },
	{ "indented", 60, "    ", "-----Messaggio originale-----\n" },
};

static const char *const answers[] = {
	"", "RINNOVA", "S\xc3\xac, rinnovate pure\n\nLia Blu", "Non rinnovo", "Quanto costa il secondo anno?", "ok",
	"Ho cambiato indirizzo, scrivetemi altrove.\nGrazie",
};

static void
check(const char *name, const char *body, const char *want)
{
	gboolean mixed = FALSE;
	g_autofree char *typed = rn_typed_text(body, letter, NULL, &mixed);

	if (strcmp(typed, want) != 0 || mixed)
		g_test_fail_printf("%s, \"%s\": \"%s\" mixed %d", name, want, typed, mixed);
}

static void
test_shapes(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
		g_autofree char *text = rendered(shapes[i].width, shapes[i].mark);

		for (guint k = 0; k < G_N_ELEMENTS(answers); k++) {
			g_autofree char *top = g_strconcat(answers[k], "\n\n", shapes[i].header, text, NULL);
			g_autofree char *bottom =
			    g_strconcat(shapes[i].header, text, "\n", answers[k], "\n", NULL);

			check(shapes[i].name, top, answers[k]);
			check(shapes[i].name, bottom, answers[k]);
		}
	}
}

/* The two that a bag of words made orders of, and their kin: left whole, or doubtful; never a yes. */
static void
test_dangers(void)
{
	static const char *const bodies[] = {
		"La casella PEC scadr\xc3\xa0 in data 30/11/2026: confermo il rinnovo \xc3\xa8 a carico dell'Ordine?",
		"Senza risposta la casella sar\xc3\xa0 disattivata? rinnova",
		"Senza risposta la casella sar\xc3\xa0 disattivata?\nrinnova",
		"Il rinnovo \xc3\xa8 a carico dell'Ordine e per lei non c'\xc3\xa8 nulla da pagare?\nrinnova",
		"Per rinnovare risponda a questo messaggio scrivendo RINNOVA se non costa niente",
		"la casella PEC lia.blu@pec.example scadr\xc3\xa0 in data 30/11/2026. Senza risposta la casella sar\xc3\xa0 disattivata il giorno successivo e "
		"non rinnova",
		"Per rinnovare risponda a questo messaggio scrivendo RINNOVA",
	};

	for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
		gboolean mixed = FALSE;
		const char *rule;
		g_autofree char *typed = rn_typed_text(bodies[i], letter, NULL, &mixed), *matched = NULL,
		                *accepts = NULL;
		RnIntent says = rn_intent_read(typed, mixed, &matched, &rule, &accepts);

		if (says == RN_INTENT_RENEW || says == RN_INTENT_ACCEPT || says == RN_INTENT_YES)
			g_test_fail_printf("row %u \"%s\" became \"%s\", %s", i, bodies[i], typed, rule);
	}
}

/* A typed question is not cut, though it is made of our words. */
static void
test_whole(void)
{
	gboolean mixed;
	const char *body =
	    "La casella PEC scadr\xc3\xa0 in data 30/11/2026: confermo il rinnovo \xc3\xa8 a carico dell'Ordine?";
	g_autofree char *typed = rn_typed_text(body, letter, NULL, &mixed);

	g_assert_cmpstr(typed, ==, body);
	g_assert_false(mixed);
}

/* What programs do to a text: soft hyphens, zero width, other quotes, links put in, a quotation that begins
 * or breaks off in the middle. */
static void
test_renderings(void)
{
	check("soft hyphens",
	    "si\n\nla casella PEC lia.blu@pec.example scadr\xc3\xa0 in data 30/11/2026. Senza risposta la ca\xc2\xadsella sar\xc3\xa0 di\xe2\x80\x8bsattivata\n"
	    "il giorno successivo e non potr\xc3\xa0 pi\xc3\xb9 ricevere",
	    "si");
	check("links",
	    "si\n\nla casella PEC lia.blu@pec.example<mailto:lia.blu@pec.example> scadr\xc3\xa0 in data 30/11/2026. Senza risposta la casella sar\xc3\xa0 "
	    "disattivata il giorno successivo e non potr\xc3\xa0 pi\xc3\xb9 ricevere n\xc3\xa9 inviare messaggi.",
	    "si");
	check("second half only",
	    "si\n\nnulla da pagare.\n\nSe la casella \xc3\xa8 stata dichiarata al Registro delle Imprese, la sua disattivazione va comunicata.\n\n"
	    "Cordiali saluti,\nil servizio rinnovi",
	    "si");
	check("inline",
	    "> Senza risposta la casella sar\xc3\xa0 disattivata il giorno\n> successivo\n\nva bene\n\n> Il rinnovo \xc3\xa8 a carico dell'Ordine\n\ngrazie",
	    "va bene\n\ngrazie");
}

/* An older mail below the letter is not an answer to it. */
static void
test_older(void)
{
	g_autofree char *text = rendered(0, "");
	g_autofree char *body = g_strconcat("ci penso\n\nDa: Rinnovi <r@pec.example>\nInviato: oggi\n\n",
	    text, "\nDa: Lia Blu <lia@x.example>\nInviato: ieri\nOggetto: x\n\nRINNOVA\n", NULL);

	check("older", body, "ci penso");
}

/* N times LINE. */
static char *
times(const char *line, guint n)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < n; i++)
		g_string_append(out, line);
	return g_string_free(out, FALSE);
}

/* A word that stands everywhere in the letter beside one that stands there once: not every place is tried. */
static void
test_common(void)
{
	g_autofree char *common = times("la la la la la la la la\n", 7400), *body = times("la w\n", 29000);
	g_autofree char *known = g_strconcat(common, "la w\n", NULL), *text = NULL;
	gboolean mixed;

	text = rn_typed_text(body, known, NULL, &mixed);
	g_assert_cmpstr(text, !=, "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/read_letter/shapes", test_shapes);
	g_test_add_func("/read_letter/dangers", test_dangers);
	g_test_add_func("/read_letter/whole", test_whole);
	g_test_add_func("/read_letter/renderings", test_renderings);
	g_test_add_func("/read_letter/older", test_older);
	g_test_add_func("/read_letter/common", test_common);
	return g_test_run();
}
