/* smtp.c: one letter, one recipient, one transaction through libcurl. Whether it was taken is judged by what
 * the server said and how far the letter had gone, hardly by libcurl's own result: that calls 251 after the
 * dot an error, and a connection cut before and after the dot the same. */
#include "net/smtp.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/world.h"
#include "base/secret.h"
#include "net/sigpipe.h"
#include "net/why.h"

#define MAX_WORDS 2000	/* of one reply of the server */
#define FAREWELL 10	/* seconds for all that may still be said after a 4xx or 5xx */
#define IDLE_REUSE 60L	/* seconds after which a kept connection is not trusted any more */

struct RnSmtp {
	CURL		*curl;		/* NULL until used, and after trouble */
	char		*url, *user, *password, *ca_file;
	gboolean	 tls;
	gboolean	 logged_in;	/* the kept connection has seen 235 */
	int		 connect, body, reply;
};

/* One transaction. */
typedef struct {
	const guint8	*bytes;
	gsize		 len, at;
	gboolean	 out;		/* libcurl was told that the letter is at its end */
	gint64		 stage_end;	/* by rn_monotonic() */
	gint64		 deadline;	/* the same, or sooner */
	int		 reply;		/* seconds allowed once it is out */
	gboolean	 late;		/* we stopped it */
	long		 code;		/* of the last whole reply, that to QUIT aside; 0 = none */
	GString		*words;		/* of the last reply; "" = the server said nothing */
	gboolean	 more;		/* its next line continues it */
	gboolean	 logged_in;	/* 235 was said */
} Flight;

typedef struct {
	RnSent		 sent;
	char		*why;
} Landing;

static size_t
on_read(char *to, size_t size, size_t n, void *data)
{
	Flight *f = data;
	gsize len = MIN(size * n, f->len - f->at);

	if (len == 0 && !f->out) {
		f->out = TRUE;
		f->deadline = f->stage_end = rn_monotonic() + (gint64)f->reply * G_USEC_PER_SEC;
	}
	memcpy(to, f->bytes + f->at, len);
	f->at += len;
	return len;
}

/* Every line that the server says comes here, one at a time: for its words only. Some come after libcurl has
 * given up the letter and said QUIT, so the code that counts is libcurl's, which leaves QUIT out. */
static size_t
on_line(char *line, size_t size, size_t n, void *data)
{
	Flight *f = data;
	gsize len = size * n;

	if (len < 3 || strncmp(line, "221", 3) == 0)
		return len;
	if (!f->more)
		g_string_truncate(f->words, 0);
	f->more = len > 3 && line[3] == '-';
	if (f->words->len + len <= MAX_WORDS)
		g_string_append_len(f->words, line, (gssize)len);
	/* after a no libcurl may say QUIT, and wait; after a yes the stage goes on */
	f->deadline = f->stage_end;
	if (line[0] == '4' || line[0] == '5')
		f->deadline = MIN(f->stage_end, rn_monotonic() + FAREWELL * G_USEC_PER_SEC);
	f->logged_in |= !f->more && strncmp(line, "235", 3) == 0;
	return len;
}

static int
on_tick(void *data, curl_off_t dltotal, curl_off_t dlnow, curl_off_t ultotal, curl_off_t ulnow)
{
	Flight *f = data;

	(void)dltotal, (void)dlnow, (void)ultotal, (void)ulnow;
	f->late = rn_monotonic() > f->deadline;
	return f->late;
}

static void
set_security(CURL *c, const RnSmtp *s)
{
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_PROXY, "");		/* none from the environment */
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(s->tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (*s->ca_file != '\0') {
		curl_easy_setopt(c, CURLOPT_CAINFO, s->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);	/* this one, not the system's beside it */
	}
	if (*s->user != '\0') {
		curl_easy_setopt(c, CURLOPT_USERNAME, s->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, s->password);
	}
}

static CURL *
open_handle(const RnSmtp *s)
{
	CURL *c = curl_easy_init();

	if (c == NULL)
		return NULL;
	set_security(c, s);
	curl_easy_setopt(c, CURLOPT_URL, s->url);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, IDLE_REUSE);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)s->connect);
	/* libcurl's own time-outs come later than ours: on_tick() knows which stage it is */
	curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(MAX(s->body, s->reply) + 10));
	curl_easy_setopt(c, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_tick);
	return c;
}

