#include <stdio.h>

#include "base/log.h"
#include "base/world.h"
#include "core/campaign.h"
#include "core/restored.h"
#include "prog/db.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

static int
restore(const RnSettings *s, const char *path, gboolean moved)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *who = rn_show_admin();
	RnRestore r = { .path = path, .who = who, .now = rn_now(), .moved = moved };
	RnRestoreDone done;

	if (!rn_restore(s, &r, &done, &error))
		return rn_complain("db", error);
	printf("%s is in place, schema %d", s->site.store, done.schema);
	if (done.schema != done.schema_was)
		printf(" (was %d)", done.schema_was);
	putchar('\n');
	if (done.aside != NULL)
		printf("the old store is kept: %s\n", done.aside);
	if (done.skipped)
		printf("the old store could not be read: order numbers go on behind %d-%06" G_GINT64_FORMAT
		       "\n",
		    done.year, done.last);
	if (!moved)
		puts(
		    "mail that was taken after the back-up is not in it, and letters that it takes for waiting may have gone out:\n"
		    "start lmtpd, look at `rinnova db restore --resume`, and let it go; until then nothing is sent");
	rn_log(RN_LOG_WARN, "-", "db-restore", "path", path, "aside", done.aside, NULL);
	g_free(done.aside);
	return RN_EXIT_OK;
}

static gboolean
list_letters(RnTx *tx, RnSendState state, gint64 made, guint *n, GTimeZone *tz, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_letters(tx, (int)state, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnLetter *l = g_ptr_array_index(rows, i);
			g_autofree char *at = rn_time_text(l->created, tz);

			after = l->id;
			++*n;
			printf("L%-7" G_GINT64_FORMAT " %-12s %s %s%s\n", l->id,
			    rn_word(RN_WORDS_LETTER, l->kind), at, l->rcpt,
			    l->created <= made ? " (may have gone out)" : "");
		}
	}
}

static gboolean
list_calls(RnTx *tx, RnSendState state, gint64 made, guint *n, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_calls(tx, (int)state, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		for (guint i = 0; i < rows->len; i++) {
			const RnCall *c = g_ptr_array_index(rows, i);

			after = c->id;
			++*n;
			printf("C%-7" G_GINT64_FORMAT " %-12s %s%s\n", c->id, rn_word(RN_WORDS_CALL, c->kind),
			    c->key,
			    c->created <= made ? " (may have been made; the provider is asked first)" : "");
		}
	}
}

static void
show_notice(const RnBox *box, int day, const char *decision, gpointer data)
{
	++*(guint *)data;
	printf("notice   %-12s %s day=%d\n", decision, box->name, day);
}

static gboolean
list_all(RnEngine *e, RnTx *tx, const RnRestored *mark, GError **error)
{
	g_autofree char *made = rn_time_text(mark->made, e->settings->tz);
	g_autofree char *at = rn_time_text(mark->at, e->settings->tz);
	guint letters = 0, calls = 0, notices = 0;
	RnCampaignTally tally = { 0 };

	printf("the back-up was made %s and put in place %s\n", made, at);
	if (!list_letters(tx, RN_SEND_QUEUED, mark->made, &letters, e->settings->tz, error) ||
	    !list_letters(tx, RN_SEND_CLAIMED, mark->made, &letters, e->settings->tz, error) ||
	    !list_calls(tx, RN_SEND_QUEUED, mark->made, &calls, error) ||
	    !list_calls(tx, RN_SEND_CLAIMED, mark->made, &calls, error) ||
	    !rn_campaign_notify(e, rn_day_of(rn_now(), e->settings->tz), rn_now(), TRUE, show_notice,
	        &notices, &tally, error))
		return FALSE;
	printf("%u letters, %u calls of providers, and %u notices that the next run decides on\n", letters,
	    calls, notices);
	puts(
	    "to let them go: rinnova db restore --resume --go; with --drop-letters those marked here are not sent, with "
	    "--pass-notices those notices are not written");
	return TRUE;
}

static gboolean
look(RnEngine *e, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnRestored) mark = NULL;

	if (tx == NULL || !rn_restored_get(tx, &mark, error))
		return FALSE;
	if (mark != NULL)
		return list_all(e, tx, mark, error);
	puts("this store waits for nothing: it was not restored, or was resumed");
	return TRUE;
}

static gboolean
go(RnEngine *e, const RnDbOptions *o, GError **error)
{
	g_autofree char *who = rn_show_admin();
	RnResume r = { .who = who,
		.now = rn_now(),
		.today = rn_day_of(rn_now(), e->settings->tz),
		.drop_letters = o->drop_letters,
		.pass_notices = o->pass_notices };

	if (!rn_restore_resume(e, &r, error))
		return FALSE;
	printf(
	    "resumed: %" G_GINT64_FORMAT " letters dropped, %u notices passed over\n", r.dropped, r.passed);
	rn_log(RN_LOG_WARN, "-", "db-resume", "who", who, NULL);
	return TRUE;
}

int
rn_db_restore(const RnSettings *s, const char *path, const RnDbOptions *o)
{
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	RnNeed need = RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE;

	if (path != NULL)
		return restore(s, path, o->moved);
	e = rn_engine_open(o->config, need | (o->go ? 0 : RN_NEED_READ_ONLY), &error);
	if (e == NULL)
		return rn_complain("db", error);
	return (o->go ? go(e, o, &error) : look(e, &error)) ? RN_EXIT_OK : rn_complain("db", error);
}
