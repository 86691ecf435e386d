/* documents.h: members' identity documents: out of the mail, into the store, and what a person says of them.
 */
#ifndef RN_CORE_DOCUMENTS_H
#define RN_CORE_DOCUMENTS_H

#include "core/work.h"

/* A document found in a mail. */
typedef struct {
	char	*name;		/* as declared, cleaned; may be NULL */
	char	*kind;		/* by content: pdf, jpeg, png, heic */
	char	*sha256;	/* of the bytes that are kept */
	guint64	 size;
	GBytes	*data;		/* NULL: larger than any convention takes */
} RnDocumentIn;

/* Could A be an identity document? By its content, not by its name; logos and the small pictures of
 * signatures are none. */
gboolean rn_document_likely(const RnAttachment *a);

/* Fetches the documents of R, the mail RAW, through the parser child into R->documents. To be called before
 * any transaction. Only a human answer with a good token is looked at. FALSE with RN_ERR_BUSY: try again
 * later. */
gboolean rn_documents_fetch(RnEngine *e, RnReading *r, GBytes *raw, GError **error);

/* Is the document of BOX on file, or not needed at all? C may be NULL. */
gboolean rn_document_settled(const RnConvention *c, const RnBox *box);

/* The newest document of BOX that was not refused, NULL if there is none. */
gboolean rn_document_newest(RnTx *tx, gint64 box_id, RnDocument **document, GError **error);

/* When the oldest document of BOX was taken that a person has yet to look at; 0 if there is none. */
gboolean rn_document_unseen(RnTx *tx, gint64 box_id, gint64 *at, GError **error);

/* Files the documents of R (proven, or nothing happens) for its box, with the source mail IN; what is too
 * large or was refused before is answered by a letter. A contract of
 * ours that comes back is none. *FILED: at least one was dealt with. Where receipt is
 * enough, R->box->document is TRUE afterwards. */
gboolean rn_documents_file(
    RnDesk *d, RnReading *r, const RnInbox *in, const RnConvention *c, gboolean *filed, GError **error);

/* The letter that asks for the document; where one waits for a person, the letter says that instead. ASK is
 * complete but for the key and what depends on that. */
gboolean rn_document_letter(RnDesk *d, RnLetterAsk *ask, GError **error);

/* A person's word on document ID. RN_ERR_NOT_FOUND or RN_ERR_STATE if that is not possible. Accepted: it is
 * on file, and an order that waits for it goes on. Refused: the member is told REASON and asked anew. */
gboolean rn_document_accept(RnDesk *d, gint64 id, GError **error);
gboolean rn_document_refuse(RnDesk *d, gint64 id, const char *reason, GError **error);

/* The documents of the mail that W follows up. *ANSWERED: they are what the order waits for, and nothing else
 * that was said needs an answer. Without an error and not *ANSWERED, the verdict is carried out as ever. */
gboolean rn_documents_answer(RnWork *w, gboolean *answered, GError **error);

#endif
