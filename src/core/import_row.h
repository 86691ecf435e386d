/* import_row.h: one line of the import: columns by name, checked into a box. */
#ifndef RN_CORE_IMPORT_ROW_H
#define RN_CORE_IMPORT_ROW_H

#include "core/engine.h"

typedef enum {
	RN_COL_BOX,
	RN_COL_HOLDER,
	RN_COL_REFERENCE,
	RN_COL_EXPIRY,
	RN_COL_CONVENTION,
	RN_COL_ACCOUNT,
	RN_COL_TYPE,
	RN_COL_STATE,
	RN_COL_DOCUMENT,
	RN_COL_REGISTER,
	RN_COL_REFERENCE2,
	RN_COL_ENTITLED,
	RN_COL_LANGUAGE,
	RN_COL_REGISTER_NUMBER,
	RN_COL_N
} RnImportColumn;

/* The column called NAME (any case, spaces around it ignored), -1 if there is none. */
int rn_import_column(const char *name);

/* "box", "holder" ...; static. */
const char *rn_import_column_name(RnImportColumn column);

/* A box from the texts of one line (NULL where the column is missing), checked against the settings. NULL
 * with RN_ERR_INPUT: the reason names column and value. */
RnBox *rn_import_box(const RnSettings *s, char *const fields[RN_COL_N], GError **error);

/* What the line F does not say of a box that is known (no such column, or nothing in it) stays as in OLD; a
 * closed one opens again where BACK says that being in the file is enough. HAS_DOCUMENT: a document was sent
 * and not refused, so that a list which knows of none is not believed. */
void rn_import_keep(
    RnBox *box, const RnBox *old, char *const fields[RN_COL_N], gboolean back, gboolean has_document);

/* The first MAX bytes of VALUE as they may be shown to a person: valid UTF-8 without control characters.
 * Caller frees. */
char *rn_import_shown(const char *value, gsize max);

#endif
