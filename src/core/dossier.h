/* dossier.h: everything that the store knows about one order, gathered for somebody who has to judge it. */
#ifndef RN_CORE_DOSSIER_H
#define RN_CORE_DOSSIER_H

#include "core/engine.h"
#include "core/pack.h"
#include "core/receipts.h"

/* A mail that came in, with its bytes, and what was certified with it. */
typedef struct {
	RnInbox		*in;
	RnRegisteredRow	*registered;	/* NULL: it is a receipt of none of the letters */
	char		*path;		/* of its bytes in the pack; NULL: they are not kept */
	char		*sha256;
} RnDossierMail;

typedef struct {
	RnLetter	*letter;
	char		*path, *sha256;
} RnDossierLetter;

/* A contract as it was enclosed in letters. */
typedef struct {
	char	*name, *path, *sha256;
	GBytes	*data;
	char	*letters;	/* "L4 L9" */
	gint64	 at;		/* of the first of them */
} RnDossierContract;

/* The rows of one chain from the first about the order to a stamped head behind the last, or to the end. */
typedef struct {
	char		*convention;
	char		*before;	/* digest of the row before the first; "" if there is none */
	GPtrArray	*rows;		/* RnLedgerEntry */
	gint64		 last_own;	/* number of the last row that is about the order */
} RnDossierChain;

typedef struct {
	RnEngine	*e;
	RnOrder		*order;
	RnBox		*box;
	const RnConvention *convention;	/* NULL: it is not configured any more */
	GPtrArray	*letters;	/* RnDossierLetter, by id */
	GPtrArray	*mails;		/* RnDossierMail, by id */
	GPtrArray	*contracts;	/* RnDossierContract */
	GPtrArray	*documents;	/* RnDocument: what is on file of the box; not their bytes */
	GPtrArray	*chains;	/* RnDossierChain */
	GPtrArray	*stamps;	/* RnDayHead that are stamped */
	RnCall		*call;		/* the request to the provider; NULL if there was none */
} RnDossier;

/* Gathers what is known of the order NUMBER. RN_ERR_NOT_FOUND if there is none. E needs store and parser. */
RnDossier *rn_dossier_gather(RnEngine *e, RnTx *tx, const char *number, GError **error);
void rn_dossier_free(RnDossier *d);

/* Is ROW about the order? */
gboolean rn_dossier_owns(const RnDossier *d, const RnLedgerEntry *row);

/* All of it as files: letters and mails byte for byte, order.json, ledger.json, stamps, contracts, the index.
 * Sealed by SIGNER (may be NULL). */
RnPack *rn_dossier_pack(const RnDossier *d, const RnSigner *signer, GError **error);

/* Its parts (dossier_json.c, dossier_index.c); each gives a text that the caller frees. */
char *rn_dossier_order_json(const RnDossier *d);
char *rn_dossier_ledger_json(const RnDossier *d);
void rn_dossier_index(const RnDossier *d, char **html, char **text);

/* The last moment that the dossier tells of. */
gint64 rn_dossier_end(const RnDossier *d);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDossier, rn_dossier_free)

#endif
