/* db.h: what the files of the command db share. */
#ifndef RN_PROG_DB_H
#define RN_PROG_DB_H

#include "model/settings.h"

typedef struct {
	const char	*config;
	gboolean	 moved, resume, go, drop_letters, pass_notices;
} RnDbOptions;

/* `db restore PATH`, and with PATH NULL `db restore --resume`. The exit code. */
int rn_db_restore(const RnSettings *s, const char *path, const RnDbOptions *o);

#endif
