/* documents.c: identity documents out of a member's mail and into the store. */
#include "core/documents.h"

#include <string.h>

#include "base/text.h"

#define MAX_DOCUMENTS 10		/* of one mail */
#define MAX_OF_BOX 1000
#define LOGO_BYTES (20 * 1024)		/* smaller pictures are logos, buttons, signatures */
#define PHOTO_BYTES (100 * 1024)	/* phones put photographs inline, and logos are not that large */

static void
document_in_free(gpointer data)
{
	RnDocumentIn *in = data;

	g_free(in->name);
	g_free(in->kind);
	g_free(in->sha256);
	g_clear_pointer(&in->data, g_bytes_unref);
	g_free(in);
}

gboolean
rn_document_likely(const RnAttachment *a)
{
	if (strcmp(a->kind, "pdf") == 0)
		return TRUE;
	if (strcmp(a->kind, "jpeg") != 0 && strcmp(a->kind, "png") != 0 && strcmp(a->kind, "heic") != 0)
		return FALSE;
	if (a->is_inline)
		return strcmp(a->kind, "png") != 0 && a->size >= PHOTO_BYTES;
	return a->size >= LOGO_BYTES;
}

/* No convention takes a larger one. */
static gsize
largest(const RnSettings *s)
{
	gint64 max = 0;

	for (guint i = 0; i < s->conventions->len; i++)
		max = MAX(max, ((const RnConvention *)g_ptr_array_index(s->conventions, i))->document_max);
	return (gsize)max;
}

static gboolean
fetch_one(RnEngine *e, RnReading *r, GBytes *raw, const RnAttachment *a, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) data = NULL;
	RnDocumentIn *in;

	if (a->size <= largest(e->settings)) {
		data = rn_parser_part(e->parser, raw, a->index, largest(e->settings), &why);
		if (data == NULL && why->code == RN_ERR_BUSY) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
		if (data == NULL)	/* what cannot be read is no document; the mail itself is kept */
			return TRUE;
	}
	in = g_new0(RnDocumentIn, 1);
	in->name = g_strdup(a->name);
	in->kind = g_strdup(a->kind);
	in->size = data != NULL ? g_bytes_get_size(data) : a->size;
	in->sha256 = data != NULL ? rn_text_sha256(g_bytes_get_data(data, NULL), g_bytes_get_size(data)) :
	                            g_strdup(a->sha256);
	in->data = g_steal_pointer(&data);
	g_ptr_array_add(r->documents, in);
	return TRUE;
}

