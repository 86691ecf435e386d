/* vocabulary.h: the closed vocabularies of what members answer, one file of conf/language for each language.
 * What is not in them is not understood, and what is not understood makes no order. */
#ifndef RN_MAIL_VOCABULARY_H
#define RN_MAIL_VOCABULARY_H

#include "base/base.h"

/* What a phrase says. The order matters only in that what comes from RN_SAY_LOADED on can change the meaning
 * of a message, and so is never taken for a name or an address. */
typedef enum {
	RN_SAY_UNKNOWN,		/* not in the vocabulary */
	RN_SAY_NUMBER,		/* digits, dates */
	RN_SAY_ADDRESS,		/* a mail address or a link */
	RN_SAY_FILL,		/* says nothing by itself: articles, "la mia casella", "pure" */
	RN_SAY_ASIDE,		/* "sono in ferie": says nothing, and a "ma" behind it neither */
	RN_SAY_THANK,
	RN_SAY_GREET,		/* "buongiorno" */
	RN_SAY_DEAR,		/* "gentile", "spett.le": a name follows */
	RN_SAY_CLOSE,		/* "cordiali saluti": a name follows */
	RN_SAY_TITLE,		/* "dott.", "studio" */
	RN_SAY_LOADED,
	RN_SAY_RENEW = RN_SAY_LOADED,
	RN_SAY_RENEWAL,		/* the noun: "il rinnovo" */
	RN_SAY_WANT,		/* "desidero", "procedete con" */
	RN_SAY_ACCEPT,
	RN_SAY_YES,
	RN_SAY_YES_ALONE,	/* yes only if it stands alone: Slovene "da" */
	RN_SAY_NO,
	RN_SAY_DECLINE,		/* a no that one says of oneself: a reason may follow */
	RN_SAY_NOT,		/* turns what follows */
	RN_SAY_CANCEL,
	RN_SAY_AUTHORIZE,
	RN_SAY_STATUS,
	RN_SAY_LIST,
	RN_SAY_HELP,
	RN_SAY_REASON,		/* "perché", "in quanto" */
	RN_SAY_IF,		/* conditions, times, exceptions */
	RN_SAY_ASK,		/* question words */
	RN_SAY_N
} RnSay;

#define RN_PHRASE_WORDS 6	/* of a phrase, at most */

typedef struct RnVocabulary RnVocabulary;

/* The languages that are built in, in their order: "it" ... NULL. */
extern const char *const rn_vocabulary_languages[];

/* Reads LANGUAGE.conf for each of LANGUAGES (NULL: all that are built in) from FOLDER; NULL or "": the files
 * as they were when the program was built. A phrase that two languages understand differently means the more
 * careful thing (a question, a condition, a negation before a yes). NULL with RN_ERR_CONFIG naming file, line
 * and key. */
RnVocabulary *rn_vocabulary_load(const char *folder, const char *const *languages, GError **error);

/* One language from TEXT; NAME stands for the file in errors. */
gboolean rn_vocabulary_add(RnVocabulary *v, const char *text, const char *name, GError **error);
RnVocabulary *rn_vocabulary_new(void);
void rn_vocabulary_free(RnVocabulary *v);

/* Makes V, which it then owns, the vocabulary of this process and of those that it forks. To be called before
 * the first mail is read; without it, all that is built in is used. */
void rn_vocabulary_use(RnVocabulary *v);

/* What the folded PHRASE says; *KEY, if not NULL, gets the key under which it stands (the accepting verb:
 * "accetto"), NULL if it is unknown. */
RnSay rn_say_of(const char *phrase, const char **key);

/* The languages, a bit each, that understand PHRASE as rn_say_of() does; *FILLS gets those in which it says
 * nothing by itself. */
guint rn_say_languages(const char *phrase, guint *fills);

/* The command that WORD is, but for one slip of the finger: its phrase, NULL if none. Never a word that says
 * no. */
const char *rn_say_slip(const char *word);

/* The words of [slip]: those that may be meant (MEANT), or that are words of their own. NULL-terminated. */
const char *const *rn_vocabulary_slips(gboolean meant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnVocabulary, rn_vocabulary_free)

#endif
