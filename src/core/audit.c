/* audit.c: the chain of a convention is computed anew, and every row that does not fit is named.
 *
 * Behind a row that does not fit the walk goes on from the digest that it holds, so that each trouble is told
 * by itself. What became of a row is found out by trying it in the places near by: the digest that it holds
 * fits only the number and the neighbour with which it was written. */
#include "core/audit.h"

#include <string.h>

#define PAGE 500
#define NEAR 12		/* odd rows that are compared with each other */

void
rn_noted_head_free(RnNotedHead *h)
{
	if (h == NULL)
		return;
	g_free(h->convention);
	g_free(h->digest);
	g_free(h->where);
	g_free(h);
}

gboolean
rn_noted_head_read(GPtrArray *list, const char *text, const char *where, GError **error)
{
	const char *last = strrchr(text, ':');
	const char *colon = last != NULL ? g_strrstr_len(text, last - text, ":") : NULL;
	g_autofree char *number = colon != NULL ? g_strndup(colon + 1, (gsize)(last - colon - 1)) : NULL;
	gint64 seq = 0;
	RnNotedHead *h;

	if (number == NULL || colon == text || !rn_digest_valid(last + 1) ||
	    !g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &seq, NULL)) {
		g_set_error(error, RN_ERROR, RN_ERR_USAGE,
		    "%s: \"%s\" is no head; write it as CONVENTION:ROW:DIGEST, as `rinnova audit verify` prints it",
		    where, text);
		return FALSE;
	}
	h = g_new0(RnNotedHead, 1);
	h->convention = g_strndup(text, (gsize)(colon - text));
	h->seq = seq;
	h->digest = g_strdup(last + 1);
	h->where = g_strdup(where);
	g_ptr_array_add(list, h);
	return TRUE;
}

void
rn_audit_clear(RnAudit *a)
{
	g_free(a->head);
	*a = (RnAudit){ 0 };
}

/* A row that does not fit, and what stood before it. */
typedef struct {
	RnLedgerEntry	*row;
	char		*previous;
	gboolean	 gap;		/* the row before it is missing: its digest proves nothing by itself */
} Odd;

typedef struct {
	const char	*convention;
	GPtrArray	*noted;
	RnAuditTell	 tell;
	gpointer	 data;
	RnAudit		*a;
	GPtrArray	*odd;		/* Odd, near each other */
} Walk;

static void
odd_free(gpointer p)
{
	Odd *odd = p;

	rn_ledger_entry_free(odd->row);
	g_free(odd->previous);
	g_free(odd);
}

static void
tell(Walk *w, gint64 seq, const RnLedgerEntry *row, const char *what)
{
	if (++w->a->wrong <= RN_AUDIT_TOLD)
		w->tell(w->convention, seq, row, what, w->data);
}

/* Does ODD fit at number SEQ behind PREVIOUS, as it was written? */
static gboolean
fits(const Odd *odd, gint64 seq, const char *previous)
{
	RnLedgerEntry as = *odd->row;
	g_autofree char *digest = NULL;

	as.seq = seq;
	digest = rn_ledger_digest(&as, previous);
	return strcmp(digest, as.digest) == 0;
}

/* The words for ODD, which is not what was written at its place; NULL if nothing is known. Caller frees. */
static char *
explain(const Walk *w, const Odd *odd)
{
	for (guint i = 0; i < w->odd->len; i++)
		for (guint k = 0; k < w->odd->len; k++) {
			const Odd *at = g_ptr_array_index(w->odd, i), *behind = g_ptr_array_index(w->odd, k);

			for (int own = 0; own < 2; own++) {
				const char *previous = own ? behind->row->digest : behind->previous;

				for (int step = -1; step <= 1; step++) {
					gint64 seq = at->row->seq + step;

					if (!fits(odd, seq, previous))
						continue;
					if (seq == odd->row->seq)
						return g_strdup(
						    "stands behind another row than it was written behind: rows before it were moved, inserted or taken away");
					return g_strdup_printf("was written as row %" G_GINT64_FORMAT
					                       ": rows were moved, inserted or taken away",
					    seq);
				}
			}
		}
	return odd->gap ? NULL :
	                  g_strdup("was changed, or never written: its digest does not fit what it says");
}

static void
tell_odd(Walk *w)
{
	for (guint i = 0; i < w->odd->len; i++) {
		const Odd *odd = g_ptr_array_index(w->odd, i);
		g_autofree char *what = w->a->wrong < RN_AUDIT_TOLD ? explain(w, odd) : g_strdup("");

		if (what != NULL)
			tell(w, odd->row->seq, odd->row, what);
	}
	g_ptr_array_set_size(w->odd, 0);
}

static void
number(Walk *w, gint64 was, const RnLedgerEntry *e)
{
	g_autofree char *missing = NULL;

	if (e->seq == was + 1)
		return;
	if (e->seq <= was) {
		tell(w, e->seq, e, "its number comes twice");
		return;
	}
	missing = e->seq == was + 2 ?
	    g_strdup("is missing") :
	    g_strdup_printf("is missing, and so is every row up to %" G_GINT64_FORMAT, e->seq - 1);
	tell(w, was + 1, NULL, missing);
}

