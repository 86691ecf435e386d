/* store.h: the store in words of the model. SQLite now, PostgreSQL later, behind db.h: nothing above
 * src/store knows which.
 *
 * Every function works within a transaction. Functions return FALSE (or NULL) with RN_ERR_BUSY (locked, disk
 * full, read-only: try again later), RN_ERR_STORE (corrupt, foreign, from the future) or RN_ERR_INTERNAL;
 * "not found" is no error: the out parameter is NULL then. Out parameters are the caller's to free. Lists are
 * GPtrArray with a free function set, ordered by id, at most MAX rows with id > AFTER (so long lists are read
 * in pages with bounded memory). */
#ifndef RN_STORE_STORE_H
#define RN_STORE_STORE_H

#include "model/box.h"
#include "model/ledger.h"
#include "model/order.h"
#include "store/house.h"

typedef struct RnTx RnTx;
typedef struct RnVault RnVault;

/* Makes a new store at URL ("sqlite:/absolute/path") with the newest schema. RN_ERR_STATE if there is one. */
gboolean rn_store_create(const char *url, GError **error);

/* Opens URL. An older schema is brought up to date first, within one transaction, after a back-up beside it
 * (NAME.v<N>.bak by VACUUM INTO); a newer one, a foreign file or a damaged one is RN_ERR_STORE with what to
 * do; no file or folder RN_ERR_NOT_FOUND; a URL or disk that cannot be used (a network file system)
 * RN_ERR_CONFIG. READ_ONLY: no migration, only rn_tx_look(). One writing connection per process; may be used
 * by several threads, one transaction at a time (a second rn_tx_begin() waits). Not across fork. */
RnStore *rn_store_open(const char *url, gboolean read_only, GError **error);
void rn_store_close(RnStore *store);

/* The schema version of this program, and of STORE. */
int rn_store_schema_newest(void);
int rn_store_schema(RnStore *store);

#define RN_STORE_WAIT_MS 10000

/* How long rn_tx_begin() and rn_store_checkpoint() wait for other writers: MS instead of RN_STORE_WAIT_MS. */
void rn_store_set_wait(RnStore *store, int ms);

/* Raw mails and documents are encrypted from now on, and those that are can be read. VAULT is borrowed and
 * must outlive STORE; NULL: in the clear. */
void rn_store_set_vault(RnStore *store, const RnVault *vault);

/* Opens a write transaction (BEGIN IMMEDIATE under the lock file), waiting at most 10 s. */
RnTx *rn_tx_begin(RnStore *store, GError **error);

/* Opens a read transaction: one picture of the store, waits for nobody. */
RnTx *rn_tx_look(RnStore *store, GError **error);

/* Makes it durable and frees *TX in any case. FALSE: nothing of it is stored (or, after RN_ERR_STORE, nobody
 * knows: end the process). */
gboolean rn_tx_commit(RnTx **tx, GError **error);
void rn_tx_rollback(RnTx *tx);		/* frees TX */

/* One message within a common transaction: mark, then release (keep) or back (undo since the mark). */
gboolean rn_tx_mark(RnTx *tx, GError **error);
gboolean rn_tx_release(RnTx *tx, GError **error);
gboolean rn_tx_back(RnTx *tx, GError **error);

/* Small named values: last runs, cursors. */
gboolean rn_store_meta_get(RnTx *tx, const char *key, char **value, GError **error);
gboolean rn_store_meta_put(RnTx *tx, const char *key, const char *value, GError **error);

/* --- what the secretary's report is made of --- */
typedef struct {
	gint64	 period_id, box_id;
	RnDay	 expiry;
	gint64	 held;		/* replies about it, or about its box alone, that wait for a person */
} RnReportPeriod;
/* Periods of CONVENTION with an expiry from FROM to TO, by id: RnReportPeriod. */
gboolean rn_store_report_periods(RnTx *tx, const char *convention, RnDay from, RnDay to, gint64 after,
    guint max, GPtrArray **periods, GError **error);
