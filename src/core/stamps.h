/* stamps.h: the heads of all chains, noted once a day and stamped by an authority.
 *
 * The record of a day is a text of lines that end in LF:
 *
 *   rinnova-ledger-heads/1
 *   YYYY-MM-DD
 *   SEQ DIGEST CONVENTION		one for each convention, sorted
 *
 * What is stamped is the SHA-256 of that text. */
#ifndef RN_CORE_STAMPS_H
#define RN_CORE_STAMPS_H

#include "core/audit.h"
#include "core/engine.h"
#include "mail/stamp.h"

/* Notes today's heads if that was not done, and has the newest record stamped if it is not and the authority
 * may be asked again. Only for a process that may use the network. A failing authority is a line in the log
 * and no error; *NEXT (seconds UTC) is when there may be something to do again. */
gboolean rn_stamps_work(RnEngine *e, gint64 now, gint64 *next, GError **error);

/* The record of DAY over HEADS (RnLedgerHead); caller frees. */
char *rn_stamps_record(RnDay day, const GPtrArray *heads);

/* Reads RECORD; its heads are added to LIST (RnNotedHead), with WHERE. FALSE with RN_ERR_INPUT if it is none.
 */
gboolean rn_stamps_read(const char *record, gsize len, const char *where, GPtrArray *list, GError **error);

#endif
