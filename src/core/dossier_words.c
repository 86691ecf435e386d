#include "core/dossier_words.h"

#include <string.h>

typedef struct {
	RnWords		 words;
	const char	*word, *say[2];
} Word;

/* clang-format off */
static const Word table[] = {
	{ RN_WORDS_LETTER, "notice", { "avviso di scadenza", "expiry notice" } },
	{ RN_WORDS_LETTER, "fresh", { "nuovo avviso di scadenza", "fresh expiry notice" } },
	{ RN_WORDS_LETTER, "document", { "richiesta del documento d'identità", "request for the identity document" } },
	{ RN_WORDS_LETTER, "summary", { "riepilogo con i contratti", "summary with the contracts" } },
	{ RN_WORDS_LETTER, "reminder", { "promemoria con riepilogo e contratti",
	    "reminder with summary and contracts" } },
	{ RN_WORDS_LETTER, "confirmation", { "conferma dell'ordine", "confirmation of the order" } },
	{ RN_WORDS_LETTER, "renewed", { "comunicazione del rinnovo avvenuto", "the box was renewed" } },
	{ RN_WORDS_LETTER, "trouble", { "comunicazione di un problema", "trouble with the renewal" } },
	{ RN_WORDS_LETTER, "ask", { "nuova domanda: risposta non chiara", "asked again: the answer was not clear" } },
	{ RN_WORDS_LETTER, "already", { "comunicazione: già fatto", "already done" } },
	{ RN_WORDS_LETTER, "declined", { "presa d'atto della rinuncia", "acknowledgement: declined" } },
	{ RN_WORDS_LETTER, "cancelled", { "presa d'atto dell'annullamento", "acknowledgement: cancelled" } },
	{ RN_WORDS_LETTER, "warning", { "avvertimento: mittente non provato",
	    "warning: a sender who was not proven" } },
	{ RN_WORDS_LETTER, "list", { "elenco delle caselle", "list of boxes" } },
	{ RN_WORDS_LETTER, "help", { "aiuto", "help" } },
	{ RN_WORDS_LETTER, "authorize", { "richiesta di autorizzare un altro indirizzo",
	    "request to authorize another address" } },
	{ RN_WORDS_LETTER, "refused", { "documento d'identità rifiutato", "identity document refused" } },
	{ RN_WORDS_LETTER, "deactivated", { "comunicazione della disattivazione", "the box was deactivated" } },
	{ RN_WORDS_LETTER, "moved", { "cambio dell'indirizzo di riferimento", "reference address changed" } },
	{ RN_WORDS_LETTER, "waits", { "l'accettazione attende l'ente pagante", "the acceptance waits for the payer" } },
	{ RN_WORDS_SEND, "sent", { "inviata", "sent" } },
	{ RN_WORDS_SEND, "queued", { "in attesa di invio", "waiting to be sent" } },
	{ RN_WORDS_SEND, "claimed", { "in corso di invio", "being sent" } },
	{ RN_WORDS_SEND, "uncertain", { "esito dell'invio sconosciuto", "outcome of sending unknown" } },
	{ RN_WORDS_SEND, "failed", { "non riuscita", "failed" } },
	{ RN_WORDS_SEND, "dropped", { "ritirata prima dell'invio", "taken back before it was sent" } },
	{ RN_WORDS_ORDER, "requested", { "richiesto", "requested" } },
	{ RN_WORDS_ORDER, "document", { "in attesa del documento d'identità", "waiting for the identity document" } },
	{ RN_WORDS_ORDER, "offered", { "offerto: riepilogo inviato", "offered: summary sent" } },
	{ RN_WORDS_ORDER, "accepted", { "concluso: accettato dal titolare", "concluded: accepted by the holder" } },
	{ RN_WORDS_ORDER, "renewed", { "eseguito: rinnovato dal gestore", "carried out: renewed by the provider" } },
	{ RN_WORDS_ORDER, "declined", { "rifiutato dal titolare", "declined by the holder" } },
	{ RN_WORDS_ORDER, "cancelled", { "annullato dal titolare", "cancelled by the holder" } },
	{ RN_WORDS_ORDER, "lapsed", { "decaduto", "lapsed" } },
	{ RN_WORDS_ORDER, "failed", { "non eseguito: il gestore ha rifiutato", "refused by the provider" } },
	{ RN_WORDS_PROOF, "none", { "nessuna: mittente non registrato", "none: the sender is not registered" } },
	{ RN_WORDS_PROOF, "failed", { "contraria: il dominio del mittente smentisce il messaggio (DMARC)",
	    "against it: the sender's domain disowns the mail (DMARC)" } },
	{ RN_WORDS_PROOF, "low", { "debole: indirizzo registrato, senza firma del dominio",
	    "low: a registered address, without a signature of its domain" } },
	{ RN_WORDS_PROOF, "normal", { "normale: indirizzo registrato, autenticato dal suo dominio",
	    "normal: a registered address, authenticated by its domain" } },
	{ RN_WORDS_PROOF, "strong", { "forte: busta PEC o firma personale verificata",
	    "strong: a verified PEC envelope or personal signature" } },
	{ RN_WORDS_INTENT, "renew", { "chiede il rinnovo", "asks for the renewal" } },
	{ RN_WORDS_INTENT, "accept", { "accetta", "accepts" } },
	{ RN_WORDS_INTENT, "yes", { "dice di sì", "says yes" } },
	{ RN_WORDS_INTENT, "no", { "rifiuta", "declines" } },
	{ RN_WORDS_INTENT, "cancel", { "annulla", "cancels" } },
	{ RN_WORDS_INTENT, "authorize", { "autorizza", "authorizes" } },
	{ RN_WORDS_INTENT, "question", { "fa una domanda", "asks a question" } },
	{ RN_WORDS_INTENT, "unclear", { "non è chiaro", "is not clear" } },
	{ RN_WORDS_INTENT, "empty", { "non dice nulla", "says nothing" } },
	{ RN_WORDS_ACTION, "go-on", { "l'ordine procede", "the order goes on" } },
	{ RN_WORDS_ACTION, "go-on-named", { "l'ordine procede, indicando chi ha scritto",
	    "the order goes on, naming who wrote" } },
	{ RN_WORDS_ACTION, "conclude", { "l'ordine è concluso", "the order is concluded" } },
	{ RN_WORDS_ACTION, "record", { "registrata, senza seguito", "recorded, nothing follows" } },
	{ RN_WORDS_ACTION, "hold", { "trattenuta per una persona", "held for a person" } },
	{ RN_WORDS_ACTION, "hold-warn", { "trattenuta; il titolare è avvertito", "held; the holder is warned" } },
	{ RN_WORDS_ACTION, "hold-authorize", { "trattenuta; al titolare è chiesta l'autorizzazione",
	    "held; the holder is asked to authorize" } },
	{ RN_WORDS_ACTION, "decline", { "rinuncia registrata", "declined" } },
	{ RN_WORDS_ACTION, "cancel", { "annullamento registrato", "cancelled" } },
	{ RN_WORDS_ACTION, "ask", { "la domanda è posta di nuovo", "asked again" } },
	{ RN_WORDS_ACTION, "fresh", { "è inviato un nuovo avviso", "a fresh notice is sent" } },
	{ RN_WORDS_ACTION, "command", { "comando eseguito", "command carried out" } },
	{ RN_WORDS_ACTION, "desk", { "decisioni dell'amministratore", "the administrator's decisions" } },
	{ RN_WORDS_ACTION, "authorize", { "indirizzo autorizzato", "address authorized" } },
	{ RN_WORDS_SESSION, "good", { "registrata dal server di posta, registrazione autentica",
	    "recorded by the mail server, the record is genuine" } },
	{ RN_WORDS_SESSION, "bad", { "registrazione non autentica", "the record is not genuine" } },
	{ RN_WORDS_SESSION, "none", { "non registrata", "not recorded" } },
	{ RN_WORDS_CLASS, "human", { "di una persona", "a person's" } },
	{ RN_WORDS_CLASS, "auto", { "automatica", "automatic" } },
	{ RN_WORDS_CLASS, "bounce", { "avviso di mancato recapito", "a bounce" } },
	{ RN_WORDS_CLASS, "receipt", { "ricevuta PEC", "a PEC receipt" } },
	{ RN_WORDS_CLASS, "read-receipt", { "conferma di lettura", "a read receipt" } },
};

static const struct {
	const char	*kind, *say[2];
} receipts[] = {
	{ "accettazione", { "ricevuta di accettazione", "receipt of acceptance" } },
	{ "non-accettazione", { "avviso di non accettazione", "notice of non-acceptance" } },
	{ "avvenuta-consegna", { "ricevuta di avvenuta consegna", "receipt of delivery" } },
	{ "errore-consegna", { "avviso di mancata consegna", "notice of non-delivery" } },
	{ "preavviso-errore-consegna", { "avviso di mancata consegna per superamento dei tempi", "notice of late delivery" } },
};
/* clang-format on */

const char *
rn_dossier_word(RnWords words, const char *word, int language)
{
	for (gsize i = 0; word != NULL && i < G_N_ELEMENTS(table); i++)
		if (table[i].words == words && strcmp(table[i].word, word) == 0)
			return table[i].say[language];
	return word;
}

const char *
rn_dossier_receipt_word(const char *kind, int language)
{
	for (gsize i = 0; kind != NULL && i < G_N_ELEMENTS(receipts); i++)
		if (strcmp(receipts[i].kind, kind) == 0)
			return receipts[i].say[language];
	return kind;
}
