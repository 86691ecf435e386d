/* provider.c: the table of provider drivers. */
#include "net/provider.h"

#include "net/aruba.h"
#include "net/driver.h"
#include "base/secret.h"

static const RnDriver drivers[] = {
	[RN_PROVIDER_MANUAL] = rn_driver_manual,
	[RN_PROVIDER_EXEC] = rn_driver_exec,
	[RN_PROVIDER_HTTP] = rn_driver_http,
	[RN_PROVIDER_ARUBA] = rn_driver_aruba,
};

RnProvider *
rn_provider_new(const RnConvention *c, GTimeZone *tz)
{
	RnProvider *p = g_new0(RnProvider, 1);

	p->c = c;
	p->tz = g_time_zone_ref(tz);
	return p;
}

void
rn_provider_free(RnProvider *p)
{
	if (p == NULL)
		return;
	rn_secret_free(p->access);
	rn_secret_free(p->refresh);
	g_time_zone_unref(p->tz);
	g_free(p);
}

RnSays
rn_provider_ask(RnProvider *p, const RnAsk *ask, RnSaid *said)
{
	*said = (RnSaid){ .new_expiry = RN_DAY_NONE };
	if (p->c->provider < 0 || p->c->provider >= (int)G_N_ELEMENTS(drivers))
		return rn_said_away(
		    said, 0, g_strdup_printf("convention %s: provider: no such driver", p->c->id));
	return drivers[p->c->provider](p, ask, said);
}

RnSays
rn_said_away(RnSaid *said, int wait, char *why)
{
	g_free(said->why);
	said->why = why;
	said->away = TRUE;
	said->wait = wait;
	return RN_SAYS_LATER;
}

void
rn_said_clear(RnSaid *said)
{
	g_free(said->reference);
	g_free(said->why);
	*said = (RnSaid){ .new_expiry = RN_DAY_NONE };
}

gboolean
rn_provider_login(RnProvider *p, char **why)
{
	const RnConvention *c = p->c;

	if (c->provider == RN_PROVIDER_ARUBA)
		return rn_aruba_login(p, why);
	*why = c->provider == RN_PROVIDER_EXEC ?
	    g_strdup_printf("exec %s", c->provider_command) :
	    c->provider == RN_PROVIDER_HTTP ?
	    g_strdup_printf("http %s, which has no login", c->provider_url) :
	    g_strdup("manual: the administrator renews");
	return TRUE;
}
