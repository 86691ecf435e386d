/* registered.c: from a seal to what is registered: a table of readers, one for each family. */
#include "mail/registered.h"

#include <string.h>

#include "mail/daticert.h"
#include "mail/smime.h"

/* A family of registered mail. KNOWS says whether it is at home with the seal; READ fills what the provider
 * certifies, FALSE with *WHY if it cannot. */
typedef struct {
	const char	*family;
	gboolean	(*knows)(const RnSealed *);
	gboolean	(*read)(const RnSealed *, RnRegistered *, const char **why);
} Reader;

static gboolean
knows_pec(const RnSealed *s)
{
	return s->n_daticert > 0 || (s->claim != RN_REG_UNKNOWN && s->claim != RN_REG_SMIME);
}

static gboolean
read_pec(const RnSealed *s, RnRegistered *reg, const char **why)
{
	if (s->claim == RN_REG_ANOMALY && s->n_daticert == 0) {	/* it certifies nothing */
		reg->kind = RN_REG_ANOMALY;
		return TRUE;
	}
	if (s->daticert == NULL) {
		*why = s->n_daticert == 0 ? "daticert.xml is missing" :
		    s->n_daticert == 1    ? "daticert.xml cannot be decoded" :
		                            "there is more than one daticert.xml";
		rn_registered_blame(reg, RN_FAULT_DATICERT, *why);
		return FALSE;
	}
	return rn_daticert_read(s->daticert, reg, why);
}

static const Reader readers[] = {
	{ "pec", knows_pec, read_pec },
};

static const Reader *
reader_of(const RnSealed *s)
{
	for (gsize i = 0; i < G_N_ELEMENTS(readers); i++)
		if (readers[i].knows(s))
			return &readers[i];
	return NULL;
}

RnRegistered *
rn_registered_read(const RnSealed *s, const RnTrusts *trusts, gint64 at, gboolean blind)
{
	RnRegistered *reg = rn_registered_new(s->claim);
	const Reader *reader = s->registered ? reader_of(s) : NULL;
	const char *why = NULL;

	rn_registered_blame(reg, s->fault, NULL);
	if (s->seal == RN_SEAL_CMS)
		rn_smime_verify(
		    reg->kind == RN_REG_SMIME ? trusts->smime : trusts->pec, s->covered, s->cms, at, reg);
	if (!s->registered ||
	    (reader == NULL && reg->kind == RN_REG_SMIME && reg->signature == RN_SIGNATURE_VALID))
		return reg;
	if (reader == NULL) {	/* whatever its signature is worth, this is what has to be said of it */
		reg->kind = RN_REG_UNKNOWN;
		reg->fault = RN_FAULT_NONE;
		rn_registered_blame(reg, RN_FAULT_FAMILY, "no reader knows this kind of registered mail");
	} else if ((blind || (reg->signature == RN_SIGNATURE_VALID && reg->fault == RN_FAULT_NONE)) &&
	    !reader->read(s, reg, &why)) {
		rn_registered_blame(reg, RN_FAULT_XML, why);
	}
	return reg;
}
