#include "prog/milter_eom.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/world.h"
#include "prog/milter_hand.h"

/* From the last to the first, so that no index moves under us. */
static void
remove_forged(SMFICTX *ctx, const RnMilterMail *m)
{
	for (guint i = m->forged->len; i > 0; i--)
		smfi_chgheader(
		    ctx, g_ptr_array_index(m->forged, i - 1), g_array_index(m->forged_at, int, i - 1), NULL);
}

/* The macro NAME; NULL if the mail server does not know it, or has nothing to say. */
static const char *
macro(SMFICTX *ctx, const char *name)
{
	const char *value = smfi_getsymval(ctx, (char *)name);

	return value != NULL && *value != '\0' ? value : NULL;
}

/* Sendmail writes IPv6:2001:db8::1, and a name where there is no address. */
static const char *
client_of(SMFICTX *ctx)
{
	const char *addr = macro(ctx, "{client_addr}");

	if (addr != NULL && g_ascii_strncasecmp(addr, "IPv6:", 5) == 0)
		addr += 5;
	return addr != NULL && g_hostname_is_ip_address(addr) ? addr : NULL;
}

/* The session as far as the mail server tells it. */
static RnSession *
session_of(SMFICTX *ctx, const RnMilterTalk *t)
{
	RnSession *s = rn_session_new();

	s->queue_id = g_strdup(macro(ctx, "i"));
	s->client = g_strdup(client_of(ctx));
	s->helo = g_strdup(t->helo);
	s->tls = g_strdup(macro(ctx, "{tls_version}"));
	s->user = g_strdup(macro(ctx, "{auth_authen}"));
	return s;
}

static gboolean
add_session(SMFICTX *ctx, const RnMilterTalk *t, const char *value)
{
	/* where white space is ours to see it is ours to write */
	g_autofree char *spaced = g_strconcat((t->agreed & SMFIP_HDR_LEADSPC) != 0 ? " " : "", value, NULL);

	return smfi_addheader(ctx, (char *)RN_SESSION_FIELD, spaced) == MI_SUCCESS;
}

void
rn_milter_log(SMFICTX *ctx, const RnMilterTalk *t, const char *decision, const char *why)
{
	const char *id = macro(ctx, "i");
	g_autofree char *ms = g_strdup_printf("%" G_GINT64_FORMAT, (rn_monotonic() - t->mail.began) / 1000);

	rn_log(RN_LOG_INFO, id != NULL ? id : "-", "milter", "decision", decision, "rule", t->mail.rule,
	    "why", why, "ms", ms, NULL);
}

/* The recipients that lmtpd has taken go, by the very words of the mail server; how many are left. */
static guint
remove_taken(SMFICTX *ctx, const RnMilterMail *m, const gboolean *taken)
{
	guint left = 0;

	for (guint i = 0; i < m->ours->len; i++)
		if (!taken[i] || smfi_delrcpt(ctx, g_ptr_array_index(m->ours, i)) != MI_SUCCESS)
			left++;
	return left;
}

/* Mode handover. What does not work out goes by the queue: the same message twice is once. */
static const char *
hand_over(SMFICTX *ctx, const RnMilterTalk *t, const RnSession *s, const char *record, char **why)
{
	const RnMilterMail *m = &t->mail;
	g_autofree gboolean *taken = g_new0(gboolean, m->ours->len);
	g_autoptr(GBytes) raw = NULL;

	if (m->body == NULL || record == NULL || m->head_over)
		return "passed";
	raw = rn_milter_hand_message(m, s, record, macro(ctx, "j"));
	if (!rn_milter_hand_over(m, s, t->sender, raw, taken, why))
		return "passed";
	return remove_taken(ctx, m, taken) == 0 ? "handed-over" : "handed-over-in-part";
}

/* Forged fields go, the record comes, and lmtpd may have it. */
static void
finish(SMFICTX *ctx, RnMilterTalk *t)
{
	g_autoptr(RnSession) s = session_of(ctx, t);
	g_autofree char *why = NULL;
	const char *no_record = NULL, *decision;
	g_autofree char *value = rn_milter_mail_session(&t->mail, s, &no_record);

	remove_forged(ctx, &t->mail);
	if (value != NULL && !add_session(ctx, t, value))
		no_record = "the mail server takes no header";
	decision = hand_over(ctx, t, s, value, &why);
	rn_milter_log(ctx, t, decision, no_record != NULL ? no_record : why);
}

void
rn_milter_eom(SMFICTX *ctx, RnMilterTalk *t)
{
	if (t->mail.forged_over)
		rn_milter_log(ctx, t, "passed", "it brings along too many fields that only we may write");
	else
		finish(ctx, t);
}
