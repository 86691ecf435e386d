#include "core/latency.h"

#include <string.h>

#define KEY "commit-latency"	/* "US N N ..." */
#define MS 1000

const gint64 rn_latency_bound[RN_LATENCY_BUCKETS] = { 1 * MS, 2 * MS, 5 * MS, 10 * MS, 25 * MS, 50 * MS,
	100 * MS, 250 * MS, 500 * MS, 1000 * MS, 2500 * MS, 10000 * MS };

void
rn_latency_add(RnLatency *l, gint64 us)
{
	guint i = 0;

	while (i < RN_LATENCY_BUCKETS && us > rn_latency_bound[i])
		i++;
	l->bucket[i]++;
	l->us += (guint64)MAX(us, 0);
}

static gboolean
parse(const char *text, RnLatency *l)
{
	g_auto(GStrv) part = g_strsplit(text, " ", -1);

	if (g_strv_length(part) != RN_LATENCY_BUCKETS + 2 ||
	    !g_ascii_string_to_unsigned(part[0], 10, 0, G_MAXUINT64, &l->us, NULL))
		return FALSE;
	for (guint i = 0; i <= RN_LATENCY_BUCKETS; i++)
		if (!g_ascii_string_to_unsigned(part[i + 1], 10, 0, G_MAXUINT64, &l->bucket[i], NULL))
			return FALSE;
	return TRUE;
}

gboolean
rn_latency_get(RnTx *tx, RnLatency *l, GError **error)
{
	g_autofree char *text = NULL;

	memset(l, 0, sizeof(*l));
	if (!rn_store_meta_get(tx, KEY, &text, error))
		return FALSE;
	if (text != NULL && !parse(text, l))
		memset(l, 0, sizeof(*l));
	return TRUE;
}

gboolean
rn_latency_put(RnTx *tx, const RnLatency *l, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "%" G_GUINT64_FORMAT, l->us);
	for (guint i = 0; i <= RN_LATENCY_BUCKETS; i++)
		g_string_append_printf(text, " %" G_GUINT64_FORMAT, l->bucket[i]);
	return rn_store_meta_put(tx, KEY, text->str, error);
}
