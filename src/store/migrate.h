/* migrate.h: bringing a store up to date. */
#ifndef RN_STORE_MIGRATE_H
#define RN_STORE_MIGRATE_H

#include "store/db.h"

/* Brings DB to version NEWEST by the texts SCHEMA (SCHEMA[N] leads from N to N + 1), all in one transaction,
 * waiting WAIT_MS for the lock. A store that holds something is copied beside itself first. RN_ERR_STORE if
 * it is newer. */
gboolean rn_migrate(
    const RnDbDriver *driver, RnDb *db, const RnDbStep *schema, int newest, int wait_ms, GError **error);

/* Sets RN_ERR_STORE: the store is of a version that this program does not know. Always FALSE. */
gboolean rn_migrate_too_new(int version, int newest, GError **error);

#endif
