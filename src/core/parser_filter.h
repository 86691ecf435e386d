/* parser_filter.h: the system calls that a parser child may make (law 7). Only parser*.c include it. */
#ifndef RN_CORE_PARSER_FILTER_H
#define RN_CORE_PARSER_FILTER_H

#include "base/base.h"

/* The descriptor on which a child talks with the daemon: the only one that the filter lets it read. */
#define RN_CHILD_FD 3

/* Can this kernel filter system calls (seccomp(2), mode filter)? FALSE with RN_ERR_CONFIG that says why not.
 * Changes nothing. */
gboolean rn_filter_possible(GError **error);

/* Filters the system calls of this process for the rest of its life: looking for a file finds none (ENOENT),
 * and whatever else is not in the list ends the process at once (SIGSYS). PR_SET_NO_NEW_PRIVS must be set.
 * FALSE with errno if the kernel refuses. */
gboolean rn_filter_apply(void);

#endif
