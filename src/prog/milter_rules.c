#include "prog/milter_rules.h"

RnMilterWay
rn_milter_way(const RnMilterSight *s, const char **rule)
{
	const struct {
		gboolean	 fits;
		RnMilterWay	 way;
		const char	*rule;
	} rows[] = {
		{ s->ours == 0, RN_MILTER_FOREIGN, "no-recipient-of-ours" },
		{ s->others > 0, RN_MILTER_MIXED, "mixed-recipients" },
		{ !s->headers, RN_MILTER_OURS, "ours" },
		{ s->token_good, RN_MILTER_OURS, "good-token" },
		{ !s->token_seen, RN_MILTER_OURS, "no-token" },
		{ !s->refuse, RN_MILTER_OURS, "bad-token-taken" },
		{ TRUE, RN_MILTER_REFUSED, "bad-token" },
	};
	gsize i = 0;

	while (!rows[i].fits)
		i++;
	*rule = rows[i].rule;
	return rows[i].way;
}
