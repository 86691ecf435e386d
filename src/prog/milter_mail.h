/* milter_mail.h: what the milter knows of the message under way. No library in it. */
#ifndef RN_PROG_MILTER_MAIL_H
#define RN_PROG_MILTER_MAIL_H

#include "mail/digest.h"
#include "mail/session.h"
#include "prog/milter_conf.h"
#include "prog/milter_rules.h"

typedef struct {
	RnMilterConf	*conf;		/* NULL: no message is under way */
	GPtrArray	*ours;		/* recipients of ours, as the mail server wrote them; NULL: none yet */
	guint		 others;
	gboolean	 old_keys;	/* newer ones could not be read: what looks forged may be good */
	RnMilterWay	 way;
	const char	*rule;
	gint64		 taken, began;	/* when DATA was said: clock, and rn_monotonic() */
	GString		*head;		/* the header, lines ended by CRLF; without fields that only we may write */
	GPtrArray	*forged;	/* names of those, from the top */
	GArray		*forged_at;	/* int: where each stands among the fields of its name, from 1 */
	guint		 results;	/* Authentication-Results so far */
	gboolean	 forged_over;	/* there are more than we take off: they stay, and no record is added */
	gboolean	 head_over;
	RnDigest	*digest;
	gsize		 size;		/* of the body so far */
	gboolean	 over;		/* more than we read */
	GByteArray	*body;		/* kept for the hand-over; NULL where there will be none */
} RnMilterMail;

/* Forgets the message. */
void rn_milter_mail_clear(RnMilterMail *m);

/* A message begins; the reference CONF is taken over. */
void rn_milter_mail_begin(RnMilterMail *m, RnMilterConf *conf);

/* RCPT is an accepted recipient, with its angle brackets. */
void rn_milter_mail_rcpt(RnMilterMail *m, const char *rcpt);

/* All recipients are known: sets way and rule. For mail of ours what is needed to read it is made ready. */
RnMilterWay rn_milter_mail_data(RnMilterMail *m);

/* A field of the header; VALUE may be folded with LF. SPACE: it begins with its own white space. */
void rn_milter_mail_header(RnMilterMail *m, const char *name, const char *value, gboolean space);

/* All headers are known: sets way and rule. */
RnMilterWay rn_milter_mail_eoh(RnMilterMail *m);

/* A piece of the body. FALSE: no more of it is wanted. */
gboolean rn_milter_mail_body(RnMilterMail *m, const void *data, gsize len);

/* The signed record for S, whose taken and has_id are set here; NULL (with *WHY, static) if there can be
 * none. Caller frees. The body is closed by it. */
char *rn_milter_mail_session(RnMilterMail *m, RnSession *s, const char **why);

/* ADDR without angle brackets around it; caller frees. */
char *rn_milter_bare(const char *addr);

#endif
