/* facts.h: all that is known of a message from its bytes and its envelope. The parser child fills the part
 * called "read"; our own byte code fills the rest outside of it. The policy sees the enums only. */
#ifndef RN_MODEL_FACTS_H
#define RN_MODEL_FACTS_H

#include "base/base.h"
#include "model/registered.h"
#include "model/token.h"
#include "model/words.h"

typedef struct {
	char		*name;		/* file name as declared, cleaned; may be NULL */
	char		*declared;	/* declared media type, "image/jpeg" */
	char		*kind;		/* by content: "pdf", "jpeg", "png", "heic", "other" */
	char		*sha256;	/* of the decoded bytes */
	guint64		 size;		/* decoded bytes */
	gboolean	 is_inline;	/* referred to by cid: from the HTML, or Content-Disposition: inline */
	guint		 index;		/* the n-th leaf part of the message, from 0 */
} RnAttachment;

/* What a machine's mail says about a letter. All NULL for a person's mail. */
typedef struct {
	char	*ids;		/* Message-IDs of the mail that came back, with spaces between them */
	char	*action;	/* RFC 3464: "failed", "delayed" ... */
	char	*status;	/* RFC 3463: "5.1.1" */
	char	*rcpt;		/* the address that it was for */
	char	*text;		/* the server's words */
	char	*back_on;	/* out of office until: "2026-08-24", or "--08-24" */
} RnReport;

typedef struct {
	/* read by the parser child */
	RnClass		 class_;
	char		*class_why;	/* the sign that decided: "auto-submitted: auto-replied" */
	char		*subject;	/* decoded, UTF-8 */
	char		*typed_text;	/* what the member typed; "" if nothing */
	RnIntent	 intent;
	char		*matched;	/* the words that decided, as typed; NULL if none */
	char		*intent_rule;	/* name of the grammar rule */
	char		*accepts;	/* accepting verbs, folded: "accetto approvo"; "" if none */
	char		*numbers;	/* rows of a list that are to be renewed: "1,3" or "all"; NULL if none */
	char		*body_token;	/* 40 characters found fenced in the body; NULL if none */
	gboolean	 charset_odd;	/* a charset could not be decoded cleanly */
	char		*charset_missing;	/* one that is not at hand here: the text is a guess; NULL if none */
	GPtrArray	*attachments;	/* RnAttachment */
	RnReport	 report;

	/* decided outside, over raw bytes */
	char		*message_id;	/* without <>, NULL if none */
	char		*from;		/* the one addr-spec, folded; NULL if odd or missing */
	gboolean	 from_odd;
	char		*from_why;	/* why it is odd */
	RnWhere		 where;
	RnTokenVerdict	 token_verdict;
	gboolean	 token_conflict;	/* two good tokens that disagree */
	RnToken		 token;		/* fields when verdict is good or expired */
	char		*token_text;	/* 40 characters, canonical; secret */
	RnFault		 fault;		/* what is wrong with the registered mail; NONE if nothing, or if it is none */
	RnProof		 proof;
	/* From is registered for the box of the token (or is the one that an authorize token is about), or
	 * for any box if there is no token */
	gboolean	 registered;
	char		*proof_why;	/* "dmarc=pass by mx.example" */
} RnFacts;

RnFacts *rn_facts_new(void);
void rn_facts_free(RnFacts *facts);
void rn_attachment_free(RnAttachment *a);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnFacts, rn_facts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnAttachment, rn_attachment_free)

#endif
