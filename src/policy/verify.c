/* verify.c: mail that does not answer a letter but asks about one (is this mail yours?), or chooses the
 * holder's mark. A table of its own: nothing in it leads to an order. */
#include "policy/policy.h"

/* What a mail that names no sender, or one who may not ask, gets: nothing (law 3: no oracle). */
static RnVerdict
nothing(const char *rule, const char *why)
{
	return (RnVerdict){ rule, RN_ACT_JUNK, why };
}

RnVerdict
rn_policy_verify(const RnFacts *f)
{
	if (f->class_ != RN_CLASS_HUMAN)
		return (RnVerdict){ "verify-machine", RN_ACT_RECORD,
			"a machine wrote it: it is recorded and nothing follows" };
	if (f->from_odd || f->fault != RN_FAULT_NONE)
		return nothing("verify-odd-sender", "who asks is unclear: it is recorded, without an answer");
	if (!f->registered)
		return nothing("verify-stranger",
		    "only registered senders are told what is ours: it is recorded, without an answer");
	if (f->proof != RN_PROOF_NORMAL && f->proof != RN_PROOF_STRONG)
		return nothing("verify-not-proven",
		    "anybody can write a registered address into From: without proof nobody is answered");
	return (RnVerdict){
		"verify-registered", RN_ACT_VERIFY,
		"a proven registered sender asks whether a mail is ours: the answer is yes or no, and no more"
	};
}

RnVerdict
rn_policy_mark(const RnFacts *f)
{
	if (f->proof == RN_PROOF_NORMAL || f->proof == RN_PROOF_STRONG)
		return (RnVerdict){ "mark-chosen", RN_ACT_MARK,
			"a proven registered sender chooses the mark that our letters will carry" };
	return (RnVerdict){ "mark-not-proven", RN_ACT_HOLD,
		"a mark is chosen only by a sender who is proven: a person has to ask back" };
}
