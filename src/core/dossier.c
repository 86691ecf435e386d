/* dossier.c: what the store knows of an order. */
#include "core/dossier.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/dossier_rows.h"

#define PAGE 500
#define CONTRACT_MAX (64 << 20)
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

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

static char *
digest_of(GBytes *data)
{
	gsize len;
	const void *bytes = g_bytes_get_data(data, &len);

	return rn_text_sha256(bytes != NULL ? bytes : "", len);
}

/* --- letters --- */

/* The bytes of letters and mails are read here and in add_mail() only. */
static gboolean
add_letter(RnDossier *d, RnTx *tx, gint64 id, GError **error)
{
	RnDossierLetter *l = g_new0(RnDossierLetter, 1);

	g_ptr_array_add(d->letters, l);
	if (!rn_store_letter_get(tx, id, &l->letter, error))
		return FALSE;
	if (l->letter == NULL || l->letter->raw == NULL)
		return TRUE;
	l->sha256 = digest_of(l->letter->raw);
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
			if (l->period_id == d->order->period_id && !add_letter(d, tx, l->id, error))
				return FALSE;
		}
	}
}

/* --- mails --- */

static gboolean
known(const RnDossier *d, gint64 id)
{
	for (guint i = 0; i < d->mails->len; i++)
		if (((const RnDossierMail *)g_ptr_array_index(d->mails, i))->in->id == id)
			return TRUE;
	return FALSE;
}

static gboolean
add_mail(RnDossier *d, RnTx *tx, gint64 id, RnRegisteredRow **registered, GError **error)
{
	g_autoptr(RnInbox) in = NULL;
	RnDossierMail *m;

	if (known(d, id))
		return TRUE;
	if (!rn_store_inbox_get(tx, id, &in, error))
		return FALSE;
	if (in == NULL)
		return TRUE;
	m = g_new0(RnDossierMail, 1);
	g_ptr_array_add(d->mails, m);
	m->in = g_steal_pointer(&in);
	m->registered = registered != NULL ? g_steal_pointer(registered) : NULL;
	if (m->in->raw == NULL)
		return TRUE;
	m->sha256 = digest_of(m->in->raw);
	m->path = g_strdup_printf(m->registered != NULL ? "receipts/R%" G_GINT64_FORMAT "-%s.eml" :
	                                                  "replies/R%" G_GINT64_FORMAT "%s.eml",
	    id, m->registered != NULL ? m->registered->kind : "");
	return TRUE;
}

static gboolean
is_our_letter(const RnDossier *d, gint64 id)
{
	for (guint i = 0; id != 0 && i < d->letters->len; i++)
		if (((const RnDossierLetter *)g_ptr_array_index(d->letters, i))->letter->id == id)
			return TRUE;
	return FALSE;
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
			    is_our_letter(d, row->letter_id) ? rn_dossier_receipt_copy(row) : NULL;

			after = row->id;
			if (own != NULL && !add_mail(d, tx, row->inbox_id, &own, error))
				return FALSE;
			rn_registered_row_free(own);
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
			if (row->inbox_id != 0 && is_our_letter(d, row->letter_id) &&
			    !add_mail(d, tx, row->inbox_id, NULL, error))
				return FALSE;
		}
	}
}

static gboolean
gather_replies(RnDossier *d, RnTx *tx, GError **error)
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

static int
by_id(gconstpointer a, gconstpointer b)
{
	gint64 x = (*(const RnDossierMail *const *)a)->in->id, y = (*(const RnDossierMail *const *)b)->in->id;

	return x < y ? -1 : x > y;
}

/* --- contracts --- */

static char *
plain_name(const char *name)
{
	g_autofree char *plain = g_strcanon(g_str_to_ascii(name != NULL ? name : "", "C"), NAME_LETTERS, '_');
	const char *start = plain + strspn(plain, ".");

	return g_strndup(*start != '\0' ? start : "contract", 80);
}

static void
add_contract(RnDossier *d, const RnDossierLetter *l, const RnAttachment *a, GBytes *data)
{
	g_autofree char *sha = digest_of(data);
	g_autofree char *name = plain_name(a->name);
	RnDossierContract *c;

	for (guint i = 0; i < d->contracts->len; i++) {
		c = g_ptr_array_index(d->contracts, i);
		if (strcmp(c->sha256, sha) == 0) {
			g_autofree char *before = c->letters;

			c->letters = g_strdup_printf("%s L%" G_GINT64_FORMAT, before, l->letter->id);
			return;
		}
	}
	c = g_new0(RnDossierContract, 1);
	c->name = g_strdup(a->name != NULL ? a->name : "");
	c->path = g_strdup_printf("contracts/%.8s-%s", sha, name);
	c->sha256 = g_steal_pointer(&sha);
	c->letters = g_strdup_printf("L%" G_GINT64_FORMAT, l->letter->id);
	c->data = g_bytes_ref(data);
	c->at = l->letter->created;
	g_ptr_array_add(d->contracts, c);
}

/* The contracts as they were enclosed; a letter that cannot be read still goes along as it is. */
static void
contracts_of(RnDossier *d, const RnDossierLetter *l)
{
	RnEnvelope env = { .rcpt = l->letter->rcpt };
	g_autoptr(GError) error = NULL;
	g_autoptr(RnFacts) facts = rn_parser_read(d->e->parser, l->letter->raw, &env, NULL, FALSE, &error);

	for (guint i = 0; facts != NULL && facts->attachments != NULL && i < facts->attachments->len; i++) {
		const RnAttachment *a = g_ptr_array_index(facts->attachments, i);
		g_autoptr(GBytes) data = NULL;

		if (a->name == NULL || a->size > CONTRACT_MAX)
			continue;
		data = rn_parser_part(d->e->parser, l->letter->raw, a->index, CONTRACT_MAX, NULL);
		if (data != NULL)
			add_contract(d, l, a, data);
	}
	if (facts == NULL)
		rn_log(RN_LOG_WARN, "-", "evidence", "letter", l->path, "error", error->message, NULL);
}

static void
gather_contracts(RnDossier *d)
{
	for (guint i = 0; i < d->letters->len; i++) {
		const RnDossierLetter *l = g_ptr_array_index(d->letters, i);
		RnLetterKind kind = l->letter->kind;

		if (l->letter->raw != NULL &&
		    (kind == RN_LETTER_SUMMARY || kind == RN_LETTER_REMINDER || kind == RN_LETTER_NOTICE ||
		        kind == RN_LETTER_FRESH))
			contracts_of(d, l);
	}
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
	if (!gather_letters(d, tx, error) || !gather_receipts(d, tx, error) ||
	    !gather_returned(d, tx, error) || !gather_replies(d, tx, error) ||
	    !rn_store_call_of_order(tx, d->order->id, RN_CALL_RENEW, &d->call, error) ||
	    !rn_store_documents(tx, d->box->id, 0, PAGE, &d->documents, error))
		return NULL;
	g_ptr_array_sort(d->mails, by_id);
	gather_contracts(d);
	return rn_dossier_rows(d, tx, error) ? g_steal_pointer(&d) : NULL;
}
