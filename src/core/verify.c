#include "core/verify.h"

#include <string.h>

#include "base/text.h"
#include "core/listing.h"
#include "mail/forward.h"

#define ANSWERS_A_DAY 5
#define LETTERS_MAX 40	/* of one period, that a token may stand in */

gboolean
rn_verify_asked(const RnEngine *e, const RnReading *r)
{
	return rn_token_address_verify(&e->settings->site, r->rcpt);
}

gboolean
rn_verify_read(RnEngine *e, RnReading *r, GBytes *raw, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (r->facts == NULL || r->facts->class_ != RN_CLASS_HUMAN)
		return TRUE;
	r->shown = rn_parser_shown(e->parser, raw, &why);
	if (r->shown != NULL || why->code != RN_ERR_BUSY)	/* what cannot be read is not ours */
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&why));
	return FALSE;
}

/* Does the writer speak for BOX_ID? */
static gboolean
own_box(const GPtrArray *rows, gint64 box_id)
{
	for (guint i = 0; i < rows->len; i++)
		if (((const RnListRow *)g_ptr_array_index(rows, i))->box->id == box_id)
			return TRUE;
	return FALSE;
}

/* What was found out about a mail. */
typedef struct {
	RnLetter	*ours;		/* the letter that it shows; NULL if it shows none, or something else as well */
	gboolean	 code;		/* a code of ours to this writer stands in it */
	gboolean	 attached;
} Found;

/* The letter ID, if it is what SHOWN shows. */
static gboolean
compare(RnWork *w, const RnShown *shown, gint64 id, RnLetter **ours, GError **error)
{
	g_autoptr(RnLetter) letter = NULL;
	g_autoptr(RnShown) own = NULL;

	if (!rn_store_letter_get(w->desk.tx, id, &letter, error))
		return FALSE;
	own = letter != NULL && letter->raw != NULL ? rn_forward_letter(letter->raw, NULL) : NULL;
	if (own != NULL && rn_forward_shows(shown, own))
		*ours = g_steal_pointer(&letter);
	return TRUE;
}

/* By its Message-ID; the letter must be about a box of the writer's. */
static gboolean
find_by_id(RnWork *w, const RnShown *shown, const GPtrArray *rows, Found *f, GError **error)
{
	g_autoptr(RnLetter) letter = NULL;

	if (*shown->message_id == '\0')
		return TRUE;
	if (!rn_store_letter_returned(w->desk.tx, shown->message_id, NULL, &letter, error))
		return FALSE;
	if (letter == NULL || letter->box_id == 0 || !own_box(rows, letter->box_id))
		return TRUE;
	f->code = TRUE;
	return compare(w, shown, letter->id, &f->ours, error);
}

/* By the token that stands in it, or that its thread names: any letter of that box may be the one. */
static gboolean
find_by_token(RnWork *w, const RnShown *shown, const GPtrArray *rows, Found *f, GError **error)
{
	const RnFacts *facts = w->r->facts;
	const RnSite *site = &w->desk.e->settings->site;
	RnToken token = facts->token;
	RnTokenVerdict verdict = *shown->token == '\0' ?
	    facts->token_verdict :
	    rn_token_check(rn_engine_ring(w->desk.e), shown->token, site->domain,
	        rn_day_of(w->r->taken, w->desk.e->settings->tz), &token);
	g_autoptr(GPtrArray) letters = NULL;
	g_autoptr(RnBox) box = NULL;
	RnDay expiry;

	if (verdict != RN_TOKEN_GOOD && verdict != RN_TOKEN_EXPIRED)
		return TRUE;
	if (!rn_store_box_of_period(w->desk.tx, token.period, &box, &expiry, error))
		return FALSE;
	if (box == NULL || !own_box(rows, box->id))
		return TRUE;
	f->code = TRUE;
	if (!rn_store_letters(w->desk.tx, -1, box->id, 0, 1000, &letters, error))
		return FALSE;
	for (guint i = letters->len, n = 0; i > 0 && n < LETTERS_MAX && f->ours == NULL; i--) {
		const RnLetter *l = g_ptr_array_index(letters, i - 1);

		if (l->period_id != box->period_id)
			continue;
		n++;
		if (!compare(w, shown, l->id, &f->ours, error))
			return FALSE;
	}
	return TRUE;
}

