/* read_intent: what members say, each yes with its twins that are none. */
#include <string.h>

#include "mail/typed.h"

typedef struct {
	const char	*text;
	RnIntent	 says;
	const char	*accepts;	/* NULL = "" */
} Row;

#define RENEW	RN_INTENT_RENEW
#define ACCEPT	RN_INTENT_ACCEPT
#define YES	RN_INTENT_YES
#define NO	RN_INTENT_NO
#define DOUBT	RN_INTENT_UNCLEAR
#define ASKS	RN_INTENT_QUESTION
#define CANCEL	RN_INTENT_CANCEL

static const Row rows[] = {
	/* nothing */
	{ "", RN_INTENT_EMPTY, NULL }, { " \n\t\n", RN_INTENT_EMPTY, NULL },
	{ "\xe2\x80\x8b\xef\xbb\xbf", RN_INTENT_EMPTY, NULL },
	{ "\xf0\x9f\x91\x8d", DOUBT, NULL }, { "...", DOUBT, NULL },
	{ "\xf0\x9f\x99\x8f \xf0\x9f\x98\x8a", DOUBT, NULL },
	/* renew */
	{ "RINNOVA", RENEW, NULL }, { "rinnova", RENEW, NULL }, { "Rinnova!", RENEW, NULL },
	{ "\"RINNOVA\"", RENEW, NULL },
	{ "\xc2\xabRinnova\xc2\xbb.", RENEW, NULL }, { "Rinnovo", RENEW, NULL },
	{ "Rinnovate pure.", RENEW, NULL },
	{ "si, rinnovate pure, grazie mille", RENEW, NULL },
	{ "Buonasera, rinnovi pure la mia casella.", RENEW, NULL },
	{ "Vorrei rinnovare la casella PEC", RENEW, NULL }, { "Desidero il rinnovo della PEC", RENEW, NULL },
	{ "Procedete con il rinnovo", RENEW, NULL },
	{ "Chiedo cortesemente il rinnovo della casella", RENEW, NULL },
	{ "OK per il rinnovo", RENEW, NULL }, { "S\xc3\xac al rinnovo", RENEW, NULL },
	{ "R I N N O V A", RENEW, NULL },
	{ "Rinnovo la casella lia.neri@pec.example in scadenza il 30/11/2026", RENEW, NULL },
	{ "Autorizzo il rinnovo", RENEW, NULL }, { "rinnova per un altro anno", RENEW, NULL },
	{ "Rinnovate\nquanto prima", RENEW, NULL }, { "please renew", RENEW, NULL },
	{ "Ja, bitte verl\xc3\xa4ngern", RENEW, NULL },
	{ "Veuillez renouveler, merci", RENEW, NULL }, { "Prosim podalj\xc5\xa1" "ajte", RENEW, NULL },
	{ "Rinnova \xf0\x9f\x99\x82", RENEW, NULL },
	/* slips */
	{ "RINOVA", RENEW, NULL }, { "rinnvoa", RENEW, NULL }, { "rinnnova grazie", RENEW, NULL },
	{ "ACETTO", ACCEPT, "accetto" },
	{ "conferm", ACCEPT, "confermo" }, { "nno", DOUBT, NULL }, { "anulla", CANCEL, NULL },
	{ "rinnovato", DOUBT, NULL },
	{ "accettato", DOUBT, NULL }, { "conferma", DOUBT, NULL }, { "innova", DOUBT, NULL },
	{ "non rinovo", NO, NULL },
	/* accept */
	{ "ACCETTO", ACCEPT, "accetto" }, { "Accetto e approvo", ACCEPT, "accetto approvo" },
	{ "APPROVO\nACCETTO\nAPPROVO", ACCEPT, "approvo accetto" },
	{ "Confermo il rinnovo", ACCEPT, "confermo" },
	{ "S\xc3\xac, confermo tutto", ACCEPT, "confermo" },
	{ "Dichiaro di accettare le condizioni generali", ACCEPT, "dichiaro accetto" },
	{ "Io sottoscritto Ugo De Luca accetto", ACCEPT, "accetto" }, { "I accept", ACCEPT, "accetto" },
	{ "J'accepte les conditions generales", ACCEPT, "accetto" },
	{ "Ich akzeptiere die Bedingungen", ACCEPT, "accetto" },
	{ "confermo la ricezione", DOUBT, NULL }, { "Confermo di aver ricevuto", DOUBT, NULL },
	{ "Conferma di lettura", DOUBT, NULL },
	{ "confermo la lettura della mail", DOUBT, NULL }, { "Accettazione", DOUBT, NULL },
	{ "accetter\xc3\xb2", DOUBT, NULL },
	{ "Il cliente ha scritto: confermo", DOUBT, NULL }, { "accetto con riserva", DOUBT, NULL },
	{ "confermo di aver gi\xc3\xa0 pagato", DOUBT, NULL }, { "Confermo la scadenza", DOUBT, NULL },
	/* yes */
	{ "s\xc3\xac", YES, NULL }, { "SI'", YES, NULL }, { "S\xc3\x8c!", YES, NULL }, { "S I", YES, NULL },
	{ "si grazie", YES, NULL },
	{ "ok", YES, NULL }, { "OK procedete", YES, NULL }, { "Va bene, grazie", YES, NULL },
	{ "d'accordo", YES, NULL },
	{ "d\xe2\x80\x99" "accordo", YES, NULL }, { "Certamente", YES, NULL },
	{ "Procedete pure", YES, NULL }, { "Ja", YES, NULL }, { "Oui, merci", YES, NULL },
	{ "Da, hvala", YES, NULL }, { "da domani", DOUBT, NULL }, { "Yes, please proceed", YES, NULL },
	{ "ok ricevuto", DOUBT, NULL }, { "ok \xf0\x9f\x91\x8e", DOUBT, NULL },
	{ "si vedr\xc3\xa0", DOUBT, NULL },
	{ "la casella si", DOUBT, NULL }, { "si o no", DOUBT, NULL },
	/* a small word of another language is no small word */
	{ "S\xc3\xac, lo so", DOUBT, NULL }, { "S\xc3\xac, \xc3\xa8 la mia casella", DOUBT, NULL },
	{ "Si puo' rinnovare", ASKS, NULL }, { "Please confirm", DOUBT, NULL }, { "Yes please", YES, NULL },
	{ "Sono in ferie, ma rinnovate pure", RENEW, NULL }, { "Oggetto: rinnovo", DOUBT, NULL },
	{ "Vi comunico che desidero il rinnovo anche per il prossimo anno", RENEW, NULL },
	/* no */
	{ "Non mi serve la fattura", DOUBT, NULL }, { "Non mi serve, ho chiuso lo studio", NO, NULL },
	{ "Je ne souhaite pas renouveler", NO, NULL }, { "Ne \xc5\xbe" "elim podalj\xc5\xa1" "ati", NO, NULL },
	{ "Je souhaite renouveler ma bo\xc3\xaete PEC", RENEW, NULL }, { "Rinnovo ma non ora", DOUBT, NULL },
	{ "Non, je ne veux pas renouveler", NO, NULL }, { "Non desidero pi\xc3\xb9 rinnovare", NO, NULL },
	{ "siiii", YES, NULL }, { "nooo", NO, NULL },
	{ "Non posso accettare", DOUBT, NULL }, { "NONRINNOVO", NO, NULL },
	{ "no", NO, NULL }, { "NO GRAZIE", NO, NULL }, { "N O", NO, NULL }, { "Non rinnovo", NO, NULL },
	{ "NON RINNOVARE", NO, NULL },
	{ "Non desidero rinnovare la casella", NO, NULL }, { "non voglio il rinnovo", NO, NULL },
	{ "Non accetto", NO, NULL },
	{ "non mi interessa pi\xc3\xb9", NO, NULL }, { "non mi interessa", NO, NULL },
	{ "Nein danke", NO, NULL }, { "Non, merci", NO, NULL },
	{ "Ne, hvala", NO, NULL }, { "bitte nicht verl\xc3\xa4ngern", NO, NULL },
	{ "Ne renouvelez pas", NO, NULL }, { "Please do not renew", NO, NULL },
	{ "Non rinnovo perch\xc3\xa9 ho chiuso lo studio", NO, NULL },
	{ "Buongiorno, non rinnovo il dominio.", NO, NULL },
	{ "Non ho capito", DOUBT, NULL }, { "non lo so", DOUBT, NULL }, { "non rinnovo ora", DOUBT, NULL },
	{ "No, rinnovo", DOUBT, NULL },
	{ "non annullate", DOUBT, NULL }, { "mai detto di rinnovare", DOUBT, NULL },
	{ "non ho ricevuto la fattura, rinnovate", DOUBT, NULL },
	{ "Perch\xc3\xa9 non rinnovo", ASKS, NULL }, { "non rinnovo, anzi s\xc3\xac rinnovo", DOUBT, NULL },
	/* conditions, other times, other people */
	{ "rinnova domani la segretaria", DOUBT, NULL }, { "ho gi\xc3\xa0 rinnovato", DOUBT, NULL },
	{ "Rinnovo se costa meno", DOUBT, NULL },
	{ "rinnovate solo la prima", DOUBT, NULL }, { "rinnovo dopo le ferie", DOUBT, NULL },
	{ "si ma non ora", DOUBT, NULL },
	{ "Rinnovo quando torno", DOUBT, NULL }, { "rinnova mia moglie", DOUBT, NULL },
	{ "rinnovo con un altro gestore", DOUBT, NULL },
	{ "rinnovate il 15/12/2026", DOUBT, NULL }, { "rinnovo 3 anni", DOUBT, NULL },
	{ "Rinnovo io", DOUBT, NULL },
	{ "rinnovo effettuato", DOUBT, NULL }, { "grazie per aver rinnovato", DOUBT, NULL },
	{ "il rinnovo", DOUBT, NULL },
	{ "Rinnova\nDopodomani", DOUBT, NULL }, { "RINNOVA\nTRA POCO", DOUBT, NULL },
	{ "forse rinnovo", DOUBT, NULL },
	{ "rinnovo salvo imprevisti", DOUBT, NULL }, { "if it is free, renew", DOUBT, NULL },
	{ "wenn es geht, verl\xc3\xa4ngern", DOUBT, NULL },
	/* questions */
	{ "rinnova?", ASKS, NULL }, { "Quanto costa?", ASKS, NULL }, { "Quanto costa", ASKS, NULL },
	{ "Come faccio a rinnovare", ASKS, NULL },
	{ "Rinnovo. Mi confermate?", ASKS, NULL }, { "?", ASKS, NULL },
	{ "Posso rinnovare domani", ASKS, NULL }, { "S\xc3\xac\xef\xbc\x9f", ASKS, NULL },
	{ "Si rinnova da sola?", ASKS, NULL }, { "rinnovare \xe2\x9d\x93", ASKS, NULL },
	{ "http://x.example/?a=1 rinnova", RENEW, NULL },
	/* commands */
	{ "ANNULLA", CANCEL, NULL }, { "Annullate l'ordine", CANCEL, NULL },
	{ "No, annullate", CANCEL, NULL }, { "annulla e rinnova", DOUBT, NULL },
	{ "ELENCO", RN_INTENT_LIST, NULL }, { "elenco caselle", RN_INTENT_LIST, NULL },
	{ "STATO", RN_INTENT_STATUS, NULL },
	{ "AIUTO", RN_INTENT_HELP, NULL }, { "AUTORIZZO", RN_INTENT_AUTHORIZE, NULL },
	{ "non autorizzo", NO, NULL },
	{ "rinnova annulla", DOUBT, NULL }, { "elenco stato", DOUBT, NULL }, { "grazie", DOUBT, NULL },
	{ "buongiorno", DOUBT, NULL },
	/* what stands around */
	{ "Gentile dottoressa Blu,\nrinnovo la casella.\nCordiali saluti\nDott. Ugo Rossi\nVia Po 3, Torino", RENEW, NULL },
	{ "Spett.le Ordine dei Medici,\nsi prega di rinnovare la PEC.\n\nDistinti saluti\nUgo Rossi", RENEW, NULL },
	{ "Rinnova, grazie\nUgo", RENEW, NULL },
	{ "Rinnova\n\nUgo Rossi\nMedico chirurgo\nTel. 011 5550", RENEW, NULL },
	{ "Ciao Lia, rinnova pure", RENEW, NULL }, { "Accetto. Saluti, dr.ssa Anna Blu", ACCEPT, "accetto" },
	{ "Rinnova\nSaluti\nP.S. se costa troppo no", DOUBT, NULL }, { "Saluti, non rinnovo", NO, NULL },
	{ "Gentile Ordine, quanto costa", ASKS, NULL }, { "Rinnova\nMario Rossi non paga", DOUBT, NULL },
	{ "Cordiali saluti\nUgo Rossi", DOUBT, NULL },
};

