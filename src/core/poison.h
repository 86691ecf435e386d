/* poison.h: mails that ended the very program that takes them. What a mail does to its parser is the parser's
 * trouble (core/parser.h); one that finds a hole in the program itself would end the door each time that the
 * mail server brings it, with the sessions of others, until it is sent back. So the program that dies of a
 * signal still notes which mail it was at, beside the store (rinnova.db.poison), and after the second time
 * that one is held as it is. A kill, a power cut and an end by a failed sync note nothing: they are nobody's
 * fault. */
#ifndef RN_CORE_POISON_H
#define RN_CORE_POISON_H

#include <glib.h>

/* A mail's mark: the digest of all its bytes. */
#define RN_POISON_MARK 65
typedef struct {
	char	text[RN_POISON_MARK];	/* hex and NUL */
} RnPoison;

/* Reads what was noted beside the store at URL, and catches signals that end the process from now on. Once in
 * a process, after the parser was forked. What cannot be read is as if it were not there. */
void rn_poison_start(const char *url);

/* The mark of RAW. */
RnPoison rn_poison_of(GBytes *raw);

/* Did it end a program twice? */
gboolean rn_poison_known(const RnPoison *mark);

/* This thread is at the mail with MARK from now on; NULL or an empty one: at none. */
void rn_poison_at(const RnPoison *mark);

/* The mark of the mail that this thread is at; empty if at none. */
RnPoison rn_poison_now(void);

#endif
