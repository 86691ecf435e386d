/* dossier_json.c: a dossier for machines: the order, and the ledger with what a verifier needs. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/dossier.h"

static json_t *
text(const char *s)
{
	json_t *j = s != NULL ? json_string(s) : NULL;

	return j != NULL ? j : json_null();
}

static json_t *
day(RnDay d)
{
	g_autofree char *iso = rn_day_iso(d);

	return *iso != '\0' ? json_string(iso) : json_null();
}

/* "2026-11-27T10:00:00Z" */
static json_t *
when(gint64 t)
{
	g_autoptr(GDateTime) moment = t != 0 ? g_date_time_new_from_unix_utc(t) : NULL;
	g_autofree char *iso = moment != NULL ? g_date_time_format_iso8601(moment) : NULL;

	return text(iso);
}

static char *
dump(json_t *all)
{
	char *out = json_dumps(all, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	char *line = g_strconcat(out != NULL ? out : "", "\n", NULL);

	free(out);
	json_decref(all);
	return line;
}

static json_t *
order_of(const RnDossier *d)
{
	const RnOrder *o = d->order;
	json_t *j = json_pack("{s:o, s:s, s:o, s:o, s:o, s:I, s:i, s:i}", "number", text(o->number), "state",
	    rn_word(RN_WORDS_ORDER, (int)o->state), "convention", text(o->convention), "account",
	    text(o->account), "payer", text(o->payer), "price_cents", (json_int_t)o->price, "vat_percent",
	    o->vat, "term_months", o->term);

	json_object_set_new(j, "old_expiry", day(o->old_expiry));
	json_object_set_new(j, "new_expiry", day(o->new_expiry));
	json_object_set_new(j, "proof", json_string(rn_word(RN_WORDS_PROOF, (int)o->proof)));
	json_object_set_new(j, "words", text(o->words));
	json_object_set_new(j, "terms_sha256", text(o->terms));
	json_object_set_new(j, "offer", json_integer(o->offer));
	json_object_set_new(j, "provider_reference", text(o->reference));
	json_object_set_new(j, "requested_at", when(o->requested));
	json_object_set_new(j, "offered_at", when(o->offered));
	json_object_set_new(j, "accepted_at", when(o->accepted));
	json_object_set_new(j, "ended_at", when(o->ended));
	return j;
}

static json_t *
letters_of(const RnDossier *d)
{
	json_t *list = json_array();

	for (guint i = 0; i < d->letters->len; i++) {
		const RnDossierLetter *l = g_ptr_array_index(d->letters, i);
		const RnLetter *w = l->letter;
		json_t *j = json_pack("{s:o, s:o, s:I, s:s, s:o, s:o, s:o, s:o, s:s, s:i}", "file",
		    text(l->path), "sha256", text(l->sha256), "letter", (json_int_t)w->id, "kind",
		    rn_word(RN_WORDS_LETTER, (int)w->kind), "to", text(w->rcpt), "envelope_sender",
		    text(w->sender), "message_id", text(w->message_id), "subject", text(w->subject), "state",
		    rn_word(RN_WORDS_SEND, (int)w->state), "attempts", w->attempts);

		json_object_set_new(j, "written_at", when(w->created));
		json_object_set_new(j, "sent_at", when(w->sent));
		json_object_set_new(j, "last_error", text(w->error));
		json_array_append_new(list, j);
	}
	return list;
}

/* The fields on which a judgement of the sender rests, as they stand in the mail, from the top. */
static json_t *
header_of(const RnInbox *in)
{
	static const char *const names[] = { "Received", "Authentication-Results",
		"ARC-Authentication-Results", "ARC-Seal", "ARC-Message-Signature", "DKIM-Signature",
		"Received-SPF", "Return-Path", "From", "Sender", "X-Rinnova-Session", NULL };
	RnLimits limits = { .max_bytes = in->raw != NULL ? g_bytes_get_size(in->raw) : 0 };
	g_autoptr(RnHead) head = in->raw != NULL ? rn_head_scan(in->raw, &limits, NULL) : NULL;
	json_t *list = json_array();

	for (guint i = 0; head != NULL && i < rn_head_n(head); i++) {
		const RnField *f = rn_head_at(head, i);
		g_autofree char *name = g_strndup(f->name, f->name_len);

		for (guint k = 0; names[k] != NULL; k++)
			if (g_ascii_strcasecmp(names[k], name) == 0) {
				g_autofree char *value = rn_field_text(f);
				g_autofree char *valid = g_utf8_make_valid(value, -1);

				json_array_append_new(list, json_pack("[s, s]", names[k], valid));
			}
	}
	return list;
}

static json_t *
certified(const RnRegisteredRow *r)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:I}", "kind", r->kind,
	    "signature", r->signature, "fault", text(r->fault), "provider", text(r->provider),
	    "certificate_sha256", text(r->certificate), "mittente", text(r->mittente), "identificativo",
	    text(r->identificativo), "consegna", text(r->consegna), "code", text(r->code), "at", when(r->at),
	    "certified", r->certified, "letter", (json_int_t)r->letter_id);
}

