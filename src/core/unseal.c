/* unseal.c: registered mail and signatures: which message speaks, and whether it proves its writer. */
#include <string.h>

#include "base/text.h"
#include "core/reading.h"
#include "mail/registered.h"

#define SIGNED_BEFORE \
	(10 * 86400) /* a member's own signature binds no recipient: an old one may be a replay */
#define SIGNED_AFTER 86400

static const char *
note_of(RnSeal seal)
{
	return seal == RN_SEAL_OPENPGP ? "an OpenPGP signature is not verified" :
	    seal == RN_SEAL_OPAQUE     ? "an opaque S/MIME message is not verified" :
	                                 NULL;
}

/* Takes ID; the same without the angle brackets. */
static char *
bare_id(char *id)
{
	gsize len = id != NULL ? strlen(id) : 0;

	if (len > 2 && id[0] == '<' && id[len - 1] == '>') {
		memmove(id, id + 1, len - 2);
		id[len - 2] = '\0';
	}
	return id;
}

/* What a member's own signature covers, and not a second time: its digest stands for the provider's number.
 * It is made over the bytes that were signed, for line ends can be changed without breaking a signature. */
static void
note_own(RnRegistered *reg, const RnSealed *s, gint64 taken)
{
	g_autoptr(GBytes) canonical = rn_mime_canonical(s->covered);
	gsize len;
	const void *data = g_bytes_get_data(canonical, &len);
	g_autofree char *digest = rn_text_sha256(data, len);

	reg->identificativo = g_strconcat("sha256:", digest, NULL);
	if (reg->signed_at < taken - SIGNED_BEFORE || reg->signed_at > taken + SIGNED_AFTER)
		rn_registered_blame(
		    reg, RN_FAULT_DATE, "it was signed at another time than the one at which it came");
}

/* The message in the envelope speaks, whether the envelope is good or not: the policy holds what is not. */
static gboolean
choose(RnReading *r, const RnSealed *s, RnHead **head, RnHead *inner)
{
	RnRegistered *reg = r->registered;
	GBytes *message = NULL;
	RnLimits limits = { .max_bytes = G_MAXSIZE };

	if ((reg->kind == RN_REG_TRANSPORT || reg->kind == RN_REG_ANOMALY) && inner != NULL) {
		g_bytes_unref(r->spoken);
		r->spoken = g_bytes_ref(s->postacert);
		*head = inner;
		return TRUE;
	}
	if (reg->kind != RN_REG_SMIME || reg->signature != RN_SIGNATURE_VALID || reg->fault != RN_FAULT_NONE)
		return FALSE;
	message = rn_sealed_message(s, *head);
	inner = rn_head_scan(message, &limits, NULL);
	if (inner == NULL) {	/* the whole is read instead, and another reader may see other parts in it */
		rn_registered_blame(
		    reg, RN_FAULT_STRUCTURE, "what is signed does not fit under the header of the message");
		g_bytes_unref(message);
		return FALSE;
	}
	g_bytes_unref(r->spoken);
	r->spoken = message;
	*head = inner;
	return TRUE;
}

gboolean
rn_reading_unseal(
    RnEngine *e, RnReading *r, GBytes *raw, const RnEnvelope *env, RnHead **head, GError **error)
{
	g_autoptr(RnSealed) s = rn_sealed_read(raw, *head);
	g_autoptr(RnHead) inner = NULL;
	g_autoptr(GError) why = NULL;
	RnRegistered *reg;
	RnHead *outer = *head;

	r->spoken = g_bytes_ref(raw);
	r->reference = bare_id(rn_head_text(*head, "X-Riferimento-Message-ID"));
	r->seal_note = note_of(s->seal);
	if (!s->registered && s->seal != RN_SEAL_CMS)
		return TRUE;
	reg = r->registered = rn_parser_seal(e->parser, raw, r->taken, &why);
	if (reg == NULL && why->code != RN_ERR_LIMIT && why->code != RN_ERR_INPUT) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	if (reg == NULL) {
		r->problem = g_strdup(why->message);
		return TRUE;
	}
	if (s->postacert != NULL)
		inner = rn_head_scan(s->postacert, NULL, NULL);
	rn_registered_examine(reg, s, outer, inner, &e->settings->site, env, r->taken);
	if (reg->kind == RN_REG_SMIME)
		note_own(reg, s, r->taken);
	if (!choose(r, s, head, inner))
		return TRUE;
	if (*head == inner)
		(void)g_steal_pointer(&inner);
	rn_head_free(outer);
	return TRUE;
}

