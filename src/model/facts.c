/* facts.c: making and freeing what is known of a message. */
#include "model/facts.h"

static void
attachment_free(gpointer data)
{
	rn_attachment_free(data);
}

RnFacts *
rn_facts_new(void)
{
	RnFacts *facts = g_new0(RnFacts, 1);

	facts->attachments = g_ptr_array_new_with_free_func(attachment_free);
	facts->token.last_day = RN_DAY_NONE;
	return facts;
}

void
rn_attachment_free(RnAttachment *a)
{
	if (a == NULL)
		return;
	g_free(a->name);
	g_free(a->declared);
	g_free(a->kind);
	g_free(a->sha256);
	g_free(a);
}

void
rn_facts_free(RnFacts *facts)
{
	if (facts == NULL)
		return;
	g_free(facts->class_why);
	g_free(facts->subject);
	g_free(facts->typed_text);
	g_free(facts->matched);
	g_free(facts->intent_rule);
	g_free(facts->accepts);
	g_free(facts->numbers);
	g_free(facts->body_token);
	g_free(facts->charset_missing);
	g_clear_pointer(&facts->attachments, g_ptr_array_unref);
	g_free(facts->message_id);
	g_free(facts->from);
	g_free(facts->from_why);
	g_free(facts->token_text);
	g_free(facts->proof_why);
	g_free(facts->report.ids);
	g_free(facts->report.action);
	g_free(facts->report.status);
	g_free(facts->report.rcpt);
	g_free(facts->report.text);
	g_free(facts->report.back_on);
	g_free(facts);
}
