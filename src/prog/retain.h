/* retain.h: `rinnova box legal-hold` and `rinnova box forget`. */
#ifndef RN_PROG_RETAIN_H
#define RN_PROG_RETAIN_H

/* ARGV: "legal-hold BOX" with REASON or END, or "forget BOX" with REASON. The exit code. */
int rn_retain_run(int argc, char **argv, const char *reason, gboolean end, const char *config);

#endif
