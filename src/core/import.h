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

/* How to import. */
typedef struct {
	const char	*who;		/* for the ledger; NULL = "admin" */
	gboolean	 keep_going;	/* leave bad lines out */
	gboolean	 roll;		/* the file is the whole roll: who is not in it has left; not with keep_going */
	const char	*convention;	/* only this one may stand in the file; NULL = any */
	gboolean	 dry_run;	/* nothing is written, the report tells what would be */
	gboolean	 force;		/* the brake is let go */
	const char	*reason;	/* why, for the ledger; with force */
	RnImportBad	 bad;
	RnImportProgress progress;	/* may be NULL */
	gpointer	 data;		/* for both */
} RnImportHow;

/* Reads FILE: a header line with at least box,holder,reference,expiry,convention; also
 * account,type,state,document,register,reference2,entitled,language; then one box a line, added or updated by
 * its name; what a file has no column for stays as it was. Without keep_going one bad line means that nothing
 * at all is imported (RN_ERR_INPUT); with it the good lines are. The brake (rn_roll_brake) pulls with
 * RN_ERR_STATE, and nothing is imported. Memory is bounded: the file is read in pieces. Everything is one
 * transaction. *REPORT: what changed, the caller's; NULL if it did not come so far. */
gboolean rn_import(RnEngine *e, const char *file, const RnImportHow *how, RnImportTally *tally, char **report,
    GError **error);

#endif
