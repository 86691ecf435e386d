/* mailq.h: what lies in the mail server's queue. Mail that it has taken and not yet handed over was sent in
 * time all the same (law 5). */
#ifndef RN_NET_MAILQ_H
#define RN_NET_MAILQ_H

#include "base/base.h"
#include "model/settings.h"

/* A mail in the queue. */
typedef struct {
	gint64		 arrived;	/* seconds UTC; 0 = not told, so it may be old */
	char		*sender;	/* folded; "" = <> */
	GPtrArray	*rcpts;		/* char *, folded, those that still wait */
} RnQueued;

void rn_queued_free(RnQueued *q);

/* Reads the queue of the mail server that SITE names: GPtrArray of RnQueued, empty for mail-queue = none.
 * NULL with RN_ERR_BUSY if the queue could not be read whole: then nobody knows what is in it. */
GPtrArray *rn_mailq_read(const RnSite *site, GError **error);

/* The two languages, for the reader above and for tests: the lines of `postqueue -j`, the text of sendmail's
 * `mailq -v` (which tells no year, so arrived is 0). NULL with RN_ERR_INPUT. */
GPtrArray *rn_mailq_postfix(const char *text, GError **error);
GPtrArray *rn_mailq_sendmail(const char *text, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnQueued, rn_queued_free)

#endif
