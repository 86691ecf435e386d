/* why.h: `rinnova box why`: the story of one box in the order of time. */
#ifndef RN_PROG_WHY_H
#define RN_PROG_WHY_H

#include <glib.h>

/* Prints what happened to the box NAME: JSON, one event a line, or words. The exit code. */
int rn_why_run(const char *name, gboolean json, const char *config);

#endif