/* Was it here before, in another message? An envelope may come once to each address that its sender wrote to.
 * To any other of ours it may come if it came nowhere else: addresses can be made up without end. What a
 * member signs names no address, so it counts once. */
static gboolean
replayed(RnTx *tx, const RnReading *r, const char *rcpt, gboolean *yes, GError **error)
{
	const RnRegistered *reg = r->registered;

	return rn_store_registered_seen(tx, rn_reg_kind_word(reg->kind), reg->identificativo,
	    rn_registered_wrote_to(reg, rcpt) ? rcpt : NULL, r->inbox_id, yes, error);
}

/* A member's own signature covers words, but neither the header nor to whom they go: it proves nothing of a
 * word in the subject, nor of a mail that the domain in From disowns, which anybody may have sent again. */
static gboolean
speaks_by_itself(const RnReading *r)
{
	return g_strcmp0(r->facts->intent_rule, "subject-only") != 0 && r->auth != RN_AUTH_FAIL;
}

gboolean
rn_reading_prove(RnTx *tx, RnReading *r, GError **error)
{
	RnRegistered *reg = r->registered;
	RnFacts *f = r->facts;
	gboolean again = FALSE;

	r->sealed = FALSE;
	f->fault = RN_FAULT_NONE;
	if (reg == NULL)
		return TRUE;
	if (rn_registered_is_receipt(reg->kind) && reg->fault == RN_FAULT_NONE &&
	    f->class_ == RN_CLASS_HUMAN) {
		f->class_ = RN_CLASS_RECEIPT;
		g_free(f->class_why);
		f->class_why = g_strdup("daticert.xml");
	}
	if (tx != NULL && reg->fault == RN_FAULT_NONE && reg->identificativo != NULL &&
	    (reg->kind == RN_REG_TRANSPORT || reg->kind == RN_REG_SMIME) &&
	    !replayed(tx, r, r->rcpt, &again, error))
		return FALSE;
	if (again)
		rn_registered_blame(reg, RN_FAULT_REPLAYED, "it has been here before, in another message");
	if (reg->kind != RN_REG_SMIME)
		f->fault = reg->fault;
	r->sealed = reg->signature == RN_SIGNATURE_VALID && reg->fault == RN_FAULT_NONE &&
	    (reg->kind == RN_REG_TRANSPORT || (reg->kind == RN_REG_SMIME && speaks_by_itself(r)));
	return TRUE;
}

char *
rn_reading_seal_why(const RnReading *r)
{
	const RnRegistered *reg = r->registered;

	if (reg == NULL)
		return g_strdup(r->seal_note);
	if (r->sealed && reg->kind == RN_REG_SMIME)
		return g_strdup_printf("own S/MIME signature, certified by %s%s",
		    reg->provider != NULL ? reg->provider : "a configured certificate",
		    reg->weak ? " (SHA-1)" : "");
	if (r->sealed)
		return g_strdup_printf("PEC envelope %s, signed by %s for %s%s", reg->identificativo,
		    (const char *)g_ptr_array_index(reg->signers, 0), reg->mittente,
		    reg->weak ? " (SHA-1)" : "");
	if (reg->fault != RN_FAULT_NONE && reg->kind == RN_REG_SMIME)
		return g_strdup_printf("its S/MIME signature proves nothing: %s",
		    reg->detail != NULL ? reg->detail : rn_fault_word(reg->fault));
	if (reg->fault != RN_FAULT_NONE)
		return g_strdup_printf("%s%s%s", rn_fault_word(reg->fault), reg->detail != NULL ? ": " : "",
		    reg->detail != NULL ? reg->detail : "");
	if (reg->kind == RN_REG_ANOMALY)
		return g_strdup("an anomaly envelope proves nothing of the mail inside");
	return NULL;
}
