#include "net/authority.h"

#include "net/http.h"

gboolean
rn_authority_ask(const char *url, GBytes *query, int seconds, GBytes **answer, GError **error)
{
	char *headers[] = { (char *)(gpointer) "Content-Type: application/timestamp-query",
		(char *)(gpointer) "Accept: application/timestamp-reply", NULL };
	gsize len;
	const char *body = g_bytes_get_data(query, &len);
	RnHttpAsk ask = { .url = url,
		.headers = headers,
		.body = body,
		.body_len = len,
		.ca_file = "",
		.seconds = seconds };
	g_auto(RnHttpGot) got = { 0 };

	rn_http(&ask, &got);
	if (got.end != RN_HTTP_ANSWER || got.status != 200 || got.over) {
		g_autofree char *why = rn_http_why(&got, NULL);

		g_set_error(
		    error, RN_ERROR, RN_ERR_NET, "%s%s", why, got.over ? ", and too long an answer" : "");
		return FALSE;
	}
	*answer = g_bytes_new(got.body->str, got.body->len);
	return TRUE;
}
