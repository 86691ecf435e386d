/* milter.c: `rinnova milter`, the gate before the mail server's queue. */
#include <fcntl.h>
#include <libmilter/mfapi.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>

#include "base/log.h"
#include "prog/listen.h"
#include "prog/milter_calls.h"
#include "prog/prog.h"
#include "prog/supervise.h"

#define STACK_SIZE (1 << 20)

/* The thread that reads the configuration anew: SIGHUP, SIGTERM and SIGINT all stop libmilter. */
static void *
reload_thread(void *data)
{
	const char *file = data;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	for (;;) {
		if (sigwait(&set, &sig) != 0)
			return NULL;
		rn_milter_calls_reload(file);
	}
}

/* The thread gets no signal but by sigwait(), and all threads that libmilter makes inherit that SIGUSR1 is
 * not theirs. */
static gboolean
start_reload(const char *file, GError **error)
{
	pthread_t thread;
	sigset_t all, before;
	gboolean ok;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	ok = pthread_create(&thread, NULL, reload_thread, (void *)file) == 0 && pthread_detach(thread) == 0;
	sigaddset(&before, SIGUSR1);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!ok)
		g_set_error_literal(error, RN_ERROR, RN_ERR_BUSY, "no thread is to be had");
	return ok;
}

/* Hands the listening descriptor to libmilter, which takes none that closes on exec. */
static gboolean
give_socket(const RnListen *in, GError **error)
{
	g_autofree char *name = g_strdup_printf("fd:%d", in->fd);

	if (fcntl(in->fd, F_SETFD, 0) == 0 && smfi_setconn(name) == MI_SUCCESS &&
	    smfi_opensocket(0) == MI_SUCCESS)
		return TRUE;
	g_set_error_literal(
	    error, RN_ERROR, RN_ERR_INTERNAL, "libmilter cannot use the socket; its own log says more");
	return FALSE;
}

static gboolean
open_gate(RnListen *in, const char *config, const char *path, GError **error)
{
	g_autoptr(RnMilterConf) conf = rn_milter_conf_read(config, error);
	const RnSite *site;

	if (conf == NULL)
		return FALSE;
	site = &conf->settings->site;
	rn_log_open(site->log_to == 0 ? "stderr" : "syslog", (RnLogLevel)site->log_level);
	if (!rn_listen_open(in, path != NULL ? path : site->milter_socket, site->milter_rights,
	        site->milter_group, error))
		return FALSE;
	/* the thread comes last: a reload frees the configuration that is in use up to here */
	if (rn_milter_calls_register(g_steal_pointer(&conf)))
		return start_reload(config, error) && give_socket(in, error);
	g_set_error_literal(error, RN_ERROR, RN_ERR_INTERNAL, "libmilter does not take our callbacks");
	return FALSE;
}

/* For the threads that are made from now on. libmilter wakes and makes some for each connection: none pushes
 * the mail server aside when it wakes, and the stack of the last one is there for the next. What is refused
 * here does without. */
static void
make_threads_light(void)
{
	struct sched_param none = { 0 };
	pthread_attr_t attr;

	(void)sched_setscheduler(0, SCHED_BATCH, &none);
	if (pthread_attr_init(&attr) != 0)
		return;
	if (pthread_attr_setstacksize(&attr, STACK_SIZE) == 0)
		(void)pthread_setattr_default_np(&attr);
	pthread_attr_destroy(&attr);
}

/* From opened to closed. */
static int
run(RnListen *in)
{
	int result;

	rn_log(RN_LOG_INFO, "-", "milter-start", "socket",
	    in->path != NULL ? in->path : "from the service manager", NULL);
	rn_supervise_tell("READY=1");
	make_threads_light();
	result = smfi_main();
	rn_supervise_tell("STOPPING=1");
	rn_milter_calls_drain();
	rn_log(result == MI_SUCCESS ? RN_LOG_INFO : RN_LOG_ERROR, "-", "milter-stop", "error",
	    result == MI_SUCCESS ? NULL : "libmilter gave up; its own log says why", NULL);
	return result == MI_SUCCESS ? RN_EXIT_OK : RN_EXIT_SOFTWARE;
}

int
rn_cmd_milter(int argc, char **argv)
{
	g_autofree char *config = NULL, *path = NULL;
	GOptionEntry options[] = { { "socket", 0, 0, G_OPTION_ARG_FILENAME, &path,
		                       "listen here, not where the configuration says", "PATH" },
		{ 0 } };
	g_autoptr(GError) error = NULL;
	RnListen in = { .fd = -1, .lock_fd = -1 };
	int code;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	if (argc > 1) {
		fputs("rinnova: milter: only options are wanted\n", stderr);
		return RN_EXIT_USAGE;
	}
	code = open_gate(&in, config, path, &error) ? run(&in) : rn_complain("milter", error);
	rn_listen_close(&in);
	return code;
}
