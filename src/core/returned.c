#include "core/returned.h"

#include <string.h>

#include "base/text.h"

#define NOTES_A_DAY 20	/* to the administrator, each about one letter; then one that says "and more" */
#define MAX_HOPS 60	/* Received fields: no way through mail servers is that long */

typedef enum { NOTHING, DELAYED, UNDELIVERABLE } Fate;

/* --- what a bounce says --- */

/* Does the bounce end the letter, or only put it off? What is not said either way counts as the end: silence
 * about a lost letter would be worse. */
static Fate
fate_of(const RnFacts *f)
{
	const RnReport *r = &f->report;
	const char *action = r->action != NULL ? r->action : "";
	g_autofree char *subject = g_utf8_casefold(f->subject != NULL ? f->subject : "", -1);

	if (g_ascii_strcasecmp(action, "delayed") == 0)
		return DELAYED;
	if (g_ascii_strcasecmp(action, "delivered") == 0 || g_ascii_strcasecmp(action, "relayed") == 0 ||
	    g_ascii_strcasecmp(action, "expanded") == 0)
		return NOTHING;
	if (g_ascii_strcasecmp(action, "failed") == 0)
		return UNDELIVERABLE;
	if ((r->status != NULL && *r->status == '4') || strstr(subject, "delay") != NULL ||
	    strstr(subject, "ritard") != NULL || strstr(subject, "warning") != NULL)
		return DELAYED;
	return UNDELIVERABLE;
}

/* Nobody is there: RFC 3463 5.1.x (bad address), 5.2.1 (disabled), 5.4.4 (no such host). A full mailbox or a
 * letter that a filter refused is another matter. */
static gboolean
is_dead(const char *status)
{
	return status != NULL &&
	    (g_str_has_prefix(status, "5.1.") || strcmp(status, "5.2.1") == 0 ||
	        strcmp(status, "5.4.4") == 0);
}

/* --- which letter --- */

/* By the Message-ID that came back, by the one that the mail answers, or else by the token of the address
 * that it came to: the newest letter to the address that it is about. */
static gboolean
letter_named(RnWork *w, RnLetter **letter, GError **error)
{
	const RnFacts *f = w->r->facts;
	g_auto(GStrv) ids = g_strsplit(f->report.ids != NULL ? f->report.ids : "", " ", -1);
	g_autofree char *rcpt = f->report.rcpt != NULL && rn_addr_valid(f->report.rcpt) ?
	    rn_addr_fold(f->report.rcpt) :
	    g_strdup(f->class_ == RN_CLASS_AUTO ? f->from : NULL);

	*letter = NULL;
	for (guint i = 0; ids[i] != NULL && *letter == NULL; i++) {
		if (*ids[i] != '\0' && !rn_store_letter_returned(w->desk.tx, ids[i], rcpt, letter, error))
			return FALSE;
	}
	if (*letter == NULL && w->r->thread_id != NULL &&
	    !rn_store_letter_returned(w->desk.tx, w->r->thread_id, rcpt, letter, error))
		return FALSE;
	if (*letter != NULL || w->r->box == NULL || f->token_verdict != RN_TOKEN_GOOD ||
	    f->token.purpose != RN_PURPOSE_BOUNCE)
		return TRUE;
	if (!rn_store_letter_sent_to(w->desk.tx, w->r->box->period_id, rcpt, letter, error))
		return FALSE;
	return *letter != NULL || rcpt == NULL || f->class_ == RN_CLASS_BOUNCE ||
	    rn_store_letter_sent_to(w->desk.tx, w->r->box->period_id, NULL, letter, error);
}

/* --- another address --- */

/* Letters to the holder about his box; questions of proof, lists and notes stay where they were sent. */
static gboolean
may_go_elsewhere(RnLetterKind kind)
{
	switch (kind) {
	case RN_LETTER_ADMIN:
	case RN_LETTER_WARNING:
	case RN_LETTER_AUTHORIZE:
	case RN_LETTER_MOVED:
	case RN_LETTER_LIST:
	case RN_LETTER_HELP:
		return FALSE;
	default:
		return TRUE;
	}
}

/* The letter that LETTER is a copy of, or its own number. */
static gint64
original_of(const RnLetter *letter)
{
	if (!g_str_has_prefix(letter->key, "letter/") || strstr(letter->key, "/elsewhere/") == NULL)
		return letter->id;
	return g_ascii_strtoll(letter->key + strlen("letter/"), NULL, 10);
}

/* Has TO had this letter already, as one of its own? */
static gboolean
has_had(RnDesk *d, const RnLetter *letter, const char *to, gboolean *yes, GError **error)
{
	g_autoptr(GPtrArray) all = NULL;

	*yes = FALSE;
	if (!rn_store_letters(d->tx, -1, letter->box_id, 0, 1000, &all, error))
		return FALSE;
	for (guint i = 0; i < all->len; i++) {
		const RnLetter *l = g_ptr_array_index(all, i);

		*yes |= l->kind == letter->kind && l->step == letter->step &&
		    l->period_id == letter->period_id && l->order_id == letter->order_id &&
		    l->state != RN_SEND_DROPPED && strcmp(l->rcpt, to) == 0 &&
		    ABS(l->created - letter->created) < 86400;
	}
	return TRUE;
}

