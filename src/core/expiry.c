/* expiry.c: one run of `expire`: count, brake, deactivate, announce. */
#include "core/expiry.h"

#include "core/evidence.h"
#include "core/expiry_end.h"
#include "core/restored.h"

#define PAGE 200	/* boxes in one commit, and in one note to the secretary */
#define LINES 200	/* boxes named in one letter to the administrator */

typedef struct {
	RnEngine	*e;
	const RnExpiryRun *run;
	RnEvidence	*ev;
	RnDay		 today;		/* that decides: the run's, or the day after it */
	guint		 due, left;
	GString		*lines;		/* the due ones, for a letter */
	GArray		*news;		/* of them, periods that were not announced: gint64 */
} Count;

static void
count_clear(Count *k)
{
	if (k->lines != NULL)
		g_string_free(k->lines, TRUE);
	if (k->news != NULL)
		g_array_free(k->news, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Count, count_clear)

static gboolean
decide(RnEvidence *ev, RnTx *tx, const RnBox *box, const RnConvention *c, RnDay today, RnExpiry *decision,
    gboolean *lapses, GError **error)
{
	g_autoptr(RnOrder) order = NULL;
	RnExpiryCase with;

	if (!rn_evidence_case(ev, tx, box, c, today, &with, &order, error))
		return FALSE;
	*decision = rn_expiry_decide(&with);
	*lapses = rn_expiry_lapses(&with);
	return TRUE;
}

/* Active boxes of C whose last day is before TODAY. */
static gboolean
next_page(RnTx *tx, const RnConvention *c, RnDay today, gint64 after, GPtrArray **boxes, GError **error)
{
	RnBoxFilter filter = {
		.convention = c->id, .state = RN_BOX_ACTIVE, .from = RN_DAY_NONE, .to = today - 1
	};

	return rn_store_boxes(tx, &filter, after, PAGE, boxes, error);
}

/* Does the letter that announces a day name the box, too? */
static gboolean
is_news(const Count *k, RnExpiry decision)
{
	return decision == RN_EXPIRY_NOT_ANNOUNCED && k->today != k->run->today;
}

static void
count_box(Count *k, const RnBox *box, RnExpiry decision)
{
	g_autofree char *expiry = rn_day_iso(box->expiry);

	if (k->run->show != NULL && k->today == k->run->today)
		k->run->show(box, rn_expiry_word(decision), k->run->data);
	if (is_news(k, decision))
		g_array_append_val(k->news, box->period_id);
	else if (decision != RN_EXPIRY_DUE) {
		k->left++;
		return;
	}
	k->due++;
	if (k->due <= LINES)
		g_string_append_printf(k->lines, "- %s, scadenza %s\n", box->name, expiry);
	else if (k->due == LINES + 1)
		g_string_append(k->lines, "- e altre ancora\n");
}

static gboolean
count_convention(Count *k, RnTx *tx, const RnConvention *c, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) boxes = NULL;

		if (!next_page(tx, c, k->today, after, &boxes, error))
			return FALSE;
		if (boxes->len == 0)
			return TRUE;
		for (guint i = 0; i < boxes->len; i++) {
			const RnBox *box = g_ptr_array_index(boxes, i);
			RnExpiry decision;
			gboolean lapses;

			after = box->id;
			if (!decide(k->ev, tx, box, c, k->today, &decision, &lapses, error))
				return FALSE;
			count_box(k, box, decision);
		}
	}
}

/* Counts what a run on K->today would do; changes nothing. */
static gboolean
count(Count *k, RnTx *tx, GError **error)
{
	const GPtrArray *all = k->e->settings->conventions;

	k->lines = g_string_new(NULL);
	k->news = g_array_new(FALSE, FALSE, sizeof(gint64));
	if (!rn_evidence_gather(k->ev, tx, error))
		return FALSE;
	for (guint i = 0; i < all->len; i++)
		if (!count_convention(k, tx, g_ptr_array_index(all, i), error))
			return FALSE;
	return TRUE;
}

