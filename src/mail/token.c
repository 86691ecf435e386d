/* token.c: 25 signed bytes as 40 characters and back (design section 4). */
#include "mail/token.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/secret.h"
#include "mail/keyring.h"

#define VERSION 1
#define FIELD_BYTES 9	/* what is signed; the rest is the signature */
#define MAC_BYTES 16

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

/* Day 0 of the two bytes. */
static RnDay
epoch(void)
{
	return rn_day_from_ymd(2024, 1, 1);
}

/* The value of one character, -1 if it is none. People read i and l for 1, o for 0, and mail software changes
 * case. */
static int
value(char c)
{
	const char *at;

	c = g_ascii_tolower(c);
	if (c == 'i' || c == 'l')
		return 1;
	if (c == 'o')
		return 0;
	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

static char *
encode(const guint8 *bytes)
{
	char *text = g_malloc(RN_TOKEN_CHARS + 1);
	guint bits = 0, have = 0;
	gsize n = 0;

	for (int i = 0; i < RN_TOKEN_BYTES; i++) {
		bits = (bits << 8 | bytes[i]) & 0xfff;
		for (have += 8; have >= 5; have -= 5)
			text[n++] = digits[bits >> (have - 5) & 31];
	}
	text[n] = '\0';
	return text;
}

/* The values of the 40 characters of TEXT without its dashes; FALSE if they are fewer, more or others. */
static gboolean
read_values(const char *text, guint8 values[RN_TOKEN_CHARS])
{
	gsize n = 0;

	for (; *text != '\0'; text++) {
		int v;

		if (*text == '-')
			continue;
		v = value(*text);
		if (v < 0 || n == RN_TOKEN_CHARS)
			return FALSE;
		values[n++] = (guint8)v;
	}
	return n == RN_TOKEN_CHARS;
}

char *
rn_token_canonical(const char *text)
{
	guint8 values[RN_TOKEN_CHARS];
	char *canonical;

	if (!read_values(text, values))
		return NULL;
	canonical = g_malloc(RN_TOKEN_CHARS + 1);
	for (int i = 0; i < RN_TOKEN_CHARS; i++)
		canonical[i] = digits[values[i]];
	canonical[RN_TOKEN_CHARS] = '\0';
	return canonical;
}

static gboolean
to_bytes(const char *text, guint8 bytes[RN_TOKEN_BYTES])
{
	guint8 values[RN_TOKEN_CHARS];
	guint bits = 0, have = 0;
	gsize n = 0;

	if (!read_values(text, values))
		return FALSE;
	for (int i = 0; i < RN_TOKEN_CHARS; i++) {
		bits = (bits << 5 | values[i]) & 0xfff;
		have += 5;
		if (have >= 8) {
			have -= 8;
			bytes[n++] = (guint8)(bits >> have);
		}
	}
	return TRUE;
}

gboolean
rn_token_decode(const char *text, RnToken *t, guint8 *bytes)
{
	guint8 b[RN_TOKEN_BYTES];

	if (!to_bytes(text, b) || b[0] >> 4 != VERSION || b[1] >> 4 == RN_PURPOSE_NONE ||
	    b[1] >> 4 >= RN_PURPOSE_N)
		return FALSE;
	t->version = VERSION;
	t->key_id = b[0] & 15;
	t->purpose = (RnPurpose)(b[1] >> 4);
	t->step = b[1] & 15;
	t->period = 0;
	for (int i = 2; i < 7; i++)
		t->period = t->period << 8 | b[i];
	t->last_day = epoch() + (b[7] << 8 | b[8]);
	if (bytes != NULL)
		memcpy(bytes, b, sizeof(b));
	return TRUE;
}

/* The signature over the FIELD_BYTES of BYTES for DOMAIN. Every part but the last has a fixed length, so no
 * two inputs read alike. */
static void
sign(const RnKey *key, const guint8 *bytes, const char *domain, guint8 mac[MAC_BYTES])
{
	static const char label[] = "rinnova/1";	/* its NUL is signed too */
	g_autofree char *host = g_ascii_strdown(domain, -1);
	g_autoptr(GByteArray) input = g_byte_array_new();
	guint8 whole[RN_HMAC_BYTES];

	g_byte_array_append(input, (const guint8 *)label, sizeof(label));
	g_byte_array_append(input, bytes, FIELD_BYTES);
	g_byte_array_append(input, (const guint8 *)host, (guint)strlen(host));
	rn_hmac(key->secret, RN_KEY_BYTES, input->data, input->len, whole);
	memcpy(mac, whole, MAC_BYTES);
}

char *
rn_token_mint(const RnKeyRing *ring, const RnToken *t, const char *domain)
{
	const RnKey *key = &ring->keys[ring->n - 1];
	int day = CLAMP(t->last_day - epoch(), 0, G_MAXUINT16);
	guint8 b[RN_TOKEN_BYTES];

	b[0] = (guint8)(VERSION << 4 | key->id);
	b[1] = (guint8)(((guint)t->purpose & 15) << 4 | (t->step & 15u));
	for (int i = 0; i < 5; i++)
		b[2 + i] = (guint8)(t->period >> (32 - 8 * i));
	b[7] = (guint8)(day >> 8);
	b[8] = (guint8)day;
	sign(key, b, domain, b + FIELD_BYTES);
	return encode(b);
}

RnTokenVerdict
rn_token_check(const RnKeyRing *ring, const char *text, const char *domain, RnDay today, RnToken *t)
{
	guint8 b[RN_TOKEN_BYTES], mac[MAC_BYTES];
	const RnKey *key;
	RnToken read;

	if (!rn_token_decode(text, &read, b))
		return RN_TOKEN_BAD;
	if (ring == NULL) {
		*t = read;
		return RN_TOKEN_UNCHECKED;
	}
	key = rn_keyring_find(ring, read.key_id);
	if (key == NULL)
		return RN_TOKEN_UNKNOWN_KEY;
	sign(key, b, domain, mac);
	if (CRYPTO_memcmp(mac, b + FIELD_BYTES, MAC_BYTES) != 0)
		return RN_TOKEN_BAD;
	*t = read;
	return today <= read.last_day ? RN_TOKEN_GOOD : RN_TOKEN_EXPIRED;
}
