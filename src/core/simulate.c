#include "core/simulate.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/campaign.h"
#include "core/desk.h"
#include "core/documents.h"
#include "core/expiry.h"
#include "core/keys.h"

#define PAGE 500
#define AT_NIGHT (30 * 60)		/* expire, seconds after midnight */
#define IN_THE_MORNING (8 * 3600)	/* notify */
#define IN_THE_DAY (11 * 3600)		/* members */

/* An answer that will come. */
typedef struct {
	RnDay		 day;
	gint64		 box_id;
	RnOrderEvent	 event;
} Answer;

typedef struct {
	RnEngine		*e;
	const RnSimulation	*sim;
	GArray			*answers;	/* Answer */
	gint64			 seen;		/* the last letter that was looked at */
	RnSimulatedDay		 today;
} Play;

/* One member's luck with QUESTION, 0..99: the same each time, and as good as any. */
static guint
luck(const char *name, const char *question)
{
	g_autofree char *text = g_strconcat(name, "/", question, NULL);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 bytes[32];
	gsize n = sizeof(bytes);

	g_checksum_update(sum, (const guchar *)text, -1);
	g_checksum_get_digest(sum, bytes, &n);
	return ((guint)bytes[0] << 8 | bytes[1]) * 100 / 65536;
}

static void
expect(Play *p, const RnBox *box, RnOrderEvent event, int days)
{
	Answer a = { .day = p->today.day + days, .box_id = box->id, .event = event };

	g_array_append_val(p->answers, a);
}

/* --- the letters of a day, and what they will bring --- */

static void
after_notice(Play *p, const RnBox *box, int day)
{
	const RnAnswers *a = p->sim->answers;

	for (guint i = 0; i < a->n_notices; i++) {
		g_autofree char *question = g_strdup_printf("notice %d", day);
		guint n = luck(box->name, question);

		if (a->notices[i].day != day)
			continue;
		if (n < a->notices[i].renew)
			expect(p, box, RN_EV_REQUEST, a->delay);
		else if (n < a->notices[i].renew + a->notices[i].decline)
			expect(p, box, RN_EV_DECLINE, a->delay);
	}
}

static void
after_letter(Play *p, const RnLetter *letter, const RnBox *box)
{
	const RnAnswers *a = p->sim->answers;

	if (strcmp(letter->rcpt, box->reference) != 0)
		return;		/* the same to another address: who answers does it once */
	if (letter->kind == RN_LETTER_NOTICE)
		after_notice(p, box, letter->step);
	else if (letter->kind == RN_LETTER_SUMMARY && luck(box->name, "accept") < a->accept)
		expect(p, box, RN_EV_ACCEPT, a->delay);
	else if (letter->kind == RN_LETTER_DOCUMENT && luck(box->name, "document") < a->document)
		expect(p, box, RN_EV_DOCUMENT_IN, a->delay);
	else if (letter->kind == RN_LETTER_CONFIRMATION)
		expect(p, box, RN_EV_RENEWED, 0);
}

static gboolean
into_maildir(Play *p, const RnLetter *letter, GError **error)
{
	g_autofree char *day = rn_day_iso(p->today.day);
	g_autofree char *name = g_strdup_printf(
	    "%s.%06" G_GINT64_FORMAT ".%s", day, letter->id, rn_word(RN_WORDS_LETTER, letter->kind));
	g_autofree char *file = g_build_filename(p->sim->maildir, "new", name, NULL);

	return g_file_set_contents(
	    file, g_bytes_get_data(letter->raw, NULL), (gssize)g_bytes_get_size(letter->raw), error);
}

static gboolean
one_letter(Play *p, RnTx *tx, const RnLetter *letter, GError **error)
{
	g_autoptr(RnBox) box = NULL;
	g_autoptr(RnLetter) whole = NULL;

	p->seen = letter->id;
	p->today.letters[letter->kind]++;
	p->today.all++;
	if (letter->box_id != 0) {
		if (!rn_store_box_get(tx, letter->box_id, &box, error))
			return FALSE;
		if (box != NULL)
			after_letter(p, letter, box);
	}
	if (p->sim->maildir == NULL)
		return TRUE;
	return rn_store_letter_get(tx, letter->id, &whole, error) && into_maildir(p, whole, error);
}

/* Those that were written since the last time. COUNT: they count. */
static gboolean
look_at_letters(Play *p, gboolean count, GError **error)
{
	for (;;) {
		g_autoptr(RnTx) tx = rn_tx_look(p->e->store, error);
		g_autoptr(GPtrArray) letters = NULL;

		if (tx == NULL || !rn_store_letters(tx, -1, 0, p->seen, PAGE, &letters, error))
			return FALSE;
		if (letters->len == 0)
			return TRUE;
		for (guint i = 0; i < letters->len; i++) {
			const RnLetter *letter = g_ptr_array_index(letters, i);

			if (!count)
				p->seen = letter->id;
			else if (!one_letter(p, tx, letter, error))
				return FALSE;
		}
	}
}

/* --- what members and the provider do --- */

static gboolean
move(Play *p, RnDesk *d, RnBox *box, RnOrderEvent event, GError **error)
{
	const RnConvention *c = rn_settings_convention(p->e->settings, box->convention);
	RnMove m = {
		.box = box, .period_expiry = box->expiry, .taken = d->now, .proof = RN_PROOF_NORMAL,
		.new_expiry = RN_DAY_NONE,
	};
	RnMoved moved;

	if (event == RN_EV_DOCUMENT_IN && !box->document) {
		box->document = TRUE;
		if (!rn_store_box_set_document(d->tx, box->id, TRUE, error))
			return FALSE;
	}
	if (!rn_desk_move(d, event, &m, &moved, NULL, error))
		return FALSE;
	if (moved != RN_MOVED)
		return TRUE;	/* its order has gone another way meanwhile */
	if (event == RN_EV_REQUEST) {
		p->today.requests++;
		return rn_desk_move(d,
		    rn_document_settled(c, box) ? RN_EV_DOCUMENT_IN : RN_EV_DOCUMENT_WANTED, &m, &moved, NULL,
		    error);
	}
	p->today.concluded += event == RN_EV_ACCEPT;
	return TRUE;
}

