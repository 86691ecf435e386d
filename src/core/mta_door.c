/* mta_door.c: the end of a route in Postfix: the service in master.cf that hands our mail over. */
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mta_inside.h"

#define POINT "transport"

char *
rn_mta_path(const RnMtaLook *l, const RnService *service, const char *path)
{
	const char *queue = rn_postconf_get(l->conf, "queue_directory");

	return g_path_is_absolute(path) && !service->chroot ? g_strdup(path) :
	                                                      g_build_filename(queue, path, NULL);
}

static void
lmtp_door(const RnMtaLook *l, const RnService *s, const char *nexthop)
{
	g_autofree char *line = g_strdup_printf("%s  %s:unix:%s", l->public, s->name, l->site->lmtp_socket);
	g_autofree char *path = NULL;

	if (!g_str_has_prefix(nexthop, "unix:")) {
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "%s:%s is not a unix socket; write in the transport map: %s", s->name, nexthop, line);
		return;
	}
	path = rn_mta_path(l, s, nexthop + strlen("unix:"));
	rn_mta_socket(l->list, POINT, path, l->site->lmtp_socket, "lmtp.socket",
	    rn_postconf_get(l->conf, "mail_owner"),
	    s->chroot ? "n in the fifth column of that line in master.cf (it is chrooted)" : line);
	if (strcmp(rn_postconf_of(l->conf, s, "lmtp_send_xforward_command"), "yes") == 0)
		rn_mta_say(l->list, RN_MTA_OK, "xforward", "client address and queue id are told");
	else
		rn_mta_say(l->list, RN_MTA_WARN, "xforward",
		    "client address and queue id are not told, and are evidence; write below %s in master.cf: -o lmtp_send_xforward_command=yes",
		    s->name);
}

/* The value of the attribute NAME (with its "=") among the words of a pipe(8) line; NULL if it is not there.
 */
static const char *
attribute(const RnService *s, const char *name)
{
	for (guint i = 1; s->command[i] != NULL; i++) {
		if (g_str_has_prefix(s->command[i], name))
			return s->command[i] + strlen(name);
		if (g_str_has_prefix(s->command[i], "argv="))
			break;
	}
	return NULL;
}

static guint
pipe_attributes(const RnMtaLook *l, const RnService *s)
{
	const char *flags = attribute(s, "flags="), *null = attribute(s, "null_sender=");
	const char *user = attribute(s, "user=");
	guint before = l->list->len;

	if (flags != NULL && strchr(flags, 'D') != NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "flags=%s: with D a mail that comes twice is called a loop and bounced; write: flags=R",
		    flags);
	if (flags != NULL && strchr(flags, 'u') != NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "flags=%s: u changes the address to lower case; write: flags=R", flags);
	if (null == NULL || *null != '\0')
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "bounces come as from %s; write, with nothing behind it: null_sender=",
		    null == NULL ? "MAILER-DAEMON" : null);
	if (user == NULL || g_str_has_prefix(user, "root"))
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "the program must run as the owner of the store; write: user=rinnova");
	if (attribute(s, "size=") != NULL)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "size= bounces what is larger; leave it out, message_size_limit is enough");
	return l->list->len - before;
}

/* Every recipient has a program of its own, which gets the address that Postfix routed. */
static guint
pipe_recipient(const RnMtaLook *l, const RnService *s)
{
	g_autofree char *limit = g_strdup_printf("%s_destination_recipient_limit", s->name);
	gboolean told = FALSE;
	guint before = l->list->len;

	for (guint i = 0; s->command[i] != NULL && s->command[i + 1] != NULL; i++)
		told |=
		    strcmp(s->command[i], "--rcpt") == 0 && strcmp(s->command[i + 1], "${recipient}") == 0;
	if (!told)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "the program is not told the recipient; write: --rcpt ${recipient}");
	if (strcmp(rn_postconf_get(l->conf, limit), "1") != 0)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "a mail to two addresses of ours is never taken; write in main.cf: %s = 1", limit);
	return l->list->len - before;
}

