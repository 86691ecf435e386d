/* typed_lines.h: a body as lines, and the passes that find out who wrote each of them. Rooms of typed.c. */
#ifndef RN_MAIL_TYPED_LINES_H
#define RN_MAIL_TYPED_LINES_H

#include "base/base.h"

enum {
	RN_LINE_BLANK	= 1 << 0,
	RN_LINE_QUOTED	= 1 << 1,	/* behind '>' */
	RN_LINE_BARE	= 1 << 2,	/* behind '|': quoted, or only indented; comes with RN_LINE_QUOTED */
	RN_LINE_LETTER	= 1 << 3,	/* all of it stands in the letter being answered */
	RN_LINE_CUT	= 1 << 4,	/* a part of it stood there; the text is what was left */
	RN_LINE_DROPPED	= 1 << 5	/* a header, a footer, a signature, text below a header */
};

#define RN_LINE_NOT_TYPED (RN_LINE_QUOTED | RN_LINE_LETTER | RN_LINE_DROPPED)

typedef struct {
	char	*text;		/* as it came, without quote marks, invisible characters and trailing white space */
	char	*fold;		/* rn_fold(text) */
	guint	 flags;
	guint	 letter_words;	/* how many words of it stand in the letter */
	guint	 words;		/* how many it has; 0 where no letter is known */
} RnLine;

typedef struct {
	RnLine	*at;
	guint	 n;
	gboolean mixed;		/* something was taken away that may have been typed: no yes may be read */
	guint	 letter_words;	/* words of the letter; 0 if it is not known */
	struct RnDiff *diff;	/* between rn_lines_subtract() and rn_lines_cut(); NULL without a letter */
} RnLines;

/* Splits BODY (valid UTF-8). Text beyond half a million bytes is left out, and MIXED is set. */
RnLines *rn_lines_split(const char *body);
void rn_lines_free(RnLines *lines);

/* The first line from I on that is not blank; lines->n if there is none. */
guint rn_lines_next(const RnLines *lines, guint i);

/* Is line I text that, so far, counts as typed? */
gboolean rn_line_typed(const RnLines *lines, guint i);

/* The passes, in their order. Each marks lines and takes nothing away but by marking. */
void rn_lines_subtract(RnLines *lines, const char *letter);	/* letterdiff.c: the known letter */
void rn_lines_cut(RnLines *lines);				/* takes the letter's words out of the lines */
void rn_lines_banners(RnLines *lines);				/* typed_tail.c: warnings that a gateway put on top */
void rn_lines_headers(RnLines *lines);				/* typed_cut.c: reply headers and what hangs on them */
void rn_lines_tails(RnLines *lines);				/* typed_tail.c: signatures, footers, disclaimers */

void rn_lines_own_name(RnLines *lines, const char *from);	/* typed_name.c: the writer's name below the text */

/* Drops line I as not typed, by a guess. If it could take back what stands above it, no yes may be read. */
void rn_line_drop_guessed(RnLines *lines, guint i);

/* How many lines from I on are a reply header ("Il giorno ... ha scritto:"), 0 if none. *PREFIX, if the
 * header begins inside the line, gets the length in bytes of the text before it. */
guint rn_attribution_at(const RnLines *lines, guint i, gsize *prefix);

/* Is line I the first of a header block ("Da: ... Inviato: ... Oggetto: ..."), or a separator
 * ("-----Messaggio originale-----")? */
gboolean rn_block_at(const RnLines *lines, guint i);
gboolean rn_separator_at(const RnLines *lines, guint i);

/* Does the folded LINE begin with a header word ("oggetto:")? */
gboolean rn_block_line(const char *fold);

/* Is LINE the sign before a signature: "--", a dash, underscores? */
gboolean rn_delimiter_line(const RnLine *line);

/* Is the folded LINE a footer of a mail program ("inviato da iphone")? A paragraph of a legal notice? A
 * gateway's warning? */
gboolean rn_footer_line(const char *fold);
gboolean rn_disclaimer_text(const char *fold);
gboolean rn_banner_line(const char *fold);

/* TRUE if FOLD names a day or a time: "23/11/2026", "2026-11-23", "lun 23 nov", "10:15". *WHERE, if not NULL,
 * gets the number of the word that shows it, from 0. */
gboolean rn_date_in(const char *fold, guint *where);

/* TRUE if FOLD has something like a mail address. */
gboolean rn_address_in(const char *fold);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLines, rn_lines_free)

#endif
