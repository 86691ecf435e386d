#include "prog/milter_mail.h"

#include <string.h>

#include "base/text.h"
#include "base/world.h"
#include "mail/authres.h"

/* What has more of them than this is an attack, and to find the last of them the mail server reads the whole
 * header each time. */
#define FORGED_MAX 100
#define RESULTS "Authentication-Results"
#define HEAD_MAX (256 << 10)	/* bytes of a header that is looked at */

void
rn_milter_mail_clear(RnMilterMail *m)
{
	g_clear_pointer(&m->conf, rn_milter_conf_unref);
	g_clear_pointer(&m->ours, g_ptr_array_unref);
	g_clear_pointer(&m->forged, g_ptr_array_unref);
	g_clear_pointer(&m->forged_at, g_array_unref);
	g_clear_pointer(&m->digest, rn_digest_free);
	g_clear_pointer(&m->body, g_byte_array_unref);
	if (m->head != NULL)
		g_string_free(m->head, TRUE);
	*m = (RnMilterMail){ 0 };
}

void
rn_milter_mail_begin(RnMilterMail *m, RnMilterConf *conf)
{
	rn_milter_mail_clear(m);
	m->conf = conf;
}

char *
rn_milter_bare(const char *addr)
{
	gsize len = strlen(addr);

	return len >= 2 && addr[0] == '<' && addr[len - 1] == '>' ? g_strndup(addr + 1, len - 2) :
	                                                            g_strdup(addr);
}

/* Nearly all recipients are somebody else's: their domain alone says so, and nothing is copied. */
static gboolean
domain_is_ours(const RnSite *site, const char *rcpt)
{
	const char *at = strrchr(rcpt, '@');
	gsize len = strlen(site->domain);

	return at != NULL && g_ascii_strncasecmp(at + 1, site->domain, len) == 0 &&
	    (at[1 + len] == '\0' || at[1 + len] == '>');
}

void
rn_milter_mail_rcpt(RnMilterMail *m, const char *rcpt)
{
	const RnSite *site = &m->conf->settings->site;
	g_autofree char *bare = domain_is_ours(site, rcpt) ? rn_milter_bare(rcpt) : NULL;

	if (bare == NULL || !rn_token_address_ours(site, bare)) {
		m->others++;
		return;
	}
	if (m->ours == NULL)
		m->ours = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(m->ours, g_strdup(rcpt));
}

static guint
n_ours(const RnMilterMail *m)
{
	return m->ours != NULL ? m->ours->len : 0;
}

RnMilterWay
rn_milter_mail_data(RnMilterMail *m)
{
	const RnSite *site = &m->conf->settings->site;
	RnMilterSight sight = { .ours = n_ours(m), .others = m->others, .refuse = site->milter_refuse };

	m->way = rn_milter_way(&sight, &m->rule);
	if (m->way == RN_MILTER_FOREIGN)
		return m->way;
	m->taken = rn_now();
	m->began = rn_monotonic();
	if (m->way != RN_MILTER_OURS)
		return m->way;
	m->head = g_string_new(NULL);
	m->forged = g_ptr_array_new_with_free_func(g_free);
	m->forged_at = g_array_new(FALSE, FALSE, sizeof(int));
	m->digest = rn_digest_new();
	if (site->milter_mode == RN_MILTER_HANDOVER)
		m->body = g_byte_array_new();
	return m->way;
}

/* Our own fields, and where the site wants it the results of our verifiers, who come behind us: what a
 * message brings along of them is forged. */
static gboolean
is_ours_to_write(const RnMilterMail *m, const char *name, const char *value)
{
	const RnSite *site = &m->conf->settings->site;
	RnField field = {
		.name = name, .name_len = strlen(name), .value = value, .value_len = strlen(value)
	};

	return g_ascii_strncasecmp(name, RN_SESSION_OURS, strlen(RN_SESSION_OURS)) == 0 ||
	    (site->milter_strip && g_ascii_strcasecmp(name, RESULTS) == 0 &&
	        rn_authres_is_by(&field, site->authserv_id));
}

/* The mail server names a field by how often its name stands in the header up to it. Results of others than
 * us count there too; of our own fields each is forged. */
static void
note_forged(RnMilterMail *m, const char *name)
{
	int at = (int)m->results;

	if (m->forged->len == FORGED_MAX) {
		m->forged_over = TRUE;
		return;
	}
	if (g_ascii_strcasecmp(name, RESULTS) != 0) {
		at = 1;
		for (guint i = 0; i < m->forged->len; i++)
			at += g_ascii_strcasecmp(g_ptr_array_index(m->forged, i), name) == 0;
	}
	g_ptr_array_add(m->forged, g_strdup(name));
	g_array_append_val(m->forged_at, at);
}

