/* judge.c: what follows from a mail: the rule table of design section 6. The first row that fits decides.
 *
 * A row fits if every set of it holds the value at hand, all flags of WITH are up and all flags of WITHOUT
 * are down. The whole of what may make an order can be read here; a golden file lists every combination and
 * its row. */
#include "policy/policy.h"

#define BIT(value) (1u << (value))
#define ANY 0xffffu

/* What a token is for, as far as the rules care. */
typedef enum {
	FOR_NOTHING,		/* no token, or one that answers no letter to a member */
	FOR_NOTICE,
	FOR_OFFER,
	FOR_DECLINE,
	FOR_QUESTION,
	FOR_AUTHORIZE,
	FOR_DESK		/* a digest of held mail, for administrators */
} TokenFor;

enum {
	ODD_FROM	= BIT(0),
	CONFLICT	= BIT(1),
	KNOWN		= BIT(2),
	ONE_STEP	= BIT(3),
	LOW_FORBIDDEN	= BIT(4),
	ASKED		= BIT(5),
	DECLARED	= BIT(6),
	MEMBER		= BIT(7)
};

typedef struct {
	const char	*name;
	guint16		 class_, token, kind, proof, says;	/* sets */
	guint16		 with, without;				/* flags */
	RnAction	 action;
	const char	*why;
} Row;

#define HUMAN BIT(RN_CLASS_HUMAN)

/* Seen but not checked (explain without a key) is judged as good would be; the caller says that it is
 * unchecked. */
#define GOOD (BIT(RN_TOKEN_GOOD) | BIT(RN_TOKEN_UNCHECKED))
#define EXPIRED BIT(RN_TOKEN_EXPIRED)

#define NOTICE BIT(FOR_NOTICE)
#define OFFER BIT(FOR_OFFER)
#define LETTER (NOTICE | OFFER)
#define ANSWER (LETTER | BIT(FOR_DECLINE))

#define NONE BIT(RN_PROOF_NONE)
#define FAILED BIT(RN_PROOF_FAILED)
#define LOW BIT(RN_PROOF_LOW)
#define NORMAL BIT(RN_PROOF_NORMAL)
#define STRONG BIT(RN_PROOF_STRONG)
#define PROVEN (LOW | NORMAL | STRONG)

#define ACCEPT BIT(RN_INTENT_ACCEPT)
#define YES (BIT(RN_INTENT_RENEW) | BIT(RN_INTENT_YES) | ACCEPT)
#define NO BIT(RN_INTENT_NO)
#define CANCEL BIT(RN_INTENT_CANCEL)
#define AUTHORIZE BIT(RN_INTENT_AUTHORIZE)
#define QUESTION BIT(RN_INTENT_QUESTION)
#define EMPTY BIT(RN_INTENT_EMPTY)
#define COMMAND (BIT(RN_INTENT_LIST) | BIT(RN_INTENT_STATUS) | BIT(RN_INTENT_HELP))

/* clang-format off */
/* Registered mail that is not proven is held, whatever else it says: a rule for each step that may fail. One
 * of an unknown family may be anything, so it is held even if a machine wrote it; of what is known, machines
 * are not. */
