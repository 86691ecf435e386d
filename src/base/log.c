/* log.c: one line per event, to stderr or syslog. */
#include "base/log.h"

#include <stdarg.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define VALUE_MAX 400	/* bytes of one value as written */
#define TOKEN_SHOWN 6

/* The only state in the program that is not passed along: where lines go. It is set once, before any
 * thread or child exists, so nothing guards it. */
static struct {
	gboolean	syslog;
	RnLogLevel	level;
} out = { FALSE, RN_LOG_INFO };

static const int priorities[] = {
	[RN_LOG_ERROR]	= LOG_ERR,
	[RN_LOG_WARN]	= LOG_WARNING,
	[RN_LOG_INFO]	= LOG_INFO,
	[RN_LOG_DEBUG]	= LOG_DEBUG,
};

void
rn_log_open(const char *to, RnLogLevel level)
{
	out.syslog = g_strcmp0(to, "syslog") == 0;
	out.level = level;
	if (out.syslog)
		openlog("rinnova", LOG_PID, LOG_MAIL);
}

static gboolean
is_plain(const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || *p == '"' || *p == '=')
			return FALSE;
	return *value != '\0' && strlen(value) <= VALUE_MAX;
}

/* The character at P as it stands between quotes, into BUF (at least 8 bytes); returns the bytes of P it
 * took. Only letters and digits of other scripts are kept: signs that turn or hide text on a terminal are
 * not. */
static gsize
quote_char(const char *p, char *buf)
{
	gunichar c = g_utf8_get_char_validated(p, -1);
	gsize len = 1;

	if (c < 0x80 && c >= ' ' && c <= '~' && c != '"' && c != '\\') {
		buf[0] = *p;
		buf[1] = '\0';
	} else if (c >= 0x80 && c < 0x110000 && g_unichar_isalnum(c)) {
		len = (gsize)g_unichar_to_utf8(c, buf);
		buf[len] = '\0';
	} else {
		g_snprintf(buf, 8, "\\x%02x", (guint8)*p);
	}
	return len;
}

char *
rn_log_quote(const char *value)
{
	GString *s;
	char piece[8];

	if (is_plain(value))
		return g_strdup(value);
	s = g_string_new("\"");
	while (*value != '\0') {
		value += quote_char(value, piece);
		if (s->len + strlen(piece) > VALUE_MAX) {
			g_string_append(s, "...");
			break;
		}
		g_string_append(s, piece);
	}
	g_string_append_c(s, '"');
	return g_string_free(s, FALSE);
}

char *
rn_log_token(const char *token)
{
	return g_strdup_printf("%.*s...", TOKEN_SHOWN, token);
}

static void
append_quoted(GString *line, const char *value)
{
	g_autofree char *quoted = rn_log_quote(value);

	g_string_append(line, quoted);
}

/* One write(2) a line, so that lines of several processes never mix. */
static void
to_stderr(GString *line)
{
	g_autofree char *whole = g_strdup_printf("rinnova[%d]: %s\n", (int)getpid(), line->str);
	ssize_t done = write(STDERR_FILENO, whole, strlen(whole));

	(void)done;	/* a log that cannot be written must not stop the mail */
}

void
rn_log(RnLogLevel level, const char *id, const char *event, ...)
{
	g_autoptr(GString) line = NULL;
	const char *key;
	va_list ap;

	if (level > out.level)
		return;
	line = g_string_new(NULL);
	append_quoted(line, id);
	g_string_append_printf(line, " %s", event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL) {
		const char *value = va_arg(ap, const char *);

		if (value == NULL)
			continue;
		g_string_append_printf(line, " %s=", key);
		append_quoted(line, value);
	}
	va_end(ap);
	if (out.syslog)
		syslog(priorities[level], "%s", line->str);
	else
		to_stderr(line);
}
