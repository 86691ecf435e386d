/* provider.h: asking a provider to renew, deactivate or reactivate a box. Drivers are rows of a table:
 * manual, exec, http, aruba. */
#ifndef RN_NET_PROVIDER_H
#define RN_NET_PROVIDER_H

#include "model/order.h"
#include "model/settings.h"

typedef enum {
	RN_SAYS_DONE,		/* done; new_expiry may be given */
	RN_SAYS_LATER,		/* not done, ask again later */
	RN_SAYS_REFUSED,	/* refused for good */
	RN_SAYS_UNKNOWN,	/* nobody knows: marked uncertain, never blindly repeated (law 8) */
	RN_SAYS_PERSON		/* a person does it (driver manual), and will say so by `rinnova order renewed` */
} RnSays;

typedef struct {
	RnCallKind	 kind;
	const char	*key;		/* idempotency key, the same for every try */
	const char	*order;		/* order number, NULL for a deactivation */
	const char	*box, *account, *holder, *type;
	int		 term;		/* months */
	RnDay		 expiry;	/* now */
	RnDay		 wanted;	/* requested new expiry */
	int		 attempt;	/* 1.. */
	gboolean	 doubt;		/* an earlier try may have been carried out: nobody knows */
	const char	*document_kind, *document_sha256;	/* where the convention hands it on */
	GBytes		*document;	/* NULL: none */
} RnAsk;

typedef struct {
	RnDay		 new_expiry;	/* RN_DAY_NONE if not said */
	char		*reference;	/* the provider's own number, or NULL */
	char		*why;		/* words for log, letter and store */
	gboolean	 away;		/* with RN_SAYS_LATER: the provider is away or does not let us in */
	int		 wait;		/* seconds for which it asked to be left alone; 0 = not said */
} RnSaid;

/* A provider as one convention sees it; holds what lasts from one question to the next, such as a login. Not
 * for two threads at once. */
typedef struct RnProvider RnProvider;

/* C must outlive it. TZ: the zone in which days are counted. */
RnProvider *rn_provider_new(const RnConvention *c, GTimeZone *tz);
void rn_provider_free(RnProvider *p);

/* Frees what is in SAID and sets it to nothing said. */
void rn_said_clear(RnSaid *said);

/* Asks the provider by the driver that its convention names. *SAID is filled whatever the answer; clear it
 * with rn_said_clear(). Driver manual answers RN_SAYS_PERSON.
 *
 * Driver exec runs c->provider_command: an absolute path, no shell, no arguments, in "/", clean environment
 * (PATH, LANG, TZ), one JSON object on stdin, null where there is nothing:
 *
 *   {"action":"renew|deactivate|reactivate","idempotency_key":...,"order":...,"box":...,"account":...,
 *    "holder":...,"type":...,"term_months":n,"expiry":"YYYY-MM-DD","wanted_expiry":...,"attempt":n}
 *
 * and, with provider-document = yes and a document on file,
 *
 *   "document":{"kind":"pdf|jpeg|png|heic","sha256":hex,"data":base64}
 *
 * Exit 0 = done, 75 = later, 69 or 65 = refused; could not be started = later (nothing has happened); killed
 * by its time-out or any other end = unknown. Stdout may hold one JSON object of at most 64 kB,
 *
 *   {"expiry":"YYYY-MM-DD","reference":"...","message":"..."}
 *
 * and with exit 0 anything else on it, or a renewal whose expiry is not after the present one, is unknown: a
 * command that lies about this may lie about the rest. Why is the message, else the last line of stderr with
 * the exit code.
 *
 * Driver http makes one POST: provider-url with its {placeholders} filled in (percent-encoded; the names are
 * those of the JSON above), the same JSON without attempt as body, or that of provider-body, a JSON file in
 * which every string that is "{name}" gives way to the value, and {name} inside of a longer one to its text.
 * Fields:
 *
 *   Idempotency-Key: the key          X-Rinnova-Time: seconds since 1970
 *   X-Rinnova-Signature: sha256=HEX   HMAC-SHA-256 under provider-secret-file over time "." body
 *
 * 2xx = done, with the JSON answer above or an empty body; 202, 408, 425, 429 and 503 = later (Retry-After is
 * kept to); what shuts us out, and no connection = later, away; other 4xx = refused; all else, and a request
 * whose answer is lost = unknown. It is asked again with the same key.
 *
 * Driver aruba is the partner API of Aruba PEC: login (token and refresh), accounts/info before and after,
 * renew, suspend and suspend-undo. Its renew has no idempotency key: so a renewal counts as done when, and
 * only when, the end date has moved, and with ASK->doubt it is looked up and never made again. */
RnSays rn_provider_ask(RnProvider *p, const RnAsk *ask, RnSaid *said);

/* Does the provider let us in? Driver aruba logs in; of the others only what can be seen from here is said,
 * and TRUE. *WHY: what was found, in words; caller frees. */
gboolean rn_provider_login(RnProvider *p, char **why);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnSaid, rn_said_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnProvider, rn_provider_free)

#endif
