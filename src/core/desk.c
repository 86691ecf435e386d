#include "core/desk.h"

#include <string.h>

#include "base/text.h"
#include "base/world.h"
#include "core/deadline.h"
#include "core/listing.h"
#include "core/signing.h"

#define DESK_DAYS 30	/* so long a list of held mail may be answered */

static void
contract_free(gpointer p)
{
	RnContract *c = p;

	g_free(c->name);
	g_free(c->type);
	g_free(c->sha256);
	g_bytes_unref(c->data);
	g_free(c);
}

static const char *
media_type(const char *name)
{
	return g_str_has_suffix(name, ".pdf") ? "application/pdf" :
	    g_str_has_suffix(name, ".txt")    ? "text/plain" :
	                                        "application/octet-stream";
}

GPtrArray *
rn_desk_contracts(const RnConvention *c, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(contract_free);

	for (guint i = 0; c->contracts != NULL && c->contracts[i] != NULL; i++) {
		g_autoptr(GError) why = NULL;
		RnContract *one;
		char *data;
		gsize len;

		if (g_file_test(c->contracts[i], G_FILE_TEST_EXISTS) &&
		    !g_file_test(c->contracts[i], G_FILE_TEST_IS_REGULAR)) {	/* a pipe would wait for ever */
			g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
			    "[convention %s] contracts: %s is no file", c->id, c->contracts[i]);
			return NULL;
		}
		if (!g_file_get_contents(c->contracts[i], &data, &len, &why)) {
			g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "[convention %s] contracts: %s", c->id,
			    why->message);
			return NULL;
		}
		one = g_new0(RnContract, 1);
		one->name = g_path_get_basename(c->contracts[i]);
		one->type = g_strdup(media_type(one->name));
		one->data = g_bytes_new_take(data, len);
		one->sha256 = rn_text_sha256(data, len);
		g_ptr_array_add(list, one);
	}
	return g_steal_pointer(&list);
}

/* The last day on which a token of ASK is good: an answer to a notice as long as the box can be renewed, one
 * to an offer as long as the offer stands. */
static RnDay
last_day(RnDesk *d, const RnLetterAsk *ask)
{
	RnDay today = rn_day_of(d->now, d->e->settings->tz);
	RnDay expiry = ask->expiry != RN_DAY_NONE && ask->expiry != 0 ? ask->expiry : ask->box->expiry;
	int more = ask->convention != NULL ? ask->convention->reactivation_days : 0;
	int answer = ask->convention != NULL ? ask->convention->answer_days : 0;

	if (ask->purpose == RN_PURPOSE_BOUNCE)
		return today + 60;
	return ask->purpose == RN_PURPOSE_ACCEPT ? today + answer : MAX(expiry + more, today + answer);
}

static char *
mint(RnDesk *d, const RnLetterAsk *ask, RnPurpose purpose)
{
	gboolean desk = ask->box == NULL && ask->digest != 0 && purpose == RN_PURPOSE_ADMIN;
	RnLetterAsk with = *ask;
	RnToken t = { .purpose = purpose, .step = purpose == ask->purpose ? (guint8)ask->token_step : 0 };

	if ((ask->box == NULL && !desk) || purpose == RN_PURPOSE_NONE)
		return NULL;
	with.purpose = purpose;
	t.period = desk ? ask->digest : ask->box->period_public;
	t.last_day = desk ? rn_day_of(d->now, d->e->settings->tz) + DESK_DAYS : last_day(d, &with);
	return rn_token_mint(rn_engine_ring(d->e), &t, d->e->settings->site.domain);
}

char *
rn_desk_mint(RnDesk *d, const RnLetterAsk *ask)
{
	return mint(d, ask, ask->purpose);
}

/* A Message-ID from outside goes into a header of ours only if it is plain. */
static gboolean
plain_id(const char *id)
{
	gsize len = id != NULL ? strlen(id) : 0;

	if (len == 0 || len > 250)
		return FALSE;
	for (gsize i = 0; i < len; i++)
		if (id[i] <= ' ' || id[i] >= 127 || strchr("<>()[]\\,;:\"", id[i]) != NULL)
			return FALSE;
	return TRUE;
}

static char *
message_id(RnDesk *d, const RnLetterAsk *ask, const char *token)
{
	guint32 unique[2];
	char text[20];

	rn_random(unique, sizeof(unique));
	g_snprintf(text, sizeof(text), "%08x%08x", unique[0], unique[1]);
	if (token == NULL)
		return g_strdup_printf(
		    "%s.%s@%s", rn_word(RN_WORDS_LETTER, ask->kind), text, d->e->settings->site.domain);
	return rn_token_message_id(&d->e->settings->site, rn_word(RN_WORDS_LETTER, ask->kind), text, token);
}

