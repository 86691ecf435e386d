/* store_house.h: a store of its own for each test, and rows to put into it. */
#ifndef TESTS_STORE_HOUSE_H
#define TESTS_STORE_HOUSE_H

#include <glib/gstdio.h>
#include <string.h>

#include "base/text.h"
#include "store/store.h"

#define EXPIRY rn_day_from_ymd(2026, 10, 15)

typedef struct {
	char	*folder;
	char	*path;
	char	*url;
	RnStore	*store;
} House;

static inline void
house_open(House *h)
{
	GError *error = NULL;

	h->store = rn_store_open(h->url, FALSE, &error);
	g_assert_no_error(error);
	g_assert_nonnull(h->store);
}

static inline void
house_begin(House *h)
{
	GError *error = NULL;

	h->folder = g_dir_make_tmp("rinnova-store-XXXXXX", NULL);
	g_assert_nonnull(h->folder);
	h->path = g_build_filename(h->folder, "rinnova.db", NULL);
	h->url = g_strconcat("sqlite:", h->path, NULL);
	rn_store_create(h->url, &error);
	g_assert_no_error(error);
	house_open(h);
}

static inline void
house_end(House *h)
{
	GDir *dir;
	const char *name;

	g_clear_pointer(&h->store, rn_store_close);
	dir = g_dir_open(h->folder, 0, NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		char *file = g_build_filename(h->folder, name, NULL);

		g_remove(file);
		g_free(file);
	}
	g_clear_pointer(&dir, g_dir_close);
	g_rmdir(h->folder);
	g_free(h->folder);
	g_free(h->path);
	g_free(h->url);
}

static inline RnTx *
begin(RnStore *store)
{
	GError *error = NULL;
	RnTx *tx = rn_tx_begin(store, &error);

	g_assert_no_error(error);
	return tx;
}

static inline void
commit(RnTx *tx)
{
	GError *error = NULL;

	rn_tx_commit(&tx, &error);
	g_assert_no_error(error);
}

/* For calls that must not fail: GOOD(rn_store_..., &error)). */
#define GOOD(call)                                       \
	do {                                             \
		GError *error = NULL;                    \
		gboolean good_ = (call);                 \
		g_assert_no_error(error);                \
		g_assert_true(good_);                    \
	} while (0)

/* Looks for PART in the error's text, so that what it says to do is held as well. */
static inline void
assert_said(GError *error, RnErrorCode code, const char *part)
{
	g_assert_error(error, RN_ERROR, (int)code);
	if (strstr(error->message, part) == NULL)
		g_error("\"%s\" does not say \"%s\"", error->message, part);
}

static inline RnBox *
sample_box(const char *name)
{
	RnBox *box = rn_box_new();

	box->name = g_strdup(name);
	box->holder = g_strdup("Anna Prova");
	box->reference = g_strdup("anna.prova@posta.example");
	box->account = g_strdup("login-1");
	box->convention = g_strdup("medici");
	box->type = g_strdup("PEC MEDICI");
	box->language = g_strdup("it");
	box->entitled = TRUE;
	box->document = TRUE;
	box->expiry = EXPIRY;
	return box;
}

/* Adds the box NAME and gives it as it is read again. */
static inline RnBox *
put_box(RnTx *tx, const char *name)
{
	RnBox *box = sample_box(name);
	RnBox *stored = NULL;
	RnPut put;
	gint64 id;

	GOOD(rn_store_box_put(tx, box, &put, &id, &error));
	GOOD(rn_store_box_get(tx, id, &stored, &error));
	g_assert_nonnull(stored);
	rn_box_free(box);
	return stored;
}

static inline RnOrder *
sample_order(const RnBox *box, RnOrderState state)
{
	RnOrder *o = rn_order_new();

	o->box_id = box->id;
	o->period_id = box->period_id;
	o->convention = g_strdup(box->convention);
	o->state = state;
	o->payer = g_strdup("Ordine di Prova");
	o->price = 1220;
	o->vat = 22;
	o->term = 36;
	o->old_expiry = box->expiry;
	o->proof = RN_PROOF_NORMAL;
	o->requested = 1000;
	return o;
}

static inline RnLetter *
sample_letter(const char *key, gint64 due)
{
	RnLetter *l = rn_letter_new();
	char *text = g_strdup_printf("Subject: %s\r\n\r\nBuongiorno.\r\n", key);

	l->key = g_strdup(key);
	l->kind = RN_LETTER_NOTICE;
	l->step = 30;
	l->rcpt = g_strdup("anna.prova@posta.example");
	l->sender = g_strdup("rinnovo@ordine.example");
	l->message_id = g_strdup_printf("%s@ordine.example", key);
	l->subject = g_strdup("Scadenza");
	l->raw = g_bytes_new_take(text, strlen(text));
	l->due = due;
	l->created = 1000;
	return l;
}

/* Adds a letter of PERIOD (0 = none) and gives its id. */
static inline gint64
put_letter(RnTx *tx, const char *key, gint64 due, RnLetterKind kind, gint64 period)
{
	RnLetter *l = sample_letter(key, due);
	gboolean fresh;
	gint64 id;

	l->kind = kind;
	l->period_id = period;
	GOOD(rn_store_letter_add(tx, l, &fresh, &error));
	g_assert_true(fresh);
	id = l->id;
	rn_letter_free(l);
	return id;
}

#endif
