#include "core/import.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/world.h"
#include "core/documents.h"
#include "core/import_row.h"
#include "core/roll.h"
#include "core/work.h"

#define MAX_FIELD 4096		/* bytes of one field */

/* The state that libcsv's callbacks share. */
typedef struct {
	RnEngine	*e;
	RnTx		*tx;
	RnDesk		 desk;
	const RnImportHow *how;
	RnRoll		*roll;
	RnImportTally	*tally;
	GPtrArray	*row;		/* char *, the fields of the line being read */
	gboolean	 header_read;
	int		 column[64];	/* field number -> RnImportColumn, -1 = unknown */
	guint		 n_columns;
	guint		 line;		/* physical line on which the record began */
	guint		 next_line;
	gboolean	 in_record;	/* something of it has been read */
	gboolean	 after_cr;	/* an LF that comes next belongs to the line before */
	GError		*error;		/* ends the whole import */
	gboolean	 too_long;
	GHashTable	*seen;		/* names of boxes -> the line on which they stand */
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
	im->how->bad(im->line, reason, im->how->data);
}

static gboolean
header_has(const Import *im, RnImportColumn column)
{
	for (guint i = 0; i < im->n_columns; i++)
		if (im->column[i] == (int)column)
			return TRUE;
	return FALSE;
}

static gboolean
named_before(const Import *im, guint column)
{
	for (guint i = 0; i < column; i++)
		if (im->column[i] == im->column[column])
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
		g_autofree char *shown = rn_import_shown(name, 40);

		im->column[i] = rn_import_column(name);
		if (im->column[i] >= 0 && named_before(im, i))
			g_set_error(&im->error, RN_ERROR, RN_ERR_INPUT,
			    "line 1: the header names the column \"%s\" twice",
			    rn_import_column_name((RnImportColumn)im->column[i]));
		else if (im->column[i] < 0)
			g_set_error(&im->error, RN_ERROR, RN_ERR_INPUT,
			    "line 1: unknown column \"%s\"; known are box, holder, reference, expiry, "
			    "convention, account, type, state, document, register, reference2, entitled, language, register_number",
			    shown);
	}
	for (int c = RN_COL_BOX; c <= RN_COL_CONVENTION && im->error == NULL; c++)
		if (!header_has(im, (RnImportColumn)c))
			g_set_error(&im->error, RN_ERROR, RN_ERR_INPUT,
			    "line 1: the header has no column \"%s\"",
			    rn_import_column_name((RnImportColumn)c));
}

/* The box as it was, and what it keeps of that. */
static gboolean
merge(Import *im, char *const fields[RN_COL_N], RnBox *box, RnBox **old)
{
	g_autoptr(RnDocument) document = NULL;

	if (!rn_store_box_find(im->tx, box->name, old, &im->error))
		return FALSE;
	if (*old == NULL)
		return TRUE;
	if ((*old)->document && !box->document &&
	    !rn_document_newest(im->tx, (*old)->id, &document, &im->error))
		return FALSE;
	rn_import_keep(box, *old, fields, im->how->roll, document != NULL);
	return TRUE;
}

static gboolean
put(Import *im, char *const fields[RN_COL_N], RnBox *box)
{
	g_autoptr(RnBox) old = NULL;
	g_autoptr(RnBox) stored = NULL;
	RnPut what;
	gint64 id;

	if (!rn_roll_meet(im->roll, box->convention, &im->error) || !merge(im, fields, box, &old) ||
	    !rn_store_box_put(im->tx, box, &what, &id, &im->error))
		return FALSE;
	if (what == RN_PUT_SAME)
		im->tally->same++;
	else if (what == RN_PUT_NEW)
		im->tally->added++;
	else
		im->tally->changed++;
	if (what == RN_PUT_SAME)
		return rn_roll_note(im->roll, old, old, &im->error);
	return rn_store_box_get(im->tx, id, &stored, &im->error) &&
	    rn_desk_ledger(&im->desk, what == RN_PUT_NEW ? "box added" : "box changed", stored, NULL, NULL,
	        &im->error) &&
	    (old == NULL || rn_period_moved(&im->desk, old, stored, &im->error)) &&
	    rn_roll_note(im->roll, old, stored, &im->error);
}

/* The line on which the box NAME stands in this file; 0: this is the first one. */
static guint
first_line(Import *im, const char *name)
{
	guint line = GPOINTER_TO_UINT(g_hash_table_lookup(im->seen, name));

	if (line == 0)
		g_hash_table_insert(im->seen, g_strdup(name), GUINT_TO_POINTER(im->line));
	return line;
}

static void
record(Import *im)
{
	char *fields[RN_COL_N] = { NULL };
	g_autoptr(GError) why = NULL;
	g_autoptr(RnBox) box = NULL;
	guint twice = 0;