gboolean
rn_desk_encloses(const RnLetterAsk *ask)
{
	if (ask->convention == NULL)
		return FALSE;
	return ask->kind == RN_LETTER_SUMMARY || ask->kind == RN_LETTER_REMINDER ||
	    (ask->convention->steps == 0 && (ask->kind == RN_LETTER_NOTICE || ask->kind == RN_LETTER_FRESH));
}

/* The one in which the letter is really written. */
static const char *
language_of(RnDesk *d, const RnLetterAsk *ask)
{
	return rn_letters_language(d->e->letters, ask->kind, ask->box != NULL ? ask->box->language : NULL);
}

static GBytes *
compose(RnDesk *d, const RnLetterAsk *ask, const RnLetter *letter, const char *token,
    const RnWritten *written, GError **error)
{
	RnHouseLook look = rn_settings_look(d->e->settings, ask->convention);
	g_autoptr(GBytes) picture = NULL;
	RnEnclosure logo = { 0 };
	const RnSite *site = &d->e->settings->site;
	g_autoptr(GPtrArray) contracts = NULL;
	g_autoptr(GArray) enclosures = g_array_new(FALSE, TRUE, sizeof(RnEnclosure));
	g_autoptr(GBytes) figures = ask->csv != NULL ? g_bytes_new_static(ask->csv, strlen(ask->csv)) : NULL;
	g_autofree char *public = rn_token_address(site, NULL);
	g_autofree char *reply_to = rn_token_address(site, token);
	g_autofree char *references = plain_id(ask->answers) ? g_strdup_printf("<%s>", ask->answers) : NULL;
	static const char *const receipts[] = { "completa", "breve", "sintetica" };
	gboolean pec = site->account == RN_ACCOUNT_PEC;
	RnDeadline deadline = { 0 };
	GBytes *raw;
	RnDraft draft = {
		.from_name = look.name, .from = pec ? site->pec_box : public,
		.receipt = pec ? receipts[site->pec_receipt] : NULL,
		.to_name = ask->box != NULL ? ask->box->holder : NULL, .to = letter->rcpt,
		.reply_to = reply_to, .subject = letter->subject, .message_id = letter->message_id,
		.in_reply_to = references != NULL ? ask->answers : NULL, .references = references,
		.auto_submitted = references != NULL ? "auto-replied" : "auto-generated",
		.date = d->now, .tz = d->e->settings->tz,
		.language = language_of(d, ask), .body = written->text,
		.html = ask->html != NULL ? ask->html : written->html,
	};

	if (written->html != NULL && (picture = rn_desk_logo(&look, &logo.type)) != NULL) {
		logo.name = strcmp(logo.type, "image/png") == 0 ? "logo.png" : "logo.jpg";
		logo.data = picture;
		draft.logo = &logo;
	}
	if (rn_desk_encloses(ask)) {
		if ((contracts = rn_desk_contracts(ask->convention, error)) == NULL)
			return NULL;
		for (guint i = 0; i < contracts->len; i++) {
			const RnContract *c = g_ptr_array_index(contracts, i);
			RnEnclosure one = { c->name, c->type, c->data };

			g_array_append_val(enclosures, one);
		}
	}
	if (ask->csv != NULL) {
		RnEnclosure one = { "rinnovi.csv", "text/csv", figures };

		g_array_append_val(enclosures, one);
	}
	if (!rn_deadline(d, ask, &deadline, error))
		return NULL;
	if (deadline.data != NULL) {
		RnEnclosure one = { deadline.name, deadline.type, deadline.data };

		g_array_append_val(enclosures, one);
	}
	draft.enclosures = (const RnEnclosure *)(void *)enclosures->data;
	draft.n_enclosures = enclosures->len;
	raw = rn_letter_compose(&draft, error);
	g_clear_pointer(&deadline.data, g_bytes_unref);
	return raw;
}

/* Bounces come back to an address of ours that names the period. Notes to the administrator have none: <>. A
 * PEC provider takes mail from the box alone, and answers with receipts. */
static char *
envelope_sender(RnDesk *d, const RnLetterAsk *ask)
{
	const RnSite *site = &d->e->settings->site;
	g_autofree char *token = NULL;

	if (site->account == RN_ACCOUNT_PEC)
		return rn_addr_fold(site->pec_box);
	token = mint(d, ask, RN_PURPOSE_BOUNCE);
	return token != NULL ? rn_token_address(site, token) : g_strdup("");
}

char *
rn_desk_public_id(const char *message_id)
{
	const char *dot = strrchr(message_id, '.'), *at = strchr(message_id, '@');

	while (dot != NULL && at != NULL && dot > at)	/* a dot of the domain */
		dot = g_strrstr_len(message_id, dot - message_id, ".");
	return g_strndup(message_id, dot != NULL ? (gsize)(dot - message_id) : strlen(message_id));
}

