/* dossier.c: what the store knows of an order. */
#include "core/dossier.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/dossier_rows.h"

#define PAGE 500

static void
free_mail(gpointer p)
{
	RnDossierMail *m = p;

	rn_inbox_free(m->in);
	rn_registered_row_free(m->registered);
	g_free(m->path);
	g_free(m->sha256);
	g_free(m);
}

static void
free_letter(gpointer p)
{
	RnDossierLetter *l = p;

	rn_letter_free(l->letter);
	g_free(l->path);
	g_free(l->sha256);
	g_free(l);
}

static void
free_contract(gpointer p)
{
	RnDossierContract *c = p;

	g_free(c->name);
	g_free(c->path);
	g_free(c->sha256);
	g_free(c->letters);
	g_bytes_unref(c->data);
	g_free(c);
}

void
rn_dossier_free(RnDossier *d)
{
	if (d == NULL)
		return;
	rn_order_free(d->order);
	rn_box_free(d->box);
	rn_call_free(d->call);
	g_clear_pointer(&d->letters, g_ptr_array_unref);
	g_clear_pointer(&d->mails, g_ptr_array_unref);
	g_clear_pointer(&d->contracts, g_ptr_array_unref);
	g_clear_pointer(&d->documents, g_ptr_array_unref);
	g_clear_pointer(&d->chains, g_ptr_array_unref);
	g_clear_pointer(&d->stamps, g_ptr_array_unref);
	g_free(d);
}

/* --- letters --- */

gboolean
rn_dossier_letter(RnDossier *d, RnTx *tx, gint64 id, GError **error)
{
	g_autoptr(RnLetter) letter = NULL;
	RnDossierLetter *l;

	if (!rn_store_letter_get(tx, id, &letter, error))
		return FALSE;
	if (letter == NULL)
		return TRUE;
	l = g_new0(RnDossierLetter, 1);
	l->letter = g_steal_pointer(&letter);
	g_ptr_array_add(d->letters, l);
	if (l->letter->raw == NULL)
		return TRUE;
	l->sha256 = rn_bytes_sha256(l->letter->raw);
	l->path = g_strdup_printf(
	    "letters/L%" G_GINT64_FORMAT "-%s.eml", id, rn_word(RN_WORDS_LETTER, (int)l->letter->kind));
	return TRUE;
}

static gboolean
gather_letters(RnDossier *d, RnTx *tx, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_letters(tx, -1, d->box->id, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnLetter *l = g_ptr_array_index(rows, i);

			after = l->id;
			if (l->period_id == d->order->period_id && !rn_dossier_letter(d, tx, l->id, error))
				return FALSE;
		}
	}
}

static int
letter_by_id(gconstpointer a, gconstpointer b)
{
	gint64 x = (*(const RnDossierLetter *const *)a)->letter->id,
	       y = (*(const RnDossierLetter *const *)b)->letter->id;

	return x < y ? -1 : x > y;
}

static int
mail_by_id(gconstpointer a, gconstpointer b)
{
	gint64 x = (*(const RnDossierMail *const *)a)->in->id, y = (*(const RnDossierMail *const *)b)->in->id;

	return x < y ? -1 : x > y;
}

/* --- all of it --- */

static RnDossier *
dossier_new(RnEngine *e)
{
	RnDossier *d = g_new0(RnDossier, 1);

	d->e = e;
	d->letters = g_ptr_array_new_with_free_func(free_letter);
	d->mails = g_ptr_array_new_with_free_func(free_mail);
	d->contracts = g_ptr_array_new_with_free_func(free_contract);
	return d;
}

RnDossier *
rn_dossier_gather(RnEngine *e, RnTx *tx, const char *number, GError **error)
{
	g_autoptr(RnDossier) d = dossier_new(e);

	if (!rn_store_order_find(tx, number, &d->order, error))
		return NULL;
	if (d->order == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no order \"%s\"; `rinnova order list` shows all", number);
		return NULL;
	}
	if (!rn_store_box_get(tx, d->order->box_id, &d->box, error))
		return NULL;
	if (d->box == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_STORE, "the box of order %s is not in the store", number);
		return NULL;
	}
	d->convention = rn_settings_convention(e->settings, d->order->convention);
	if (!gather_letters(d, tx, error) || !rn_dossier_replies(d, tx, error) ||
	    !rn_dossier_named(d, tx, error) ||
	    !rn_store_call_of_order(tx, d->order->id, RN_CALL_RENEW, &d->call, error) ||
	    !rn_store_documents(tx, d->box->id, 0, PAGE, &d->documents, error))
		return NULL;
	g_ptr_array_sort(d->letters, letter_by_id);
	g_ptr_array_sort(d->mails, mail_by_id);
	rn_dossier_contracts(d);
	return rn_dossier_rows(d, tx, error) ? g_steal_pointer(&d) : NULL;
}
