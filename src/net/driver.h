/* driver.h: the drivers behind rn_provider_ask(). Private to net. A new one is a file and a row in
 * provider.c. */
#ifndef RN_NET_DRIVER_H
#define RN_NET_DRIVER_H

#include "net/provider.h"

/* What stays from one question to the next. */
struct RnProvider {
	const RnConvention	*c;
	GTimeZone		*tz;
	char			*access, *refresh;	/* tokens of driver aruba; NULL = none */
	gint64			 access_until, refresh_until;	/* by rn_monotonic() */
};

/* As rn_provider_ask(); SAID comes cleared, and why must be set. */
typedef RnSays (*RnDriver)(RnProvider *p, const RnAsk *ask, RnSaid *said);

RnSays rn_driver_manual(RnProvider *p, const RnAsk *ask, RnSaid *said);
RnSays rn_driver_exec(RnProvider *p, const RnAsk *ask, RnSaid *said);
RnSays rn_driver_http(RnProvider *p, const RnAsk *ask, RnSaid *said);
RnSays rn_driver_aruba(RnProvider *p, const RnAsk *ask, RnSaid *said);

/* Nothing has happened, and it is the provider's side or the configuration, no box, that is in the way. Takes
 * WHY. WAIT: seconds that the provider asked for, 0 = it did not. */
RnSays rn_said_away(RnSaid *said, int wait, char *why);

#endif
