#include "core/providers.h"

#include "core/outbox.h"
#include "policy/policy.h"

#define PATIENCE 5
#define REST_FIRST 60
#define REST_MAX 900

typedef struct {
	RnProvider	*provider;
	RnPace		*pace;
	int		 away;		/* times in a row */
	gint64		 box_id;	/* whose call the last of them was */
	gint64		 rest_until;	/* monotonic */
} Place;

struct RnProviders {
	const RnSettings	*settings;
	GHashTable		*places;	/* RnConvention -> Place */
};

static void
place_free(gpointer data)
{
	Place *at = data;

	rn_provider_free(at->provider);
	rn_pace_free(at->pace);
	g_free(at);
}

RnProviders *
rn_providers_new(const RnSettings *s)
{
	RnProviders *p = g_new0(RnProviders, 1);

	p->settings = s;
	p->places = g_hash_table_new_full(NULL, NULL, NULL, place_free);
	return p;
}

void
rn_providers_free(RnProviders *p)
{
	if (p == NULL)
		return;
	g_hash_table_unref(p->places);
	g_free(p);
}

static Place *
place(RnProviders *p, const RnConvention *c)
{
	Place *at = g_hash_table_lookup(p->places, c);

	if (at == NULL) {
		at = g_new0(Place, 1);
		at->provider = rn_provider_new(c, p->settings->tz);
		at->pace = rn_pace_new(c->provider_per_minute, 0);
		g_hash_table_insert(p->places, (gpointer)c, at);
	}
	return at;
}

RnProvider *
rn_providers_of(RnProviders *p, const RnConvention *c)
{
	return place(p, c)->provider;
}

/* Whole seconds, rounded up. */
static int
seconds(gint64 us)
{
	return (int)((us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

int
rn_providers_wait(RnProviders *p, const RnConvention *c, gint64 now)
{
	Place *at = place(p, c);
	gint64 wait_us = 0;

	if (at->rest_until > now)
		return seconds(at->rest_until - now);
	return rn_pace_take(at->pace, "", now, &wait_us) ? 0 : MAX(seconds(wait_us), 1);
}

gboolean
rn_providers_note(
    RnProviders *p, const RnConvention *c, gint64 box_id, RnSays says, const RnSaid *said, gint64 now)
{
	Place *at = place(p, c);
	gint64 rest = said->wait;

	if (says != RN_SAYS_LATER || !said->away) {
		at->away = 0;
		return FALSE;
	}
	if (rest == 0 && at->away > 0 && at->box_id == box_id)
		return FALSE;
	at->box_id = box_id;
	at->away++;
	if (rest == 0 && at->away >= PATIENCE)
		rest = rn_retry_wait(at->away - PATIENCE + 1, REST_FIRST, REST_MAX);
	at->rest_until = now + rest * G_USEC_PER_SEC;
	return rest > 0;
}