static gboolean
copy_to(RnDesk *d, const RnLetter *letter, const RnBox *box, const char *key, const char *to, GError **error)
{
	g_autoptr(RnLetter) copy = rn_letter_new();
	g_autofree char *terms = NULL;
	gboolean fresh;

	copy->raw = rn_letter_readdress(letter->raw, box->holder, to, error);
	if (copy->raw == NULL)
		return FALSE;
	copy->key = g_strdup(key);
	copy->kind = letter->kind;
	copy->step = letter->step;
	copy->box_id = letter->box_id;
	copy->period_id = letter->period_id;
	copy->order_id = letter->order_id;
	copy->rcpt = g_strdup(to);
	copy->sender = g_strdup(letter->sender);
	copy->message_id = g_strdup(letter->message_id);
	copy->subject = g_strdup(letter->subject);
	copy->due = copy->created = d->now;
	return rn_store_letter_add(d->tx, copy, &fresh, error) &&
	    rn_store_letter_terms(d->tx, letter->id, &terms, error) &&
	    (terms == NULL || !fresh || rn_store_letter_terms_add(d->tx, copy->id, terms, error));
}

gboolean
rn_returned_elsewhere(RnDesk *d, const RnLetter *letter, const RnBox *box, char **to, GError **error)
{
	const char *addresses[] = { box->reference, box->reference2, box->name };
	gboolean own = FALSE;

	*to = NULL;
	for (guint i = 0; i < G_N_ELEMENTS(addresses); i++)
		own |= g_strcmp0(addresses[i], letter->rcpt) == 0;
	if (!own || !may_go_elsewhere(letter->kind) || letter->raw == NULL)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
		g_autofree char *key =
		    g_strdup_printf("letter/%" G_GINT64_FORMAT "/elsewhere/%u", original_of(letter), i);
		gboolean there, had, dead;

		if (addresses[i] == NULL || strcmp(addresses[i], letter->rcpt) == 0)
			continue;
		if (!rn_store_letter_exists(d->tx, key, &there, error) ||
		    !has_had(d, letter, addresses[i], &had, error) ||
		    !rn_store_address_dead(d->tx, addresses[i], &dead, error))
			return FALSE;
		if (there || had || dead)
			continue;
		*to = g_strdup(addresses[i]);
		return copy_to(d, letter, box, key, *to, error);
	}
	return TRUE;
}

/* --- the administrator --- */

/* The key of the next note of today; *LAST: the one that says "and more"; NULL: there were enough. */
static gboolean
note_key(RnDesk *d, char **key, gboolean *last, GError **error)
{
	RnDay today = rn_day_of(d->now, d->e->settings->tz);

	*key = NULL;
	for (int n = 0; n <= NOTES_A_DAY && *key == NULL; n++) {
		g_autofree char *one = g_strdup_printf("undeliverable/%d/%d", today, n);
		gboolean there;

		if (!rn_store_letter_exists(d->tx, one, &there, error))
			return FALSE;
		*last = n == NOTES_A_DAY;
		if (!there)
			*key = g_steal_pointer(&one);
	}
	return TRUE;
}

static gboolean
tell_admin(RnWork *w, const RnLetter *letter, const RnBox *box, const char *to, GError **error)
{
	const RnReport *r = &w->r->facts->report;
	g_autofree char *key = NULL, *text = NULL;
	gboolean last = FALSE;

	if (!note_key(&w->desk, &key, &last, error))
		return FALSE;
	if (key == NULL || letter->kind == RN_LETTER_ADMIN)
		return TRUE;
	text = last ?
	    g_strdup("Oggi sono tornate indietro altre lettere: le elenca rinnova outbox list.") :
	    g_strdup_printf("La lettera L%" G_GINT64_FORMAT " (%s, oggetto: %s)%s%s\n"
	                    "è tornata indietro da: %s\nMotivo: %s %s\n%s%s\n"
	                    "Corretto l'indirizzo o risolta la causa, si può spedirla di nuovo:\n"
	                    "rinnova outbox retry L%" G_GINT64_FORMAT,
	        letter->id, rn_word(RN_WORDS_LETTER, letter->kind), letter->subject,
	        box != NULL ? " della casella " : "", box != NULL ? box->name : "", letter->rcpt,
	        r->status != NULL ? r->status : "", r->text != NULL ? r->text : "non indicato",
	        to != NULL ? "È stata spedita anche a: " : "Non c'è un altro indirizzo del titolare.",
	        to != NULL ? to : "", letter->id);
	return rn_desk_admin(&w->desk, key, "Una lettera è tornata indietro", text, error);
}

/* --- the mail --- */

static gboolean
note(RnWork *w, const RnLetter *letter, const char *state, RnDay back_on, gboolean *fresh, GError **error)
{
	const RnReport *r = &w->r->facts->report;
	RnDelivery d = {
		.letter_id = letter->id, .state = (char *)(gpointer)state, .at = w->r->taken,
		.inbox_id = w->in->id, .code = r->status, .why = r->text, .back_on = back_on,
	};

	return rn_store_delivery_put(w->desk.tx, &d, fresh, error);
}

