/* receipts.c: registered mail beside the mail that brought it, and receipts joined to our letters. */
#include "core/receipts.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/returned.h"

#define MAX_RECEIPTS 200	/* of one letter */

static gboolean
same(const char *address, const char *folded)
{
	g_autofree char *fold = address != NULL && rn_addr_valid(address) ? rn_addr_fold(address) : NULL;

	return fold != NULL && strcmp(fold, folded) == 0;
}

/* Is it a receipt that the sender of LETTER got, about its recipient? Everybody can have genuine receipts,
 * and put our Message-ID into the header above them, which nobody signs. */
static gboolean
is_about(const RnRegistered *reg, const RnLetter *letter)
{
	if (!same(reg->mittente, letter->sender))
		return FALSE;
	if (reg->consegna != NULL)
		return same(reg->consegna, letter->rcpt);
	for (guint i = 0; i < reg->recipients->len; i++)
		if (same(((const RnRegRecipient *)g_ptr_array_index(reg->recipients, i))->address,
		        letter->rcpt))
			return TRUE;
	return FALSE;
}

static gboolean
letter_by_id(RnTx *tx, const RnReading *r, const char *id, RnLetter **letter, GError **error)
{
	const RnRegistered *reg = r->registered;
	const RnRegRecipient *first = reg->recipients->len > 0 ? g_ptr_array_index(reg->recipients, 0) : NULL;
	const char *to = reg->consegna != NULL ? reg->consegna : first != NULL ? first->address : NULL;
	g_autofree char *rcpt = to != NULL && rn_addr_valid(to) ? rn_addr_fold(to) : NULL;

	if (*letter == NULL && id != NULL && !rn_store_letter_returned(tx, id, rcpt, letter, error))
		return FALSE;
	if (*letter != NULL && !is_about(reg, *letter))
		g_clear_pointer(letter, rn_letter_free);
	return TRUE;
}

/* By the Message-ID that we gave, as the provider certifies it; where it certifies none, by the same in the
 * header, which is not signed and so never speaks against it; then by the provider's own number, learnt from
 * another receipt. Never by the subject. */
static gboolean
find_letter(RnTx *tx, RnReading *r, GError **error)
{
	const RnRegistered *reg = r->registered;
	gint64 id = 0;

	g_clear_pointer(&r->receipt_of, rn_letter_free);
	if (!rn_registered_is_receipt(reg->kind) || reg->signature != RN_SIGNATURE_VALID ||
	    reg->fault != RN_FAULT_NONE)
		return TRUE;
	if (!letter_by_id(tx, r, reg->msgid, &r->receipt_of, error) ||
	    !letter_by_id(tx, r, reg->msgid == NULL ? r->reference : NULL, &r->receipt_of, error))
		return FALSE;
	if (r->receipt_of != NULL || reg->identificativo == NULL)
		return TRUE;
	if (!rn_store_registered_letter(tx, reg->identificativo, &id, error) ||
	    (id != 0 && !rn_store_letter_get(tx, id, &r->receipt_of, error)))
		return FALSE;
	return letter_by_id(tx, r, NULL, &r->receipt_of, error);
}

/* Is the recipient that the receipt is about a PEC box? */
static gboolean
is_certified(const RnReading *r)
{
	const RnRegistered *reg = r->registered;

	for (guint i = 0; i < reg->recipients->len; i++) {
		const RnRegRecipient *to = g_ptr_array_index(reg->recipients, i);

		if (r->receipt_of == NULL || same(to->address, r->receipt_of->rcpt))
			return to->certified;
	}
	return FALSE;
}

gboolean
rn_delivery_register(RnTx *tx, RnReading *r, GError **error)
{
	const RnRegistered *reg = r->registered;
	RnRegisteredRow row;

	if (reg == NULL)
		return TRUE;
	if (!find_letter(tx, r, error))
		return FALSE;
	row = (RnRegisteredRow){
		.inbox_id = r->inbox_id,
		.letter_id = r->receipt_of != NULL ? r->receipt_of->id : 0,
		.kind = (char *)(gpointer)rn_reg_kind_word(reg->kind),
		.signature = (char *)(gpointer)rn_signature_word(reg->signature),
		.fault = r->facts == NULL           ? (char *)(gpointer) "unreadable" :
		    reg->fault != RN_FAULT_NONE ? (char *)(gpointer)rn_fault_word(reg->fault) :
		                                  NULL,
		.provider = reg->provider,
		.certificate = reg->certificate,
		.mittente = reg->mittente,
		.identificativo = reg->identificativo,
		.msgid = reg->msgid,
		.rcpt = r->rcpt,
		.consegna = reg->consegna,
		.code = reg->code,
		.certified = is_certified(r),
		.at = reg->time,
	};
	return rn_store_registered_put(tx, &row, error);
}

