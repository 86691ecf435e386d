/* Machines that show in their subject only: old Exchange puts nothing else into an out-of-office reply. */
#include "mail/machine_subject.h"

#include <string.h>

#include "mail/fold.h"

/* Subjects as programs begin them, folded. */
static const struct {
	const char	*begin;
	RnClass		 class_;
} subjects[] = {
	{ "risposta automatica", RN_CLASS_AUTO }, { "risposta automatica:", RN_CLASS_AUTO },
	{ "autorisposta", RN_CLASS_AUTO }, { "fuori sede", RN_CLASS_AUTO },
	{ "fuori ufficio", RN_CLASS_AUTO }, { "notifica di assenza", RN_CLASS_AUTO },
	{ "avviso di assenza", RN_CLASS_AUTO },
	{ "messaggio di assenza", RN_CLASS_AUTO }, { "assente:", RN_CLASS_AUTO },
	{ "assenza:", RN_CLASS_AUTO }, { "assente dal", RN_CLASS_AUTO },
	{ "assenza dal", RN_CLASS_AUTO }, { "sono assente", RN_CLASS_AUTO },
	{ "assenza dall'ufficio", RN_CLASS_AUTO }, { "assente per ferie", RN_CLASS_AUTO },
	{ "chiusura per ferie", RN_CLASS_AUTO },
	{ "in ferie:", RN_CLASS_AUTO }, { "ferie:", RN_CLASS_AUTO },
	{ "risponditore automatico", RN_CLASS_AUTO }, { "messaggio automatico", RN_CLASS_AUTO },
	{ "auto:", RN_CLASS_AUTO },
	{ "autoreply", RN_CLASS_AUTO }, { "auto-reply", RN_CLASS_AUTO }, { "auto reply", RN_CLASS_AUTO },
	{ "automatic reply", RN_CLASS_AUTO },
	{ "autoresponse", RN_CLASS_AUTO }, { "auto response", RN_CLASS_AUTO },
	{ "automated reply", RN_CLASS_AUTO }, { "automated response", RN_CLASS_AUTO },
	{ "out of office", RN_CLASS_AUTO }, { "out of the office", RN_CLASS_AUTO },
	{ "out-of-office", RN_CLASS_AUTO }, { "vacation reply", RN_CLASS_AUTO },
	{ "away from my mail", RN_CLASS_AUTO }, { "automatische antwort", RN_CLASS_AUTO },
	{ "abwesenheitsnotiz", RN_CLASS_AUTO },
	{ "abwesenheitsmeldung", RN_CLASS_AUTO }, { "abwesend:", RN_CLASS_AUTO },
	{ "reponse automatique", RN_CLASS_AUTO },
	{ "absence du bureau", RN_CLASS_AUTO }, { "message d'absence", RN_CLASS_AUTO },
	{ "absent du bureau", RN_CLASS_AUTO },
	{ "samodejni odgovor", RN_CLASS_AUTO }, { "odsotnost", RN_CLASS_AUTO },
	{ "letto:", RN_CLASS_READ_RECEIPT }, { "read:", RN_CLASS_READ_RECEIPT },
	{ "gelesen:", RN_CLASS_READ_RECEIPT }, { "lu :", RN_CLASS_READ_RECEIPT },
	{ "lu:", RN_CLASS_READ_RECEIPT }, { "prebrano:", RN_CLASS_READ_RECEIPT },
	{ "non letto:", RN_CLASS_READ_RECEIPT },
	{ "not read:", RN_CLASS_READ_RECEIPT }, { "conferma di lettura", RN_CLASS_READ_RECEIPT },
	{ "ricevuta di lettura", RN_CLASS_READ_RECEIPT },
	{ "ricevuta di ritorno (visualizzata)", RN_CLASS_READ_RECEIPT },
	{ "read receipt", RN_CLASS_READ_RECEIPT },
	{ "return receipt", RN_CLASS_READ_RECEIPT }, { "lesebestatigung", RN_CLASS_READ_RECEIPT },
	{ "accuse de reception", RN_CLASS_READ_RECEIPT },
	{ "undelivered mail returned to sender", RN_CLASS_BOUNCE }, { "undeliverable", RN_CLASS_BOUNCE },
	{ "undelivered", RN_CLASS_BOUNCE }, { "mail delivery fail", RN_CLASS_BOUNCE },
	{ "mail delivery sub", RN_CLASS_BOUNCE }, { "mail delivery system", RN_CLASS_BOUNCE },
	{ "mail delivery err", RN_CLASS_BOUNCE }, { "mail system error", RN_CLASS_BOUNCE },
	{ "delivery status notification", RN_CLASS_BOUNCE },
	{ "delivery fail", RN_CLASS_BOUNCE }, { "delivery has failed", RN_CLASS_BOUNCE },
	{ "delivery report", RN_CLASS_BOUNCE }, { "delivery notification", RN_CLASS_BOUNCE },
	{ "returned mail", RN_CLASS_BOUNCE }, { "failure notice", RN_CLASS_BOUNCE },
	{ "failed mail", RN_CLASS_BOUNCE }, { "message delivery fail", RN_CLASS_BOUNCE },
	{ "non recapitabile", RN_CLASS_BOUNCE }, { "messaggio non recapitato", RN_CLASS_BOUNCE },
	{ "impossibile recapitare", RN_CLASS_BOUNCE }, { "mancato recapito", RN_CLASS_BOUNCE },
	{ "notifica di mancato recapito", RN_CLASS_BOUNCE },
	{ "notifica sullo stato del recapito", RN_CLASS_BOUNCE },
	{ "unzustellbar", RN_CLASS_BOUNCE }, { "non remis", RN_CLASS_BOUNCE },
	{ "nedostavljivo", RN_CLASS_BOUNCE },
};

