/* roll.h: what an import changes: told box by box, counted, held against the brake, reported to the
 * secretary. */
#ifndef RN_CORE_ROLL_H
#define RN_CORE_ROLL_H

#include "core/desk.h"

typedef struct RnRoll RnRoll;

/* WHOLE: the file is the whole roll: boxes that are not in it will be closed. D is borrowed. */
RnRoll *rn_roll_new(RnDesk *d, gboolean whole);
void rn_roll_free(RnRoll *roll);

/* To be called before the first box of CONVENTION is written: counts those that are known. */
gboolean rn_roll_meet(RnRoll *roll, const char *convention, GError **error);

/* OLD (NULL: new) was written as NOW. A changed reference address is announced to the old one, and to it
 * only. */
gboolean rn_roll_note(RnRoll *roll, const RnBox *old, const RnBox *now, GError **error);

/* Closes the boxes of the conventions that were met which were not noted. */
gboolean rn_roll_close_others(RnRoll *roll, GError **error);

/* RN_ERR_STATE if more than one box, and more than PERCENT of the known ones of a convention, would be
 * closed, get another reference address, or get an expiry in the past. */
gboolean rn_roll_brake(const RnRoll *roll, int percent, GError **error);

/* What changed, in words. Caller frees. */
char *rn_roll_report(const RnRoll *roll);

/* The same as a letter to the secretary of each convention (where there is none, to the administrator). */
gboolean rn_roll_mail(RnRoll *roll, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnRoll, rn_roll_free)

#endif
