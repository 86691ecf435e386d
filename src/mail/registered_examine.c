/* registered_examine.c: does what the provider certifies fit the message that brought it? The outer header is
 * not signed: anybody can put a genuine body under a new one, or send an old envelope to us. */
#include "mail/registered.h"

#include <string.h>

#include "base/text.h"
#include "mail/auth.h"
#include "mail/token.h"

#define WINDOW_BEFORE (7 * 86400)	/* an envelope waits so long in queues at most */
#define WINDOW_AFTER 86400		/* clocks differ */

/* The one From of HEAD, folded; NULL if it is odd. Caller frees. */
static char *
from_of(const RnHead *head)
{
	g_autoptr(RnFacts) f = rn_facts_new();

	if (head == NULL)
		return NULL;
	rn_auth_from(head, f);
	return g_steal_pointer(&f->from);
}

static gboolean
is_signer(const RnRegistered *reg, const char *from)
{
	for (guint i = 0; from != NULL && i < reg->signers->len; i++)
		if (strcmp(g_ptr_array_index(reg->signers, i), from) == 0)
			return TRUE;
	return FALSE;
}

/* The address behind "Per conto di:" in the display name of From, folded; NULL if it is not of that form. */
static char *
on_behalf_of(const RnHead *outer)
{
	static const char words[] = "per conto di:";
	g_autofree char *text = rn_head_text(outer, "From");
	char *p = text, *end;

	if (p == NULL || (end = strrchr(p, '<')) == NULL)
		return NULL;
	*end = '\0';
	g_strstrip(p);
	if (*p == '"' && strlen(p) > 1 && p[strlen(p) - 1] == '"') {
		p[strlen(p) - 1] = '\0';
		p++;
	}
	g_strchug(p);
	if (g_ascii_strncasecmp(p, words, strlen(words)) != 0)
		return NULL;
	p += strlen(words);
	g_strstrip(p);
	return rn_addr_valid(p) ? rn_addr_fold(p) : NULL;
}

static gboolean
same_address(const char *a, const char *folded)
{
	g_autofree char *fold = a != NULL && rn_addr_valid(a) ? rn_addr_fold(a) : NULL;

	return fold != NULL && folded != NULL && strcmp(fold, folded) == 0;
}

gboolean
rn_registered_wrote_to(const RnRegistered *reg, const char *address)
{
	g_autofree char *folded = address != NULL && rn_addr_valid(address) ? rn_addr_fold(address) : NULL;

	for (guint i = 0; folded != NULL && i < reg->recipients->len; i++)
		if (same_address(
		        ((const RnRegRecipient *)g_ptr_array_index(reg->recipients, i))->address, folded))
			return TRUE;
	return FALSE;
}

/* Is the recipient of this very message among those that the sender wrote to? Where its token is in the
 * address, it is that address and no other: an envelope to one token must not answer for another. */
static gboolean
holds_us(const RnRegistered *reg, const RnSite *site, const RnEnvelope *env)
{
	const char *rcpt = env != NULL ? env->rcpt : NULL;
	g_autofree char *token = rcpt != NULL ? rn_token_in_address(site, rcpt) : NULL;

	if (rn_registered_wrote_to(reg, rcpt))
		return TRUE;
	for (guint i = 0; token == NULL && i < reg->recipients->len; i++)
		if (rn_token_address_ours(
		        site, ((const RnRegRecipient *)g_ptr_array_index(reg->recipients, i))->address))
			return TRUE;
	return FALSE;
}

static void
blame_unless(RnRegistered *reg, gboolean fits, RnFault fault, const char *detail)
{
	if (!fits)
		rn_registered_blame(reg, fault, detail);
}

/* A person's mail in its envelope. */
static void
examine_transport(RnRegistered *reg, const RnSealed *s, const RnHead *outer, const RnHead *inner,
    const RnSite *site, const RnEnvelope *env, gint64 taken)
{
	g_autofree char *from = from_of(inner), *behalf = on_behalf_of(outer);
	g_autofree char *id = inner != NULL ? rn_head_message_id(inner) : NULL;

	blame_unless(reg, g_strcmp0(reg->errore != NULL ? reg->errore : "nessuno", "nessuno") == 0,
	    RN_FAULT_KIND, "it certifies an error");
	blame_unless(reg, s->postacert != NULL && inner != NULL, RN_FAULT_POSTACERT,
	    s->n_messages == 0       ? "postacert.eml is missing" :
	        s->n_messages > 1    ? "there is more than one message inside" :
	                            "the message inside cannot be read");
	blame_unless(reg, same_address(reg->mittente, from), RN_FAULT_MITTENTE,
	    "the box that sent is not the From of the message inside");
	blame_unless(reg, same_address(reg->mittente, behalf), RN_FAULT_BEHALF,
	    "the box that sent is not the one behind \"Per conto di\"");
	blame_unless(reg, holds_us(reg, site, env), RN_FAULT_RECIPIENT, "it was sent to somebody else");
	blame_unless(reg, reg->identificativo != NULL && g_strcmp0(reg->identificativo, id) == 0,
	    RN_FAULT_IDENTIFICATIVO, "its identificativo is missing, or not that of the message inside");
	blame_unless(reg,
	    reg->time != 0 && reg->time > taken - WINDOW_BEFORE && reg->time < taken + WINDOW_AFTER,
	    RN_FAULT_DATE, "its certified time is not that of its arrival");
}

/* The header may claim less than the provider certifies, but nothing else. */
static gboolean
fits_claim(const RnRegistered *reg, const RnSealed *s)
{
	gboolean claimed = s->claim != RN_REG_UNKNOWN && s->claim != RN_REG_SMIME;

	return reg->kind != RN_REG_UNKNOWN && (!claimed || s->claim == reg->kind);
}

void
rn_registered_examine(RnRegistered *reg, const RnSealed *s, const RnHead *outer, const RnHead *inner,
    const RnSite *site, const RnEnvelope *env, gint64 taken)
{
	g_autofree char *from = from_of(outer);

	if (reg->signature != RN_SIGNATURE_VALID || reg->fault != RN_FAULT_NONE)
		return;
	blame_unless(
	    reg, is_signer(reg, from), RN_FAULT_SIGNER, "the signer's certificate is not that of From");
	if (reg->kind == RN_REG_SMIME)
		return;
	blame_unless(
	    reg, fits_claim(reg, s), RN_FAULT_KIND, "header and daticert.xml do not say the same kind");
	if (reg->kind == RN_REG_TRANSPORT)
		examine_transport(reg, s, outer, inner, site, env, taken);
	else if (reg->kind == RN_REG_ANOMALY)
		blame_unless(reg, s->postacert != NULL && inner != NULL, RN_FAULT_POSTACERT,
		    "there is not exactly one message inside");
	else
		blame_unless(reg, reg->identificativo != NULL || reg->msgid != NULL, RN_FAULT_IDENTIFICATIVO,
		    "it names no message");
}
