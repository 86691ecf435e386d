/* pack_check.h: does evidence that somebody shows hold? Needs nothing but the files and the certificates that
 * the reader trusts: no store, no configuration, no network. */
#ifndef RN_CORE_PACK_CHECK_H
#define RN_CORE_PACK_CHECK_H

#include "core/pack.h"
#include "core/parser.h"
#include "model/ledger.h"

typedef enum { RN_CHECK_OK, RN_CHECK_NOTE, RN_CHECK_FAIL } RnCheck;

/* Told of each thing that was looked at: what ("manifest", "letters/L1-notice.eml") and how it stands, in
 * words. */
typedef void (*RnCheckTell)(RnCheck how, const char *what, const char *words, gpointer data);

/* Reads PATH: a folder, a ZIP archive, or a mail with one in it, which PARSER takes apart. */
RnPack *rn_pack_open(const char *path, RnParser *parser, GError **error);

/* What evidence is worth. */
typedef enum {
	RN_WORTH_FAILS,	/* something does not hold */
	RN_WORTH_FITS,	/* all fits together, but no anchor was given to say who vouches for it */
	RN_WORTH_STAMPED,	/* what rows hold stood there when it was stamped; nobody vouches for the rest */
	RN_WORTH_HOLDS,	/* signed by somebody whose certificate leads to an anchor */
} RnWorth;

/* Looks through PACK and tells of each thing. TRUST: whose signatures and time-stamps are believed; without
 * an anchor they are only compared with what they are over. With anchors the signature must lead there, or a
 * time-stamp over each row about the order. PARSER reads the letters for the contracts in them; NULL: that is
 * left out. */
RnWorth rn_pack_check(
    const RnPack *pack, RnParser *parser, const RnTrust *trust, RnCheckTell tell, gpointer data);

/* A row as ledger.json has it: whole, or only the digest of its content. */
typedef struct {
	gint64		 seq;
	gboolean	 own;		/* about the order */
	gboolean	 gone;		/* what it is about is said to be not kept any more */
	char		*content;	/* NULL: ROW is there */
	RnLedgerEntry	*row;
	char		*digest;
} RnProofRow;

typedef struct {
	char		*convention, *before;
	GPtrArray	*rows;		/* RnProofRow */
	gboolean	 whole;		/* its rows fit together */
	gint64		 stamped;	/* up to this row a time-stamp that holds is over it; 0: none is */
} RnProofChain;

/* Reads ledger.json, which may be anybody's: GPtrArray of RnProofChain. NULL with RN_ERR_INPUT. */
GPtrArray *rn_proof_read(GBytes *data, GError **error);

/* The number of the first row of CHAIN that does not fit, with *WHY (static); 0 if all do. */
gint64 rn_proof_check(const RnProofChain *chain, const char **why);

/* The number of the last row of CHAIN that is about the order; 0 if none is. */
gint64 rn_proof_last(const RnProofChain *chain);

#endif
