#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "base/world.h"
#include "core/outbox.h"
#include "prog/prog.h"

#define LETTERS_PER_ROUND 200
#define IDLE_US (2 * G_USEC_PER_SEC)	/* how long a new letter may wait for an idle courier */

static volatile gint stop;

static void
on_signal(G_GNUC_UNUSED int sig)
{
	g_atomic_int_set(&stop, 1);
}

static void
take_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Sleeps in small steps, so that a stop is heard at once. */
static void
doze(gint64 us)
{
	gint64 until = rn_monotonic() + us;

	while (!g_atomic_int_get(&stop) && rn_monotonic() < until)
		g_usleep(MIN(
		    (gulong)(until - rn_monotonic() > 0 ? until - rn_monotonic() : 1), G_USEC_PER_SEC / 10));
}

typedef struct {
	RnEngine	*e;
	RnTransport	*t;
	RnPace		*pace;
	gboolean	 once;
	RnTally		 tally;
} Courier;

/* One round over letters and calls. *IDLE when nothing was due. */
static gboolean
one_round(Courier *c, gboolean *idle, gint64 *wait_us, GError **error)
{
	guint before = c->tally.sent + c->tally.later + c->tally.refused + c->tally.uncertain +
	    c->tally.dropped + c->tally.calls;
	guint after;

	if (!rn_outbox_letters(c->e, c->t, c->pace, LETTERS_PER_ROUND, &stop, &c->tally, wait_us, error) ||
	    !rn_outbox_calls(c->e, 20, &stop, &c->tally, error))
		return FALSE;
	after = c->tally.sent + c->tally.later + c->tally.refused + c->tally.uncertain + c->tally.dropped +
	    c->tally.calls;
	*idle = after == before && *wait_us == 0;
	return TRUE;
}

/* Goes on until a signal; with --once until nothing is due any more. A store that is away is waited for. */
static int
work(Courier *c)
{
	while (!g_atomic_int_get(&stop)) {
		g_autoptr(GError) error = NULL;
		gboolean idle = FALSE;
		gint64 wait_us = 0;

		if (!one_round(c, &idle, &wait_us, &error)) {
			if (c->once || error->code != RN_ERR_BUSY)
				return rn_complain("courier", error);
			rn_log(RN_LOG_WARN, "-", "store-away", "error", error->message, "retry", "10s", NULL);
			doze(10 * G_USEC_PER_SEC);
			continue;
		}
		if (idle && c->once)
			break;
		if (idle || wait_us > 0)
			doze(wait_us > 0 ? MIN(wait_us, IDLE_US) : IDLE_US);
		if (idle)
			rn_store_checkpoint(c->e->store, NULL);
	}
	return RN_EXIT_OK;
}

int
rn_cmd_courier(int argc, char **argv)
{
	g_autofree char *config = NULL;
	Courier c = { 0 };
	GOptionEntry options[] = {
		{ "once", 0, 0, G_OPTION_ARG_NONE, &c.once, "end when nothing is due", NULL }, { 0 }
	};
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(RnTransport) t = NULL;
	g_autoptr(RnPace) pace = NULL;
	g_autoptr(GError) error = NULL;
	int code;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	e = rn_engine_open(config, RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE, &error);
	if (e == NULL || (t = rn_transport_new(&e->settings->site, &error)) == NULL)
		return rn_complain("courier", error);
	pace = rn_pace_new(e->settings->site.per_minute, e->settings->site.per_domain);
	take_signals();
	c.e = e;
	c.t = t;
	c.pace = pace;
	code = work(&c);
	if (c.once && code == RN_EXIT_OK)
		printf("%u sent, %u later, %u failed, %u uncertain, %u dropped, %u provider calls\n",
		    c.tally.sent, c.tally.later, c.tally.refused, c.tally.uncertain, c.tally.dropped,
		    c.tally.calls);
	return code;
}
