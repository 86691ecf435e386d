/* pack_rows.c: the rows of the ledger in evidence, and the letters and mails whose digests they hold. */
#include <string.h>

#include "core/keep.h"
#include "core/pack_look.h"

/* The row that says that bytes of this box were removed after R was written, and that somebody vouches for;
 * NULL if there is none. It stands behind R, or in the chain of the convention that the box went to. Without
 * anchors nobody is asked. */
static const RnProofRow *
removal_after(const RnLook *l, const RnProofChain *chain, const RnProofRow *r)
{
	gboolean all = l->is_signed || l->trust->anchors->len == 0;

	for (guint k = 0; k < l->chains->len; k++) {
		const RnProofChain *c = g_ptr_array_index(l->chains, k);

		for (guint i = 0; c->whole && i < c->rows->len; i++) {
			const RnProofRow *row = g_ptr_array_index(c->rows, i);

			if (row->own && rn_keep_removal(row->row->what) && (all || row->seq <= c->stamped) &&
			    (c == chain ? row->seq > r->seq : row->row->at >= r->row->at))
				return row;
		}
	}
	return NULL;
}

/* What row R is about is not here. */
static void
check_missing(RnLook *l, const RnProofChain *c, const RnProofRow *r, const char *name)
{
	const RnProofRow *removal = removal_after(l, c, r);

	if (removal != NULL)
		rn_look_say(l, RN_CHECK_NOTE, name,
		    "is not here: row %" G_GINT64_FORMAT " (%s) is about it, and row %" G_GINT64_FORMAT
		    " of %s says that mails and letters of the box were removed",
		    r->seq, r->row->what, removal->seq, removal->row->convention);
	else if (r->gone)
		rn_look_say(l, l->is_signed ? RN_CHECK_NOTE : RN_CHECK_FAIL, name,
		    "is not kept any more, it says; row %" G_GINT64_FORMAT " (%s) is about it%s", r->seq,
		    r->row->what, l->is_signed ? "" : ", and no signature that you trust says so");
	else
		rn_look_say(l, RN_CHECK_FAIL, name, "is not here: row %" G_GINT64_FORMAT " (%s) is about it",
		    r->seq, r->row->what);
}

static void
check_subject(RnLook *l, const RnProofChain *c, const RnProofRow *r, char kind, gint64 id, const char *digest)
{
	g_autofree char *name = g_strdup_printf("%c%" G_GINT64_FORMAT, kind, id);
	const char *have = g_hash_table_lookup(l->digests, name);

	if (id == 0 || *digest == '\0')
		return;
	if (have == NULL)
		check_missing(l, c, r, name);
	else if (strcmp(have, digest) != 0)
		rn_look_say(l, RN_CHECK_FAIL, name,
		    "is not the %s that row %" G_GINT64_FORMAT " (%s) is about: it has another digest",
		    kind == 'L' ? "letter" : "mail", r->seq, r->row->what);
	else
		g_hash_table_add(l->held, g_steal_pointer(&name));
}

static void
check_subjects(RnLook *l, const RnProofChain *c)
{
	for (guint i = 0; i < c->rows->len; i++) {
		const RnProofRow *r = g_ptr_array_index(c->rows, i);

		if (!r->own)
			continue;
		check_subject(l, c, r, 'R', r->row->inbox_id, r->row->inbox_digest);
		check_subject(l, c, r, 'L', r->row->letter_id, r->row->letter_digest);
	}
}

static void
check_chain(RnLook *l, RnProofChain *c)
{
	const char *why = NULL;
	gint64 bad = rn_proof_check(c, &why);
	g_autofree char *name = g_strdup_printf("ledger %s", c->convention);
	guint own = 0;
	const RnProofRow *last = c->rows->len > 0 ? g_ptr_array_index(c->rows, c->rows->len - 1) : NULL;

	if (last == NULL || bad != 0) {
		rn_look_say(l, RN_CHECK_FAIL, name, "row %" G_GINT64_FORMAT ": %s", bad,
		    last == NULL ? "there is none" : why);
		return;
	}
	c->whole = TRUE;
	for (guint i = 0; i < c->rows->len; i++)
		own += ((const RnProofRow *)g_ptr_array_index(c->rows, i))->own;
	rn_look_say(l, RN_CHECK_OK, name,
	    "%u rows, %u of them about the order, in one chain; its end is %s:%" G_GINT64_FORMAT ":%s",
	    c->rows->len, own, c->convention, last->seq, last->digest);
}

void
rn_look_chains(RnLook *l)
{
	const RnPackFile *f = rn_pack_find(l->pack, "ledger.json");
	g_autoptr(GError) error = NULL;

	l->chains = f != NULL ? rn_proof_read(f->data, &error) : NULL;
	if (l->chains == NULL)
		rn_look_say(
		    l, RN_CHECK_FAIL, "ledger", "%s", f != NULL ? error->message : "ledger.json is missing");
	for (guint i = 0; l->chains != NULL && i < l->chains->len; i++)
		check_chain(l, g_ptr_array_index(l->chains, i));
}

void
rn_look_rows(RnLook *l)
{
	GHashTableIter it;
	gpointer name;

	for (guint i = 0; l->chains != NULL && i < l->chains->len; i++) {
		const RnProofChain *c = g_ptr_array_index(l->chains, i);

		if (c->whole)
			check_subjects(l, c);
	}
	if (l->good && g_hash_table_size(l->held) > 0)
		rn_look_say(l, RN_CHECK_OK, "mails",
		    "%u letters and mails, byte for byte those of the ledger's rows",
		    g_hash_table_size(l->held));
	g_hash_table_iter_init(&it, l->digests);
	while (l->chains != NULL && g_hash_table_iter_next(&it, &name, NULL))
		if (!g_hash_table_contains(l->held, name))
			rn_look_say(l, RN_CHECK_NOTE, name, "no row of the ledger holds its digest");
}