static gboolean
one_answer(Play *p, const Answer *a, GError **error)
{
	g_autoptr(RnTx) tx = rn_tx_begin(p->e->store, error);
	g_autoptr(RnBox) box = NULL;
	RnDesk d = {
		.e = p->e, .tx = tx, .who = "simulate", .why = "simulate",
		.now = rn_day_start(p->today.day, p->e->settings->tz) + IN_THE_DAY,
	};

	if (tx == NULL || !rn_store_box_get(tx, a->box_id, &box, error))
		return FALSE;
	if (box != NULL && !move(p, &d, box, a->event, error))
		return FALSE;
	return rn_tx_commit(&tx, error);
}

/* Those that are due, and those that they bring on the same day. */
static gboolean
all_answers(Play *p, GError **error)
{
	for (guint i = 0; i < p->answers->len;) {
		Answer a = g_array_index(p->answers, Answer, i);

		if (a.day > p->today.day) {
			i++;
			continue;
		}
		g_array_remove_index(p->answers, i);
		if (!one_answer(p, &a, error) || !look_at_letters(p, TRUE, error))
			return FALSE;
	}
	return TRUE;
}

/* --- the days --- */

static gboolean
night(Play *p, gint64 midnight, GError **error)
{
	RnExpiryRun run = { .today = p->today.day, .now = midnight + AT_NIGHT };
	RnExpiryTally tally = { 0 };

	if (!rn_expiry_run(p->e, &run, &tally, error))
		return FALSE;
	p->today.braked = tally.braked;
	if (tally.braked) {
		run.force = "simulation";
		memset(&tally, 0, sizeof(tally));
		if (!rn_expiry_run(p->e, &run, &tally, error))
			return FALSE;
	}
	p->today.deactivated = tally.deactivated;
	return TRUE;
}

static gboolean
one_day(Play *p, RnDay day, GError **error)
{
	gint64 midnight = rn_day_start(day, p->e->settings->tz);
	RnCampaignTally tally = { 0 };

	memset(&p->today, 0, sizeof(p->today));
	p->today.day = day;
	if (!night(p, midnight, error) || !look_at_letters(p, TRUE, error) ||
	    !rn_campaign_notify(p->e, day, midnight + IN_THE_MORNING, FALSE, NULL, NULL, &tally, error) ||
	    !look_at_letters(p, TRUE, error) || !all_answers(p, error))
		return FALSE;
	p->sim->show(&p->today, p->sim->data);
	return TRUE;
}

static gboolean
stopped(const RnSimulation *sim, GError **error)
{
	if (*sim->stop)
		g_set_error_literal(
		    error, RN_ERROR, RN_ERR_BUSY, "stopped; the copy of the store was removed");
	return *sim->stop != 0;
}

static gboolean
play(RnEngine *e, const RnSimulation *sim, GError **error)
{
	Play p = { .e = e, .sim = sim, .answers = g_array_new(FALSE, FALSE, sizeof(Answer)) };
	gboolean good = look_at_letters(&p, FALSE, error);

	for (RnDay day = sim->from; good && day <= sim->to; day++)
		good = !stopped(sim, error) && one_day(&p, day, error);
	g_array_unref(p.answers);
	return good;
}

/* --- the copy --- */

static gboolean
make_maildir(const char *dir, GError **error)
{
	static const char *const subs[] = { "tmp", "new", "cur" };

	for (guint i = 0; i < G_N_ELEMENTS(subs); i++) {
		g_autofree char *sub = g_build_filename(dir, subs[i], NULL);

		if (g_mkdir_with_parents(sub, 0700) != 0) {
			g_set_error(error, RN_ERROR, RN_ERR_INPUT, "%s: %s", sub, g_strerror(errno));
			return FALSE;
		}
	}
	return TRUE;
}

/* Removes DIR and the files in it. */
static void
remove_folder(const char *dir)
{
	g_autoptr(GDir) open = g_dir_open(dir, 0, NULL);
	const char *name;

	while (open != NULL && (name = g_dir_read_name(open)) != NULL) {
		g_autofree char *file = g_build_filename(dir, name, NULL);

		g_unlink(file);
	}
	g_rmdir(dir);
}

static gboolean
on_copy(const char *file, const char *dir, const RnSimulation *sim, GError **error)
{
	g_autofree char *place = g_build_filename(dir, "rinnova.db", NULL);
	g_autofree char *url = g_strconcat("sqlite:", place, NULL);
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(RnSettings) settings = rn_settings_read(file, error);

	if (settings == NULL || !rn_store_copy(settings->site.store, place, NULL, NULL, error))
		return FALSE;
	e = rn_engine_open_at(
	    file, url, RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE, error);
	if (e == NULL)
		return FALSE;
	rn_keys_rehearse(e->keys);	/* its letters may be seen; nobody orders by answering one */
	return play(e, sim, error);
}

gboolean
rn_simulate(const char *file, const RnSimulation *sim, GError **error)
{
	g_autofree char *dir = NULL;
	gboolean good;

	if (sim->maildir != NULL && !make_maildir(sim->maildir, error))
		return FALSE;
	dir = g_dir_make_tmp("rinnova-XXXXXX", error);
	if (dir == NULL)
		return FALSE;
	good = on_copy(file, dir, sim, error);
	remove_folder(dir);
	return good;
}
