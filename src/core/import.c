#include "core/import.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/world.h"
#include "core/desk.h"
#include "core/import_row.h"

#define MAX_FIELD 4096		/* bytes of one field */

/* The state that libcsv's callbacks share. */
typedef struct {
	RnEngine	*e;
	RnTx		*tx;
	RnDesk		 desk;
	gboolean	 keep_going;
	RnImportBad	 bad;
	gpointer	 data;
	RnImportTally	*tally;
	GPtrArray	*row;		/* char *, the fields of the line being read */
	gboolean	 header_read;
	int		 column[64];	/* field number -> RnImportColumn, -1 = unknown */
	guint		 n_columns;
	guint		 line;		/* physical line on which the record began */
	guint		 next_line;
	GError		*error;		/* ends the whole import */
	gboolean	 too_long;
} Import;

static void
field(void *s, size_t len, void *data)
{
	Import *im = data;

	if (len > MAX_FIELD)
		im->too_long = TRUE;
	g_ptr_array_add(im->row, g_strndup(s != NULL ? s : "", MIN(len, MAX_FIELD)));
}

static void
bad_line(Import *im, const char *reason)
{
	im->tally->bad++;
	im->bad(im->line, reason, im->data);
}

static gboolean
header_has(const Import *im, RnImportColumn column)
{
	for (guint i = 0; i < im->n_columns; i++)
		if (im->column[i] == (int)column)
			return TRUE;
	return FALSE;
}

/* The header names the columns, in any order; the first five are needed, an unknown one is an error (a typing
 * slip would lose data). */
static void
header(Import *im)
{
	im->header_read = TRUE;
	im->n_columns = MIN(im->row->len, G_N_ELEMENTS(im->column));
	for (guint i = 0; i < im->n_columns && im->error == NULL; i++) {
		const char *name = g_ptr_array_index(im->row, i);

		im->column[i] = rn_import_column(name);
		if (im->column[i] < 0)
			g_set_error(&im->error, RN_ERROR, RN_ERR_INPUT,
			    "line 1: unknown column \"%.40s\"; known are box, holder, reference, expiry, "
			    "convention, account, type, state, document, register, reference2, entitled, language",
			    name);
	}
	for (int c = RN_COL_BOX; c <= RN_COL_CONVENTION && im->error == NULL; c++)
		if (!header_has(im, (RnImportColumn)c))
			g_set_error(&im->error, RN_ERROR, RN_ERR_INPUT,
			    "line 1: the header has no column \"%s\"",
			    rn_import_column_name((RnImportColumn)c));
}

static gboolean
put(Import *im, const RnBox *box)
{
	g_autoptr(RnBox) stored = NULL;
	RnPut what;
	gint64 id;

	if (!rn_store_box_put(im->tx, box, &what, &id, &im->error))
		return FALSE;
	if (what == RN_PUT_SAME) {
		im->tally->same++;
		return TRUE;
	}
	if (what == RN_PUT_NEW)
		im->tally->added++;
	else
		im->tally->changed++;
	return rn_store_box_get(im->tx, id, &stored, &im->error) &&
	    rn_desk_ledger(
	        &im->desk, what == RN_PUT_NEW ? "box added" : "box changed", stored, NULL, NULL, &im->error);
}

static void
record(Import *im)
{
	char *fields[RN_COL_N] = { NULL };
	g_autoptr(GError) why = NULL;
	g_autoptr(RnBox) box = NULL;

	im->tally->lines++;
	if (im->row->len > im->n_columns || im->too_long) {
		bad_line(im,
		    im->too_long ? "a field is longer than 4096 bytes" :
		                   "it has more fields than the header");
		return;
	}
	for (guint i = 0; i < im->row->len; i++)
		fields[im->column[i]] = g_ptr_array_index(im->row, i);
	box = rn_import_box(im->e->settings, fields, &why);
	if (box == NULL)
		bad_line(im, why->message);
	else if (im->tally->bad == 0 || im->keep_going)
		put(im, box);
}

static gboolean
blank(const GPtrArray *row)
{
	return row->len == 0 || (row->len == 1 && *(const char *)g_ptr_array_index(row, 0) == '\0');
}

