/* ledger.c: the digests of the ledger's chain, as ledger.h describes them. */
#include "model/ledger.h"

#include <string.h>

#include "base/text.h"

#define DIGEST_BYTES 32

void
rn_ledger_entry_free(RnLedgerEntry *e)
{
	if (e == NULL)
		return;
	g_free(e->convention);
	g_free(e->who);
	g_free(e->what);
	g_free(e->why);
	g_free(e->detail);
	g_free(e->detail_digest);
	g_free(e->inbox_digest);
	g_free(e->letter_digest);
	g_free(e->digest);
	g_free(e);
}

gboolean
rn_digest_valid(const char *hex)
{
	return hex != NULL && strlen(hex) == RN_DIGEST_CHARS &&
	    strspn(hex, "0123456789abcdef") == RN_DIGEST_CHARS;
}

static void
add_text(GChecksum *sum, const char *text)
{
	g_autofree char *length = g_strdup_printf("%" G_GSIZE_FORMAT ":", strlen(text));

	g_checksum_update(sum, (const guchar *)length, -1);
	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_update(sum, (const guchar *)",", 1);
}

static void
add_number(GChecksum *sum, gint64 number)
{
	g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

	add_text(sum, text);
}

/* The bytes of HEX; zeros where it is NULL. What is no hex gives bytes that fit nothing. */
static void
add_digest(GChecksum *sum, const char *hex)
{
	guchar bytes[DIGEST_BYTES] = { 0 };

	for (gsize i = 0; hex != NULL && i < DIGEST_BYTES && hex[2 * i] != '\0' && hex[2 * i + 1] != '\0';
	     i++)
		bytes[i] =
		    (guchar)(g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]));
	g_checksum_update(sum, bytes, DIGEST_BYTES);
}

/* The fields that both formats have. */
static void
add_fields(GChecksum *sum, const RnLedgerEntry *e)
{
	add_text(sum, e->convention);
	add_number(sum, e->seq);
	add_number(sum, e->at);
	add_text(sum, e->who);
	add_text(sum, e->what);
	add_text(sum, e->why);
	add_number(sum, e->box_id);
	add_number(sum, e->period_id);
	add_number(sum, e->order_id);
	add_number(sum, e->inbox_id);
	add_number(sum, e->letter_id);
	add_text(sum, e->detail_digest);
}

char *
rn_ledger_content(const RnLedgerEntry *e)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	add_text(sum, "rinnova-ledger/2");
	add_fields(sum, e);
	add_text(sum, e->inbox_digest);
	add_text(sum, e->letter_digest);
	return g_strdup(g_checksum_get_string(sum));
}

char *
rn_ledger_link(const char *previous, const char *content)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	add_digest(sum, previous);
	add_digest(sum, content);
	return g_strdup(g_checksum_get_string(sum));
}

char *
rn_ledger_digest(const RnLedgerEntry *e, const char *previous)
{
	g_autoptr(GChecksum) sum = NULL;

	if (e->format != 1) {
		g_autofree char *content = rn_ledger_content(e);

		return rn_ledger_link(previous, content);
	}
	sum = g_checksum_new(G_CHECKSUM_SHA256);
	add_digest(sum, previous);
	add_fields(sum, e);
	return g_strdup(g_checksum_get_string(sum));
}

gboolean
rn_ledger_detail_fits(const RnLedgerEntry *e)
{
	g_autofree char *digest = e->detail != NULL ? rn_text_sha256(e->detail, strlen(e->detail)) : NULL;

	return digest == NULL || strcmp(digest, e->detail_digest) == 0;
}
