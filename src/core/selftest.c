#include "core/selftest.h"

#include <string.h>

#include "core/doctor.h"

#define WANTED "selftest/wanted"	/* ids of mails, with spaces between them */
#define WAITING 10			/* so many at most: the others hear nothing */
#define A_DAY 10			/* answers to one address */

gboolean
rn_selftest_want(RnWork *w, GError **error)
{
	g_autofree char *longer = NULL;
	g_auto(GStrv) ids = NULL;
	char *value = NULL;

	if (!rn_store_meta_get(w->desk.tx, WANTED, &value, error))
		return FALSE;
	ids = g_strsplit(value != NULL ? value : "", " ", -1);
	longer = g_strdup_printf("%s%s%" G_GINT64_FORMAT, value != NULL ? value : "",
	    value != NULL && *value != '\0' ? " " : "", w->in->id);
	g_free(value);
	return g_strv_length(ids) >= WAITING || rn_store_meta_put(w->desk.tx, WANTED, longer, error);
}

/* The whole list; a letter has no line that begins with a command. */
static char *
as_text(const GPtrArray *list)
{
	g_autoptr(GString) text = g_string_new(NULL);
	guint n[3] = { 0 };

	for (guint i = 0; i < list->len; i++)
		n[((const RnFinding *)g_ptr_array_index(list, i))->level]++;
	g_string_append_printf(text,
	    "La sua mail è arrivata fin qui: server di posta, lmtpd, parser, archivio e courier lavorano.\n\n"
	    "Da fare: %u. Avvisi: %u. In ordine: %u.\n",
	    n[RN_FIND_FAIL], n[RN_FIND_WARN], n[RN_FIND_OK]);
	for (int level = RN_FIND_FAIL; level >= RN_FIND_OK; level--)
		for (guint i = 0; i < list->len; i++) {
			const RnFinding *f = g_ptr_array_index(list, i);

			if ((int)f->level == level)
				g_string_append_printf(text, "\n[%s] %s: %s%s%s", rn_find_word(f->level),
				    f->point, f->text, f->todo != NULL ? "\n    -> " : "",
				    f->todo != NULL ? f->todo : "");
		}
	g_string_append(text, "\n\nTutto, anche il percorso della posta: rinnova check --send\n");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
examine(RnEngine *e, gint64 now)
{
	g_autoptr(GPtrArray) list = rn_findings_new();
	const RnSite *site = &e->settings->site;

	rn_doctor_files(site, list);
	rn_doctor_store(site, list);
	rn_doctor_time(e->settings, e->store, now, list);
	rn_doctor_dns(site, list);
	rn_doctor_trust(site, now, list);
	rn_doctor_conventions(e->settings, TRUE, list);
	rn_doctor_auth(site, list);
	return as_text(list);
}

/* The key of the next answer to ADDRESS today; NULL if there were enough. */
static gboolean
next_key(RnDesk *d, const char *address, char **key, GError **error)
{
	RnDay today = rn_day_of(d->now, d->e->settings->tz);
	gboolean there = TRUE;

	*key = NULL;
	for (int n = 0; n < A_DAY && there; n++) {
		g_free(*key);
		*key = g_strdup_printf("selftest/%d/%s/%d", today, address, n);
		if (!rn_store_letter_exists(d->tx, *key, &there, error))
			return FALSE;
	}
	if (there)
		g_clear_pointer(key, g_free);
	return TRUE;
}

/* Only to an address that the configuration still names. */
static gboolean
answer(RnDesk *d, gint64 id, const char *text, GError **error)
{
	g_autoptr(RnInbox) in = NULL;
	char *key = NULL;
	RnLetterAsk ask = {
		.kind = RN_LETTER_ADMIN, .subject = "Come sta il servizio di rinnovo", .text = text
	};
	gboolean ok;

	if (!rn_store_inbox_get(d->tx, id, &in, error))
		return FALSE;
	if (in == NULL || !rn_site_administrator(&d->e->settings->site, in->from))
		return TRUE;
	ok = next_key(d, in->from, &key, error);
	ask.key = key;
	ask.to = in->from;
	ask.answers = in->message_id;
	d->inbox_id = in->id;
	ok = ok && (key == NULL || rn_desk_letter(d, &ask, NULL, error));
	g_free(key);
	return ok;
}

static gboolean
wanted(RnEngine *e, char **ids, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);

	*ids = NULL;
	return tx != NULL && rn_store_meta_get(tx, WANTED, ids, error);
}

/* All that are noted by now, in one transaction. */
static gboolean
answer_all(RnEngine *e, const char *text, gint64 now, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	RnDesk d = { .e = e, .tx = tx, .now = now, .who = "courier", .why = "selftest" };
	g_auto(GStrv) ids = NULL;
	char *value = NULL;

	if (tx == NULL || !rn_store_meta_get(tx, WANTED, &value, error))
		return FALSE;
	ids = g_strsplit(value != NULL ? value : "", " ", -1);
	g_free(value);
	for (guint i = 0; ids[i] != NULL; i++)
		if (!answer(&d, g_ascii_strtoll(ids[i], NULL, 10), text, error))
			return FALSE;
	return rn_store_meta_put(tx, WANTED, "", error) && rn_tx_commit(&tx, error);
}

gboolean
rn_selftest_work(RnEngine *e, gint64 now, GError **error)
{
	g_autofree char *text = NULL;
	char *ids = NULL;
	gboolean any;

	if (!wanted(e, &ids, error))
		return FALSE;
	any = ids != NULL && *ids != '\0';
	g_free(ids);
	if (!any)
		return TRUE;
	text = examine(e, now);
	return answer_all(e, text, now, error);
}
