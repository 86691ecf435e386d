/* output.h: what a program of the mail server prints. */
#ifndef RN_NET_OUTPUT_H
#define RN_NET_OUTPUT_H

#include "base/base.h"

/* Runs ARGV (argv[0] an absolute path, no shell) with IN on stdin and returns what it printed on stdout,
 * whole; caller frees. CODE (may be NULL) gets its exit code, and any but 0 is an error without it. NULL with
 * RN_ERR_BUSY naming the program: not there, killed, too slow (two minutes), too long (64 MB), or ended with
 * another code than 0 and "fatal:" on stderr. */
char *rn_output_of(const char *const *argv, const char *in, int *code, GError **error);

#endif
