/* receipt.c: `rinnova receipt`: what PEC providers told of our letters, and of others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "core/heldread.h"
#include "core/work.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

static void
print_line(const RnRegisteredRow *r)
{
	g_autofree char *letter =
	    r->letter_id != 0 ? g_strdup_printf("L%" G_GINT64_FORMAT, r->letter_id) : g_strdup("foreign");

	printf("%-6" G_GINT64_FORMAT " %-26s %-8s %-10s %s%s%s\n", r->inbox_id, r->kind, letter, r->signature,
	    r->consegna != NULL ? r->consegna : "-", r->fault != NULL ? " " : "",
	    r->fault != NULL ? r->fault : "");
}

static gboolean
list(RnTx *tx, gboolean json, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_receipts(tx, 0, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnRegisteredRow *r = g_ptr_array_index(rows, i);

			after = r->id;
			if (json)
				rn_show_json(rn_show_receipt(r));
			else
				print_line(r);
		}
	}
}

/* The mail as it came, on standard output: a receipt is evidence only byte for byte. */
static gboolean export(RnTx *tx, const char *id, GError **error)
{
	g_autoptr(RnInbox) in = NULL;
	gsize len;
	const void *data;

	if (!rn_store_inbox_get(tx, strtoll(id, NULL, 10), &in, error))
		return FALSE;
	if (in == NULL || in->raw == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no receipt %s; `rinnova receipt list` shows all", id);
		return FALSE;
	}
	data = g_bytes_get_data(in->raw, &len);
	if (fwrite(data, 1, len, stdout) == len && fflush(stdout) == 0)
		return TRUE;
	g_set_error_literal(error, RN_ERROR, RN_ERR_BUSY, "cannot write all of it to standard output");
	return FALSE;
}

/* The receipt of mail ID; NULL with RN_ERR_NOT_FOUND. */
static RnRegisteredRow *
find(RnTx *tx, const char *id, GError **error)
{
	gint64 want = strtoll(id, NULL, 10);

	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_receipts(tx, 0, 0, after, PAGE, &rows, error))
			return NULL;
		for (guint i = 0; i < rows->len; i++) {
			const RnRegisteredRow *r = g_ptr_array_index(rows, i);

			after = r->id;
			if (r->inbox_id == want)
				return g_ptr_array_steal_index(rows, i);
		}
		if (rows->len == 0)
			break;
	}
	g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
	    "there is no receipt %s; `rinnova receipt list` shows all", id);
	return NULL;
}

/* That a person had it read again stands in the ledger, whatever it came to. */
static gboolean
note(RnEngine *e, RnTx *tx, const RnInbox *in, GError **error)
{
	g_autofree char *who = rn_show_admin();
	g_autoptr(RnBox) box = NULL;
	RnDesk d = {
		.e = e, .tx = tx, .now = rn_now(), .who = who, .why = "receipt again", .inbox_id = in->id
	};

	return (in->box_id == 0 || rn_store_box_get(tx, in->box_id, &box, error)) &&
	    rn_desk_ledger(&d, "receipt read again", box, NULL, NULL, error);
}

/* The mail of receipt ID, which was not believed and is kept whole. */
static RnInbox *
doubted(RnTx *tx, const char *id, GError **error)
{
	g_autoptr(RnRegisteredRow) row = find(tx, id, error);
	g_autoptr(RnInbox) in = NULL;

	if (row == NULL || !rn_store_inbox_get(tx, row->inbox_id, &in, error))
		return NULL;
	if (row->fault != NULL && in != NULL && in->raw != NULL)
		return g_steal_pointer(&in);
	g_set_error(error, RN_ERROR, RN_ERR_STATE, "receipt %s %s", id,
	    row->fault == NULL ? "is good already" : "is not kept whole any more");
	return NULL;
}

/* One that was not believed is read once more, with the certificates and revocation lists of today and at the
 * time at which it came. One that counts already stays as it is. */
static gboolean
again(RnEngine *e, const char *id, GError **error)
{
	g_autoptr(GHashTable) readings = rn_held_readings_new();
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnInbox) in = tx != NULL ? doubted(tx, id, error) : NULL;
	g_autoptr(RnRegisteredRow) now = NULL;
	RnDesk d = { .e = e, .now = rn_now(), .readings = readings };

	g_clear_pointer(&tx, rn_tx_rollback);
	if (in == NULL || !rn_held_read_kept(e, readings, in, error))
		return FALSE;
	g_clear_pointer(&in, rn_inbox_free);
	d.tx = tx = rn_tx_begin(e->store, error);
	if (tx == NULL || (in = doubted(tx, id, error)) == NULL || !rn_delivery_again(&d, in, error) ||
	    (now = find(tx, id, error)) == NULL || !note(e, tx, in, error))
		return FALSE;
	print_line(now);
	return rn_tx_commit(&tx, error);
}

int
rn_cmd_receipt(int argc, char **argv)
{
	gboolean json = FALSE, anew;
	g_autofree char *config = NULL;
	GOptionEntry options[] = { { "json", 0, 0, G_OPTION_ARG_NONE, &json, "one JSON object a line", NULL },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(RnTx) tx = NULL;
	int code = RN_EXIT_OK;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	anew = argc == 3 && strcmp(argv[1], "again") == 0;
	if (!(argc == 2 && strcmp(argv[1], "list") == 0) && !(argc == 3 && strcmp(argv[1], "export") == 0) &&
	    !anew) {
		fputs("rinnova: receipt: say list, export ID or again ID\n", stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open("receipt", config,
	    anew ? RN_NEED_DELIVERY : RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	if (e == NULL)
		return code;
	if (anew)
		return again(e, argv[2], &error) ? RN_EXIT_OK : rn_complain("receipt", error);
	tx = rn_tx_look(e->store, &error);
	if (tx == NULL || !(argc == 2 ? list(tx, json, &error) : export(tx, argv[2], &error)))
		return rn_complain("receipt", error);
	return RN_EXIT_OK;
}
