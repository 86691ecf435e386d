/* release.h: `rinnova held release`. */
#ifndef RN_PROG_RELEASE_H
#define RN_PROG_RELEASE_H

/* Judges the held mail ID once more; the exit code, RN_EXIT_FAILED if it has to wait again. */
int rn_release_run(const char *id, const char *config);

#endif
