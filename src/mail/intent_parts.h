/* intent_parts.h: the rooms of intent.c: words, phrases and what they say, and the frame of a message around
 * what it says. */
#ifndef RN_MAIL_INTENT_PARTS_H
#define RN_MAIL_INTENT_PARTS_H

#include "base/base.h"

/* What a phrase says. The order matters only in that what comes from RN_SAY_LOADED on can change the meaning
 * of a message, and so is never taken for a name or an address. */
typedef enum {
	RN_SAY_UNKNOWN,		/* not in the vocabulary */
	RN_SAY_NUMBER,		/* digits, dates */
	RN_SAY_ADDRESS,		/* a mail address or a link */
	RN_SAY_FILL,		/* says nothing by itself: articles, "la mia casella", "pure" */
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
	RN_SAY_NOT,		/* turns what follows */
	RN_SAY_CANCEL,
	RN_SAY_AUTHORIZE,
	RN_SAY_STATUS,
	RN_SAY_LIST,
	RN_SAY_HELP,
	RN_SAY_IF,		/* conditions, times, exceptions */
	RN_SAY_ASK,		/* question words */
	RN_SAY_N
} RnSay;

/* What the folded PHRASE says; *VERB, if not NULL, gets the accepting verb in the first person ("accetto") or
 * NULL; static. */
RnSay rn_say_of(const char *phrase, const char **verb);

/* One word, or one phrase of the vocabulary, of a text. */
typedef struct {
	RnSay		 say;
	const char	*verb;		/* accepting verb, static */
	char		*word;		/* folded */
	guint		 start, end;	/* bytes in the text */
	guint		 line;		/* number of the line it begins in */
	gboolean	 fresh;		/* first of its clause: punctuation or a line break stands before it */
	gboolean	 first;		/* first of its line */
	gboolean	 comma;		/* a comma, exclamation mark or line break follows */
	gboolean	 capital;	/* it begins with a capital letter */
	gboolean	 declines;	/* a no that somebody says of himself: "non rinnovo" */
} RnItem;

typedef struct {
	GArray		*items;		/* RnItem */
	gboolean	 question;	/* a question mark stands somewhere */
	gboolean	 odd;		/* a sign that is no word and no punctuation, and that could mean no */
	gboolean	 too_long;
} RnPhrases;

/* The words of TEXT, joined to phrases of the vocabulary, the longest first. */
RnPhrases *rn_phrases_read(const char *text);
void rn_phrases_free(RnPhrases *words);

/* Narrows [*FROM, *TO) to what the message says: greetings in front, closings, names and addresses behind are
 * left out, unless something in them could change its meaning. */
void rn_phrases_frame(const RnPhrases *words, guint *from, guint *to);

/* Between FROM and TO, lets negations turn what they belong to into a no, and takes a slip of the finger for
 * what was meant. */
void rn_phrases_turn(RnPhrases *words, guint from, guint to);

/* Does TYPED have any word that asks for or refuses something of ours: "rinnovate", "accetto", "annulla", "il
 * rinnovo"? */
gboolean rn_intent_decides(const char *typed);

/* The command that WORD is, but for one slip of the finger: its phrase, NULL if none. Never a word that says
 * no. */
const char *rn_say_slip(const char *word);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnPhrases, rn_phrases_free)

#endif
