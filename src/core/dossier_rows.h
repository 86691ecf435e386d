/* dossier_rows.h: parts of a dossier: the ledger's, and the contracts. Private to it. */
#ifndef RN_CORE_DOSSIER_ROWS_H
#define RN_CORE_DOSSIER_ROWS_H

#include "core/dossier.h"

/* Gathers the chains, and the stamps over them. */
gboolean rn_dossier_rows(RnDossier *d, RnTx *tx, GError **error);

/* The contracts that the letters of D enclose; a letter that cannot be read is a line in the log. */
void rn_dossier_contracts(RnDossier *d);

RnRegisteredRow *rn_dossier_receipt_copy(const RnRegisteredRow *row);

#endif