/* Ties the handle to one letter, and with F NULL to none: a kept handle calls back when it says QUIT, and the
 * letter is long gone then. */
static void
tie(CURL *c, Flight *f, const char *sender, struct curl_slist *to, char *curl_says)
{
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, sender);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(c, CURLOPT_READDATA, f);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, f != NULL ? on_line : NULL);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, f);
	curl_easy_setopt(c, CURLOPT_NOPROGRESS, f != NULL ? 0L : 1L);
	curl_easy_setopt(c, CURLOPT_XFERINFODATA, f);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, curl_says);
}

/* Ends the connection. libcurl says QUIT and would wait for the answer as long as for any other; with our
 * reading side shut it takes that for given. */
static void
hang_up(RnSmtp *s)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (s->curl == NULL)
		return;
	if (curl_easy_getinfo(s->curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK && fd != CURL_SOCKET_BAD)
		shutdown(fd, SHUT_RD);
	curl_easy_cleanup(s->curl);
	s->curl = NULL;
	s->logged_in = FALSE;
}

/* Codes that speak of the session and not of the letter: login wanted, refused, too weak (RFC 4954 6). */
static gboolean
is_about_session(long code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

/* Was it taken? Once the letter is out (its end included), the next reply is the one to the final dot: the
 * last one before was 354, and if that is still the last, nobody knows. Before, only MAIL, RCPT and DATA
 * refuse the letter, and for these libcurl says CURLE_SEND_ERROR; a 5xx to anything else is trouble with the
 * session. */
static RnSent
judge(const RnSmtp *s, const Flight *f, CURLcode rc)
{
	if (f->out && (rc == CURLE_OK || f->code / 100 == 2))
		return RN_SENT_OK;
	if (f->out && f->code / 100 == 4)
		return RN_SENT_LATER;
	if (f->out)
		return f->code / 100 == 5 ? RN_SENT_REFUSED : RN_SENT_UNKNOWN;
	if (rc != CURLE_SEND_ERROR || f->code / 100 != 5 || is_about_session(f->code))
		return RN_SENT_LATER;
	return *s->user == '\0' || s->logged_in ? RN_SENT_REFUSED : RN_SENT_LATER;
}

/* What we did about it, in words; NULL if the server's or libcurl's say enough. */
static const char *
explain(const RnSmtp *s, const Flight *f, CURLcode rc, RnSent sent)
{
	if (sent == RN_SENT_UNKNOWN)
		return f->late ? "no answer in time after the final dot, it may have been taken" :
		                 "the connection broke after the final dot, it may have been taken";
	if (rc == CURLE_USE_SSL_FAILED)
		return "TLS is required (courier.tls) and the server does not offer it";
	if (rc == CURLE_PEER_FAILED_VERIFICATION)
		return "the server's certificate does not hold (courier.ca-file)";
	if (rc == CURLE_LOGIN_DENIED)
		return "the server refused courier.user";
	if (sent == RN_SENT_LATER && *s->user != '\0' && !s->logged_in && f->code / 100 == 5 &&
	    rc == CURLE_SEND_ERROR)
		return "the server offers no login for courier.user";
	return f->late ? "too slow, stopped before the letter was out" : NULL;
}

static char *
tell(const RnSmtp *s, const Flight *f, CURLcode rc, RnSent sent, const char *curl_says)
{
	const char *ours = explain(s, f, rc, sent);
	gboolean spoke = f->code >= 400 || sent == RN_SENT_OK;
	g_autoptr(GString) why = g_string_new(ours);

	if (!spoke && !f->late) {
		g_string_append_printf(why, "%s%s", ours != NULL ? ": " : "",
		    *curl_says != '\0' ? curl_says : curl_easy_strerror(rc));
	} else if (spoke) {
		g_autofree char *code = g_strdup_printf("%ld", f->code);

		g_string_append_printf(why, "%sserver said: %s", ours != NULL ? "; " : "",
		    g_str_has_prefix(f->words->str, code) ? f->words->str : code);
	}
	return rn_why(why->str, (gssize)why->len);
}

/* One try on the kept connection or a new one. *STALE: it failed on a kept connection before the letter was
 * begun. */
static Landing
fly(RnSmtp *s, const char *sender, struct curl_slist *to, GBytes *raw, gboolean *stale)
{
	char curl_says[CURL_ERROR_SIZE] = "";
	Flight f = { .reply = s->reply, .words = g_string_new(NULL) };
	long opened = 0;
	Landing l;
	CURLcode rc;

	f.bytes = g_bytes_get_data(raw, &f.len);
	f.deadline = f.stage_end = rn_monotonic() + (gint64)s->body * G_USEC_PER_SEC;
	tie(s->curl, &f, sender, to, curl_says);
	rc = curl_easy_perform(s->curl);
	f.late &= rc == CURLE_ABORTED_BY_CALLBACK;
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &f.code);
	curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &opened);
	if (opened > 0 || f.logged_in)
		s->logged_in = f.logged_in;
	l.sent = judge(s, &f, rc);
	l.why = tell(s, &f, rc, l.sent, curl_says);
	*stale = opened == 0 && l.sent == RN_SENT_LATER && f.at == 0 && !f.late &&
	    (f.words->len == 0 || f.code == 421);
	tie(s->curl, NULL, NULL, NULL, NULL);
	if (rc != CURLE_OK)
		hang_up(s);
	g_string_free(f.words, TRUE);
	return l;
}

