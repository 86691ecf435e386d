/* dossier_words.h: the words of the model for people who do not know the program, in Italian and in English.
 */
#ifndef RN_CORE_DOSSIER_WORDS_H
#define RN_CORE_DOSSIER_WORDS_H

#include "model/words.h"

/* WORD of WORDS in words; LANGUAGE 0 is Italian, 1 English. What is not known stays as it is. Static, or
 * WORD. */
const char *rn_dossier_word(RnWords words, const char *word, int language);

/* A kind of receipt ("avvenuta-consegna"), the same. */
const char *rn_dossier_receipt_word(const char *kind, int language);

#endif
