#include "prog/check_probe.h"

#include "base/world.h"
#include "core/probe.h"
#include "model/envelope.h"
#include "prog/lmtp_client.h"

#define LMTP_SECONDS 20
#define STEP_US (G_USEC_PER_SEC / 5)

/* Does the mail come in within SECONDS? */
static gboolean
arrives(const RnSettings *s, const char *message_id, int seconds, GError **error)
{
	g_autoptr(RnStore) store = rn_store_open(s->site.store, TRUE, error);
	gint64 end = rn_monotonic() + (gint64)seconds * G_USEC_PER_SEC;
	gboolean there = FALSE;

	while (store != NULL && rn_probe_arrived(store, message_id, &there, error) && !there &&
	    rn_monotonic() < end)
		g_usleep(STEP_US);
	return there;
}

static void
by_lmtp(const RnSettings *s, GPtrArray *list)
{
	g_autofree char *rcpt = NULL, *id = NULL;
	g_autoptr(GBytes) raw = rn_probe_new(s, rn_now(), &rcpt, &id);
	g_autoptr(RnEnvelope) env = rn_envelope_new(rcpt, "");
	g_autoptr(GError) error = NULL;

	if (rn_lmtp_send(s->site.lmtp_socket, raw, env, LMTP_SECONDS, &error) == RN_LMTP_TAKEN &&
	    !arrives(s, id, 0, &error) && error == NULL)
		g_set_error_literal(&error, RN_ERROR, RN_ERR_STATE,
		    "lmtpd has taken it, and another store than this one has it");
	rn_find_by(list, &error, "probe lmtp", "taken by lmtpd, and in the store",
	    "start rinnova lmtpd, and see what it logs");
}

static void
by_mta(const RnSettings *s, int seconds, GPtrArray *list)
{
	g_autofree char *rcpt = NULL, *id = NULL;
	g_autoptr(GBytes) raw = rn_probe_new(s, rn_now(), &rcpt, &id);
	g_autoptr(GError) error = NULL;
	gint64 start = rn_monotonic();
	char *why = NULL;

	if (!rn_probe_submit(&s->site, rcpt, raw, &why))
		rn_find_take(list, RN_FIND_FAIL, "probe mta", g_strdup_printf("not taken: %s", why),
		    "see [courier]: no letter can leave either");
	else if (arrives(s, id, seconds, &error))
		rn_find_take(list, RN_FIND_OK, "probe mta",
		    g_strdup_printf(
		        "to %s and back in %.1f s", rcpt, (double)(rn_monotonic() - start) / G_USEC_PER_SEC),
		    NULL);
	else
		rn_find_take(list, RN_FIND_FAIL, "probe mta",
		    error != NULL ?
		        g_strdup(error->message) :
		        g_strdup_printf("taken, and not here after %d s: Message-ID <%s>", seconds, id),
		    "look for that id in the log of the mail server, and at rinnova check --mta");
	g_free(why);
}

void
rn_check_probe(const RnSettings *s, gboolean mta, int seconds, GPtrArray *list)
{
	by_lmtp(s, list);
	if (mta)
		by_mta(s, seconds, list);
}