	im->tally->lines++;
	if (im->too_long || im->row->len != im->n_columns) {	/* a line cut short must not take values away */
		bad_line(im,
		    im->too_long                      ? "a field is longer than 4096 bytes" :
		        im->row->len > im->n_columns ? "it has more fields than the header" :
		                                       "it has fewer fields than the header");
		return;
	}
	for (guint i = 0; i < im->row->len; i++)
		fields[im->column[i]] = g_ptr_array_index(im->row, i);
	box = rn_import_box(im->e->settings, fields, &why);
	if (box != NULL)
		twice = first_line(im, box->name);
	if (twice > 0) {
		g_autofree char *reason =
		    g_strdup_printf("column box: %s stands on line %u already", box->name, twice);

		bad_line(im, reason);
	} else if (box == NULL)
		bad_line(im, why->message);
	else if (im->how->convention != NULL && strcmp(box->convention, im->how->convention) != 0)
		bad_line(im, "column convention: it is not the one that --convention names");
	else if (im->tally->bad == 0 || im->how->keep_going)
		put(im, fields, box);
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
	im->in_record = FALSE;
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

/* Up to the end of the physical line, which is LF, CR, or both: old programs on a Mac write CR alone. */
static gsize
line_length(Import *im, const char *buf, gsize len)
{
	gsize n = 0;
	gboolean second = im->after_cr && *buf == '\n';

	while (n < len && buf[n] != '\n' && buf[n] != '\r')
		n++;
	im->after_cr = n < len && buf[n] == '\r';
	if (n == len)
		return n;
	im->next_line += second ? 0 : 1;
	return n + 1;
}

static gboolean
says_nothing(const char *buf, gsize n)
{
	while (n > 0 && g_ascii_isspace(buf[n - 1]))
		n--;
	return n == 0;
}

/* Feeds one physical line after the other, so that a bad record can be named by its line. */
static gboolean
feed(Import *im, struct csv_parser *p, const char *buf, gsize len)
{
	while (len > 0 && im->error == NULL) {
		guint at = im->next_line;
		gsize n = line_length(im, buf, len);

		if (!im->in_record)	/* libcsv says nothing of empty lines */
			im->line = at;
		im->in_record |= !says_nothing(buf, n);
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

/* Is the file whole? TROUBLE: errno of the read that failed, 0 if none did. */
static void
at_end(Import *im, struct csv_parser *p, int trouble)
{
	if (trouble != 0)
		g_set_error(&im->error, RN_ERROR, RN_ERR_INPUT, "it cannot be read: %s", g_strerror(trouble));
	else if (csv_fini(p, field, end_of_record, im) != 0)
		g_set_error(
		    &im->error, RN_ERROR, RN_ERR_INPUT, "line %u: a quoted field is never closed", im->line);
	else if (im->error == NULL && !im->header_read)
		g_set_error_literal(&im->error, RN_ERROR, RN_ERR_INPUT,
		    "the file is empty: its first line must name the columns");
}

static gboolean
read_file(Import *im, FILE *f, GError **error)
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
		if (im->how->progress != NULL)
			im->how->progress(done, all, im->how->data);
	}
	if (im->error == NULL)
		at_end(im, &p, ferror(f) != 0 ? errno : 0);
	csv_free(&p);
	if (im->error != NULL)
		g_propagate_error(error, g_steal_pointer(&im->error));
	return *error == NULL;
}

/* What follows when every line was read: bad lines, those who left, the brake, the letters. */
static gboolean
finish(Import *im, const char *file, char **report, GError **error)
{
	const RnImportHow *how = im->how;

	if (im->tally->bad > 0 && !how->keep_going) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT,
		    "%s: %u bad lines: nothing was imported; mend them%s", file, im->tally->bad,
		    how->roll ? "" : ", or use --keep-going to import the others");
		return FALSE;
	}
	if (how->roll && im->tally->lines == 0) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT,
		    "%s: an empty file is no roll: nothing was imported", file);
		return FALSE;
	}
	if (how->roll && !rn_roll_close_others(im->roll, error))
		return FALSE;
	*report = rn_roll_report(im->roll);
	if (how->force && !rn_desk_ledger(&im->desk, "import forced", NULL, NULL, how->reason, error))
		return FALSE;
	if (!how->force && !rn_roll_brake(im->roll, im->e->settings->site.import_brake, error))
		return FALSE;
	return !how->roll || rn_roll_mail(im->roll, error);
}

static gboolean
read_all(Import *im, const char *file, GError **error)
{
	g_autoptr(GError) why = NULL;
	FILE *f = fopen(file, "rb");
	gboolean ok;

	if (f == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND, "%s: %s", file, g_strerror(errno));
		return FALSE;
	}
	ok = read_file(im, f, &why);
	fclose(f);
	if (why != NULL)
		g_propagate_prefixed_error(error, g_steal_pointer(&why), "%s: ", file);
	return ok;
}

gboolean
rn_import(RnEngine *e, const char *file, const RnImportHow *how, RnImportTally *tally, char **report,
    GError **error)
{
	g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	g_autoptr(RnRoll) roll = NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Import im = { .e = e,
		.how = how,
		.tally = tally,
		.row = row,
		.line = 1,
		.next_line = 1,
		.tx = tx,
		.seen = seen };

	*report = NULL;
	if (tx == NULL)
		return FALSE;
	im.desk = (RnDesk){ .e = e,
		.tx = tx,
		.now = rn_now(),
		.who = how->who != NULL ? how->who : "admin",
		.why = "import" };
	im.roll = roll = rn_roll_new(&im.desk, how->roll);
	if (how->convention != NULL && !rn_roll_meet(roll, how->convention, error))
		return FALSE;
	return read_all(&im, file, error) && finish(&im, file, report, error) &&
	    (how->dry_run || rn_tx_commit(&tx, error));
}
