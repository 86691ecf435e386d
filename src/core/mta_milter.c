/* mta_milter.c: our milter in Postfix: last in the list, and its absence hurts nobody. */
#include <string.h>

#include "core/mta_inside.h"

#define POINT "milter"
#define LINE "{ unix:%s, connect_timeout=2s, command_timeout=5s, content_timeout=30s, default_action=accept }"

/* What smtpd waits for at most, in seconds, before the client gets impatient with us. */
static const struct {
	const char	*own;		/* within the braces */
	const char	*general;	/* in main.cf */
	int		 limit;
} timeouts[] = { { "connect_timeout=", "milter_connect_timeout", 5 },
	{ "command_timeout=", "milter_command_timeout", 10 },
	{ "content_timeout=", "milter_content_timeout", 60 } };

/* The words of one entry of smtpd_milters: its address, then its settings. */
static char **
entry_words(const char *entry)
{
	gsize len = strlen(entry);
	g_autofree char *inside = *entry == '{' && len > 1 ? g_strndup(entry + 1, len - 2) : g_strdup(entry);

	return rn_mta_words(inside);
}

/* The setting NAME ("default_action=") of an entry, else what SERVICE has under GENERAL. */
static const char *
setting(const RnMtaLook *l, const RnService *s, char **words, const char *name, const char *general)
{
	for (guint i = 0; words[i] != NULL; i++)
		if (g_str_has_prefix(words[i], name))
			return words[i] + strlen(name);
	return rn_postconf_of(l->conf, s, general);
}

/* Is this our milter, or meant to be? Its file name and "rinnova" tell. */
static gboolean
is_ours(const RnMtaLook *l, char **words)
{
	g_autofree char *file = g_path_get_basename(l->site->milter_socket);

	return words[0] != NULL &&
	    (strstr(words[0], l->site->milter_socket) != NULL ||
	        (strstr(words[0], "rinnova") != NULL && g_str_has_suffix(words[0], file)));
}

static void
check_entry(const RnMtaLook *l, const RnService *s, char **words, gboolean first, gboolean last)
{
	const char *action = setting(l, s, words, "default_action=", "milter_default_action");
	const char *colon = strchr(words[0], ':');
	g_autofree char *path = rn_mta_path(l, s, colon != NULL ? colon + 1 : words[0]);
	g_autofree char *line = g_strdup_printf(LINE, l->site->milter_socket);

	if (l->site->milter_strip && !first)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "is not the first of smtpd_milters, so strip-results takes the results of your own verifiers off as well; move it to the front");
	if (!l->site->milter_strip && !last)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "is not the last of smtpd_milters: what comes behind it cannot refuse any more; move it to the end");
	if (strcmp(action, "accept") != 0)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "while it is away everybody's mail is answered by \"%s\"; write: %s", action, line);
	for (gsize i = 0; i < G_N_ELEMENTS(timeouts); i++) {
		const char *text = setting(l, s, words, timeouts[i].own, timeouts[i].general);

		if (rn_mta_seconds(text) > timeouts[i].limit)
			rn_mta_say(l->list, RN_MTA_WARN, POINT,
			    "%s%s is long for everybody's mail; write: %s", timeouts[i].own, text, line);
	}
	rn_mta_socket(l->list, POINT, path, l->site->milter_socket, "milter.socket",
	    rn_postconf_get(l->conf, "mail_owner"),
	    s->chroot ?
	        "unix:rinnova/milter.sock and milter.socket = /var/spool/postfix/rinnova/milter.sock (smtpd is chrooted)" :
	        line);
}

/* Is our milter in what SERVICE has under NAME? Then LOOK says more about it. */
static gboolean
find_ours(const RnMtaLook *l, const RnService *s, const char *name, gboolean look)
{
	g_auto(GStrv) list = rn_mta_words(rn_postconf_of(l->conf, s, name));

	for (guint i = 0; list[i] != NULL; i++) {
		g_auto(GStrv) words = entry_words(list[i]);

		if (!is_ours(l, words))
			continue;
		if (look)
			check_entry(l, s, words, i == 0, list[i + 1] == NULL);
		return TRUE;
	}
	return FALSE;
}

void
rn_mta_milter(const RnMtaLook *l)
{
	const GPtrArray *services = rn_postconf_services(l->conf);
	gboolean used = FALSE, other = FALSE;

	for (guint i = 0; i < services->len; i++) {
		const RnService *s = g_ptr_array_index(services, i);

		if (strcmp(s->command[0], "smtpd") == 0)
			used |= find_ours(l, s, "smtpd_milters", TRUE);
		if (strcmp(s->command[0], "cleanup") == 0)
			other |= find_ours(l, s, "non_smtpd_milters", FALSE);
	}
	if (!used)
		rn_mta_say(l->list, RN_MTA_OK, POINT, "not in use");
	if (other)
		rn_mta_say(l->list, RN_MTA_FAIL, POINT,
		    "non_smtpd_milters has it, where there is no session to record; take it out of that line");
}
