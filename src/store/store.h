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

typedef struct RnStore RnStore;
typedef struct RnTx RnTx;

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

/* How long rn_tx_begin() and rn_store_checkpoint() wait for other writers: MS instead of 10 s. */
void rn_store_set_wait(RnStore *store, int ms);

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
/* The newest order of the period, whatever its state. */
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

/* --- letters --- */
/* Adds LETTER unless its key is there; *FRESH says which, letter->id is set when fresh. */
gboolean rn_store_letter_add(RnTx *tx, RnLetter *letter, gboolean *fresh, GError **error);
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
 * NULL. *WON FALSE if somebody else has it by now. */
gboolean rn_store_letter_result(RnTx *tx, gint64 id, int attempt, RnSendState state, gint64 due, gint64 sent,
    const char *error_text, gboolean *won, GError **error);
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

/* --- the ends of boxes --- */
gboolean rn_store_box_count_state(RnTx *tx, RnBoxState state, gint64 *boxes, GError **error);
/* What expire last made of the period, a word of the policy's: *IS whether it was DECISION. */
gboolean rn_store_expiry_was(RnTx *tx, gint64 period_id, const char *decision, gboolean *is, GError **error);
/* *CHANGED FALSE if that was the decision before. */
gboolean rn_store_expiry_put(
    RnTx *tx, gint64 period_id, const char *decision, gint64 at, gboolean *changed, GError **error);
/* Takes back the call of KIND for a box if it was not begun; *DROPPED says whether there was one. */
gboolean rn_store_call_drop_box(RnTx *tx, gint64 box_id, RnCallKind kind, gboolean *dropped, GError **error);

/* --- provider calls: the same game --- */
gboolean rn_store_call_add(RnTx *tx, RnCall *call, gboolean *fresh, GError **error);
gboolean rn_store_call_of_order(RnTx *tx, gint64 order_id, RnCallKind kind, RnCall **call, GError **error);
gboolean rn_store_call_claim(RnTx *tx, gint64 now, int lease, RnCall **call, gboolean *stale, GError **error);
gboolean rn_store_call_result(RnTx *tx, gint64 id, int attempt, RnSendState state, gint64 due, gint64 done,
    const char *error_text, gboolean *won, GError **error);
/* Puts the call of an order that has ended (failed, uncertain, or left to a person) back into the queue, not
 * before DUE, with the same key; its attempts go on counting. *FOUND FALSE if there is none in such a state.
 */
gboolean rn_store_call_again(
    RnTx *tx, gint64 order_id, RnCallKind kind, gint64 due, gboolean *found, GError **error);
/* Takes back the calls of an order that were not begun; *BEGUN if one was. */
gboolean rn_store_call_drop(RnTx *tx, gint64 order_id, gboolean *begun, GError **error);
gboolean rn_store_calls(RnTx *tx, int state, gint64 after, guint max, GPtrArray **calls, GError **error);

/* --- inbox --- */
/* Adds IN unless (rcpt, message_id, digest) is there; *FRESH says which; in->id is set in both cases. */
gboolean rn_store_inbox_add(RnTx *tx, RnInbox *in, gboolean *fresh, GError **error);
/* Writes back what was found out (class .. order_id, held), and the bytes unless IN has none: they may have
 * been cut. */
gboolean rn_store_inbox_judged(RnTx *tx, const RnInbox *in, GError **error);
gboolean rn_store_inbox_get(RnTx *tx, gint64 id, RnInbox **in, GError **error);
/* Without the raw bytes; HELD_ONLY or all; of one box where BOX_ID is not 0. */
gboolean rn_store_inbox(
    RnTx *tx, gboolean held_only, gint64 box_id, gint64 after, guint max, GPtrArray **list, GError **error);

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
/* Appends ROW to the chain of its convention: digest = SHA-256 over (previous digest, every field, digest of
 * detail). */
gboolean rn_store_ledger_add(RnTx *tx, const RnLedgerRow *row, GError **error);

typedef struct {
	gint64	 id, seq, at, box_id, period_id, order_id, inbox_id, letter_id;
	char	*convention, *who, *what, *why, *detail, *digest;
} RnLedgerEntry;
void rn_ledger_entry_free(RnLedgerEntry *e);
/* Of one box (BOX_ID) or one convention (BOX_ID 0; NULL = all). */
gboolean rn_store_ledger(RnTx *tx, const char *convention, gint64 box_id, gint64 after, guint max,
    GPtrArray **entries, GError **error);
/* Recomputes the chain of CONVENTION; *BAD = id of the first row that does not fit, 0 if all do. */
gboolean rn_store_ledger_verify(RnTx *tx, const char *convention, gint64 *rows, gint64 *bad, GError **error);

/* PRAGMA quick_check or its like; FALSE with RN_ERR_STORE naming the trouble. */
gboolean rn_store_check(RnStore *store, GError **error);
/* Folds the write-ahead log into the file, under the lock. Called by long-lived doors now and then. */
gboolean rn_store_checkpoint(RnStore *store, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnStore, rn_store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnTx, rn_tx_rollback)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnDocument, rn_document_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnAlias, rn_alias_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnAuthorization, rn_authorization_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLedgerEntry, rn_ledger_entry_free)

#endif
