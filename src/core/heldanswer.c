/* heldanswer.c: an administrator decides by mail. */
#include <string.h>

#include "base/text.h"
#include "core/dossier_words.h"
#include "core/heldcase.h"
#include "core/helddigest.h"
#include "core/heldlines.h"

#define STRANGE 5	/* lines that are quoted as not understood */

/* What came of one case, as the administrator reads it. */
static void
tell(const RnDesk *d, GString *to, const RnHeldLine *line, const RnHeldResult *r)
{
	const char *verb = rn_held_parola(line->verb);
	g_autofree char *at = r->first != NULL ? rn_time_text(r->first->at, d->e->settings->tz) : NULL;

	g_string_append_printf(to, "Caso %d, %s: ", line->n, verb);
	switch (r->end) {
	case RN_HELD_DONE:
		g_string_append(to, "fatto");
		if ((line->verb == RN_HELD_ACCEPT || line->verb == RN_HELD_RELEASE) && r->action != NULL)
			g_string_append_printf(to, "; %s", rn_dossier_word(RN_WORDS_ACTION, r->action, 0));
		if (line->verb == RN_HELD_ASK && line->text != NULL) {
			g_string_append(to, "; il titolare legge:\n");
			rn_held_quote(to, line->text, G_MAXUINT);
			return;
		}
		break;
	case RN_HELD_STILL:
		g_string_append_printf(
		    to, "resta in attesa, perché %s (%s)", rn_held_motivo(r->rule), r->rule);
		break;
	case RN_HELD_GONE:
		if (r->first != NULL)
			g_string_append_printf(to, "già deciso da %s, %s: %s", r->first->who, at,
			    rn_held_parola(rn_held_verb(r->first->what)));
		else
			g_string_append(to, "non è più in attesa");
		break;
	case RN_HELD_REFUSED:
		g_string_append_printf(to, "non si può, resta in attesa: %s", rn_held_perche(r->why));
		break;
	case RN_HELD_MISSING:
	default:
		g_string_append(to, "in quell'elenco non c'è");
	}
	g_string_append_c(to, '\n');
}

static gboolean
one_line(RnDesk *d, gint64 digest, const RnHeldLine *line, GString *to, GError **error)
{
	gboolean ask = line->verb == RN_HELD_ASK;
	RnHeldWish wish = { .verb = line->verb,
		.by_mail = TRUE,
		.text = ask ? line->text : NULL,
		.reason = ask ? NULL : line->text };
	g_auto(RnHeldResult) result = { .end = RN_HELD_MISSING };

	if (line->twice) {
		g_string_append_printf(to, "Caso %d: nominato due volte, non è stato fatto nulla\n", line->n);
		return TRUE;
	}
	if (!rn_store_digest_case(d->tx, digest, line->n, &wish.inbox_id, error) ||
	    (wish.inbox_id != 0 && !rn_held_decide(d, &wish, &result, error)))
		return FALSE;
	tell(d, to, line, &result);
	return TRUE;
}

/* What each line came to; and what was not understood. */
static char *
answer_text(RnDesk *d, gint64 digest, const char *typed, GError **error)
{
	g_autoptr(GPtrArray) strange = NULL;
	g_autoptr(GPtrArray) lines = rn_held_lines(typed, &strange);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		if (!one_line(d, digest, g_ptr_array_index(lines, i), text, error))
			return NULL;
	if (lines->len == 0)
		g_string_append(text, "Nella sua risposta non c'è una decisione: nessun caso è cambiato.\n");
	for (guint i = 0; i < MIN(strange->len, STRANGE); i++) {
		g_autofree char *plain = rn_text_plain(g_ptr_array_index(strange, i));

		g_string_append_printf(text, "Non capita: «%.*s»\n",
		    (int)(g_utf8_offset_to_pointer(plain, MIN(g_utf8_strlen(plain, -1), 60)) - plain), plain);
	}
	g_string_append(text, "\nUn caso si decide così: «3 accetta», «5 scarta», «7 rispondi ...».\n");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

gboolean
rn_held_answer(RnWork *w, GError **error)
{
	const RnFacts *f = w->r->facts;
	g_autofree char *who = g_strconcat("admin:", f->from, NULL);
	g_autofree char *key = g_strdup_printf("held/desk/%" G_GINT64_FORMAT, w->in->id);
	g_autofree char *text = NULL;
	RnDesk d = w->desk;
	gint64 digest;
	RnLetterAsk ask = { .kind = RN_LETTER_ADMIN,
		.key = key,
		.purpose = RN_PURPOSE_ADMIN,
		.digest = f->token.period,
		.to = f->from,
		.answers = w->in->message_id,
		.subject = "Le sue decisioni sulle mail in attesa" };

	d.who = who;
	d.inbox_id = 0;
	if (!rn_site_administrator(&w->desk.e->settings->site, f->from))
		return rn_work_hold(w, "admin-answer-not-proven", error);
	if (!rn_store_digest_find(d.tx, f->token.period, &digest, error) ||
	    (text = answer_text(&d, digest, f->typed_text, error)) == NULL)
		return FALSE;
	ask.text = text;
	d.why = w->r->verdict.rule;
	return rn_desk_letter(&d, &ask, NULL, error);
}
