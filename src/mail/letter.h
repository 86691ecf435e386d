/* letter.h: our letters: a template set, and the finished bytes of a mail. */
#ifndef RN_MAIL_LETTER_H
#define RN_MAIL_LETTER_H

#include "mail/letters_words.h"
#include "mail/template.h"
#include "model/order.h"
#include "model/words.h"

/* The template sets: DIR/LANG/KIND.txt ("templates/it/notice.txt"), first line "Subject: ...", an empty line,
 * the body, of which both the text and the HTML are made (sheet.h); NAME.partial and words.conf
 * (letters_words.h) beside them; DIR/page.html, or DIR/LANG/page.html in its place, is the page around the
 * HTML. */
typedef struct RnLetters RnLetters;

/* Loads every language folder in DIR. "it" must be there and complete. Another one must be complete too,
 * unless its words.conf names "it" as its fallback. Each letter is checked against rn_letters_sample():
 * names, and no line that starts with a word that members answer with. RN_ERR_CONFIG naming file and line.
 * PASSED: rn_letters_digest() says that these very files have been loaded before, so they are read and
 * compiled, but not tried again, which takes most of the time. */
RnLetters *rn_letters_load(const char *dir, gboolean passed, GError **error);
void rn_letters_free(RnLetters *l);

/* SHA-256 in hex over names and bytes of all files in DIR and its folders, and this program's version. NULL
 * if one of them cannot be read, or is over 1 MiB. Caller frees. */
char *rn_letters_digest(const char *dir);

/* The same, and more (what HTML holds, how long lines and subjects are, parts that a letter must have), to
 * the end: one text in FINDINGS (char *, owned by it) for each thing that is wrong. */
void rn_letters_check(const char *dir, GPtrArray *findings);

/* A view that knows every name that a template may use, with sample values (their meaning stands beside them
 * in letters_sample.c); also the list of names for the man page. Caller frees. */
RnView *rn_letters_sample(void);

/* The same with the dates, states and amounts in WORDS. Caller frees. */
RnView *rn_letters_sample_in(const RnLetterWords *words);

/* The language in which KIND is written for somebody whose language is LANGUAGE (may be NULL): that one, else
 * "it". Owned by L. */
const char *rn_letters_language(const RnLetters *l, RnLetterKind kind, const char *language);

/* The languages that there are, in the order of their names. Caller frees with g_strfreev. */
char **rn_letters_languages(const RnLetters *l);

/* The words of LANGUAGE (as rn_letters_language() gives it). */
const RnLetterWords *rn_letters_words(const RnLetters *l, const char *language);

/* A letter as it goes out. Members owned; all UTF-8 with LF. */
typedef struct {
	char	*subject;
	char	*text;		/* wrapped by the template's author, no line longer than 990 octets */
	char	*html;		/* NULL: none, for the administrator's */
} RnWritten;

void rn_written_clear(RnWritten *w);

/* Renders letter KIND in LANGUAGE (as rn_letters_language()). Whatever the values: no line of the text, or as
 * HTML is read, starts with a bare command word ("[testo] " goes before it), no web address but the
 * confirmation's can be tapped, and no value becomes an element. */
gboolean rn_letters_render(const RnLetters *l, RnLetterKind kind, const char *language, const RnView *view,
    RnWritten *out, GError **error);

#define RN_LOGO_ID "logo@rinnova.invalid"	/* Content-ID of the picture in the HTML */

typedef struct {
	const char	*name;		/* file name */
	const char	*type;		/* "application/pdf", "text/plain" */
	GBytes		*data;
} RnEnclosure;

typedef struct {
	const char	*from_name, *from;	/* From: name <addr> */
	const char	*to_name, *to;
	const char	*receipt;		/* X-TipoRicevuta, from a PEC box; may be NULL */
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
	const char	*html;			/* the same as HTML; may be NULL */
	const RnEnclosure *logo;		/* of the HTML, as cid:RN_LOGO_ID; may be NULL */
	const RnEnclosure *enclosures;
	guint		 n_enclosures;
} RnDraft;

/* The finished message, CRLF, 7-bit clean (quoted-printable), the same bytes for the same draft (boundaries
 * come from the Message-ID). Carries Auto-Submitted and X-Auto-Response-Suppress: All. NULL with RN_ERR_INPUT
 * for an address that rn_addr_valid() refuses or a header value with control characters. */
GBytes *rn_letter_compose(const RnDraft *draft, GError **error);

/* The finished letter RAW once more, with the same token and Message-ID, but with NAME <ADDR> in To. NULL
 * with RN_ERR_INTERNAL if it has none. */
GBytes *rn_letter_readdress(GBytes *raw, const char *name, const char *addr, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLetters, rn_letters_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnWritten, rn_written_clear)

#endif