static const struct {
	const char	*name;
	const char	*why;
} faults[RN_FAULT_N] = {
	[RN_FAULT_NOT_SIGNED] = { "pec-not-signed",
	    "it claims to be PEC, but the message as a whole is not signed" },
	[RN_FAULT_STRUCTURE] = { "pec-structure",
	    "it has not exactly the parts of a signed message" },
	[RN_FAULT_UNREADABLE] = { "pec-signature-unreadable",
	    "its signature cannot be read" },
	[RN_FAULT_SIGNERS] = { "pec-signers",
	    "it has not exactly one signer, whose certificate it brings" },
	[RN_FAULT_DIGEST] = { "pec-digest",
	    "its signature is made over a digest that is not taken" },
	[RN_FAULT_BROKEN] = { "pec-signature-broken",
	    "its signature is of other bytes: it was changed on the way" },
	[RN_FAULT_NO_ANCHOR] = { "pec-no-anchor",
	    "no certificate is configured that a PEC signature could lead to" },
	[RN_FAULT_CONSTRAINTS] = { "pec-name-constraints",
	    "its issuer may not certify the signer's domain" },
	[RN_FAULT_EXPIRED] = { "pec-certificate-expired",
	    "its signer's certificate was not valid when it came" },
	[RN_FAULT_REVOKED] = { "pec-certificate-revoked",
	    "its signer's certificate has been revoked" },
	[RN_FAULT_CRL] = { "pec-crl",
	    "the revocation list of its issuer is out of date or not genuine" },
	[RN_FAULT_PURPOSE] = { "pec-purpose",
	    "its signer's certificate is not for signing mail" },
	[RN_FAULT_UNTRUSTED] = { "pec-untrusted",
	    "its signer's certificate leads to none that is configured" },
	[RN_FAULT_SIGNER] = { "pec-signer-other",
	    "its signer is not the address in its From" },
	[RN_FAULT_DATICERT] = { "pec-daticert",
	    "it has not exactly one daticert.xml" },
	[RN_FAULT_XML] = { "pec-daticert-unreadable",
	    "its daticert.xml cannot be read, or must not be" },
	[RN_FAULT_KIND] = { "pec-kind",
	    "its header and its daticert.xml do not say the same" },
	[RN_FAULT_POSTACERT] = { "pec-postacert",
	    "it has not exactly one message inside" },
	[RN_FAULT_MITTENTE] = { "pec-mittente",
	    "the box that sent it is not the From of the message inside" },
	[RN_FAULT_BEHALF] = { "pec-on-behalf",
	    "its From speaks for another box than the one that sent it" },
	[RN_FAULT_RECIPIENT] = { "pec-recipient",
	    "it was sent to somebody else than us" },
	[RN_FAULT_IDENTIFICATIVO] = { "pec-identificativo",
	    "its provider's number is missing, or not that of the message inside" },
	[RN_FAULT_DATE] = { "pec-date",
	    "it was sent at another time than the one at which it came" },
	[RN_FAULT_REPLAYED] = { "pec-replayed",
	    "it has been here before, in another message" },
	[RN_FAULT_FAMILY] = { "registered-mail-unknown",
	    "it is registered mail of an unknown kind: a person has to look at it" },
};

