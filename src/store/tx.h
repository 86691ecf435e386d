/* tx.h: the store as its own files see it: transactions, and statements within them. */
#ifndef RN_STORE_TX_H
#define RN_STORE_TX_H

#include <sys/types.h>

#include "store/db.h"
#include "store/gate.h"
#include "store/row.h"
#include "store/store.h"
#include "store/vault.h"

struct RnStore {
	const RnDbDriver *driver;
	char		*place;		/* what stands behind the ':' of the URL */
	gboolean	 read_only;
	int		 version;
	int		 wait_ms;
	const RnVault	*vault;		/* borrowed; NULL: bytes are kept in the clear */
	pid_t		 owner;		/* no handle crosses a fork */

	RnGate		 gate;		/* guards what follows */
	RnDb		*writer;	/* NULL if read_only */
	gboolean	 writing;	/* a write transaction is open */
	GPtrArray	*idle;		/* reading connections that nobody uses: RnDb */
};

/* The driver of URL, and *PLACE behind the colon; NULL with RN_ERR_CONFIG. */
const RnDbDriver *rn_store_driver(const char *url, const char **place, GError **error);

struct RnTx {
	RnStore		*store;
	RnDb		*db;
	gboolean	 write;
};

/* The parameters of a statement as arguments: rn_tx_do(tx, RN_ST_BOX_STATE, RN_CELLS(cells), error). */
#define RN_CELLS(cells) (cells), G_N_ELEMENTS(cells)

/* Runs STMT, each row to FUNC; every other function here ends in this one. */
gboolean rn_tx_run(
    RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, RnRowFunc func, gpointer data, GError **error);

/* The whole number in the first column of the first row; *ANY (may be NULL) says whether there is one that is
 * not NULL, else *VALUE (may be NULL) is 0. */
gboolean rn_tx_number(
    RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, gboolean *any, gint64 *value, GError **error);

/* A change that has to find its row: RN_ERR_INTERNAL if STMT, which ends in RETURNING id, returns none. */
gboolean rn_tx_must(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, gint64 *id, GError **error);

/* A random 40-bit number that is not 0, for what stands in a token. */
gint64 rn_public_id(void);

/* Makes a struct of a row. */
typedef gpointer (*RnRowMake)(RnRow *row);

/* The first row as *OUT, NULL if there is none. */
gboolean rn_tx_one(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, RnRowMake make,
    GDestroyNotify free_one, gpointer *out, GError **error);

/* All rows. */
gboolean rn_tx_all(RnTx *tx, RnStmt stmt, const RnCell *cells, gsize n, RnRowMake make,
    GDestroyNotify free_one, GPtrArray **out, GError **error);

#endif
