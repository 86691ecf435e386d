/* deliver.c: the simple door: one message on standard input, exit status 0 or 75 and nothing else (law 1).
 *
 * Two processes: the worker does everything and says "stored" by one exit status that nothing but deliver()
 * uses; the guard turns each other end, a crash, a library that calls exit(0), --help, into 75. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "core/engine.h"
#include "prog/deliver_input.h"
#include "prog/lmtp_args.h"
#include "prog/lmtp_client.h"
#include "prog/lmtp_io.h"
#include "prog/prog.h"

#define STORED 42	/* the worker's status for "it is safe" */

typedef struct {
	char		*config;
	char		*rcpt, *sender, *queue_id, *client;
} Options;

/* --- the worker --- */

/* The null sender as mail servers spell it to programs. */
static gboolean
is_null_sender(const char *sender)
{
	return *sender == '\0' || strcmp(sender, "<>") == 0 ||
	    g_ascii_strcasecmp(sender, "MAILER-DAEMON") == 0;
}

/* ADDR without angle brackets around it; caller frees. */
static char *
bare(const char *addr)
{
	gsize len = strlen(addr);

	return len > 2 && addr[0] == '<' && addr[len - 1] == '>' ? g_strndup(addr + 1, len - 2) :
	                                                           g_strdup(addr);
}

/* The envelope, or NULL with RN_ERR_INPUT. What is only evidence and cannot be true is left out. */
static RnEnvelope *
envelope_of(const Options *o, const RnSite *site, GError **error)
{
	g_autofree char *rcpt = o->rcpt != NULL ? bare(o->rcpt) : NULL;
	g_autofree char *clean = o->sender != NULL ? rn_text_utf8(o->sender, -1) : NULL;
	g_autofree char *sender = clean == NULL ? NULL : is_null_sender(clean) ? g_strdup("") : bare(clean);
	RnEnvelope *env;

	if (rcpt == NULL) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_USAGE, "--rcpt ADDR is missing");
		return NULL;
	}
	if (!rn_addr_valid(rcpt) || g_ascii_strcasecmp(rn_addr_domain(rcpt), site->domain) != 0) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT,
		    "--rcpt is no address of site.domain (%s); send only mail for it here", site->domain);
		return NULL;
	}
	/* A quoted local part is legal, and no LMTP command of ours: unknown, rather than never taken. */
	if (sender != NULL && !rn_lmtp_address_safe(sender))
		g_clear_pointer(&sender, g_free);
	env = rn_envelope_new(rcpt, sender);
	if (o->queue_id != NULL && rn_lmtp_queue_id_valid(o->queue_id))
		env->queue_id = g_strdup(o->queue_id);
	if (o->client != NULL && g_hostname_is_ip_address(o->client))
		env->client = g_strdup(o->client);
	return env;
}

/* No door is open: takes it here, where this user may open the store. */
static gboolean
deliver_here(const char *config, GBytes *raw, const RnEnvelope *env, GError **error)
{
	g_autoptr(RnEngine) e = rn_engine_open(config, RN_NEED_DELIVERY, error);

	return e != NULL && rn_outcome_face(rn_engine_deliver(e, raw, env, error))->exit == 0;
}

static gboolean
deliver(const Options *o, GError **error)
{
	g_autoptr(RnSettings) settings = rn_settings_read(o->config, error);
	g_autoptr(RnEnvelope) env = NULL;
	g_autoptr(GBytes) raw = NULL;
	g_autoptr(GError) why = NULL;
	const RnSite *site;
	RnLmtpResult result;

	if (settings == NULL)
		return FALSE;
	site = &settings->site;
	rn_log_open(site->log_to == 0 ? "stderr" : "syslog", (RnLogLevel)site->log_level);
	env = envelope_of(o, site, error);
	if (env == NULL || (raw = rn_deliver_read(STDIN_FILENO, rn_site_message_limit(site), error)) == NULL)
		return FALSE;
	result = rn_lmtp_send(site->lmtp_socket, raw, env, RN_LMTP_SECONDS, &why);
	if (result == RN_LMTP_AWAY) {
		rn_log(RN_LOG_DEBUG, env->queue_id != NULL ? env->queue_id : "-", "lmtpd-away", "why",
		    why->message, NULL);
		return deliver_here(o->config, raw, env, error);
	}
	if (result == RN_LMTP_NOT_TAKEN)
		g_propagate_error(error, g_steal_pointer(&why));
	return result == RN_LMTP_TAKEN;
}

