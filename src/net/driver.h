/* driver.h: the drivers behind rn_provider_ask(). Private to net. A new one is a file and a row in
 * provider.c. */
#ifndef RN_NET_DRIVER_H
#define RN_NET_DRIVER_H

#include "net/provider.h"

/* As rn_provider_ask(); SAID comes cleared, and why must be set. */
typedef RnSays (*RnDriver)(const RnConvention *c, const RnAsk *ask, RnSaid *said);

RnSays rn_driver_manual(const RnConvention *c, const RnAsk *ask, RnSaid *said);
RnSays rn_driver_exec(const RnConvention *c, const RnAsk *ask, RnSaid *said);

#endif
