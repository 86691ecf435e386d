/* row.h: cells into statements, and rows into plain structs. */
#ifndef RN_STORE_ROW_H
#define RN_STORE_ROW_H

#include "model/words.h"
#include "store/db.h"

/* Parameters. Texts and bytes are borrowed until the statement has run. */
RnCell rn_cell_null(void);
RnCell rn_cell_int(gint64 value);
RnCell rn_cell_id(gint64 id);				/* NULL for 0 */
RnCell rn_cell_text(const char *text);			/* NULL for NULL */
RnCell rn_cell_day(RnDay day);				/* NULL for RN_DAY_NONE */
RnCell rn_cell_word(RnWords words, int value);		/* NULL for -1: any */
RnCell rn_cell_bytes(GBytes *bytes);			/* NULL for NULL */

/* Each takes the next column; what it gives is the caller's. A column of another kind, an unknown word or a
 * day that is none marks the row as odd, and the query ends with RN_ERR_STORE. */
gint64 rn_row_int(RnRow *row);				/* 0 for NULL */
char *rn_row_text(RnRow *row);				/* NULL for NULL */
RnDay rn_row_day(RnRow *row);				/* RN_DAY_NONE for NULL */
int rn_row_word(RnRow *row, RnWords words);
GBytes *rn_row_bytes(RnRow *row);			/* NULL for NULL, and past the last column */

/* The SHA-256 of BYTES in hex, for a column beside them; NULL for NULL. Caller frees. */
char *rn_row_digest(GBytes *bytes);

#endif
