/* registered.h: registered mail, of which PEC is one family: what an envelope or a receipt says, and how much
 * of it is proven. Readers of other families (ETSI EN 319 532) fill the same struct. */
#ifndef RN_MODEL_REGISTERED_H
#define RN_MODEL_REGISTERED_H

#include "base/base.h"

/* What it is (DM 2-11-2005, RFC 6109 2.1): the values of X-Trasporto, X-Ricevuta and daticert's "tipo". */
typedef enum {
	RN_REG_TRANSPORT,	/* busta di trasporto: a person's mail is inside */
	RN_REG_ACCEPTED,
	RN_REG_NOT_ACCEPTED,
	RN_REG_TAKEN,		/* between providers only */
	RN_REG_DELIVERED,
	RN_REG_FAILED,
	RN_REG_LATE,		/* after 12 hours, and after 24 hours for good */
	RN_REG_VIRUS,		/* between providers only */
	RN_REG_ANOMALY,		/* busta di anomalia: an ordinary mail is inside */
	RN_REG_SMIME,		/* no registered mail: a person's own signature */
	RN_REG_UNKNOWN,		/* registered mail of a kind that no reader knows */
	RN_REG_N
} RnRegKind;

typedef enum {
	RN_SIGNATURE_MISSING,
	RN_SIGNATURE_VALID,
	RN_SIGNATURE_INVALID,	/* of other bytes, or no signature at all */
	RN_SIGNATURE_UNTRUSTED,	/* of these bytes, but by nobody we trust */
	RN_SIGNATURE_N
} RnSignature;

/* The first step of the examination that failed, in the order in which the steps are taken. */
typedef enum {
	RN_FAULT_NONE,
	RN_FAULT_NOT_SIGNED,
	RN_FAULT_STRUCTURE,
	RN_FAULT_UNREADABLE,
	RN_FAULT_SIGNERS,
	RN_FAULT_DIGEST,
	RN_FAULT_BROKEN,
	RN_FAULT_NO_ANCHOR,
	RN_FAULT_CONSTRAINTS,
	RN_FAULT_EXPIRED,
	RN_FAULT_REVOKED,
	RN_FAULT_CRL,
	RN_FAULT_PURPOSE,
	RN_FAULT_UNTRUSTED,
	RN_FAULT_SIGNER,
	RN_FAULT_DATICERT,
	RN_FAULT_XML,
	RN_FAULT_KIND,
	RN_FAULT_POSTACERT,
	RN_FAULT_MITTENTE,
	RN_FAULT_BEHALF,
	RN_FAULT_RECIPIENT,
	RN_FAULT_IDENTIFICATIVO,
	RN_FAULT_DATE,
	RN_FAULT_REPLAYED,
	RN_FAULT_FAMILY,
	RN_FAULT_N
} RnFault;

typedef struct {
	char		*address;
	gboolean	 certified;	/* a PEC box: for it there will be a receipt of delivery */
} RnRegRecipient;

typedef struct {
	RnRegKind	 kind;
	RnSignature	 signature;
	RnFault		 fault;
	gboolean	 weak;		/* signed over a SHA-1 digest */
	gint64		 signed_at;	/* what the signer's clock said; 0 unknown */
	gint64		 time;		/* of the event, as the provider certifies it; 0 unknown */
	char		*detail;	/* words about FAULT, for the administrator; NULL if none */
	char		*certificate;	/* SHA-256 of the signer's certificate; NULL if none was read */
	char		*provider;	/* who issued it: "ARUBA PEC S.p.A." */
	char		*mittente;	/* the box that sent, certified by its provider */
	char		*identificativo; /* the provider's id of the message */
	char		*msgid;		/* the Message-ID that the sender's program had given, without <> */
	char		*consegna;	/* of a receipt: the recipient that it is about */
	char		*errore;	/* "nessuno", "no-dest", "no-dominio", "virus", "altro" */
	char		*code;		/* errore-esteso: "5.1.1 - ..." */
	char		*receipt;	/* "completa", "breve", "sintetica" */
	GPtrArray	*signers;	/* char *: addresses in the certificate, folded */
	GPtrArray	*recipients;	/* RnRegRecipient */
} RnRegistered;

RnRegistered *rn_registered_new(RnRegKind kind);
void rn_registered_free(RnRegistered *reg);
void rn_registered_add_recipient(RnRegistered *reg, const char *address, gboolean certified);

/* Notes FAULT with DETAIL (may be NULL) unless an earlier step has failed. */
void rn_registered_blame(RnRegistered *reg, RnFault fault, const char *detail);

/* TRUE for what a provider tells of a message that was sent. */
gboolean rn_registered_is_receipt(RnRegKind kind);

/* "posta-certificata", "valid", "pec-signature-broken" ...; static. */
const char *rn_reg_kind_word(RnRegKind kind);
const char *rn_signature_word(RnSignature signature);
const char *rn_fault_word(RnFault fault);

/* The kind that WORD names (any case), RN_REG_UNKNOWN if none. */
RnRegKind rn_reg_kind_read(const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnRegistered, rn_registered_free)

#endif