RnSent
rn_smtp_send(RnSmtp *s, const char *sender, const char *rcpt, GBytes *raw, char **why)
{
	g_auto(RnSigpipe) quiet;
	struct curl_slist *to = curl_slist_append(NULL, rcpt);
	gboolean stale = TRUE;
	Landing l = { RN_SENT_LATER, NULL };

	rn_sigpipe_hold(&quiet);
	/* the server may have closed the kept connection meanwhile: that is no trouble, and a new one is
	 * tried at once */
	for (int try = 0; try < 2 && stale; try++) {
		g_clear_pointer(&l.why, g_free);
		if (s->curl == NULL)
			s->curl = open_handle(s);
		if (to == NULL || s->curl == NULL) {
			l.why = g_strdup("libcurl is out of memory");
			break;
		}
		l = fly(s, sender, to, raw, &stale);
	}
	curl_slist_free_all(to);
	*why = l.why;
	return l.sent;
}

static gpointer
start_curl(gpointer unused)
{
	(void)unused;
	return GINT_TO_POINTER(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

RnSmtp *
rn_smtp_new(const RnSite *site, GError **error)
{
	static GOnce once = G_ONCE_INIT;
	g_autoptr(RnSmtp) s = g_new0(RnSmtp, 1);

	if (g_once(&once, start_curl, NULL) == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_BUSY, "libcurl cannot start");
		return NULL;
	}
	s->url = rn_smtp_url(site, error);
	if (s->url == NULL)
		return NULL;
	s->tls = site->smtp_tls != RN_TLS_NONE;
	s->user = g_strdup(site->smtp_user != NULL ? site->smtp_user : "");
	s->ca_file = g_strdup(site->smtp_ca_file != NULL ? site->smtp_ca_file : "");
	if (*s->user != '\0') {
		if (site->smtp_password_file == NULL || *site->smtp_password_file == '\0') {
			g_set_error(
			    error, RN_ERROR, RN_ERR_CONFIG, "courier.password-file: needed for courier.user");
			return NULL;
		}
		s->password = rn_secret_read("courier.password-file", site->smtp_password_file, error);
		if (s->password == NULL)
			return NULL;
	}
	return g_steal_pointer(&s);
}

void
rn_smtp_set_timeouts(RnSmtp *s, int connect, int body, int reply)
{
	s->connect = connect;
	s->body = body;
	s->reply = reply;
	hang_up(s);
}

void
rn_smtp_free(RnSmtp *s)
{
	if (s == NULL)
		return;
	hang_up(s);
	rn_secret_free(s->password);
	g_free(s->url);
	g_free(s->user);
	g_free(s->ca_file);
	g_free(s);
}
