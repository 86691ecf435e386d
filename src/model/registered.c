/* registered.c: registered mail as a plain struct, and its words. */
#include "model/registered.h"

/* clang-format off */
static const char *const kind_words[] = {
	[RN_REG_TRANSPORT]	= "posta-certificata",
	[RN_REG_ACCEPTED]	= "accettazione",
	[RN_REG_NOT_ACCEPTED]	= "non-accettazione",
	[RN_REG_TAKEN]		= "presa-in-carico",
	[RN_REG_DELIVERED]	= "avvenuta-consegna",
	[RN_REG_FAILED]		= "errore-consegna",
	[RN_REG_LATE]		= "preavviso-errore-consegna",
	[RN_REG_VIRUS]		= "rilevazione-virus",
	[RN_REG_ANOMALY]	= "anomalia",
	[RN_REG_SMIME]		= "smime",
	[RN_REG_UNKNOWN]	= "unknown",
};

static const char *const signature_words[] = {
	[RN_SIGNATURE_MISSING]	= "missing",
	[RN_SIGNATURE_VALID]	= "valid",
	[RN_SIGNATURE_INVALID]	= "invalid",
	[RN_SIGNATURE_UNTRUSTED] = "untrusted",
};

static const char *const fault_words[] = {
	[RN_FAULT_NONE]		= "none",
	[RN_FAULT_NOT_SIGNED]	= "pec-not-signed",
	[RN_FAULT_STRUCTURE]	= "pec-structure",
	[RN_FAULT_UNREADABLE]	= "pec-signature-unreadable",
	[RN_FAULT_SIGNERS]	= "pec-signers",
	[RN_FAULT_DIGEST]	= "pec-digest",
	[RN_FAULT_BROKEN]	= "pec-signature-broken",
	[RN_FAULT_NO_ANCHOR]	= "pec-no-anchor",
	[RN_FAULT_CONSTRAINTS]	= "pec-name-constraints",
	[RN_FAULT_EXPIRED]	= "pec-certificate-expired",
	[RN_FAULT_REVOKED]	= "pec-certificate-revoked",
	[RN_FAULT_CRL]		= "pec-crl",
	[RN_FAULT_PURPOSE]	= "pec-purpose",
	[RN_FAULT_UNTRUSTED]	= "pec-untrusted",
	[RN_FAULT_SIGNER]	= "pec-signer-other",
	[RN_FAULT_DATICERT]	= "pec-daticert",
	[RN_FAULT_XML]		= "pec-daticert-unreadable",
	[RN_FAULT_KIND]		= "pec-kind",
	[RN_FAULT_POSTACERT]	= "pec-postacert",
	[RN_FAULT_MITTENTE]	= "pec-mittente",
	[RN_FAULT_BEHALF]	= "pec-on-behalf",
	[RN_FAULT_RECIPIENT]	= "pec-recipient",
	[RN_FAULT_IDENTIFICATIVO] = "pec-identificativo",
	[RN_FAULT_DATE]		= "pec-date",
	[RN_FAULT_REPLAYED]	= "pec-replayed",
	[RN_FAULT_FAMILY]	= "registered-mail-unknown",
};
/* clang-format on */

G_STATIC_ASSERT(G_N_ELEMENTS(kind_words) == RN_REG_N);
G_STATIC_ASSERT(G_N_ELEMENTS(signature_words) == RN_SIGNATURE_N);
G_STATIC_ASSERT(G_N_ELEMENTS(fault_words) == RN_FAULT_N);

static void
recipient_free(gpointer data)
{
	RnRegRecipient *r = data;

	g_free(r->address);
	g_free(r);
}

RnRegistered *
rn_registered_new(RnRegKind kind)
{
	RnRegistered *reg = g_new0(RnRegistered, 1);

	reg->kind = kind;
	reg->signers = g_ptr_array_new_with_free_func(g_free);
	reg->recipients = g_ptr_array_new_with_free_func(recipient_free);
	return reg;
}

void
rn_registered_free(RnRegistered *reg)
{
	if (reg == NULL)
		return;
	g_free(reg->detail);
	g_free(reg->certificate);
	g_free(reg->provider);
	g_free(reg->mittente);
	g_free(reg->identificativo);
	g_free(reg->msgid);
	g_free(reg->consegna);
	g_free(reg->errore);
	g_free(reg->code);
	g_free(reg->receipt);
	g_ptr_array_unref(reg->signers);
	g_ptr_array_unref(reg->recipients);
	g_free(reg);
}

void
rn_registered_add_recipient(RnRegistered *reg, const char *address, gboolean certified)
{
	RnRegRecipient *r = g_new0(RnRegRecipient, 1);

	r->address = g_strdup(address);
	r->certified = certified;
	g_ptr_array_add(reg->recipients, r);
}

void
rn_registered_blame(RnRegistered *reg, RnFault fault, const char *detail)
{
	if (reg->fault != RN_FAULT_NONE || fault == RN_FAULT_NONE)
		return;
	reg->fault = fault;
	g_free(reg->detail);
	reg->detail = g_strdup(detail);
}

gboolean
rn_registered_is_receipt(RnRegKind kind)
{
	return kind >= RN_REG_ACCEPTED && kind <= RN_REG_VIRUS;
}

const char *
rn_reg_kind_word(RnRegKind kind)
{
	return (guint)kind < RN_REG_N ? kind_words[kind] : "?";
}

const char *
rn_signature_word(RnSignature signature)
{
	return (guint)signature < RN_SIGNATURE_N ? signature_words[signature] : "?";
}

const char *
rn_fault_word(RnFault fault)
{
	return (guint)fault < RN_FAULT_N ? fault_words[fault] : "?";
}

RnRegKind
rn_reg_kind_read(const char *word)
{
	for (guint i = 0; word != NULL && i <= RN_REG_VIRUS; i++)
		if (g_ascii_strcasecmp(kind_words[i], word) == 0)
			return (RnRegKind)i;
	return RN_REG_UNKNOWN;
}