static const Row rows[] = {
/* 1: machines say nothing */
{ "machine", (guint16)~HUMAN, ANY, ANY, ANY, ANY, 0, 0, RN_ACT_RECORD,
	"a machine wrote it: it is recorded and nothing follows" },

/* 2: who or what is unclear */
{ "odd-from", HUMAN, ANY, ANY, ANY, ANY, ODD_FROM, 0, RN_ACT_HOLD,
	"the From field does not name exactly one sender" },
{ "tokens-disagree", HUMAN, ANY, ANY, ANY, ANY, CONFLICT, 0, RN_ACT_HOLD,
	"it carries two good tokens that disagree" },

/* The desk by mail: KNOWN and registered speak of the digest and of the administrators. Who is not proven
 * hears nothing. */
{ "admin-answer", HUMAN, BIT(RN_TOKEN_GOOD), BIT(FOR_DESK), NORMAL | STRONG, ANY, KNOWN, 0, RN_ACT_DESK,
	"an administrator answers a digest of held mail, and is proven" },
{ "admin-answer-not-proven", HUMAN, GOOD, BIT(FOR_DESK), ANY, ANY, 0, 0, RN_ACT_HOLD,
	"an answer to a digest of held mail, and nothing proves that an administrator wrote it" },

/* A signature of ours over something that we cannot act on. */
{ "good-token-unknown-period", HUMAN, GOOD, ANY, ANY, ANY, 0, KNOWN, RN_ACT_HOLD,
	"the token is good, but the store does not know its period" },

/* 3: somebody who is not the member claims to be */
{ "good-token-failed-offer", HUMAN, GOOD, OFFER, FAILED, ANY, 0, 0, RN_ACT_HOLD,
	"the sender's domain disowns this mail (dmarc=fail): no offer is accepted by it" },
{ "good-token-failed", HUMAN, GOOD, ANY, FAILED, ANY, 0, 0, RN_ACT_HOLD_WARN,
	"the sender's domain disowns this mail (dmarc=fail): the registered address is warned" },

/* Tokens that answer no letter to a member, and those that a person has to read. */
{ "good-token-other-purpose", HUMAN, GOOD, BIT(FOR_NOTHING), ANY, ANY, 0, 0, RN_ACT_HOLD,
	"the token is good, but not one that a member answers" },
{ "good-token-for-question", HUMAN, GOOD, BIT(FOR_QUESTION), ANY, ANY, 0, 0, RN_ACT_HOLD,
	"the member asks something that a person has to answer" },

/* 4 and 5, the notice: a clear yes */
{ "good-token-strong-one-step", HUMAN, GOOD, NOTICE, STRONG, YES, ONE_STEP | DECLARED, 0, RN_ACT_CONCLUDE,
	"asked and accepted by one reply, as the convention allows, and the sender is strongly proven" },
{ "good-token-normal-one-step", HUMAN, GOOD, NOTICE, NORMAL, YES, ONE_STEP | DECLARED, 0, RN_ACT_CONCLUDE,
	"asked and accepted by one reply, as the convention allows, and the sender is proven" },
{ "good-token-strong-yes", HUMAN, GOOD, NOTICE, STRONG, YES, 0, 0, RN_ACT_GO_ON,
	"a clear yes with a good token, and the sender is strongly proven" },
{ "good-token-normal-yes", HUMAN, GOOD, NOTICE, NORMAL, YES, 0, 0, RN_ACT_GO_ON,
	"a clear yes with a good token, and the sender is proven" },
{ "good-token-low-yes", HUMAN, GOOD, NOTICE, LOW, YES, 0, 0, RN_ACT_GO_ON,
	"a clear yes with a good token from a registered address: the summary goes there, and only there" },

/* 4 and 5, the offer: a yes is clear only if it accepts every declaration */
{ "good-token-strong-accept", HUMAN, GOOD, OFFER, STRONG, ACCEPT, DECLARED, 0, RN_ACT_CONCLUDE,
	"the offer was accepted with its own token, and the sender is strongly proven" },
{ "good-token-normal-accept", HUMAN, GOOD, OFFER, NORMAL, ACCEPT, DECLARED, 0, RN_ACT_CONCLUDE,
	"the offer was accepted with its own token, and the sender is proven" },
{ "good-token-low-accept-forbidden", HUMAN, GOOD, OFFER, LOW, ACCEPT, DECLARED | LOW_FORBIDDEN, 0, RN_ACT_HOLD,
	"the offer was accepted, but the convention takes no acceptance at proof low" },
{ "good-token-low-accept", HUMAN, GOOD, OFFER, LOW, ACCEPT, DECLARED, 0, RN_ACT_CONCLUDE,
	"the offer was accepted with its own token from a registered address; noted as low" },

/* 6: a clear yes from elsewhere */
{ "good-token-other-yes", HUMAN, GOOD, NOTICE, NONE, YES, 0, 0, RN_ACT_GO_ON_NAMED,
	"a clear yes from an address that is not registered: the summary goes to the registered one and names it" },
{ "good-token-other-accept", HUMAN, GOOD, OFFER, NONE, ACCEPT, DECLARED, 0, RN_ACT_HOLD_AUTHORIZE,
	"the offer was accepted from an address that is not registered: the registered one is asked to authorize it" },

/* 7: a clear no */
{ "good-token-no", HUMAN, GOOD, ANSWER, PROVEN, NO, 0, 0, RN_ACT_DECLINE,
	"a clear no with a good token from a registered address" },
{ "good-token-cancel", HUMAN, GOOD, ANSWER, PROVEN, CANCEL, 0, 0, RN_ACT_CANCEL,
	"what was asked or accepted is taken back from a registered address" },

/* The answer to the question whether another address may speak for the member. */
{ "good-token-authorize", HUMAN, GOOD, BIT(FOR_AUTHORIZE), PROVEN, BIT(RN_INTENT_YES) | ACCEPT | AUTHORIZE, 0, 0,
	RN_ACT_AUTHORIZE, "the registered address authorizes the other one, or that one shows that it sees its mail" },
{ "good-token-authorize-no", HUMAN, GOOD, BIT(FOR_AUTHORIZE), PROVEN, NO | CANCEL, 0, 0, RN_ACT_DECLINE,
	"the other address shall not speak for the member: its mail stays held" },

{ "good-token-command", HUMAN, GOOD, ANY, PROVEN, COMMAND, 0, 0, RN_ACT_COMMAND,
	"a command from a registered address" },

/* 8: everything else with a good token is asked again, once */
{ "good-token-asked-before", HUMAN, GOOD, ANY, ANY, ANY, ASKED, 0, RN_ACT_HOLD,
	"not clear, and the member was asked again before: a person has to read it" },
{ "offer-needs-acceptance", HUMAN, GOOD, OFFER, ANY, YES, 0, 0, RN_ACT_ASK,
	"an offer is accepted by its own words, each declaration by its verb: the member is asked for them" },
{ "decline-token-yes", HUMAN, GOOD, BIT(FOR_DECLINE), ANY, YES, 0, 0, RN_ACT_ASK,
	"a yes by the link that says no: the member is asked what is meant" },
{ "good-token-other-no", HUMAN, GOOD, ANSWER, NONE, NO | CANCEL, 0, 0, RN_ACT_ASK,
	"a no from an address that is not registered: the registered one is asked" },
{ "good-token-authorize-unclear", HUMAN, GOOD, BIT(FOR_AUTHORIZE), ANY, ANY, 0, 0, RN_ACT_ASK,
	"no clear word from the registered address on who may write: it is asked again" },
{ "good-token-other-command", HUMAN, GOOD, ANY, NONE, COMMAND, 0, 0, RN_ACT_ASK,
	"a command from an address that is not registered: the registered one is asked" },
{ "good-token-question", HUMAN, GOOD, ANY, ANY, QUESTION, 0, 0, RN_ACT_ASK,
	"a question is no answer: the member is asked again" },
{ "good-token-empty", HUMAN, GOOD, ANY, ANY, EMPTY, 0, 0, RN_ACT_ASK,
	"nothing was typed, so nothing was said: the member is asked again" },
{ "good-token-unclear", HUMAN, GOOD, ANY, ANY, ANY, 0, 0, RN_ACT_ASK,
	"it is not clear what was said: the member is asked again" },

/* 9: signed by us, but too old */
{ "expired-token-unknown-period", HUMAN, EXPIRED, ANY, ANY, ANY, 0, KNOWN, RN_ACT_HOLD,
	"the token has expired, and the store does not know its period" },
{ "expired-token-failed", HUMAN, EXPIRED, ANY, FAILED, ANY, 0, 0, RN_ACT_HOLD,
	"the token has expired, and the sender's domain disowns this mail (dmarc=fail)" },
{ "expired-token-other-purpose", HUMAN, EXPIRED, BIT(FOR_NOTHING) | BIT(FOR_DESK), ANY, ANY, 0, 0, RN_ACT_HOLD,
	"the token has expired, and it is not one that a member answers" },
{ "expired-token", HUMAN, EXPIRED, ANY, ANY, ANY, 0, 0, RN_ACT_FRESH,
	"the token is ours but has expired: a fresh letter goes to the registered address" },

/* 10: no good token, but a registered address */
{ "no-token-command", HUMAN, ANY, ANY, PROVEN, COMMAND, 0, 0, RN_ACT_COMMAND,
	"a command from a registered address" },
{ "no-token-yes", HUMAN, ANY, ANY, PROVEN, YES, 0, 0, RN_ACT_FRESH,
	"a yes without a good token orders nothing: fresh notices go to the registered address" },
{ "no-token-registered", HUMAN, ANY, ANY, PROVEN, ANY, 0, 0, RN_ACT_HOLD,
	"from a registered address, but no good token says which letter it answers" },

/* 11: the rest */
{ "member-likely", HUMAN, ANY, ANY, ANY, ANY, MEMBER, 0, RN_ACT_HOLD,
	"no good token and no proof, but it could be a member's" },
{ "nobody", ANY, ANY, ANY, ANY, ANY, 0, 0, RN_ACT_JUNK,
	"no token, no registered address: nobody's" },
};
/* clang-format on */

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))
#define N_FAULTS ((unsigned)RN_FAULT_N - 1)	/* RN_FAULT_NONE has no rule */

