#include "prog/reconcile.h"

#include <csv.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MAX_FIELD 500

enum { COL_ORDER, COL_REFERENCE, COL_BOX, COL_AMOUNT, COL_N };

static const char *const names[COL_N] = { "order", "reference", "box", "amount" };

typedef struct {
	GPtrArray	*row;		/* char * */
	GPtrArray	*owed;
	int		 column[COL_N];	/* -1: not there */
	gboolean	 header_read;
	guint		 line;
	guint		 matched, unknown, differs, twice;
	GError		*error;
} Invoice;

static void
field(void *data, size_t len, void *to)
{
	Invoice *in = to;

	g_ptr_array_add(in->row, g_strndup(data, MIN(len, MAX_FIELD)));
}

static void
header(Invoice *in)
{
	for (int c = 0; c < COL_N; c++) {
		in->column[c] = -1;
		for (guint i = 0; i < in->row->len; i++) {
			g_autofree char *name = rn_text_squash(g_ptr_array_index(in->row, i));

			if (g_ascii_strcasecmp(name, names[c]) == 0)
				in->column[c] = (int)i;
		}
	}
	in->header_read = TRUE;
	if (in->column[COL_AMOUNT] < 0 ||
	    (in->column[COL_ORDER] < 0 && in->column[COL_REFERENCE] < 0 && in->column[COL_BOX] < 0))
		g_set_error_literal(&in->error, RN_ERROR, RN_ERR_INPUT,
		    "the header line needs the columns order, reference or box, and amount");
}

/* The trimmed value of column C of this row, "" if there is none. Caller frees. */
static char *
value(const Invoice *in, int c)
{
	int i = in->column[c];

	return i >= 0 && (guint)i < in->row->len ? rn_text_squash(g_ptr_array_index(in->row, (guint)i)) :
	                                           g_strdup("");
}

/* "12.20", "12,20" or "12" in cents. */
static gboolean
cents_of(const char *text, gint64 *cents)
{
	gsize whole = strspn(text, "0123456789");
	gsize part = text[whole] != '\0' ? strspn(text + whole + 1, "0123456789") : 0;

	if (whole == 0 || whole > 9 ||
	    (text[whole] != '\0' && (strchr(".,", text[whole]) == NULL || part < 1 || part > 2)) ||
	    (text[whole] != '\0' && text[whole + 1 + part] != '\0'))
		return FALSE;
	*cents = g_ascii_strtoll(text, NULL, 10) * 100;
	if (part > 0)
		*cents += g_ascii_strtoll(text + whole + 1, NULL, 10) * (part == 1 ? 10 : 1);
	return TRUE;
}

/* What a row says of the order that it is about. Members are owned. */
typedef struct {
	char	*number, *reference, *box, *amount;
} Billed;

static void
billed_clear(Billed *b)
{
	g_free(b->number);
	g_free(b->reference);
	g_free(b->box);
	g_free(b->amount);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Billed, billed_clear)

static const char *
its(const RnOwed *o, int column)
{
	return column == COL_ORDER ? o->number : column == COL_REFERENCE ? o->reference : o->box;
}

/* The first order that has TEXT in COLUMN and is not billed yet, else one that is. */
static RnOwed *
with(const Invoice *in, int column, const char *text)
{
	RnOwed *billed = NULL;

	for (guint i = 0; *text != '\0' && i < in->owed->len; i++) {
		RnOwed *o = g_ptr_array_index(in->owed, i);

		if (strcmp(its(o, column), text) != 0)
			continue;
		if (!o->billed)
			return o;
		billed = o;
	}
	return billed;
}

/* The order that the row is about: by our number, else by the provider's. Only where the row has neither does
 * the box say it: it may have been renewed twice. */
static RnOwed *
find(const Invoice *in, const Billed *b)
{
	RnOwed *o = with(in, COL_ORDER, b->number);

	if (o == NULL)
		o = with(in, COL_REFERENCE, b->reference);
	return o == NULL && *b->number == '\0' && *b->reference == '\0' ? with(in, COL_BOX, b->box) : o;
}

