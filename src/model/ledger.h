/* ledger.h: one row of the ledger: who did what, why, when; and how rows hang together.
 *
 * The rows of a convention are numbered from 1 without a gap (seq) and chained by SHA-256. A digest is
 * written in lower-case hex; F(x, y, ...) is each field as LENGTH ":" TEXT ",", LENGTH being the number of
 * bytes of TEXT in decimal, and numbers are written in decimal:
 *
 *   format 2: content = SHA-256 over F("rinnova-ledger/2", convention, seq, at, who, what, why, box_id,
 *             period_id, renewal_id, inbox_id, letter_id, detail_digest, inbox_digest, letter_digest);
 *             digest = SHA-256 over the 32 bytes of the digest of the row before (32 zero bytes for seq 1)
 *             and the 32 bytes of content;
 *   format 1: (rows of store schemas 1 and 2) digest = SHA-256 over the 32 bytes of the digest of the row
 *             before and F(convention, seq ... letter_id, detail_digest).
 *
 * detail_digest is the SHA-256 of the detail, inbox_digest and letter_digest that of the mail and of the
 * letter that the row is about, byte for byte; "" where there is none. The detail itself, which may be
 * personal, stands beside the chain; where it was erased, the chain still holds. In format 2 the content of a
 * row can be proven to stand in the chain without its text. */
#ifndef RN_MODEL_LEDGER_H
#define RN_MODEL_LEDGER_H

#include "base/base.h"

#define RN_LEDGER_FORMAT 2	/* of rows that are written now */
#define RN_DIGEST_CHARS 64	/* a SHA-256 in hex */

/* A row to be written. */
typedef struct {
	const char	*convention;	/* the chain it belongs to */
	gint64		 at;		/* seconds UTC */
	const char	*who;		/* "member", "provider", "notify", "courier", "admin:root" ... */
	const char
	    *what; /* "order requested->offered", "notice 30 sent" ... a fixed vocabulary, no personal text */
	const char	*why;		/* rule or reason: "good-token-normal-yes", "not-entitled" */
	gint64		 box_id, period_id, order_id, inbox_id, letter_id;	/* 0 = none */
	const char *
	    detail; /* free, personal text allowed; stands beside the chain, only its digest in it; NULL none */
} RnLedgerRow;

/* A row as it stands in the ledger. */
typedef struct {
	gint64	 id, seq, at, box_id, period_id, order_id, inbox_id, letter_id;
	int	 format;
	char	*convention, *who, *what, *why;
	char	*detail;	/* NULL: there is none, or it was erased */
	char	*detail_digest, *inbox_digest, *letter_digest;	/* "" = none */
	char	*digest;
} RnLedgerEntry;

void rn_ledger_entry_free(RnLedgerEntry *e);

/* TRUE if HEX is a digest as it is written here. */
gboolean rn_digest_valid(const char *hex);

/* The content of E (format 2); caller frees. */
char *rn_ledger_content(const RnLedgerEntry *e);

/* The digest of a row of format 2 with CONTENT behind the row whose digest is PREVIOUS (NULL or "" for the
 * first); caller frees. */
char *rn_ledger_link(const char *previous, const char *content);

/* The digest that E, of either format, must have behind PREVIOUS; caller frees. */
char *rn_ledger_digest(const RnLedgerEntry *e, const char *previous);

/* TRUE if the detail of E, where it is kept, is the one whose digest stands in the chain. */
gboolean rn_ledger_detail_fits(const RnLedgerEntry *e);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnLedgerEntry, rn_ledger_entry_free)

#endif
