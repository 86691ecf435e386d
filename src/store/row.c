/* row.c: cells into statements, and rows into plain structs. */
#include "store/row.h"

#include <openssl/evp.h>

#include <string.h>

RnCell
rn_cell_null(void)
{
	return (RnCell){ .type = RN_CELL_NULL };
}

RnCell
rn_cell_int(gint64 value)
{
	return (RnCell){ .type = RN_CELL_INT, .i = value };
}

RnCell
rn_cell_id(gint64 id)
{
	return id != 0 ? rn_cell_int(id) : rn_cell_null();
}

RnCell
rn_cell_text(const char *text)
{
	if (text == NULL)
		return rn_cell_null();
	return (RnCell){ .type = RN_CELL_TEXT, .s = text, .len = strlen(text) };
}

RnCell
rn_cell_day(RnDay day)
{
	g_autofree char *text = rn_day_iso(day);
	RnCell cell = { .type = RN_CELL_DAY };

	if (day == RN_DAY_NONE)
		return rn_cell_null();
	cell.len = g_strlcpy(cell.day, text, sizeof(cell.day));
	return cell;
}

RnCell
rn_cell_word(RnWords words, int value)
{
	return value == -1 ? rn_cell_null() : rn_cell_text(rn_word(words, value));
}

RnCell
rn_cell_bytes(GBytes *bytes)
{
	RnCell cell = { .type = RN_CELL_BLOB };

	if (bytes == NULL)
		return rn_cell_null();
	cell.s = g_bytes_get_data(bytes, &cell.len);
	return cell;
}

/* The next cell if it is of TYPE; NULL if it is NULL or, then odd, of another type or not there. */
static const RnCell *
next(RnRow *row, RnCellType type)
{
	const RnCell *cell = row->at < row->n ? &row->cells[row->at] : NULL;

	row->at++;
	if (cell != NULL && cell->type == RN_CELL_NULL)
		return NULL;
	if (cell == NULL || cell->type != type) {
		row->odd = TRUE;
		return NULL;
	}
	return cell;
}

gint64
rn_row_int(RnRow *row)
{
	const RnCell *cell = next(row, RN_CELL_INT);

	return cell != NULL ? cell->i : 0;
}

char *
rn_row_text(RnRow *row)
{
	const RnCell *cell = next(row, RN_CELL_TEXT);

	return cell != NULL ? g_strndup(cell->s, cell->len) : NULL;
}

RnDay
rn_row_day(RnRow *row)
{
	const RnCell *cell = next(row, RN_CELL_TEXT);
	RnDay day = RN_DAY_NONE;

	if (cell != NULL && !rn_day_parse(cell->s, &day)) {
		row->odd = TRUE;
		return RN_DAY_NONE;
	}
	return day;
}

int
rn_row_word(RnRow *row, RnWords words)
{
	const RnCell *cell = next(row, RN_CELL_TEXT);
	int value = cell != NULL ? rn_word_read(words, cell->s) : -1;

	if (value < 0) {
		row->odd = TRUE;
		return 0;
	}
	return value;
}

GBytes *
rn_row_bytes(RnRow *row)
{
	const RnCell *cell;

	if (row->at >= row->n)
		return NULL;
	cell = next(row, RN_CELL_BLOB);
	return cell != NULL ? g_bytes_new(cell->s, cell->len) : NULL;
}

char *
rn_row_digest(GBytes *bytes)
{
	gsize len = 0;
	const void *data = bytes != NULL ? g_bytes_get_data(bytes, &len) : NULL;

	guchar digest[EVP_MAX_MD_SIZE];
	GString *hex = NULL;
	guint n = 0;

	if (bytes == NULL || EVP_Digest(data != NULL ? data : "", len, digest, &n, EVP_sha256(), NULL) != 1)
		return NULL;
	hex = g_string_sized_new(2 * (gsize)n);
	for (guint i = 0; i < n; i++)
		g_string_append_printf(hex, "%02x", digest[i]);
	return g_string_free(hex, FALSE);
}
