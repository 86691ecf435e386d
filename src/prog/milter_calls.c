/* milter_calls.c: libmilter's callbacks. Those of one connection run on different threads, one after the
 * other, so all state hangs on the connection (smfi_setpriv), and none of them waits for anybody: a slow one
 * would hold up other people's mail, as Debian's libmilter shares few threads among all connections. */
#include "prog/milter_calls.h"

#include <pthread.h>	/* not GMutex: GLib locks by futex, which the thread sanitizer cannot see */
#include <string.h>

#include "base/log.h"
#include "prog/milter_eom.h"

#define WANTED_ACTIONS (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_DELRCPT)

/* Events that we do not want, and those to which we give no answer, so that the mail server need not wait. */
#define WANTED_SILENCE \
	(SMFIP_NOCONNECT | SMFIP_NOUNKNOWN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR | \
	    SMFIP_SKIP | SMFIP_HDR_LEADSPC)
#define NO_MACRO "{rinnova_none}"	/* a list of macros cannot be empty */
#define HELO_MAX 255

/* libmilter gives callbacks no data of ours. */
static struct {
	pthread_mutex_t	 lock;
	pthread_cond_t	 idle;
	RnMilterConf	*conf;
	guint		 ending;	/* callbacks at the end of a message */
} door = { .lock = PTHREAD_MUTEX_INITIALIZER, .idle = PTHREAD_COND_INITIALIZER };

static RnMilterConf *
conf_now(void)
{
	RnMilterConf *c;

	pthread_mutex_lock(&door.lock);
	c = rn_milter_conf_ref(door.conf);
	pthread_mutex_unlock(&door.lock);
	return c;
}

void
rn_milter_calls_reload(const char *file)
{
	g_autoptr(GError) error = NULL;
	RnMilterConf *conf = rn_milter_conf_read(file, &error), *old;

	rn_log(conf != NULL ? RN_LOG_INFO : RN_LOG_ERROR, "-", "milter-reload", "error",
	    error != NULL ? error->message : NULL, "do",
	    error != NULL ? "the old configuration stays in use" : NULL, NULL);
	if (conf == NULL)
		return;
	pthread_mutex_lock(&door.lock);
	old = door.conf;
	door.conf = conf;
	pthread_mutex_unlock(&door.lock);
	rn_milter_conf_unref(old);
}

/* The connection behind CTX, made where it has none yet. */
static RnMilterTalk *
talk_of(SMFICTX *ctx)
{
	RnMilterTalk *t = smfi_getpriv(ctx);

	if (t != NULL)
		return t;
	t = g_new0(RnMilterTalk, 1);
	smfi_setpriv(ctx, t);
	return t;
}