typedef struct {
	int	 day;		/* before expiry */
	char	*decision;	/* rn_notice_word() */
	gint64	 at;
} RnNoticeRow;
/* What was decided about the notices of a period, in order: RnNoticeRow. */
gboolean rn_store_notices(RnTx *tx, gint64 period_id, GPtrArray **notices, GError **error);

/* --- boxes and periods --- */
typedef enum { RN_PUT_SAME, RN_PUT_NEW, RN_PUT_CHANGED } RnPut;

/* Adds or updates by box->name; opens the period (box, expiry) with a fresh random public id if there is
 * none. An expiry earlier than the current one replaces it as well (the import is the truth); box->id and
 * period fields are not read. Fills *PUT and *ID. */
gboolean rn_store_box_put(RnTx *tx, const RnBox *box, RnPut *put, gint64 *id, GError **error);
gboolean rn_store_box_get(RnTx *tx, gint64 id, RnBox **box, GError **error);
gboolean rn_store_box_find(RnTx *tx, const char *name, RnBox **box, GError **error);
/* The box whose period has this public id; period_id, period_public are of THAT period, *PERIOD_EXPIRY its
 * expiry (box->expiry is the current one). */
gboolean rn_store_box_of_period(
    RnTx *tx, guint64 period_public, RnBox **box, RnDay *period_expiry, GError **error);
/* Boxes that ADDRESS (folded) is reference, second reference, alias or name of. */
gboolean rn_store_boxes_of_address(RnTx *tx, const char *address, GPtrArray **boxes, GError **error);

typedef struct {
	const char	*convention;	/* NULL = any */
	int		 state;		/* RnBoxState, -1 = any */
	RnDay		 from, to;	/* expiry within, RN_DAY_NONE = open */
} RnBoxFilter;
gboolean rn_store_boxes(
    RnTx *tx, const RnBoxFilter *filter, gint64 after, guint max, GPtrArray **boxes, GError **error);
gboolean rn_store_box_set_state(RnTx *tx, gint64 id, RnBoxState state, GError **error);
gboolean rn_store_box_set_document(RnTx *tx, gint64 id, gboolean on_file, GError **error);
/* The provider renewed it: new expiry, active, and a new period. */
gboolean rn_store_box_renewed(RnTx *tx, gint64 id, RnDay new_expiry, GError **error);
/* How many boxes of CONVENTION are not closed. */
gboolean rn_store_box_known(RnTx *tx, const char *convention, gint64 *boxes, GError **error);
gboolean rn_store_box_counts(RnTx *tx, gint64 *boxes, GError **error);

/* --- notices: one decision per (period, day), once and for ever --- */
gboolean rn_store_notice_last(RnTx *tx, gint64 period_id, gboolean *any, int *smallest_day, GError **error);
gboolean rn_store_notice_add(
    RnTx *tx, gint64 period_id, int day, const char *decision, gint64 at, gboolean *fresh, GError **error);

/* --- orders --- */
/* The order of the period that has not ended; else the newest, whatever its state. */
gboolean rn_store_order_newest(RnTx *tx, gint64 period_id, RnOrder **order, GError **error);
gboolean rn_store_order_get(RnTx *tx, gint64 id, RnOrder **order, GError **error);
gboolean rn_store_order_find(RnTx *tx, const char *number, RnOrder **order, GError **error);
/* Adds ORDER and sets its id. A second open or second concluded one for the period breaks a unique index:
 * RN_ERR_STATE. */
gboolean rn_store_order_add(RnTx *tx, RnOrder *order, GError **error);
/* Writes every field of ORDER back if its state in the store still is WAS (compare and set); *MOVED FALSE if
 * it was not. */
gboolean rn_store_order_save(
    RnTx *tx, const RnOrder *order, RnOrderState was, gboolean *moved, GError **error);