static void
pipe_door(const RnMtaLook *l, const RnService *s)
{
	const char *program = NULL;
	guint wrong;

	for (guint i = 1; program == NULL && s->command[i] != NULL; i++)
		if (g_str_has_prefix(s->command[i], "argv="))
			program = s->command[i] + strlen("argv=");
	wrong = pipe_attributes(l, s) + pipe_recipient(l, s);
	if (program == NULL || access(program, X_OK) != 0) {
		rn_mta_say(l->list, RN_MTA_FAIL, POINT, "there is no program %s; mail waits until there is",
		    program != NULL ? program : "(argv= is missing)");
		wrong++;
	}
	if (s->chroot) {
		rn_mta_say(
		    l->list, RN_MTA_FAIL, POINT, "%s is chrooted; write n in the fifth column", s->name);
		wrong++;
	}
	if (wrong == 0)
		rn_mta_say(l->list, RN_MTA_OK, POINT, "pipe %s, %s", s->name, program);
}

/* The alias of NAME; caller frees. */
static char *
alias_of(const RnMtaLook *l, const char *name)
{
	g_auto(GStrv) maps = rn_mta_words(rn_postconf_get(l->conf, "alias_maps"));
	const char *only[] = { name, NULL };

	for (guint i = 0; maps[i] != NULL; i++) {
		char *value = rn_postconf_lookup(l->conf, maps[i], only, NULL);

		if (value != NULL)
			return value;
	}
	return NULL;
}

gboolean
rn_mta_alias_leads(const RnMtaLook *l, const char *transport, const char *name)
{
	g_autofree char *service = g_strndup(transport, strcspn(transport, ":"));
	const RnService *s = rn_postconf_service(l->conf, service);
	g_autofree char *alias = NULL;

	if (s == NULL || strcmp(s->command[0], "local") != 0)
		return TRUE;
	alias = alias_of(l, name);
	return alias != NULL && strstr(alias, "rinnova") != NULL && strstr(alias, " deliver ") != NULL;
}

static void
local_door(const RnMtaLook *l)
{
	g_autofree char *alias = alias_of(l, l->site->localpart);

	if (alias != NULL && strstr(alias, "rinnova") != NULL && strstr(alias, " deliver ") != NULL)
		rn_mta_say(l->list, RN_MTA_OK, POINT, "alias: %s", alias);
	else if (alias == NULL && getpwnam(l->site->localpart) != NULL)
		rn_mta_say(l->list, RN_MTA_WARN, POINT,
		    "goes to the login %s; whether its .forward starts rinnova deliver cannot be seen from here",
		    l->site->localpart);
	else
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "our mail goes to local(8)%s%s; write in /etc/postfix/rinnova-transport: %s  rinnova-lmtp:unix:%s, and name that map in transport_maps",
		    alias != NULL ? ", and by alias to " : ", which does not know it",
		    alias != NULL ? alias : "", l->public, l->site->lmtp_socket);
}

/* Settings that make a transport refuse or keep what it should hand over. */
static void
check_brakes(const RnMtaLook *l, const RnService *s)
{
	g_auto(GStrv) stopped = rn_mta_words(rn_postconf_get(l->conf, "defer_transports"));

	if (g_strv_contains((const char *const *)stopped, s->name))
		rn_mta_say(l->list, RN_MTA_FAIL, "stopped",
		    "defer_transports has %s: our mail waits in the queue; take it out of that line in main.cf",
		    s->name);
	if (strcmp(rn_postconf_of(l->conf, s, "soft_bounce"), "yes") == 0)
		rn_mta_say(l->list, RN_MTA_WARN, "soft_bounce",
		    "is for tests: nothing is ever refused for good; write in main.cf: soft_bounce = no");
}

void
rn_mta_door(const RnMtaLook *l, const char *transport)
{
	const char *sign = strchr(transport, ':'), *nexthop = sign != NULL ? sign + 1 : "";
	g_autofree char *name =
	    sign != NULL ? g_strndup(transport, (gsize)(sign - transport)) : g_strdup(transport);
	const RnService *s = rn_postconf_service(l->conf, name);

	if (s == NULL) {
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "master.cf has no line for %s; write there: %s unix - - n - 20 lmtp", name, name);
		return;
	}
	if (strcmp(s->command[0], "lmtp") == 0)
		lmtp_door(l, s, nexthop);
	else if (strcmp(s->command[0], "pipe") == 0)
		pipe_door(l, s);
	else if (strcmp(s->command[0], "local") == 0)
		local_door(l);
	else
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "our mail goes to %s; write in /etc/postfix/rinnova-transport: %s  rinnova-lmtp:unix:%s, and name that map in transport_maps",
		    transport, l->public, l->site->lmtp_socket);
	check_brakes(l, s);
}
