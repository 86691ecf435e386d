/* letters_guard.h: the last look at a rendered letter, whatever values went into it. */
#ifndef RN_MAIL_LETTERS_GUARD_H
#define RN_MAIL_LETTERS_GUARD_H

#include "base/base.h"

/* BODY (UTF-8, LF) such that no line is longer than 900 octets, no line starts with a bare command word (such a line gets "[testo] " in
 * front: else our own letter, sent back without quote marks, could be read as an answer) and, unless LINKS, no web address can be
 * tapped. Ends with one line break. Caller frees. */
char *rn_letters_guard(const char *body, gboolean links);

/* The first line of BODY that starts with a bare command word (caller frees), NULL if none does. */
char *rn_letters_command_line(const char *body);

#endif
