/* vocabulary_builtin.c: the assembler takes the files in as they are (.incbin), so that there is one text and
 * no generated source. Paths are those seen from the folder of the Makefile. */
#include "mail/vocabulary_builtin.h"

#include <string.h>

#include "mail/vocabulary.h"

/* clang-format off */
#define TAKE_IN(name)									\
	__asm__(".pushsection .rodata\n"						\
	    "rn_language_" #name ": .incbin \"conf/language/" #name ".conf\"\n"		\
	    ".byte 0\n"									\
	    ".popsection\n");								\
	extern const char language_##name[] __asm__("rn_language_" #name)
/* clang-format on */

TAKE_IN(it);
TAKE_IN(de);
TAKE_IN(fr);
TAKE_IN(sl);
TAKE_IN(en);

const char *const rn_vocabulary_languages[] = { "it", "de", "fr", "sl", "en", NULL };

const char *
rn_vocabulary_builtin(const char *language)
{
	static const char *const texts[] = { language_it, language_de, language_fr, language_sl,
		language_en };

	for (guint i = 0; rn_vocabulary_languages[i] != NULL; i++) {
		if (strcmp(rn_vocabulary_languages[i], language) == 0)
			return texts[i];
	}
	return NULL;
}
