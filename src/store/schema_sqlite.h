/* schema_sqlite.h: the schema for SQLite. */
#ifndef RN_STORE_SCHEMA_SQLITE_H
#define RN_STORE_SCHEMA_SQLITE_H

#define RN_SCHEMA_SQLITE_N 2

/* rn_schema_sqlite[N], a list that ends with NULL, leads from version N to N + 1. */
extern const char *const *const rn_schema_sqlite[RN_SCHEMA_SQLITE_N];

#endif
