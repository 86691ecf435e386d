/* day.c: days to and from text, and between moments and the days of a time zone. */
#include "base/day.h"

#define SECONDS_OF_DAY 86400

/* Reads MIN..MAX digits at *AT into *NUMBER and moves *AT behind them. */
static gboolean
digits(const char **at, int min, int max, int *number)
{
	int n = 0;

	*number = 0;
	while (n < max && g_ascii_isdigit((*at)[n]))
		*number = *number * 10 + ((*at)[n++] - '0');
	*at += n;
	return n >= min;
}

static gboolean
skip(const char **at, char c)
{
	return *(*at)++ == c;
}

static gboolean
read_iso(const char *at, int *y, int *m, int *d)
{
	return digits(&at, 4, 4, y) && skip(&at, '-') && digits(&at, 2, 2, m) && skip(&at, '-') &&
	    digits(&at, 2, 2, d) && *at == '\0';
}

static gboolean
read_italian(const char *at, int *y, int *m, int *d)
{
	return digits(&at, 1, 2, d) && skip(&at, '/') && digits(&at, 1, 2, m) && skip(&at, '/') &&
	    digits(&at, 4, 4, y) && *at == '\0';
}

gboolean
rn_day_parse(const char *text, RnDay *day)
{
	int y, m, d;

	if (!read_iso(text, &y, &m, &d) && !read_italian(text, &y, &m, &d))
		return FALSE;
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > g_date_get_days_in_month((GDateMonth)m, (GDateYear)y))
		return FALSE;
	*day = rn_day_from_ymd(y, m, d);
	return TRUE;
}

char *
rn_day_iso(RnDay day)
{
	int y, m, d;

	if (day == RN_DAY_NONE)
		return g_strdup("");
	rn_day_to_ymd(day, &y, &m, &d);
	return g_strdup_printf("%04d-%02d-%02d", y, m, d);
}

/* Seconds east of UTC in TZ at the moment T. */
static gint64
offset_at(gint64 t, GTimeZone *tz)
{
	return g_time_zone_get_offset(tz, g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, t));
}

static gint64
floor_day(gint64 seconds)
{
	return (seconds >= 0 ? seconds : seconds - (SECONDS_OF_DAY - 1)) / SECONDS_OF_DAY;
}

RnDay
rn_day_of(gint64 t, GTimeZone *tz)
{
	return (RnDay)floor_day(t + offset_at(t, tz));
}

gint64
rn_day_start(RnDay day, GTimeZone *tz)
{
	gint64 midnight = (gint64)day * SECONDS_OF_DAY;	/* as if the zone were UTC */
	gint64 t = midnight - offset_at(midnight, tz);

	/* What counts is the offset of the second before: where the clock is put forward at midnight,
	 * there is no 00:00, and the day starts at that very moment. */
	t = midnight - offset_at(t - 1, tz);
	/* Where it is put back at midnight, 23:00 comes once more first. */
	if (rn_day_of(t, tz) < day)
		t = midnight - offset_at(t, tz);
	return t;
}

char *
rn_time_text(gint64 t, GTimeZone *tz)
{
	gint64 offset = offset_at(t, tz);
	gint64 local = t + offset;
	gint64 day = floor_day(local);
	int second = (int)(local - day * SECONDS_OF_DAY);
	int minutes = (int)(ABS(offset) / 60);
	int y, m, d;

	rn_day_to_ymd((RnDay)day, &y, &m, &d);
	return g_strdup_printf("%04d-%02d-%02d %02d:%02d:%02d %c%02d%02d", y, m, d, second / 3600,
	    second / 60 % 60, second % 60, offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}