static void
end_of_record(G_GNUC_UNUSED int c, void *data)
{
	Import *im = data;

	if (im->error == NULL && !blank(im->row)) {
		if (im->header_read)
			record(im);
		else
			header(im);
	}
	g_ptr_array_set_size(im->row, 0);
	im->too_long = FALSE;
	im->line = im->next_line;
}

/* ';' where the header holds more of them than of ',': Excel in Italy writes it so. */
static unsigned char
delimiter(const char *start, gsize len)
{
	guint commas = 0, semicolons = 0;

	for (gsize i = 0; i < len && start[i] != '\n'; i++) {
		commas += start[i] == ',';
		semicolons += start[i] == ';';
	}
	return semicolons > commas ? (unsigned char)';' : CSV_COMMA;
}

/* Feeds one physical line after the other, so that a bad record can be named by its line. */
static gboolean
feed(Import *im, struct csv_parser *p, const char *buf, gsize len)
{
	while (len > 0 && im->error == NULL) {
		const char *nl = memchr(buf, '\n', len);
		gsize n = nl != NULL ? (gsize)(nl - buf) + 1 : len;

		if (nl != NULL)
			im->next_line++;
		if (csv_parse(p, buf, n, field, end_of_record, im) != n) {
			g_set_error(&im->error, RN_ERROR, RN_ERR_INPUT, "line %u: %s", im->line,
			    csv_strerror(csv_error(p)));
			break;
		}
		buf += n;
		len -= n;
	}
	return im->error == NULL;
}

static gboolean
read_file(Import *im, FILE *f, RnImportProgress progress, GError **error)
{
	struct csv_parser p;
	char buf[65536];
	gint64 done = 0, all = 0;
	gboolean first = TRUE;
	size_t n;

	if (fseek(f, 0, SEEK_END) == 0 && (all = ftell(f)) >= 0)
		rewind(f);
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_INTERNAL, "the CSV reader could not be set up");
		return FALSE;
	}
	while (im->error == NULL && (n = fread(buf, 1, sizeof(buf), f)) > 0) {
		gsize skip = first && n >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

		if (first)
			csv_set_delim(&p, delimiter(buf + skip, n - skip));
		first = FALSE;
		feed(im, &p, buf + skip, n - skip);
		done += (gint64)n;
		if (progress != NULL)
			progress(done, all, im->data);
	}
	if (im->error == NULL && csv_fini(&p, field, end_of_record, im) != 0)
		g_set_error(
		    &im->error, RN_ERROR, RN_ERR_INPUT, "line %u: a quoted field is never closed", im->line);
	csv_free(&p);
	if (im->error != NULL)
		g_propagate_error(error, g_steal_pointer(&im->error));
	return *error == NULL;
}

gboolean
rn_import(RnEngine *e, const char *file, gboolean keep_going, RnImportBad bad, RnImportProgress progress,
    gpointer data, RnImportTally *tally, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(RnTx) tx = NULL;
	Import im = { .e = e,
		.keep_going = keep_going,
		.bad = bad,
		.data = data,
		.tally = tally,
		.row = row,
		.line = 1,
		.next_line = 1 };
	FILE *f = fopen(file, "rb");
	gboolean ok;

	if (f == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND, "%s: %s", file, g_strerror(errno));
		return FALSE;
	}
	tx = rn_tx_begin(e->store, error);
	im.tx = tx;
	im.desk = (RnDesk){ .e = e, .tx = tx, .now = rn_now(), .who = "admin", .why = "import" };
	ok = tx != NULL && read_file(&im, f, progress, &why);
	fclose(f);
	if (why != NULL)
		g_propagate_prefixed_error(error, g_steal_pointer(&why), "%s: ", file);
	if (!ok)
		return FALSE;
	if (tally->bad > 0 && !keep_going) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT,
		    "%s: %u bad lines: nothing was imported; mend them, or use --keep-going to import the others",
		    file, tally->bad);
		return FALSE;
	}
	return rn_tx_commit(&tx, error);
}
