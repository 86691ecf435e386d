#include "core/heldnote.h"

#include "core/desk.h"

#define PAGE 500

static gboolean
count_held(RnTx *tx, guint *n, GError **error)
{
	*n = 0;
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_inbox(tx, TRUE, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		*n += rows->len;
		after = ((const RnInbox *)g_ptr_array_index(rows, rows->len - 1))->id;
	}
}

gboolean
rn_held_note(RnEngine *e, RnDay today, gint64 now, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	g_autofree char *day = rn_day_iso(today);
	g_autofree char *key = g_strconcat("held/", day, NULL);
	g_autofree char *subject = NULL, *text = NULL;
	RnDesk d = { .e = e, .tx = tx, .now = now, .who = "notify", .why = "held mail" };
	guint n;

	if (tx == NULL || !count_held(tx, &n, error))
		return FALSE;
	if (n == 0)
		return TRUE;
	subject = g_strdup_printf("%u mail in attesa di una persona", n);
	text = g_strdup_printf(
	    "%s: il programma non può deciderle da solo.\nVedere: rinnova held list", subject);
	return rn_desk_admin(&d, key, subject, text, error) && rn_tx_commit(&tx, error);
}
