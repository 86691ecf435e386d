/* aruba.c: login and requests of Aruba's partner API. */
#include "net/aruba.h"

#include "base/world.h"
#include "net/http.h"
#include "base/secret.h"

#define LOGIN "/service/public/auth/v2/"
#define ACCOUNTS "/service/public/partner/pec/v3/accounts"
#define EARLY 30	/* seconds before its end that a token is not used any more */

void
rn_aruba_got_clear(RnArubaGot *got)
{
	json_decref(got->body);
	g_free(got->why);
	*got = (RnArubaGot){ .end = RN_ARUBA_AWAY };
}

static void
away(RnArubaGot *got, char *why)
{
	got->end = RN_ARUBA_AWAY;
	g_free(got->why);
	got->why = why;
}

/* {"code":...,"description":...,"validationError":...} in words; NULL if BODY is none. Pointer into BODY. */
static const char *
error_words(const json_t *body)
{
	const char *text = json_string_value(json_object_get(body, "validationError"));

	if (text == NULL || *text == '\0')
		text = json_string_value(json_object_get(body, "description"));
	return text != NULL ? text : json_string_value(json_object_get(body, "code"));
}

/* What came back, in the terms of this API. */
static void
classify(const RnHttpGot *http, RnArubaGot *got)
{
	gboolean blank = http->body->len == 0;

	got->wait = http->retry_after;
	got->body = json_loadb(http->body->str, http->body->len, JSON_REJECT_DUPLICATES, NULL);
	g_free(got->why);
	got->why = rn_http_why(http, error_words(got->body));
	if (http->end == RN_HTTP_NOT_SENT)
		got->end = RN_ARUBA_AWAY;
	else if (http->end == RN_HTTP_LOST || http->status >= 600)
		got->end = RN_ARUBA_LOST;
	else if (rn_http_later(http) || rn_http_shut_out(http))
		got->end = RN_ARUBA_AWAY;
	else if (http->status >= 400 && http->status < 500)
		got->end = RN_ARUBA_REFUSED;
	else if (http->status >= 500 || http->over || (got->body == NULL && !blank))
		got->end = RN_ARUBA_LOST;	/* a 2xx that is no JSON lies, or is somebody else's */
	else
		got->end = RN_ARUBA_OK;
}

/* One request to PATH of the service, with TOKEN if it is not NULL. *STATUS is HTTP's. */
static void
request(const RnProvider *p, const char *path, const char *token, const json_t *body, RnArubaGot *got,
    long *status)
{
	const RnConvention *c = p->c;
	g_autofree char *url =
	    g_strconcat(*c->provider_url != '\0' ? c->provider_url : RN_ARUBA_URL, path, NULL);
	g_autoptr(RnJsonText) text = json_dumps(body, JSON_COMPACT);
	char *bearer = token != NULL ? g_strconcat("Authorization: Bearer ", token, NULL) : NULL;
	char *headers[] = { (char *)"Content-Type: application/json", (char *)"Accept: application/json",
		bearer, NULL };
	g_auto(RnHttpGot) http = { 0 };

	rn_aruba_got_clear(got);
	rn_http(&(RnHttpAsk){ .url = url,
	            .headers = headers,
	            .body = text,
	            .ca_file = c->provider_ca_file,
	            .seconds = c->provider_timeout },
	    &http);
	classify(&http, got);
	*status = http.status;
	rn_secret_free(bearer);
}

/* Nothing but visible ASCII can stand in a header field. */
static gboolean
is_token(const char *text)
{
	if (text == NULL || *text == '\0')
		return FALSE;
	for (; *text != '\0'; text++)
		if (!g_ascii_isgraph(*text))
			return FALSE;
	return TRUE;
}

static gint64
until(const json_t *body, const char *key)
{
	json_int_t seconds = json_integer_value(json_object_get(body, key));

	return rn_monotonic() + (gint64)CLAMP(seconds - EARLY, 0, 86400) * G_USEC_PER_SEC;
}

static void
forget(RnProvider *p)
{
	g_clear_pointer(&p->access, rn_secret_free);
	p->access_until = 0;
}

/* Takes the tokens of a login's answer. */
static gboolean
keep_tokens(RnProvider *p, const RnArubaGot *got)
{
	const char *access = json_string_value(json_object_get(got->body, "accessToken"));
	const char *refresh = json_string_value(json_object_get(got->body, "refreshToken"));

	if (got->end != RN_ARUBA_OK || !is_token(access))
		return FALSE;
	forget(p);
	p->access = g_strdup(access);
	p->access_until = until(got->body, "expiresIn");
	g_clear_pointer(&p->refresh, rn_secret_free);
	p->refresh = g_strdup(refresh);
	p->refresh_until = until(got->body, "refreshExpiresIn");
	return TRUE;
}

static gboolean
refresh(RnProvider *p, RnArubaGot *got)
{
	g_autoptr(json_t) body = NULL;
	long status;

	if (p->refresh == NULL || rn_monotonic() >= p->refresh_until)
		return FALSE;
	body = json_pack("{s:s}", "refreshToken", p->refresh);
	request(p, LOGIN "refresh", NULL, body, got, &status);
	return keep_tokens(p, got);
}

static gboolean
login(RnProvider *p, RnArubaGot *got)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) body = NULL;
	char *password, *why;
	long status;

	password = rn_secret_read("provider-password-file", p->c->provider_password_file, &error);
	if (password == NULL) {
		away(got, g_strdup(error->message));
		return FALSE;
	}
	body = json_pack("{s:s, s:s}", "username", p->c->provider_user, "password", password);
	rn_secret_free(password);
	request(p, LOGIN "token", NULL, body, got, &status);
	if (keep_tokens(p, got))
		return TRUE;
	why = g_strdup_printf("login as %s: %s", p->c->provider_user,
	    got->end == RN_ARUBA_OK ? "the answer holds no accessToken" : got->why);
	away(got, why);
	return FALSE;
}

void
rn_aruba_post(RnProvider *p, const char *path, json_t *body, RnArubaGot *got)
{
	g_autoptr(json_t) mine = body;
	g_autofree char *where = g_strconcat(ACCOUNTS, path, NULL);
	long status = 401;

	for (int i = 0; i < 2 && status == 401; i++) {
		if (p->access == NULL || rn_monotonic() >= p->access_until)
			if (!refresh(p, got) && !login(p, got))
				return;
		request(p, where, p->access, mine, got, &status);
		if (status == 401)
			forget(p);
	}
}

gboolean
rn_aruba_login(RnProvider *p, char **why)
{
	g_auto(RnArubaGot) got = { 0 };
	gboolean in = login(p, &got);

	*why = in ? g_strdup_printf("aruba lets %s in", p->c->provider_user) : g_strdup(got.why);
	return in;
}