/* One page in one transaction; *AFTER moves on, *MORE is FALSE at the end. */
static gboolean
end_page(Count *k, const RnConvention *c, gint64 *after, gboolean *more, RnExpiryTally *tally, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(k->e->store, error);
	g_autoptr(GPtrArray) boxes = NULL;
	RnEnding end = { .d = { .e = k->e, .tx = tx, .now = k->run->now, .who = "expire" }, .c = c };
	g_autoptr(GString) names = end.names = g_string_new(NULL);

	if (tx == NULL || !next_page(tx, c, k->today, *after, &boxes, error))
		return FALSE;
	for (guint i = 0; i < boxes->len; i++) {
		RnBox *box = g_ptr_array_index(boxes, i);
		RnExpiry decision;
		gboolean lapses;

		*after = box->id;
		if (!decide(k->ev, tx, box, c, k->today, &decision, &lapses, error) ||
		    !rn_ending_box(&end, box, decision, lapses, error))
			return FALSE;
	}
	*more = boxes->len == PAGE;
	tally->deactivated += end.deactivated;
	tally->left += end.left;
	tally->lapsed += end.lapsed;
	return rn_ending_tell(&end, k->today, error) && rn_tx_commit(&tx, error);
}

static gboolean
end_all(Count *k, RnExpiryTally *tally, GError **error)
{
	for (guint i = 0; i < k->e->settings->conventions->len; i++) {
		const RnConvention *c = g_ptr_array_index(k->e->settings->conventions, i);
		gboolean more = TRUE;
		gint64 after = 0;

		while (more)
			if (!end_page(k, c, &after, &more, tally, error))
				return FALSE;
	}
	return TRUE;
}

/* One letter to the administrator in a transaction of its own. KEY and DAY make it unique. */
static gboolean
tell(RnEngine *e, const RnExpiryRun *run, const char *key, RnDay day, const char *subject, const char *text,
    GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	g_autofree char *iso = rn_day_iso(day);
	g_autofree char *whole = g_strdup_printf("expire/%s/%s", key, iso);
	RnDesk d = { .e = e, .tx = tx, .now = run->now, .who = "expire", .why = key };

	return tx != NULL && rn_desk_admin(&d, whole, subject, text, error) && rn_tx_commit(&tx, error);
}

static gboolean
tell_unread(RnEngine *e, const RnExpiryRun *run, const char *why, GError **error)
{
	g_autofree char *text = g_strdup_printf(
	    "La coda del server di posta non si legge:\n%s\n\nPotrebbe contenere risposte giunte in tempo: nessuna casella è "
	    "stata disattivata. Risolta la causa: rinnova expire.",
	    why);

	return tell(e, run, "queue", run->today, "Nessuna disattivazione: la coda di posta non si legge",
	    text, error);
}

static gboolean
tell_brake(Count *k, const RnExpiryTally *tally, GError **error)
{
	g_autofree char *text = g_strdup_printf(
	    "Oggi sarebbero da disattivare %u caselle su %u attive; senza conferma se ne disattivano al più %u.\n"
	    "Nessuna è stata disattivata.\n\n"
	    "Forse l'ultimo elenco importato ha date sbagliate: in tal caso importarlo di nuovo, corretto.\n"
	    "Se invece è giusto così: rinnova expire --force-over-brake --reason MOTIVO\n\n%s",
	    k->due, tally->active, tally->allowed, k->lines->str);

	return tell(k->e, k->run, "brake", k->today, "Troppe caselle da disattivare: il freno è intervenuto",
	    text, error);
}

/* One letter a day, and one for each run that names a period for the first time. */
static char *
announce_key(const Count *k, gboolean told)
{
	if (!told || k->news->len == 0)
		return g_strdup("announce");
	return g_strdup_printf("announce-%" G_GINT64_FORMAT, g_array_index(k->news, gint64, 0));
}

/* The letter, and what it has announced, in one transaction. */
static gboolean
tell_announced(Count *k, const char *subject, const char *text, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(k->e->store, error);
	g_autofree char *iso = rn_day_iso(k->today);
	g_autofree char *first = g_strdup_printf("expire/announce/%s", iso);
	g_autofree char *key = NULL, *whole = NULL;
	RnDesk d = { .e = k->e, .tx = tx, .now = k->run->now, .who = "expire", .why = "announce" };
	gboolean told;

	if (tx == NULL || !rn_store_letter_exists(tx, first, &told, error))
		return FALSE;
	key = announce_key(k, told);
	whole = g_strdup_printf("expire/%s/%s", key, iso);
	if (!rn_desk_admin(&d, whole, subject, text, error))
		return FALSE;
	for (guint i = 0; i < k->news->len; i++)
		if (!rn_store_announced_put(tx, g_array_index(k->news, gint64, i), k->run->today, error))
			return FALSE;
	return rn_tx_commit(&tx, error);
}

