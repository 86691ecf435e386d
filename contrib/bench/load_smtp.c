/* load_smtp.c: the load generator as a client of SMTP (RFC 5321) and LMTP (RFC 2033), pipelining as Postfix
 * does. */
#include "load.h"

#include <stdio.h>
#include <string.h>

/* The last line of an answer, into LINE. */
static gboolean
answer(Wire *w, char *line, gsize size)
{
	do
		if (!wire_line(w, line, size))
			return FALSE;
	while (line[0] != '\0' && line[3] == '-');
	return strlen(line) >= 3;
}

static gboolean
hello(Wire *w, const char *command)
{
	char line[512];

	return answer(w, line, sizeof(line)) && line[0] == '2' && wire_write(w, command, strlen(command)) &&
	    answer(w, line, sizeof(line)) && line[0] == '2';
}

static gboolean
smtp_open(Wire *w)
{
	return hello(w, "EHLO load.example\r\n");
}

static gboolean
lmtp_open(Wire *w)
{
	return hello(w, "LHLO load.example\r\n");
}

/* MAIL, RCPTs and DATA in one go; the number of recipients that were taken in *GOOD. A recipient that was
 * refused leaves its code in VERDICT. */
static gboolean
envelope(Wire *w, const Mail *m, GString *verdict, guint *good)
{
	g_autoptr(GString) s = g_string_new(NULL);
	char line[512];

	g_string_printf(s, "MAIL FROM:<%s>\r\n", m->sender);
	for (guint i = 0; m->rcpts[i] != NULL; i++)
		g_string_append_printf(s, "RCPT TO:<%s>\r\n", m->rcpts[i]);
	g_string_append(s, "DATA\r\n");
	if (!wire_write(w, s->str, s->len) || !answer(w, line, sizeof(line)))
		return FALSE;
	*good = 0;
	for (guint i = 0; m->rcpts[i] != NULL; i++) {
		if (!answer(w, line, sizeof(line)))
			return FALSE;
		if (line[0] == '2')
			(*good)++;
		else
			g_string_append_printf(verdict, "%s%.3s", verdict->len > 0 ? "," : "", line);
	}
	if (!answer(w, line, sizeof(line)))
		return FALSE;
	if (line[0] == '3')
		return TRUE;
	*good = 0;
	if (verdict->len == 0)
		g_string_append_printf(verdict, "%.3s", line);
	return TRUE;
}

/* REPLIES: one for each recipient (LMTP) or one for all. */
static gboolean
give(Wire *w, const Mail *m, GString *verdict, gboolean each)
{
	char line[512];
	guint good;

	if (!envelope(w, m, verdict, &good))
		return FALSE;
	if (good == 0)
		return TRUE;
	if (!wire_write(w, m->stuffed, m->stuffed_len))
		return FALSE;
	for (guint i = 0; i < (each ? good : 1); i++) {
		if (!answer(w, line, sizeof(line)))
			return FALSE;
		g_string_append_printf(verdict, "%s%.3s", verdict->len > 0 ? "," : "", line);
	}
	return TRUE;
}

static gboolean
smtp_give(Wire *w, const Mail *m, GString *verdict)
{
	return give(w, m, verdict, FALSE);
}

static gboolean
lmtp_give(Wire *w, const Mail *m, GString *verdict)
{
	return give(w, m, verdict, TRUE);
}

static void
quit(Wire *w)
{
	char line[512];

	if (wire_write(w, "QUIT\r\n", 6))
		answer(w, line, sizeof(line));
}

const Protocol load_smtp = { "smtp", smtp_open, smtp_give, quit };
const Protocol load_lmtp = { "lmtp", lmtp_open, lmtp_give, quit };
