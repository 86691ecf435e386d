/* ledger.c: who did what, why and when, chained by digest within a convention.
 *
 * The rows of a convention are numbered from 1 without a gap (column seq). The digest of a row is SHA-256,
 * written in lower-case hex, over these bytes:
 *
 *   the 32 bytes of the digest of the row before (32 zero bytes for seq 1), then
 *   each field as LENGTH ":" TEXT ",", LENGTH being the number of bytes of TEXT in decimal: convention, seq,
 * at, who,
 *   what, why, box_id, period_id, renewal_id, inbox_id, letter_id, detail_digest; numbers in decimal.
 *
 * detail_digest is the SHA-256 of the detail in hex, "" where there is none. The detail itself, which may be
 * personal, stands in ledger_detail; where it was erased, the chain still holds. A changed or missing row
 * breaks the chain; rows cut off at the end can only be seen by somebody who knows a later digest. */
#include <string.h>

#include "base/text.h"
#include "store/tx.h"

#define PAGE 500
#define DIGEST_BYTES 32

void
rn_ledger_entry_free(RnLedgerEntry *e)
{
	if (e == NULL)
		return;
	g_free(e->convention);
	g_free(e->who);
	g_free(e->what);
	g_free(e->why);
	g_free(e->detail);
	g_free(e->digest);
	g_free(e);
}

static void
free_entry(gpointer e)
{
	rn_ledger_entry_free(e);
}

/* The columns of LEDGER in stmt.c. */
static gpointer
make_entry(RnRow *row)
{
	RnLedgerEntry *e = g_new0(RnLedgerEntry, 1);

	e->id = rn_row_int(row);
	e->seq = rn_row_int(row);
	e->at = rn_row_int(row);
	e->box_id = rn_row_int(row);
	e->period_id = rn_row_int(row);
	e->order_id = rn_row_int(row);
	e->inbox_id = rn_row_int(row);
	e->letter_id = rn_row_int(row);
	e->convention = rn_row_text(row);
	e->who = rn_row_text(row);
	e->what = rn_row_text(row);
	e->why = rn_row_text(row);
	e->detail = rn_row_text(row);
	e->digest = rn_row_text(row);
	return e;
}

/* A row as it goes into the chain, and what its digest rests on. */
typedef struct {
	RnLedgerEntry	*entry;
	char		*detail_digest;
} Link;

static void
free_link(gpointer data)
{
	Link *link = data;

	rn_ledger_entry_free(link->entry);
	g_free(link->detail_digest);
	g_free(link);
}

static gpointer
make_link(RnRow *row)
{
	Link *link = g_new0(Link, 1);

	link->entry = make_entry(row);
	link->detail_digest = rn_row_text(row);
	return link;
}

static void
add_text(GChecksum *sum, const char *text)
{
	g_autofree char *length = g_strdup_printf("%" G_GSIZE_FORMAT ":", strlen(text));

	g_checksum_update(sum, (const guchar *)length, -1);
	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_update(sum, (const guchar *)",", 1);
}

static void
add_number(GChecksum *sum, gint64 number)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

	add_text(sum, text);
}

/* The bytes of HEX; zeros where it is NULL. What is no hex gives bytes that fit nothing. */
static void
add_previous(GChecksum *sum, const char *hex)
{
	guchar bytes[DIGEST_BYTES] = { 0 };

	for (gsize i = 0; hex != NULL && i < DIGEST_BYTES && hex[2 * i] != '\0' && hex[2 * i + 1] != '\0';
	     i++)
		bytes[i] =
		    (guchar)(g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]));
	g_checksum_update(sum, bytes, DIGEST_BYTES);
}

/* The digest of E behind the row whose digest is PREVIOUS (NULL for the first); caller frees. */
static char *
digest_of(const RnLedgerEntry *e, const char *detail_digest, const char *previous)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	add_previous(sum, previous);
	add_text(sum, e->convention);
	add_number(sum, e->seq);
	add_number(sum, e->at);
	add_text(sum, e->who);
	add_text(sum, e->what);
	add_text(sum, e->why);
	add_number(sum, e->box_id);
	add_number(sum, e->period_id);
	add_number(sum, e->order_id);
	add_number(sum, e->inbox_id);
	add_number(sum, e->letter_id);
	add_text(sum, detail_digest);
	return g_strdup(g_checksum_get_string(sum));
}

/* The end of a chain. */
typedef struct {
	gint64	 seq;
	char	*digest;
} Tail;

static void
free_tail(gpointer data)
{
	Tail *tail = data;

	g_free(tail->digest);
	g_free(tail);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tail, free_tail)

static gpointer
make_tail(RnRow *row)
{
	Tail *tail = g_new0(Tail, 1);

	tail->seq = rn_row_int(row);
	tail->digest = rn_row_text(row);
	return tail;
}

/* As it will be read again: what is no UTF-8 would be changed on the way into the store, after its digest was
 * made. */
static char *
text_of(const char *text)
{
	return rn_text_utf8(text != NULL ? text : "", -1);
}

