#include "core/deadline.h"

#include <string.h>

#include "mail/vevent.h"

#define ALARM_DAYS 7	/* before the last day */

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

/* The event as such; UID and SEQUENCE need no memory: one event a period, and a later letter has the higher
 * number, on the same day the one that takes it back. */
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

gboolean
rn_deadline(RnDesk *d, const RnLetterAsk *ask, RnDeadline *deadline)
{
	gboolean end = ask->kind == RN_LETTER_CONFIRMATION;
	gboolean expiry_given = ask->expiry != RN_DAY_NONE && ask->expiry != 0;
	RnDay today = rn_day_of(d->now, d->e->settings->tz);
	RnVevent e = { .cancelled = end, .stamp = d->now, .alarm_days = ALARM_DAYS };

	if (ask->box == NULL || ask->convention == NULL || !ask->convention->calendar ||
	    ask->purpose == RN_PURPOSE_NONE ||
	    (!end && ask->kind != RN_LETTER_NOTICE && ask->kind != RN_LETTER_FRESH))
		return FALSE;
	e.day = expiry_given ? ask->expiry : ask->box->expiry;
	if (!end && e.day < today)
		return FALSE;
	e.sequence = 2 * (today - rn_day_from_ymd(2024, 1, 1)) + (end ? 1 : 0);
	*deadline = (RnDeadline){
		.data = write_event(d, ask, &e), .name = "scadenza-pec.ics", .type = "text/calendar"
	};
	return TRUE;
}
