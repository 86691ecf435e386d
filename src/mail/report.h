/* report.h: what a machine's mail is about: the letter that a bounce names and why it did not arrive, the day
 * on which an absent person is back. Only in the parser child. */
#ifndef RN_MAIL_REPORT_H
#define RN_MAIL_REPORT_H

#include "mail/parts.h"
#include "model/facts.h"

/* Fills the report members of F for a bounce: Message-IDs of the mail that came back, Action, Status,
 * recipient and the server's words (RFC 3464; else from the text as old servers write it). */
void rn_report_read(const RnParts *parts, RnFacts *f);

/* The day on which the writer of TEXT says to be back: "2026-08-24", or "--08-24" where no year is named;
 * NULL if none is said. Caller frees. */
char *rn_absence_day(const char *text);

#endif
