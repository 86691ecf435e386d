#include "core/heldwords.h"

#include <string.h>

#include "core/desk.h"
#include "policy/policy.h"

/* Words of a verb: as the desk says it, as a mail says it, and what is understood as well. */
static const struct {
	const char	*word, *parola, *other;
} verbs[RN_HELD_N] = {
	[RN_HELD_ACCEPT] = { "accept", "accetta", "accetto" },
	[RN_HELD_DISCARD] = { "discard", "scarta", "scarto" },
	[RN_HELD_ASK] = { "ask", "rispondi", "chiedi" },
	[RN_HELD_RELEASE] = { "release", "riprova", "rilascia" },
	[RN_HELD_CLOSE] = { "close", "chiudi", "chiuso" },
};

typedef struct {
	const char	*rule;
	const char	*english;	/* NULL: the policy has it */
	const char	*italian;
	RnHeldVerb	 first;		/* what will likely be done */
} Row;

/* clang-format off */
static const Row rows[] = {
{ "odd-from", NULL, "il campo From non nomina un solo mittente", RN_HELD_ASK },
{ "tokens-disagree", NULL, "contiene due codici validi che si contraddicono", RN_HELD_ASK },
{ "good-token-unknown-period", NULL, "il codice è nostro, ma l'archivio non conosce quella scadenza", RN_HELD_CLOSE },
{ "good-token-failed-offer", NULL, "il dominio del mittente disconosce questa mail (dmarc=fail)", RN_HELD_DISCARD },
{ "good-token-failed", NULL, "il dominio del mittente disconosce questa mail (dmarc=fail)", RN_HELD_DISCARD },
{ "good-token-other-purpose", NULL, "il codice è valido, ma non di una lettera a cui si risponde", RN_HELD_DISCARD },
{ "good-token-for-question", NULL, "l'iscritto chiede qualcosa a una persona", RN_HELD_ASK },
{ "good-token-low-accept-forbidden", NULL,
	"accettazione valida, ma il mittente non è provato e la convenzione lo esige", RN_HELD_ACCEPT },
{ "good-token-other-accept", NULL,
	"accettazione da un indirizzo non registrato: al titolare è stato chiesto se autorizzarlo", RN_HELD_ASK },
{ "good-token-asked-before", NULL, "non è chiara, e all'iscritto era già stato chiesto di nuovo", RN_HELD_ASK },
{ "administrator-accepts", "a person has read it and says that it counts",
	"una persona l'ha letta e dice che vale", RN_HELD_CLOSE },
{ "admin-answer-not-proven", NULL,
	"risposta a un elenco dei casi, ma non è provato che l'abbia scritta un amministratore", RN_HELD_DISCARD },
{ "expired-token-unknown-period", NULL,
	"il codice è scaduto e l'archivio non conosce quella scadenza", RN_HELD_DISCARD },
{ "expired-token-failed", NULL, "il codice è scaduto e il dominio del mittente disconosce la mail", RN_HELD_DISCARD },
{ "expired-token-other-purpose", NULL,
	"il codice è scaduto e non è di una lettera a cui si risponde", RN_HELD_DISCARD },
{ "no-token-registered", NULL,
	"da un indirizzo registrato, ma nessun codice dice a quale lettera risponde", RN_HELD_ASK },
{ "member-likely", NULL, "né codice né prova, ma potrebbe essere di un iscritto", RN_HELD_ASK },
{ "unreadable", "it is over a limit or could not be read",
	"supera un limite o non si è potuta leggere", RN_HELD_CLOSE },
{ "after-reactivation-days", "it came after the days within which the box can be renewed",
	"è arrivata dopo i giorni utili alla riattivazione", RN_HELD_ASK },
{ "after-the-order", "something was said after the order was concluded",
	"dice qualcosa dopo la conclusione dell'ordine", RN_HELD_ASK },
{ "box-unknown", "no box is known that it could be about", "non si sa di quale casella parli", RN_HELD_ASK },
{ RN_RULE_BUDGET, "it was accepted, but the payer's budget of the year is spent", "accettazione valida, ma la spesa annua dell'Ordine è esaurita", RN_HELD_RELEASE },
{ "command-from-nobody", "a command from an address that is not registered",
	"un comando da un indirizzo non registrato", RN_HELD_DISCARD },
{ "convention-unknown", "the box's convention is not in the configuration",
	"la convenzione della casella manca nella configurazione", RN_HELD_RELEASE },
{ "list-answered-by-another", "a list was answered from another address",
	"un elenco a cui ha risposto un altro indirizzo", RN_HELD_DISCARD },
{ "no-box-to-list", "a command from an address that has no box any more",
	"un comando da un indirizzo che non ha più caselle", RN_HELD_CLOSE },
{ "nobody-to-authorize", "an authorization that nobody waits for",
	"un'autorizzazione che nessuno attende", RN_HELD_DISCARD },
{ "not-entitled", "its holder is not entitled, or has left the roll",
	"il titolare non risulta tra gli aventi diritto", RN_HELD_ASK },
{ "not-possible-in-this-state", "the order is in a state in which this is not possible",
	"nello stato attuale dell'ordine non è possibile", RN_HELD_ASK },
{ "not-yet-expiring", "the box does not expire for a long time", "la casella non è ancora in scadenza", RN_HELD_ASK },
{ "order-failed", "the provider has refused the order", "il gestore ha rifiutato l'ordine", RN_HELD_CLOSE },
{ "order-already-carried-out", "a no that came after the order was carried out",
	"un no arrivato a ordine eseguito", RN_HELD_CLOSE },
{ "period-is-over", "it answers a letter about a date that is over",
	"risponde a una lettera su una scadenza ormai passata", RN_HELD_ASK },
{ "provider-already-asked", "a no that came after the provider was asked",
	"un no arrivato quando il gestore era già stato interpellato", RN_HELD_CLOSE },
{ "too-many-answers-today", "enough letters went to this address today",
	"a questo indirizzo oggi si è già risposto abbastanza", RN_HELD_RELEASE },
{ "too-many-commands-today", "enough commands came from this address today",
	"da questo indirizzo oggi sono giunti abbastanza comandi", RN_HELD_DISCARD },
{ "too-many-offers", "the box has had too many offers for this date",
	"per questa scadenza ci sono state troppe offerte", RN_HELD_CLOSE },
};
/* clang-format on */

