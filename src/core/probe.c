#include "core/probe.h"

#include "base/world.h"
#include "mail/letter.h"
#include "mail/token.h"
#include "net/transport.h"

#define SELFTEST "selftest"

/* Where a delimiter is set the address behind it needs no route of its own. */
static char *
address(const RnSite *site)
{
	if (*site->delimiter != '\0')
		return g_strdup_printf("%s%s%s@%s", site->localpart, site->delimiter, SELFTEST, site->domain);
	return g_strdup_printf("%s@%s", SELFTEST, site->domain);
}

GBytes *
rn_probe_new(const RnSettings *s, gint64 now, char **rcpt, char **message_id)
{
	const RnSite *site = &s->site;
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now);
	g_autofree char *date = g_date_time_format(utc, "%a, %d %b %Y %H:%M:%S +0000");
	guint32 unique[2];
	char *text;

	rn_random(unique, sizeof(unique));
	*rcpt = address(site);
	*message_id = g_strdup_printf("probe.%08x%08x@%s", unique[0], unique[1], site->domain);
	text = g_strdup_printf(
	    "From: <%s@%s>\r\nTo: <%s>\r\nDate: %s\r\nMessage-ID: <%s>\r\nSubject: rinnova check\r\n"
	    "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n\r\n"
	    "A probe of the mail server, by rinnova check.\r\n",
	    site->localpart, site->domain, *rcpt, date, *message_id);
	return g_bytes_new_take(text, strlen(text));
}

gboolean
rn_probe_arrived(RnStore *store, const char *message_id, gboolean *there, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(store, error);

	return tx != NULL && rn_store_inbox_known(tx, message_id, there, error);
}

gboolean
rn_probe_submit(const RnSite *site, const char *rcpt, GBytes *raw, char **why)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnTransport) t = rn_transport_new(site, &error);

	if (t == NULL) {
		*why = g_strdup(error->message);
		return FALSE;
	}
	rn_transport_set_timeouts(t, 10, 20, 30);
	return rn_transport_send(t, "", rcpt, raw, why) == RN_SENT_OK;
}