static void
found_clear(Found *f)
{
	rn_letter_free(f->ours);
	*f = (Found){ 0 };
}

/* What the mail shows: each one that is attached must be ours, and the answer names the last. */
static gboolean
find(RnWork *w, const GPtrArray *rows, Found *f, GError **error)
{
	const GPtrArray *shown = w->r->shown;

	for (guint i = 0; shown != NULL && i < shown->len; i++) {
		const RnShown *s = g_ptr_array_index(shown, i);

		found_clear(f);
		f->attached = s->attached;
		if (!find_by_id(w, s, rows, f, error) ||
		    (f->ours == NULL && !find_by_token(w, s, rows, f, error)))
			return FALSE;
		if (f->ours == NULL)
			return TRUE;
	}
	return TRUE;
}

/* The key of the next answer to the writer today; NULL if there were enough. */
static gboolean
next_key(RnWork *w, char **key, GError **error)
{
	const char *from = w->r->facts->from;
	g_autofree char *who = rn_text_sha256(from, strlen(from));
	RnDay today = rn_day_of(w->desk.now, w->desk.e->settings->tz);
	gboolean there = TRUE;

	for (int n = 0; n < ANSWERS_A_DAY && there; n++) {
		g_free(*key);
		*key = g_strdup_printf("address/%.16s/verify/%d/%d", who, today, n);
		if (!rn_store_letter_exists(w->desk.tx, *key, &there, error))
			return FALSE;
	}
	if (there)
		g_clear_pointer(key, g_free);
	return TRUE;
}

static gboolean
note(RnWork *w, const RnListRow *first, const Found *f, GError **error)
{
	g_autofree char *detail = f->ours != NULL ? g_strdup_printf("letter %" G_GINT64_FORMAT, f->ours->id) :
	                                            g_strdup(f->code ? "changed" : "not ours");

	return rn_desk_ledger(&w->desk, "mail verified", first->box, NULL, detail, error);
}

static gboolean
answer(RnWork *w, GPtrArray *rows, const char *key, const Found *f, GError **error)
{
	const RnListRow *first = rn_listing_first(rows);
	RnLetterAsk ask = {
		.kind = RN_LETTER_VERIFY, .key = key, .purpose = RN_PURPOSE_VERIFY, .to = w->r->facts->from,
		.answers = w->in->message_id, .box = first->box, .read_at = w->r->taken, .about = f->ours,
		.attached = f->attached, .changed = f->ours == NULL && f->code,
		.convention = rn_settings_convention(w->desk.e->settings, first->box->convention),
	};

	for (guint i = 0; f->ours != NULL && i < rows->len; i++) {
		const RnListRow *row = g_ptr_array_index(rows, i);

		if (row->box->id == f->ours->box_id)
			ask.box = row->box;
	}
	return note(w, first, f, error) && rn_desk_letter(&w->desk, &ask, NULL, error);
}

gboolean
rn_verify(RnWork *w, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;
	Found f = { 0 };
	char *key = NULL;
	gboolean ok;

	if (!rn_listing(&w->desk, w->r->facts->from, &rows, error) || !next_key(w, &key, error)) {
		g_free(key);
		return FALSE;
	}
	if (rn_listing_first(rows) == NULL || key == NULL) {	/* recorded, and nobody is answered */
		g_free(key);
		return TRUE;
	}
	ok = find(w, rows, &f, error) && answer(w, rows, key, &f, error);
	found_clear(&f);
	g_free(key);
	return ok;
}
