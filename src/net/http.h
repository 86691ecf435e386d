/* http.h: one HTTP request through libcurl, for the provider drivers and the time-stamps. Private to net. */
#ifndef RN_NET_HTTP_H
#define RN_NET_HTTP_H

#include "base/base.h"

typedef struct {
	const char	*url;		/* https://; http:// is for the caller to allow */
	char *const	*headers;	/* strv of "Name: value"; no CR, LF or NUL in them */
	const char	*body;		/* sent by POST; NULL = GET */
	gsize		 body_len;	/* its bytes; 0: it is a text, up to its NUL */
	const char	*ca_file;	/* certificates to trust instead of the system's; "" = the system's */
	int		 seconds;	/* for all of it */
} RnHttpAsk;

typedef enum {
	RN_HTTP_ANSWER,		/* an answer came, whole or longer than is read */
	RN_HTTP_NOT_SENT,	/* not a byte of the request has gone out: nothing has happened */
	RN_HTTP_LOST		/* the request, or a part of it, is out and no whole answer has come */
} RnHttpEnd;

typedef struct {
	RnHttpEnd	 end;
	long		 status;	/* of the answer */
	GString		*body;		/* its first 64 kB */
	gboolean	 over;		/* there was more */
	int		 retry_after;	/* seconds, by its Retry-After field (RFC 9110 10.2.3); 0 = not said */
	char		*why;		/* libcurl's words where no answer came */
} RnHttpGot;

/* Makes ASK and fills *GOT (clear it with rn_http_got_clear()). Every request has a connection of its own:
 * libcurl repeats by itself a POST on a kept one that turns out dead, and a renewal must not be repeated
 * blindly (law 8). TLS 1.2 or later with the peer verified; no redirect is followed, no proxy of the
 * environment used. */
void rn_http(const RnHttpAsk *ask, RnHttpGot *got);
void rn_http_got_clear(RnHttpGot *got);

/* TRUE if the answer is one that asks to come back: 408, 425, 429, 503. */
gboolean rn_http_later(const RnHttpGot *got);

/* TRUE if it says that we are not let in, or speak wrongly, whatever is asked for: a redirect, 401, 403, 405,
 * 406, 407, 411, 413, 414, 415, 426. The administrator has to do something; no box is to blame. */
gboolean rn_http_shut_out(const RnHttpGot *got);

/* "HTTP 503" or the reason why there is no answer; with WORDS of the body behind it where it is not NULL.
 * Caller frees. */
char *rn_http_why(const RnHttpGot *got, const char *words);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnHttpGot, rn_http_got_clear)

#endif