/* Keeps the number that the provider gave the renewal. */
gboolean rn_store_order_set_reference(RnTx *tx, gint64 id, const char *reference, GError **error);
/* The next order number of YEAR: "2026-000042", without holes (within the transaction). */
gboolean rn_store_order_number(RnTx *tx, int year, char **number, GError **error);
gboolean rn_store_orders(
    RnTx *tx, const char *convention, int state, gint64 after, guint max, GPtrArray **orders, GError **error);
/* Accepted orders taken from another address stay findable by its box. */
gboolean rn_store_orders_of_box(RnTx *tx, gint64 box_id, GPtrArray **orders, GError **error);

/* Orders of CONVENTION that were concluded within [FROM, TO) (seconds UTC) and not taken back: what the payer
 * owes. */
gboolean rn_store_orders_owed(RnTx *tx, const char *convention, gint64 from, gint64 to, gint64 after,
    guint max, GPtrArray **orders, GError **error);
/* The sum of the prices (cents, without VAT) of those, and of those that failed and are being looked at. */
gboolean rn_store_orders_spent(
    RnTx *tx, const char *convention, gint64 from, gint64 to, gint64 *cents, GError **error);

/* --- aliases: other addresses that may speak for a box --- */
typedef struct {
	char	*address;
	gint64	 since;
	char	*kind;		/* "authorized" by the holder, or a "delegate" of the administrator's */
} RnAlias;
void rn_alias_free(RnAlias *a);
/* *CHANGED FALSE if it was there (its kind stays), or was not. */
gboolean rn_store_alias_add(RnTx *tx, gint64 box_id, const char *address, const char *kind, gint64 since,
    gboolean *changed, GError **error);
gboolean rn_store_alias_remove(
    RnTx *tx, gint64 box_id, const char *address, gboolean *changed, GError **error);
gboolean rn_store_aliases(RnTx *tx, gint64 box_id, GPtrArray **list, GError **error);

/* --- the mark that a holder has chosen for our letters --- */
gboolean rn_store_mark_put(
    RnTx *tx, gint64 box_id, const char *word, gint64 at, gint64 inbox_id, GError **error);
/* NULL if none was. Caller frees. */
gboolean rn_store_mark(RnTx *tx, gint64 box_id, char **word, GError **error);

/* --- authorizations: the holder is asked whether another address may speak --- */
typedef struct {
	int	 step;		/* in the token, 0..15 */
	gint64	 inbox_id, at;
	char	*address;
	char	*state;		/* asked granted refused */
} RnAuthorization;
void rn_authorization_free(RnAuthorization *a);
gboolean rn_store_authorization_add(RnTx *tx, gint64 period_id, const RnAuthorization *a, GError **error);
gboolean rn_store_authorization_find(
    RnTx *tx, gint64 period_id, int step, RnAuthorization **a, GError **error);
gboolean rn_store_authorizations(RnTx *tx, gint64 period_id, GPtrArray **list, GError **error);
gboolean rn_store_authorization_set(RnTx *tx, gint64 period_id, int step, const char *state, GError **error);

/* --- the rows of a list letter, in the order in which they were sent: public ids of periods --- */
gboolean rn_store_letter_rows_add(
    RnTx *tx, gint64 letter_id, const guint64 *periods, guint n, GError **error);
/* Of the list letter MESSAGE_ID; where that is NULL or names none, of the one list letter about PERIOD_ID.
 * Empty if there is none, or if it is not clear which. GArray of guint64. */
gboolean rn_store_letter_rows(
    RnTx *tx, const char *message_id, gint64 period_id, GArray **periods, GError **error);

/* The list letters about PERIOD_ID, written until BEFORE, that have a row for BOX_ID. GArray of gint64. */
gboolean rn_store_letter_lists(
    RnTx *tx, gint64 period_id, gint64 box_id, gint64 before, GArray **ids, GError **error);

