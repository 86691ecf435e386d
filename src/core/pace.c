#include "core/outbox.h"

#define MINUTE (60 * G_USEC_PER_SEC)

/* A bucket holds what may go within a minute and fills evenly; a twelfth of it may go at once. */
typedef struct {
	double	tokens;
	gint64	filled;
} Bucket;

struct RnPace {
	int		 per_minute, per_domain;
	Bucket		 all;
	GHashTable	*domains;
};

RnPace *
rn_pace_new(int per_minute, int per_domain)
{
	RnPace *p = g_new0(RnPace, 1);

	p->per_minute = per_minute;
	p->per_domain = per_domain;
	p->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return p;
}

void
rn_pace_free(RnPace *p)
{
	if (p == NULL)
		return;
	g_hash_table_unref(p->domains);
	g_free(p);
}

static void
fill(Bucket *b, int rate, gint64 now)
{
	double most = MAX(1.0, rate / 12.0);

	if (b->filled == 0)
		b->tokens = most;
	else
		b->tokens = MIN(most, b->tokens + (double)(now - b->filled) * rate / MINUTE);
	b->filled = now;
}

static gint64
wait_for(const Bucket *b, int rate)
{
	return b->tokens >= 1.0 ? 0 : (gint64)((1.0 - b->tokens) * MINUTE / rate) + 1;
}

gboolean
rn_pace_take(RnPace *p, const char *domain, gint64 now, gint64 *wait_us)
{
	Bucket *own = g_hash_table_lookup(p->domains, domain);
	gint64 wait_all = 0, wait_own = 0;

	if (own == NULL) {
		own = g_new0(Bucket, 1);
		g_hash_table_insert(p->domains, g_strdup(domain), own);
	}
	if (p->per_minute > 0) {
		fill(&p->all, p->per_minute, now);
		wait_all = wait_for(&p->all, p->per_minute);
	}
	if (p->per_domain > 0) {
		fill(own, p->per_domain, now);
		wait_own = wait_for(own, p->per_domain);
	}
	*wait_us = MAX(wait_all, wait_own);
	if (*wait_us > 0)
		return FALSE;
	p->all.tokens -= 1.0;
	own->tokens -= 1.0;
	return TRUE;
}