void
rn_milter_mail_header(RnMilterMail *m, const char *name, const char *value, gboolean space)
{
	if (m->head == NULL)
		return;
	m->results += g_ascii_strcasecmp(name, RESULTS) == 0;
	if (is_ours_to_write(m, name, value)) {
		note_forged(m, name);
		return;
	}
	if (m->head_over || m->head->len + strlen(name) + strlen(value) > HEAD_MAX) {
		m->head_over = TRUE;
		return;
	}
	g_string_append_printf(m->head, "%s:%s", name, space ? "" : " ");
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\n' && (p == value || p[-1] != '\r'))
			g_string_append_c(m->head, '\r');
		g_string_append_c(m->head, *p);
	}
	g_string_append(m->head, "\r\n");
}

/* The header for reading; NULL if it is none or over a limit. */
static RnHead *
scan(const RnMilterMail *m)
{
	g_autoptr(GBytes) raw = g_bytes_new(m->head->str, m->head->len);

	return m->head_over ? NULL : rn_head_scan(raw, NULL, NULL);
}

/* What recipients and thread say. A header that cannot be read is no reason to refuse: the door behind the
 * queue holds it. */
static void
look_for_tokens(const RnMilterMail *m, RnMilterSight *sight)
{
	const RnSettings *s = m->conf->settings;
	g_autoptr(RnHead) head = scan(m);

	if (head == NULL && (m->head_over || m->head->len > 0))
		sight->refuse = FALSE;
	for (guint i = 0; i < m->ours->len; i++) {
		g_autofree char *rcpt = rn_milter_bare(g_ptr_array_index(m->ours, i));
		RnEnvelope env = { .rcpt = rcpt };
		g_autoptr(RnFacts) facts = rn_facts_new();
		RnTokenVerdict v;

		rn_token_find(m->conf->ring, &s->site, &env, head, rn_day_of(m->taken, s->tz), facts);
		v = facts->token_verdict;
		sight->token_good |= v == RN_TOKEN_GOOD || v == RN_TOKEN_EXPIRED;
		sight->token_seen |= v != RN_TOKEN_NONE || rn_token_garbled(&s->site, rcpt);
	}
}

RnMilterWay
rn_milter_mail_eoh(RnMilterMail *m)
{
	RnMilterSight sight = { .ours = n_ours(m),
		.others = m->others,
		.refuse = m->conf->settings->site.milter_refuse && !m->old_keys,
		.headers = TRUE };

	if (m->way == RN_MILTER_OURS)
		look_for_tokens(m, &sight);
	m->way = rn_milter_way(&sight, &m->rule);
	return m->way;
}

/* Too large for the hand-over: it goes by the queue. */
static void
keep_body(RnMilterMail *m, const void *data, gsize len)
{
	if (m->body->len + len > (gsize)m->conf->settings->site.handover_max)
		g_clear_pointer(&m->body, g_byte_array_unref);
	else
		g_byte_array_append(m->body, data, (guint)len);
}

gboolean
rn_milter_mail_body(RnMilterMail *m, const void *data, gsize len)
{
	if (m->digest == NULL || m->over)
		return FALSE;
	m->size += len;
	if (m->size > (gsize)m->conf->settings->site.max_message) {
		m->over = TRUE;
		g_clear_pointer(&m->body, g_byte_array_unref);
		return FALSE;
	}
	rn_digest_feed(m->digest, data, len);
	if (m->body != NULL)
		keep_body(m, data, len);
	return TRUE;
}

/* Did the sender give it a Message-ID? A mail server may put one in behind us. */
static gboolean
has_id(const RnHead *head)
{
	g_autofree char *id = head != NULL ? rn_head_message_id(head) : NULL;

	return id != NULL;
}

char *
rn_milter_mail_session(RnMilterMail *m, RnSession *s, const char **why)
{
	g_autofree char *digest = NULL;
	g_autoptr(GPtrArray) rcpts = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(RnHead) head = scan(m);
	char *value;

	*why = m->over ? "the message is larger than lmtp.max-message" : "its header cannot be read";
	if (m->over || (head == NULL && (m->head_over || m->head->len > 0)))
		return NULL;
	digest = rn_digest_end(m->digest);
	for (guint i = 0; i < m->ours->len; i++)
		g_ptr_array_add(rcpts, rn_milter_bare(g_ptr_array_index(m->ours, i)));
	s->taken = m->taken;
	s->has_id = has_id(head);
	s->stripped = m->conf->settings->site.milter_strip;
	value = rn_session_sign(m->conf->ring, m->conf->settings->site.domain, s, (char *const *)rcpts->pdata,
	    rcpts->len, head, digest);
	*why = value == NULL ? "too many recipients of ours" : NULL;
	return value;
}
