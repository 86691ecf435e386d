/* load_milter.c: the load generator in the place of Postfix before a filter: the milter protocol, version 6,
 * with what Postfix 3.7 offers (Sendmail's libmilter/mfdef.h and Postfix's src/milter/milter8.c tell it). */
#include "load.h"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <string.h>

#define OFFER_ACTIONS 0x1ffu
#define OFFER_PROTOCOL 0x1fffffu

/* Writes one packet: its length, COMMAND, DATA. */
static gboolean
say(Wire *w, char command, const GString *data)
{
	g_autoptr(GString) s = g_string_new(NULL);
	guint32 n = htonl((guint32)((data != NULL ? data->len : 0) + 1));

	g_string_append_len(s, (const char *)&n, 4);
	g_string_append_c(s, command);
	if (data != NULL)
		g_string_append_len(s, data->str, (gssize)data->len);
	return wire_write(w, s->str, s->len);
}

/* Reads one packet; what it says in *CODE, the rest in DATA. */
static gboolean
hear(Wire *w, char *code, GString *data)
{
	guint32 n;

	if (!wire_read(w, &n, 4))
		return FALSE;
	n = ntohl(n);
	if (n < 1 || n > 1024 * 1024 || !wire_read(w, code, 1))
		return FALSE;
	g_string_set_size(data, n - 1);
	return wire_read(w, data->str, n - 1);
}

/* The filter's decision: the packets before it, which change the message or only say that it is at work, are
 * passed over. */
static gboolean
decision(Wire *w, char *code)
{
	g_autoptr(GString) data = g_string_new(NULL);

	do
		if (!hear(w, code, data))
			return FALSE;
	while (strchr("+-2hibmeqps", *code) != NULL && *code != SMFIR_SKIP);
	return TRUE;
}

static void
add(GString *s, const char *text)
{
	g_string_append_len(s, text, (gssize)strlen(text) + 1);
}

static gboolean
macros(Wire *w, char command, const char *const *pairs)
{
	g_autoptr(GString) s = g_string_new(NULL);

	g_string_append_c(s, command);
	for (; *pairs != NULL; pairs++)
		add(s, *pairs);
	return say(w, SMFIC_MACRO, s);
}

/* One command as far as the filter wants it: not at all if NO is set, without an answer if QUIET is. *CODE is
 * continue where nothing was answered. */
static gboolean
step(Wire *w, char command, const GString *data, guint32 no, guint32 quiet, char *code)
{
	*code = SMFIR_CONTINUE;
	if (w->protocol & no)
		return TRUE;
	return say(w, command, data) && ((w->protocol & quiet) != 0 || decision(w, code));
}

static gboolean
milter_open(Wire *w)
{
	static const char *const about[] = { "j", "mx.example", "{daemon_name}", "mx.example",
		"{daemon_addr}", "127.0.0.1", "v", "Postfix 3.7.11", "_", "load.example [192.0.2.7]",
		"{client_addr}", "192.0.2.7", "{client_name}", "load.example", NULL };
	guint32 offer[3] = { htonl(SMFI_PROT_VERSION), htonl(OFFER_ACTIONS), htonl(OFFER_PROTOCOL) }, got[3];
	g_autoptr(GString) data = g_string_new(NULL);
	guint16 port = htons(40000);
	char code;

	g_string_append_len(data, (const char *)offer, sizeof(offer));
	if (!say(w, SMFIC_OPTNEG, data) || !hear(w, &code, data) || code != SMFIC_OPTNEG || data->len < 12)
		return FALSE;
	memcpy(got, data->str, sizeof(got));
	w->protocol = ntohl(got[2]);
	g_string_truncate(data, 0);
	add(data, "load.example");
	g_string_append_c(data, SMFIA_INET);
	g_string_append_len(data, (const char *)&port, 2);
	add(data, "192.0.2.7");
	if (!macros(w, SMFIC_CONNECT, about) ||
	    !step(w, SMFIC_CONNECT, data, SMFIP_NOCONNECT, SMFIP_NR_CONN, &code) || code != SMFIR_CONTINUE)
		return FALSE;
	g_string_truncate(data, 0);
	add(data, "load.example");
	return step(w, SMFIC_HELO, data, SMFIP_NOHELO, SMFIP_NR_HELO, &code) && code == SMFIR_CONTINUE;
}

