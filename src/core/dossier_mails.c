/* dossier_mails.c: the mails of an order, and what the rows about it name beside what is of its box and
 * period. */
#include "base/text.h"
#include "core/dossier_rows.h"

#define PAGE 500

static RnDossierMail *
known(const RnDossier *d, gint64 id)
{
	for (guint i = 0; i < d->mails->len; i++) {
		RnDossierMail *m = g_ptr_array_index(d->mails, i);

		if (m->in->id == id)
			return m;
	}
	return NULL;
}

static RnDossierMail *
mail_new(RnDossier *d, RnInbox *in)
{
	RnDossierMail *m = g_new0(RnDossierMail, 1);

	g_ptr_array_add(d->mails, m);
	m->in = in;
	m->sha256 = in->raw != NULL ? rn_bytes_sha256(in->raw) : NULL;
	return m;
}

/* REGISTERED (taken over; may be NULL) also goes to a mail that is known without it. */
static gboolean
add_mail(RnDossier *d, RnTx *tx, gint64 id, RnRegisteredRow **registered, GError **error)
{
	RnDossierMail *m = known(d, id);
	g_autoptr(RnInbox) in = NULL;

	if (m != NULL && (registered == NULL || m->registered != NULL))
		return TRUE;
	if (m == NULL && !rn_store_inbox_get(tx, id, &in, error))
		return FALSE;
	if (m == NULL && in == NULL)
		return TRUE;
	if (m == NULL)
		m = mail_new(d, g_steal_pointer(&in));
	m->registered = registered != NULL ? g_steal_pointer(registered) : NULL;
	g_free(m->path);
	m->path = m->in->raw == NULL ?
	    NULL :
	    g_strdup_printf(m->registered != NULL ? "receipts/R%" G_GINT64_FORMAT "-%s.eml" :
	                                            "replies/R%" G_GINT64_FORMAT "%s.eml",
	        id, m->registered != NULL ? m->registered->kind : "");
	return TRUE;
}

static gboolean
gather_receipts(RnDossier *d, RnTx *tx, gint64 box_id, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_receipts(tx, 0, box_id, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			RnRegisteredRow *row = g_ptr_array_index(rows, i);
			RnRegisteredRow *own =
			    rn_dossier_has_letter(d, row->letter_id) ? rn_dossier_receipt_copy(row) : NULL;

			after = row->id;
			if (own != NULL && !add_mail(d, tx, row->inbox_id, &own, error))
				return FALSE;
			rn_registered_row_free(own);
		}
	}
}

/* What came back about our letters: bounces, delays, absences. */
static gboolean
gather_returned(RnDossier *d, RnTx *tx, gint64 box_id, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_deliveries(tx, box_id, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnDelivery *row = g_ptr_array_index(rows, i);

			after = row->letter_id;
			if (row->inbox_id != 0 && rn_dossier_has_letter(d, row->letter_id) &&
			    !add_mail(d, tx, row->inbox_id, NULL, error))
				return FALSE;
		}
	}
}

gboolean
rn_dossier_replies(RnDossier *d, RnTx *tx, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_inbox(tx, FALSE, d->box->id, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnInbox *in = g_ptr_array_index(rows, i);

			after = in->id;
			if ((in->period_id == d->order->period_id || in->order_id == d->order->id) &&
			    !add_mail(d, tx, in->id, NULL, error))
				return FALSE;
		}
	}
}

/* --- what rows name beside them --- */

static gboolean
add_letter(RnDossier *d, RnTx *tx, gint64 id, GError **error)
{
	return id == 0 || rn_dossier_has_letter(d, id) || rn_dossier_letter(d, tx, id, error);
}

static gboolean
add_named(RnDossier *d, RnTx *tx, const RnLedgerEntry *row, G_GNUC_UNUSED gpointer data, GError **error)
{
	return add_letter(d, tx, row->letter_id, error) &&
	    (row->inbox_id == 0 || add_mail(d, tx, row->inbox_id, NULL, error));
}

/* The lists by whose numbers a mail may have meant this box. */
static gboolean
add_lists(RnDossier *d, RnTx *tx, GError **error)
{
	for (guint i = 0; i < d->mails->len; i++) {
		const RnInbox *in = ((const RnDossierMail *)g_ptr_array_index(d->mails, i))->in;
		g_autoptr(GArray) lists = NULL;

		if (in->period_id == 0 || in->period_id == d->order->period_id)
			continue;
		if (!rn_store_letter_lists(tx, in->period_id, d->box->id, &lists, error))
			return FALSE;
		for (guint k = 0; k < lists->len; k++)
			if (!add_letter(d, tx, g_array_index(lists, gint64, k), error))
				return FALSE;
	}
	return TRUE;
}

static gboolean
add_returned(RnDossier *d, RnTx *tx, GError **error)
{
	g_autoptr(GArray) boxes = rn_dossier_boxes(d);

	for (guint i = 0; i < boxes->len; i++)
		if (!gather_receipts(d, tx, g_array_index(boxes, gint64, i), error) ||
		    !gather_returned(d, tx, g_array_index(boxes, gint64, i), error))
			return FALSE;
	return TRUE;
}

gboolean
rn_dossier_named(RnDossier *d, RnTx *tx, GError **error)
{
	guint had;

	do {
		had = d->letters->len + d->mails->len;
		if (!add_lists(d, tx, error) || !add_returned(d, tx, error) ||
		    !rn_dossier_each(d, tx, add_named, NULL, error))
			return FALSE;
	} while (d->letters->len + d->mails->len > had);
	return TRUE;
}
