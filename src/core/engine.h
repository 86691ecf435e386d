/* engine.h: the one core behind every door: settings, keys, templates, store and parser, opened as far as a
 * command needs. */
#ifndef RN_CORE_ENGINE_H
#define RN_CORE_ENGINE_H

#include <pthread.h>

#include "core/parser.h"
#include "mail/auth.h"
#include "mail/letter.h"
#include "mail/signer.h"
#include "mail/token.h"
#include "mail/vocabulary.h"
#include "model/envelope.h"
#include "model/facts.h"
#include "model/outcome.h"
#include "model/session.h"
#include "model/settings.h"
#include "model/verdict.h"
#include "store/store.h"

typedef enum {
	RN_NEED_SETTINGS	= 1 << 0,
	RN_NEED_KEYS		= 1 << 1,
	RN_NEED_LETTERS		= 1 << 2,
	RN_NEED_STORE		= 1 << 3,
	RN_NEED_PARSER		= 1 << 4,	/* forked before the store is opened */
	RN_NEED_READ_ONLY	= 1 << 5,	/* the store is only looked at */
	RN_NEED_WRITER		= 1 << 6,	/* the writer thread with group commit (lmtpd) */
	RN_NEED_DELIVERY	= RN_NEED_SETTINGS | RN_NEED_KEYS | RN_NEED_LETTERS | RN_NEED_STORE | RN_NEED_PARSER
} RnNeed;

typedef struct RnWriter RnWriter;

typedef struct {
	RnSettings	*settings;
	struct RnKeys	*keys;		/* rn_engine_ring() */
	RnLetters	*letters;
	RnSigner	*signer;	/* of letters; NULL: they are not signed */
	RnVault		*vault;		/* keys of what is kept; NULL: in the clear */
	RnStore		*store;		/* the writing connection */
	RnStore		*reader;	/* a reading one, for the letter being answered; guarded by reader_lock */
	pthread_mutex_t	 reader_lock;
	RnTrusts	 trusts;	/* whose signatures are believed; loaded before the parser is forked */
	RnParser	*parser;
	RnWriter	*writer;
} RnEngine;

/* An engine with nothing but settings made up for DOMAIN (explain without a configuration). */
RnEngine *rn_engine_bare(const char *domain, RnNeed need, GError **error);

/* Opens what NEED asks for, in an order in which no fork follows a handle. FILE is the configuration. */
RnEngine *rn_engine_open(const char *file, RnNeed need, GError **error);

/* The same on STORE, a copy of the store that FILE names, for plays: the mail server's queue is not asked, as
 * nothing of the play is in it. */
RnEngine *rn_engine_open_at(const char *file, const char *store, RnNeed need, GError **error);
void rn_engine_free(RnEngine *e);

/* The token keys, read again if their file has changed, so that a rotated key is known before the first
 * answer to it comes. Where it cannot be read the ones in use stay in use, and the log says so. Borrowed, and
 * good as long as E. NULL if E was opened without keys. Thread-safe. */
const RnKeyRing *rn_engine_ring(RnEngine *e);

/* What was made of a message; all that explain prints. */
typedef struct {
	RnFacts		*facts;		/* NULL if it could not be read */
	RnSituation	 situation;
	RnVerdict	 verdict;
	char		*problem;	/* why it could not be read; NULL if it was */
	char		*digest;	/* of the body */
	char		*message_id;	/* that of the outer header, NULL if it has none or several */
	char		*apart;		/* what tells it from another one with the same body, where it has none */
	gint64		 taken;		/* when our mail server took it */
	RnBox		*box;		/* of the token, NULL if none or no store */
	RnDay		 period_expiry;
	RnAuthResult	 auth;		/* what our MX found out about From */
	char		*auth_why;
	GPtrArray	*documents;	/* RnDocumentIn: identity documents in it, NULL if none */
	RnSessionVerdict session_verdict;
	RnSession	*session;	/* as our milter recorded it, where the verdict is good; else empty or NULL */
	const char	*session_why;	/* why it is not believed (static) */
	const char	*intent_why;	/* the reason of facts->intent_rule in words, NULL if none; static */
	RnRegistered	*registered;	/* registered mail or a signature, NULL if neither */
	gboolean	 sealed;	/* and it proves who wrote it */
	const char	*seal_note;	/* of a signature that is known and not verified; static, NULL if none */
	GBytes		*spoken;	/* the message that speaks: RAW, or the one in its envelope */
	char		*rcpt;		/* its envelope recipient, folded; "" if unknown */
	gboolean	 verify;	/* it was sent to the address that verifies */
	GPtrArray	*shown;		/* RnShown: the mails that it shows, then; NULL if they could not be read */
	char		*mark;		/* the mark that it chooses, NULL if none */
	char		*reference;	/* X-Riferimento-Message-ID of the outer header, without <>; NULL if none */
	RnLetter	*receipt_of;	/* the letter of ours that a good receipt is about, NULL if none */
	gint64		 inbox_id;	/* of its row, 0 if it has none */
	char		*thread_id;	/* the Message-ID of ours that it answers, NULL if unknown */
	GHashTable	*others;	/* held mails that it may decide about (heldread.h), NULL if none */
} RnReading;

void rn_reading_free(RnReading *r);

/* Reads and judges RAW and changes nothing. Works with whatever parts E has (explain without store or keys).
 * LETTER: the letter being answered where the store does not know it; NO_LETTER: do not look for it. NULL
 * with RN_ERR_INPUT if it is no message at all. */
RnReading *rn_engine_preview(RnEngine *e, GBytes *raw, const RnEnvelope *env, GBytes *letter,
    gboolean no_letter, gint64 now, GError **error);

/* Takes one message: inbox, order, ledger and outbox in one durable transaction (law 2). RN_OUT_LATER with an
 * error: nothing was done, the mail server keeps it. Thread-safe; with a writer thread messages that wait
 * share a commit. */
RnOutcome rn_engine_deliver(RnEngine *e, GBytes *raw, const RnEnvelope *env, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnEngine, rn_engine_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnReading, rn_reading_free)

#endif