/* --- what a notice offered that can be accepted by its answer: the digest of its terms --- */
gboolean rn_store_letter_terms_add(RnTx *tx, gint64 letter_id, const char *terms, GError **error);
/* NULL if it offered nothing. Caller frees. */
gboolean rn_store_letter_terms(RnTx *tx, gint64 letter_id, char **terms, GError **error);
/* *ALIKE: is there a notice of the period, and did every one offer TERMS? */
gboolean rn_store_notices_alike(
    RnTx *tx, gint64 period_id, const char *terms, gboolean *alike, GError **error);

/* --- letters --- */
/* Adds LETTER unless its key is there; *FRESH says which, letter->id is set when fresh. */
gboolean rn_store_letter_add(RnTx *tx, RnLetter *letter, gboolean *fresh, GError **error);
/* A number above that of every letter, within this transaction. */
gboolean rn_store_letter_next(RnTx *tx, gint64 *number, GError **error);
gboolean rn_store_letter_exists(RnTx *tx, const char *key, gboolean *there, GError **error);
gboolean rn_store_letter_get(RnTx *tx, gint64 id, RnLetter **letter, GError **error);
/* The letter that a reply answers: by MESSAGE_ID (may be NULL), else the newest one of PERIOD_ID that asks
 * for an acceptance (OFFER) or for an answer to a notice. */
gboolean rn_store_letter_answered(
    RnTx *tx, const char *message_id, gint64 period_id, gboolean offer, RnLetter **letter, GError **error);
/* Claims the oldest letter that is due at NOW (queued, or claimed with its lease run out: then its outcome is
 * unknown and *STALE is set): state claimed, attempts + 1, lease until NOW + LEASE. NULL if nothing is due.
 * Guarded in the outer WHERE too. */
gboolean rn_store_letter_claim(
    RnTx *tx, gint64 now, int lease, RnLetter **letter, gboolean *stale, GError **error);
/* Ends the attempt that was claimed as ATTEMPT (compare and set): new STATE, DUE for a retry, ERROR may be
 * NULL. QUOTED is kept beside the bytes, and goes with them; NULL leaves what there is. *WON FALSE if
 * somebody else has it by now. */
gboolean rn_store_letter_result(RnTx *tx, gint64 id, int attempt, RnSendState state, gint64 due, gint64 sent,
    const char *error_text, const char *quoted, gboolean *won, GError **error);
/* Gives a claim back unused: queued again, not before DUE, and the attempt does not count. */
gboolean rn_store_letter_put_back(RnTx *tx, gint64 id, int attempt, gint64 due, GError **error);
/* Puts a letter that failed or is uncertain back into the queue, not before DUE, with the same bytes: the
 * time until it is given up begins anew, its attempts go on counting. *FOUND FALSE if it is in no such state.
 */
gboolean rn_store_letter_again(RnTx *tx, gint64 id, gint64 due, gboolean *found, GError **error);
/* Letters without their bytes. STATE -1 = any. */
gboolean rn_store_letters(
    RnTx *tx, int state, gint64 box_id, gint64 after, guint max, GPtrArray **letters, GError **error);
/* When the next queued letter or call is due; 0 if none. */
gboolean rn_store_outbox_next(RnTx *tx, gint64 *due, GError **error);

/* The letter that came back: MESSAGE_ID is enough; of several with it the one to RCPT (may be NULL). */
gboolean rn_store_letter_returned(
    RnTx *tx, const char *message_id, const char *rcpt, RnLetter **letter, GError **error);
/* The newest letter of PERIOD_ID that went out, to RCPT (NULL: to anybody). */
gboolean rn_store_letter_sent_to(
    RnTx *tx, gint64 period_id, const char *rcpt, RnLetter **letter, GError **error);
/* How many letters to ADDRESS were written since SINCE, notices and notes to the administrator aside; DESK:
 * how many that tell an administrator what came of an answer to a list of held mail. */
