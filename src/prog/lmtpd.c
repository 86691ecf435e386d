/* lmtpd.c: the main door: LMTP on a unix socket, one thread a session. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>	/* not GMutex: GLib locks by futex, which the thread sanitizer cannot see */
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/world.h"
#include "core/engine.h"
#include "prog/listen.h"
#include "prog/lmtp_io.h"
#include "prog/prog.h"
#include "prog/supervise.h"

#define DRAIN_SECONDS 30
#define CHECKPOINT_US (60 * G_USEC_PER_SEC)
#define TICK_MS 1000

typedef struct {
	RnEngine	*engine;
	RnLmtpHost	 host;
	RnListen	 in;
	int		 signals;	/* signalfd */
	int		 stop;		/* eventfd: readable once sessions are to end */
	guint		 max;
	gint		 delivered;	/* atomic: something was stored since the last checkpoint */
	pthread_mutex_t	 lock;		/* guards sessions */
	pthread_cond_t	 ended;
	guint		 sessions;
} Door;

typedef struct {
	Door	*door;
	int	 fd;
} Session;

/* Whoever routes the site's domain to us means us: only foreign domains are refused, and nothing about tokens
 * can be read from it. */
static gboolean
ours(const char *rcpt, gpointer data)
{
	const Door *d = data;

	return g_ascii_strcasecmp(rn_addr_domain(rcpt), d->engine->settings->site.domain) == 0;
}

static RnOutcome
deliver(GBytes *raw, const RnEnvelope *env, gpointer data)
{
	Door *d = data;
	g_autoptr(GError) error = NULL;	/* the engine has logged it */
	RnOutcome outcome = rn_engine_deliver(d->engine, raw, env, &error);

	if (outcome != RN_OUT_LATER)
		g_atomic_int_set(&d->delivered, 1);
	return outcome;
}

static gpointer
session_thread(gpointer data)
{
	g_autofree Session *s = data;
	Door *d = s->door;

	rn_lmtp_serve(s->fd, d->stop, RN_LMTP_SECONDS, &d->host);
	close(s->fd);
	pthread_mutex_lock(&d->lock);
	d->sessions--;
	pthread_cond_signal(&d->ended);
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static gboolean
take_place(Door *d)
{
	gboolean free_place;

	pthread_mutex_lock(&d->lock);
	free_place = d->sessions < d->max;
	if (free_place)
		d->sessions++;
	pthread_mutex_unlock(&d->lock);
	return free_place;
}

static void
leave_place(Door *d)
{
	pthread_mutex_lock(&d->lock);
	d->sessions--;
	pthread_mutex_unlock(&d->lock);
}

static void
turn_away(int fd, const char *why)
{
	rn_log(RN_LOG_WARN, "-", "session-refused", "why", why, NULL);
	rn_lmtp_turn_away(fd, "4.3.2 busy, come back soon");
	close(fd);
}

/* Starts a session for the next client. Out of descriptors it waits a moment: the client waits in the queue
 * of the socket. */
static void
take_client(Door *d)
{
	int fd = accept4(d->in.fd, NULL, NULL, SOCK_CLOEXEC);
	g_autoptr(GError) error = NULL;
	GThread *thread;
	Session *s;

	if (fd < 0) {
		if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN) {
			rn_log(RN_LOG_WARN, "-", "accept-failed", "error", g_strerror(errno), NULL);
			g_usleep(G_USEC_PER_SEC / 10);
		}
		return;
	}
	if (!take_place(d)) {
		turn_away(fd, "max-sessions");
		return;
	}
	s = g_new0(Session, 1);
	s->door = d;
	s->fd = fd;
	thread = g_thread_try_new("session", session_thread, s, &error);
	if (thread != NULL) {
		g_thread_unref(thread);
		return;
	}
	leave_place(d);
	g_free(s);
	turn_away(fd, error->message);
}

