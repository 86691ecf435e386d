/* verify.h: members who forward a mail to be told whether it is ours, and the mark by which they know us. */
#ifndef RN_CORE_VERIFY_H
#define RN_CORE_VERIFY_H

#include "core/work.h"

/* Was the mail of R sent to the address that verifies? */
gboolean rn_verify_asked(const RnEngine *e, const RnReading *r);

/* Has the mails that RAW shows read by the parser, into R. */
gboolean rn_verify_read(RnEngine *e, RnReading *r, GBytes *raw, GError **error);

/* Answers: ours and sent to this writer, or not; a few a day. A letter to somebody else is as strange as any.
 */
gboolean rn_verify(RnWork *w, GError **error);

/* The word that TYPED chooses as mark ("SEGNO girasole" and nothing else); NULL if it chooses none, or one
 * that could be taken for an answer. Caller frees. */
char *rn_mark_chosen(const char *typed);

/* Keeps the mark for every box whose holder wrote, and answers with the list of them. */
gboolean rn_mark(RnWork *w, GError **error);

#endif