static void
test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *rule = NULL, *want = rows[i].accepts != NULL ? rows[i].accepts : "";
		g_autofree char *matched = NULL, *accepts = NULL;
		RnIntent says = rn_intent_read(rows[i].text, FALSE, &matched, &rule, &accepts);

		if (says != rows[i].says || strcmp(accepts, want) != 0)
			g_test_fail_printf("row %u \"%s\": %s by %s, accepts \"%s\"; wanted %s, \"%s\"", i,
			    rows[i].text, rn_word(RN_WORDS_INTENT, says), rule, accepts,
			    rn_word(RN_WORDS_INTENT, rows[i].says), want);
		g_assert_nonnull(rule);
	}
}

/* Law 4: what was cut out of a line can never be a yes, a no or a command. */
static void
test_mixed(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *rule;
		g_autofree char *matched = NULL, *accepts = NULL;
		RnIntent says = rn_intent_read(rows[i].text, TRUE, &matched, &rule, &accepts);

		if (says > RN_INTENT_QUESTION || *accepts != '\0')
			g_test_fail_printf("row %u \"%s\": %s although mixed", i, rows[i].text,
			    rn_word(RN_WORDS_INTENT, says));
	}
}

/* Any yes with one more word is none, if the word is one that turns it. */
static void
test_turned(void)
{
	static const char *const before[] = { "se ", "non ", "quando ", "forse ", "ho gi\xc3\xa0 detto ",
		"perch\xc3\xa9 " };
	static const char *const after[] = { " domani", " se possibile", "?", " ma non ora", " no", " forse",
		" dopo", " annulla" };

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (guint k = 0; k < G_N_ELEMENTS(before) + G_N_ELEMENTS(after); k++) {
			const char *rule;
			g_autofree char *matched = NULL, *accepts = NULL, *text = NULL;
			RnIntent says;

			if (k < G_N_ELEMENTS(before))
				text = g_strconcat(before[k], rows[i].text, NULL);
			else
				text = g_strconcat(rows[i].text, after[k - G_N_ELEMENTS(before)], NULL);
			says = rn_intent_read(text, FALSE, &matched, &rule, &accepts);
			if (says == RENEW || says == ACCEPT || says == YES)
				g_test_fail_printf("\"%s\" is no yes", text);
		}
	}
}

static void
test_matched(void)
{
	const char *rule;
	g_autofree char *matched = NULL, *accepts = NULL;

	rn_intent_read("Buongiorno, S\xc3\xac, rinnovate pure!", FALSE, &matched, &rule, &accepts);
	g_assert_cmpstr(matched, ==, "S\xc3\xac rinnovate pure");
	g_assert_cmpstr(rule, ==, "renew");
}

/* A long text is no answer, and takes no time. */
static void
test_long(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const char *rule;
	g_autofree char *matched = NULL, *accepts = NULL;

	for (guint i = 0; i < 5000; i++)
		g_string_append(text, "rinnova ");
	g_assert_cmpint(rn_intent_read(text->str, FALSE, &matched, &rule, &accepts), ==, DOUBT);
	g_assert_cmpstr(rule, ==, "too-long");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/read_intent/rows", test_rows);
	g_test_add_func("/read_intent/mixed", test_mixed);
	g_test_add_func("/read_intent/turned", test_turned);
	g_test_add_func("/read_intent/matched", test_matched);
	g_test_add_func("/read_intent/long", test_long);
	return g_test_run();
}
