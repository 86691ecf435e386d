/* retain.c: what a person says about keeping: a legal hold, or that a holder is to be forgotten. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/world.h"
#include "core/keep.h"
#include "prog/prog.h"
#include "prog/retain.h"
#include "prog/show.h"

/* What the command line says. */
typedef struct {
	const char	*name, *reason;
	gboolean	 forget, end;
} Wish;

static gboolean
carry_out(RnDesk *d, const RnBox *box, const Wish *w, RnRemoved *removed, GError **error)
{
	if (w->forget)
		return rn_keep_forget(d, box, w->reason, removed, error);
	return rn_keep_hold(d, box, w->end, w->reason, error);
}

static void
say(const Wish *w, const RnBox *box, const RnRemoved *r)
{
	if (w->forget)
		printf("%s is forgotten: %" G_GINT64_FORMAT " mails, %" G_GINT64_FORMAT
		       " letters, %" G_GINT64_FORMAT
		       " documents emptied or removed; older backups of the store still hold them%s\n",
		    box->name, r->mails, r->letters, r->documents,
		    r->notes_stay ? "; notes to administrators stay while a box is under a legal hold" : "");
	else
		printf("%s: legal hold %s\n", box->name, w->end ? "ended" : "set: nothing of it is removed");
}

static gboolean
run(RnEngine *e, const Wish *w, GError **error)
{
	RnTx *tx = rn_tx_begin(e->store, error);
	g_autofree char *who = rn_show_admin(), *folded = rn_addr_fold(w->name);
	RnDesk d = { .e = e,
		.tx = tx,
		.now = rn_now(),
		.who = who,
		.why = w->forget ? "box forget" : "box legal-hold" };
	g_autoptr(RnBox) box = NULL;
	RnRemoved removed = { 0 };
	gboolean ok = tx != NULL && rn_store_box_find(tx, folded, &box, error);

	if (ok && box == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no box \"%s\"; `rinnova box list` shows all", w->name);
		ok = FALSE;
	}
	if (!ok || !carry_out(&d, box, w, &removed, error)) {
		rn_tx_rollback(tx);
		return FALSE;
	}
	if (!rn_tx_commit(&tx, error))
		return FALSE;
	if (w->forget)
		rn_keep_fold(e);
	say(w, box, &removed);
	return TRUE;
}

int
rn_retain_run(int argc, char **argv, const char *reason, gboolean end, const char *config)
{
	Wish w = { .name = argc == 2 ? argv[1] : NULL,
		.reason = reason,
		.end = end,
		.forget = strcmp(argv[0], "forget") == 0 };
	gboolean reasoned = reason != NULL && *reason != '\0';
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	int code = RN_EXIT_OK;

	if (w.name == NULL || !reasoned || (w.forget && end)) {
		fputs(
		    "rinnova: box: say legal-hold BOX --reason TEXT, legal-hold BOX --end --reason TEXT, or forget BOX --reason TEXT\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	e = rn_show_open("box", config, RN_NEED_SETTINGS | RN_NEED_STORE, &code);
	if (e == NULL)
		return code;
	return run(e, &w, &error) ? RN_EXIT_OK : rn_complain("box", error);
}
