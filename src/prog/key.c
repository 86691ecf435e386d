#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "core/desk.h"
#include "core/keep.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

/* What the command line says. */
typedef struct {
	const char	*verb, *what;	/* what: the id or the file; NULL if it is not there */
	char		*reason;
	gboolean	 dry_run;
} Wish;

static gboolean
list_keys(const char *file, GError **error)
{
	g_autoptr(RnKeyRing) ring = rn_keyring_read(file, error);

	for (guint i = 0; ring != NULL && i < rn_keyring_n(ring); i++) {
		g_autofree char *day = NULL;
		RnDay made;
		guint id;

		rn_keyring_at(ring, i, &id, &made);
		day = rn_day_iso(made);
		printf("%2u  made %s  %s\n", id, day,
		    i + 1 == rn_keyring_n(ring) ? "signs and verifies" : "verifies");
	}
	return ring != NULL;
}

/* A row in the ledger of the site. */
static gboolean
note(RnEngine *e, const char *what, const char *detail, GError **error)
{
	g_autofree char *who = rn_show_admin();
	g_autoptr(RnTx) tx = rn_tx_begin(e->store, error);
	RnDesk d = { .e = e, .tx = tx, .now = rn_now(), .who = who, .why = "key" };

	return tx != NULL && rn_desk_ledger(&d, what, NULL, NULL, detail, error) && rn_tx_commit(&tx, error);
}

static gboolean
rotate(RnEngine *e, GError **error)
{
	g_autofree char *detail = NULL;
	guint id;

	if (!rn_keyring_rotate(e->settings->site.key_file, rn_day_of(rn_now(), e->settings->tz), &id, error))
		return FALSE;
	printf("key %u signs from now on; retire the old one when its letters have expired\n", id);
	detail = g_strdup_printf("key %u", id);
	return note(e, "token key added", detail, error);
}

static gboolean
read_id(const char *text, guint *id, GError **error)
{
	guint64 n;

	if (g_ascii_string_to_unsigned(text, 10, 0, 15, &n, NULL)) {
		*id = (guint)n;
		return TRUE;
	}
	g_set_error(error, RN_ERROR, RN_ERR_USAGE,
	    "\"%s\" is no key id; `rinnova key list` shows them (0..15)", text);
	return FALSE;
}

/* The first and the last moment at which key ID signed; FALSE if there is none. */
static gboolean
signed_between(RnEngine *e, guint id, gint64 *from, gint64 *to, GError **error)
{
	g_autoptr(RnKeyRing) ring = rn_keyring_read(e->settings->site.key_file, error);

	*from = 0;
	*to = rn_now();
	for (guint i = 0; ring != NULL && i < rn_keyring_n(ring); i++) {
		RnDay made;
		guint this;

		rn_keyring_at(ring, i, &this, &made);
		if (*from != 0) {	/* the one behind it signs from that day on */
			*to = rn_day_start(made + 1, e->settings->tz);
			return TRUE;
		}
		if (this == id)
			*from = rn_day_start(made, e->settings->tz);
	}
	if (ring != NULL && *from == 0)
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND, "there is no key %u", id);
	return *from != 0;
}

/* How many letters may carry a token of key ID. */
static gboolean
would_retire(RnEngine *e, guint id, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	gint64 from, to;
	guint n = 0;

	if (tx == NULL || !signed_between(e, id, &from, &to, error))
		return FALSE;
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_letters(tx, -1, 0, after, PAGE, &rows, error))
			return FALSE;
		for (guint i = 0; i < rows->len; i++) {
			const RnLetter *l = g_ptr_array_index(rows, i);

			after = l->id;
			n += l->created >= from && l->created < to;
		}
		if (rows->len < PAGE)
			break;
	}
	printf("key %u: %u letters were written while it signed; answers to them would be taken for forged\n",
	    id, n);
	return TRUE;
}

static gboolean
retire(RnEngine *e, const Wish *w, GError **error)
{
	g_autofree char *detail = NULL;
	guint id;

	if (!read_id(w->what, &id, error))
		return FALSE;
	if (w->dry_run)
		return would_retire(e, id, error);
	if (!rn_keyring_retire(e->settings->site.key_file, id, error))
		return FALSE;
	printf("key %u is gone: tokens that it signed are bad from now on\n", id);
	detail = g_strdup_printf("key %u: %s", id, w->reason);
	return note(e, "token key retired", detail, error);
}

static gboolean
seal(RnEngine *e, const Wish *w, GError **error)
{
	g_autofree char *detail = NULL;
	guint sealed = 0;

	if (!rn_keep_seal(e, w->dry_run, &sealed, error))
		return FALSE;
	detail = g_strdup_printf("%u mails and documents", sealed);
	printf("%s %s with the first key\n", detail, w->dry_run ? "would be encrypted" : "encrypted");
	return w->dry_run || note(e, "store sealed", detail, error);
}

static gboolean
make_store_key(const char *file, GError **error)
{
	if (!rn_keep_key_create(file, error))
		return FALSE;
	printf(
	    "%s: a key for the store; give the file to the user that runs rinnova, write it first in key-files of "
	    "[keep], restart lmtpd and courier, and keep a copy elsewhere than the backups\n",
	    file);
	return TRUE;
}

static gboolean
run(RnEngine *e, const Wish *w, GError **error)
{
	if (strcmp(w->verb, "list") == 0)
		return list_keys(e->settings->site.key_file, error);
	if (strcmp(w->verb, "store") == 0)
		return make_store_key(w->what, error);
	if (strcmp(w->verb, "rotate") == 0)
		return rotate(e, error);
	return strcmp(w->verb, "retire") == 0 ? retire(e, w, error) : seal(e, w, error);
}

/* The verbs, how many words each has, and what goes with it. */
static gboolean
understood(int argc, const Wish *w)
{
	static const struct {
		const char	*verb;
		int		 words;
		gboolean	 reason, dry_run;
	} verbs[] = { { "list", 2, FALSE, FALSE }, { "rotate", 2, FALSE, FALSE }, { "retire", 3, TRUE, TRUE },
		{ "store", 3, FALSE, FALSE }, { "seal", 2, FALSE, TRUE } };
	gboolean reasoned = w->reason != NULL && *w->reason != '\0';

	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(w->verb, verbs[i].verb) == 0)
			return argc == verbs[i].words && (!w->dry_run || verbs[i].dry_run) &&
			    (w->dry_run ? !reasoned || verbs[i].reason : reasoned == verbs[i].reason);
	return FALSE;
}

int
rn_cmd_key(int argc, char **argv)
{
	g_autofree char *config = NULL, *reason = NULL;
	Wish w = { 0 };
	GOptionEntry options[] = { { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, "of retire; kept",
		                       "TEXT" },
		{ "dry-run", 'n', 0, G_OPTION_ARG_NONE, &w.dry_run,
		    "with retire and seal: say what would be changed, and change nothing", NULL },
		{ 0 } };
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	gboolean store;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	w.verb = argc > 1 ? argv[1] : "";
	w.what = argc > 2 ? argv[2] : NULL;
	w.reason = reason;
	if (!understood(argc, &w)) {
		fputs(
		    "rinnova: key: say list, rotate, retire ID --reason TEXT, store FILE or seal; --dry-run of "
		    "retire and seal\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	store = strcmp(w.verb, "list") != 0 && strcmp(w.verb, "store") != 0;
	e = rn_engine_open(config, store ? RN_NEED_SETTINGS | RN_NEED_STORE : RN_NEED_SETTINGS, &error);
	return e != NULL && run(e, &w, &error) ? RN_EXIT_OK : rn_complain("key", error);
}
