/* order.c: making and freeing the rows of the store: orders, letters, calls, mail that came in. */
#include "model/order.h"

RnOrder *
rn_order_new(void)
{
	RnOrder *order = g_new0(RnOrder, 1);

	order->old_expiry = RN_DAY_NONE;
	order->new_expiry = RN_DAY_NONE;
	return order;
}

void
rn_order_free(RnOrder *order)
{
	if (order == NULL)
		return;
	g_free(order->convention);
	g_free(order->number);
	g_free(order->account);
	g_free(order->payer);
	g_free(order->words);
	g_free(order->reference);
	g_free(order->terms);
	g_free(order);
}

gint64
rn_order_vat(const RnOrder *o)
{
	return (o->price * o->vat + 50) / 100;
}

RnLetter *
rn_letter_new(void)
{
	return g_new0(RnLetter, 1);
}

void
rn_letter_free(RnLetter *letter)
{
	if (letter == NULL)
		return;
	g_free(letter->key);
	g_free(letter->rcpt);
	g_free(letter->sender);
	g_free(letter->message_id);
	g_free(letter->subject);
	g_free(letter->quoted);
	g_clear_pointer(&letter->raw, g_bytes_unref);
	g_free(letter->error);
	g_free(letter);
}

void
rn_call_free(RnCall *call)
{
	if (call == NULL)
		return;
	g_free(call->key);
	g_free(call->convention);
	g_free(call->error);
	g_free(call);
}

RnInbox *
rn_inbox_new(void)
{
	return g_new0(RnInbox, 1);
}

void
rn_inbox_free(RnInbox *in)
{
	if (in == NULL)
		return;
	g_free(in->rcpt);
	g_free(in->sender);
	g_free(in->message_id);
	g_free(in->digest);
	g_free(in->queue_id);
	g_free(in->client);
	g_free(in->session);
	g_free(in->helo);
	g_free(in->tls);
	g_free(in->login);
	g_clear_pointer(&in->raw, g_bytes_unref);
	g_free(in->class_);
	g_free(in->intent);
	g_free(in->typed_text);
	g_free(in->matched);
	g_free(in->from);
	g_free(in->proof);
	g_free(in->proof_why);
	g_free(in->rule);
	g_free(in->action);
	g_free(in);
}