/* The answer to an event to which the mail server may not wait for one. */
static sfsistat
go_on(const RnMilterTalk *t, unsigned long no_reply)
{
	return (t->agreed & no_reply) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* All but the version of TLS is asked for at the end of a message: for foreign mail, which does not get
 * there, nothing is sent. A list cannot be empty. */
static void
choose_macros(SMFICTX *ctx)
{
	static const struct {
		int		 stage;
		const char	*macros;
	} rows[] = {
		{ SMFIM_CONNECT, NO_MACRO },
		{ SMFIM_HELO, "{tls_version}" },
		{ SMFIM_ENVFROM, NO_MACRO },
		{ SMFIM_ENVRCPT, NO_MACRO },
		{ SMFIM_DATA, "i" },
		{ SMFIM_EOH, "i" },
		{ SMFIM_EOM, "i j {client_addr} {auth_authen} {tls_version}" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		smfi_setsymlist(ctx, rows[i].stage, (char *)rows[i].macros);
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, G_GNUC_UNUSED unsigned long f2,
    G_GNUC_UNUSED unsigned long f3, unsigned long *our_actions, unsigned long *our_steps, unsigned long *of2,
    unsigned long *of3)
{
	RnMilterTalk *t = talk_of(ctx);

	*our_actions = WANTED_ACTIONS | (actions & SMFIF_SETSYMLIST);
	*our_steps = t->agreed = steps & WANTED_SILENCE;
	*of2 = *of3 = 0;
	if ((actions & WANTED_ACTIONS) != WANTED_ACTIONS) {
		rn_log(RN_LOG_ERROR, "-", "milter-refused", "why",
		    "this mail server does not let a milter change headers and recipients", NULL);
		return SMFIS_REJECT;
	}
	if ((actions & SMFIF_SETSYMLIST) != 0)
		choose_macros(ctx);
	return SMFIS_CONTINUE;
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	RnMilterTalk *t = talk_of(ctx);

	g_free(t->helo);
	t->helo = g_strndup(name, HELO_MAX);
	return go_on(t, SMFIP_NR_HELO);
}

static sfsistat
on_mail(SMFICTX *ctx, char **args)
{
	RnMilterTalk *t = talk_of(ctx);

	rn_milter_mail_begin(&t->mail, conf_now());
	g_free(t->sender);
	t->sender = g_strdup(args[0]);
	return go_on(t, SMFIP_NR_MAIL);
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **args)
{
	RnMilterTalk *t = talk_of(ctx);

	if (t->mail.conf != NULL)
		rn_milter_mail_rcpt(&t->mail, args[0]);
	return go_on(t, SMFIP_NR_RCPT);
}

/* What WAY means for the mail server. The message is over for us unless it is to be read on. */
static sfsistat
follow(SMFICTX *ctx, RnMilterTalk *t, RnMilterWay way)
{
	if (way == RN_MILTER_OURS)
		return SMFIS_CONTINUE;
	if (way == RN_MILTER_REFUSED)
		smfi_setreply(ctx, (char *)"550", (char *)"5.7.1", t->mail.conf->refusal);
	if (way != RN_MILTER_FOREIGN)
		rn_milter_log(ctx, t, way == RN_MILTER_REFUSED ? "refused" : "passed", NULL);
	rn_milter_mail_clear(&t->mail);
	return way == RN_MILTER_REFUSED ? SMFIS_REJECT : SMFIS_ACCEPT;
}

static sfsistat
on_data(SMFICTX *ctx)
{
	RnMilterTalk *t = talk_of(ctx);

	if (t->mail.conf == NULL)
		return SMFIS_ACCEPT;
	if (t->mail.ours != NULL && rn_milter_conf_stale(t->mail.conf)) {
		rn_milter_calls_reload(t->mail.conf->settings->file);
		rn_milter_conf_unref(t->mail.conf);
		t->mail.conf = conf_now();
		t->mail.old_keys = rn_milter_conf_stale(t->mail.conf);
	}
	return follow(ctx, t, rn_milter_mail_data(&t->mail));
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	RnMilterTalk *t = talk_of(ctx);

	rn_milter_mail_header(&t->mail, name, value, (t->agreed & SMFIP_HDR_LEADSPC) != 0);
	return go_on(t, SMFIP_NR_HDR);
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	RnMilterTalk *t = talk_of(ctx);

	if (t->mail.head == NULL)	/* DATA was not told: an old mail server, which may do without us */
		return SMFIS_ACCEPT;
	return follow(ctx, t, rn_milter_mail_eoh(&t->mail));
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *data, size_t len)
{
	RnMilterTalk *t = talk_of(ctx);
	gboolean more = rn_milter_mail_body(&t->mail, data, len);

	return more || (t->agreed & SMFIP_SKIP) == 0 ? SMFIS_CONTINUE : SMFIS_SKIP;
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	RnMilterTalk *t = talk_of(ctx);

	pthread_mutex_lock(&door.lock);
	door.ending++;
	pthread_mutex_unlock(&door.lock);
	if (t->mail.head != NULL)
		rn_milter_eom(ctx, t);
	rn_milter_mail_clear(&t->mail);
	pthread_mutex_lock(&door.lock);
	if (--door.ending == 0)
		pthread_cond_broadcast(&door.idle);
	pthread_mutex_unlock(&door.lock);
	return SMFIS_CONTINUE;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	RnMilterTalk *t = smfi_getpriv(ctx);

	if (t != NULL)
		rn_milter_mail_clear(&t->mail);
	return SMFIS_CONTINUE;
}

/* May be the only callback that a connection ever gets. */
static sfsistat
on_close(SMFICTX *ctx)
{
	RnMilterTalk *t = smfi_getpriv(ctx);

	smfi_setpriv(ctx, NULL);
	if (t == NULL)
		return SMFIS_CONTINUE;
	rn_milter_mail_clear(&t->mail);
	g_free(t->helo);
	g_free(t->sender);
	g_free(t);
	return SMFIS_CONTINUE;
}

gboolean
rn_milter_calls_register(RnMilterConf *conf)
{
	struct smfiDesc desc = {
		.xxfi_name = (char *)"rinnova",
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = WANTED_ACTIONS | SMFIF_SETSYMLIST,
		.xxfi_negotiate = on_negotiate,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_data = on_data,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};

	door.conf = conf;
	return smfi_register(desc) == MI_SUCCESS;
}

void
rn_milter_calls_drain(void)
{
	pthread_mutex_lock(&door.lock);
	while (door.ending > 0)
		pthread_cond_wait(&door.idle, &door.lock);
	pthread_mutex_unlock(&door.lock);
}
