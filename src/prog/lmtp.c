#include "prog/lmtp.h"

#include <string.h>

#include "prog/lmtp_args.h"
#include "prog/lmtp_dots.h"

#define LINE_MAX_BYTES 2048
#define COMPLAINTS_MAX 20	/* then the client is no mail server */

struct RnLmtp {
	const RnLmtpHost *host;
	GString		*line;		/* the command line so far, without its end */
	gboolean	 line_over;
	gboolean	 greeted;	/* LHLO was said */
	gboolean	 in_data;
	gboolean	 quit;
	RnDots		 dots;
	char		*sender;	/* NULL outside a transaction */
	gboolean	 sender_unknown;
	GPtrArray	*rcpts;
	char		*ident;		/* XFORWARD */
	char		*addr;
	guint		 complaints;
	char		*trouble;
};

static void
reset(RnLmtp *l)
{
	g_clear_pointer(&l->sender, g_free);
	g_clear_pointer(&l->ident, g_free);
	g_clear_pointer(&l->addr, g_free);
	g_ptr_array_set_size(l->rcpts, 0);
	g_clear_pointer(&l->dots.data, g_byte_array_unref);
	l->sender_unknown = l->in_data = FALSE;
}

static void
reply(GString *out, const char *text)
{
	g_string_append(out, text);
	g_string_append(out, "\r\n");
}

/* The client broke the protocol. */
static void
complain(RnLmtp *l, GString *out, const char *text)
{
	reply(out, text);
	g_free(l->trouble);
	l->trouble = g_strdup(text);
	if (++l->complaints >= COMPLAINTS_MAX) {
		reply(out, "421 4.7.0 too many errors");
		l->quit = TRUE;
	}
}

/* --- commands: ARGS is what stands behind the verb, trimmed --- */

static void
cmd_lhlo(RnLmtp *l, const char *args, GString *out)
{
	if (*args == '\0') {
		complain(l, out, "501 5.5.4 LHLO wants a name");
		return;
	}
	reset(l);
	l->greeted = TRUE;
	g_string_append_printf(out,
	    "250-%s\r\n250-PIPELINING\r\n250-SIZE %" G_GSIZE_FORMAT "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
	    "250-XFORWARD NAME ADDR PROTO HELO IDENT\r\n250-XNOSENDER\r\n250 ENHANCEDSTATUSCODES\r\n",
	    l->host->name, l->host->max_message);
}

static void
cmd_helo(RnLmtp *l, G_GNUC_UNUSED const char *args, GString *out)
{
	complain(l, out, "500 5.5.1 this is LMTP: say LHLO");
}

/* FALSE after refusing. ENVID, RET, AUTH say nothing to a place where mail ends. */
static gboolean
mail_parameter(RnLmtp *l, const char *word, GString *out)
{
	if (g_ascii_strncasecmp(word, "SIZE=", 5) == 0) {
		guint64 size;

		if (!g_ascii_string_to_unsigned(word + 5, 10, 0, G_MAXUINT64, &size, NULL)) {
			complain(l, out, "501 5.5.4 SIZE wants a number");
			return FALSE;
		}
		if (size > l->host->max_message) {
			reply(out, "552 5.3.4 message too large");
			return FALSE;
		}
		return TRUE;
	}
	if (g_ascii_strcasecmp(word, "XNOSENDER") == 0) {
		l->sender_unknown = TRUE;
		return TRUE;
	}
	if (g_ascii_strcasecmp(word, "BODY=7BIT") == 0 || g_ascii_strcasecmp(word, "BODY=8BITMIME") == 0 ||
	    g_ascii_strcasecmp(word, "SMTPUTF8") == 0 || g_ascii_strncasecmp(word, "ENVID=", 6) == 0 ||
	    g_ascii_strncasecmp(word, "RET=", 4) == 0 || g_ascii_strncasecmp(word, "AUTH=", 5) == 0)
		return TRUE;
	complain(l, out, "555 5.5.4 unknown parameter");
	return FALSE;
}

static void
cmd_mail(RnLmtp *l, const char *args, GString *out)
{
	g_autofree char *path = NULL;
	g_auto(GStrv) words = NULL;
	const char *rest;

	if (!l->greeted || l->sender != NULL) {
		complain(
		    l, out, l->greeted ? "503 5.5.1 MAIL was said before" : "503 5.5.1 LHLO comes first");
		return;
	}
	if (!rn_lmtp_path(args, "FROM:", &path, &rest)) {
		complain(l, out, "501 5.1.7 MAIL FROM:<address> is wanted");
		return;
	}
	l->sender_unknown = FALSE;
	words = g_strsplit(rest, " ", -1);
	for (guint i = 0; words[i] != NULL; i++)
		if (*words[i] != '\0' && !mail_parameter(l, words[i], out))
			return;
	l->sender = g_steal_pointer(&path);
	reply(out, "250 2.1.0 ok");
}