static gboolean
undeliverable(RnWork *w, const RnLetter *letter, const RnBox *box, GError **error)
{
	const RnReport *r = &w->r->facts->report;
	g_autofree char *to = NULL;
	g_autofree char *detail = g_strdup_printf("L%" G_GINT64_FORMAT " %s%s%s", letter->id,
	    r->status != NULL ? r->status : "", r->text != NULL ? " " : "", r->text != NULL ? r->text : "");
	gboolean fresh;

	if (!note(w, letter, "undeliverable", RN_DAY_NONE, &fresh, error))
		return FALSE;
	if (!fresh)
		return TRUE;
	if (is_dead(r->status) &&
	    !rn_store_address_dead_put(w->desk.tx, letter->rcpt, letter->id, w->r->taken, error))
		return FALSE;
	return (box == NULL || rn_returned_elsewhere(&w->desk, letter, box, &to, error)) &&
	    rn_desk_ledger(&w->desk, "letter came back", box, NULL, detail, error) &&
	    (to == NULL ||
	        rn_desk_ledger(&w->desk, "letter sent to another address", box, NULL, to, error)) &&
	    tell_admin(w, letter, box, to, error);
}

gboolean
rn_returned_lost(RnWork *w, const RnLetter *letter, GError **error)
{
	g_autoptr(RnBox) box = NULL;

	if (letter->box_id != 0 && !rn_store_box_get(w->desk.tx, letter->box_id, &box, error))
		return FALSE;
	return undeliverable(w, letter, box, error);
}

gboolean
rn_returned_late(RnWork *w, const RnLetter *letter, GError **error)
{
	gboolean fresh;

	return note(w, letter, "delayed", RN_DAY_NONE, &fresh, error);
}

/* "--08-24" is the next such day from TAKEN on. */
static RnDay
back_on(const RnWork *w)
{
	const char *text = w->r->facts->report.back_on;
	RnDay taken = rn_day_of(w->r->taken, w->desk.e->settings->tz), day;
	int y, m, d;

	if (text == NULL)
		return RN_DAY_NONE;
	if (!g_str_has_prefix(text, "--"))
		return rn_day_parse(text, &day) ? day : RN_DAY_NONE;
	rn_day_to_ymd(taken, &y, &m, &d);
	for (int year = y; year <= y + 1; year++) {
		g_autofree char *iso = g_strdup_printf("%04d%s", year, text + 1);

		if (rn_day_parse(iso, &day) && day >= taken)
			return day;
	}
	return RN_DAY_NONE;
}

static gboolean
away(RnWork *w, const RnLetter *letter, GError **error)
{
	RnDay day = back_on(w);
	gboolean fresh;

	return day == RN_DAY_NONE || note(w, letter, "away", day, &fresh, error);
}

gboolean
rn_returned(RnWork *w, GError **error)
{
	const RnFacts *f = w->r->facts;
	g_autoptr(RnLetter) letter = NULL;
	g_autoptr(RnBox) box = NULL;
	gboolean fresh;

	if (f == NULL || (f->class_ != RN_CLASS_BOUNCE && f->class_ != RN_CLASS_AUTO))
		return TRUE;
	if (!letter_named(w, &letter, error))
		return FALSE;
	if (letter == NULL || *letter->rcpt == '\0')	/* none, or its holder was forgotten */
		return TRUE;
	if (letter->box_id != 0 && !rn_store_box_get(w->desk.tx, letter->box_id, &box, error))
		return FALSE;
	w->desk.who = "machine";
	if (f->class_ == RN_CLASS_AUTO)
		return away(w, letter, error);
	switch (fate_of(f)) {
	case UNDELIVERABLE:
		return undeliverable(w, letter, box, error);
	case DELAYED:
		return note(w, letter, "delayed", RN_DAY_NONE, &fresh, error);
	case NOTHING:
	default:
		return TRUE;
	}
}

/* "notice.1f3e....TOKEN@domain": our own mark. */
static gboolean
is_our_id(const RnSite *site, const char *id)
{
	const char *at = strrchr(id, '@');
	g_autofree char *local = at != NULL ? g_strndup(id, (gsize)(at - id)) : NULL;
	g_autofree char *token = NULL;
	const char *dot = local != NULL ? strrchr(local, '.') : NULL;

	if (dot == NULL || g_ascii_strcasecmp(at + 1, site->domain) != 0)
		return FALSE;
	token = rn_token_canonical(dot + 1);
	return token != NULL;
}

char *
rn_returned_loop(RnEngine *e, const RnFacts *f, const RnHead *head)
{
	const RnSite *site = &e->settings->site;
	guint hops = rn_head_count(head, "Received");

	if (f->from != NULL && rn_token_address_ours(site, f->from))
		return g_strdup("it is from our own address");
	if (f->message_id != NULL && is_our_id(site, f->message_id))
		return g_strdup("it has a Message-ID of ours");
	return hops > MAX_HOPS ? g_strdup_printf("it went through %u mail servers", hops) : NULL;
}
