/* returned.h: what machines say about our letters: bounces, delays, absences. */
#ifndef RN_CORE_RETURNED_H
#define RN_CORE_RETURNED_H

#include "core/work.h"

/* The machine mail of W. A bounce that names a letter of ours (by its Message-ID, or by the token in the
 * address that bounces come to) marks it: undeliverable, and then another address of the holder gets it and
 * the administrator is told; or only delayed. An autoresponder's day of return is kept with the letter. What
 * names no letter of ours changes nothing. */
gboolean rn_returned(RnWork *w, GError **error);

/* LETTER did not arrive, as the report in W's facts says: it is marked undeliverable, another address gets
 * it, and the administrator is told; once for each letter. */
gboolean rn_returned_lost(RnWork *w, const RnLetter *letter, GError **error);

/* It is late: noted beside the letter. */
gboolean rn_returned_late(RnWork *w, const RnLetter *letter, GError **error);

/* LETTER once more, to the next address of BOX that has not had it; *TO gets that address, NULL if there is
 * none left. Caller frees. */
gboolean rn_returned_elsewhere(
    RnDesk *d, const RnLetter *letter, const RnBox *box, char **to, GError **error);

/* A mail of ours that comes back, or one that has been going round: its sign, NULL if it is none. CLASS is
 * then that of a machine. Caller frees. */
char *rn_returned_loop(RnEngine *e, const RnFacts *f, const RnHead *head);

#endif