gboolean rn_store_letters_since(
    RnTx *tx, const char *address, gint64 since, gboolean desk, gint64 *letters, GError **error);

/* --- what came back about letters --- */
typedef struct {
	gint64	 letter_id;
	char	*state;		/* undeliverable delayed away */
	gint64	 at, inbox_id;
	char	*code;		/* RFC 3463: 5.1.1; NULL if unknown */
	char	*why;		/* the other server's words */
	RnDay	 back_on;	/* of "away": when the person is back, RN_DAY_NONE if not said */
} RnDelivery;
void rn_delivery_free(RnDelivery *d);
/* *FRESH FALSE if that was known of the letter. */
gboolean rn_store_delivery_put(RnTx *tx, const RnDelivery *d, gboolean *fresh, GError **error);
/* The letter is sent again: it counts as neither undeliverable nor delayed. */
gboolean rn_store_delivery_forget(RnTx *tx, gint64 letter_id, gboolean *found, GError **error);
/* In the order of the letters; of one box where BOX_ID is not 0. */
gboolean rn_store_deliveries(
    RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error);
/* Addresses where nothing arrives, since a letter bounced for good and until a mail comes from there. */
gboolean rn_store_address_dead_put(
    RnTx *tx, const char *address, gint64 letter_id, gint64 since, GError **error);
gboolean rn_store_address_dead(RnTx *tx, const char *address, gboolean *dead, GError **error);
gboolean rn_store_address_lives(RnTx *tx, const char *address, GError **error);

/* --- the ends of boxes --- */
gboolean rn_store_box_count_state(RnTx *tx, RnBoxState state, gint64 *boxes, GError **error);
/* What expire last made of the period, a word of the policy's: *IS whether it was DECISION. */
gboolean rn_store_expiry_was(RnTx *tx, gint64 period_id, const char *decision, gboolean *is, GError **error);
/* *CHANGED FALSE if that was the decision before. */
gboolean rn_store_expiry_put(
    RnTx *tx, gint64 period_id, const char *decision, gint64 at, gboolean *changed, GError **error);
/* The day on which the end of the period was announced first; RN_DAY_NONE if it was not yet. */
gboolean rn_store_announced(RnTx *tx, gint64 period_id, RnDay *day, GError **error);
/* The first day stays. */
gboolean rn_store_announced_put(RnTx *tx, gint64 period_id, RnDay day, GError **error);
/* Takes back the call of KIND for a box if it was not begun; *DROPPED says whether there was one. */
gboolean rn_store_call_drop_box(RnTx *tx, gint64 box_id, RnCallKind kind, gboolean *dropped, GError **error);

/* --- provider calls: the same game --- */
gboolean rn_store_call_add(RnTx *tx, RnCall *call, gboolean *fresh, GError **error);
gboolean rn_store_call_of_order(RnTx *tx, gint64 order_id, RnCallKind kind, RnCall **call, GError **error);
gboolean rn_store_call_claim(RnTx *tx, gint64 now, int lease, RnCall **call, gboolean *stale, GError **error);
/* DOUBT: what was asked may have been carried out; once so, the call says so until a person puts it back. */
gboolean rn_store_call_result(RnTx *tx, gint64 id, int attempt, RnSendState state, gint64 due, gint64 done,
    const char *error_text, gboolean doubt, gboolean *won, GError **error);
/* Gives a claimed call back unmade, not before DUE; its claim counts as no attempt. */
gboolean rn_store_call_put_back(RnTx *tx, gint64 id, int attempt, gint64 due, gboolean *won, GError **error);
/* Puts off until DUE what is due at NOW for the provider of CONVENTION, so that what others are to be asked
 * does not stand behind it. */