/* The values at hand, each as the one bit of its set. */
typedef struct {
	guint16	class_, token, kind, proof, says, flags;
} Case;

static TokenFor
token_for(const RnFacts *f, const RnSituation *s)
{
	switch (f->token.purpose) {
	case RN_PURPOSE_NONE:		/* what an unchecked token is for may be unknown */
		if (f->token_verdict != RN_TOKEN_UNCHECKED)
			return FOR_NOTHING;
		return s->offer ? FOR_OFFER : FOR_NOTICE;
	case RN_PURPOSE_RENEW:		/* a notice's token can never accept a contract */
		return s->offer ? FOR_NOTHING : FOR_NOTICE;
	case RN_PURPOSE_ACCEPT:
		return s->offer ? FOR_OFFER : FOR_NOTHING;
	case RN_PURPOSE_DECLINE:
		return FOR_DECLINE;
	case RN_PURPOSE_QUESTION:
		return FOR_QUESTION;
	case RN_PURPOSE_AUTHORIZE:
		return FOR_AUTHORIZE;
	case RN_PURPOSE_ADMIN:
		return FOR_DESK;
	default:
		return FOR_NOTHING;
	}
}

/* Proof speaks of a registered From: of another one it proves nothing about the member. */
static RnProof
effective_proof(const RnFacts *f)
{
	return f->registered || f->proof == RN_PROOF_FAILED ? f->proof : RN_PROOF_NONE;
}

