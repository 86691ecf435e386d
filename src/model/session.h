/* session.h: the SMTP session in which our mail server took a message, as the milter saw it. */
#ifndef RN_MODEL_SESSION_H
#define RN_MODEL_SESSION_H

#include "model/words.h"

typedef struct {
	gint64		 taken;		/* when DATA was said: seconds, UTC */
	char		*queue_id;	/* of the mail server; any of these is NULL where it is unknown */
	char		*client;	/* address of the SMTP client */
	char		*helo;		/* the name it gave itself */
	char		*tls;		/* version, "TLSv1.3" */
	char		*user;		/* who logged in */
	gboolean	 has_id;	/* the message came with a Message-ID of its own */
	gboolean	 stripped;	/* results in our name that came with it were taken off */
} RnSession;

RnSession *rn_session_new(void);
void rn_session_free(RnSession *s);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnSession, rn_session_free)

#endif
