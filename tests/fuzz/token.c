/* Any text as a token, an address, a thread and a key file: nothing that was not signed is ever good. */
#include "mail/token.h"

#include <stdint.h>
#include <string.h>

#include "mail/keyring.h"

#define KEY "0 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 2026-01-01\n"

static void
check_text(const char *text)
{
	g_autoptr(RnKeyRing) ring = rn_keyring_parse(KEY, "key", NULL);
	g_autofree char *canonical = rn_token_canonical(text);
	guint8 bytes[RN_TOKEN_BYTES];
	RnToken t;

	g_assert_cmpint(rn_token_check(ring, text, "x.example", 0, &t), !=, RN_TOKEN_GOOD);
	if (canonical != NULL) {
		g_autofree char *again = rn_token_canonical(canonical);

		g_assert_cmpuint(strlen(canonical), ==, RN_TOKEN_CHARS);
		g_assert_cmpstr(again, ==, canonical);
	}
	if (rn_token_decode(text, &t, bytes)) {
		g_assert_nonnull(canonical);
		g_assert_cmpuint(t.period, <, (guint64)1 << 40);
		g_assert_true(t.purpose > RN_PURPOSE_NONE && t.purpose < RN_PURPOSE_N);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const RnSite site = {
		.domain = (char *)"x.example", .localpart = (char *)"rinnovo", .delimiter = (char *)"+"
	};
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *in_address = rn_token_in_address(&site, text);
	g_autofree char *thread = g_strconcat("References: ", text, "\n\n", NULL);
	g_autoptr(GBytes) raw = g_bytes_new(thread, strlen(thread));
	g_autoptr(RnHead) head = rn_head_scan(raw, NULL, NULL);
	g_autoptr(RnFacts) facts = rn_facts_new();
	g_autoptr(RnKeyRing) ring = rn_keyring_parse(KEY, "key", NULL);
	g_autoptr(RnKeyRing) theirs = rn_keyring_parse(text, "key", NULL);
	g_autoptr(RnEnvelope) env = rn_envelope_new(text, NULL);

	check_text(text);
	g_assert_true(in_address == NULL || rn_token_address_ours(&site, text));
	g_assert_true(theirs == NULL || (rn_keyring_n(theirs) > 0 && rn_keyring_n(theirs) <= RN_KEYS_MAX));
	facts->body_token = g_strdup(text);
	rn_token_find(ring, &site, env, head, 0, facts);
	g_assert_cmpint(facts->token_verdict, !=, RN_TOKEN_GOOD);
	g_assert_cmpint(facts->where == RN_WHERE_NONE, ==, facts->token_text == NULL);
	return 0;
}
