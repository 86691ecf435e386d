/* work.h: one mail being followed up, as the files that carry out verdicts share it. */
#ifndef RN_CORE_WORK_H
#define RN_CORE_WORK_H

#include "core/desk.h"
#include "core/reading.h"

/* The mail, and the desk that writes. Plain struct on the stack; owns nothing. */
typedef struct {
	RnDesk		 desk;
	RnReading	*r;
	RnInbox		*in;
	const RnConvention *convention;
	gboolean	 outdated;	/* it accepts an offer that does not stand any more */
} RnWork;

/* Steps of tokens that tell one use of a purpose from another. */
#define RN_STEP_ROW	14	/* the link beside one row of a list */
#define RN_STEP_LIST	15	/* a whole list: the answer names its rows */

/* Puts the mail aside for a person; WHY goes to the ledger and `rinnova held list`. */
gboolean rn_work_hold(RnWork *w, const char *why, GError **error);

/* A letter about the box of the reading: once a day (DAILY), or once for ever for what was asked. */
gboolean rn_work_letter(
    RnWork *w, RnLetterKind kind, RnPurpose purpose, gboolean daily, const char *reason, GError **error);

/* A fresh notice for BOX, once a day. */
gboolean rn_fresh_one(RnWork *w, const RnBox *box, GError **error);

/* For the box of the reading; without one for every box of the writer that is expiring. */
gboolean rn_fresh(RnWork *w, GError **error);

/* TRUE for an order that ended without renewal, and for none: a new yes to a notice may open it again, an old
 * acceptance may not. */
gboolean rn_order_ended(const RnOrder *order);

/* Is DAY before the first notice of a box that expires on EXPIRY? */
gboolean rn_period_early(const RnConvention *c, RnDay expiry, RnDay day);

/* From the first notice day on until the reactivation days are over, if its holder is entitled. C may be
 * NULL. */
gboolean rn_period_renewable(const RnConvention *c, const RnBox *box, RnDay day);

/* Has ORDER (may be NULL) a number that counts: accepted, renewed, or failed? */
gboolean rn_order_concluded(const RnOrder *order);

/* An import has written OLD as NOW: an open order goes along to the date that was put right,
 * or lapses where the box was renewed elsewhere. */
gboolean rn_period_moved(RnDesk *d, const RnBox *old, const RnBox *now, GError **error);

/* The box as it is today, where the mail answers a letter about a date that was put right since; *NOW is NULL
 * where it speaks of the current period, or of one that is over. Caller frees. */
gboolean rn_period_now(RnWork *w, RnBox **now, GError **error);

/* How the box of the reading stands today: a fresh notice where it can be renewed, else the list. */
gboolean rn_period_tell(RnWork *w, GError **error);

/* May the box of the reading have an order now? If not, *MAY is FALSE and the mail is held, or answered by
 * what its writer can do instead. */
gboolean rn_work_may_order(RnWork *w, gboolean *may, GError **error);

/* A request for the box of the reading: the order goes on as far as it can by itself. */
gboolean rn_work_go_on(RnWork *w, GError **error);

/* ELENCO, STATO and AIUTO: a letter to the address that wrote, which is registered; a few a day at most. */
gboolean rn_command(RnWork *w, GError **error);

/* Is there money left for one more order? If not, the mail is held, the secretary told once a year, and the
 * member once that nothing is lost. ORDER is the newest of the period (may be NULL): one that is concluded
 * costs nothing more. */
gboolean rn_budget_allows(RnWork *w, const RnOrder *order, gboolean *may, GError **error);

/* A no that comes too late for ORDER: held because of WHY, and the member is told. */
gboolean rn_too_late(RnWork *w, const RnOrder *order, const char *why, GError **error);

/* A request for BOX, which the mail is not about by its token. */
gboolean rn_command_row(RnWork *w, RnBox *box, GError **error);

/* An answer to a list ("RINNOVA TUTTE", "1,3"): each row that it names is a request of its own. What is
 * unclear gets a new list. */
gboolean rn_command_rows(RnWork *w, GError **error);

/* An acceptance from an address that is not registered: it is held, and the holder is asked. */
gboolean rn_authorize_ask(RnWork *w, GError **error);

/* The answer to that: the address becomes an alias of the box, and its mail goes on, as far as it was read.
 */
gboolean rn_authorize_grant(RnWork *w, GError **error);

/* The held mails that go on then, were R such an answer as the store is now: gint64, added to IDS. */
gboolean rn_authorize_takes(RnEngine *e, RnTx *tx, RnReading *r, GArray *ids, GError **error);

/* Or it does not: its mail stays held. */
gboolean rn_authorize_refuse(RnWork *w, GError **error);

/* Or its writer gave no clear word: that letter goes out once more. */
gboolean rn_authorize_again(RnWork *w, GError **error);

/* Is ADDRESS the one that the authorize token of step STEP is about? */
gboolean rn_authorize_names(
    RnTx *tx, gint64 period_id, int step, const char *address, gboolean *yes, GError **error);

/* Judges a mail that was held once more, with the same bytes and the time at which it was taken, and carries
 * out the new verdict. It must be readable. IN is changed and written back. */
gboolean rn_delivery_again(RnDesk *d, RnInbox *in, GError **error);

/* Can the two do so with IN? Not where it is not kept whole, or was not read before the transaction. */
gboolean rn_delivery_readable(const RnDesk *d, const RnInbox *in);

/* The same, and a person says that it counts: its yes, no or cancel is carried out as if it were clear and
 * proven, as far as the box's state lets it. *WHY_NOT says why it cannot count (static), and nothing is
 * changed then; NULL if it was carried out. BY_MAIL: not where its sender is doubtful. */
gboolean rn_delivery_accept(RnDesk *d, RnInbox *in, gboolean by_mail, const char **why_not, GError **error);

#endif