static gboolean
ledger_letter(RnDesk *d, const RnLetterAsk *ask, const RnLetter *letter, GError **error)
{
	g_autofree char *what = g_strdup_printf("letter %s written", rn_word(RN_WORDS_LETTER, ask->kind));
	g_autofree char *id = rn_desk_public_id(letter->message_id);
	const char *own = ask->convention != NULL ? ask->convention->id : "site";
	RnLedgerRow row = {
		.convention = ask->box != NULL ? ask->box->convention : own,
		.at = d->now, .who = d->who, .what = what,
		.why = d->why != NULL ? d->why : "", .box_id = letter->box_id,
		.period_id = letter->period_id, .order_id = letter->order_id,
		.inbox_id = d->inbox_id, .letter_id = letter->id, .detail = id,
	};

	return rn_store_ledger_add(d->tx, &row, error);
}

/* The row without its bytes. NULL if nobody says where it goes. */
static RnLetter *
letter_row(RnDesk *d, const RnLetterAsk *ask, const char *token, GError **error)
{
	g_autoptr(RnLetter) letter = rn_letter_new();
	const char *to = ask->to != NULL ? ask->to : ask->box != NULL ? ask->box->reference : NULL;

	if (to == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL, "letter %s: neither address nor box", ask->key);
		return NULL;
	}
	letter->key = g_strdup(ask->key);
	letter->kind = ask->kind;
	letter->step = ask->step;
	letter->box_id = ask->box != NULL ? ask->box->id : 0;
	letter->period_id = ask->box != NULL ? ask->box->period_id : 0;
	letter->order_id = ask->order != NULL ? ask->order->id : 0;
	letter->rcpt = g_strdup(to);
	letter->sender = envelope_sender(d, ask);
	letter->message_id = message_id(d, ask, token);
	letter->due = letter->created = d->now;
	return g_steal_pointer(&letter);
}

/* Subject and finished bytes. */
static gboolean
write_bytes(RnDesk *d, const RnLetterAsk *ask, RnLetter *letter, const char *token, GError **error)
{
	g_autoptr(RnView) view = rn_desk_view(d, ask, token);
	g_autoptr(GBytes) plain = NULL;
	g_auto(RnWritten) written = { 0 };

	if (!rn_letters_render(d->e->letters, ask->kind, language_of(d, ask), view, &written, error))
		return FALSE;
	letter->subject = g_steal_pointer(&written.subject);
	if ((plain = compose(d, ask, letter, token, &written, error)) != NULL)
		letter->raw = rn_signing_letter(d->e, plain, d->now);
	return letter->raw != NULL;
}

/* A notice that can be accepted by its answer: what it offers. */
static gboolean
keep_terms(RnDesk *d, const RnLetterAsk *ask, gint64 letter_id, GError **error)
{
	g_autofree char *terms = NULL;

	if (ask->purpose != RN_PURPOSE_RENEW || !rn_desk_encloses(ask))
		return TRUE;
	terms = rn_desk_terms(ask->convention, ask->box, ask->box->expiry);
	return terms == NULL || rn_store_letter_terms_add(d->tx, letter_id, terms, error);
}

static gboolean
write_letter(RnDesk *d, const RnLetterAsk *ask, gboolean *fresh, GError **error)
{
	g_autofree char *token = mint(d, ask, ask->purpose);
	g_autoptr(RnLetter) letter = letter_row(d, ask, token, error);

	return letter != NULL && write_bytes(d, ask, letter, token, error) &&
	    rn_store_letter_add(d->tx, letter, fresh, error) &&
	    (!*fresh ||
	        ((ask->rows == NULL || rn_listing_keep(d, ask, letter->id, error)) &&
	            keep_terms(d, ask, letter->id, error) && ledger_letter(d, ask, letter, error)));
}

gboolean
rn_desk_letter(RnDesk *d, const RnLetterAsk *ask, gboolean *fresh, GError **error)
{
	gboolean there, is_fresh = FALSE;

	if (!rn_store_letter_exists(d->tx, ask->key, &there, error) ||
	    (!there && !write_letter(d, ask, &is_fresh, error)))
		return FALSE;
	if (fresh != NULL)
		*fresh = is_fresh;
	return TRUE;
}

gboolean
rn_desk_admin(RnDesk *d, const char *key, const char *subject, const char *text, GError **error)
{
	RnLetterAsk ask = { .kind = RN_LETTER_ADMIN,
		.key = key,
		.to = d->e->settings->site.admin,
		.subject = subject,
		.text = text };

	return rn_desk_letter(d, &ask, NULL, error);
}

gboolean
rn_desk_ledger(
    RnDesk *d, const char *what, const RnBox *box, const RnOrder *order, const char *detail, GError **error)
{
	RnLedgerRow row = {
		.convention = box != NULL ? box->convention : "site", .at = d->now, .who = d->who,
		.what = what,
		.why = d->why != NULL ? d->why : "", .box_id = box != NULL ? box->id : 0,
		.period_id = box != NULL ? box->period_id : 0,
		.order_id = order != NULL ? order->id : 0,
		.inbox_id = d->inbox_id, .detail = detail,
	};

	return rn_store_ledger_add(d->tx, &row, error);
}
