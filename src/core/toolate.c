/* toolate.c: a no to what cannot be taken back any more: a person looks at it, and the member is told whom to
 * call. */
#include "core/work.h"

gboolean
rn_too_late(RnWork *w, const RnOrder *order, const char *why, GError **error)
{
	RnDay today = rn_day_of(w->desk.now, w->desk.e->settings->tz);
	g_autofree char *key =
	    g_strdup_printf("order/%" G_GINT64_FORMAT "/too-late/%d", order != NULL ? order->id : 0, today);
	const RnLetters *letters = w->desk.e->letters;
	const char *language =
	    rn_letters_language(letters, RN_LETTER_ALREADY, w->r->box != NULL ? w->r->box->language : NULL);
	RnLetterAsk ask = {
		.kind = RN_LETTER_ALREADY, .key = key, .purpose = RN_PURPOSE_RENEW, .box = w->r->box,
		.convention = w->convention,
		.order = order, .expiry = w->r->period_expiry, .answers = w->in->message_id, .read = w->in->typed_text,
		.read_at = w->r->taken,
		.reason = rn_letters_words(letters, language)->too_late,
	};

	return rn_work_hold(w, why, error) && (order == NULL || rn_desk_letter(&w->desk, &ask, NULL, error));
}