/* Reads a signal; TRUE if it asks to stop. */
static gboolean
heard_stop(Door *d)
{
	struct signalfd_siginfo info;

	if (read(d->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return FALSE;
	if (info.ssi_signo != SIGHUP)
		return TRUE;
	rn_log(RN_LOG_WARN, "-", "sighup", "do", "settings are read at start only: restart lmtpd", NULL);
	return FALSE;
}

/* What is due from time to time. FALSE if this door can't go on. */
static gboolean
tick(Door *d, gint64 watchdog, gint64 *last_told, gint64 *last_checkpoint)
{
	gint64 now = rn_monotonic();
	g_autoptr(GError) error = NULL;

	if (watchdog > 0 && now - *last_told >= watchdog / 2) {
		*last_told = now;
		rn_supervise_tell("WATCHDOG=1");
	}
	if (now - *last_checkpoint >= CHECKPOINT_US) {
		*last_checkpoint = now;
		if (g_atomic_int_compare_and_exchange(&d->delivered, 1, 0) &&
		    !rn_store_checkpoint(d->engine->store, &error))
			rn_log(RN_LOG_WARN, "-", "checkpoint-failed", "error", error->message, NULL);
	}
	if (rn_parser_alive(d->engine->parser))
		return TRUE;
	rn_log(RN_LOG_ERROR, "-", "parser-gone", "do", "this door ends, so that it is started anew", NULL);
	return FALSE;
}

/* Serves until a signal. FALSE if it had to end for another reason. */
static gboolean
serve(Door *d)
{
	struct pollfd fds[2] = { { .fd = d->in.fd, .events = POLLIN },
		{ .fd = d->signals, .events = POLLIN } };
	gint64 watchdog = rn_supervise_watchdog();
	gint64 told = rn_monotonic(), checkpoint = told;
	int wait_ms = watchdog > 0 ? (int)CLAMP(watchdog / 2000, 1, TICK_MS) : TICK_MS;

	for (;;) {
		int ready = poll(fds, 2, wait_ms);

		if (!tick(d, watchdog, &told, &checkpoint))
			return FALSE;
		if (ready <= 0)
			continue;
		if (fds[1].revents != 0 && heard_stop(d))
			return TRUE;
		if (fds[0].revents != 0)
			take_client(d);
	}
}

/* Lets sessions end what they have begun; FALSE if some could not in time. */
static gboolean
drain(Door *d)
{
	struct timespec until;
	guint64 one = 1;
	gboolean done;

	if (write(d->stop, &one, sizeof(one)) != (ssize_t)sizeof(one))
		return FALSE;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += DRAIN_SECONDS;
	pthread_mutex_lock(&d->lock);
	while (d->sessions > 0 && pthread_cond_timedwait(&d->ended, &d->lock, &until) != ETIMEDOUT)
		;
	done = d->sessions == 0;
	pthread_mutex_unlock(&d->lock);
	return done;
}

/* Signals arrive by descriptor; blocked before any thread exists, so that no thread is hit by one. */
static gboolean
prepare(Door *d, GError **error)
{
	pthread_condattr_t attr;
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	d->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	d->stop = eventfd(0, EFD_CLOEXEC);
	if (d->signals < 0 || d->stop < 0) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "out of descriptors: %s", g_strerror(errno));
		return FALSE;
	}
	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->ended, &attr);
	pthread_condattr_destroy(&attr);
	return TRUE;
}

static gboolean
open_door(Door *d, const char *config, const char *path, GError **error)
{
	const RnSite *site;

	d->in = (RnListen){ .fd = -1, .lock_fd = -1 };
	if (!prepare(d, error))
		return FALSE;
	d->engine = rn_engine_open(config, RN_NEED_DELIVERY | RN_NEED_WRITER, error);
	if (d->engine == NULL)
		return FALSE;
	site = &d->engine->settings->site;
	d->max = (guint)MAX(site->max_sessions, 1);
	d->host = (RnLmtpHost){ .name = g_get_host_name(),
		.max_message = rn_site_message_limit(site),
		.ours = ours,
		.deliver = deliver,
		.data = d };
	return rn_listen_open(
	    &d->in, path != NULL ? path : site->lmtp_socket, site->lmtp_mode, site->lmtp_group, error);
}

static void
close_door(Door *d)
{
	rn_listen_close(&d->in);
	g_clear_pointer(&d->engine, rn_engine_free);
	close(d->signals);
	close(d->stop);
}

/* From opened to closed. */
static int
run(Door *d)
{
	gboolean stopped, drained;

	rn_log(RN_LOG_INFO, "-", "lmtpd-start", "socket",
	    d->in.path != NULL ? d->in.path : "from the service manager", NULL);
	rn_supervise_tell("READY=1");
	stopped = serve(d);
	rn_supervise_tell("STOPPING=1");
	if (d->in.path != NULL)
		rn_listen_close(&d->in);
	drained = drain(d);
	rn_log(drained ? RN_LOG_INFO : RN_LOG_WARN, "-", "lmtpd-stop", "sessions", drained ? "ended" : "cut",
	    NULL);
	/* A thread that hangs still uses the engine. What was not answered is the mail server's to repeat. */
	if (!drained)
		_exit(stopped ? RN_EXIT_OK : RN_EXIT_SOFTWARE);
	return stopped ? RN_EXIT_OK : RN_EXIT_SOFTWARE;
}

int
rn_cmd_lmtpd(int argc, char **argv)
{
	g_autofree char *config = NULL, *path = NULL;
	GOptionEntry options[] = { { "socket", 0, 0, G_OPTION_ARG_FILENAME, &path,
		                       "listen here, not where the configuration says", "PATH" },
		{ 0 } };
	g_autoptr(GError) error = NULL;
	Door d = { .signals = -1, .stop = -1 };
	int code;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	code = open_door(&d, config, path, &error) ? run(&d) : rn_complain("lmtpd", error);
	close_door(&d);
	return code;
}
