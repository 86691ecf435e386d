/* provider.c: the table of provider drivers. */
#include "net/provider.h"

#include "net/driver.h"

static const RnDriver drivers[] = {
	[RN_PROVIDER_MANUAL] = rn_driver_manual,
	[RN_PROVIDER_EXEC] = rn_driver_exec,
};

RnSays
rn_provider_ask(const RnConvention *c, const RnAsk *ask, RnSaid *said)
{
	*said = (RnSaid){ .new_expiry = RN_DAY_NONE };
	if (c->provider < 0 || c->provider >= (int)G_N_ELEMENTS(drivers)) {
		said->why = g_strdup_printf("convention %s: provider: no such driver", c->id);
		return RN_SAYS_LATER;
	}
	return drivers[c->provider](c, ask, said);
}

void
rn_said_clear(RnSaid *said)
{
	g_free(said->reference);
	g_free(said->why);
	*said = (RnSaid){ .new_expiry = RN_DAY_NONE };
}
