#include "mail/digest.h"

#include <string.h>

#define BROKEN 998	/* bytes of the lines that Postfix makes of a longer one, the space in front included */

struct RnDigest {
	GChecksum	*sum;
	gsize		 line;		/* bytes of the line so far, put together again */
	gboolean	 cr;		/* a CR waits: it may belong to a line end */
	gboolean	 held;		/* a line end waits: Postfix may have put it in */
};

RnDigest *
rn_digest_new(void)
{
	RnDigest *d = g_new0(RnDigest, 1);

	d->sum = g_checksum_new(G_CHECKSUM_SHA256);
	return d;
}

void
rn_digest_free(RnDigest *d)
{
	if (d == NULL)
		return;
	g_checksum_free(d->sum);
	g_free(d);
}

static void
take(RnDigest *d, const char *p, gsize len)
{
	g_checksum_update(d->sum, (const guchar *)p, (gssize)len);
	d->line += len;
}

static void
end_line(RnDigest *d)
{
	g_checksum_update(d->sum, (const guchar *)"\r\n", 2);
	d->line = 0;
	d->held = FALSE;
}

/* Is this where Postfix breaks a line: behind 998 bytes, and then behind each 997, as the space counts? */
static gboolean
could_be_broken(const RnDigest *d)
{
	return d->line >= BROKEN && (d->line - BROKEN) % (BROKEN - 1) == 0;
}

/* LEN bytes without a line feed. */
static void
feed_text(RnDigest *d, const char *p, gsize len)
{
	if (len == 0)
		return;
	if (d->cr)
		take(d, "\r", 1);
	d->cr = p[len - 1] == '\r';
	take(d, p, d->cr ? len - 1 : len);
}

static void
feed_end(RnDigest *d)
{
	d->cr = FALSE;
	if (could_be_broken(d))
		d->held = TRUE;
	else
		end_line(d);
}

void
rn_digest_feed(RnDigest *d, const void *data, gsize len)
{
	const char *p = data, *end = len > 0 ? p + len : p;

	while (p < end) {
		const char *lf, *stop;

		if (d->held && *p == ' ') {
			d->held = FALSE;
			p++;
			continue;
		}
		if (d->held)
			end_line(d);
		lf = memchr(p, '\n', (gsize)(end - p));
		stop = lf != NULL ? lf : end;
		feed_text(d, p, (gsize)(stop - p));
		if (lf != NULL)
			feed_end(d);
		p = lf != NULL ? lf + 1 : end;
	}
}

char *
rn_digest_end(RnDigest *d)
{
	if (d->held)
		end_line(d);
	if (d->cr)
		take(d, "\r", 1);
	d->cr = FALSE;
	return g_strdup(g_checksum_get_string(d->sum));
}
