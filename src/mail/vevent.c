#include "mail/vevent.h"

#include <string.h>

#define OCTETS 75	/* of a line, without its end (RFC 5545 3.1) */

/* Appends LINE, folded. */
static void
put(GString *out, const char *line)
{
	gsize room = OCTETS;

	while (strlen(line) > room) {
		gsize n = room;

		while (n > 0 && ((guchar)line[n] & 0xc0) == 0x80)	/* not within a character */
			n--;
		g_string_append_len(out, line, (gssize)n);
		g_string_append(out, "\r\n ");
		line += n;
		room = OCTETS - 1;
	}
	g_string_append(out, line);
	g_string_append(out, "\r\n");
}

/* NAME: TEXT escaped (RFC 5545 3.3.11). */
static void
put_text(GString *out, const char *name, const char *text)
{
	g_autoptr(GString) line = g_string_new(name);

	g_string_append_c(line, ':');
	for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\\' || c == ';' || c == ',')
			g_string_append_c(line, '\\');
		if (c == '\n')
			g_string_append(line, "\\n");
		else
			g_string_append_unichar(line, g_unichar_iscntrl(c) ? ' ' : c);
	}
	put(out, line->str);
}

/* The name stands in quotes, which it must not leave (RFC 5545 3.2). */
static void
put_organizer(GString *out, const char *name, const char *address)
{
	g_autoptr(GString) line = g_string_new("ORGANIZER;CN=\"");

	for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		g_string_append_unichar(line, c == '"' || g_unichar_iscntrl(c) ? ' ' : c);
	}
	g_string_append_printf(line, "\":mailto:%s", address);
	put(out, line->str);
}

static void
put_day(GString *out, const char *name, RnDay day)
{
	int y, m, d;

	rn_day_to_ymd(day, &y, &m, &d);
	g_string_append_printf(out, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, y, m, d);
}

static void
put_alarm(GString *out, const RnVevent *e)
{
	g_string_append(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
	put_text(out, "DESCRIPTION", e->summary);
	g_string_append_printf(out, "TRIGGER:-P%dD\r\nEND:VALARM\r\n", e->alarm_days);
}

GBytes *
rn_vevent_write(const RnVevent *e)
{
	GString *out = g_string_new("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Rinnova//Rinnova//IT\r\n"
	                            "CALSCALE:GREGORIAN\r\n");
	g_autoptr(GDateTime) stamp = g_date_time_new_from_unix_utc(e->stamp);
	g_autofree char *when = g_date_time_format(stamp, "%Y%m%dT%H%M%SZ");

	g_string_append_printf(out, "METHOD:%s\r\nBEGIN:VEVENT\r\n", e->cancelled ? "CANCEL" : "PUBLISH");
	put_text(out, "UID", e->uid);
	g_string_append_printf(out, "DTSTAMP:%s\r\nSEQUENCE:%d\r\n", when, e->sequence);
	put_day(out, "DTSTART", e->day);
	put_day(out, "DTEND", e->day + 1);
	put_text(out, "SUMMARY", e->summary);
	put_text(out, "DESCRIPTION", e->description);
	put_organizer(out, e->organizer_name, e->organizer);
	g_string_append_printf(
	    out, "STATUS:%s\r\nTRANSP:TRANSPARENT\r\n", e->cancelled ? "CANCELLED" : "CONFIRMED");
	if (!e->cancelled)
		put_alarm(out, e);
	g_string_append(out, "END:VEVENT\r\nEND:VCALENDAR\r\n");
	return g_string_free_to_bytes(out);
}