const char *
rn_held_word(RnHeldVerb verb)
{
	return verb < RN_HELD_N ? verbs[verb].word : "?";
}

const char *
rn_held_parola(RnHeldVerb verb)
{
	return verb < RN_HELD_N ? verbs[verb].parola : "?";
}

RnHeldVerb
rn_held_verb(const char *word)
{
	RnHeldVerb v = 0;

	while (v < RN_HELD_N && g_ascii_strcasecmp(word, verbs[v].word) != 0 &&
	    g_ascii_strcasecmp(word, verbs[v].parola) != 0 && g_ascii_strcasecmp(word, verbs[v].other) != 0)
		v++;
	return v;
}

static const Row *
row_of(const char *rule)
{
	for (guint i = 0; rule != NULL && i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].rule, rule) == 0)
			return &rows[i];
	return NULL;
}

const char *
rn_held_reason(const char *rule)
{
	const Row *row = row_of(rule);

	if (row != NULL && row->english != NULL)
		return row->english;
	return rule != NULL ? rn_policy_why(rule) : NULL;
}

const char *
rn_held_motivo(const char *rule)
{
	const Row *row = row_of(rule);

	if (row != NULL)
		return row->italian;
	if (rule != NULL && (g_str_has_prefix(rule, "pec-") || g_str_has_prefix(rule, "registered-mail")))
		return "posta certificata la cui busta o firma non è a posto";
	return "una persona deve guardarla";
}

static const struct {
	const char	*english, *italian;
} reasons[] = {
	{ "it is not kept whole: close it", "non è conservata intera: chiudere" },
	{ "there was no time to read it: answer about fewer cases",
	    "non c'è stato il tempo di leggerla: rispondere per meno casi alla volta" },
	{ "no box is known whose holder could be written to", "non si sa a quale titolare scrivere" },
	{ "its order is concluded: say what the member shall read",
	    "l'ordine è concluso: scrivere dopo «rispondi» che cosa il titolare deve leggere" },
	{ "it could not be read", "non si è potuta leggere" },
	{ "a machine wrote it", "l'ha scritta una macchina" },
	{ "no good code says which letter it answers", "nessun codice valido dice a quale lettera risponde" },
	{ "it answers no notice and no summary", "non risponde né a un avviso né a un riepilogo" },
	{ "it answers a list: which box is meant is not certain", "risponde a un elenco: la casella non è certa" },
	{ "nothing was typed, so nothing was said", "non vi è scritto nulla, dunque nulla è detto" },
	{ "it does not hold every word that the convention wants of an acceptance: ask for them",
	    "mancano parole che la convenzione esige da un'accettazione: chiederle con «rispondi»" },
	{ "its sender is doubtful: rinnova held accept, at the machine, can take it all the same",
	    "il mittente è dubbio: solo alla macchina, con rinnova held accept" },
};

const char *
rn_held_perche(const char *why)
{
	for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (g_strcmp0(reasons[i].english, why) == 0)
			return reasons[i].italian;
	return why;
}

/* Has the member said something about a box, so that it can count? */
static gboolean
can_count(const RnInbox *in, gboolean by_mail)
{
	if (by_mail &&
	    (in->from == NULL || g_strcmp0(in->proof, rn_word(RN_WORDS_PROOF, RN_PROOF_FAILED)) == 0))
		return FALSE;
	return in->box_id != 0 && g_strcmp0(in->class_, "human") == 0 && in->typed_text != NULL &&
	    *in->typed_text != '\0';
}

guint
rn_held_likely(const RnInbox *in, gboolean by_mail, RnHeldVerb out[RN_HELD_N])
{
	static const RnHeldVerb order[] = { RN_HELD_ACCEPT, RN_HELD_ASK, RN_HELD_RELEASE, RN_HELD_DISCARD,
		RN_HELD_CLOSE };
	const Row *row = row_of(in->rule);
	RnHeldVerb first = row != NULL ? row->first : RN_HELD_RELEASE;
	gboolean can[RN_HELD_N] = { [RN_HELD_ACCEPT] = can_count(in, by_mail),
		[RN_HELD_DISCARD] = TRUE,
		[RN_HELD_ASK] = in->box_id != 0,
		[RN_HELD_RELEASE] = TRUE,
		[RN_HELD_CLOSE] = TRUE };
	guint n = 0;

	if (can[first])
		out[n++] = first;
	for (guint i = 0; i < G_N_ELEMENTS(order); i++)
		if (can[order[i]] && !(can[first] && order[i] == first))
			out[n++] = order[i];
	return n;
}
