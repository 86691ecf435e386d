/* document_word.c: a person's word on a document. */
#include <string.h>

#include "core/documents.h"

/* The document ID, its box as it is now, and the newest order of its period. */
typedef struct {
	RnDocument	*document;
	RnBox		*box;
	RnOrder		*order;
	const RnConvention *convention;
} Matter;

static void
matter_clear(Matter *m)
{
	g_clear_pointer(&m->document, rn_document_free);
	g_clear_pointer(&m->box, rn_box_free);
	g_clear_pointer(&m->order, rn_order_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Matter, matter_clear)

static gboolean
find(RnDesk *d, gint64 id, Matter *m, GError **error)
{
	if (!rn_store_document_get(d->tx, id, &m->document, error))
		return FALSE;
	if (m->document == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no document %" G_GINT64_FORMAT "; `rinnova document list` shows all", id);
		return FALSE;
	}
	if (!rn_store_box_get(d->tx, m->document->box_id, &m->box, error) ||
	    !rn_store_order_newest(d->tx, m->box->period_id, &m->order, error))
		return FALSE;
	m->convention = rn_settings_convention(d->e->settings, m->box->convention);
	return TRUE;
}

static gboolean
already(const Matter *m, const char *state, GError **error)
{
	if (strcmp(m->document->state, state) != 0)
		return FALSE;
	g_set_error(error, RN_ERROR, RN_ERR_STATE, "document %" G_GINT64_FORMAT " is %s already",
	    m->document->id, state);
	return TRUE;
}

/* Feeds EVENT to the order where it stands in STATE; elsewhere nothing has to happen. */
static gboolean
move(RnDesk *d, const Matter *m, RnOrderState state, RnOrderEvent event, GError **error)
{
	RnMove mv = { .box = m->box, .period_expiry = m->box->expiry, .new_expiry = RN_DAY_NONE };
	RnMoved moved;

	return m->order == NULL || m->order->state != state ||
	    rn_desk_move(d, event, &mv, &moved, NULL, error);
}

gboolean
rn_document_accept(RnDesk *d, gint64 id, GError **error)
{
	g_auto(Matter) m = { 0 };
	gboolean entitled;

	if (!find(d, id, &m, error) || already(&m, "accepted", error) ||
	    !rn_store_document_set(d->tx, id, "accepted", NULL, error) ||
	    !rn_store_box_set_document(d->tx, m.box->id, TRUE, error) ||
	    !rn_desk_ledger(d, "document accepted", m.box, m.order, m.document->sha256, error))
		return FALSE;
	m.box->document = TRUE;
	entitled =
	    m.box->state != RN_BOX_CLOSED && rn_box_entitled(m.box, rn_day_of(d->now, d->e->settings->tz));
	return !entitled || move(d, &m, RN_ORDER_DOCUMENT, RN_EV_DOCUMENT_IN, error);
}

/* Another one that was sent and not refused stands in for it, unless a person has to accept it first. */
static gboolean
still_on_file(RnDesk *d, const Matter *m, gboolean *on_file, GError **error)
{
	g_autoptr(RnDocument) other = NULL;

	if (!rn_document_newest(d->tx, m->box->id, &other, error))
		return FALSE;
	*on_file = other != NULL &&
	    (strcmp(other->state, "accepted") == 0 || m->convention == NULL ||
	        m->convention->document_check != RN_DOCUMENT_PERSON);
	return TRUE;
}

gboolean
rn_document_refuse(RnDesk *d, gint64 id, const char *reason, GError **error)
{
	g_auto(Matter) m = { 0 };
	g_autofree char *key =
	    g_strdup_printf("document/%" G_GINT64_FORMAT "/refused/%" G_GINT64_FORMAT, id, d->now);
	RnLetterAsk ask = {
		.kind = RN_LETTER_REFUSED, .key = key, .purpose = RN_PURPOSE_RENEW, .reason = reason
	};
	gboolean on_file;

	if (!find(d, id, &m, error) || already(&m, "refused", error) ||
	    !rn_store_document_set(d->tx, id, "refused", reason, error) ||
	    !still_on_file(d, &m, &on_file, error) ||
	    !rn_store_box_set_document(d->tx, m.box->id, on_file, error) ||
	    !rn_desk_ledger(d, "document refused", m.box, m.order, reason, error))
		return FALSE;
	m.box->document = on_file;
	ask.box = m.box;
	ask.convention = m.convention;
	ask.expiry = m.box->expiry;
	ask.read_at = m.document->at;
	return rn_desk_letter(d, &ask, NULL, error) &&
	    (on_file || move(d, &m, RN_ORDER_OFFERED, RN_EV_DOCUMENT_WANTED, error));
}
