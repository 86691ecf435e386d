/* provider_http.c: a web address of the administrator's that takes the question as JSON. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/world.h"
#include "net/driver.h"
#include "net/fill.h"
#include "net/http.h"
#include "net/provider_json.h"
#include "base/secret.h"

/* "sha256=HEX" over TIME "." BODY. Caller frees. */
static char *
signature(const char *secret, const char *time, const char *body)
{
	g_autofree char *text = g_strconcat(time, ".", body, NULL);
	guint8 mac[RN_HMAC_BYTES];
	GString *out = g_string_new("sha256=");

	rn_hmac(secret, strlen(secret), text, strlen(text), mac);
	for (gsize i = 0; i < sizeof(mac); i++)
		g_string_append_printf(out, "%02x", mac[i]);
	return g_string_free(out, FALSE);
}

/* The fields of the request. NULL if there is a secret that cannot be read. */
static char **
fields(const RnConvention *c, const RnAsk *ask, const char *body, GError **error)
{
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();
	g_autofree char *time = g_strdup_printf("%" G_GINT64_FORMAT, rn_now());
	g_autofree char *key = g_strconcat("Idempotency-Key: ", ask->key, NULL);
	g_autofree char *when = g_strconcat("X-Rinnova-Time: ", time, NULL);

	g_strv_builder_add(list, "Content-Type: application/json");
	g_strv_builder_add(list, "Accept: application/json");
	g_strv_builder_add(list, key);
	g_strv_builder_add(list, when);
	if (*c->provider_secret_file != '\0') {
		char *secret = rn_secret_read("provider-secret-file", c->provider_secret_file, error);
		g_autofree char *sum = secret != NULL ? signature(secret, time, body) : NULL;
		g_autofree char *line = g_strconcat("X-Rinnova-Signature: ", sum, NULL);

		rn_secret_free(secret);
		if (sum == NULL)
			return NULL;
		g_strv_builder_add(list, line);
	}
	return g_strv_builder_end(list);
}

/* The question without the number of the try: one key, one body, or providers that compare them say no. */
static json_t *
own_body(const json_t *question)
{
	json_t *body = json_deep_copy(question);

	json_object_del(body, "attempt");
	return body;
}

/* The body: the question itself, or what provider-body makes of it. Caller releases. */
static json_t *
body_json(const RnConvention *c, const json_t *question, GError **error)
{
	g_autoptr(json_t) template = NULL;
	g_autoptr(GError) why = NULL;
	json_error_t where;
	json_t *filled;

	if (*c->provider_body == '\0')
		return own_body(question);
	template = json_load_file(c->provider_body, JSON_REJECT_DUPLICATES, &where);
	if (template == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "provider-body: %s:%d: %s", c->provider_body,
		    where.line, where.text);
		return NULL;
	}
	filled = rn_fill_json(template, question, &why);
	if (filled == NULL)
		g_set_error(
		    error, RN_ERROR, RN_ERR_CONFIG, "provider-body: %s: %s", c->provider_body, why->message);
	return filled;
}

/* What the provider's answer means. */
static RnSays
judge(const RnHttpGot *got, const RnAsk *ask, RnSaid *said)
{
	gboolean ok = got->status >= 200 && got->status < 300 && got->status != 202;
	const char *lie;

	if (got->end == RN_HTTP_NOT_SENT)
		return rn_said_away(said, 0, rn_http_why(got, NULL));
	if (got->end == RN_HTTP_LOST) {
		said->why = rn_http_why(got, NULL);
		return RN_SAYS_UNKNOWN;
	}
	lie = rn_provider_answer(got->body->str, got->body->len, got->over, ok, ask, said);
	if (ok) {
		if (lie != NULL || said->why == NULL) {
			g_free(said->why);
			said->why = rn_http_why(got, lie);
		}
		return lie == NULL ? RN_SAYS_DONE : RN_SAYS_UNKNOWN;
	}
	if (said->why == NULL)
		said->why = rn_http_why(got, lie == NULL ? NULL : got->body->str);
	if (rn_http_later(got) || rn_http_shut_out(got))
		return rn_said_away(said, got->retry_after, g_steal_pointer(&said->why));
	if (got->status == 202) {
		said->wait = got->retry_after;
		return RN_SAYS_LATER;
	}
	return got->status >= 400 && got->status < 500 ? RN_SAYS_REFUSED : RN_SAYS_UNKNOWN;
}

RnSays
rn_driver_http(RnProvider *p, const RnAsk *ask, RnSaid *said)
{
	const RnConvention *c = p->c;
	g_autoptr(json_t) question = rn_provider_question(ask);
	g_autoptr(GError) error = NULL;
	g_autofree char *url = rn_fill_url(c->provider_url, question, &error);
	g_autoptr(json_t) filled = url != NULL ? body_json(c, question, &error) : NULL;
	g_autoptr(RnJsonText) body = filled != NULL ? json_dumps(filled, JSON_COMPACT) : NULL;
	g_auto(GStrv) headers = body != NULL ? fields(c, ask, body, &error) : NULL;
	g_auto(RnHttpGot) got = { 0 };

	if (headers == NULL)
		return rn_said_away(said, 0,
		    g_strdup_printf("convention %s: %s", c->id, error != NULL ? error->message : "no body"));
	rn_http(&(RnHttpAsk){ .url = url,
	            .headers = headers,
	            .body = body,
	            .ca_file = c->provider_ca_file,
	            .seconds = c->provider_timeout },
	    &got);
	return judge(&got, ask, said);
}