static json_t *
mails_of(const RnDossier *d)
{
	json_t *list = json_array();

	for (guint i = 0; i < d->mails->len; i++) {
		const RnDossierMail *m = g_ptr_array_index(d->mails, i);
		const RnInbox *in = m->in;
		json_t *j = json_pack("{s:o, s:o, s:I, s:o, s:o}", "file", text(m->path), "sha256",
		    text(m->sha256), "mail", (json_int_t)in->id, "taken_at", when(in->taken), "processed_at",
		    when(in->processed));

		json_object_set_new(j, "session",
		    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "record", text(in->session),
		        "client", text(in->client), "helo", text(in->helo), "tls", text(in->tls), "login",
		        text(in->login), "envelope_sender", text(in->sender), "envelope_recipient",
		        text(in->rcpt), "queue_id", text(in->queue_id)));
		json_object_set_new(j, "authentication",
		    json_pack("{s:o, s:o, s:o, s:o}", "from", text(in->from), "proof", text(in->proof), "why",
		        text(in->proof_why), "header", header_of(in)));
		json_object_set_new(j, "decision",
		    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "class", text(in->class_), "typed_text",
		        text(in->typed_text), "intent", text(in->intent), "matched", text(in->matched),
		        "rule", text(in->rule), "action", text(in->action), "held", in->held));
		json_object_set_new(
		    j, "registered", m->registered != NULL ? certified(m->registered) : json_null());
		json_array_append_new(list, j);
	}
	return list;
}

static json_t *
contracts_of(const RnDossier *d)
{
	json_t *list = json_array();

	for (guint i = 0; i < d->contracts->len; i++) {
		const RnDossierContract *c = g_ptr_array_index(d->contracts, i);

		json_array_append_new(list,
		    json_pack("{s:s, s:o, s:s, s:s}", "file", c->path, "name", text(c->name), "sha256",
		        c->sha256, "enclosed_in", c->letters));
	}
	return list;
}

static json_t *
documents_of(const RnDossier *d)
{
	json_t *list = json_array();

	for (guint i = 0; i < d->documents->len; i++) {
		const RnDocument *doc = g_ptr_array_index(d->documents, i);

		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:I, s:o, s:I}", "sha256", doc->sha256, "state", doc->state,
		        "kind", doc->kind, "mail", (json_int_t)doc->inbox_id, "at", when(doc->at), "size",
		        (json_int_t)doc->size));
	}
	return list;
}

