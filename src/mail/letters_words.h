/* letters_words.h: the words that the program itself puts into letters, in the language of the template set:
 * LANG/words.conf beside the letters. */
#ifndef RN_MAIL_LETTERS_WORDS_H
#define RN_MAIL_LETTERS_WORDS_H

#include "base/day.h"
#include "model/order.h"

typedef struct {
	char	*fallback;		/* language.fallback: "it": letters that this set lacks are sent in Italian */
	char	**weekdays, **months;	/* dates: Monday first, January first */
	char	*day;			/* dates.day: of {weekday} {day} {month} {year} */
	char	*time;			/* dates.time: of {date} {hour} {minute} */
	char	*today, *tomorrow;
	char	*in_days;		/* of {n} */
	char	*expired;
	char	*box_active, *box_deactivated, *box_closed;
	char	*document_there, *document_missing;
	char	*month, *months_n, *year, *years_n;	/* terms; the last ones of {n} */
	char	*decimal;		/* between euro and cents */
	char	*order_none, *order_requested, *order_document, *order_offered, *order_accepted, *order_renewed;
	char	*order_declined, *order_cancelled, *order_lapsed, *order_failed;
	char	*too_late;		/* an order that can be taken back no more: whom to call */
	char	*document_large;	/* why a document is refused: of {limit} */
	char *subject_renew, *subject_decline,
	    *subject_question; /* of mails that our links write; of {case} */
} RnLetterWords;

/* Reads FILE; RN_ERR_CONFIG naming file, line and key. Every key must be there but language.fallback. */
RnLetterWords *rn_letter_words_read(const char *file, GError **error);
void rn_letter_words_free(RnLetterWords *w);

/* PATTERN with {NAME} replaced by its value, pairs NAME, VALUE up to NULL. Caller frees. */
char *rn_letter_words_fill(const char *pattern, ...) G_GNUC_NULL_TERMINATED;

/* "lunedì 30 novembre 2026"; "" for RN_DAY_NONE. Caller frees. */
char *rn_letter_words_day(const RnLetterWords *w, RnDay day);

/* "lunedì 30 novembre 2026 alle ore 10:15" in the zone TZ; "" for 0. Caller frees. */
char *rn_letter_words_time(const RnLetterWords *w, gint64 t, GTimeZone *tz);

/* "fra 30 giorni", "oggi", "scaduta". Caller frees. */
char *rn_letter_words_left(const RnLetterWords *w, int days);

/* A term of MONTHS: "1 anno", "18 mesi". Caller frees. */
char *rn_letter_words_term(const RnLetterWords *w, int months);

/* Euro, of CENTS, as the language writes them. Caller frees. */
char *rn_letter_words_money(const RnLetterWords *w, gint64 cents);

/* What is going on with an order in STATE. */
const char *rn_letter_words_order(const RnLetterWords *w, RnOrderState state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLetterWords, rn_letter_words_free)

#endif