static void
noted_here(Walk *w, const RnLedgerEntry *e)
{
	for (guint i = 0; i < w->noted->len; i++) {
		RnNotedHead *h = g_ptr_array_index(w->noted, i);
		g_autofree char *what = NULL;

		if (h->seq != e->seq || strcmp(h->convention, w->convention) != 0)
			continue;
		h->met = TRUE;
		if (strcmp(h->digest, e->digest) == 0)
			continue;
		what = g_strdup_printf("had another digest when it was noted (%s): "
		                       "it, or a row before it, was written anew since",
		    h->where);
		tell(w, e->seq, e, what);
	}
}

/* One row, behind the one with number SEQ and digest PREVIOUS. */
static void
one(Walk *w, gint64 seq, const char *previous, const RnLedgerEntry *e)
{
	g_autofree char *digest = rn_ledger_digest(e, previous);

	number(w, seq, e);
	if (strcmp(digest, e->digest) != 0) {
		Odd *odd = g_new0(Odd, 1);

		odd->gap = e->seq > seq + 1;
		odd->previous = g_strdup(previous != NULL ? previous : "");
		odd->row = g_new0(RnLedgerEntry, 1);
		*odd->row = (RnLedgerEntry){ .id = e->id,
			.seq = e->seq,
			.at = e->at,
			.format = e->format,
			.box_id = e->box_id,
			.period_id = e->period_id,
			.order_id = e->order_id,
			.inbox_id = e->inbox_id,
			.letter_id = e->letter_id,
			.convention = g_strdup(e->convention),
			.who = g_strdup(e->who),
			.what = g_strdup(e->what),
			.why = g_strdup(e->why),
			.detail_digest = g_strdup(e->detail_digest),
			.inbox_digest = g_strdup(e->inbox_digest),
			.letter_digest = g_strdup(e->letter_digest),
			.digest = g_strdup(e->digest) };
		g_ptr_array_add(w->odd, odd);
		if (w->odd->len == NEAR)
			tell_odd(w);
	} else if (w->odd->len > 0 &&
	    e->seq > ((Odd *)g_ptr_array_index(w->odd, w->odd->len - 1))->row->seq + 3)
		tell_odd(w);
	if (!rn_ledger_detail_fits(e))
		tell(w, e->seq, e,
		    "its detail was changed: it is not the text whose digest stands in the chain");
	if (e->detail == NULL && *e->detail_digest != '\0')
		w->a->erased++;
	noted_here(w, e);
}

static void
cut_off(Walk *w)
{
	for (guint i = 0; i < w->noted->len; i++) {
		RnNotedHead *h = g_ptr_array_index(w->noted, i);
		g_autofree char *what = NULL;

		if (h->met || strcmp(h->convention, w->convention) != 0)
			continue;
		what = g_strdup_printf(
		    "is not there any more, but was noted (%s): rows were cut off at the end, "
		    "where row %" G_GINT64_FORMAT " is the last now",
		    h->where, w->a->seq);
		tell(w, h->seq, NULL, what);
	}
}

/* The next rows; *LAST is the row before them, and the last of them afterwards. */
static gboolean
page(Walk *w, RnTx *tx, RnLedgerEntry **last, gboolean *more, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;
	const char *previous = *last != NULL ? (*last)->digest : NULL;

	if (!rn_store_ledger_chain(tx, w->convention, *last, PAGE, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const RnLedgerEntry *e = g_ptr_array_index(rows, i);

		one(w, w->a->seq, previous, e);
		w->a->rows++;
		w->a->seq = e->seq;
		previous = e->digest;
	}
	*more = rows->len > 0;
	if (*more) {
		rn_ledger_entry_free(*last);
		*last = g_ptr_array_steal_index(rows, rows->len - 1);
	}
	return TRUE;
}

gboolean
rn_audit_chain(RnTx *tx, const char *convention, GPtrArray *noted, RnAuditTell tell_func, gpointer data,
    RnAudit *a, GError **error)
{
	g_autoptr(GPtrArray) odd = g_ptr_array_new_with_free_func(odd_free);
	g_autoptr(RnLedgerEntry) last = NULL;
	Walk w = { convention, noted, tell_func, data, a, odd };
	gboolean more = TRUE;

	*a = (RnAudit){ 0 };
	while (more)
		if (!page(&w, tx, &last, &more, error))
			return FALSE;
	a->head = last != NULL ? g_strdup(last->digest) : NULL;
	tell_odd(&w);
	cut_off(&w);
	return TRUE;
}

static int
by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_name(GPtrArray *names, const char *name)
{
	for (guint i = 0; i < names->len; i++)
		if (strcmp(g_ptr_array_index(names, i), name) == 0)
			return;
	g_ptr_array_add(names, g_strdup(name));
}

gboolean
rn_audit_conventions(RnTx *tx, const GPtrArray *noted, GPtrArray **names, GError **error)
{
	g_autoptr(GPtrArray) heads = NULL;

	if (!rn_store_ledger_heads(tx, &heads, error))
		return FALSE;
	*names = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < heads->len; i++)
		add_name(*names, ((const RnLedgerHead *)g_ptr_array_index(heads, i))->convention);
	for (guint i = 0; i < noted->len; i++)
		add_name(*names, ((const RnNotedHead *)g_ptr_array_index(noted, i))->convention);
	g_ptr_array_sort(*names, by_text);
	return TRUE;
}
