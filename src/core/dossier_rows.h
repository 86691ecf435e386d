/* dossier_rows.h: the parts of a dossier: letters, mails, contracts, the ledger's. Private to it. */
#ifndef RN_CORE_DOSSIER_ROWS_H
#define RN_CORE_DOSSIER_ROWS_H

#include "core/dossier.h"

/* Adds letter ID, if there is one. The bytes of letters and mails are read here and in dossier_mails.c only.
 */
gboolean rn_dossier_letter(RnDossier *d, RnTx *tx, gint64 id, GError **error);
/* Is letter ID among them? */
gboolean rn_dossier_has_letter(const RnDossier *d, gint64 id);

/* Gathers the mails of the box that are about the order; then what the rows about the order name: a mail that
 * named no box, or another one first, the list that it answered, a letter about a period that was put right
 * since; and what came back about those. Each may make other rows be about the order. */
gboolean rn_dossier_replies(RnDossier *d, RnTx *tx, GError **error);
gboolean rn_dossier_named(RnDossier *d, RnTx *tx, GError **error);

/* The boxes in whose ledger there may be rows about the order: its own, and those of lists. GArray of gint64.
 */
GArray *rn_dossier_boxes(const RnDossier *d);

/* Calls FUNC with each row about the order. */
typedef gboolean (*RnDossierRow)(
    RnDossier *d, RnTx *tx, const RnLedgerEntry *row, gpointer data, GError **error);
gboolean rn_dossier_each(RnDossier *d, RnTx *tx, RnDossierRow func, gpointer data, GError **error);

/* Gathers the chains, and the stamps over them. */
gboolean rn_dossier_rows(RnDossier *d, RnTx *tx, GError **error);

/* The contracts that the letters of D enclose; a letter that cannot be read is a line in the log. */
void rn_dossier_contracts(RnDossier *d);

RnRegisteredRow *rn_dossier_receipt_copy(const RnRegisteredRow *row);

#endif
