#include "mail/letters_words.h"

#include <stdarg.h>
#include <string.h>

#include "base/conf.h"
#include "base/text.h"

#define AT(member) offsetof(RnLetterWords, member)
#define TEXT(section, key, member) \
	{ \
		section, key, RN_CONF_TEXT, AT(member), NULL, 0, 0, NULL \
	}

static const RnConfKey keys[] = {
	{ "language", "fallback", RN_CONF_TEXT, AT(fallback), "", 0, 0, "it, or nothing" },
	{ "dates", "weekdays", RN_CONF_LIST, AT(weekdays), NULL, 0, 0, "seven names, Monday first" },
	{ "dates", "months", RN_CONF_LIST, AT(months), NULL, 0, 0, "twelve names, January first" },
	TEXT("dates", "day", day),
	TEXT("dates", "time", time),
	TEXT("dates", "today", today),
	TEXT("dates", "tomorrow", tomorrow),
	TEXT("dates", "in-days", in_days),
	TEXT("dates", "expired", expired),
	TEXT("box", "active", box_active),
	TEXT("box", "deactivated", box_deactivated),
	TEXT("box", "closed", box_closed),
	TEXT("document", "there", document_there),
	TEXT("document", "missing", document_missing),
	TEXT("document", "too-large", document_large),
	TEXT("numbers", "month", month),
	TEXT("numbers", "months", months_n),
	TEXT("numbers", "year", year),
	TEXT("numbers", "years", years_n),
	TEXT("numbers", "decimal", decimal),
	TEXT("order", "none", order_none),
	TEXT("order", "requested", order_requested),
	TEXT("order", "document", order_document),
	TEXT("order", "offered", order_offered),
	TEXT("order", "accepted", order_accepted),
	TEXT("order", "renewed", order_renewed),
	TEXT("order", "declined", order_declined),
	TEXT("order", "cancelled", order_cancelled),
	TEXT("order", "lapsed", order_lapsed),
	TEXT("order", "failed", order_failed),
	TEXT("order", "too-late", too_late),
	TEXT("subjects", "renew", subject_renew),
	TEXT("subjects", "decline", subject_decline),
	TEXT("subjects", "question", subject_question),
};

static const char *const sections[] = { "language", "dates", "box", "document", "numbers", "order",
	"subjects" };

static gboolean
fill(RnConf *conf, RnLetterWords *w, GError **error)
{
	if (!rn_conf_no_strangers(conf, keys, G_N_ELEMENTS(keys), error))
		return FALSE;
	for (guint i = 0; i < G_N_ELEMENTS(sections); i++)
		if (!rn_conf_fill(conf, sections[i], sections[i], keys, G_N_ELEMENTS(keys), w, error))
			return FALSE;
	return TRUE;
}

RnLetterWords *
rn_letter_words_read(const char *file, GError **error)
{
	g_autoptr(RnConf) conf = rn_conf_read(file, error);
	g_autoptr(RnLetterWords) w = g_new0(RnLetterWords, 1);
	gboolean week, year;

	if (conf == NULL || !fill(conf, w, error))
		return NULL;
	week = g_strv_length(w->weekdays) == 7;
	year = g_strv_length(w->months) == 12;
	if (week && year)
		return g_steal_pointer(&w);
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:%u: [dates] %s: give %s, with ';' between them", file,
	    rn_conf_line(conf, "dates", week ? "months" : "weekdays"), week ? "months" : "weekdays",
	    week ? "twelve names, January first" : "seven names, Monday first");
	return NULL;
}

void
rn_letter_words_free(RnLetterWords *w)
{
	if (w == NULL)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(sections); i++)
		rn_conf_clear(sections[i], keys, G_N_ELEMENTS(keys), w);
	g_free(w);
}

char *
rn_letter_words_fill(const char *pattern, ...)
{
	GString *out = g_string_new(pattern);
	const char *name;
	va_list args;

	va_start(args, pattern);
	while ((name = va_arg(args, const char *)) != NULL) {
		g_autofree char *tag = g_strdup_printf("{%s}", name);

		g_string_replace(out, tag, va_arg(args, const char *), 0);
	}
	va_end(args);
	return g_string_free(out, FALSE);
}

char *
rn_letter_words_day(const RnLetterWords *w, RnDay day)
{
	g_autofree char *d_text = NULL, *y_text = NULL;
	int y, m, d;

	if (day == RN_DAY_NONE)
		return g_strdup("");
	rn_day_to_ymd(day, &y, &m, &d);
	d_text = g_strdup_printf("%d", d);
	y_text = g_strdup_printf("%d", y);
	return rn_letter_words_fill(w->day, "weekday", w->weekdays[((day + 3) % 7 + 7) % 7], "day", d_text,
	    "month", w->months[m - 1], "year", y_text, NULL);
}

char *
rn_letter_words_time(const RnLetterWords *w, gint64 t, GTimeZone *tz)
{
	g_autoptr(GDateTime) utc = NULL, local = NULL;
	g_autofree char *day = NULL, *hour = NULL, *minute = NULL;

	if (t == 0)
		return g_strdup("");
	utc = g_date_time_new_from_unix_utc(t);
	local = g_date_time_to_timezone(utc, tz);
	day = rn_letter_words_day(w, rn_day_of(t, tz));
	hour = g_strdup_printf("%02d", g_date_time_get_hour(local));
	minute = g_strdup_printf("%02d", g_date_time_get_minute(local));
	return rn_letter_words_fill(w->time, "date", day, "hour", hour, "minute", minute, NULL);
}

static char *
with_number(const char *pattern, int n)
{
	g_autofree char *text = g_strdup_printf("%d", n);

	return rn_letter_words_fill(pattern, "n", text, NULL);
}

char *
rn_letter_words_left(const RnLetterWords *w, int days)
{
	return days < 0   ? g_strdup(w->expired) :
	    days == 0 ? g_strdup(w->today) :
	    days == 1 ? g_strdup(w->tomorrow) :
	                  with_number(w->in_days, days);
}

char *
rn_letter_words_term(const RnLetterWords *w, int months)
{
	if (months > 0 && months % 12 == 0)
		return with_number(months == 12 ? w->year : w->years_n, months / 12);
	return with_number(months == 1 ? w->month : w->months_n, months);
}

char *
rn_letter_words_money(const RnLetterWords *w, gint64 cents)
{
	g_autofree char *text = rn_text_money(cents);
	g_auto(GStrv) parts = g_strsplit(text, ",", 2);

	return parts[1] != NULL ? g_strconcat(parts[0], w->decimal, parts[1], NULL) : g_steal_pointer(&text);
}

const char *
rn_letter_words_order(const RnLetterWords *w, RnOrderState state)
{
	switch (state) {
	case RN_ORDER_REQUESTED:
		return w->order_requested;
	case RN_ORDER_DOCUMENT:
		return w->order_document;
	case RN_ORDER_OFFERED:
		return w->order_offered;
	case RN_ORDER_ACCEPTED:
		return w->order_accepted;
	case RN_ORDER_RENEWED:
		return w->order_renewed;
	case RN_ORDER_DECLINED:
		return w->order_declined;
	case RN_ORDER_CANCELLED:
		return w->order_cancelled;
	case RN_ORDER_LAPSED:
		return w->order_lapsed;
	case RN_ORDER_FAILED:
		return w->order_failed;
	case RN_ORDER_NONE:
	case RN_ORDER_N:
		break;
	}
	return w->order_none;
}
