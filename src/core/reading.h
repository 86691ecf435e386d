/* reading.h: from bytes to a verdict, in two halves: the first asks no store, the second runs within a
 * transaction. */
#ifndef RN_CORE_READING_H
#define RN_CORE_READING_H

#include "core/engine.h"
#include "core/poison.h"

/* The first half: head, token, parser, From, Authentication-Results. The letter being answered is looked up
 * by a short read of its own, unless LETTER is given or NO_LETTER is set. NULL with RN_ERR_INPUT if RAW is no
 * message, or with RN_ERR_BUSY if the store or the parser is away. A message over the limits or one that
 * killed its parser gives a reading whose PROBLEM says so. */
RnReading *rn_reading_take(RnEngine *e, GBytes *raw, const RnEnvelope *env, GBytes *letter,
    gboolean no_letter, gint64 now, GError **error);

/* What is registered or signed in RAW: fills registered, seal_note and spoken of R, whose moment is known.
 * *HEAD becomes that of the message that speaks (the one before is freed then). What could not be read is R's
 * problem. */
gboolean rn_reading_unseal(
    RnEngine *e, RnReading *r, GBytes *raw, const RnEnvelope *env, RnHead **head, GError **error);

/* With the store (TX may be NULL): has it been here before, and does it prove its writer? Sets sealed of R,
 * and fault and class of its facts. */
gboolean rn_reading_prove(RnTx *tx, RnReading *r, GError **error);

/* What the seal of R says about its proof, in words; NULL if there is none. Caller frees. */
char *rn_reading_seal_why(const RnReading *r);

/* A reading of what could not be read: digest (of all bytes), time and PROBLEM, so that it is held as it is.
 */
RnReading *rn_reading_odd(GBytes *raw, const RnEnvelope *env, const char *problem, gint64 now);

/* rn_reading_take() for mail that has to be kept whatever it is: RAW that is no message at all, or whose MARK
 * says that it ended this program before, is read as an odd one. NULL with an error only where trying again
 * may help. Caller frees. */
RnReading *rn_reading_keep(
    RnEngine *e, GBytes *raw, const RnEnvelope *env, const RnPoison *mark, gint64 now, GError **error);

/* The second half: box, registered addresses, situation, verdict. TX NULL: no store is at hand. */
gboolean rn_reading_judge(RnEngine *e, RnTx *tx, RnReading *r, gint64 now, GError **error);

/* The key under which the letter that asks again stands, for the box's period and what was asked. Caller
 * frees. */
char *rn_reading_ask_key(const RnReading *r);

/* Takes the message within TX: inbox row, verdict, and what follows. Nothing is committed here. */
gboolean rn_delivery_apply(RnEngine *e, RnTx *tx, RnReading *r, GBytes *raw, const RnEnvelope *env,
    gint64 now, RnOutcome *outcome, GError **error);

/* Notes in R, whose session is read, by what the mail with HEAD is known when it comes again. */
void rn_reading_know(RnReading *r, const RnHead *head);

/* The two halves of that, for its row of the inbox: the Message-ID that its sender gave ("" for none), and
 * the digest of its body, with more in it where there is none. Caller frees. */
char *rn_reading_sent_id(const RnReading *r);
char *rn_reading_sent_digest(const RnReading *r);

/* Has the mail of R (row IN, bytes RAW) come before to another address of ours, from the same sender and with
 * the same token? Then it has been answered, or is held. */
gboolean rn_delivery_same(RnEngine *e, RnTx *tx, const RnReading *r, const RnInbox *in, GBytes *raw,
    gboolean *same, GError **error);

/* Notes verdict and facts of R in IN, whose texts are still empty. */
void rn_delivery_note(RnInbox *in, const RnReading *r);

/* Keeps what is registered of R beside its row of the inbox. A good receipt is joined to its letter:
 * receipt_of. */
gboolean rn_delivery_register(RnTx *tx, RnReading *r, GError **error);

/* Writes the one log line of a delivery. */
void rn_delivery_log(const RnReading *r, const RnEnvelope *env, RnOutcome outcome, const GError *error);

#endif