gboolean rn_store_calls_put_off(RnTx *tx, const char *convention, gint64 now, gint64 due, GError **error);
/* Puts the newest call of an order, which has ended (failed, uncertain, or left to a person), back into the
 * queue, not before DUE, with the same key; its attempts go on counting. *FOUND FALSE if it is in no such
 * state. */
gboolean rn_store_call_again(
    RnTx *tx, gint64 order_id, RnCallKind kind, gint64 due, gboolean *found, GError **error);
/* Takes back the calls of an order that were not begun; *BEGUN if one was. */
gboolean rn_store_call_drop(RnTx *tx, gint64 order_id, gboolean *begun, GError **error);
gboolean rn_store_calls(RnTx *tx, int state, gint64 after, guint max, GPtrArray **calls, GError **error);
gboolean rn_store_calls_of_box(
    RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **calls, GError **error);

/* --- inbox --- */
/* Adds IN unless (rcpt, message_id, digest) is there; *FRESH says which; in->id is set in both cases. */
gboolean rn_store_inbox_add(RnTx *tx, RnInbox *in, gboolean *fresh, GError **error);
/* Writes back what was found out (class .. order_id, held), and the bytes unless IN has none: they may have
 * been cut. */
gboolean rn_store_inbox_judged(RnTx *tx, const RnInbox *in, GError **error);
/* The same mail (Message-ID, body) as IN as it came before, to other addresses of ours; at most MAX. Empty
 * where it has no Message-ID. */
gboolean rn_store_inbox_same(RnTx *tx, const RnInbox *in, guint max, GPtrArray **list, GError **error);
gboolean rn_store_inbox_get(RnTx *tx, gint64 id, RnInbox **in, GError **error);
/* Without the raw bytes; HELD_ONLY or all; of one box where BOX_ID is not 0. */
gboolean rn_store_inbox(
    RnTx *tx, gboolean held_only, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error);

/* Has a mail with MESSAGE_ID (without <>) come in? */
gboolean rn_store_inbox_known(RnTx *tx, const char *message_id, gboolean *known, GError **error);
/* Mails that named no box, from an address that may speak for box BOX_ID; without the raw bytes. */
gboolean rn_store_inbox_of_holder(
    RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error);

/* --- held mail: its numbers in the digest of a day, and who decided --- */
/* The digest of DAY, made with a fresh random public id if there is none yet. */
gboolean rn_store_digest_open(RnTx *tx, RnDay day, gint64 at, gint64 *id, guint64 *public_id, GError **error);
/* *ID 0 if there is none. */
gboolean rn_store_digest_find(RnTx *tx, guint64 public_id, gint64 *id, GError **error);
gboolean rn_store_digest_case_add(RnTx *tx, gint64 digest_id, int n, gint64 inbox_id, GError **error);
/* The mail that digest DIGEST_ID calls N, 0 if none; the number that it gives INBOX_ID, 0 if none. */
gboolean rn_store_digest_case(RnTx *tx, gint64 digest_id, int n, gint64 *inbox_id, GError **error);
gboolean rn_store_digest_number(RnTx *tx, gint64 digest_id, gint64 inbox_id, int *n, GError **error);
typedef struct {
	gint64	 inbox_id, at;
	char	*who, *what;	/* what: accept discard ask release close */
} RnDecision;
void rn_decision_free(RnDecision *d);
gboolean rn_store_decision_add(RnTx *tx, const RnDecision *d, GError **error);
/* The newest about INBOX_ID, NULL if none. */
gboolean rn_store_decision_last(RnTx *tx, gint64 inbox_id, RnDecision **d, GError **error);

