/* intent: any text as what a member typed. Law 4: a question mark or a cut line makes no yes. */
#include <stdint.h>
#include <string.h>

#include "mail/report.h"
#include "mail/typed.h"

static RnIntent
says(const char *text, gboolean mixed)
{
	const char *rule = NULL;
	g_autofree char *matched = NULL, *accepts = NULL;
	RnIntent intent = rn_intent_read(text, mixed, &matched, &rule, &accepts);

	g_assert_nonnull(rule);
	g_assert_nonnull(accepts);
	g_assert_true(intent == RN_INTENT_ACCEPT || *accepts == '\0');
	g_assert_true(matched == NULL || g_utf8_validate(matched, -1, NULL));
	return intent;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text =
	    g_utf8_make_valid((const char *)data, (gssize)strnlen((const char *)data, size));
	g_autofree char *asked = g_strconcat(text, " ?", NULL), *turned = g_strconcat("se ", text, NULL);
	RnIntent intent = says(turned, FALSE);
	g_autofree char *back = rn_absence_day(text);

	g_assert_true(back == NULL || strlen(back) == 10 || (strlen(back) == 7 && back[0] == '-'));
	says(text, FALSE);
	g_assert_cmpint(says(text, TRUE), <=, RN_INTENT_QUESTION);
	g_assert_cmpint(says(asked, FALSE), <=, RN_INTENT_QUESTION);
	g_assert_true(intent != RN_INTENT_RENEW && intent != RN_INTENT_ACCEPT && intent != RN_INTENT_YES);
	return 0;
}
