/* provider.h: asking a provider to renew, deactivate or reactivate a box. Drivers are rows of a table:
 * manual, exec (http, aruba later). */
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
	const char	*document_kind, *document_sha256;	/* where the convention hands it on */
	GBytes		*document;	/* NULL: none */
} RnAsk;

typedef struct {
	RnDay		 new_expiry;	/* RN_DAY_NONE if not said */
	char		*reference;	/* the provider's own number, or NULL */
	char		*why;		/* words for log, letter and store */
} RnSaid;

/* Frees what is in SAID and sets it to nothing said. */
void rn_said_clear(RnSaid *said);

/* Asks the provider of convention C, by the driver that it names. *SAID is filled whatever the answer; clear
 * it with rn_said_clear(). Driver manual answers RN_SAYS_PERSON.
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
 * the exit code. */
RnSays rn_provider_ask(const RnConvention *c, const RnAsk *ask, RnSaid *said);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnSaid, rn_said_clear)

#endif
