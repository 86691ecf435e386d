/* answer: any bytes as what a provider's program or web address answers, and as the body that the
 * administrator wants filled in. What is taken as a renewal moves the date on. */
#include <stdint.h>
#include <string.h>

#include "net/fill.h"
#include "net/provider_json.h"

static guint
count(const char *text, char c)
{
	guint n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	RnAsk ask = { .kind = RN_CALL_RENEW,
		.key = "k",
		.box = "a@b.example",
		.term = 12,
		.expiry = 1000,
		.wanted = 1365 };
	g_auto(RnSaid) said = { .new_expiry = RN_DAY_NONE };
	g_autoptr(json_t) question = rn_provider_question(&ask);
	g_autoptr(json_t) template = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
	g_autoptr(json_t) filled = template != NULL ? rn_fill_json(template, question, NULL) : NULL;
	g_autofree char *url = rn_fill_url(text, question, NULL);
	const char *lie = rn_provider_answer(text, strlen(text), FALSE, TRUE, &ask, &said);

	if (lie == NULL)
		g_assert_true(said.new_expiry == RN_DAY_NONE || said.new_expiry > ask.expiry);
	if (said.why != NULL)
		g_assert_true(g_utf8_validate(said.why, -1, NULL) && strpbrk(said.why, "\r\n") == NULL);
	if (filled != NULL)
		g_assert_true(json_is_object(filled) == json_is_object(template));
	if (url != NULL)	/* the box's own @ is encoded */
		g_assert_cmpuint(count(url, '@'), ==, count(text, '@'));
	return 0;
}
