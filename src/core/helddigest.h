/* helddigest.h: the daily list of held mail for the administrators, who decide by answering it. */
#ifndef RN_CORE_HELDDIGEST_H
#define RN_CORE_HELDDIGEST_H

#include "core/work.h"

/* Writes the list of TODAY to each administrator, once a day and only where mail is held; *HELD gets how many
 * are. DRY_RUN writes nothing. */
gboolean rn_held_digest(RnEngine *e, RnDay today, gint64 now, gboolean dry_run, guint *held, GError **error);

/* The answer of an administrator to such a list (verdict RN_ACT_DESK): carries out what its lines say, and
 * tells the one who wrote, and nobody else, what came of each. */
gboolean rn_held_answer(RnWork *w, GError **error);

/* Appends at most MOST lines of TEXT (may be NULL), short ones and between marks: an answer that quotes them
 * says nothing by it. How many there were. */
guint rn_held_quote(GString *to, const char *text, guint most);

#endif
