#include "core/deadline.h"

#include <string.h>

#include "mail/vevent.h"

#define ALARM_DAYS 7		/* before the last day */
#define LETTERS_MAX 1000	/* of a box, that are looked at */

/* What the event says, by language; Italian where there is none. */
static const struct {
	const char	*language, *title, *before, *call, *after;
} texts[] = {
	{ "it", "Scade la casella PEC ", "Ultimo giorno di servizio della casella PEC ",
	    "Per rinnovarla basta rispondere alla nostra mail, oggetto [PEC-", "]." },
	{ "de", "PEC-Postfach läuft ab: ", "Letzter Tag des PEC-Postfachs ",
	    "Zum Verlängern genügt eine Antwort auf unsere Mail, Betreff [PEC-", "]." },
	{ "en", "PEC mailbox expires: ", "Last day of service of the PEC mailbox ",
	    "To renew it, just answer our mail, subject [PEC-", "]." },
};

static gsize
text_of(const char *language)
{
	for (gsize i = 1; i < G_N_ELEMENTS(texts); i++)
		if (g_strcmp0(language, texts[i].language) == 0)
			return i;
	return 0;
}

/* The event as such: one for each period, so that its UID needs no memory. */
static GBytes *
write_event(RnDesk *d, const RnLetterAsk *ask, RnVevent *e)
{
	const RnSite *site = &d->e->settings->site;
	gsize t = text_of(ask->box->language);
	g_autofree char *number = rn_case_number(ask->box->period_public);
	g_autofree char *uid = g_strdup_printf("PEC-%s@%s", number, site->domain);
	g_autofree char *title = g_strconcat(texts[t].title, ask->box->name, NULL);
	g_autofree char *text = g_strconcat(texts[t].before, ask->box->name, ". ", texts[t].call, number,
	    texts[t].after, "\n", site->name, NULL);
	g_autofree char *address = rn_token_address(site, NULL);

	e->uid = uid;
	e->summary = title;
	e->description = text;
	e->organizer_name = site->name;
	e->organizer = address;
	return rn_vevent_write(e);
}

static gboolean
carries_event(const RnLetterAsk *ask)
{
	if (ask->box == NULL || ask->convention == NULL || !ask->convention->calendar ||
	    ask->purpose == RN_PURPOSE_NONE)
		return FALSE;
	/* an order without a number was never confirmed: the event still stands */
	return ask->kind == RN_LETTER_NOTICE || ask->kind == RN_LETTER_FRESH ||
	    ask->kind == RN_LETTER_CONFIRMATION ||
	    (ask->kind == RN_LETTER_CANCELLED && ask->order != NULL && ask->order->number != NULL);
}

gboolean
rn_deadline(RnDesk *d, const RnLetterAsk *ask, RnDeadline *deadline, GError **error)
{
	gboolean end = ask->kind == RN_LETTER_CONFIRMATION;
	gboolean expiry_given = ask->expiry != RN_DAY_NONE && ask->expiry != 0;
	RnVevent e = { .cancelled = end, .stamp = d->now, .alarm_days = ALARM_DAYS };
	gint64 number;

	*deadline = (RnDeadline){ 0 };
	if (!carries_event(ask))
		return TRUE;
	e.day = expiry_given ? ask->expiry : ask->box->expiry;
	if (!end && e.day < rn_day_of(d->now, d->e->settings->tz))
		return TRUE;
	/* the letter's own number: a later letter has a higher one, however soon it follows */
	if (!rn_store_letter_next(d->tx, &number, error))
		return FALSE;
	e.sequence = (int)MIN(number, G_MAXINT32);
	*deadline = (RnDeadline){
		.data = write_event(d, ask, &e), .name = "scadenza-pec.ics", .type = "text/calendar"
	};
	return TRUE;
}

static gboolean
went_to(const GPtrArray *letters, gint64 period_id, const char *address)
{
	for (guint i = 0; i < letters->len; i++) {
		const RnLetter *l = g_ptr_array_index(letters, i);

		if (l->period_id == period_id &&
		    (l->kind == RN_LETTER_NOTICE || l->kind == RN_LETTER_FRESH) &&
		    g_strcmp0(l->rcpt, address) == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean
rn_deadline_others(RnDesk *d, const RnBox *box, const RnConvention *c, GPtrArray **to, GError **error)
{
	char *const addresses[] = { box->reference2, box->name };
	g_autoptr(GPtrArray) letters = NULL;

	*to = g_ptr_array_new();
	if (c == NULL || !c->calendar)
		return TRUE;
	if (!rn_store_letters(d->tx, -1, box->id, 0, LETTERS_MAX, &letters, error)) {
		g_clear_pointer(to, g_ptr_array_unref);
		return FALSE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++)
		if (addresses[i] != NULL && g_strcmp0(addresses[i], box->reference) != 0 &&
		    went_to(letters, box->period_id, addresses[i]))
			g_ptr_array_add(*to, addresses[i]);
	return TRUE;
}
