/* calendar.c: counting in months. */
#include "policy/policy.h"

static int
days_in_month(int y, int m)
{
	int next_y = m == 12 ? y + 1 : y, next_m = m == 12 ? 1 : m + 1;

	return rn_day_from_ymd(next_y, next_m, 1) - rn_day_from_ymd(y, m, 1);
}

RnDay
rn_day_add_months(RnDay day, int months)
{
	int y, m, d, count, last;

	if (day == RN_DAY_NONE)
		return RN_DAY_NONE;
	rn_day_to_ymd(day, &y, &m, &d);
	count = y * 12 + (m - 1) + months;
	y = count / 12;
	m = count % 12 + 1;
	last = days_in_month(y, m);
	return rn_day_from_ymd(y, m, d < last ? d : last);
}