static gboolean
send_envelope(Wire *w, const Mail *m, char *code)
{
	static const char *const queue[] = { "i", "4Rabcdefghz", NULL };
	g_autoptr(GString) data = g_string_new(NULL);
	g_autofree char *from = g_strdup_printf("<%s>", m->sender);
	const char *const mail[] = { "{mail_addr}", m->sender, "{mail_mailer}", "smtp", NULL };

	add(data, from);
	if (!macros(w, SMFIC_MAIL, mail) || !step(w, SMFIC_MAIL, data, SMFIP_NOMAIL, SMFIP_NR_MAIL, code))
		return FALSE;
	for (guint i = 0; m->rcpts[i] != NULL && *code == SMFIR_CONTINUE; i++) {
		g_autofree char *to = g_strdup_printf("<%s>", m->rcpts[i]);
		const char *const rcpt[] = { "{rcpt_addr}", m->rcpts[i], "{rcpt_mailer}", "smtp", NULL };

		g_string_truncate(data, 0);
		add(data, to);
		if (!macros(w, SMFIC_RCPT, rcpt) ||
		    !step(w, SMFIC_RCPT, data, SMFIP_NORCPT, SMFIP_NR_RCPT, code))
			return FALSE;
	}
	return *code != SMFIR_CONTINUE ||
	    (macros(w, SMFIC_DATA, queue) && step(w, SMFIC_DATA, NULL, SMFIP_NODATA, SMFIP_NR_DATA, code));
}

/* One field from LINE to END: Postfix gives its folds as LF. */
static gboolean
send_field(Wire *w, const char *line, const char *end, char *code)
{
	g_autoptr(GString) data = g_string_new(NULL);
	const char *colon = memchr(line, ':', (gsize)(end - line));

	if (colon == NULL)
		return TRUE;
	g_string_append_len(data, line, colon - line);
	g_string_append_c(data, '\0');
	colon++;
	if (!(w->protocol & SMFIP_HDR_LEADSPC) && colon < end && *colon == ' ')
		colon++;
	for (; colon < end; colon++)
		if (*colon != '\r')
			g_string_append_c(data, *colon);
	g_string_append_c(data, '\0');
	return step(w, SMFIC_HEADER, data, SMFIP_NOHDRS, SMFIP_NR_HDR, code);
}

/* The head of TEXT field by field; *BODY is what follows the empty line. */
static gboolean
send_head(Wire *w, const Mail *m, const char **body, char *code)
{
	const char *line = m->text, *stop = m->text + m->len;

	while (line < stop && *line != '\r' && *code == SMFIR_CONTINUE) {
		const char *end = line;

		do {
			end = strstr(end, "\r\n");
			end = end != NULL ? end + 2 : stop;
		} while (end < stop && (*end == ' ' || *end == '\t'));
		if (!send_field(w, line, end - (end < stop || end[-1] == '\n' ? 2 : 0), code))
			return FALSE;
		line = end;
	}
	*body = MIN(line + 2, stop);
	return *code != SMFIR_CONTINUE || step(w, SMFIC_EOH, NULL, SMFIP_NOEOH, SMFIP_NR_EOH, code);
}

static gboolean
send_body(Wire *w, const char *body, const char *stop, char *code)
{
	while (body < stop && *code == SMFIR_CONTINUE) {
		gsize n = MIN((gsize)(stop - body), MILTER_CHUNK_SIZE);
		g_autoptr(GString) data = g_string_new_len(body, (gssize)n);

		if (!step(w, SMFIC_BODY, data, SMFIP_NOBODY, SMFIP_NR_BODY, code))
			return FALSE;
		body += n;
	}
	if (*code == SMFIR_SKIP)
		*code = SMFIR_CONTINUE;
	return TRUE;
}

static gboolean
milter_give(Wire *w, const Mail *m, GString *verdict)
{
	static const char *const queue[] = { "i", "4Rabcdefghz", NULL };
	char code = SMFIR_CONTINUE;
	const char *body;

	if (!send_envelope(w, m, &code))
		return FALSE;
	if (code == SMFIR_CONTINUE) {
		if (!send_head(w, m, &body, &code) || !send_body(w, body, m->text + m->len, &code))
			return FALSE;
		if (code == SMFIR_CONTINUE)
			if (!macros(w, SMFIC_BODYEOB, queue) || !say(w, SMFIC_BODYEOB, NULL) ||
			    !decision(w, &code))
				return FALSE;
	}
	g_string_append_c(verdict, code);
	return TRUE;
}

static void
milter_close(Wire *w)
{
	say(w, SMFIC_QUIT, NULL);
}

const Protocol load_milter = { "milter", milter_open, milter_give, milter_close };
