/* mta_guard.c: what Postfix must not let through: smuggled mails, forged results, mails larger than we take.
 */
#include <string.h>

#include "core/mta_inside.h"

static void
check_size(const RnMtaLook *l)
{
	const char *text = rn_postconf_get(l->conf, "message_size_limit");
	gint64 theirs = g_ascii_strtoll(text, NULL, 10), ours = l->site->max_message;

	if (theirs > 0 && theirs <= ours)
		rn_mta_say(l->list, RN_MTA_OK, "size", "message_size_limit is %s", text);
	else
		rn_mta_say(l->list, RN_MTA_FAIL, "size",
		    "message_size_limit is %s%s, lmtp.max-message %" G_GINT64_FORMAT
		    ": what lies between is bounced; write in main.cf: message_size_limit = %" G_GINT64_FORMAT,
		    text, theirs == 0 ? " (none)" : "", ours, ours);
}

static void
check_smuggling(const RnMtaLook *l)
{
	const char *bare = rn_postconf_get(l->conf, "smtpd_forbid_bare_newline");

	if (strcmp(bare, "normalize") == 0 || strcmp(bare, "reject") == 0 || strcmp(bare, "yes") == 0)
		rn_mta_say(l->list, RN_MTA_OK, "bare newline", "%s", bare);
	else
		rn_mta_say(l->list, RN_MTA_FAIL, "bare newline",
		    "smtpd_forbid_bare_newline is \"%s\": a mail can hide in another one; write in main.cf: smtpd_forbid_bare_newline = normalize",
		    bare);
	if (strcmp(rn_postconf_get(l->conf, "smtpd_forbid_unauth_pipelining"), "yes") != 0)
		rn_mta_say(l->list, RN_MTA_WARN, "pipelining",
		    "write in main.cf: smtpd_forbid_unauth_pipelining = yes");
}

/* Does header_checks take a result in our name off that came with the mail? */
static void
check_forgery(const RnMtaLook *l)
{
	const char *id = l->site->authserv_id;
	g_auto(GStrv) maps = rn_mta_words(rn_postconf_get(l->conf, "header_checks"));
	g_autofree char *line = g_strdup_printf("Authentication-Results: %s; dmarc=pass", id);
	g_auto(GStrv) parts = g_strsplit(id, ".", -1);
	g_autofree char *pattern = g_strjoinv("\\.", parts);
	const char *only[] = { line, NULL };

	if (*id == '\0')
		return;
	if (l->site->milter_strip) {
		rn_mta_say(l->list, RN_MTA_OK, "forged results", "taken off by our milter");
		return;
	}
	for (guint i = 0; maps[i] != NULL; i++) {
		g_autofree char *action = rn_postconf_lookup(l->conf, maps[i], only, NULL);

		if (action != NULL &&
		    (g_ascii_strncasecmp(action, "IGNORE", 6) == 0 ||
		        g_ascii_strncasecmp(action, "REJECT", 6) == 0)) {
			rn_mta_say(l->list, RN_MTA_OK, "forged results", "%s by header_checks", action);
			return;
		}
	}
	rn_mta_say(l->list, RN_MTA_FAIL, "forged results",
	    "anybody can send an Authentication-Results of %s; write in main.cf: header_checks = regexp:/etc/postfix/rinnova-headers, and in that file: /^Authentication-Results:.*%s/ IGNORE",
	    id, pattern);
}

void
rn_mta_guard(const RnMtaLook *l)
{
	check_size(l);
	check_smuggling(l);
	check_forgery(l);
	if (l->site->mail_queue != RN_QUEUE_POSTFIX)
		rn_mta_say(l->list, RN_MTA_WARN, "queue",
		    "rinnova expire does not look at replies that still wait there; write in rinnova.conf: mail-queue = postfix");
}
