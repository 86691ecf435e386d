/* transport.c: checks a letter by our own grammar, then hands it to SMTP or to sendmail(1). */
#include "net/transport.h"

#include <string.h>

#include "base/text.h"
#include "net/sendmail.h"
#include "net/smtp.h"

#define MAX_LINE 998	/* octets without the line end, RFC 5321 4.5.3.1.6 */

struct RnTransport {
	RnSmtp		*smtp;		/* NULL: by sendmail(1) */
	char		*sendmail;
	int		 reply;		/* seconds for sendmail(1) */
};

RnTransport *
rn_transport_new(const RnSite *site, GError **error)
{
	g_autoptr(RnTransport) t = g_new0(RnTransport, 1);

	if (site->submit == RN_SUBMIT_SENDMAIL) {
		if (site->sendmail == NULL || *site->sendmail != '/') {
			g_set_error(
			    error, RN_ERROR, RN_ERR_CONFIG, "courier.sendmail: must be an absolute path");
			return NULL;
		}
		t->sendmail = g_strdup(site->sendmail);
	} else {
		t->smtp = rn_smtp_new(site, error);
		if (t->smtp == NULL)
			return NULL;
	}
	rn_transport_set_timeouts(t, 20, 120, 600);
	return g_steal_pointer(&t);
}

void
rn_transport_free(RnTransport *t)
{
	if (t == NULL)
		return;
	rn_smtp_free(t->smtp);
	g_free(t->sendmail);
	g_free(t);
}

void
rn_transport_set_timeouts(RnTransport *t, int connect, int body, int reply)
{
	t->reply = reply;
	if (t->smtp != NULL)
		rn_smtp_set_timeouts(t->smtp, connect, body, reply);
}

/* What is wrong with the bytes; NULL if they may go out as they are. libcurl and relays differ on bare CR and
 * LF, and a line that one of them ends where another does not can smuggle a second message. */
static const char *
fault_in_bytes(GBytes *raw)
{
	gsize len;
	const char *p = g_bytes_get_data(raw, &len);
	gsize line = 0;

	if (len == 0)
		return "the letter is empty";
	for (gsize i = 0; i < len; i++) {
		if (p[i] == '\0')
			return "the letter has a NUL byte";
		if (p[i] == '\n')
			return "the letter has a bare LF";
		if (p[i] != '\r') {
			if (++line > MAX_LINE)
				return "the letter has a line of more than 998 bytes";
			continue;
		}
		if (i + 1 == len || p[i + 1] != '\n')
			return "the letter has a bare CR";
		i++;
		line = 0;
	}
	return NULL;
}

static const char *
fault(const char *sender, const char *rcpt, GBytes *raw)
{
	if (sender == NULL || (*sender != '\0' && !rn_addr_valid(sender)))
		return "the sender is no plain address";
	if (rcpt == NULL || !rn_addr_valid(rcpt))
		return "the recipient is no plain address";
	return fault_in_bytes(raw);
}

RnSent
rn_transport_send(RnTransport *t, const char *sender, const char *rcpt, GBytes *raw, char **why)
{
	const char *bad = fault(sender, rcpt, raw);

	if (bad != NULL) {
		*why = g_strdup_printf("not sent: %s", bad);
		return RN_SENT_REFUSED;
	}
	if (t->smtp != NULL)
		return rn_smtp_send(t->smtp, sender, rcpt, raw, why);
	return rn_sendmail_send(t->sendmail, t->reply, sender, rcpt, raw, why);
}
