/* heldread.h: mails that are held are read again before the transaction that decides about them: a mail that
 * stalls its parser for seconds must not do so under the lock of the writers. */
#ifndef RN_CORE_HELDREAD_H
#define RN_CORE_HELDREAD_H

#include "core/reading.h"

/* An empty set of such readings (RnReading, by the id of their rows). g_hash_table_unref() frees all. */
GHashTable *rn_held_readings_new(void);

/* Reads the held mail INBOX_ID into READINGS, and what it takes along into its others; nothing where it is
 * not held, or not kept whole. */
gboolean rn_held_read(RnEngine *e, GHashTable *readings, gint64 inbox_id, GError **error);

/* The same for IN, which is kept whole, held or not. */
gboolean rn_held_read_kept(RnEngine *e, GHashTable *readings, const RnInbox *in, GError **error);

/* Reads what R takes along, as far as there is time, into R's others. An administrator's answer to a list of
 * held mail: those that it wants accepted or read again. A holder's AUTORIZZO: those of the address that it
 * is about. */
gboolean rn_held_read_named(RnEngine *e, RnReading *r, GError **error);

/* The reading of INBOX_ID, which is the caller's from then on; NULL if it was not read. */
RnReading *rn_held_reading_take(GHashTable *readings, gint64 inbox_id);

#endif
