/* letters_set.h: the inside of RnLetters: what letters.c renders and letters_load.c loads and checks. */
#ifndef RN_MAIL_LETTERS_SET_H
#define RN_MAIL_LETTERS_SET_H

#include "mail/letter.h"

#define RN_LETTERS_HOME "it"		/* the language that is complete */
#define RN_LETTERS_COLOUR "#1f4e79"	/* where the look says nothing */
#define RN_MAX_SUBJECT 200		/* characters */

typedef struct {
	RnTemplate	*subject, *body;
} RnLetterTemplate;

typedef struct {
	char		*name;		/* "it" */
	RnLetterWords	*words;
	RnTemplate	*page;
	RnLetterTemplate letters[RN_LETTER_N];	/* members NULL: not in this language */
} RnLanguageSet;

struct RnLetters {
	GHashTable	*languages;	/* "it" -> RnLanguageSet */
};

/* One letter of LANGUAGE, rendered. */
gboolean rn_letters_write(
    const RnLanguageSet *set, RnLetterKind kind, const RnView *view, RnWritten *out, GError **error);

void rn_language_set_free(gpointer p);

/* What else is wrong with letter KIND of SET, beyond what keeps it from being loaded; FILE is its name. */
void rn_letters_look(const RnLanguageSet *set, RnLetterKind kind, const char *file, GPtrArray *findings);

/* What an HTML parser says of the file PAGE, tags of the template aside. */
void rn_letters_look_at_page(const char *page, GPtrArray *findings);

#endif