/* The dry run of the next day, the day before. Only who was named in it is deactivated. */
static gboolean
announce(RnEngine *e, const RnExpiryRun *run, RnEvidence *ev, const RnExpiryTally *tally, GError **error)
{
	g_auto(Count) k = { .e = e, .run = run, .ev = ev, .today = run->today + 1 };
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autofree char *day = rn_letter_words_day(rn_letters_words(e->letters, NULL), run->today + 1);
	g_autofree char *subject = NULL;
	g_autofree char *text = NULL;

	if (tx == NULL || !count(&k, tx, error))
		return FALSE;
	g_clear_pointer(&tx, rn_tx_rollback);
	if (k.due == 0)
		return TRUE;
	subject = g_strdup_printf("Caselle da disattivare domani: %u", k.due);
	text = g_strdup_printf(
	    "Se nulla cambia, %s saranno disattivate %u caselle su %u attive%s:\n\n%s\nAltre %u caselle scadute restano "
	    "attive per ora: rinnova expire --dry-run ne dice il motivo.\nSe una data di scadenza è sbagliata, "
	    "correggerla oggi con rinnova import; dopo: rinnova expire undo CASELLA.",
	    day, k.due, tally->active, k.due > tally->allowed ? " (il freno interverrà)" : "", k.lines->str,
	    k.left);
	return tell_announced(&k, subject, text, error);
}

/* Late requests, whose answer days are over as well. */
static gboolean
lapse_late(RnEngine *e, const RnExpiryRun *run, RnEvidence *ev, RnExpiryTally *tally, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	RnEnding end = {
		.d = { .e = e, .tx = tx, .now = run->now, .who = "expire", .why = "answer-days-over" }
	};

	if (tx == NULL || !rn_ending_late(&end, ev, run->today, error))
		return FALSE;
	tally->lapsed += end.lapsed;
	return rn_tx_commit(&tx, error);
}

static gboolean
forced(Count *k, const RnExpiryTally *tally, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(k->e->store, error);
	g_autofree char *detail =
	    g_strdup_printf("%u of %u, allowed %u: %s", k->due, tally->active, tally->allowed, k->run->force);
	RnDesk d = {
		.e = k->e, .tx = tx, .now = k->run->now, .who = k->run->forced_by, .why = "force-over-brake"
	};

	return tx != NULL && rn_desk_ledger(&d, "brake passed over", NULL, NULL, detail, error) &&
	    rn_tx_commit(&tx, error);
}

/* What the day would bring, and whether the brake lets it. */
static gboolean
weigh(Count *k, RnExpiryTally *tally, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(k->e->store, error);
	const RnSite *site = &k->e->settings->site;
	gint64 active;

	if (tx == NULL || !rn_store_box_count_state(tx, RN_BOX_ACTIVE, &active, error) ||
	    !count(k, tx, error))
		return FALSE;
	tally->active = (guint)active;
	tally->allowed = (guint)rn_expiry_brake((int)active, site->brake_boxes, site->brake_percent);
	tally->braked = k->due > tally->allowed && k->run->force == NULL;
	return TRUE;
}

gboolean
rn_expiry_run(RnEngine *e, const RnExpiryRun *run, RnExpiryTally *tally, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(RnEvidence) ev = rn_evidence_queue(e, &why);
	g_auto(Count) k = { .e = e, .run = run, .ev = ev, .today = run->today };

	if (!run->dry_run && !rn_restored_refuse_run(e->store, error))
		return FALSE;
	if (ev == NULL) {
		if (!run->dry_run && !tell_unread(e, run, why->message, error))
			return FALSE;
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "%s; nothing was deactivated", why->message);
		return FALSE;
	}
	if (!weigh(&k, tally, error))
		return FALSE;
	if (run->dry_run) {
		tally->deactivated = k.due;
		tally->left = k.left;
		return TRUE;
	}
	if (tally->braked)
		return tell_brake(&k, tally, error) && announce(e, run, ev, tally, error);
	if (k.due > tally->allowed && !forced(&k, tally, error))
		return FALSE;
	return end_all(&k, tally, error) && lapse_late(e, run, ev, tally, error) &&
	    announce(e, run, ev, tally, error);
}
