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
gather_receipts(RnDossier *d, RnTx *tx, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_receipts(tx, 0, d->box->id, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			RnRegisteredRow *row = g_ptr_array_index(rows, i);
			RnRegisteredRow *own =
			    rn_dossier_has_letter(d, row->letter_id) ? rn_dossier_receipt_copy(row) : NULL;

			gboolean ok = own == NULL || add_mail(d, tx, row->inbox_id, &own, error);

			after = row->id;
			rn_registered_row_free(own);
			if (!ok)
				return FALSE;
		}
	}
}

/* What came back about our letters: bounces, delays, absences. */
static gboolean
gather_returned(RnDossier *d, RnTx *tx, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_deliveries(tx, d->box->id, after, PAGE, &rows, error))
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

/* Does IN name LETTER as the one that it answers? */
static gboolean
answers(const RnInbox *in, const RnLetter *letter)
{
	gsize len = 0;
	const char *raw = in->raw != NULL ? g_bytes_get_data(in->raw, &len) : NULL;
	const char *end = raw != NULL ? g_strstr_len(raw, (gssize)len, "\r\n\r\n") : NULL;
	g_autofree char *id = g_strdup_printf("<%s>", letter->message_id);

	return raw != NULL && g_strstr_len(raw, end != NULL ? end - raw : (gssize)len, id) != NULL;
}

/* The list by whose numbers IN may have meant this box: the one that it answers, or the only one. */
static gboolean
add_list(RnDossier *d, RnTx *tx, const RnInbox *in, GError **error)
{
	g_autoptr(GArray) lists = NULL;

	if (!rn_store_letter_lists(tx, in->period_id, d->box->id, in->taken, &lists, error))
		return FALSE;
	for (guint i = 0; i < lists->len; i++) {
		gint64 id = g_array_index(lists, gint64, i);
		g_autoptr(RnLetter) letter = NULL;

		if (!rn_store_letter_get(tx, id, &letter, error))
			return FALSE;
		if (letter != NULL && (lists->len == 1 || answers(in, letter)))
			return add_letter(d, tx, id, error);
	}
	return TRUE;
}

static gboolean
add_lists(RnDossier *d, RnTx *tx, GError **error)
{
	for (guint i = 0; i < d->mails->len; i++) {
		const RnInbox *in = ((const RnDossierMail *)g_ptr_array_index(d->mails, i))->in;

		if (in->period_id != 0 && in->period_id != d->order->period_id && !add_list(d, tx, in, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
rn_dossier_named(RnDossier *d, RnTx *tx, GError **error)
{
	guint had;

	do {
		had = d->letters->len + d->mails->len;
		if (!add_lists(d, tx, error) || !gather_receipts(d, tx, error) ||
		    !gather_returned(d, tx, error) || !rn_dossier_each(d, tx, add_named, NULL, error))
			return FALSE;
	} while (d->letters->len + d->mails->len > had);
	return TRUE;
}
