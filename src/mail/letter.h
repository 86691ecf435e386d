/* letter.h: our letters: a template set, and the finished bytes of a mail. */
#ifndef RN_MAIL_LETTER_H
#define RN_MAIL_LETTER_H

#include "mail/template.h"
#include "model/order.h"
#include "model/words.h"

/* Templates of all letters: DIR/LANG/KIND.txt ("templates/it/notice.txt"). First line "Subject: ...", then an
 * empty line, then the body. */
typedef struct RnLetters RnLetters;

/* Loads every letter of every language folder in DIR ("it" must be there and complete; others may lack
 * letters: "it" stands in; partials are NAME.partial beside them) and checks each against
 * rn_letters_sample(): names, and no line that starts with a word that members answer with. RN_ERR_CONFIG
 * naming file and line. */
RnLetters *rn_letters_load(const char *dir, GError **error);
void rn_letters_free(RnLetters *l);

/* A view that knows every name that a template may use, with sample values (their meaning stands beside them
 * in letters_sample.c); also the list of names for the man page. Caller frees. */
RnView *rn_letters_sample(void);

/* Renders letter KIND in LANGUAGE (falls back to "it"). *SUBJECT and *BODY (UTF-8, LF, lines wrapped by the
 * template's author; no line longer than 990 octets) are the caller's. Whatever the values: no line of *BODY
 * starts with a bare command word ("[testo] " goes before it) and no web address but the confirmation's can
 * be tapped. */
gboolean rn_letters_render(const RnLetters *l, RnLetterKind kind, const char *language, const RnView *view,
    char **subject, char **body, GError **error);

typedef struct {
	const char	*name;		/* file name */
	const char	*type;		/* "application/pdf", "text/plain" */
	GBytes		*data;
} RnEnclosure;

typedef struct {
	const char	*from_name, *from;	/* From: name <addr> */
	const char	*to_name, *to;
	const char	*reply_to;		/* carries the token; may be NULL */
	const char	*subject;
	const char	*message_id;		/* without <> */
	const char	*in_reply_to;		/* without <>, may be NULL */
	const char	*references;		/* as a field value, may be NULL */
	const char	*auto_submitted;	/* "auto-generated" (notices) or "auto-replied" */
	gint64		 date;			/* seconds UTC */
	GTimeZone	*tz;			/* for the Date field */
	const char	*language;		/* Content-Language */
	const char	*body;			/* UTF-8, LF */
	const RnEnclosure *enclosures;
	guint		 n_enclosures;
} RnDraft;

/* The finished message, CRLF, 7-bit clean (quoted-printable), the same bytes for the same draft (boundaries
 * come from the Message-ID). Carries Auto-Submitted and X-Auto-Response-Suppress: All. NULL with RN_ERR_INPUT
 * for an address that rn_addr_valid() refuses or a header value with control characters. */
GBytes *rn_letter_compose(const RnDraft *draft, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLetters, rn_letters_free)

#endif
