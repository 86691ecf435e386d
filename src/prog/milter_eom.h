/* milter_eom.h: the end of a message of ours: forged fields go, the session's record comes. */
#ifndef RN_PROG_MILTER_EOM_H
#define RN_PROG_MILTER_EOM_H

#include <libmilter/mfapi.h>

#include "prog/milter_mail.h"

/* One connection of the mail server. */
typedef struct {
	unsigned long	 agreed;	/* SMFIP_ bits */
	char		*helo;
	char		*sender;	/* as the mail server wrote it */
	RnMilterMail	 mail;
} RnMilterTalk;

/* All that is done once the message is there; it goes on in any case. */
void rn_milter_eom(SMFICTX *ctx, RnMilterTalk *t);

/* The one log line about a message. */
void rn_milter_log(SMFICTX *ctx, const RnMilterTalk *t, const char *decision, const char *why);

#endif
