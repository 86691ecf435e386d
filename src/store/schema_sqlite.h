/* schema_sqlite.h: the schema for SQLite. */
#ifndef RN_STORE_SCHEMA_SQLITE_H
#define RN_STORE_SCHEMA_SQLITE_H

#include "store/db.h"

#define RN_SCHEMA_SQLITE_N 5

/* rn_schema_sqlite[N] leads from version N to N + 1. */
extern const RnDbStep rn_schema_sqlite[RN_SCHEMA_SQLITE_N];

#endif
