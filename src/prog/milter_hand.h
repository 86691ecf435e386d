/* milter_hand.h: mode handover: a message of ours is given to lmtpd at once. */
#ifndef RN_PROG_MILTER_HAND_H
#define RN_PROG_MILTER_HAND_H

#include "prog/milter_mail.h"

/* The message M as our mail server would hand it over: a Received field of its own on top (BY: its host
 * name), RECORD, the header, the body. S is what RECORD says. */
GBytes *rn_milter_hand_message(const RnMilterMail *m, const RnSession *s, const char *record, const char *by);

/* Gives RAW, made by the function above, to lmtpd within the deadline: TAKEN[i] says whether it has the
 * message for the I-th recipient of ours, safely. FALSE if for none; *WHY (caller frees) then, and where one
 * is missing, says what was in the way: a full house is no reason to wait. */
gboolean rn_milter_hand_over(
    const RnMilterMail *m, const RnSession *s, const char *sender, GBytes *raw, gboolean *taken, char **why);

#endif
