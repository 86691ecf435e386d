/* audit.h: is the ledger what was written? */
#ifndef RN_CORE_AUDIT_H
#define RN_CORE_AUDIT_H

#include "store/store.h"

/* A head as somebody has noted it down. */
typedef struct {
	char	*convention;
	gint64	 seq;
	char	*digest;
	char	*where;		/* who noted it: "--head", a file and line, the record of a day */
	gboolean met;		/* used by the audit */
} RnNotedHead;

void rn_noted_head_free(RnNotedHead *h);

/* Reads CONVENTION:SEQ:DIGEST (the convention may hold colons) and adds it to LIST. RN_ERR_USAGE if it is
 * none. */
gboolean rn_noted_head_read(GPtrArray *list, const char *text, const char *where, GError **error);

#define RN_AUDIT_TOLD 100	/* troubles of a chain that are told; the rest is counted */

/* What is wrong with a row, told as it is found. ROW may be NULL: the trouble is none of one row. */
typedef void (*RnAuditTell)(
    const char *convention, gint64 seq, const RnLedgerEntry *row, const char *what, gpointer data);

/* What was found in one chain. Plain struct, clear with rn_audit_clear(). */
typedef struct {
	gint64	 rows, erased;	/* erased: details that were taken away by right */
	gint64	 wrong;
	char	*head;		/* digest of the last row, NULL if there is none */
	gint64	 seq;		/* and its number */
} RnAudit;

void rn_audit_clear(RnAudit *a);

/* Recomputes the chain of CONVENTION and compares it with the noted heads among NOTED (RnNotedHead). A
 * changed, missing, moved or inserted row and a changed detail are named; rows cut off at the end are seen
 * where a later head is noted. */
gboolean rn_audit_chain(RnTx *tx, const char *convention, GPtrArray *noted, RnAuditTell tell, gpointer data,
    RnAudit *a, GError **error);

/* The names of all conventions that have rows, and of those that NOTED names; sorted. GPtrArray of char *. */
gboolean rn_audit_conventions(RnTx *tx, const GPtrArray *noted, GPtrArray **names, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnNotedHead, rn_noted_head_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnAudit, rn_audit_clear)

#endif