/* The one bit of VALUE; a value out of range stands for WEAKEST, which says and proves nothing. */
static guint16
one(unsigned value, unsigned n, unsigned weakest)
{
	return (guint16)BIT(value < n ? value : weakest);
}

static Case
make_case(const RnFacts *f, const RnSituation *s)
{
	Case c = {
		.class_ = one(f->class_, RN_CLASS_N, RN_CLASS_AUTO),
		.token = one(f->token_verdict, RN_TOKEN_N, RN_TOKEN_BAD),
		.kind = (guint16)BIT(token_for(f, s)),
		.proof = one(effective_proof(f), RN_PROOF_N, RN_PROOF_NONE),
		.says = one(f->intent, RN_INTENT_N, RN_INTENT_UNCLEAR),
	};

	c.flags = (guint16)((f->from_odd ? ODD_FROM : 0) | (f->token_conflict ? CONFLICT : 0) |
	    (s->known ? KNOWN : 0) | (s->one_step ? ONE_STEP : 0) | (s->low_forbidden ? LOW_FORBIDDEN : 0) |
	    (s->asked_before ? ASKED : 0) | (s->declared ? DECLARED : 0) |
	    (s->member_likely || f->registered ? MEMBER : 0));
	return c;
}

static int
fits(const Row *row, const Case *c)
{
	return (row->class_ & c->class_) && (row->token & c->token) && (row->kind & c->kind) &&
	    (row->proof & c->proof) && (row->says & c->says) && (c->flags & row->with) == row->with &&
	    (c->flags & row->without) == 0;
}

RnVerdict
rn_policy_judge(const RnFacts *facts, const RnSituation *situation)
{
	Case c = make_case(facts, situation);
	unsigned fault = (unsigned)facts->fault < RN_FAULT_N ? facts->fault : RN_FAULT_STRUCTURE, i = 0;

	if (fault == RN_FAULT_FAMILY || (fault != RN_FAULT_NONE && facts->class_ == RN_CLASS_HUMAN))
		return (RnVerdict){ faults[fault].name, RN_ACT_HOLD, faults[fault].why };
	while (i < N_ROWS - 1 && !fits(&rows[i], &c))
		i++;
	return (RnVerdict){ rows[i].name, rows[i].action, rows[i].why };
}

unsigned
rn_policy_rows(void)
{
	return N_ROWS + N_FAULTS;
}

const char *
rn_policy_row_name(unsigned i)
{
	if (i < N_FAULTS)
		return faults[i + 1].name;
	return i < N_ROWS + N_FAULTS ? rows[i - N_FAULTS].name : "?";
}

/* No function of a library here: policy stays pure. */
static int
same(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

const char *
rn_policy_why(const char *rule)
{
	for (unsigned i = 1; i <= N_FAULTS; i++)
		if (same(faults[i].name, rule))
			return faults[i].why;
	for (unsigned i = 0; i < N_ROWS; i++)
		if (same(rows[i].name, rule))
			return rows[i].why;
	return NULL;
}

RnVerdict
rn_policy_selftest(const RnFacts *f)
{
	if (f->class_ != RN_CLASS_HUMAN)
		return (RnVerdict){ "selftest-machine", RN_ACT_JUNK,
			"a machine wrote it, such as a probe of rinnova check: nothing follows" };
	if (f->fault == RN_FAULT_NONE && !f->from_odd && f->registered && f->proof >= RN_PROOF_NORMAL)
		return (RnVerdict){ "selftest", RN_ACT_SELFTEST,
			"an administrator asks how the site is, and is proven" };
	return (RnVerdict){ "selftest-not-proven", RN_ACT_JUNK,
		"nothing proves that an administrator asks how the site is: nobody hears anything" };
}