char *
rn_dossier_order_json(const RnDossier *d)
{
	const RnBox *b = d->box;
	const RnCall *c = d->call;
	json_t *all = json_pack("{s:s, s:o}", "format", "rinnova-order/1", "order", order_of(d));

	json_object_set_new(all, "box",
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o}", "box", text(b->name), "holder", text(b->holder),
	        "reference", text(b->reference), "reference2", text(b->reference2), "type", text(b->type),
	        "state", rn_word(RN_WORDS_BOX, (int)b->state), "expiry", day(b->expiry)));
	json_object_set_new(all, "convention_name", text(d->convention != NULL ? d->convention->name : NULL));
	json_object_set_new(all, "letters", letters_of(d));
	json_object_set_new(all, "mails", mails_of(d));
	json_object_set_new(all, "contracts", contracts_of(d));
	json_object_set_new(all, "documents", documents_of(d));
	json_object_set_new(all, "provider_call",
	    c == NULL ? json_null() :
	                json_pack("{s:o, s:s, s:i, s:o, s:o, s:o, s:b}", "idempotency_key", text(c->key),
	                    "state", rn_word(RN_WORDS_SEND, (int)c->state), "attempts", c->attempts,
	                    "written_at", when(c->created), "done_at", when(c->done), "last_error",
	                    text(c->error), "doubt", c->doubt));
	return dump(all);
}

/* Were the bytes that E is about removed, because their time was over? */
static gboolean
is_gone(const RnDossier *d, const RnLedgerEntry *e)
{
	for (guint i = 0; e->inbox_id != 0 && i < d->mails->len; i++) {
		const RnDossierMail *m = g_ptr_array_index(d->mails, i);

		if (m->in->id == e->inbox_id && m->path == NULL)
			return TRUE;
	}
	for (guint i = 0; e->letter_id != 0 && i < d->letters->len; i++) {
		const RnDossierLetter *l = g_ptr_array_index(d->letters, i);

		if (l->letter->id == e->letter_id && l->path == NULL)
			return TRUE;
	}
	return FALSE;
}

/* A row that is about the order, or one of an old format, whose digest needs its text: all of it. Of the
 * others the digest of their content is enough. */
static json_t *
row_of(const RnDossier *d, const RnLedgerEntry *e)
{
	gboolean own = rn_dossier_owns(d, e);
	json_t *j;

	if (!own && e->format != 1) {
		g_autofree char *content = rn_ledger_content(e);

		return json_pack(
		    "{s:I, s:s, s:s}", "seq", (json_int_t)e->seq, "content", content, "digest", e->digest);
	}
	j = json_pack("{s:I, s:i, s:b, s:I, s:s, s:s, s:s}", "seq", (json_int_t)e->seq, "format", e->format,
	    "own", own, "at", (json_int_t)e->at, "who", e->who, "what", e->what, "why", e->why);
	json_object_update_new(j,
	    json_pack("{s:I, s:I, s:I, s:I, s:I, s:s, s:s, s:s, s:s}", "box", (json_int_t)e->box_id, "period",
	        (json_int_t)e->period_id, "order", (json_int_t)e->order_id, "mail", (json_int_t)e->inbox_id,
	        "letter", (json_int_t)e->letter_id, "detail_sha256", e->detail_digest, "mail_sha256",
	        e->inbox_digest, "letter_sha256", e->letter_digest, "digest", e->digest));
	if (own && e->detail != NULL && (e->box_id == 0 || e->box_id == d->box->id))
		json_object_set_new(j, "detail", json_string(e->detail));
	if (own && is_gone(d, e))
		json_object_set_new(j, "gone", json_true());
	return j;
}

char *
rn_dossier_ledger_json(const RnDossier *d)
{
	json_t *chains = json_array();

	for (guint i = 0; i < d->chains->len; i++) {
		const RnDossierChain *c = g_ptr_array_index(d->chains, i);
		json_t *rows = json_array();

		for (guint k = 0; k < c->rows->len; k++)
			json_array_append_new(rows, row_of(d, g_ptr_array_index(c->rows, k)));
		json_array_append_new(chains,
		    json_pack(
		        "{s:s, s:s, s:o}", "convention", c->convention, "before", c->before, "rows", rows));
	}
	return dump(json_pack("{s:s, s:o}", "format", "rinnova-ledger-rows/1", "chains", chains));
}
