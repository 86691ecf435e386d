/* token_find.c: which token a message answers with: the recipient's, then the thread's, then the body's. */
#include <string.h>

#include "mail/token.h"

/* What is known while one message is looked through. */
typedef struct {
	const RnKeyRing	*ring;
	const RnSite	*site;
	RnDay		 today;
	RnFacts		*facts;
} Search;

/* The better verdict wins, and of equal ones the place that was looked at first. */
static int
rank(RnTokenVerdict verdict)
{
	switch (verdict) {
	case RN_TOKEN_GOOD:
		return 4;
	case RN_TOKEN_EXPIRED:
		return 3;
	case RN_TOKEN_UNCHECKED:
		return 2;
	case RN_TOKEN_BAD:
	case RN_TOKEN_UNKNOWN_KEY:
		return 1;
	case RN_TOKEN_NONE:
	case RN_TOKEN_N:
		break;
	}
	return 0;
}

/* Purposes between which one thread moves on: a reply to a summary still names the notice in its References.
 */
static int
family(RnPurpose purpose)
{
	switch (purpose) {
	case RN_PURPOSE_RENEW:
	case RN_PURPOSE_ACCEPT:
	case RN_PURPOSE_DECLINE:
	case RN_PURPOSE_QUESTION:
	case RN_PURPOSE_AUTHORIZE:
		return 0;
	case RN_PURPOSE_NONE:
	case RN_PURPOSE_BOUNCE:
	case RN_PURPOSE_ADMIN:
	case RN_PURPOSE_VERIFY:
	case RN_PURPOSE_N:
		break;
	}
	return (int)purpose;
}

static void
consider(Search *s, RnWhere where, const char *token)
{
	RnFacts *f = s->facts;
	RnToken t = { .last_day = RN_DAY_NONE };
	RnTokenVerdict verdict = rn_token_check(s->ring, token, s->site->domain, s->today, &t);

	if (verdict == f->token_verdict && (verdict == RN_TOKEN_GOOD || verdict == RN_TOKEN_UNCHECKED) &&
	    (t.period != f->token.period || family(t.purpose) != family(f->token.purpose)))
		f->token_conflict = TRUE;
	if (rank(verdict) <= rank(f->token_verdict))
		return;
	f->token_verdict = verdict;
	f->where = where;
	f->token = t;
	g_free(f->token_text);
	f->token_text = g_strdup(token);
}

/* The token at the end of the local part of ID, if ID is a Message-ID of ours; caller frees. */
static char *
in_message_id(const RnSite *site, char *id)
{
	char *at = strrchr(id, '@'), *dot;

	if (at == NULL ||
	    (site->domain != NULL && *site->domain != '\0' && g_ascii_strcasecmp(at + 1, site->domain) != 0))
		return NULL;
	*at = '\0';
	dot = strrchr(id, '.');
	return dot != NULL ? rn_token_canonical(dot + 1) : NULL;
}

/* The field NAME cut into its words, addresses or Message-IDs; commas and brackets gone (some servers write
 * References with commas). NULL if there is none. Caller frees. */
static char **
words(const RnHead *head, const char *name, guint n)
{
	const RnField *field = rn_head_find(head, name, n);
	g_autofree char *text = field != NULL ? rn_field_text(field) : NULL;

	return text != NULL ? g_strsplit_set(text, " \t,;<>()\"", -1) : NULL;
}

static void
look_in_thread(Search *s, const RnHead *head)
{
	g_auto(GStrv) answered = words(head, "In-Reply-To", 0), chain = words(head, "References", 0);

	for (guint i = 0; answered != NULL && answered[i] != NULL; i++) {
		g_autofree char *token = in_message_id(s->site, answered[i]);

		if (token != NULL)
			consider(s, RN_WHERE_THREAD, token);
	}
	/* People answer the letter about one box in the thread of another: what was said before is no
	 * contradiction. */
	if (s->facts->token_verdict == RN_TOKEN_GOOD || s->facts->token_verdict == RN_TOKEN_UNCHECKED)
		return;
	/* the newest letter of the chain stands last */
	for (guint i = chain != NULL ? g_strv_length(chain) : 0; i > 0; i--) {
		g_autofree char *token = in_message_id(s->site, chain[i - 1]);

		if (token != NULL)
			consider(s, RN_WHERE_THREAD, token);
	}
}

/* Where the mail server did not say for whom the message is, its header has to. */
static void
look_at_header_recipients(Search *s, const RnHead *head)
{
	static const char *const names[] = { "Delivered-To", "X-Original-To", "To", "Cc" };

	for (gsize k = 0; k < G_N_ELEMENTS(names); k++) {
		g_auto(GStrv) list = words(head, names[k], 0);

		for (guint i = 0; list != NULL && list[i] != NULL; i++) {
			g_autofree char *token = rn_token_in_address(s->site, list[i]);

			if (token != NULL)
				consider(s, RN_WHERE_RECIPIENT, token);
		}
	}
}

void
rn_token_find(const RnKeyRing *ring, const RnSite *site, const RnEnvelope *env, const RnHead *head,
    RnDay today, RnFacts *facts)
{
	Search s = { ring, site, today, facts };
	const char *rcpt = env != NULL ? env->rcpt : NULL;
	g_autofree char *in_rcpt = rcpt != NULL ? rn_token_in_address(site, rcpt) : NULL;
	g_autofree char *in_body = facts->body_token != NULL ? rn_token_canonical(facts->body_token) : NULL;

	facts->where = RN_WHERE_NONE;
	facts->token_verdict = RN_TOKEN_NONE;
	facts->token_conflict = FALSE;
	facts->token = (RnToken){ .last_day = RN_DAY_NONE };
	g_clear_pointer(&facts->token_text, g_free);
	if (in_rcpt != NULL)
		consider(&s, RN_WHERE_RECIPIENT, in_rcpt);
	if (rcpt == NULL && head != NULL)
		look_at_header_recipients(&s, head);
	if (head != NULL)
		look_in_thread(&s, head);
	if (in_body != NULL)
		consider(&s, RN_WHERE_BODY, in_body);
}
