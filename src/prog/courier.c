#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "base/world.h"
#include "core/metrics.h"
#include "core/outbox.h"
#include "core/selftest.h"
#include "core/stamps.h"
#include "prog/prog.h"
#include "prog/supervise.h"

#define LETTERS_PER_ROUND 200
#define SEEN_EVERY 300		/* seconds */
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

/* Tells the service manager that the work goes on: after every letter and call, and in each round. */
static void
alive(void)
{
	rn_supervise_tell("WATCHDOG=1");
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
	RnProviders	*providers;
	gboolean	 once;
	RnTally		 tally;
	gint64		 seen;		/* when it is to be noted that the courier is here */
	gint64		 stamps;	/* when the heads of the ledger want to be seen to again */
} Courier;

static guint
done(const RnTally *t)
{
	return t->sent + t->later + t->refused + t->uncertain + t->dropped + t->calls + t->put_off;
}

/* One round over letters and calls. *IDLE when nothing was due: behind what was put off there may be more. */
static gboolean
one_round(Courier *c, gboolean *idle, gint64 *wait_us, GError **error)
{
	guint before = done(&c->tally);

	if (!rn_outbox_letters(c->e, c->t, c->pace, LETTERS_PER_ROUND, &stop, &c->tally, wait_us, error) ||
	    !rn_outbox_calls(c->e, c->providers, 20, &stop, &c->tally, error))
		return FALSE;
	*idle = done(&c->tally) == before && *wait_us == 0;
	return TRUE;
}

/* What can wait until there is nothing else to do: the heads of the ledger, administrators who want to hear
 * how the site is, and that this courier was here. */
static gboolean
see_to_the_rest(Courier *c, GError **error)
{
	gint64 now = rn_now();

	if ((now >= c->stamps && !rn_stamps_work(c->e, now, &c->stamps, error)) ||
	    !rn_selftest_work(c->e, now, error))
		return FALSE;
	if (now < c->seen)
		return TRUE;
	c->seen = now + SEEN_EVERY;
	return rn_run_note(c->e->store, RN_RUN_COURIER, now, error);
}

/* Goes on until a signal; with --once until nothing is due any more. A store that is away is waited for. */
static int
work(Courier *c)
{
	while (!g_atomic_int_get(&stop)) {
		g_autoptr(GError) error = NULL;
		gboolean idle = FALSE;
		gint64 wait_us = 0;

		alive();
		if (!one_round(c, &idle, &wait_us, &error) || (idle && !see_to_the_rest(c, &error))) {
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
	g_autoptr(RnProviders) providers = NULL;
	g_autoptr(GError) error = NULL;
	int code;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	e = rn_engine_open(config, RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE, &error);
	if (e == NULL || (t = rn_transport_new(&e->settings->site, &error)) == NULL)
		return rn_complain("courier", error);
	pace = rn_pace_new(e->settings->site.per_minute, e->settings->site.per_domain);
	providers = rn_providers_new(e->settings);
	take_signals();
	c.e = e;
	c.t = t;
	c.pace = pace;
	c.providers = providers;
	c.tally.alive = alive;
	rn_supervise_tell("READY=1");
	code = work(&c);
	rn_supervise_tell("STOPPING=1");
	if (c.once && code == RN_EXIT_OK)
		printf("%u sent, %u later, %u failed, %u uncertain, %u dropped, %u provider calls\n",
		    c.tally.sent, c.tally.later, c.tally.refused, c.tally.uncertain, c.tally.dropped,
		    c.tally.calls);
	return code;
}
