/* provider.h: asking a provider to renew, deactivate or reactivate a box. Drivers are rows of a table: manual, exec (http, aruba later). */
#ifndef RN_NET_PROVIDER_H
#define RN_NET_PROVIDER_H

#include "model/order.h"
#include "model/settings.h"

typedef enum {
	RN_SAYS_DONE,		/* done; new_expiry may be given */
	RN_SAYS_LATER,		/* not done, ask again later */
	RN_SAYS_REFUSED,	/* refused for good */
	RN_SAYS_UNKNOWN,	/* nobody knows: marked uncertain, never blindly repeated (law 8) */
	RN_SAYS_PERSON		/* a person does it (driver manual), and will say so by `rinnova order renewed` */
} RnSays;

typedef struct {
	RnCallKind	 kind;
	const char	*key;		/* idempotency key, the same for every try */
	const char	*order;		/* order number, NULL for a deactivation */
	const char	*box, *account, *holder, *type;
	int		 term;		/* months */
	RnDay		 expiry;	/* now */
	RnDay		 wanted;	/* requested new expiry */
	int		 attempt;	/* 1.. */
} RnAsk;

typedef struct {
	RnDay		 new_expiry;	/* RN_DAY_NONE if not said */
	char		*reference;	/* the provider's own number, or NULL */
	char		*why;		/* words for log, letter and store */
} RnSaid;

void rn_said_clear(RnSaid *said);

/* Asks the provider of convention C. Driver exec: posix_spawn of the configured absolute path, no shell, no arguments, clean environment (PATH, LANG, TZ), one JSON object on
 * stdin {"action":"renew","idempotency_key":...,"order":...,"box":...,"account":...,"holder":...,"type":...,"term_months":n,"expiry":"YYYY-MM-DD",
 * "wanted_expiry":...,"attempt":n}; exit 0 = done, 75 = later, 69 or 65 = refused, killed by time-out or any other end = unknown. Stdout may hold one JSON object
 * {"expiry":"YYYY-MM-DD","reference":"...","message":"..."} (bounded 64 kB; a lie about JSON with exit 0 is unknown). Stderr's last line goes to why. */
RnSays rn_provider_ask(const RnConvention *c, const RnAsk *ask, RnSaid *said);

#endif
