/* migrate.c: bringing a store up to date. */
#include "store/migrate.h"

gboolean
rn_migrate_too_new(int version, int newest, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_STORE,
	    "the store is of schema %d, this program knows %d: use the newer program; the store is untouched",
	    version, newest);
	return FALSE;
}

/* Within the write transaction, so the version read here is the one that is left behind. */
static gboolean
climb(const RnDbDriver *driver, RnDb *db, const RnDbStep *schema, int newest, GError **error)
{
	int version;

	if (!driver->version(db, &version, error))
		return FALSE;
	if (version > newest)
		return rn_migrate_too_new(version, newest, error);
	if (version > 0 && version < newest && driver->backup != NULL && !driver->backup(db, version, error))
		return FALSE;
	for (; version < newest; version++)
		if (!driver->script(db, schema[version], version + 1, error))
			return FALSE;
	return TRUE;
}

gboolean
rn_migrate(
    const RnDbDriver *driver, RnDb *db, const RnDbStep *schema, int newest, int wait_ms, GError **error)
{
	int version;

	if (!driver->version(db, &version, error))
		return FALSE;
	if (version > newest)
		return rn_migrate_too_new(version, newest, error);
	if (version == newest)
		return TRUE;
	if (!driver->begin(db, TRUE, wait_ms, error))
		return FALSE;
	if (climb(driver, db, schema, newest, error))
		return driver->commit(db, error);
	driver->rollback(db);
	return FALSE;
}