/* Subjects of PEC receipts; they count only from the provider's own address. */
static const char *const pec_subjects[] = { "accettazione:", "consegna:", "avviso di mancata consegna",
	"avviso di non accettazione", "presa in carico:", "posta certificata: avviso", NULL };

RnClass
rn_subject_class(const char *subject, gboolean pec, char **why)
{
	g_autofree char *fold = rn_fold(subject, -1);
	const char *p = fold + strspn(fold, "[*-( ");

	for (guint i = 0; pec && pec_subjects[i] != NULL; i++) {
		if (g_str_has_prefix(p, pec_subjects[i])) {
			*why = g_strdup_printf("subject: %s", pec_subjects[i]);
			return RN_CLASS_RECEIPT;
		}
	}
	for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
		if (g_str_has_prefix(p, subjects[i].begin)) {
			*why = g_strdup_printf("subject: %s", subjects[i].begin);
			return subjects[i].class_;
		}
	}
	return RN_CLASS_HUMAN;
}

gboolean
rn_subject_delivery(const char *subject)
{
	g_autofree char *fold = rn_fold(subject, -1);

	return strstr(fold, "deliver") != NULL || strstr(fold, "returned") != NULL ||
	    strstr(fold, "recapit") != NULL || strstr(fold, "failure") != NULL ||
	    strstr(fold, "zustell") != NULL;
}

/* A program says so itself. */
static const char *const says_machine[] = { "messaggio automatico", "messaggio generato automaticamente",
	"e-mail generata automaticamente", "email generata automaticamente", "mail generata automaticamente",
	"risposta automatica", "risponditore automatico", "risposta generata automaticamente",
	"si prega di non rispondere a quest", "non rispondere a questo messaggio", "non rispondere a questa",
	"questa casella non e presidiata", "casella non presidiata", "casella di posta non presidiata",
	"indirizzo non piu attivo", "questo indirizzo non e piu attivo", "automatic reply",
	"automated message", "automated response", "this is an auto", "do not reply to this",
	"automatische antwort", "automatisch generiert", "reponse automatique", "message automatique",
	"samodejni odgovor", "samodejno sporocilo", NULL };

/* Phrases of absence; a person may write one of them, a program writes two. */
static const char *const says_absent[] = { "fuori ufficio", "fuori sede", "fuori studio", "saro assente",
	"sono assente", "attualmente assente", "sara assente", "assente dal", "assente fino", "assente per",
	"sono in ferie", "saro in ferie", "in ferie dal", "in ferie fino", "in congedo", "in maternita",
	"in malattia", "resta chiuso", "restera chiuso", "rimarra chiuso", "restera chiusa", "e chiuso",
	"e chiuso per", "chiuso per ferie", "chiusura estiva", "chiusura per ferie", "riaprira", "riapre il",
	"al mio rientro", "mio ritorno", "rientrero", "rientro il", "saro di ritorno", "sara letta al",
	"verra letta al", "accesso limitato", "non avro accesso", "non potro leggere",
	"senza accesso alla posta", "per urgenze", "per le urgenze", "in caso di urgenza",
	"per comunicazioni urgenti", "per questioni urgenti", "guardia medica", "continuita assistenziale",
	"sostituto", "sostituisce", "rispondero appena possibile", "rispondero al", "vi rispondero",
	"le rispondero", "sara mia cura rispond", "ho cambiato indirizzo", "nuovo indirizzo e",
	"e stata ricevuta", "e stato ricevuto", "out of office", "out of the office", "on leave",
	"on vacation", "limited access", "upon my return", "when i return", "urgent matters", "nicht im buro",
	"abwesend", "im urlaub", "nach meiner ruckkehr", "dringenden fallen", "absent du bureau", "en conge",
	"a mon retour", "en cas d'urgence", "odsoten", "odsotna", "na dopustu", "po vrnitvi", NULL };

/* How many phrases of LIST stand in FOLD, each in words of its own. */
static guint
phrases_in(const char *fold, const char *const *list)
{
	g_autofree char *left = g_strdup(fold);
	guint n = 0;

	for (; *list != NULL; list++) {
		char *at = strstr(left, *list);

		if (at == NULL)
			continue;
		n++;
		memset(at, '\n', strlen(*list));
	}
	return n;
}

gboolean
rn_body_automatic(const char *typed)
{
	g_autofree char *fold = rn_fold(typed, -1);

	return phrases_in(fold, says_machine) > 0 || phrases_in(fold, says_absent) > 1;
}
