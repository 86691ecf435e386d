/* letters_guard.h: the last look at a rendered letter, whatever values went into it, and at a template when
 * it is loaded. */
#ifndef RN_MAIL_LETTERS_GUARD_H
#define RN_MAIL_LETTERS_GUARD_H

#include "mail/template.h"

#define RN_GUARD_MARK "[testo] "

/* BODY (UTF-8, LF) such that no line is longer than 900 octets and no line starts with a bare command word
 * (such a line gets RN_GUARD_MARK in front: else our own letter, sent back without quote marks, could be read
 * as an answer). Blanks at the end of a line go. Ends with one line break. Caller frees. */
char *rn_letters_guard(const char *body);

/* MARKED lines (sheet.h) in which no web address can be tapped, but for WEB (may be NULL) where it is a whole
 * line. Caller frees. */
char *rn_letters_unlink(const char *marked, const char *web);

/* Does LINE start with a bare command word, whatever marks stand before it? */
gboolean rn_letters_is_command(const char *line);

/* As rn_letters_sample(), with every text empty, every switch off and every list without an item. */
RnView *rn_letters_sample_bare(void);

/* The first line of BODY that starts with a bare command word, or did before rn_letters_guard() (caller
 * frees); NULL if none does. */
char *rn_letters_command_line(const char *body);

#endif
