/* letterwords.h: words of folded text: letters and digits. Everything else is invisible, but for a question
 * mark, which makes its word another word: who asks with our own words does not quote us. */
#ifndef RN_MAIL_LETTERWORDS_H
#define RN_MAIL_LETTERWORDS_H

#include "base/base.h"

typedef struct {
	const char	*text;		/* in the text that was given; not ended by NUL */
	guint		 len, hash;
	gboolean	 asked;		/* a question mark follows */
} RnLetterWord;

/* The next word of TEXT (valid UTF-8) from byte *POS on, which moves behind it; FALSE if there is none. */
gboolean rn_letter_word_next(const char *text, guint *pos, RnLetterWord *w);

/* How many words TEXT has. */
guint rn_letter_words_count(const char *text);

/* Is it the first word of a link, which programs put in? */
gboolean rn_letter_word_link(const RnLetterWord *w);

/* For a GHashTable whose keys are RnLetterWord. */
guint rn_letter_word_hash(gconstpointer word);
gboolean rn_letter_word_equal(gconstpointer a, gconstpointer b);

#endif
