/* backup_new.h: what making and reading a back-up share. */
#ifndef RN_CORE_BACKUP_NEW_H
#define RN_CORE_BACKUP_NEW_H

#include "core/backup.h"

#define RN_BACKUP_FORMAT "rinnova-backup/1"

RnBackup *rn_backup_new(void);

/* Adds a file to B; SHA256 may be NULL. */
void rn_backup_note(RnBackup *b, const char *what, const char *path, const char *sha256);

#endif
