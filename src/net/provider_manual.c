/* provider_manual.c: a person does it. Nothing goes out from here; the core tells the administrator. */
#include "net/driver.h"

RnSays
rn_driver_manual(RnProvider *p, const RnAsk *ask, RnSaid *said)
{
	(void)p;
	if (ask->order != NULL)
		said->why =
		    g_strdup_printf("to be done by a person, then: rinnova order renewed %s", ask->order);
	else
		said->why = g_strdup("to be done by a person");
	return RN_SAYS_PERSON;
}