static void
cmd_rcpt(RnLmtp *l, const char *args, GString *out)
{
	g_autofree char *path = NULL;
	g_auto(GStrv) words = NULL;
	const char *rest;

	if (l->sender == NULL) {
		complain(l, out, "503 5.5.1 MAIL comes first");
		return;
	}
	if (!rn_lmtp_path(args, "TO:", &path, &rest)) {
		complain(l, out, "501 5.1.3 RCPT TO:<address> is wanted");
		return;
	}
	words = g_strsplit(rest, " ", -1);
	for (guint i = 0; words[i] != NULL; i++)
		if (*words[i] != '\0' && g_ascii_strncasecmp(words[i], "NOTIFY=", 7) != 0 &&
		    g_ascii_strncasecmp(words[i], "ORCPT=", 6) != 0) {
			complain(l, out, "555 5.5.4 unknown parameter");
			return;
		}
	if (!l->host->ours(path, l->host->data))
		reply(out, "550 5.1.1 no such address here");
	else if (l->rcpts->len >= RN_LMTP_RCPT_MAX)
		reply(out, "452 4.5.3 too many recipients, send the others in another transaction");
	else {
		g_ptr_array_add(l->rcpts, g_steal_pointer(&path));
		reply(out, "250 2.1.5 ok");
	}
}

static void
cmd_data(RnLmtp *l, const char *args, GString *out)
{
	if (*args != '\0')
		complain(l, out, "501 5.5.4 DATA stands alone");
	else if (l->rcpts->len == 0)	/* RFC 2033 4.2 */
		complain(l, out,
		    l->sender == NULL ? "503 5.5.1 MAIL comes first" : "503 5.5.1 no valid recipients");
	else {
		l->in_data = TRUE;
		l->dots = (RnDots){ .max = l->host->max_message, .data = g_byte_array_new() };
		reply(out, "354 end with a dot on a line by itself");
	}
}

/* Postfix XFORWARD: of all it tells only the queue id and the client's address are wanted. They are evidence,
 * so a value that cannot be one is left out. */
static gboolean
forwarded(RnLmtp *l, const char *word)
{
	const char *eq = strchr(word, '=');
	g_autofree char *value = eq != NULL ? rn_lmtp_xtext_decode(eq + 1) : NULL;
	const char *ip;

	if (value == NULL)
		return FALSE;
	ip = g_ascii_strncasecmp(value, "IPV6:", 5) == 0 ? value + 5 : value;
	if (g_ascii_strncasecmp(word, "IDENT=", 6) == 0) {
		g_free(l->ident);
		l->ident = rn_lmtp_queue_id_valid(value) ? g_strdup(value) : NULL;
	} else if (g_ascii_strncasecmp(word, "ADDR=", 5) == 0) {
		g_free(l->addr);
		l->addr = g_hostname_is_ip_address(ip) ? g_strdup(ip) : NULL;
	}
	return TRUE;
}

static void
cmd_xforward(RnLmtp *l, const char *args, GString *out)
{
	g_auto(GStrv) words = g_strsplit(args, " ", -1);

	if (l->sender != NULL) {
		complain(l, out, "503 5.5.1 not within a transaction");
		return;
	}
	for (guint i = 0; words[i] != NULL; i++)
		if (*words[i] != '\0' && !forwarded(l, words[i])) {
			complain(l, out, "501 5.5.4 XFORWARD wants NAME=value");
			return;
		}
	reply(out, "250 2.0.0 ok");
}

static void
cmd_rset(RnLmtp *l, G_GNUC_UNUSED const char *args, GString *out)
{
	reset(l);
	reply(out, "250 2.0.0 ok");
}

static void
cmd_noop(G_GNUC_UNUSED RnLmtp *l, G_GNUC_UNUSED const char *args, GString *out)
{
	reply(out, "250 2.0.0 ok");
}

static void
cmd_vrfy(G_GNUC_UNUSED RnLmtp *l, G_GNUC_UNUSED const char *args, GString *out)
{
	reply(out, "252 2.5.2 send mail and see");
}

static void
cmd_quit(RnLmtp *l, G_GNUC_UNUSED const char *args, GString *out)
{
	reply(out, "221 2.0.0 bye");
	l->quit = TRUE;
}

