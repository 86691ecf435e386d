/* day.h: calendar days. A day is a number, so that comparing and counting are plain arithmetic. */
#ifndef RN_BASE_DAY_H
#define RN_BASE_DAY_H

#include "base/base.h"

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
typedef gint32 RnDay;

#define RN_DAY_NONE G_MININT32		/* no day given */

/* The day of year Y, month M (1..12), day D (1..31). The caller has checked the ranges. Pure. */
static inline RnDay
rn_day_from_ymd(int y, int m, int d)
{
	int era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* Year, month and day of DAY. Pure. */
static inline void
rn_day_to_ymd(RnDay day, int *y, int *m, int *d)
{
	int z = day + 719468;
	int era = (z >= 0 ? z : z - 146096) / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

/* Reads "YYYY-MM-DD" or "DD/MM/YYYY" (one-digit day and month allowed there) into *DAY.
 * FALSE if TEXT is neither, or no such day exists. */
gboolean rn_day_parse(const char *text, RnDay *day);

/* DAY as "YYYY-MM-DD"; caller frees. "" for RN_DAY_NONE. */
char *rn_day_iso(RnDay day);

/* The calendar day on which the moment T (seconds, UTC) falls in the zone TZ ("Europe/Rome").
 * An unknown zone is a programming error: settings have checked it. */
RnDay rn_day_of(gint64 t, GTimeZone *tz);

/* The first moment (seconds, UTC) of DAY in TZ. */
gint64 rn_day_start(RnDay day, GTimeZone *tz);

/* The moment T in TZ as "YYYY-MM-DD HH:MM:SS +0100"; caller frees. */
char *rn_time_text(gint64 t, GTimeZone *tz);

#endif