static void
record(Invoice *in)
{
	g_autofree char *box = value(in, COL_BOX);
	g_auto(Billed)
	    b = { value(in, COL_ORDER), value(in, COL_REFERENCE), rn_addr_fold(box), value(in, COL_AMOUNT) };
	RnOwed *o = find(in, &b);
	g_autofree char *want = o != NULL ? rn_text_money(o->price) : NULL;
	gint64 cents;

	if (!cents_of(b.amount, &cents)) {
		g_set_error(&in->error, RN_ERROR, RN_ERR_INPUT,
		    "line %u: amount: \"%.40s\" is no amount such as 12.20", in->line, b.amount);
		return;
	}
	if (o == NULL) {
		in->unknown++;
		printf("unknown   line %u: %s %s\n", in->line,
		    *b.number != '\0'        ? b.number :
		        *b.reference != '\0' ? b.reference :
		                               b.box,
		    b.amount);
	} else if (o->billed) {
		in->twice++;
		printf("twice     line %u: %s %s %s\n", in->line, o->number, o->box, b.amount);
	} else if (cents != o->price) {
		in->differs++;
		printf("differs   line %u: %s %s %s, should be %s\n", in->line, o->number, o->box, b.amount,
		    want);
	} else
		in->matched++;
	if (o != NULL)
		o->billed = TRUE;
}

static gboolean
blank(const GPtrArray *row)
{
	return row->len == 0 || (row->len == 1 && *(const char *)g_ptr_array_index(row, 0) == '\0');
}

static void
end_of_record(G_GNUC_UNUSED int c, void *to)
{
	Invoice *in = to;

	in->line++;
	if (in->error == NULL && !blank(in->row)) {
		if (in->header_read)
			record(in);
		else
			header(in);
	}
	g_ptr_array_set_size(in->row, 0);
}

static gboolean
parse(Invoice *in, const char *data, gsize len)
{
	struct csv_parser p;
	const char *nl = memchr(data, '\n', len);
	gsize head = nl != NULL ? (gsize)(nl - data) : len;
	gsize skip = len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
		return FALSE;
	if (memchr(data, ';', head) != NULL && memchr(data, ',', head) == NULL)
		csv_set_delim(&p, ';');
	if (csv_parse(&p, data + skip, len - skip, field, end_of_record, in) != len - skip ||
	    csv_fini(&p, field, end_of_record, in) != 0)
		g_set_error(&in->error, RN_ERROR, RN_ERR_INPUT, "line %u: %s", in->line + 1,
		    csv_strerror(csv_error(&p)));
	csv_free(&p);
	if (in->error == NULL && !in->header_read)
		g_set_error_literal(&in->error, RN_ERROR, RN_ERR_INPUT,
		    "the file is empty: its first line must name the columns");
	return in->error == NULL;
}

/* What the invoice leaves out, and the sum of it all. */
static guint
close_books(const Invoice *in)
{
	guint missing = 0;

	for (guint i = 0; i < in->owed->len; i++) {
		const RnOwed *o = g_ptr_array_index(in->owed, i);
		g_autofree char *price = rn_text_money(o->price);

		if (o->billed)
			continue;
		missing++;
		printf("missing   %s %s %s\n", o->number, o->box, price);
	}
	printf("%u matched, %u missing, %u unknown, %u price differs, %u billed twice\n", in->matched,
	    missing, in->unknown, in->differs, in->twice);
	return missing + in->unknown + in->differs + in->twice;
}

gboolean
rn_reconcile(const char *file, GPtrArray *owed, guint *different, GError **error)
{
	g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) why = NULL;
	g_autofree char *data = NULL;
	Invoice in = { .row = row, .owed = owed };
	gsize len;

	if (!g_file_get_contents(file, &data, &len, &why)) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_INPUT, why->message);
		return FALSE;
	}
	if (!parse(&in, data, len)) {
		g_propagate_prefixed_error(error, in.error, "%s: ", file);
		return FALSE;
	}
	*different = close_books(&in);
	return TRUE;
}
