/* commands.c: mail from a registered address that asks for something else than an order. */
#include "core/listing.h"
#include "core/work.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LETTERS_A_DAY 3		/* to one address, by command */

/* The key of the next letter by command to the writer today; NULL if there were enough: two programs that
 * answer each other stop here. */
static gboolean
next_key(RnWork *w, char **key, GError **error)
{
	RnDay today = rn_day_of(w->desk.now, w->desk.e->settings->tz);
	const char *from = w->r->facts->from;
	g_autofree char *who = rn_text_sha256(from, strlen(from));

	*key = NULL;
	for (int n = 0; n < LETTERS_A_DAY; n++) {
		g_autofree char *one = g_strdup_printf("address/%.16s/command/%d/%d", who, today, n);
		gboolean there;

		if (!rn_store_letter_exists(w->desk.tx, one, &there, error))
			return FALSE;
		if (!there) {
			*key = g_steal_pointer(&one);
			return TRUE;
		}
	}
	return TRUE;
}

/* KIND to the writer, about ROWS. The address is one that the store knows: that is what registered means. */
static gboolean
answer(RnWork *w, RnLetterKind kind, GPtrArray *rows, const char *reason, GError **error)
{
	const RnListRow *first = rn_listing_first(rows);
	g_autofree char *key = NULL;
	RnLetterAsk ask = {
		.kind = kind, .purpose = RN_PURPOSE_RENEW, .to = w->r->facts->from, .answers = w->in->message_id,
		.read = w->in->typed_text, .read_at = w->r->taken, .rows = rows, .reason = reason,
		.status = w->r->facts->intent == RN_INTENT_STATUS,
	};

	if (first == NULL)
		return rn_work_hold(w, "no-box-to-list", error);
	if (!next_key(w, &key, error))
		return FALSE;
	if (key == NULL)
		return rn_work_hold(w, "too-many-commands-today", error);
	ask.key = key;
	ask.box = first->box;
	ask.token_step = kind == RN_LETTER_LIST ? RN_STEP_LIST : 0;
	ask.convention = rn_settings_convention(w->desk.e->settings, first->box->convention);
	return rn_desk_letter(&w->desk, &ask, NULL, error);
}

gboolean
rn_command(RnWork *w, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;
	RnIntent says = w->r->facts->intent;

	if (w->r->facts->from == NULL || !w->r->facts->registered)
		return rn_work_hold(w, "command-from-nobody", error);
	if (!rn_listing(&w->desk, w->r->facts->from, &rows, error))
		return FALSE;
	return answer(w, says == RN_INTENT_HELP ? RN_LETTER_HELP : RN_LETTER_LIST, rows, NULL, error);
}

/* The row of ROWS about the period PUBLIC_ID, NULL if the writer does not speak for it (any more). */
static RnListRow *
row_of(const GPtrArray *rows, guint64 public_id)
{
	for (guint i = 0; i < rows->len; i++) {
		RnListRow *row = g_ptr_array_index(rows, i);

		if (row->box->period_public == public_id)
			return row;
	}
	return NULL;
}

/* "all": what can be renewed now. Empty if nothing can. */
static GPtrArray *
pick_all(const GPtrArray *rows, const GArray *sent)
{
	GPtrArray *picked = g_ptr_array_new();

	for (guint i = 0; i < sent->len; i++) {
		RnListRow *row = row_of(rows, g_array_index(sent, guint64, i));

		if (row != NULL && row->renewable)
			g_ptr_array_add(picked, row);
	}
	return picked;
}

/* "1,3": each must be on the list as it was sent, and either can be renewed or has an order that answers for
 * itself. Empty if one is not. */
static GPtrArray *
pick_numbers(const GPtrArray *rows, const GArray *sent, const char *numbers)
{
	g_auto(GStrv) words = g_strsplit(numbers, ",", -1);
	g_autoptr(GPtrArray) picked = g_ptr_array_new();

	for (guint i = 0; words[i] != NULL; i++) {
		int n = atoi(words[i]);
		RnListRow *row =
		    n >= 1 && n <= (int)sent->len ? row_of(rows, g_array_index(sent, guint64, n - 1)) : NULL;

		if (row == NULL || (!row->renewable && row->order == NULL))
			return g_ptr_array_new();
		if (!g_ptr_array_find(picked, row, NULL))
			g_ptr_array_add(picked, row);
	}
	return g_steal_pointer(&picked);
}

/* A yes without a number is clear only where there is one row that it can mean. */
static GPtrArray *
pick(const RnFacts *f, const GPtrArray *rows, const GArray *sent)
{
	gboolean yes =
	    f->intent == RN_INTENT_RENEW || f->intent == RN_INTENT_YES || f->intent == RN_INTENT_ACCEPT;
	GPtrArray *picked;

	if (!yes)
		return g_ptr_array_new();
	if (f->numbers != NULL && strcmp(f->numbers, "all") != 0)
		return pick_numbers(rows, sent, f->numbers);
	picked = pick_all(rows, sent);
	if (f->numbers == NULL && picked->len > 1)
		g_ptr_array_set_size(picked, 0);
	return picked;
}

gboolean
rn_command_row(RnWork *w, RnBox *box, GError **error)
{
	RnReading with = *w->r;
	RnWork one = *w;

	with.box = box;
	with.period_expiry = box->expiry;
	one.r = &with;
	one.convention = rn_settings_convention(w->desk.e->settings, box->convention);
	return rn_work_go_on(&one, error);
}

gboolean
rn_command_rows(RnWork *w, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL, picked = NULL;
	g_autoptr(GArray) sent = NULL;
	const RnFacts *f = w->r->facts;

	if (f->from == NULL || !f->registered)
		return rn_work_hold(w, "list-answered-by-another", error);
	if (!rn_listing(&w->desk, f->from, &rows, error) ||
	    !rn_store_letter_rows(w->desk.tx, w->r->thread_id, w->r->box->period_id, &sent, error))
		return FALSE;
	picked = pick(f, rows, sent);
	if (picked->len == 0)
		return answer(w, RN_LETTER_LIST, rows, "non-chiaro", error);
	for (guint i = 0; i < picked->len; i++) {
		const RnListRow *row = g_ptr_array_index(picked, i);

		if (!rn_command_row(w, row->box, error))
			return FALSE;
	}
	return TRUE;
}
