/* received.c: the "by" host and the time of a Received field, and when our own server took the message. */
#include "mail/received.h"

#include <stdlib.h>
#include <string.h>

#include "base/day.h"
#include "mail/lex.h"

/* The word behind the first "by"; "from" takes its own word along, so a HELO name of "by" deceives nobody. */
static char *
by_host(const RnField *field)
{
	RnLex lex = rn_lex_begin(field);

	for (;;) {
		g_autofree char *word = rn_lex_item(&lex, ";");

		if (word == NULL)
			return NULL;
		if (g_ascii_strcasecmp(word, "by") == 0)
			return rn_lex_item(&lex, ";");
		if (g_ascii_strcasecmp(word, "from") == 0)
			rn_lex_skip(&lex, ";");
	}
}

gboolean
rn_received_ours(const RnField *field, char *const *hosts)
{
	g_autofree char *by = by_host(field);

	for (; by != NULL && hosts != NULL && *hosts != NULL; hosts++)
		if (g_ascii_strcasecmp(by, *hosts) == 0)
			return TRUE;
	return FALSE;
}

/* Digits of TEXT as a number within MIN..MAX, -1 if it is anything else. */
static int
number(const char *text, int min, int max)
{
	gsize len = text != NULL ? strlen(text) : 0;
	int n;

	if (len == 0 || len > 4 || strspn(text, "0123456789") != len)
		return -1;
	n = atoi(text);
	return n >= min && n <= max ? n : -1;
}

static int
month(const char *text)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec" };

	for (int i = 0; text != NULL && i < 12; i++)
		if (g_ascii_strcasecmp(text, names[i]) == 0)
			return i + 1;
	return -1;
}

/* [day-of-week ","] day month year; RN_DAY_NONE if there is no such day. */
static RnDay
date(RnLex *lex)
{
	g_autofree char *first = rn_lex_word(lex, ",:;");
	g_autofree char *day_text = rn_lex_char(lex, ',') ? rn_lex_word(lex, ",:;") : g_steal_pointer(&first);
	g_autofree char *month_text = rn_lex_word(lex, ",:;");
	g_autofree char *year_text = rn_lex_word(lex, ",:;");
	int d = number(day_text, 1, 31), m = month(month_text), y = number(year_text, 1970, 9999);
	int back_y, back_m, back_d;
	RnDay day;

	if (d < 0 || m < 0 || y < 0)
		return RN_DAY_NONE;
	day = rn_day_from_ymd(y, m, d);
	rn_day_to_ymd(day, &back_y, &back_m, &back_d);
	return back_d == d && back_m == m ? day : RN_DAY_NONE;
}

/* Seconds east of UTC; FALSE for what RFC 5322 calls obsolete (but GMT and UT, which have one meaning). */
static gboolean
zone(const char *text, int *east)
{
	int hours, minutes;

	*east = 0;
	if (text == NULL)
		return FALSE;
	if (strcmp(text, "GMT") == 0 || strcmp(text, "UT") == 0 || strcmp(text, "UTC") == 0)
		return TRUE;
	if (strlen(text) != 5 || (text[0] != '+' && text[0] != '-') || number(text + 1, 0, 9959) < 0)
		return FALSE;
	hours = number(text + 1, 0, 9959) / 100;
	minutes = number(text + 1, 0, 9959) % 100;
	*east = (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
	return hours < 24 && minutes < 60;
}

gint64
rn_received_time(const RnField *field)
{
	const char *semicolon = field->value_len > 0 ? memrchr(field->value, ';', field->value_len) : NULL;
	RnLex lex = { semicolon, field->value + field->value_len, FALSE };
	g_autofree char *hour_text = NULL, *minute_text = NULL, *second_text = NULL, *zone_text = NULL;
	int h, m, s = 0, east;
	RnDay day;

	if (semicolon == NULL)
		return 0;
	lex.at++;
	day = date(&lex);
	hour_text = rn_lex_word(&lex, ",:;");
	if (day == RN_DAY_NONE || !rn_lex_char(&lex, ':'))
		return 0;
	minute_text = rn_lex_word(&lex, ",:;");
	h = number(hour_text, 0, 23);
	m = number(minute_text, 0, 59);
	if (rn_lex_char(&lex, ':')) {
		second_text = rn_lex_word(&lex, ",:;");
		s = number(second_text, 0, 60);
	}
	zone_text = rn_lex_word(&lex, ",:;");
	if (h < 0 || m < 0 || s < 0 || !zone(zone_text, &east) || !rn_lex_done(&lex))
		return 0;
	return (gint64)day * 86400 + h * 3600 + m * 60 + s - east;
}

gint64
rn_head_taken(const RnHead *head, char *const *received_by)
{
	const RnField *field;

	for (guint i = 0; (field = rn_head_find(head, "Received", i)) != NULL; i++)
		if (rn_received_ours(field, received_by))
			return MAX(rn_received_time(field), 0);
	return 0;
}
