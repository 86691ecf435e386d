/* intent_parts.h: the rooms of intent.c: words, phrases and what they say, and the frame of a message around
 * what it says. */
#ifndef RN_MAIL_INTENT_PARTS_H
#define RN_MAIL_INTENT_PARTS_H

#include "mail/vocabulary.h"

/* One word, or one phrase of the vocabulary, of a text. */
typedef struct {
	RnSay		 say;
	const char	*key;		/* under which it stands in the vocabulary: the accepting verb */
	char		*word;		/* folded */
	guint		 languages;	/* that understand it so, a bit each */
	guint		 fills;		/* in which it says nothing by itself */
	guint		 start, end;	/* bytes in the text */
	guint		 line;		/* number of the line it begins in */
	gboolean	 fresh;		/* first of its clause: punctuation or a line break stands before it */
	gboolean	 first;		/* first of its line */
	gboolean	 comma;		/* a comma, exclamation mark or line break follows */
	gboolean	 capital;	/* it begins with a capital letter */
	gboolean	 declines;	/* a no that somebody says of himself: "non rinnovo" */
	gboolean	 says_all;	/* and that needs no object: "non mi serve" */
	gboolean	 reason;	/* it opens a reason: "perche" */
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnPhrases, rn_phrases_free)

#endif
