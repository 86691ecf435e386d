/* http.c: one request, and an exact answer to the question whether it may have reached the other side. */
#include "net/http.h"

#include <curl/curl.h>

#include "net/why.h"

#define MAX_BODY (64 * 1024)
#define MAX_WAIT 86400

typedef struct curl_slist CurlList;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURL, curl_easy_cleanup)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CurlList, curl_slist_free_all)

static size_t
on_body(char *data, size_t size, size_t n, void *to)
{
	RnHttpGot *got = to;
	gsize len = size * n, room = MAX_BODY - got->body->len;

	g_string_append_len(got->body, data, (gssize)MIN(len, room));
	got->over |= len > room;
	return got->over ? 0 : len;	/* 0 ends the transfer: enough was read to know better */
}

static void
set_security(CURL *c, const RnHttpAsk *ask)
{
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (*ask->ca_file != '\0') {
		curl_easy_setopt(c, CURLOPT_CAINFO, ask->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
}

static CurlList *
header_list(const RnHttpAsk *ask)
{
	CurlList *list = curl_slist_append(NULL, "Expect:");	/* no 100-continue, and no wait for it */

	for (guint i = 0; ask->headers != NULL && ask->headers[i] != NULL; i++)
		list = curl_slist_append(list, ask->headers[i]);
	return list;
}

static void
set_request(CURL *c, const RnHttpAsk *ask, CurlList *headers)
{
	curl_easy_setopt(c, CURLOPT_URL, ask->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Rinnova");
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)MIN(ask->seconds, 20));
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)ask->seconds);
	if (ask->body != NULL) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		if (ask->body_len > 0)
			curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body_len);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, ask->body);
	}
}

/* Which of the three ends it is. What libcurl calls the error says nothing about it: a time-out may have come
 * while the name was looked up, or while the provider was at work. */
static void
conclude(CURL *c, CURLcode code, const char *words, RnHttpGot *got)
{
	long sent = 0;
	curl_off_t wait = 0;

	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &got->status);
	curl_easy_getinfo(c, CURLINFO_REQUEST_SIZE, &sent);
	curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait);
	got->retry_after = (int)CLAMP(wait, 0, MAX_WAIT);
	if (got->status >= 200 && (code == CURLE_OK || got->over))
		got->end = RN_HTTP_ANSWER;
	else
		got->end = sent == 0 ? RN_HTTP_NOT_SENT : RN_HTTP_LOST;
	if (got->end != RN_HTTP_ANSWER)
		got->why = rn_why(*words != '\0' ? words : curl_easy_strerror(code), -1);
}

void
rn_http(const RnHttpAsk *ask, RnHttpGot *got)
{
	char words[CURL_ERROR_SIZE] = "";
	g_autoptr(CURL) c = curl_easy_init();
	g_autoptr(CurlList) headers = header_list(ask);

	*got = (RnHttpGot){ .end = RN_HTTP_NOT_SENT, .body = g_string_new(NULL) };
	if (c == NULL) {
		got->why = g_strdup("libcurl cannot be used");
		return;
	}
	set_security(c, ask);
	set_request(c, ask, headers);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, words);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, got);
	conclude(c, curl_easy_perform(c), words, got);
}

void
rn_http_got_clear(RnHttpGot *got)
{
	if (got->body != NULL)
		g_string_free(got->body, TRUE);
	g_free(got->why);
	*got = (RnHttpGot){ 0 };
}

static gboolean
is_one_of(long status, const short *list, gsize n)
{
	while (n > 0)
		if (list[--n] == status)
			return TRUE;
	return FALSE;
}

gboolean
rn_http_later(const RnHttpGot *got)
{
	static const short list[] = { 408, 425, 429, 503 };

	return is_one_of(got->status, list, G_N_ELEMENTS(list));
}

gboolean
rn_http_shut_out(const RnHttpGot *got)
{
	static const short list[] = { 401, 403, 405, 406, 407, 411, 413, 414, 415, 426 };

	return (got->status >= 300 && got->status < 400) || is_one_of(got->status, list, G_N_ELEMENTS(list));
}

char *
rn_http_why(const RnHttpGot *got, const char *words)
{
	g_autofree char *plain = words != NULL ? rn_why(words, -1) : NULL;

	if (got->end != RN_HTTP_ANSWER)
		return g_strdup(got->why);
	if (plain == NULL || *plain == '\0')
		return g_strdup_printf("HTTP %ld", got->status);
	return g_strdup_printf("HTTP %ld: %s", got->status, plain);
}
