/* store.c: making, opening and closing a store, and its small named values. */
#include <string.h>
#include <unistd.h>

#include "store/migrate.h"
#include "store/tx.h"

static const RnDbDriver *const drivers[] = { &rn_db_sqlite };

const RnDbDriver *
rn_store_driver(const char *url, const char **place, GError **error)
{
	const char *colon = strchr(url, ':');

	for (gsize i = 0; colon != NULL && i < G_N_ELEMENTS(drivers); i++) {
		gsize n = strlen(drivers[i]->scheme);

		if ((gsize)(colon - url) == n && strncmp(url, drivers[i]->scheme, n) == 0) {
			*place = colon + 1;
			return drivers[i];
		}
	}
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "store \"%s\": this program knows only sqlite:/absolute/path", url);
	return NULL;
}

static RnStore *
store_new(const RnDbDriver *driver, const char *place, gboolean read_only)
{
	RnStore *store = g_new0(RnStore, 1);

	store->driver = driver;
	store->place = g_strdup(place);
	store->read_only = read_only;
	store->wait_ms = RN_STORE_WAIT_MS;
	store->owner = getpid();
	store->idle = g_ptr_array_new();
	rn_gate_init(&store->gate);
	return store;
}

void
rn_store_close(RnStore *store)
{
	if (store == NULL)
		return;
	/* A child of fork must not touch what belongs to its parent: closing would drop the parent's locks.
	 */
	if (store->owner == getpid()) {
		for (guint i = 0; i < store->idle->len; i++)
			store->driver->close(g_ptr_array_index(store->idle, i));
		if (store->writer != NULL)
			store->driver->close(store->writer);
	}
	g_ptr_array_unref(store->idle);
	rn_gate_clear(&store->gate);
	g_free(store->place);
	g_free(store);
}

gboolean
rn_store_create(const char *url, GError **error)
{
	const char *place = NULL;
	const RnDbDriver *driver = rn_store_driver(url, &place, error);
	RnDb *db;
	gboolean ok;

	if (driver == NULL || (db = driver->open(place, RN_DB_CREATE, error)) == NULL)
		return FALSE;
	ok = rn_migrate(driver, db, driver->schema, driver->newest, RN_STORE_WAIT_MS, error);
	driver->close(db);
	if (!ok)
		return FALSE;
	/* Opened once for writing: what the driver sets for good, such as the journal, is set from the first
	 * day. */
	db = driver->open(place, RN_DB_WRITE, error);
	if (db != NULL)
		driver->close(db);
	return db != NULL;
}

/* A store that is only read cannot be brought up to date. */
static gboolean
version_good(RnStore *store, RnDb *db, GError **error)
{
	int newest = store->driver->newest;

	if (!store->read_only)
		return rn_migrate(store->driver, db, store->driver->schema, newest, store->wait_ms, error);
	if (!store->driver->version(db, &store->version, error))
		return FALSE;
	if (store->version > newest)
		return rn_migrate_too_new(store->version, newest, error);
	if (store->version < newest) {
		g_set_error(error, RN_ERROR, RN_ERR_STORE,
		    "store %s: is of schema %d, this program needs %d: any command that writes (such as `rinnova notify`) "
		    "brings it up to date",
		    store->place, store->version, newest);
		return FALSE;
	}
	return TRUE;
}

RnStore *
rn_store_open(const char *url, gboolean read_only, GError **error)
{
	g_autoptr(RnStore) store = NULL;
	const char *place = NULL;
	const RnDbDriver *driver = rn_store_driver(url, &place, error);
	RnDb *db;

	if (driver == NULL)
		return NULL;
	store = store_new(driver, place, read_only);
	db = driver->open(place, read_only ? RN_DB_READ : RN_DB_WRITE, error);
	if (db == NULL)
		return NULL;
	if (read_only)
		g_ptr_array_add(store->idle, db);
	else
		store->writer = db;
	if (!version_good(store, db, error))
		return NULL;
	store->version = driver->newest;
	return g_steal_pointer(&store);
}

int
rn_store_schema_newest(void)
{
	return drivers[0]->newest;
}

int
rn_store_schema(RnStore *store)
{
	return store->version;
}

void
rn_store_set_wait(RnStore *store, int ms)
{
	store->wait_ms = ms;
}

void
rn_store_set_vault(RnStore *store, const RnVault *vault)
{
	store->vault = vault;
}

gboolean
rn_store_check(RnStore *store, GError **error)
{
	RnTx *tx = rn_tx_look(store, error);
	gboolean ok;

	if (tx == NULL)
		return FALSE;
	ok = store->driver->check(tx->db, error);
	rn_tx_rollback(tx);
	return ok;
}

static gpointer
make_text(RnRow *row)
{
	return rn_row_text(row);
}

gboolean
rn_store_meta_get(RnTx *tx, const char *key, char **value, GError **error)
{
	const RnCell cells[] = { rn_cell_text(key) };

	return rn_tx_one(tx, RN_ST_META_GET, RN_CELLS(cells), make_text, g_free, (gpointer *)value, error);
}

gboolean
rn_store_meta_put(RnTx *tx, const char *key, const char *value, GError **error)
{
	const RnCell cells[] = { rn_cell_text(key), rn_cell_text(value) };

	return rn_tx_run(tx, RN_ST_META_PUT, RN_CELLS(cells), NULL, NULL, error);
}
