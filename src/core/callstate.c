#include "core/callstate.h"

#include "policy/policy.h"

gboolean
rn_callstate_wanted(const RnCall *call, const RnBox *box)
{
	if (call->kind == RN_CALL_DEACTIVATE)
		return box->state == RN_BOX_DEACTIVATED;
	return call->kind != RN_CALL_REACTIVATE || box->state == RN_BOX_ACTIVE;
}

static const char *
deed(const RnCall *call)
{
	return call->kind == RN_CALL_DEACTIVATE ? "disattivare" : "riattivare";
}

static gboolean
tell_admin(
    RnDesk *d, const RnCall *call, RnSendState state, const char *subject, const char *text, GError **error)
{
	g_autofree char *key = g_strdup_printf(
	    "call/%" G_GINT64_FORMAT "/%s/%d", call->id, rn_word(RN_WORDS_SEND, (int)state), call->attempts);

	return rn_desk_admin(d, key, subject, text, error);
}

static gboolean
tell(RnDesk *d, const RnCall *call, const RnBox *box, gboolean by_person, RnSendState state, const char *why,
    GError **error)
{
	const char *what = deed(call);
	g_autofree char *subject = g_strdup_printf(
	    by_person ? "Una casella da %s a mano" : "Una casella da %s: esito da verificare", what);
	g_autofree char *text = g_strdup_printf(by_person ?
	        "Da %s a mano presso il gestore: casella %s.\n%s" :
	        state == RN_SEND_FAILED ?
	        "Il gestore rifiuta di %s la casella %s: %s\nVerificare presso il gestore." :
	        "Il gestore era stato incaricato di %s la casella %s, ma non si sa come sia andata: %s\n"
	        "Verificare presso il gestore.",
	    what, box->name, why != NULL ? why : "");

	return tell_admin(d, call, state, subject, text, error);
}

/* "Later", and still later. */
static gboolean
tell_waiting(RnDesk *d, const RnCall *call, const RnBox *box, const char *why, GError **error)
{
	g_autofree char *subject = g_strdup_printf("Una casella da %s: il gestore non risponde", deed(call));
	g_autofree char *text = g_strdup_printf(
	    "Il gestore è stato incaricato %d volte di %s la casella %s, e non l'ha ancora fatto.\n"
	    "Motivo: %s\nSi continua a riprovare.",
	    call->attempts, deed(call), box->name, why != NULL ? why : "non indicato");

	return tell_admin(d, call, RN_SEND_QUEUED, subject, text, error);
}

gboolean
rn_callstate_settle(RnDesk *d, const RnCall *call, const RnBox *box, gboolean by_person, RnSendState state,
    int tries, const char *why, GError **error)
{
	g_autofree char *what = g_strdup_printf("provider %s %s", rn_word(RN_WORDS_CALL, (int)call->kind),
	    by_person ? "by a person" : rn_word(RN_WORDS_SEND, (int)state));

	if (box == NULL)
		return TRUE;
	if (state == RN_SEND_QUEUED)
		return !rn_retry_tells(call->attempts, tries) || tell_waiting(d, call, box, why, error);
	if ((by_person || state == RN_SEND_FAILED || state == RN_SEND_UNCERTAIN) &&
	    !tell(d, call, box, by_person, state, why, error))
		return FALSE;
	return rn_desk_ledger(d, what, box, NULL, why, error);
}
