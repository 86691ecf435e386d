/* dossier_pack.c: a dossier as files. */
#include <string.h>

#include "core/dossier.h"

gint64
rn_dossier_end(const RnDossier *d)
{
	gint64 end = MAX(d->order->requested, d->order->ended);

	for (guint i = 0; i < d->letters->len; i++) {
		const RnLetter *l = ((const RnDossierLetter *)g_ptr_array_index(d->letters, i))->letter;

		end = MAX(end, MAX(l->created, l->sent));
	}
	for (guint i = 0; i < d->mails->len; i++)
		end = MAX(end, ((const RnDossierMail *)g_ptr_array_index(d->mails, i))->in->processed);
	for (guint i = 0; i < d->stamps->len; i++)
		end = MAX(end, ((const RnDayHead *)g_ptr_array_index(d->stamps, i))->stamped);
	return end;
}

static gboolean
add_bytes(const RnDossier *d, RnPack *pack, GError **error)
{
	for (guint i = 0; i < d->letters->len; i++) {
		const RnDossierLetter *l = g_ptr_array_index(d->letters, i);

		if (l->path != NULL &&
		    !rn_pack_add(pack, l->path, l->letter->raw,
		        l->letter->sent != 0 ? l->letter->sent : l->letter->created, error))
			return FALSE;
	}
	for (guint i = 0; i < d->mails->len; i++) {
		const RnDossierMail *m = g_ptr_array_index(d->mails, i);

		if (m->path != NULL && !rn_pack_add(pack, m->path, m->in->raw, m->in->taken, error))
			return FALSE;
	}
	for (guint i = 0; i < d->contracts->len; i++) {
		const RnDossierContract *c = g_ptr_array_index(d->contracts, i);

		if (!rn_pack_add(pack, c->path, c->data, c->at, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
add_stamps(const RnDossier *d, RnPack *pack, GError **error)
{
	for (guint i = 0; i < d->stamps->len; i++) {
		const RnDayHead *h = g_ptr_array_index(d->stamps, i);
		g_autofree char *day = rn_day_iso(h->day);
		g_autofree char *record = g_strdup_printf("stamps/%s.txt", day);
		g_autofree char *answer = g_strdup_printf("stamps/%s.tsr", day);

		if (!rn_pack_add_text(pack, record, h->record, h->at, error) ||
		    (h->answer != NULL && !rn_pack_add(pack, answer, h->answer, h->stamped, error)))
			return FALSE;
	}
	return TRUE;
}

RnPack *
rn_dossier_pack(const RnDossier *d, const RnSigner *signer, GError **error)
{
	g_autoptr(RnPack) pack = rn_pack_new();
	g_autofree char *order = rn_dossier_order_json(d);
	g_autofree char *ledger = rn_dossier_ledger_json(d);
	g_autofree char *html = NULL, *text = NULL;
	gint64 at = rn_dossier_end(d);

	rn_dossier_index(d, &html, &text);
	return add_bytes(d, pack, error) && add_stamps(d, pack, error) &&
	        rn_pack_add_text(pack, "order.json", order, at, error) &&
	        rn_pack_add_text(pack, "ledger.json", ledger, at, error) &&
	        rn_pack_add_text(pack, "index.html", html, at, error) &&
	        rn_pack_add_text(pack, "index.txt", text, at, error) &&
	        rn_pack_seal(pack, d->order->number, signer, at, error) ?
	    g_steal_pointer(&pack) :
	    NULL;
}
