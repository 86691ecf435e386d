/* dossier_rows.h: the ledger's part of a dossier. Private to it. */
#ifndef RN_CORE_DOSSIER_ROWS_H
#define RN_CORE_DOSSIER_ROWS_H

#include "core/dossier.h"

/* Gathers the chains, and the stamps over them. */
gboolean rn_dossier_rows(RnDossier *d, RnTx *tx, GError **error);

RnRegisteredRow *rn_dossier_receipt_copy(const RnRegisteredRow *row);

#endif
