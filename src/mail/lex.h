/* lex.h: the words of a structured header field (RFC 5322 3.2). White space, folds and nested comments are
 * skipped, never merged into a word. */
#ifndef RN_MAIL_LEX_H
#define RN_MAIL_LEX_H

#include "mail/head.h"

/* A place in a field. Once something is wrong (a comment or string without end, a NUL, a bare CR), bad is set
 * and nothing more can be read. */
typedef struct {
	const char	*at, *end;
	gboolean	 bad;
} RnLex;

/* A lexer at the start of FIELD, which must live as long as it is used. */
RnLex rn_lex_begin(const RnField *field);

/* Skips white space, folds and comments; TRUE if there were any. */
gboolean rn_lex_gap(RnLex *lex);

/* TRUE if C comes next behind a gap; it is taken then. */
gboolean rn_lex_char(RnLex *lex, char c);

/* The run of printable ASCII that comes next behind a gap, up to white space, '(', '"' or one of STOPS; NULL
 * if there is none. The same without a gap before: rn_lex_run(). Caller frees. */
char *rn_lex_word(RnLex *lex, const char *stops);
char *rn_lex_run(RnLex *lex, const char *stops);

/* The content of the quoted string that comes next behind a gap, without its backslashes; NULL if there is
 * none. Caller frees. */
char *rn_lex_quoted(RnLex *lex);

/* Skips what rn_lex_item() would give. */
void rn_lex_skip(RnLex *lex, const char *stops);

/* The quoted string or else the word that comes next behind a gap; NULL if neither does. Caller frees. */
char *rn_lex_item(RnLex *lex, const char *stops);

/* TRUE if nothing is left behind a gap, and all was well. */
gboolean rn_lex_done(RnLex *lex);

#endif
