#include "core/keep.h"

#include <string.h>

#include "base/log.h"
#include "store/vault.h"

#define REMOVED "removed"
#define FORGOTTEN "forgotten"

#define PAGE 100
#define JUNK_PAGE 1000
#define SEAL_PAGE 8	/* each may be as large as the largest mail */

/* Up to when things are over: moments, 0 = nothing is. */
typedef struct {
	gint64	 mail, document, junk;
} Ends;

/* The beginning of TODAY, YEARS ago; 0 years: never. */
static gint64
years_ago(RnDay today, int years, GTimeZone *tz)
{
	int y, m, d;

	if (years == 0)
		return 0;
	rn_day_to_ymd(today, &y, &m, &d);
	if (m == 2 && d == 29)
		d = 28;
	return rn_day_start(rn_day_from_ymd(y - years, m, d), tz);
}

static Ends
ends_of(const RnSettings *s, RnDay today)
{
	return (Ends){ .mail = years_ago(today, s->site.keep_mail, s->tz),
		.document = years_ago(today, s->site.keep_documents, s->tz),
		.junk = rn_day_start(today - s->site.keep_junk, s->tz) };
}

static char *
words(const RnRemoved *r)
{
	return g_strdup_printf("mails %" G_GINT64_FORMAT ", letters %" G_GINT64_FORMAT
	                       ", documents %" G_GINT64_FORMAT,
	    r->mails, r->letters, r->documents);
}

static void
add(RnRemoved *to, const RnRemoved *more)
{
	to->mails += more->mails;
	to->letters += more->letters;
	to->documents += more->documents;
}

static gboolean
prune_box(RnDesk *d, gint64 id, const Ends *ends, RnPruned *p, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	g_autofree char *text = NULL;
	RnRemoved removed = { 0 };

	if (!rn_store_box_get(d->tx, id, &box, error) ||
	    !rn_store_keep_prune(d->tx, id, ends->mail, ends->document, &removed, error))
		return FALSE;
	text = words(&removed);
	add(&p->removed, &removed);
	p->boxes++;
	return rn_desk_ledger(d, REMOVED, box, NULL, text, error);
}

/* One page of boxes in a transaction of its own; *AFTER moves, and becomes 0 when there are no more. */
static gboolean
prune_boxes(RnDesk *d, gint64 *after, const Ends *ends, gboolean dry_run, RnPruned *p, GError **error)
{
	g_autoptr(GArray) ids = NULL;
	gboolean ok;

	d->tx = rn_tx_begin(d->e->store, error);
	ok = d->tx != NULL &&
	    rn_store_keep_boxes(d->tx, *after, ends->mail, ends->document, PAGE, &ids, error);
	for (guint i = 0; ok && i < ids->len; i++) {
		*after = g_array_index(ids, gint64, i);
		ok = prune_box(d, *after, ends, p, error);
	}
	if (ok && ids->len == 0)
		*after = 0;
	if (ok && !dry_run)
		return rn_tx_commit(&d->tx, error);
	rn_tx_rollback(d->tx);
	return ok;
}

/* Mail of no box; *MORE says that there is more of it. */
static gboolean
prune_nobody(RnDesk *d, const Ends *ends, gboolean dry_run, RnPruned *p, gboolean *more, GError **error)
{
	g_autofree char *text = NULL;
	gint64 junk = 0, strangers = 0, notes = 0;
	gboolean ok;

	d->tx = rn_tx_begin(d->e->store, error);
	ok = d->tx != NULL && rn_store_keep_junk(d->tx, ends->junk, JUNK_PAGE, &junk, error) &&
	    rn_store_keep_strangers(d->tx, ends->mail, JUNK_PAGE, &strangers, error) &&
	    rn_store_keep_notes(d->tx, ends->mail, JUNK_PAGE, &notes, error);
	text = g_strdup_printf("nobody's %" G_GINT64_FORMAT ", of no box %" G_GINT64_FORMAT
	                       ", notes %" G_GINT64_FORMAT,
	    junk, strangers, notes);
	if (ok && junk + strangers + notes > 0)
		ok = rn_desk_ledger(d, REMOVED, NULL, NULL, text, error);
	p->junk += junk;
	p->strangers += strangers;
	p->removed.letters += notes;
	*more = !dry_run && (junk == JUNK_PAGE || strangers == JUNK_PAGE || notes == JUNK_PAGE);
	if (ok && !dry_run)
		return rn_tx_commit(&d->tx, error);
	rn_tx_rollback(d->tx);
	return ok;
}

void
rn_keep_fold(RnEngine *e)
{
	g_autoptr(GError) error = NULL;

	if (!rn_store_checkpoint(e->store, &error))
		rn_log(RN_LOG_WARN, "-", "store-not-folded", "why", error->message, NULL);
}

gboolean
rn_keep_prune(RnEngine *e, RnDay today, gint64 now, gboolean dry_run, RnPruned *pruned, GError **error)
{
	Ends ends = ends_of(e->settings, today);
	RnDesk d = { .e = e, .now = now, .who = "prune", .why = "kept-long-enough" };
	gboolean more = TRUE;
	gint64 after = 0;

	*pruned = (RnPruned){ 0 };
	do {
		if (!prune_boxes(&d, &after, &ends, dry_run, pruned, error))
			return FALSE;
	} while (after != 0);
	while (more) {
		if (!prune_nobody(&d, &ends, dry_run, pruned, &more, error))
			return FALSE;
	}
	if (!dry_run)
		rn_keep_fold(e);
	return TRUE;
}