gboolean
rn_documents_fetch(RnEngine *e, RnReading *r, GBytes *raw, GError **error)
{
	const RnFacts *f = r->facts;

	if (f == NULL || r->verify || f->class_ != RN_CLASS_HUMAN || f->token_verdict != RN_TOKEN_GOOD ||
	    f->attachments == NULL)
		return TRUE;
	r->documents = g_ptr_array_new_with_free_func(document_in_free);
	for (guint i = 0; i < f->attachments->len && r->documents->len < MAX_DOCUMENTS; i++) {
		const RnAttachment *a = g_ptr_array_index(f->attachments, i);

		if (rn_document_likely(a) && !fetch_one(e, r, raw, a, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
rn_document_settled(const RnConvention *c, const RnBox *box)
{
	return box->document || (c != NULL && c->document_check == RN_DOCUMENT_NONE);
}

gboolean
rn_document_newest(RnTx *tx, gint64 box_id, RnDocument **document, GError **error)
{
	g_autoptr(GPtrArray) list = NULL;
	gint64 id = 0;

	*document = NULL;
	if (!rn_store_documents(tx, box_id, 0, MAX_OF_BOX, &list, error))
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		const RnDocument *one = g_ptr_array_index(list, i);

		if (strcmp(one->state, "refused") != 0)
			id = one->id;
	}
	return id == 0 || rn_store_document_get(tx, id, document, error);
}

gboolean
rn_document_unseen(RnTx *tx, gint64 box_id, gint64 *at, GError **error)
{
	g_autoptr(GPtrArray) list = NULL;

	*at = 0;
	if (!rn_store_documents(tx, box_id, 0, MAX_OF_BOX, &list, error))
		return FALSE;
	for (guint i = 0; i < list->len; i++) {
		const RnDocument *one = g_ptr_array_index(list, i);

		if (strcmp(one->state, "received") == 0 && (*at == 0 || one->at < *at))
			*at = one->at;
	}
	return TRUE;
}

/* --- filing --- */

typedef struct {
	RnDesk		*d;
	RnReading	*r;
	const RnInbox	*in;
	const RnConvention *c;
} Filing;

/* Tells the member why one was not taken; PLACE makes the letter's key. */
static gboolean
not_taken(Filing *f, const char *place, const char *reason, GError **error)
{
	g_autofree char *key = g_strdup_printf("period/%" G_GINT64_FORMAT "/refused/%s/%d",
	    f->r->box->period_id, place, rn_day_of(f->d->now, f->d->e->settings->tz));
	RnLetterAsk ask = {
		.kind = RN_LETTER_REFUSED, .key = key, .purpose = RN_PURPOSE_RENEW, .box = f->r->box,
		.convention = f->c, .expiry = f->r->period_expiry, .answers = f->in->message_id,
		.read = f->in->typed_text, .read_at = f->r->taken, .reason = reason,
	};

	return rn_desk_letter(f->d, &ask, NULL, error);
}

static gboolean
too_large(Filing *f, const RnDocumentIn *doc, GError **error)
{
	g_autofree char *limit = g_strdup_printf("%" G_GINT64_FORMAT, MAX(f->c->document_max >> 20, 1));
	const RnLetters *letters = f->d->e->letters;
	const char *language = rn_letters_language(letters, RN_LETTER_REFUSED, f->r->box->language);
	g_autofree char *reason =
	    rn_letter_words_fill(rn_letters_words(letters, language)->document_large, "limit", limit, NULL);

	return rn_desk_ledger(f->d, "document too large", f->r->box, NULL, doc->sha256, error) &&
	    not_taken(f, "large", reason, error);
}

/* Somebody has to look at it. */
static gboolean
tell_person(Filing *f, const RnDocument *doc, GError **error)
{
	g_autofree char *key = g_strdup_printf("document/%" G_GINT64_FORMAT "/person", doc->id);
	g_autofree char *text = g_strdup_printf(
	    "Un documento attende una verifica: casella %s, documento %" G_GINT64_FORMAT " (%s).\n\n"
	    "Per vederlo: rinnova document show %" G_GINT64_FORMAT " --output FILE\n"
	    "Se va bene: rinnova document accept %" G_GINT64_FORMAT
	    "; altrimenti: rinnova document refuse %" G_GINT64_FORMAT " --reason MOTIVO.",
	    f->r->box->name, doc->id, doc->kind, doc->id, doc->id, doc->id);

	return rn_desk_admin(f->d, key, "Un documento da verificare", text, error);
}

static gboolean
after_filing(Filing *f, const RnDocument *doc, GError **error)
{
	if (!rn_desk_ledger(f->d, "document received", f->r->box, NULL, doc->sha256, error))
		return FALSE;
	if (f->c->document_check == RN_DOCUMENT_PERSON)
		return f->r->box->document || tell_person(f, doc, error);
	if (f->r->box->document)
		return TRUE;
	f->r->box->document = TRUE;
	return rn_store_box_set_document(f->d->tx, f->r->box->id, TRUE, error);
}

static gboolean
file_one(Filing *f, const RnDocumentIn *in, GError **error)
{
	RnDocument doc = {
		.box_id = f->r->box->id, .inbox_id = f->in->id, .at = f->r->taken, .name = in->name, .kind = in->kind,
		.sha256 = in->sha256, .state = (char *)"received", .size = (gint64)in->size,
	};
	g_autoptr(RnDocument) known = NULL;
	gboolean fresh;

	if (in->data == NULL || in->size > (guint64)f->c->document_max)
		return too_large(f, in, error);
	if (!rn_store_document_add(f->d->tx, &doc, in->data, &fresh, error))
		return FALSE;
	if (fresh)
		return after_filing(f, &doc, error);
	if (!rn_store_document_get(f->d->tx, doc.id, &known, error))
		return FALSE;
	return known == NULL || strcmp(known->state, "refused") != 0 ||
	    not_taken(f, "again", known->reason, error);
}

/* Who sends a document must be the member: what a stranger attaches stays in the mail. */
static gboolean
may_file(const RnReading *r)
{
	const RnFacts *f = r->facts;

	return r->documents != NULL && r->documents->len > 0 && r->box != NULL && !f->from_odd &&
	    !f->token_conflict && !(f->token.purpose == RN_PURPOSE_RENEW && f->token.step == RN_STEP_LIST) &&
	    f->registered && f->proof >= RN_PROOF_LOW &&
	    (f->token.purpose == RN_PURPOSE_RENEW || f->token.purpose == RN_PURPOSE_ACCEPT ||
	        f->token.purpose == RN_PURPOSE_DECLINE || f->token.purpose == RN_PURPOSE_QUESTION);
}

/* A contract of ours that came back with the answer. */
static gboolean
ours(const GPtrArray *contracts, const RnDocumentIn *in)
{
	for (guint i = 0; contracts != NULL && i < contracts->len; i++)
		if (strcmp(((const RnContract *)g_ptr_array_index(contracts, i))->sha256, in->sha256) == 0)
			return TRUE;
	return FALSE;
}

gboolean
rn_documents_file(
    RnDesk *d, RnReading *r, const RnInbox *in, const RnConvention *c, gboolean *filed, GError **error)
{
	Filing f = { d, r, in, c };
	g_autoptr(GPtrArray) contracts = NULL;

	*filed = FALSE;
	if (c == NULL || !may_file(r))
		return TRUE;
	contracts = rn_desk_contracts(c, NULL);
	for (guint i = 0; i < r->documents->len; i++) {
		const RnDocumentIn *one = g_ptr_array_index(r->documents, i);

		if (ours(contracts, one))
			continue;
		if (!file_one(&f, one, error))
			return FALSE;
		*filed = TRUE;
	}
	return TRUE;
}

gboolean
rn_document_letter(RnDesk *d, RnLetterAsk *ask, GError **error)
{
	g_autoptr(RnDocument) waits = NULL;
	g_autofree char *key = NULL;
	gboolean good;

	if (!rn_document_newest(d->tx, ask->box->id, &waits, error))
		return FALSE;
	ask->document_waits =
	    waits != NULL && ask->convention != NULL && ask->convention->document_check == RN_DOCUMENT_PERSON;
	key = ask->document_waits ?
	    g_strdup_printf(
	        "order/%" G_GINT64_FORMAT "/document/waits/%" G_GINT64_FORMAT, ask->order->id, waits->id) :
	    g_strdup_printf("order/%" G_GINT64_FORMAT "/document/%d", ask->order->id,
	        rn_day_of(d->now, d->e->settings->tz));
	ask->kind = RN_LETTER_DOCUMENT;
	ask->key = key;
	good = rn_desk_letter(d, ask, NULL, error);
	ask->key = NULL;
	return good;
}

/* A yes is the same answer: the order was asked for already. A question or a no is an answer of its own. */
static gboolean
says_nothing_else(const RnFacts *f)
{
	return f->intent == RN_INTENT_EMPTY || f->intent == RN_INTENT_UNCLEAR ||
	    f->intent == RN_INTENT_RENEW || f->intent == RN_INTENT_YES || f->intent == RN_INTENT_ACCEPT;
}

/* It came, and a person has to look at it. */
static gboolean
letter_waits(RnWork *w, const RnOrder *order, GError **error)
{
	g_autoptr(RnDocument) waits = NULL;
	RnLetterAsk ask = {
		.purpose = RN_PURPOSE_RENEW, .box = w->r->box, .convention = w->convention, .order = order,
		.expiry = w->r->period_expiry, .answers = w->in->message_id, .read = w->in->typed_text,
		.read_at = w->r->taken,
	};

	if (!rn_document_newest(w->desk.tx, w->r->box->id, &waits, error))
		return FALSE;
	return waits == NULL || rn_document_letter(&w->desk, &ask, error);
}

static void
set_rule(RnWork *w)
{
	g_free(w->in->rule);
	w->in->rule = g_strdup("document-in");
	g_free(w->in->action);
	w->in->action = g_strdup(rn_word(RN_WORDS_ACTION, RN_ACT_GO_ON));
	w->desk.why = "document-in";
}

gboolean
rn_documents_answer(RnWork *w, gboolean *answered, GError **error)
{
	g_autoptr(RnOrder) order = NULL;
	gboolean filed;

	*answered = FALSE;
	if (!rn_documents_file(&w->desk, w->r, w->in, w->convention, &filed, error))
		return FALSE;
	if (!filed || !says_nothing_else(w->r->facts))
		return TRUE;
	if (!rn_store_order_newest(w->desk.tx, w->r->box->period_id, &order, error))
		return FALSE;
	if (order == NULL || order->state != RN_ORDER_DOCUMENT)
		return TRUE;
	set_rule(w);
	w->in->order_id = order->id;
	if (!(rn_document_settled(w->convention, w->r->box) ? rn_work_go_on(w, error) :
	                                                      letter_waits(w, order, error)))
		return FALSE;
	*answered = TRUE;
	return TRUE;
}
