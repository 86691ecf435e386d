/* letterdiff.h: the words of a body and of the letter it answers, as numbers. Rooms of rn_lines_subtract().
 */
#ifndef RN_MAIL_LETTERDIFF_H
#define RN_MAIL_LETTERDIFF_H

#include "mail/typed_lines.h"

/* A word of the body. */
typedef struct {
	guint	 id;		/* the same number as in the letter; 0 if the letter has no such word */
	guint8	 first, last;	/* of its line */
	guint8	 marked;	/* its line is behind a quote mark */
	guint8	 link;		/* mailto, http: put in by programs */
	guint8	 gone;		/* it is of the letter */
} RnDiffWord;

/* Body words [body, body + len) equal letter words [letter, letter + len). */
typedef struct {
	guint	 body, letter, len;
	gboolean quoted;
} RnRun;

typedef struct RnDiffLine RnDiffLine;

typedef struct RnDiff {
	RnDiffWord	*body;
	guint		 n_body;
	guint		*letter;
	guint		 n_letter;
	guint		 n_text;	/* of them, those of the text; what is behind is its HTML once more */
	struct {
		guint	from, n;	/* words of a line of the body */
	} * lines;
	GArray		*runs;		/* RnRun, in the order of the body */
	GPtrArray	*folded;	/* the lines of the letter, in which the words below stand */
	gpointer	 words;		/* what the keys of ids live in */
	RnDiffLine	*places;	/* the lines of the letter that have words, by number */
	guint		 n_places;
	GHashTable	*ids;		/* word -> number */
	GHashTable	*same;		/* folded line -> where its words stand in the letter */
	guint		*first;		/* for each number its first place in the letter, from 1; 0 = none */
	guint		*times;		/* and in how many it stands */
	guint		*next;		/* for each place the next one of the same word */
} RnDiff;

/* Reads the words of LINES and of LETTER (plain text). Keeps no pointer to either. */
RnDiff *rn_diff_new(const RnLines *lines, const char *letter);
void rn_diff_free(RnDiff *d);

/* Where the words I and I + 1 of the body stand in the letter first, from 1; 0 if nowhere. And where they
 * stand again after PLACE. */
guint rn_diff_place(const RnDiff *d, guint i);
guint rn_diff_place_after(const RnDiff *d, guint i, guint place);

/* Does line I of the body have the words of a line of the letter (two or more)? */
gboolean rn_diff_equal_line(const RnDiff *d, guint i);

/* Marks lines of which all words are gone (RN_LINE_LETTER), and those of which some are (RN_LINE_CUT). */
void rn_diff_mark(const RnDiff *d, RnLines *lines);

/* Takes the gone words out of the text of the lines that are still RN_LINE_CUT. */
void rn_diff_cut(const RnDiff *d, RnLines *lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDiff, rn_diff_free)

#endif
