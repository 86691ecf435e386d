/* forward.h: what a member shows us of a mail, to be told whether it is one of ours. GMime and libxml2 behind
 * it: of a stranger's bytes only in the parser child. */
#ifndef RN_MAIL_FORWARD_H
#define RN_MAIL_FORWARD_H

#include "mail/head.h"

/* One mail that is shown: attached as it was (message/rfc822), or within the text of the one that shows it.
 */
typedef struct {
	gboolean	 attached;
	char		*message_id;	/* of an attached one, without <>; "" if none */
	char		*token;		/* fenced in its text, canonical spelling; "" if none */
	GPtrArray	*content;	/* char *: within a text, it as rn_forward_fold() makes it, and each file as
					 * "file:sha256:HEX"; attached, fields and parts as digests */
	GPtrArray	*marks;		/* char *: what could hide, load or lead elsewhere, in it or around it */
	GHashTable	*said;		/* of a letter of ours: its words, by which an address in it is known */
	GPtrArray	*texts;		/* of a letter of ours: each of its texts folded, and its files */
	GHashTable	*names;		/* of a letter of ours: by which its style sheet finds elements */
	char		*html;		/* of a letter of ours: its HTML folded; NULL if it has none */
} RnShown;

void rn_shown_free(RnShown *s);

/* TEXT so that what mail programs do to a text makes no difference: letters and digits alone, in NFKC and
 * lower case, with what strikes them out or turns them, and addresses as they are. Caller frees. */
char *rn_forward_fold(const char *text);

/* HTML so folded, as it is shown, with the target around the text of each link that does not say its target
 * itself: a link that was changed is another text. What mail programs do not add when they forward goes to
 * MARKS. Caller frees. */
char *rn_forward_fold_html(const char *html, gsize len, GPtrArray *marks);

/* The mails that RAW shows, RnShown: those that are attached, else the text of RAW itself. NULL with
 * RN_ERR_INPUT or RN_ERR_LIMIT. */
GPtrArray *rn_forward_read(GBytes *raw, GError **error);

/* The same of a letter of ours as it was sent. */
RnShown *rn_forward_letter(GBytes *letter, GError **error);

/* Does SHOWN show LETTER, and nothing else that could be taken for a part of it? An attached mail must be the
 * letter, field for field and byte for byte (but for our signature, which may be taken off), and what shows
 * it must have no link or file. In the text of another mail the letter must stand whole, and nothing may
 * stand there that hides, loads or leads elsewhere; words around it cannot be told from the writer's own. */
gboolean rn_forward_shows(const RnShown *shown, const RnShown *letter);

/* The answer of the child as one bounded variant and back; NULL for what is not in form. */
#define RN_SHOWN_TYPE "a(bssasas)"
GVariant *rn_shown_to_variant(const GPtrArray *list);
GPtrArray *rn_shown_from_variant(GVariant *v);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnShown, rn_shown_free)

#endif
