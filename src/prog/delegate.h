/* delegate.h: `rinnova box delegate`. */
#ifndef RN_PROG_DELEGATE_H
#define RN_PROG_DELEGATE_H

/* ARGV: "delegate BOX list|add|remove [ADDRESS]". The exit code. */
int rn_delegate_run(int argc, char **argv, gboolean json, const char *config);

#endif
