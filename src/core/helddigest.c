#include "core/helddigest.h"

#include <string.h>

#include "base/text.h"
#include "core/heldwords.h"

#define PAGE 500
#define CASES 50		/* of one list, at most */
#define LINES 6			/* of what was typed */
#define WIDTH 60		/* of such a line, so that no client breaks it: what it says never begins one */

/* All that are held, counted; the first CASES of them into LIST. */
static gboolean
collect(RnTx *tx, GPtrArray *list, guint *held, GError **error)
{
	*held = 0;
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!rn_store_inbox(tx, TRUE, 0, after, PAGE, &rows, error))
			return FALSE;
		if (rows->len == 0)
			return TRUE;
		*held += rows->len;
		for (guint i = 0; i < rows->len; i++) {
			after = ((const RnInbox *)g_ptr_array_index(rows, i))->id;
			if (list->len < CASES)
				g_ptr_array_add(list, g_steal_pointer(&rows->pdata[i]));
		}
	}
}

guint
rn_held_quote(GString *to, const char *text, guint most)
{
	g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
	guint n = 0;

	for (guint i = 0; lines[i] != NULL && n < most; i++) {
		g_autofree char *plain = rn_text_plain(lines[i]);
		const char *p = plain;

		while (*p != '\0' && n < most) {
			const char *end =
			    g_utf8_strlen(p, -1) > WIDTH ? g_utf8_offset_to_pointer(p, WIDTH) : NULL;

			g_string_append_printf(
			    to, "    «%.*s»\n", end != NULL ? (int)(end - p) : (int)strlen(p), p);
			p = end != NULL ? end : "";
			n++;
		}
	}
	return n;
}

static void
append_typed(GString *to, const char *typed)
{
	guint n = rn_held_quote(to, typed, LINES);

	if (n == 0)
		g_string_append(to, "    (niente)\n");
	else if (n == LINES)
		g_string_append(to, "    ... (tutto: rinnova held show)\n");
}

static gboolean
append_case(RnDesk *d, GString *to, int n, const RnInbox *in, GError **error)
{
	g_autofree char *at = rn_time_text(in->taken, d->e->settings->tz);
	g_autofree char *from = rn_text_plain(in->from != NULL ? in->from : "?");
	g_autoptr(RnBox) box = NULL;
	RnHeldVerb verbs[RN_HELD_N];
	guint likely = rn_held_likely(in, TRUE, verbs);

	if (in->box_id != 0 && !rn_store_box_get(d->tx, in->box_id, &box, error))
		return FALSE;
	g_string_append_printf(to, "\nCaso %d (mail %" G_GINT64_FORMAT ", %s)\n  Da: %s (prova: %s)\n", n,
	    in->id, at, from, in->proof != NULL ? in->proof : "nessuna");
	if (box != NULL) {
		g_autofree char *expiry =
		    rn_letter_words_day(rn_letters_words(d->e->letters, NULL), box->expiry);

		g_string_append_printf(to, "  Casella: %s, scade %s\n", box->name, expiry);
	}
	g_string_append_printf(to, "  Attende perché: %s (%s)\n  Ha scritto:\n", rn_held_motivo(in->rule),
	    in->rule != NULL ? in->rule : "-");
	append_typed(to, in->typed_text);
	g_string_append(to, "  Risposte probabili:");
	for (guint i = 0; i < MIN(likely, 3); i++)
		g_string_append_printf(to, "%s «%d %s»", i > 0 ? "," : "", n, rn_held_parola(verbs[i]));
	g_string_append_c(to, '\n');
	return TRUE;
}

static const char how[] =
    "\nPER DECIDERE\n\nRisponda a questa mail, dal suo indirizzo di amministratore, una riga per caso:\n"
    "il numero e una parola.\n\n"
    "  «3 accetta»   vale come se fosse chiara: il sì o il no che contiene è eseguito\n"
    "  «5 scarta»    non vale nulla, e nessuno riceve niente\n"
    "  «7 rispondi La sua casella è già rinnovata.»   queste parole vanno al\n"
    "                titolare, con quanto scrive sotto, fino alla riga di un altro\n"
    "                caso; senza parole gli è posta di nuovo la domanda solita\n"
    "  «8 riprova»   è letta di nuovo, con le regole e i dati di adesso\n"
    "  «9 chiudi»    è già stata trattata altrove, per esempio al telefono\n\n"
    "Riceverà l'esito di ogni caso. Alla macchina: rinnova held list\n";

/* The text, and the numbers into the store. */
static char *
digest_text(RnDesk *d, gint64 id, const GPtrArray *list, guint held, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(text, "Mail in attesa: %u. Il programma non può deciderle da solo.\n", held);
	for (guint i = 0; i < list->len; i++) {
		const RnInbox *in = g_ptr_array_index(list, i);

		if (!rn_store_digest_case_add(d->tx, id, (int)i + 1, in->id, error) ||
		    !append_case(d, text, (int)i + 1, in, error))
			return NULL;
	}
	if (held > list->len)
		g_string_append_printf(text,
		    "\nAltre %u mail verranno elencate quando queste saranno decise.\n", held - list->len);
	g_string_append(text, how);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static char *
key_of(RnDay today, const char *address)
{
	g_autofree char *day = rn_day_iso(today);

	return g_strdup_printf("digest/%s/%s", day, address);
}

static gboolean
to_one(
    RnDesk *d, RnDay today, const char *address, guint64 digest, guint held, const char *text, GError **error)
{
	g_autofree char *to = rn_addr_fold(address);
	g_autofree char *key = key_of(today, to);
	g_autofree char *subject = g_strdup_printf("%u mail in attesa di una persona", held);
	RnLetterAsk ask = { .kind = RN_LETTER_ADMIN,
		.key = key,
		.purpose = RN_PURPOSE_ADMIN,
		.digest = digest,
		.to = to,
		.subject = subject,
		.text = text };

	return rn_desk_letter(d, &ask, NULL, error);
}

static gboolean
to_all(RnDesk *d, RnDay today, const GPtrArray *list, guint held, GError **error)
{
	const RnSite *site = &d->e->settings->site;
	g_autofree char *text = NULL;
	guint64 digest;
	gint64 id;

	if (!rn_store_digest_open(d->tx, today, d->now, &id, &digest, error) ||
	    (text = digest_text(d, id, list, held, error)) == NULL ||
	    !to_one(d, today, site->admin, digest, held, text, error))
		return FALSE;
	for (guint i = 0; site->administrators[i] != NULL; i++)
		if (!to_one(d, today, site->administrators[i], digest, held, text, error))
			return FALSE;
	return TRUE;
}

gboolean
rn_held_digest(RnEngine *e, RnDay today, gint64 now, gboolean dry_run, guint *held, GError **error)
{
	g_autoptr(RnTx) tx = dry_run ? rn_tx_look(e->store, error) : rn_tx_begin(e->store, error);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)rn_inbox_free);
	g_autofree char *admin = rn_addr_fold(e->settings->site.admin);
	g_autofree char *key = key_of(today, admin);
	RnDesk d = { .e = e, .tx = tx, .now = now, .who = "digest", .why = "held mail" };
	gboolean done;

	if (tx == NULL || !collect(tx, list, held, error) || !rn_store_letter_exists(tx, key, &done, error))
		return FALSE;
	if (*held == 0 || done || dry_run)
		return TRUE;
	return to_all(&d, today, list, *held, error) && rn_tx_commit(&tx, error);
}