gboolean
rn_keep_quota(RnEngine *e, RnTx *tx, gint64 now, GError **error)
{
	RnDesk d = { .e = e, .tx = tx, .now = now, .who = "lmtpd", .why = "junk-mails" };
	guint keep = (guint)e->settings->site.junk_mails;
	g_autofree char *text = NULL;
	gint64 n;

	if (!rn_store_keep_quota(tx, keep, keep / 10, &n, error))
		return FALSE;
	text = g_strdup_printf("nobody's %" G_GINT64_FORMAT, n);
	return n == 0 || rn_desk_ledger(&d, REMOVED, NULL, NULL, text, error);
}

gboolean
rn_keep_hold(RnDesk *d, const RnBox *box, gboolean end, const char *reason, GError **error)
{
	gboolean found = TRUE;

	if (!end)
		return rn_store_hold_put(d->tx, box->id, reason, d->now, error) &&
		    rn_desk_ledger(d, "legal hold", box, NULL, reason, error);
	if (!rn_store_hold_end(d->tx, box->id, &found, error))
		return FALSE;
	if (!found) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE, "%s is under no legal hold", box->name);
		return FALSE;
	}
	return rn_desk_ledger(d, "legal hold ended", box, NULL, reason, error);
}

/* Nothing in the way: neither its state, a legal HOLD, nor WHAT is under way? */
static gboolean
is_free(const RnBox *box, const char *hold, const char *what, GError **error)
{
	if (box->state != RN_BOX_CLOSED)
		g_set_error(error, RN_ERROR, RN_ERR_STATE,
		    "%s is %s: only a box that has left the roll can be forgotten (`rinnova import` with state "
		    "closed, or --roll)",
		    box->name, rn_word(RN_WORDS_BOX, box->state));
	else if (hold != NULL)
		g_set_error(error, RN_ERROR, RN_ERR_STATE,
		    "%s is under a legal hold (%s): end it first with `rinnova box legal-hold --end --reason TEXT`",
		    box->name, hold);
	else if (what != NULL)
		g_set_error(error, RN_ERROR, RN_ERR_STATE, "%s cannot be forgotten yet: %s", box->name, what);
	else
		return TRUE;
	return FALSE;
}

/* May BOX be forgotten? */
static gboolean
may_forget(RnDesk *d, const RnBox *box, GError **error)
{
	char *hold = NULL;
	const char *what = NULL;
	gboolean ok = rn_store_hold_get(d->tx, box->id, &hold, NULL, error) &&
	    rn_store_forget_hinders(d->tx, box->id, &what, error) && is_free(box, hold, what, error);

	g_free(hold);
	return ok;
}

gboolean
rn_keep_forget(RnDesk *d, const RnBox *box, const char *reason, RnRemoved *removed, GError **error)
{
	g_autofree char *name = g_strdup_printf("forgotten-%" G_GINT64_FORMAT "@forgotten.invalid", box->id);
	g_autofree char *what = NULL, *text = NULL;

	*removed = (RnRemoved){ 0 };
	if (!may_forget(d, box, error) || !rn_store_forget(d->tx, box->id, name, removed, error))
		return FALSE;
	what = words(removed);
	text = g_strconcat(what, "; ", reason, NULL);
	return rn_desk_ledger(d, FORGOTTEN, box, NULL, text, error);
}

gboolean
rn_keep_forgotten(const RnBox *box)
{
	return box->state == RN_BOX_CLOSED && (box->reference == NULL || *box->reference == '\0');
}

gboolean
rn_keep_key_create(const char *file, GError **error)
{
	return rn_vault_key_create(file, error);
}

gboolean
rn_keep_seal(RnEngine *e, gboolean dry_run, guint *sealed, GError **error)
{
	gint64 mail = 0, document = 0;
	guint looked = 1;

	*sealed = 0;
	if (e->vault == NULL) {
		g_set_error_literal(
		    error, RN_ERROR, RN_ERR_STATE, "key-files of [keep] names no key to encrypt with");
		return FALSE;
	}
	while (looked > 0) {
		RnTx *tx = rn_tx_begin(e->store, error);
		guint changed = 0;

		if (tx == NULL)
			return FALSE;
		if (!rn_store_reseal(tx, &mail, &document, SEAL_PAGE, &looked, &changed, error)) {
			rn_tx_rollback(tx);
			return FALSE;
		}
		if (dry_run)
			rn_tx_rollback(tx);
		else if (!rn_tx_commit(&tx, error))
			return FALSE;
		*sealed += changed;
	}
	if (!dry_run)
		rn_keep_fold(e);
	return TRUE;
}

gboolean
rn_keep_removal(const char *what)
{
	return strcmp(what, REMOVED) == 0 || strcmp(what, FORGOTTEN) == 0;
}

gboolean
rn_keep_check(const RnSite *site, guint *keys, GError **error)
{
	g_autoptr(RnVault) vault = rn_vault_read("keep.key-files", site->keep_keys, error);

	*keys = site->keep_keys != NULL ? g_strv_length(site->keep_keys) : 0;
	return vault != NULL || *keys == 0;
}
