/* authres.h: one Authentication-Results field (RFC 8601 2.2), tokenized with its comments and quoted strings.
 */
#ifndef RN_MAIL_AUTHRES_H
#define RN_MAIL_AUTHRES_H

#include "mail/head.h"

typedef enum { RN_METHOD_OTHER, RN_METHOD_DMARC, RN_METHOD_DKIM, RN_METHOD_SPF } RnMethod;

/* One result. DOMAIN is what it is about: header.from, header.d (or the domain of header.i), the domain of
 * smtp.mailfrom; NULL if it is not given, given twice in two ways, or has a byte outside letters, digits, '.'
 * and '-'. */
typedef struct {
	RnMethod	 method;
	gboolean	 pass, fail;
	char		*domain;
} RnClaim;

/* An empty list of claims (RnClaim, owned). */
GPtrArray *rn_claims_new(void);

/* Adds the results of FIELD to CLAIMS if its authserv-id is ID (any case); FALSE if it is not. Where the
 * field is against the grammar *MALFORMED is set, and the results before that place are added: they may count
 * against a message, never for it. */
gboolean rn_authres_read(const RnField *field, const char *id, GPtrArray *claims, gboolean *malformed);

/* Does FIELD say that it is written by ID, so that rn_authres_read() would take it? */
gboolean rn_authres_is_by(const RnField *field, const char *id);

#endif
