/* outbox.h: emptying the outbox: letters to the mail server, calls to the provider. */
#ifndef RN_CORE_OUTBOX_H
#define RN_CORE_OUTBOX_H

#include "core/engine.h"
#include "core/providers.h"
#include "net/transport.h"

typedef struct {
	guint	sent, later, refused, uncertain, dropped;	/* letters */
	guint	calls;						/* provider calls made */
	guint	put_off;	/* times that a provider was to be left alone */
	void	(*alive)(void);		/* called after each of both, NULL: nobody wants to know */
} RnTally;

/* How fast letters may go: buckets of one minute, all together and for each domain. */
typedef struct RnPace RnPace;
RnPace *rn_pace_new(int per_minute, int per_domain);
void rn_pace_free(RnPace *p);
/* May a letter to DOMAIN go at the moment NOW (monotonic microseconds)? Counts it if so; else *WAIT_US says
 * how long to wait. */
gboolean rn_pace_take(RnPace *p, const char *domain, gint64 now, gint64 *wait_us);

/* Sends at most MAX letters that are due, stopping early when PACE says wait (*WAIT_US) or STOP becomes TRUE.
 * An error means the store is away; what was claimed stays claimed until its lease runs out. */
gboolean rn_outbox_letters(RnEngine *e, RnTransport *t, RnPace *pace, guint max, const volatile gint *stop,
    RnTally *tally, gint64 *wait_us, GError **error);

/* Makes at most MAX provider calls that are due; those to a provider that is to be left alone are put off,
 * all that are due there at once, for a second at least. */
gboolean rn_outbox_calls(RnEngine *e, RnProviders *providers, guint max, const volatile gint *stop,
    RnTally *tally, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnPace, rn_pace_free)

#endif