static RnLedgerEntry *
entry_new(const RnLedgerRow *row)
{
	RnLedgerEntry *e = g_new0(RnLedgerEntry, 1);

	e->convention = text_of(row->convention);
	e->at = row->at;
	e->who = text_of(row->who);
	e->what = text_of(row->what);
	e->why = text_of(row->why);
	e->detail = row->detail != NULL ? text_of(row->detail) : NULL;
	e->box_id = row->box_id;
	e->period_id = row->period_id;
	e->order_id = row->order_id;
	e->inbox_id = row->inbox_id;
	e->letter_id = row->letter_id;
	return e;
}

static gboolean
write_entry(RnTx *tx, RnLedgerEntry *e, const char *detail_digest, GError **error)
{
	const RnCell cells[] = {
		rn_cell_text(e->convention), rn_cell_int(e->seq), rn_cell_int(e->at), rn_cell_text(e->who),
		rn_cell_text(e->what), rn_cell_text(e->why), rn_cell_int(e->box_id), rn_cell_int(e->period_id),
		rn_cell_int(e->order_id), rn_cell_int(e->inbox_id), rn_cell_int(e->letter_id),
		rn_cell_text(detail_digest), rn_cell_text(e->digest),
	};

	if (!rn_tx_must(tx, RN_ST_LEDGER_ADD, RN_CELLS(cells), &e->id, error))
		return FALSE;
	if (e->detail != NULL) {
		const RnCell detail[] = { rn_cell_int(e->id), rn_cell_text(e->detail) };

		return rn_tx_run(tx, RN_ST_LEDGER_DETAIL_ADD, RN_CELLS(detail), NULL, NULL, error);
	}
	return TRUE;
}

gboolean
rn_store_ledger_add(RnTx *tx, const RnLedgerRow *row, GError **error)
{
	g_autoptr(RnLedgerEntry) e = entry_new(row);
	g_autofree char *detail_digest =
	    e->detail != NULL ? rn_text_sha256(e->detail, strlen(e->detail)) : g_strdup("");
	const RnCell cells[] = { rn_cell_text(e->convention) };
	g_autoptr(Tail) tail = NULL;

	if (!rn_tx_one(
	        tx, RN_ST_LEDGER_LAST, RN_CELLS(cells), make_tail, free_tail, (gpointer *)&tail, error))
		return FALSE;
	e->seq = tail != NULL ? tail->seq + 1 : 1;
	e->digest = digest_of(e, detail_digest, tail != NULL ? tail->digest : NULL);
	return write_entry(tx, e, detail_digest, error);
}

gboolean
rn_store_ledger(RnTx *tx, const char *convention, gint64 box_id, gint64 after, guint max, GPtrArray **entries,
    GError **error)
{
	const RnCell all[] = { rn_cell_int(after), rn_cell_int(max) };
	const RnCell of_box[] = { rn_cell_int(box_id), rn_cell_int(after), rn_cell_int(max) };
	const RnCell of_convention[] = { rn_cell_text(convention), rn_cell_int(after), rn_cell_int(max) };

	if (box_id != 0)
		return rn_tx_all(
		    tx, RN_ST_LEDGER_OF_BOX, RN_CELLS(of_box), make_entry, free_entry, entries, error);
	if (convention != NULL)
		return rn_tx_all(tx, RN_ST_LEDGER_OF_CONVENTION, RN_CELLS(of_convention), make_entry,
		    free_entry, entries, error);
	return rn_tx_all(tx, RN_ST_LEDGER_LIST, RN_CELLS(all), make_entry, free_entry, entries, error);
}

/* TRUE if LINK follows TAIL. */
static gboolean
follows(const Link *link, const Tail *tail)
{
	const RnLedgerEntry *e = link->entry;
	g_autofree char *digest = digest_of(e, link->detail_digest, tail->digest);

	if (e->seq != tail->seq + 1 || strcmp(digest, e->digest) != 0)
		return FALSE;
	if (e->detail != NULL) {
		g_autofree char *detail = rn_text_sha256(e->detail, strlen(e->detail));

		return strcmp(detail, link->detail_digest) == 0;
	}
	return TRUE;
}

gboolean
rn_store_ledger_verify(RnTx *tx, const char *convention, gint64 *rows, gint64 *bad, GError **error)
{
	g_autoptr(Tail) tail = g_new0(Tail, 1);
	gboolean more = TRUE;

	*rows = *bad = 0;
	while (more && *bad == 0) {
		const RnCell cells[] = { rn_cell_text(convention), rn_cell_int(tail->seq),
			rn_cell_int(PAGE) };
		g_autoptr(GPtrArray) links = NULL;

		if (!rn_tx_all(tx, RN_ST_LEDGER_CHAIN, RN_CELLS(cells), make_link, free_link, &links, error))
			return FALSE;
		for (guint i = 0; i < links->len && *bad == 0; i++) {
			const Link *link = g_ptr_array_index(links, i);

			if (!follows(link, tail))
				*bad = link->entry->id;
			g_free(tail->digest);
			tail->digest = g_strdup(link->entry->digest);
			tail->seq = link->entry->seq;
			++*rows;
		}
		more = links->len == PAGE;
	}
	return TRUE;
}
