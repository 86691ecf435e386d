/* doctor_time.c: the clock, and when the daily work was last done. */
#include "base/world.h"
#include "core/doctor.h"
#include "core/metrics.h"
#include "core/restored.h"

#define BACK 300		/* seconds that the clock may be behind what was noted */
#define AHEAD (60 * 86400)	/* and that nothing may have been noted */
#define DAILY_WARN (26 * 3600)
#define DAILY_FAIL (3 * 86400)
#define COURIER_WARN 900

static const struct {
	RnRun		 run;
	const char	*command;
	gint64		 warn, fail;	/* seconds since it was last seen */
	const char	*todo;
} works[] = {
	{ RN_RUN_NOTIFY, "notify", DAILY_WARN, DAILY_FAIL, "systemctl enable --now rinnova-notify.timer" },
	{ RN_RUN_EXPIRE, "expire", DAILY_WARN, DAILY_FAIL, "systemctl enable --now rinnova-expire.timer" },
	{ RN_RUN_COURIER, "courier", COURIER_WARN, DAILY_FAIL, "systemctl enable --now rinnova-courier" },
};

/* NEWEST is the latest moment that the store knows of. */
static void
check_clock(const RnSettings *s, gint64 newest, gint64 now, GPtrArray *list)
{
	g_autofree char *here = rn_time_text(now, s->tz);
	g_autofree char *then = rn_time_text(newest, s->tz);
	int synced = rn_clock_synced();

	if (newest > now + BACK)
		rn_find_take(list, RN_FIND_FAIL, "clock",
		    g_strdup_printf(
		        "it is %s, but something was noted at %s: the clock went back", here, then),
		    "set the clock before notify and expire run: timedatectl");
	else if (newest != 0 && now - newest > AHEAD)
		rn_find_take(list, RN_FIND_WARN, "clock",
		    g_strdup_printf("it is %s, and nothing was noted since %s", here, then),
		    "is the clock right? notify and expire believe it");
	else
		rn_find_take(list, synced == 0 ? RN_FIND_WARN : RN_FIND_OK, "clock",
		    g_strdup_printf("%s, %s%s", here, s->site.timezone,
		        synced == 0     ? ", and the kernel says that nothing keeps it right" :
		            synced == 1 ? ", kept right" :
		                          ""),
		    synced == 0 ? "timedatectl set-ntp true, or your own time service" : NULL);
}

static void
check_work(const RnSettings *s, guint i, gint64 at, gint64 now, GPtrArray *list)
{
	g_autofree char *text = at != 0 ? rn_time_text(at, s->tz) : NULL;
	RnFindLevel level = at == 0 || now - at > works[i].warn ? RN_FIND_WARN : RN_FIND_OK;

	if (at != 0 && now - at > works[i].fail)
		level = RN_FIND_FAIL;
	rn_find_take(list, level, works[i].command,
	    g_strdup_printf("last run: %s", text != NULL ? text : "never"),
	    level != RN_FIND_OK ? works[i].todo : NULL);
}

/* Letters and calls that wait although their time has come. */
static void
check_outbox(gint64 due, gint64 now, GPtrArray *list)
{
	if (due != 0 && now - due > COURIER_WARN)
		rn_find_take(list, RN_FIND_FAIL, "outbox",
		    g_strdup_printf("the oldest letter or call that is due waits for %" G_GINT64_FORMAT
		                    " minutes",
		        (now - due) / 60),
		    "is the courier running? rinnova outbox list says what each waits for");
}

/* A store that came out of a back-up, and was not let go. */
static gboolean
check_restored(const RnSettings *s, RnTx *tx, GPtrArray *list, GError **error)
{
	g_autoptr(RnRestored) restored = NULL;

	if (!rn_restored_get(tx, &restored, error))
		return FALSE;
	if (restored != NULL) {
		g_autofree char *made = rn_time_text(restored->made, s->tz);

		rn_find_take(list, RN_FIND_FAIL, "restored",
		    g_strdup_printf(
		        "the store is that of a back-up of %s: nothing is sent or deactivated", made),
		    "look at rinnova db restore --resume, and let it go with --go");
	}
	return TRUE;
}

static gboolean
look(const RnSettings *s, RnTx *tx, gint64 now, GPtrArray *list, GError **error)
{
	gint64 at[G_N_ELEMENTS(works)], newest, due;

	if (!rn_store_ledger_newest(tx, &newest, error) || !rn_store_outbox_next(tx, &due, error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(works); i++) {
		if (!rn_run_last(tx, works[i].run, &at[i], error))
			return FALSE;
		newest = MAX(newest, at[i]);
	}
	check_clock(s, newest, now, list);
	for (guint i = 0; i < G_N_ELEMENTS(works); i++)
		check_work(s, i, at[i], now, list);
	check_outbox(due, now, list);
	return check_restored(s, tx, list, error);
}

void
rn_doctor_time(const RnSettings *s, RnStore *store, gint64 now, GPtrArray *list)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnTx) tx = store != NULL ? rn_tx_look(store, &error) : NULL;

	if (tx == NULL)
		check_clock(s, 0, now, list);
	else if (!look(s, tx, now, list, &error))
		rn_find_by(list, &error, "store", NULL, NULL);
}
