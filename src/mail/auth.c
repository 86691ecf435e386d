/* auth.c: what our own mail server found out about the sender, and nobody else's word for it. */
#include "mail/auth.h"

#include <string.h>

#include "base/text.h"
#include "mail/align.h"
#include "mail/authres.h"
#include "mail/dkim.h"
#include "mail/received.h"

/* All that our own fields say about one From. */
typedef struct {
	const RnHead	*head;
	const char	*domain;	/* of From */
	gboolean	 any, malformed, twice;
	gboolean	 dmarc_fail, dmarc_pass, dkim_pass, dkim_weak, spf_pass;
	guint		 seen;		/* methods of the fields above, as bits */
	int		 segment;	/* where dkim or dmarc was found: Received fields above it; -1 = not yet */
} Findings;

static gboolean
is_field(const RnField *field, const char *name)
{
	return strlen(name) == field->name_len &&
	    g_ascii_strncasecmp(field->name, name, field->name_len) == 0;
}

/* One of Authentication-Results. White space before its colon is written by no verifier, and hides it from a
 * mail server that takes forged ones off by a pattern. */
static gboolean
is_result(const RnField *field)
{
	return is_field(field, "Authentication-Results") && field->name[field->name_len] == ':';
}

static void
weigh(Findings *f, const RnClaim *c)
{
	gboolean aligned = c->domain != NULL && rn_aligned(c->domain, f->domain);

	switch (c->method) {
	case RN_METHOD_DMARC:
		f->dmarc_pass |= c->pass && (c->domain == NULL || aligned);
		break;
	case RN_METHOD_DKIM:
		if (!c->pass || !aligned)
			break;
		if (rn_dkim_whole(f->head, c->domain))
			f->dkim_pass = TRUE;
		else
			f->dkim_weak = TRUE;
		break;
	case RN_METHOD_SPF:
		f->spf_pass |= c->pass && aligned;
		break;
	case RN_METHOD_OTHER:
		break;
	}
}

/* A verifier says each method once, at one place: OpenDKIM and OpenDMARC write three fields, but not two for
 * one method. A second field with the same method came with the message. (SPF is left out: several filters
 * may write it, and no proof rests on it.) */
static void
note_field(Findings *f, const GPtrArray *claims, int segment)
{
	guint here = 0;

	for (guint i = 0; i < claims->len; i++) {
		const RnClaim *c = g_ptr_array_index(claims, i);

		if (c->method == RN_METHOD_DKIM || c->method == RN_METHOD_DMARC)
			here |= 1u << c->method;
		weigh(f, c);
	}
	f->any = TRUE;
	f->twice |= (f->seen & here) != 0 || (here != 0 && f->segment >= 0 && f->segment != segment);
	f->seen |= here;
	if (here != 0)
		f->segment = segment;
}

static gboolean
holds_fail(const GPtrArray *claims)
{
	for (guint i = 0; i < claims->len; i++) {
		const RnClaim *c = g_ptr_array_index(claims, i);

		if (c->method == RN_METHOD_DMARC && c->fail)
			return TRUE;
	}
	return FALSE;
}

/* TRUE if the Received field FIELD, the N-th from the top, is one of ours: from it upwards we believe the
 * header. */
static gboolean
still_ours(const RnField *field, guint n, char *const *received_by)
{
	if (received_by == NULL || *received_by == NULL)
		return n == 0;	/* the first one is what handed the message to us */
	return rn_received_ours(field, received_by);
}

/* Walks down the header. Below the first Received that is not ours nothing speaks for a message any more, but
 * a dmarc=fail under our name still speaks against it: an own Received that cannot be read must not hide one.
 */
static void
gather(Findings *f, const char *id, char *const *received_by)
{
	gboolean believed = TRUE;
	guint received = 0;

	for (guint i = 0; i < rn_head_n(f->head); i++) {
		const RnField *field = rn_head_at(f->head, i);
		g_autoptr(GPtrArray) claims = NULL;
		gboolean malformed = FALSE;

		if (is_field(field, "Received"))
			believed = still_ours(field, received++, received_by) && believed;
		if (!is_result(field))
			continue;
		claims = rn_claims_new();
		if (!rn_authres_read(field, id, claims, &malformed))
			continue;
		if (believed)
			note_field(f, claims, (int)received);
		f->malformed |= believed && malformed;
		f->dmarc_fail |= holds_fail(claims);
	}
}

/* The first row that fits decides. */
static RnAuthResult
conclude(const Findings *f, const char *id, char **why)
{
	const struct {
		gboolean	 fits;
		RnAuthResult	 result;
		const char	*before, *after;
	} rows[] = {
		{ f->dmarc_fail, RN_AUTH_FAIL, "dmarc=fail by ", "" },
		{ !f->any, RN_AUTH_NONE, "no result by ", "" },
		{ f->malformed, RN_AUTH_NONE, "an unreadable result by ", "" },
		{ f->twice, RN_AUTH_NONE, "more than one result for a method by ", ": one may be forged" },
		{ f->dkim_pass && f->dmarc_pass, RN_AUTH_PASS, "dmarc=pass by ", "" },
		{ f->dkim_pass, RN_AUTH_PASS, "dkim=pass by ", "" },
		{ f->dkim_weak, RN_AUTH_WEAK, "dkim=pass by ", ", but the signature does not cover From and the whole text" },
		{ f->dmarc_pass, RN_AUTH_WEAK, "dmarc=pass by ", " rests on SPF alone" },
		{ f->spf_pass, RN_AUTH_WEAK, "spf=pass by ", ", no signature" },
		{ TRUE, RN_AUTH_NONE, "no pass for the domain of From by ", "" },
	};
	gsize i = 0;

	while (!rows[i].fits)
		i++;
	*why = g_strconcat(rows[i].before, id, rows[i].after, NULL);
	return rows[i].result;
}

RnAuthResult
rn_auth_read(
    const RnHead *head, const char *authserv_id, char *const *received_by, const char *from, char **why)
{
	Findings f = { .head = head, .domain = rn_addr_domain(from), .segment = -1 };

	if (authserv_id == NULL || *authserv_id == '\0') {
		*why = g_strdup("no authserv-id is configured");
		return RN_AUTH_NONE;
	}
	gather(&f, authserv_id, received_by);
	return conclude(&f, authserv_id, why);
}

gboolean
rn_auth_login(const char *login, const char *domain, const char *from)
{
	g_autofree char *whole = NULL, *folded = NULL;

	if (login == NULL || *login == '\0' || domain == NULL || *domain == '\0')
		return FALSE;
	whole = strchr(login, '@') != NULL ? g_strdup(login) : g_strconcat(login, "@", domain, NULL);
	folded = rn_addr_fold(whole);
	return g_ascii_strcasecmp(rn_addr_domain(folded), domain) == 0 && strcmp(folded, from) == 0;
}

RnProof
rn_auth_proof(RnAuthResult result, gboolean registered)
{
	if (!registered)
		return RN_PROOF_NONE;
	if (result == RN_AUTH_FAIL)
		return RN_PROOF_FAILED;
	return result == RN_AUTH_PASS ? RN_PROOF_NORMAL : RN_PROOF_LOW;
}
