/* A session record of any bytes: what was not signed is never believed, and what was signed is read back,
 * however it is folded. The body's digest does not depend on the pieces in which it comes. */
#include "mail/session.h"

#include <stdint.h>
#include <string.h>

#include "mail/digest.h"
#include "mail/keyring.h"

#define KEY "0 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01\n"
#define DOMAIN "x.example"

static void
check_forged(const RnKeyRing *ring, const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GString) message = g_string_new("X-Rinnova-Session: ");
	g_autoptr(RnSession) s = rn_session_new();
	g_autoptr(RnHead) head = NULL;
	g_autoptr(GBytes) raw = NULL;
	const char *why;

	g_assert_cmpint(
	    rn_session_check(ring, DOMAIN, text, "a@x.example", NULL, "d", s, &why), ==, RN_SESSION_BAD);
	g_assert_true(why != NULL && s->helo == NULL && s->taken == 0);
	g_string_append_len(message, (const char *)data, (gssize)size);
	raw = g_bytes_new(message->str, message->len);
	head = rn_head_scan(raw, NULL, NULL);
	if (head != NULL)
		g_assert_cmpint(rn_session_of(ring, DOMAIN, head, NULL, "d", s, &why), !=, RN_SESSION_GOOD);
}

static void
check_signed(const RnKeyRing *ring, const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size), *value = NULL;
	RnSession s = { .taken = 5, .helo = text, .user = text, .client = text };
	g_autoptr(RnSession) got = rn_session_new();
	char *rcpts[] = { text };
	const char *why;

	value = rn_session_sign(ring, DOMAIN, &s, rcpts, 1, NULL, "d");
	g_assert_cmpint(
	    rn_session_check(ring, DOMAIN, value, text, NULL, "d", got, &why), ==, RN_SESSION_GOOD);
	g_assert_cmpint(got->taken, ==, 5);
	g_assert_cmpstr(got->helo, ==, got->user);
}

static void
check_digest(const uint8_t *data, size_t size)
{
	g_autoptr(RnDigest) whole = rn_digest_new();
	g_autoptr(RnDigest) pieces = rn_digest_new();
	g_autofree char *one = NULL, *two = NULL;
	size_t at = 0;

	rn_digest_feed(whole, data, size);
	while (at < size) {
		size_t n = MIN((size_t)data[at] % 7 + 1, size - at);

		rn_digest_feed(pieces, data + at, n);
		at += n;
	}
	one = rn_digest_end(whole);
	two = rn_digest_end(pieces);
	g_assert_cmpstr(one, ==, two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(RnKeyRing) ring = rn_keyring_parse(KEY, "key", NULL);

	check_forged(ring, data, size);
	check_signed(ring, data, size);
	check_digest(data, size);
	return 0;
}