/* --- registered mail: envelopes, receipts, signatures of members; the bytes are those of the inbox --- */
typedef struct {
	gint64	 id, inbox_id, letter_id;	/* letter_id: ours that it is about, 0 = none known */
	char	*kind, *signature, *fault;	/* words of model/registered.h; fault NULL = none */
	char	*provider, *certificate;
	char	*mittente, *identificativo, *msgid;
	char	*rcpt;				/* envelope recipient */
	char	*consegna;			/* the recipient that a receipt is about */
	char	*code;
	gboolean certified;			/* of an acceptance: the recipient is a PEC box */
	gint64	 at;				/* the time that the provider certifies */
} RnRegisteredRow;
void rn_registered_row_free(RnRegisteredRow *row);
/* Adds ROW, or writes it over the one of its inbox_id. RN_ERR_STATE if another message has shown the same
 * good envelope at the same address. */
gboolean rn_store_registered_put(RnTx *tx, const RnRegisteredRow *row, GError **error);
/* The letter that a good receipt about IDENTIFICATIVO was joined to; 0 if none. */
gboolean rn_store_registered_letter(RnTx *tx, const char *identificativo, gint64 *letter_id, GError **error);
/* Receipts, good or not, in the order in which they came: of one letter (LETTER_ID), of one box (BOX_ID), or
 * all. */
gboolean rn_store_receipts(
    RnTx *tx, gint64 letter_id, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error);
/* When the first letter about PERIOD_ID was delivered, as a good receipt says; 0 if there is none. */
gboolean rn_store_period_notified(RnTx *tx, gint64 period_id, gint64 *at, GError **error);
/* Was a good KIND called IDENTIFICATIVO seen at RCPT (NULL = anywhere) in another message than INBOX_ID? */
gboolean rn_store_registered_seen(RnTx *tx, const char *kind, const char *identificativo, const char *rcpt,
    gint64 inbox_id, gboolean *seen, GError **error);

/* --- documents --- */
typedef struct {
	gint64	 id, box_id, inbox_id, at;
	char	*name, *kind, *sha256, *state, *reason;	/* state: received accepted refused */
	gint64	 size;
} RnDocument;
void rn_document_free(RnDocument *d);
gboolean rn_store_document_add(
    RnTx *tx, RnDocument *d, GBytes *data, gboolean *fresh, GError **error); /* unique by (box, sha256) */
gboolean rn_store_documents(
    RnTx *tx, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error);
gboolean rn_store_document_get(RnTx *tx, gint64 id, RnDocument **document, GError **error);
/* A person's word: STATE accepted or refused; REASON may be NULL. */
gboolean rn_store_document_set(RnTx *tx, gint64 id, const char *state, const char *reason, GError **error);
gboolean rn_store_document_data(RnTx *tx, gint64 id, GBytes **data, GError **error);

/* --- ledger --- */
/* Appends ROW to the chain of its convention (model/ledger.h). */
gboolean rn_store_ledger_add(RnTx *tx, const RnLedgerRow *row, GError **error);

/* Of one box (BOX_ID) or one convention (BOX_ID 0; NULL = all). */
gboolean rn_store_ledger(RnTx *tx, const char *convention, gint64 box_id, gint64 after, guint max,
    GPtrArray **entries, GError **error);
/* The rows of CONVENTION in the order of their numbers, from the one behind AFTER (NULL: from the first) on;
 * two with the same number, which there should not be, come both. */
gboolean rn_store_ledger_chain(RnTx *tx, const char *convention, const RnLedgerEntry *after, guint max,
    GPtrArray **entries, GError **error);

/* When the row was written that came last, 0 if there is none. */
gboolean rn_store_ledger_newest(RnTx *tx, gint64 *at, GError **error);

/* The last row of a chain. */
typedef struct {
	char	*convention;
	gint64	 seq;
	char	*digest;
} RnLedgerHead;
void rn_ledger_head_free(RnLedgerHead *h);
/* Of CONVENTION, NULL if it has none; of all. */
gboolean rn_store_ledger_head(RnTx *tx, const char *convention, RnLedgerHead **head, GError **error);
gboolean rn_store_ledger_heads(RnTx *tx, GPtrArray **heads, GError **error);

