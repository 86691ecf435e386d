/* provider_exec.c: a command of the administrator's: JSON on stdin, the answer by exit code, no shell. */
#include <jansson.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "net/driver.h"
#include "net/spawn.h"
#include "net/why.h"

#define MAX_ANSWER (64 * 1024)
#define MAX_REFERENCE 200

typedef char JsonText;		/* from json_dumps(): malloc, not g_malloc */

static void
json_text_free(JsonText *text)
{
	free(text);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonText, json_text_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_t, json_decref)

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

/* The question as one line of JSON. Words of its own, not the model's: commands depend on them. */
static JsonText *
question(const RnAsk *ask)
{
	static const char *const actions[RN_CALL_N] = {
		[RN_CALL_RENEW] = "renew", [RN_CALL_DEACTIVATE] = "deactivate", [RN_CALL_REACTIVATE] = "reactivate",
	};
	g_autoptr(json_t) q = json_object();

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
	return json_dumps(q, JSON_COMPACT);
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

static gboolean
says_done(const RnSpawned *got)
{
	return got->end == RN_END_EXIT && got->code == EX_OK;
}

/* Takes stdout into SAID. NULL if it is empty or as agreed, else what is wrong with it. */
static const char *
read_answer(const RnSpawned *got, const RnAsk *ask, RnSaid *said)
{
	const char *expiry, *reference, *message;
	g_autoptr(json_t) answer = NULL;
	RnDay day = RN_DAY_NONE;

	if (got->out_over)
		return "more than 64 kB on stdout";
	if (strspn(got->out->str, " \t\r\n") == got->out->len)
		return NULL;
	answer = json_loadb(got->out->str, got->out->len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(answer))
		return "stdout is no JSON object";
	if (!member(answer, "expiry", &expiry) || !read_expiry(expiry, &day))
		return "expiry on stdout is no date YYYY-MM-DD";
	if (!member(answer, "reference", &reference) ||
	    (reference != NULL && strlen(reference) > MAX_REFERENCE))
		return "reference on stdout is no string of up to 200 bytes";
	if (!member(answer, "message", &message))
		return "message on stdout is no string";
	if (says_done(got) && ask->kind == RN_CALL_RENEW && day != RN_DAY_NONE &&
	    ask->expiry != RN_DAY_NONE && day <= ask->expiry)
		return "says done, but its expiry is not after the present one";
	said->new_expiry = day;
	if (reference != NULL)
		said->reference = rn_why(reference, -1);
	if (message != NULL && *message != '\0')
		said->why = rn_why(message, -1);
	return NULL;
}

static RnSays
judge(const RnSpawned *got, const char *lie)
{
	if (got->end != RN_END_EXIT)
		return RN_SAYS_UNKNOWN;
	switch (got->code) {
	case EX_OK:
		return lie == NULL ? RN_SAYS_DONE : RN_SAYS_UNKNOWN;
	case EX_TEMPFAIL:
		return RN_SAYS_LATER;
	case EX_UNAVAILABLE:
	case EX_DATAERR:
		return RN_SAYS_REFUSED;
	default:
		return RN_SAYS_UNKNOWN;
	}
}

RnSays
rn_driver_exec(const RnConvention *c, const RnAsk *ask, RnSaid *said)
{
	const char *argv[] = { c->provider_command, NULL };
	g_autoptr(JsonText) line = question(ask);
	g_auto(GStrv) envp = rn_spawn_environ(NULL);
	RnSpawn what = {
		.argv = argv, .envp = envp, .max_out = MAX_ANSWER, .seconds = c->provider_timeout,
	};
	g_auto(RnSpawned) got = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *end = NULL;
	const char *lie;

	if (c->provider_command == NULL || *c->provider_command != '/' || line == NULL) {
		said->why = g_strdup_printf("convention %s: provider-command: %s", c->id,
		    line == NULL ? "out of memory" : "must be an absolute path");
		return RN_SAYS_LATER;
	}
	what.in = line;
	what.in_len = strlen(line);
	if (!rn_spawn_run(&what, &got, &error)) {
		said->why = g_strdup(error->message);
		return RN_SAYS_LATER;
	}
	lie = read_answer(&got, ask, said);
	end = rn_spawned_why(&got);
	if (lie != NULL && says_done(&got))
		said->why = g_strdup_printf("%s (%s)", lie, end);
	else if (said->why == NULL)
		said->why = g_steal_pointer(&end);
	return judge(&got, lie);
}
