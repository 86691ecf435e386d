#include "prog/release.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/world.h"
#include "core/work.h"
#include "prog/prog.h"
#include "prog/show.h"

static gboolean
again(RnEngine *e, const char *id, gboolean *held, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	g_autoptr(RnInbox) in = NULL;

	if (tx == NULL || !rn_store_inbox_get(tx, strtoll(id, NULL, 10), &in, error))
		return FALSE;
	if (in == NULL || !in->held || in->raw == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "no mail %s is held; `rinnova held list` shows those that wait", id);
		return FALSE;
	}
	if (!rn_delivery_again(e, tx, in, rn_now(), error))
		return FALSE;
	*held = in->held;
	printf("%s %s %s\n", id, in->rule, in->held ? "held again" : in->action);
	return rn_tx_commit(&tx, error);
}

int
rn_release_run(const char *id, const char *config)
{
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	gboolean held = FALSE;
	int code = RN_EXIT_OK;

	e = rn_show_open("held", config, RN_NEED_DELIVERY, &code);
	if (e == NULL)
		return code;
	if (!again(e, id, &held, &error))
		return rn_complain("held", error);
	return held ? RN_EXIT_FAILED : RN_EXIT_OK;
}