/* --- what is proven of a letter --- */

void
rn_fate_clear(RnFate *fate)
{
	g_free(fate->kind);
	g_free(fate->identificativo);
	g_free(fate->provider);
	g_free(fate->code);
	memset(fate, 0, sizeof(*fate));
}

static void
take_receipt(RnFate *fate, const RnRegisteredRow *row, const RnLetter *letter)
{
	gint64 since = letter->sent != 0 ? letter->sent : letter->created;
	int hours = (int)CLAMP((row->at - since) / 3600, 0, 1000);
	RnNotified state = rn_notified_step(fate->state, rn_reg_kind_read(row->kind), row->certified, hours);

	if (state == fate->state)
		return;
	rn_fate_clear(fate);
	fate->state = state;
	fate->at = row->at;
	fate->inbox_id = row->inbox_id;
	fate->kind = g_strdup(row->kind);
	fate->identificativo = g_strdup(row->identificativo);
	fate->provider = g_strdup(row->provider);
	fate->code = g_strdup(row->code);
}

gboolean
rn_receipt_fate(RnTx *tx, const RnLetter *letter, gint64 except, RnFate *fate, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;

	rn_fate_clear(fate);
	if (!rn_store_receipts(tx, letter->id, 0, 0, MAX_RECEIPTS, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const RnRegisteredRow *row = g_ptr_array_index(rows, i);

		if (row->fault == NULL && row->inbox_id != except)
			take_receipt(fate, row, letter);
	}
	return TRUE;
}

char *
rn_fate_text(const RnFate *fate, GTimeZone *tz)
{
	g_autofree char *at = fate->at != 0 ? rn_time_text(fate->at, tz) : NULL;

	if (fate->state == RN_NOTIFIED_NOT)
		return NULL;
	return g_strdup_printf("%s on %s (%s %s, %s)%s%s",
	    fate->state == RN_NOTIFIED_DELIVERED ? "notified" : rn_notified_word(fate->state),
	    at != NULL ? at : "?", fate->state == RN_NOTIFIED_DELIVERED ? "delivery receipt" : fate->kind,
	    fate->identificativo != NULL ? fate->identificativo : "-",
	    fate->provider != NULL ? fate->provider : "-", fate->code != NULL ? ": " : "",
	    fate->code != NULL ? fate->code : "");
}

/* --- what follows --- */

/* The report of a bounce from what the provider certifies: "5.1.1 - ARUBA PEC S.p.A. - indirizzo non valido".
 */
static void
report_of(RnWork *w)
{
	const RnRegistered *reg = w->r->registered;
	RnReport *report = &w->r->facts->report;
	gsize n = reg->code != NULL ? strspn(reg->code, "0123456789.") : 0;

	g_free(report->status);
	report->status = n >= 5 ? g_strndup(reg->code, n) : g_strdup(NULL);
	if (report->status == NULL && g_strcmp0(reg->errore, "no-dest") == 0)
		report->status = g_strdup("5.1.1");
	g_free(report->text);
	report->text = g_strdup(reg->code != NULL ? reg->code : rn_reg_kind_word(reg->kind));
}

gboolean
rn_receipt_follow(RnWork *w, GError **error)
{
	const RnLetter *letter = w->r->receipt_of;
	g_auto(RnFate) before = { 0 }, after = { 0 };
	g_autoptr(RnBox) box = NULL;
	g_autofree char *what = NULL, *detail = NULL;

	if (letter == NULL)
		return TRUE;
	if (!rn_receipt_fate(w->desk.tx, letter, w->in->id, &before, error) ||
	    !rn_receipt_fate(w->desk.tx, letter, 0, &after, error))
		return FALSE;
	if (letter->box_id != 0 && !rn_store_box_get(w->desk.tx, letter->box_id, &box, error))
		return FALSE;
	w->desk.who = "provider";
	w->in->box_id = letter->box_id;
	w->in->period_id = letter->period_id;
	if (after.state ==
	    before.state) /* nothing follows, but it is evidence: its digest stands in the chain */
		return rn_desk_ledger(&w->desk, "receipt kept", box, NULL, NULL, error);
	what = g_strdup_printf("letter %s by receipt", rn_notified_word(after.state));
	detail = g_strdup_printf("L%" G_GINT64_FORMAT " %s %s", letter->id, after.kind,
	    after.identificativo != NULL ? after.identificativo : "-");
	if (!rn_desk_ledger(&w->desk, what, box, NULL, detail, error))
		return FALSE;
	report_of(w);
	if (after.state == RN_NOTIFIED_LATE)
		return rn_returned_late(w, letter, error);
	return (after.state != RN_NOTIFIED_FAILED && after.state != RN_NOTIFIED_LAPSED) ||
	    rn_returned_lost(w, letter, error);
}
