/* The closed vocabulary. What is not in here is not understood, and what is not understood makes no order.
 * Folded, phrases between bars; apostrophes and full stops are spaces ("d accordo"). Dates are "#date".
 * Italian first; then English, German, French, Slovene. */
#include "mail/intent_parts.h"

#include <string.h>

typedef struct {
	RnSay		 say;
	const char	*verb;
	const char	*phrases;
} Row;

static const Row rows[] = {
	{ RN_SAY_RENEW, NULL,
	    "|rinnova|rinnovo|rinnovare|rinnovate|rinnovi|rinnoviamo|rinnovala|rinnovatela|rinnovatemela|"
	    "rinnovarla|rinnovatele|rinnovarle|io rinnovo|rinnovo si|di rinnovare|da rinnovare|a rinnovare|"
	    "rinnovate pure|vi autorizzo a rinnovare|autorizzo a rinnovare|autorizzo il rinnovo|"
	    "autorizzo rinnovo|si autorizza il rinnovo|renew|renew it|please renew|i renew|i want to renew|"
	    "i would like to renew|renew my mailbox|verlangern|verlangere|verlangern sie|ich verlangere|"
	    "bitte verlangern|bitte um verlangerung|verlangerung bitte|erneuern|erneuern sie|ich erneuere|"
	    "bitte erneuern|renouveler|renouvelez|renouvelle|je renouvelle|je souhaite renouveler|"
	    "veuillez renouveler|a renouveler|podaljsaj|podaljsajte|podaljsam|podaljsati|obnovi|obnovite|"
	    "obnovim|zelim podaljsati|zelim obnoviti|prosim podaljsajte|prosim obnovite|" },
	{ RN_SAY_RENEWAL, NULL,
	    "|il rinnovo|del rinnovo|al rinnovo|un rinnovo|col rinnovo|con il rinnovo|per il rinnovo|"
	    "sul rinnovo|di rinnovo|questo rinnovo|tale rinnovo|the renewal|renewal|die verlangerung|"
	    "der verlangerung|le renouvellement|du renouvellement|podaljsanje|obnovo|" },
	{ RN_SAY_WANT, NULL,
	    "|voglio|vorrei|desidero|desidereremmo|intendo|gradirei|chiedo|richiedo|chiediamo|richiediamo|"
	    "vogliamo|si chiede|si richiede|si desidera|procedete con|procedere con|proceda con|"
	    "procedi con|procedete al|procedere al|proceda al|procedete a|procedere a|potete|puo|puoi|"
	    "potete procedere|puo procedere|vi prego di|la prego di|si prega di|prego di|dovete|fate|"
	    "faccia|effettuate|effettuare|attivate|ho intenzione di|vi chiedo di|chiedo di|i want|"
	    "i would like|i wish|ich mochte|wir mochten|je souhaite|je veux|je voudrais|zelim|rad bi|"
	    "rada bi|" },
	{ RN_SAY_ACCEPT, "accetto",
	    "|accetto|accettiamo|io accetto|di accettare|accettare|e accetto|si accetta|i accept|accept|"
	    "we accept|i agree|agree|ich akzeptiere|akzeptiere|ich nehme an|j accepte|accepte|sprejmem|"
	    "sprejemam|strinjam se|di aver letto e di accettare|di aver letto e accettato|"
	    "di aver letto e accettare|di aver letto ed accettato|" },
	{ RN_SAY_ACCEPT, "approvo",
	    "|approvo|approviamo|io approvo|di approvare|i approve|approve|ich genehmige|genehmige|"
	    "j approuve|approuve|odobrim|odobravam|" },
	{ RN_SAY_ACCEPT, "confermo",
	    "|confermo|confermiamo|io confermo|i confirm|confirm|ich bestatige|bestatige|je confirme|"
	    "confirme|potrjujem|potrdim|" },
	{ RN_SAY_ACCEPT, "dichiaro",
	    "|dichiaro|dichiariamo|io dichiaro|i declare|ich erklare|je declare|izjavljam|" },
	{ RN_SAY_YES, NULL,
	    "|si|ok|okay|okey|va bene|va benissimo|va bene cosi|certo|certo che si|certamente|certo si|"
	    "sicuramente|senz altro|senza altro|assolutamente si|direi di si|ma certo|d accordo|concordo|"
	    "procedete|procedi|proceda|procedere|procediamo|si proceda|fate pure|faccia pure|"
	    "procedete pure|proceda pure|procedi pure|affermativo|yes|yep|yeah|sure|of course|go ahead|"
	    "please proceed|proceed|ja|jawohl|gerne|einverstanden|machen sie das|oui|bien sur|allez y|"
	    "velja|v redu|seveda|se strinjam|" },
	{ RN_SAY_YES_ALONE, NULL,
	    "|da|da hvala|da prosim|" },
	{ RN_SAY_NO, NULL,
	    "|no|no no|no grazie|non mi interessa|non interessa|non sono interessato|non sono interessata|"
	    "non ci interessa|non siamo interessati|non mi serve piu|non serve piu|non mi serve|non serve|"
	    "non la voglio|non lo voglio|certo che no|assolutamente no|direi di no|disdico|disdetta|"
	    "do disdetta|rifiuto|nope|no thanks|no thank you|not interested|nein|nein danke|kein interesse|"
	    "kundigen|ich kundige|non merci|ne hvala|ne zelim|" },
	{ RN_SAY_NOT, NULL,
	    "|non|not|do not|don t|dont|please do not|please don t|nicht|bitte nicht|kein|keine|ne|ne pas|"
	    "pas|n|nessun|nessuno|nessuna|niente|nulla|mai|neanche|nemmeno|neppure|never|nie|jamais|aucun|"
	    "nikoli|nocem|nisem|" },
	{ RN_SAY_CANCEL, NULL,
	    "|annulla|annullo|annullare|annullate|annulli|annullatela|annullatelo|annullamento|annulliamo|"
	    "annulla tutto|annullate tutto|cancella|cancellare|cancellate|revoco|revocare|revoca|cancel|"
	    "cancel it|please cancel|stornieren|storniere|storno|annullieren|annuler|annulez|j annule|"
	    "preklici|preklicite|preklic|preklicujem|" },
	{ RN_SAY_AUTHORIZE, NULL,
	    "|autorizzo|autorizziamo|io autorizzo|i authorize|authorize|ich genehmige das|j autorise|"
	    "pooblascam|" },
	{ RN_SAY_STATUS, NULL,
	    "|stato|stato casella|stato della casella|stato ordine|stato dell ordine|stato del rinnovo|"
	    "stato pratica|status|etat|stanje|" },
	{ RN_SAY_LIST, NULL,
	    "|elenco|elenco caselle|elenco delle caselle|lista|lista caselle|list|liste|seznam|" },
	{ RN_SAY_HELP, NULL,
	    "|aiuto|aiutatemi|istruzioni|help|hilfe|aide|pomoc|" },
	{ RN_SAY_IF, NULL,
	    "|se|qualora|ancora|per ora no|purche|quando|dopo|prima|prima di|a patto|a patto che|"
	    "a condizione|a condizione che|solo|soltanto|solamente|unicamente|a meno|appena|non appena|"
	    "finche|fino a|fintanto|salvo|tranne|eccetto|escluso|esclusa|in caso|nel caso|poi|ma|pero|"
	    "tuttavia|forse|magari|credo|penso|domani|dopodomani|ieri|oggi no|piu tardi|piu avanti|per ora|"
	    "per adesso|per il momento|al momento|ora|adesso|settimana|settimane|mese|mesi|prossimo|"
	    "prossima|prossimi|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|vediamo|vedremo|"
	    "valuto|valutero|valutiamo|anziche|invece|senza|o|oppure|aspetto|aspettate|attendo|attendete|"
	    "attendere|aspettare|sospendete|sospendo|contrario|contraria|if|unless|when|after|before|but|"
	    "only|maybe|perhaps|later|tomorrow|provided|wait|without|or|wenn|falls|aber|nur|vielleicht|"
	    "spater|morgen|sofern|ohne|oder|warten|si vous|mais|seulement|peut etre|demain|sauf|sans|ou|"
	    "attendez|ce|ampak|samo|morda|jutri|pozneje|ali|brez|razen|" },
	{ RN_SAY_ASK, NULL,
	    "|quanto|quanto costa|quanti|quale|quali|come|perche|come mai|dove|chi|cosa|che cosa|posso|"
	    "potrei|possiamo|e possibile|vorrei sapere|mi chiedo|mi chiedevo|chiedo se|vorrei capire|"
	    "mi dite|mi dice|mi fate sapere|mi puo dire|how|how much|what|why|who|which|where|can i|"
	    "could i|is it possible|was|wie|wieviel|wie viel|warum|wer|welche|kann ich|combien|comment|"
	    "pourquoi|quel|quelle|puis je|est ce que|kako|koliko|zakaj|kdaj|kaj|kdo|" },
	{ RN_SAY_FILL, NULL,
	    "|il|lo|la|i|gli|le|l|un|una|uno|di|del|dello|della|dei|degli|delle|dell|al|allo|alla|ai|agli|"
	    "alle|all|a|in|nel|nella|nell|con|per|per la|su|sulla|e|ed|che|questa|questo|queste|quella|mia|"
	    "mio|mie|miei|nostra|nostro|nostre|vostra|vostro|sua|suo|suddetta|suddetto|predetta|casella|"
	    "caselle|pec|posta|certificata|elettronica|casella pec|indirizzo pec|ordine|ordine di rinnovo|"
	    "contratto|contratti|condizioni|condizione contrattuale|contrattuali|clausole|clausola|"
	    "vessatorie|termini|proposta|offerta|riepilogo|dichiarazioni|dichiarazione|accettazione|"
	    "servizio|abbonamento|generali|tutte|tutti|tutto|entrambe|anche|pure|subito|immediatamente|"
	    "volentieri|quanto prima|al piu presto|il prima possibile|prima possibile|cortesemente|"
	    "gentilmente|per favore|per cortesia|per piacere|per gentilezza|prego|favore|come da|"
	    "come da oggetto|come sopra|come indicato|come richiesto|come proposto|"
	    "come da vostra richiesta|come da vostra|come da riepilogo|in oggetto|di cui sopra|"
	    "di cui all oggetto|quanto sopra|in scadenza|in scadenza il #date|in scadenza in data #date|"
	    "che scade il #date|con scadenza #date|con scadenza il #date|scadenza #date|un altro anno|"
	    "per un altro anno|per un anno|per un ulteriore anno|un altro anno ancora|anche quest anno|"
	    "anche per quest anno|per quest anno|espressamente|specificamente|specificatamente|ai sensi|vi|"
	    "mi|senza problemi|nessun problema|no problem|con la presente|la presente|io sottoscritto|"
	    "io sottoscritta|il sottoscritto|la sottoscritta|sottoscritto|sottoscritta|ovviamente|"
	    "naturalmente|perfetto|ottimo|benissimo|bene|molto bene|volontariamente|the|my|our|this|it|"
	    "mailbox|contract|terms|conditions|and|please|of|for|yes please|as requested|die|das|der|den|"
	    "dem|mein|meine|meinen|unser|postfach|pec adresse|bitte|und|ich|es|sie|vertrag|bedingungen|"
	    "alles|le contrat|les|mon|notre|boite|s il vous plait|svp|et|je|vous|conditions generales|"
	    "predal|prosim|moj|postni|pogoje|" },
	{ RN_SAY_THANK, NULL,
	    "|grazie|grazie mille|molte grazie|tante grazie|grazie tante|ti ringrazio|vi ringrazio|"
	    "la ringrazio|ringrazio|ringraziando|grazie infinite|grazie anticipatamente|grazie in anticipo|"
	    "grazie per la collaborazione|grazie della collaborazione|thanks|thank you|thanks a lot|thx|"
	    "many thanks|danke|danke schon|vielen dank|besten dank|merci|merci beaucoup|merci bien|hvala|"
	    "hvala lepa|najlepsa hvala|" },
	{ RN_SAY_GREET, NULL,
	    "|buongiorno|buon giorno|buonasera|buona sera|buon pomeriggio|salve|ciao|buondi|a tutti|hello|"
	    "hi|good morning|good afternoon|good evening|hallo|guten tag|guten morgen|guten abend|"
	    "gruss gott|bonjour|bonsoir|salut|pozdravljeni|dober dan|dobro jutro|zdravo|zivjo|" },
	{ RN_SAY_DEAR, NULL,
	    "|gentile|gentili|gentilissimi|gentilissimo|gentilissima|gentmo|gentma|egregio|egregi|egregia|"
	    "egr|spettle|spett|spettabile|spettabili|caro|cara|cari|pregiato|pregiatissimi|illmo|illma|"
	    "dear|sehr geehrte|sehr geehrter|liebe|lieber|cher|chere|chers|spostovani|spostovana|dragi|" },
	{ RN_SAY_CLOSE, NULL,
	    "|saluti|cordiali saluti|distinti saluti|cordialmente|grazie e saluti|grazie e cordiali saluti|"
	    "grazie e buona giornata|grazie e buon lavoro|un saluto|un cordiale saluto|tanti saluti|"
	    "cari saluti|i migliori saluti|migliori saluti|porgo distinti saluti|porgo cordiali saluti|"
	    "invio cordiali saluti|buona giornata|buona serata|buon lavoro|buon fine settimana|"
	    "buona domenica|buon weekend|in fede|a presto|arrivederci|con osservanza|con stima|"
	    "saluti cordiali|best regards|kind regards|regards|best wishes|best|sincerely|yours sincerely|"
	    "cheers|mfg|mit freundlichen grussen|mit freundlichem gruss|freundliche grusse|viele grusse|"
	    "liebe grusse|beste grusse|gruss|grusse|cordialement|bien cordialement|bien a vous|salutations|"
	    "meilleures salutations|bonne journee|lep pozdrav|lepo pozdravljeni|lp|s spostovanjem|" },
	{ RN_SAY_TITLE, NULL,
	    "|dott|dottor|dottore|dottoressa|dottssa|dr|drssa|dssa|prof|professore|professoressa|profssa|"
	    "avv|avvocato|ing|ingegnere|arch|architetto|geom|rag|sig|sigra|signora|signor|signori|medico|"
	    "medico chirurgo|odontoiatra|studio|studio medico|farmacia|fto|firmato|mr|mrs|ms|doctor|herr|"
	    "frau|dipl|monsieur|madame|gospod|gospa|" },
};

RnSay
rn_say_of(const char *phrase, const char **verb)
{
	g_autofree char *key = g_strconcat("|", phrase, "|", NULL);

	if (verb != NULL)
		*verb = NULL;
	if (strcmp(phrase, "#date") == 0 || strcmp(phrase, "#number") == 0)
		return RN_SAY_NUMBER;
	if (strcmp(phrase, "#address") == 0)
		return RN_SAY_ADDRESS;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strstr(rows[i].phrases, key) == NULL)
			continue;
		if (verb != NULL)
			*verb = rows[i].verb;
		return rows[i].say;
	}
	return RN_SAY_UNKNOWN;
}