static int
work(int argc, char **argv)
{
	Options o = { 0 };
	/* Bytes as they come: a value in another charset must not keep the mail from its place. */
	GOptionEntry options[] = { { "rcpt", 0, 0, G_OPTION_ARG_FILENAME, &o.rcpt, "envelope recipient",
		                       "ADDR" },
		{ "sender", 0, 0, G_OPTION_ARG_FILENAME, &o.sender,
		    "envelope sender; empty for the null sender", "ADDR" },
		{ "queue-id", 0, 0, G_OPTION_ARG_FILENAME, &o.queue_id, "of the mail server", "ID" },
		{ "client", 0, 0, G_OPTION_ARG_FILENAME, &o.client, "address of the SMTP client", "IP" },
		{ 0 } };
	g_autoptr(GError) error = NULL;
	gboolean stored;

	if (!rn_options(&argc, &argv, options, &o.config))
		return RN_EXIT_TEMP;
	if (argc > 1) {
		fputs("rinnova: deliver: only options are wanted\n", stderr);
		return RN_EXIT_TEMP;
	}
	stored = deliver(&o, &error);
	if (!stored)
		rn_log(RN_LOG_ERROR, o.queue_id != NULL ? o.queue_id : "-", "deliver-later", "error",
		    error != NULL ? error->message : "nothing was stored", "retry", "mail-server", NULL);
	g_free(o.config);
	g_free(o.rcpt);
	g_free(o.sender);
	g_free(o.queue_id);
	g_free(o.client);
	return stored ? STORED : RN_EXIT_TEMP;
}

/* --- the guard --- */

static volatile sig_atomic_t worker;	/* pid, for the handler */

static void
pass_on(int sig)
{
	int saved = errno;

	if (worker > 0)
		kill((pid_t)worker, sig);
	errno = saved;
}

static void
guard_signals(const sigset_t *passed)
{
	struct sigaction sa = { .sa_handler = pass_on, .sa_flags = SA_RESTART };

	for (int sig = 1; sig < NSIG; sig++)
		if (sigismember(passed, sig) == 1)
			sigaction(sig, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* 0 only if the worker said that the message is stored. */
static int
wait_for_worker(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return RN_EXIT_TEMP;
	return WIFEXITED(status) && WEXITSTATUS(status) == STORED ? RN_EXIT_OK : RN_EXIT_TEMP;
}

int
rn_cmd_deliver(int argc, char **argv)
{
	sigset_t passed, before;
	pid_t guard = getpid(), pid;

	if (rn_options_asked())
		return work(argc, argv);
	/* Held back until the handler knows the worker, so that none is lost and none ends the guard. */
	sigemptyset(&passed);
	sigaddset(&passed, SIGTERM);
	sigaddset(&passed, SIGINT);
	sigaddset(&passed, SIGHUP);
	sigaddset(&passed, SIGQUIT);
	sigaddset(&passed, SIGALRM);
	sigprocmask(SIG_BLOCK, &passed, &before);
	signal(SIGCHLD, SIG_DFL);	/* a caller that ignores it would have the worker's end thrown away */
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_IGN);
		sigprocmask(SIG_SETMASK, &before, NULL);
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != guard)
			_exit(RN_EXIT_TEMP);
		return work(argc, argv);
	}
	if (pid < 0) {
		fputs("rinnova: deliver: cannot fork\n", stderr);
		return RN_EXIT_TEMP;
	}
	worker = (sig_atomic_t)pid;
	guard_signals(&passed);
	sigemptyset(&before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return wait_for_worker(pid);
}
