/* milter_calls.h: the callbacks that libmilter runs. */
#ifndef RN_PROG_MILTER_CALLS_H
#define RN_PROG_MILTER_CALLS_H

#include <libmilter/mfapi.h>

#include "prog/milter_conf.h"

/* Registers the callbacks; CONF is taken over. FALSE if libmilter refuses. */
gboolean rn_milter_calls_register(RnMilterConf *conf);

/* Reads configuration (FILE) and keys again: messages that begin from now on are judged by them. Where that
 * fails the old ones stay, and the log says so. */
void rn_milter_calls_reload(const char *file);

/* Waits until no callback is at the end of a message any more: what it has begun is finished before the
 * process ends. */
void rn_milter_calls_drain(void);

#endif
