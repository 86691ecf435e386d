/* delegate.c: `rinnova box delegate`: who else may answer for a box. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/world.h"
#include "core/desk.h"
#include "prog/delegate.h"
#include "prog/prog.h"
#include "prog/show.h"

static gboolean
list(RnTx *tx, const RnBox *box, gboolean json, GTimeZone *tz, GError **error)
{
	g_autoptr(GPtrArray) rows = NULL;

	if (!rn_store_aliases(tx, box->id, &rows, error))
		return FALSE;
	for (guint i = 0; i < rows->len; i++) {
		const RnAlias *a = g_ptr_array_index(rows, i);
		g_autofree char *since = rn_time_text(a->since, tz);

		if (json)
			rn_show_json(json_pack("{s:s, s:s, s:s, s:I}", "box", box->name, "address",
			    a->address, "kind", a->kind, "since", (json_int_t)a->since));
		else
			printf("%-40s %-10s since %s\n", a->address, a->kind, since);
	}
	return TRUE;
}

static gboolean
change(RnEngine *e, RnTx *tx, const RnBox *box, gboolean add, const char *address, GError **error)
{
	g_autofree char *who = rn_show_admin();
	RnDesk d = { .e = e, .tx = tx, .now = rn_now(), .who = who, .why = "box delegate" };
	gboolean changed, ok;

	ok = add ? rn_store_alias_add(tx, box->id, address, "delegate", d.now, &changed, error) :
	           rn_store_alias_remove(tx, box->id, address, &changed, error);
	if (!ok)
		return FALSE;
	if (!changed) {
		g_set_error(error, RN_ERROR, RN_ERR_STATE,
		    add ? "%s may answer for %s already" : "%s may not answer for %s anyhow", address,
		    box->name);
		return FALSE;
	}
	return rn_desk_ledger(&d, add ? "delegate added" : "delegate removed", box, NULL, address, error);
}

static gboolean
run(RnEngine *e, const char *name, const char *verb, const char *address, gboolean json, GError **error)
{
	gboolean reads = strcmp(verb, "list") == 0;
	RnTx *tx = reads ? rn_tx_look(e->store, error) : rn_tx_begin(e->store, error);
	g_autofree char *folded = rn_addr_fold(name);
	g_autofree char *other = address != NULL ? rn_addr_fold(address) : NULL;
	g_autoptr(RnBox) box = NULL;
	gboolean ok;

	if (tx == NULL)
		return FALSE;
	ok = rn_store_box_find(tx, folded, &box, error);
	if (ok && box == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no box \"%s\"; `rinnova box list` shows all", name);
		ok = FALSE;
	}
	ok = ok &&
	    (reads ? list(tx, box, json, e->settings->tz, error) :
	             change(e, tx, box, strcmp(verb, "add") == 0, other, error));
	if (!ok || reads) {
		rn_tx_rollback(tx);
		return ok;
	}
	return rn_tx_commit(&tx, error);
}

int
rn_delegate_run(int argc, char **argv, gboolean json, const char *config)
{
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	const char *verb = argc >= 3 ? argv[2] : "";
	gboolean reads = strcmp(verb, "list") == 0;
	gboolean changes = strcmp(verb, "add") == 0 || strcmp(verb, "remove") == 0;
	int code = RN_EXIT_OK;

	if (!(reads && argc == 3) && !(changes && argc == 4 && rn_addr_valid(argv[3]))) {
		fputs("rinnova: box: say delegate BOX list, or delegate BOX add|remove ADDRESS\n", stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open(
	    "box", config, RN_NEED_SETTINGS | RN_NEED_STORE | (reads ? RN_NEED_READ_ONLY : 0), &code);
	if (e == NULL)
		return code;
	return run(e, argv[1], verb, argc == 4 ? argv[3] : NULL, json, &error) ? RN_EXIT_OK :
	                                                                         rn_complain("box", error);
}
