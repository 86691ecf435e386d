/* sealed.h: what is signed in a message, found by our own byte code over the raw bytes. Never by the subject,
 * and nothing is believed here: it only says which bytes the signature would have to cover. */
#ifndef RN_MAIL_SEALED_H
#define RN_MAIL_SEALED_H

#include "mail/head.h"
#include "mail/mime.h"
#include "model/registered.h"

typedef enum {
	RN_SEAL_NONE,
	RN_SEAL_CMS,		/* S/MIME, multipart/signed at the root */
	RN_SEAL_OPENPGP,	/* multipart/signed at the root, RFC 3156; known, not verified */
	RN_SEAL_OPAQUE		/* application/pkcs7-mime: known, not verified */
} RnSeal;

typedef struct {
	RnSeal		 seal;
	gboolean	 registered;	/* it claims to be registered mail, or is built like it */
	RnRegKind	 claim;		/* what it claims to be; RN_REG_SMIME if nothing */
	RnFault		 fault;		/* RN_FAULT_NONE, NOT_SIGNED or STRUCTURE */
	GBytes		*covered;	/* the signed part as it came; NULL if there is none */
	GBytes		*cms;		/* the signature, decoded; NULL if it is unreadable */
	GBytes		*daticert;	/* decoded; NULL unless there is exactly one */
	GBytes		*postacert;	/* the message inside; NULL unless there is exactly one */
	guint		 n_daticert, n_messages, n_xml;
} RnSealed;

/* Finds the seal of RAW, whose header is HEAD. Never NULL; caller frees. */
RnSealed *rn_sealed_read(GBytes *raw, const RnHead *head);
void rn_sealed_free(RnSealed *s);

/* The message that a signature of S covers, for reading: the header of the outer message HEAD without its
 * Content fields, then the signed part. Caller unrefs. */
GBytes *rn_sealed_message(const RnSealed *s, const RnHead *head);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnSealed, rn_sealed_free)

#endif