static const struct {
	const char	*verb;
	void		(*run)(RnLmtp *l, const char *args, GString *out);
} commands[] = {
	{ "LHLO", cmd_lhlo },
	{ "MAIL", cmd_mail },
	{ "RCPT", cmd_rcpt },
	{ "DATA", cmd_data },
	{ "XFORWARD", cmd_xforward },
	{ "RSET", cmd_rset },
	{ "NOOP", cmd_noop },
	{ "VRFY", cmd_vrfy },
	{ "QUIT", cmd_quit },
	{ "HELO", cmd_helo },
	{ "EHLO", cmd_helo },
};

/* LINE may hold anything but a line feed. */
static void
command(RnLmtp *l, GString *line, GString *out)
{
	gsize verb = strcspn(line->str, " \t");

	if (strlen(line->str) != line->len || strpbrk(line->str, "\r") != NULL) {
		complain(l, out, "500 5.5.2 a command holds no such characters");
		return;
	}
	g_strchomp(line->str);
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
		if (strlen(commands[i].verb) == verb &&
		    g_ascii_strncasecmp(line->str, commands[i].verb, verb) == 0) {
			const char *args = line->str + MIN(verb, strlen(line->str));

			commands[i].run(l, args + strspn(args, " \t"), out);
			return;
		}
	complain(l, out, "500 5.5.1 unknown command");
}

/* Takes bytes up to the end of one line and runs it; returns how many. A bare line feed ends a command as
 * well: that is harmless here, in a message it would not be. */
static gsize
feed_command(RnLmtp *l, const char *p, gsize len, GString *out)
{
	const char *lf = memchr(p, '\n', len);
	gsize n = lf != NULL ? (gsize)(lf - p) : len;

	if (l->line->len + n > LINE_MAX_BYTES)
		l->line_over = TRUE;
	if (!l->line_over)
		g_string_append_len(l->line, p, (gssize)n);
	if (lf == NULL)
		return n;
	if (l->line->len > 0 && l->line->str[l->line->len - 1] == '\r')
		g_string_truncate(l->line, l->line->len - 1);
	if (l->line_over)
		complain(l, out, "500 5.5.2 line too long");
	else
		command(l, l->line, out);
	g_string_truncate(l->line, 0);
	l->line_over = FALSE;
	return n + 1;
}

/* --- the message --- */

/* One reply for each accepted recipient, in their order, twice for one named twice (RFC 2033 4.2). */
static void
finish(RnLmtp *l, GString *out)
{
	g_autoptr(GBytes) raw = g_byte_array_free_to_bytes(g_steal_pointer(&l->dots.data));

	for (guint i = 0; i < l->rcpts->len; i++) {
		RnEnvelope env = { .rcpt = g_ptr_array_index(l->rcpts, i),
			.sender = l->sender_unknown ? NULL : l->sender,
			.queue_id = l->ident,
			.client = l->addr };

		if (l->dots.over)
			reply(out, "552 5.3.4 message too large");
		else
			reply(out, rn_outcome_face(l->host->deliver(raw, &env, l->host->data))->lmtp);
	}
	reset(l);
}

/* Takes bytes of the message; returns how many. */
static gsize
feed_data(RnLmtp *l, const char *p, gsize len, GString *out)
{
	gboolean end;
	gsize n = rn_dots_take(&l->dots, p, len, &end);

	if (end)
		finish(l, out);
	return n;
}

/* --- the session --- */

RnLmtp *
rn_lmtp_new(const RnLmtpHost *host, GString *out)
{
	RnLmtp *l = g_new0(RnLmtp, 1);

	l->host = host;
	l->line = g_string_new(NULL);
	l->rcpts = g_ptr_array_new_with_free_func(g_free);
	g_string_append_printf(out, "220 %s LMTP\r\n", host->name);
	return l;
}

void
rn_lmtp_free(RnLmtp *l)
{
	if (l == NULL)
		return;
	reset(l);
	g_ptr_array_unref(l->rcpts);
	g_string_free(l->line, TRUE);
	g_free(l->trouble);
	g_free(l);
}

gboolean
rn_lmtp_feed(RnLmtp *l, const void *data, gsize len, GString *out)
{
	const char *p = data;

	while (len > 0 && !l->quit) {
		gsize n = l->in_data ? feed_data(l, p, len, out) : feed_command(l, p, len, out);

		p += n;
		len -= n;
	}
	return !l->quit;
}

gboolean
rn_lmtp_idle(const RnLmtp *l)
{
	return l->sender == NULL && l->line->len == 0;
}

const char *
rn_lmtp_trouble(const RnLmtp *l)
{
	return l->trouble;
}
