/* import.h: boxes from a CSV file (RFC 4180, and as Excel Italy writes it: BOM, ';', quoted line breaks). */
#ifndef RN_CORE_IMPORT_H
#define RN_CORE_IMPORT_H

#include "core/engine.h"

typedef struct {
	guint	lines;		/* records read, without the header */
	guint	added, changed, same;
	guint	bad;		/* lines that were left out */
} RnImportTally;

/* Told of each bad line: its number in the file (of its first physical line), and the reason. */
typedef void (*RnImportBad)(guint line, const char *reason, gpointer data);

/* Told now and then how many bytes of how many were read. */
typedef void (*RnImportProgress)(gint64 done, gint64 all, gpointer data);

/* Reads FILE: a header line with at least box,holder,reference,expiry,convention; also
 * account,type,state,document,register,reference2, entitled,language; then one box a line, added or updated
 * by its name. Without KEEP_GOING one bad line means that nothing at all is imported (RN_ERR_INPUT); with it
 * the good lines are. Memory is bounded: the file is read in pieces. Everything is one transaction. */
gboolean rn_import(RnEngine *e, const char *file, gboolean keep_going, RnImportBad bad,
    RnImportProgress progress, gpointer data, RnImportTally *tally, GError **error);

#endif
