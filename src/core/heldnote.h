/* heldnote.h: who waits for a person must be heard of by one. */
#ifndef RN_CORE_HELDNOTE_H
#define RN_CORE_HELDNOTE_H

#include "core/engine.h"

/* Writes the administrator how many mails are held, if any; once for the day TODAY, however often it is
 * called. */
gboolean rn_held_note(RnEngine *e, RnDay today, gint64 now, GError **error);

#endif
