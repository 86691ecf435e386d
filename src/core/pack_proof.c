/* pack_proof.c: the rows of the ledger in evidence. */
#include <jansson.h>
#include <string.h>

#include "core/pack_check.h"

#define FORMAT "rinnova-ledger-rows/1"
#define CHAINS_MOST 100
#define ROWS_MOST 5000000

static void
free_row(gpointer p)
{
	RnProofRow *r = p;

	g_free(r->content);
	g_free(r->digest);
	rn_ledger_entry_free(r->row);
	g_free(r);
}

static void
free_chain(gpointer p)
{
	RnProofChain *c = p;

	g_free(c->convention);
	g_free(c->before);
	g_clear_pointer(&c->rows, g_ptr_array_unref);
	g_free(c);
}

static gboolean
bad(GError **error, const char *what)
{
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "ledger.json: %s", what);
	return FALSE;
}

static gboolean
digest_or_none(const char *text)
{
	return *text == '\0' || rn_digest_valid(text);
}

/* A row that is there as a whole. */
static gboolean
read_whole(RnProofRow *r, json_t *value, const char *convention, GError **error)
{
	const char *who, *what, *why, *detail_sha, *mail_sha, *letter_sha, *digest, *detail = NULL;
	json_int_t seq, at, box, period, order, mail, letter;
	int format, own, gone = 0;
	RnLedgerEntry *e;

	if (json_unpack(value,
	        "{s:I, s:i, s:b, s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s, s?s, s?b !}",
	        "seq", &seq, "format", &format, "own", &own, "at", &at, "who", &who, "what", &what, "why",
	        &why, "box", &box, "period", &period, "order", &order, "mail", &mail, "letter", &letter,
	        "detail_sha256", &detail_sha, "mail_sha256", &mail_sha, "letter_sha256", &letter_sha,
	        "digest", &digest, "detail", &detail, "gone", &gone) != 0)
		return bad(error, "a row lacks something, or has too much");
	if ((format != 1 && format != 2) || !digest_or_none(detail_sha) || !digest_or_none(mail_sha) ||
	    !digest_or_none(letter_sha) || !rn_digest_valid(digest))
		return bad(error, "a row of an unknown format, or with a digest that is none");
	e = r->row = g_new0(RnLedgerEntry, 1);
	*e = (RnLedgerEntry){ .seq = seq,
		.format = format,
		.at = at,
		.box_id = box,
		.period_id = period,
		.order_id = order,
		.inbox_id = mail,
		.letter_id = letter,
		.convention = g_strdup(convention),
		.who = g_strdup(who),
		.what = g_strdup(what),
		.why = g_strdup(why),
		.detail = g_strdup(detail),
		.detail_digest = g_strdup(detail_sha),
		.inbox_digest = g_strdup(mail_sha),
		.letter_digest = g_strdup(letter_sha),
		.digest = g_strdup(digest) };
	r->seq = seq;
	r->own = own != 0;
	r->gone = gone != 0;
	r->digest = g_strdup(digest);
	return TRUE;
}

static gboolean
read_row(RnProofChain *c, json_t *value, GError **error)
{
	RnProofRow *r = g_new0(RnProofRow, 1);
	const char *content, *digest;
	json_int_t seq;

	g_ptr_array_add(c->rows, r);
	if (json_object_get(value, "content") == NULL)
		return read_whole(r, value, c->convention, error);
	if (json_unpack(value, "{s:I, s:s, s:s !}", "seq", &seq, "content", &content, "digest", &digest) !=
	        0 ||
	    !rn_digest_valid(content) || !rn_digest_valid(digest))
		return bad(error, "a row between has not seq, content and digest, and only those");
	r->seq = seq;
	r->content = g_strdup(content);
	r->digest = g_strdup(digest);
	return TRUE;
}

static gboolean
read_chain(GPtrArray *chains, json_t *value, GError **error)
{
	RnProofChain *c = g_new0(RnProofChain, 1);
	const char *convention, *before;
	json_t *rows, *row;
	size_t i;

	g_ptr_array_add(chains, c);
	c->rows = g_ptr_array_new_with_free_func(free_row);
	if (json_unpack(value, "{s:s, s:s, s:o !}", "convention", &convention, "before", &before, "rows",
	        &rows) != 0 ||
	    !json_is_array(rows) || !digest_or_none(before))
		return bad(error, "a chain has not convention, before and rows, and only those");
	if (json_array_size(rows) > ROWS_MOST)
		return bad(error, "too many rows");
	c->convention = g_strdup(convention);
	c->before = g_strdup(before);
	json_array_foreach(rows, i, row)
	{
		if (!read_row(c, row, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
read_all(GPtrArray *chains, json_t *all, GError **error)
{
	const char *format;
	json_t *list, *value;
	size_t i;

	if (json_unpack(all, "{s:s, s:o !}", "format", &format, "chains", &list) != 0 ||
	    !json_is_array(list) || strcmp(format, FORMAT) != 0 || json_array_size(list) > CHAINS_MOST)
		return bad(error, "it is not of the format " FORMAT);
	json_array_foreach(list, i, value)
	{
		if (!read_chain(chains, value, error))
			return FALSE;
	}
	return TRUE;
}

GPtrArray *
rn_proof_read(GBytes *data, GError **error)
{
	g_autoptr(GPtrArray) chains = g_ptr_array_new_with_free_func(free_chain);
	gsize len;
	const char *bytes = g_bytes_get_data(data, &len);
	json_error_t why;
	json_t *all = json_loadb(bytes != NULL ? bytes : "", len, JSON_REJECT_DUPLICATES, &why);
	gboolean ok;

	if (all == NULL) {
		bad(error, "it is no JSON object, or not whole");
		return NULL;
	}
	ok = read_all(chains, all, error);
	json_decref(all);
	return ok ? g_steal_pointer(&chains) : NULL;
}

gint64
rn_proof_check(const RnProofChain *c, const char **why)
{
	const char *previous = c->before;

	for (guint i = 0; i < c->rows->len; i++) {
		const RnProofRow *r = g_ptr_array_index(c->rows, i);
		gint64 first = ((const RnProofRow *)g_ptr_array_index(c->rows, 0))->seq;
		g_autofree char *digest = r->row != NULL ? rn_ledger_digest(r->row, previous) :
		                                           rn_ledger_link(previous, r->content);

		*why = r->seq != first + (gint64)i || first < 1 || (first == 1) != (*c->before == '\0') ?
		    "the numbers of the rows have a gap" :
		    strcmp(digest, r->digest) != 0 ?
		    "it was changed, or rows before it were moved, inserted or taken away: its digest does not fit" :
		    r->row != NULL && !rn_ledger_detail_fits(r->row) ?
		    "its detail is not the one whose digest it holds" :
		    NULL;
		if (*why != NULL)
			return r->seq;
		previous = r->digest;
	}
	return 0;
}

gint64
rn_proof_last(const RnProofChain *c)
{
	gint64 last = 0;

	for (guint i = 0; i < c->rows->len; i++) {
		const RnProofRow *r = g_ptr_array_index(c->rows, i);

		if (r->own)
			last = r->seq;
	}
	return last;
}
