/* letters_guard.h: the last look at a rendered letter, whatever values went into it, and at a template when
 * it is loaded. */
#ifndef RN_MAIL_LETTERS_GUARD_H
#define RN_MAIL_LETTERS_GUARD_H

#include "mail/template.h"

/* BODY (UTF-8, LF) such that no line is longer than 900 octets, no line starts with a bare command word (such
 * a line gets "[testo] " in front: else our own letter, sent back without quote marks, could be read as an
 * answer) and, unless LINKS, no web address can be tapped. Blanks at the end of a line go. Ends with one line
 * break. Caller frees. */
char *rn_letters_guard(const char *body, gboolean links);

/* As rn_letters_sample(), with every text empty, every switch off and every list without an item. */
RnView *rn_letters_sample_bare(void);

/* The first line of BODY that starts with a bare command word (caller frees), NULL if none does. */
char *rn_letters_command_line(const char *body);

#endif