/* --- the heads of a day, and their time-stamp --- */
typedef struct {
	gint64	 id, at, due;	/* due: when the authority may be asked */
	RnDay	 day;
	char	*record;	/* core/stamps.h */
	int	 attempts;
	gint64	 stamped;	/* the authority's time; 0 = not yet */
	char	*authority, *error;
	GBytes	*answer;	/* of the authority, byte for byte; NULL = none */
} RnDayHead;
void rn_day_head_free(RnDayHead *h);
/* *FRESH FALSE if that day has its record. */
gboolean rn_store_day_head_add(RnTx *tx, const RnDayHead *h, gboolean *fresh, GError **error);
gboolean rn_store_day_head_newest(RnTx *tx, RnDayHead **h, GError **error);
gboolean rn_store_day_heads(RnTx *tx, gint64 after, guint max, GPtrArray **list, GError **error);
/* One more attempt is made, the next not before DUE; *WON FALSE if somebody else makes it, or it is stamped.
 */
gboolean rn_store_day_head_claim(RnTx *tx, const RnDayHead *h, gint64 due, gboolean *won, GError **error);
gboolean rn_store_day_head_stamped(
    RnTx *tx, gint64 id, gint64 time, const char *authority, GBytes *answer, GError **error);
gboolean rn_store_day_head_failed(RnTx *tx, gint64 id, const char *why, GError **error);

/* PRAGMA quick_check or its like; FALSE with RN_ERR_STORE naming the trouble. */
gboolean rn_store_check(RnStore *store, GError **error);
/* Folds the write-ahead log into the file, under the lock. Called by long-lived doors now and then. */
gboolean rn_store_checkpoint(RnStore *store, GError **error);

/* --- the figures of a whole store; back-up and moving house: house.h --- */

/* The last order number of YEAR that was given; 0 if none. */
gboolean rn_store_number_last(RnTx *tx, int year, gint64 *last, GError **error);
/* The next number of YEAR will be above LAST. */
gboolean rn_store_number_past(RnTx *tx, int year, gint64 last, GError **error);
/* Letters that wait, or whose sending was begun, and that were written until UNTIL: dropped because of WHY.
 */
gboolean rn_store_letters_drop_old(RnTx *tx, gint64 until, const char *why, gint64 *letters, GError **error);
/* Whatever a provider is to be asked may have been asked before: it is looked up first. */
gboolean rn_store_calls_doubt(RnTx *tx, GError **error);

/* --- figures --- */
typedef enum {
	RN_COUNT_BOXES,		/* convention, state */
	RN_COUNT_ORDERS,	/* convention, state */
	RN_COUNT_LETTERS,	/* kind, state */
	RN_COUNT_CALLS,		/* convention, kind, state */
	RN_COUNT_CALL_ERRORS,	/* convention, kind: tries that did not end well */
	RN_COUNT_REPLIES,	/* rule, action */
	RN_COUNT_HELD,		/* rule */
	RN_COUNT_RETURNED	/* state of delivery */
} RnCount;
typedef struct {
	char	*label[3];	/* "" where there are fewer */
	gint64	 n;
} RnCountRow;
void rn_count_row_free(RnCountRow *row);
gboolean rn_store_count(RnTx *tx, RnCount what, GPtrArray **rows, GError **error);
typedef enum { RN_OLDEST_LETTER, RN_OLDEST_CALL, RN_OLDEST_HELD } RnOldest;
/* When the oldest that waits was written or taken; 0 if none waits. */
gboolean rn_store_oldest(RnTx *tx, RnOldest what, gint64 *at, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnStore, rn_store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnTx, rn_tx_rollback)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDocument, rn_document_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnRegisteredRow, rn_registered_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDelivery, rn_delivery_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnAlias, rn_alias_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnAuthorization, rn_authorization_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLedgerHead, rn_ledger_head_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDayHead, rn_day_head_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDecision, rn_decision_free)

#endif
