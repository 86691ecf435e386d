/* provider_json.c: what a provider is asked, and what it may answer, as JSON. */
#include "net/provider_json.h"

#include <string.h>

#include "base/text.h"
#include "net/why.h"

#define MAX_REFERENCE 200

void
rn_json_text_free(RnJsonText *text)
{
	free(text);
}

static json_t *
text_or_null(const char *text)
{
	g_autofree char *valid = text != NULL ? rn_text_utf8(text, -1) : NULL;

	return valid != NULL ? json_string(valid) : json_null();
}

static json_t *
day_or_null(RnDay day)
{
	g_autofree char *iso = day != RN_DAY_NONE ? rn_day_iso(day) : NULL;

	return iso != NULL ? json_string(iso) : json_null();
}

static json_t *
document(const RnAsk *ask)
{
	gsize len;
	const guchar *data = g_bytes_get_data(ask->document, &len);
	g_autofree char *base64 = g_base64_encode(data, len);
	json_t *d = json_object();

	json_object_set_new(d, "kind", text_or_null(ask->document_kind));
	json_object_set_new(d, "sha256", text_or_null(ask->document_sha256));
	json_object_set_new(d, "data", json_string(base64));
	return d;
}

/* Words of its own, not the model's: programs of other people depend on them. */
json_t *
rn_provider_question(const RnAsk *ask)
{
	static const char *const actions[RN_CALL_N] = {
		[RN_CALL_RENEW] = "renew", [RN_CALL_DEACTIVATE] = "deactivate", [RN_CALL_REACTIVATE] = "reactivate",
	};
	json_t *q = json_object();

	json_object_set_new(q, "action", json_string(actions[ask->kind]));
	json_object_set_new(q, "idempotency_key", text_or_null(ask->key));
	json_object_set_new(q, "order", text_or_null(ask->order));
	json_object_set_new(q, "box", text_or_null(ask->box));
	json_object_set_new(q, "account", text_or_null(ask->account));
	json_object_set_new(q, "holder", text_or_null(ask->holder));
	json_object_set_new(q, "type", text_or_null(ask->type));
	json_object_set_new(q, "term_months", json_integer(ask->term));
	json_object_set_new(q, "expiry", day_or_null(ask->expiry));
	json_object_set_new(q, "wanted_expiry", day_or_null(ask->wanted));
	json_object_set_new(q, "attempt", json_integer(ask->attempt));
	if (ask->document != NULL)
		json_object_set_new(q, "document", document(ask));
	return q;
}

/* Sets *TEXT to member KEY of ANSWER: NULL where it is absent or null. FALSE if it is no string. */
static gboolean
member(json_t *answer, const char *key, const char **text)
{
	json_t *value = json_object_get(answer, key);

	*text = json_string_value(value);
	return value == NULL || json_is_null(value) || json_is_string(value);
}

static gboolean
read_expiry(const char *text, RnDay *day)
{
	return text == NULL || (strlen(text) == 10 && text[4] == '-' && rn_day_parse(text, day));
}

const char *
rn_provider_answer(const char *text, gsize len, gboolean over, gboolean done, const RnAsk *ask, RnSaid *said)
{
	const char *expiry, *reference, *message;
	g_autoptr(json_t) answer = NULL;
	RnDay day = RN_DAY_NONE;

	if (over)
		return "the answer is over 64 kB";
	if (strspn(text, " \t\r\n") == len)
		return NULL;
	answer = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(answer))
		return "the answer is no JSON object";
	if (!member(answer, "expiry", &expiry) || !read_expiry(expiry, &day))
		return "expiry in the answer is no date YYYY-MM-DD";
	if (!member(answer, "reference", &reference) ||
	    (reference != NULL && strlen(reference) > MAX_REFERENCE))
		return "reference in the answer is no string of up to 200 bytes";
	if (!member(answer, "message", &message))
		return "message in the answer is no string";
	if (done && ask->kind == RN_CALL_RENEW && day != RN_DAY_NONE && ask->expiry != RN_DAY_NONE &&
	    day <= ask->expiry)
		return "says done, but its expiry is not after the present one";
	said->new_expiry = day;
	if (reference != NULL)
		said->reference = rn_why(reference, -1);
	if (message != NULL && *message != '\0')
		said->why = rn_why(message, -1);
	return NULL;
}
